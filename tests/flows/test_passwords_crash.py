"""A process may die at any moment of an import of passwords: nothing is lost, and only what was on its way is read twice."""

from collections import Counter

from domain.approval import Choice
from domain.plan import PlanState
from domain.ports import Kind
from flows import imports
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.engine import Killed
from tests.flows.ground import Kept
from tests.flows.safe import Safe, Vaulted, opened, vaulted
from tests.flows.test_crash import Site

ENTRIES = 5


class Ground:
    """Contoso with an approved import, had anew as often as wanted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._first = vaulted(store, page_size=2)
        for number in range(ENTRIES):
            self._first.safe.password(str(number), "7", folder=("Sites",))
        self._first.safe.refused = {"3"}
        self._kept = Kept(store)

    def anew(self) -> Vaulted:
        self._kept.put_back()
        old = self._first.safe
        clock = ManualClock(self._first.bench.clock())
        safe = Safe(clock, page_size=2, records=old.records, secrets=old.secrets, refused=old.refused)
        made = opened(self._store, safe, clock, first_id=10_000)
        return Vaulted(made, safe, self._first.glue, self._first.company, self._first.link)


def _whole_way(town: Vaulted) -> None:
    """Ask, wait, approve. Begun again after a death, it takes up what is there."""
    bench = town.bench
    with bench.store.work() as work:
        there = [plan for plan in work.plans.newest(None, 5) if plan.kind is Kind.PASSWORDS]
    plan = there[0] if there else imports.propose(bench.context, bench.admin, Kind.PASSWORDS, "Contoso")
    if not plan.message_ts:
        imports.posted(bench.context, plan.id, "C1", "1.1")
    bench.workshop.run()
    if bench.plan(plan.id).state is PlanState.PROPOSED:
        imports.decide(bench.context, bench.admin, plan.id, Choice.APPROVE)
    bench.workshop.run()


def _died(here: Site, town: Vaulted, moment: int | None) -> bool:
    here.armed(moment)
    try:
        _whole_way(town)
    except Killed:
        return True
    finally:
        here.disarmed()
    return False


def _problem(town: Vaulted) -> str:
    with town.bench.store.work() as work:
        plans = [plan for plan in work.plans.newest(None, 5) if plan.kind is Kind.PASSWORDS]
    values = {entry.external_id: town.secret(entry).password for entry in town.entries().values()}
    twice = {id_: times for id_, times in Counter(town.safe.asked).items() if times > 1}
    if len(plans) != 1 or plans[0].state is not PlanState.DONE:
        return f"{[(plan.state, plan.note) for plan in plans]}"
    if (plans[0].counts.new, plans[0].counts.held) != (ENTRIES - 1, 1):
        return f"counted {plans[0].counts}"
    if values != {str(number): f"value of {number}" for number in range(ENTRIES) if number != 3}:
        return f"stored {sorted(map(str, values))}"
    return f"read twice: {twice}" if sum(twice.values()) > 2 else ""


def test_a_death_at_any_moment_loses_nothing_and_reads_one_value_twice_at_most(quick_store: Store) -> None:
    ground = Ground(quick_store)
    town = ground.anew()
    assert not _died(Site(town.bench), town, None)
    assert _problem(town) == ""
    assert town.safe.asked == ["0", "1", "2", "4"]
    moments = town.bench.workshop.moments
    assert moments > 40
    problems = {}
    for moment in range(1, moments + 1):
        town = ground.anew()
        here = Site(town.bench)
        assert _died(here, town, moment), moment
        _whole_way(town)
        here.restart()
        problem = _problem(town)
        if problem:
            problems[moment] = problem
    assert problems == {}

"""A process may die at any moment: before and after every transaction, step, call, mail and word to Slack.

Each test runs the same work once undisturbed, counting the moments, and then once for each moment with a death there and
a restart; the end must be the same every time, and nobody gets a second invitation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from domain.approval import Choice
from domain.plan import Plan, PlanState
from domain.ports import Kind
from flows import delivery, imports
from storage.store import Store
from tests.conftest import TRIES
from tests.flows.bench import Bench
from tests.flows.engine import Killed
from tests.flows.ground import Ground, Way


@dataclass
class Site:
    """A bench whose every statement, call, mail and word is a moment to die at."""

    bench: Bench
    listening: list[tuple[str, Callable[..., None]]] = field(default_factory=list)

    def armed(self, kill_at: int | None) -> None:
        bench = self.bench
        bench.workshop.dies_at(kill_at)
        for one in (bench.ear, bench.post, *bench.papers.values()):
            one.moment = bench.workshop.moment

        written: list[str] = []  # since the last commit

        def statement(_connection: Any, _cursor: Any, words: str, *_: Any) -> None:
            if words.lower().startswith(("insert", "update", "delete")):
                written.append(words)
                if TRIES > 1:  # a death inside a transaction is one before it, if transactions are what they should be
                    bench.workshop.moment()

        def commit(_connection: Any) -> None:
            if written:
                written.clear()
                bench.workshop.moment()

        self.listening = [("before_cursor_execute", statement), ("commit", commit)]
        for name, listener in self.listening:
            event.listen(bench.store.engine, name, listener)

    def disarmed(self) -> None:
        for name, listener in self.listening:
            event.remove(self.bench.store.engine, name, listener)

    def restart(self) -> None:
        """What a new process does: it looks what was left undone, now and when mail handed over counts as sent."""
        bench = self.bench
        for _ in range(2):
            imports.sweep(bench.context)
            delivery.sweep(bench.context)
            bench.workshop.run()
            bench.clock.advance(360)


def contoso(bench: Bench, people: int = 3) -> None:
    paper = bench.papers["autotask"]
    paper.page_size = 4
    paper.company("10", "Contoso", "contoso.com")
    connection = bench.connected("autotask")
    company = bench.company("Contoso", "contoso.com")
    bench.listed(connection)
    bench.mapped(connection, company, "10")
    for number in range(people):
        paper.person(str(number), "10", f"p{number}@contoso.com")
    paper.person("8", "10", "", "Nora")
    paper.person("9", "10", "p0@contoso.com", "Twin")


def import_people(bench: Bench) -> None:
    _import(bench, Kind.USERS, "Contoso")


def ask_only(bench: Bench) -> None:
    """A preview that nobody has decided on yet: its message must show it, or nobody ever will."""
    plan = _asked(bench, Kind.USERS, "Contoso")
    assert bench.plan(plan.id).state is PlanState.PROPOSED


def import_companies(bench: Bench) -> None:
    _import(bench, Kind.COMPANIES, "")


def _import(bench: Bench, kind: Kind, company: str) -> None:
    """The whole way of a person: ask, wait, approve. Begun again after a death, it takes up what is there."""
    plan = _asked(bench, kind, company)
    if plan.state is PlanState.PROPOSED:
        imports.decide(bench.context, bench.admin, plan.id, Choice.APPROVE)
    bench.workshop.run()


def _asked(bench: Bench, kind: Kind, company: str) -> Plan:
    with bench.store.work() as work:
        there = [plan for plan in work.plans.newest(None, 5) if plan.kind is kind]
    plan = there[0] if there else imports.propose(bench.context, bench.admin, kind, company)
    if not plan.message_ts:
        imports.posted(bench.context, plan.id, "C1", "1.1")
    bench.workshop.run()
    return bench.plan(plan.id)


def two_previews(bench: Bench) -> None:
    """Contoso's people at two sources, some of them the same, each previewed before either was approved."""
    contoso(bench)
    glue = bench.papers["itglue"]
    glue.company("10", "Contoso", "contoso.com")
    connection = bench.connected("itglue")
    bench.listed(connection)
    bench.mapped(connection, bench.companies()["Contoso"], "10")
    for number in (1, 2, 3):
        glue.person(f"g{number}", "10", f"p{number}@contoso.com")
    for source in ("autotask", "itglue"):
        bench.preview(Kind.USERS, "Contoso", source)


def approve_both(bench: Bench) -> None:
    with bench.store.work() as work:
        there = sorted(plan.id for plan in work.plans.in_state(PlanState.PROPOSED))
    for plan_id in there:
        imports.decide(bench.context, bench.admin, plan_id, Choice.APPROVE)
    bench.workshop.run()


def companies(bench: Bench) -> None:
    paper = bench.papers["autotask"]
    paper.page_size = 2
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "Fabrikam", "fabrikam.com")
    paper.company("30", "Nameless Web")
    paper.company("40", "Contoso Ltd", "contoso.com")
    bench.connected("autotask")


def grown(bench: Bench) -> None:
    """Contoso's people are here; since then one was renamed, one is new, one is gone; the same with companies."""
    contoso(bench, people=6)  # enough that one who is gone does not look like a broken answer
    bench.imported(Kind.USERS, "Contoso")
    paper = bench.papers["autotask"]
    bench.clock.advance(4000)
    paper.edit("1", first_name="Renamed")
    paper.person("50", "10", "new@contoso.com")
    del paper.people["2"]
    paper.edit_company("10", name="Contoso Group")
    paper.company("60", "Litware", "litware.com")


def sync_all(bench: Bench) -> None:
    with bench.store.work() as work:
        connection = work.connections.all()[0]
    bench.workshop.enqueue("sync", "sync-1", f"{connection.id} 1", connection.id)
    bench.workshop.run()


def state(bench: Bench) -> dict[str, Any]:
    """All that lasts, without ids and times."""
    with bench.store.work() as work:
        plans = work.plans.newest(None, 100)
        origins = [origin for many in work.people.origins([one.person.id for one in bench.people().values()]).values() for origin in many]
        links = work.links.every_live()
        companies = {company.id: company for company in work.companies.all_clients()}
        said = [(entry.what, entry.said) for entry in work.journal.all()]
        assert work.journal.broken_at() is None
    invitations = {
        email: line.invitation and (line.invitation.state, line.invitation.generation, line.invitation.sent_count)
        for email, line in bench.people().items()
    }
    return {
        "plans": sorted((p.kind, p.state, p.company_name, p.counts, p.done_rows, p.note, p.auto) for p in plans),
        "people": sorted((one.person.email, one.person.name) for one in bench.people().values()),
        "invitations": invitations,
        "origins": sorted((o.external_id, o.external_company_id or "", o.gone) for o in origins),
        "companies": sorted((c.name, c.domain or "", c.state) for c in companies.values()),
        "links": sorted((link.external_id, companies[link.company_id].name) for link in links if link.company_id in companies),
        "said": sorted(set(said)),
        "decided twice": len([what for what, _ in said if what in ("import", "decision")]),
        "unseen": unseen(bench),
    }


def unseen(bench: Bench) -> list[str]:
    """Plans whose last drawing does not show how they ended."""
    last = {plan_id: shown for plan_id, final, shown in bench.ear.plans if final}
    with bench.store.work() as work:
        return [plan.kind.value for plan in work.plans.newest(None, 100) if plan.channel and last.get(plan.id) != plan.state]


def died(here: Site, way: Way, moment: int | None) -> bool:
    """Go the way with a death at a moment; whether it came to that."""
    here.armed(moment)
    try:
        way(here.bench)
    except Killed:
        return True
    finally:
        here.disarmed()
    return False


@pytest.mark.parametrize(
    ("prepare", "way"),
    [(contoso, ask_only), (contoso, import_people), (two_previews, approve_both), (companies, import_companies), (grown, sync_all)],
)
def test_a_death_at_any_moment_changes_nothing_about_the_end(quick_store: Store, prepare: Way, way: Way) -> None:
    ground = Ground(quick_store, prepare)
    calm = Site(ground.bench())
    assert not died(calm, way, None)
    moments = calm.bench.workshop.moments
    assert moments > 15
    calm.restart()
    wanted = state(calm.bench)
    wrong = {}
    for moment in range(1, moments + 1):
        here = Site(ground.bench())
        assert died(here, way, moment)
        wrong[moment] = problem(here, way, wanted, len(calm.bench.post.sent))
    assert not {moment: said for moment, said in wrong.items() if said}


def problem(here: Site, way: Way, wanted: dict[str, Any], mails: int) -> str:
    """What is not as it would be without the death; "" where all is well."""
    try:
        here.restart()
        way(here.bench)
        here.restart()
    except Exception as error:  # noqa: BLE001 - said with its moment
        return repr(error)
    found = state(here.bench)
    differing = [f"{name}: {found[name]} instead of {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    to = [mail.to for mail in here.bench.post.sent]
    if len(to) != len(set(to)):
        differing.append(f"a second invitation: {to}")
    if mails - len(to) > 1:
        differing.append(f"{mails - len(to)} mails are missing")
    return "; ".join(differing)

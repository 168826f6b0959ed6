"""Import, then undo: everything is as it was before, except the rows the undo names and why it keeps them."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approval import Choice
from domain.errors import NotAllowed, TellPerson
from domain.plan import Action, Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import companies, imports, invitations, mapping, requests, undo
from flows.performers import PERFORMERS
from storage.store import Store
from tests.conftest import TRIES, open_store
from tests.flows.bench import Bench, bench
from tests.flows.engine import Killed

NUMBERS = tuple(range(6))
OTHERS = ("Their old address belongs to", "IT Glue told more of them")  # reasons that lie outside the person's own row


def contoso(bench: Bench) -> None:
    """Contoso is mapped at both sources; three people are here already."""
    for name in ("autotask", "itglue"):
        bench.papers[name].company("10", "Contoso", "contoso.com")
        connection = bench.connected(name)
        bench.listed(connection)
        if name == "autotask":
            bench.company("Contoso", "contoso.com")
        bench.mapped(connection, bench.companies()["Contoso"], "10")
    for number in NUMBERS[:3]:
        bench.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")
    bench.imported(Kind.USERS, "Contoso", "autotask")


def undone(bench: Bench, run: Plan, by: str = "U1") -> Plan:
    plan = undo.propose(bench.context, bench.desk(user=by), run.id)
    if plan.state is PlanState.PROPOSED:
        imports.decide(bench.context, bench.desk(user="U2"), plan.id, Choice.APPROVE)
        bench.workshop.run()
    return bench.plan(plan.id)


State = dict[str, dict[str, Any]]


def people(bench: Bench) -> State:
    """Person id → all that lasts about them, without times and links."""
    with bench.store.work() as work:
        lines = list(bench.people().values())
        origins = work.people.origins([line.person.id for line in lines])
    return {
        line.person.id: {
            "e-mail": line.person.email,
            "fold": line.person.email_fold,
            "first name": line.person.first_name,
            "last name": line.person.last_name,
            "title": line.person.title,
            "suspended": line.person.suspended,
            "accepted": line.invitation is not None and line.invitation.accepted_at is not None,
            "sources": sorted((one.connection_id, one.external_id) for one in origins.get(line.person.id, ())),
        }
        for line in lines
    }


# --- random worlds -----------------------------------------------------------------------------------------------


@dataclass
class Life:
    """What may happen to the people before the run (upstream), and between the run and its undo."""

    bench: Bench
    touched: set[str] = field(default_factory=set)

    def rename(self, number: int) -> None:
        self.bench.papers["autotask"].edit(str(number), first_name=f"Renamed{number}")

    def retitle(self, number: int) -> None:
        self.bench.papers["autotask"].edit(str(number), title=f"Title {number}")

    def move(self, number: int) -> None:
        self.bench.papers["autotask"].edit(str(number), email=f"new{number}@contoso.com")

    def join(self, number: int) -> None:
        if str(number) not in self.bench.papers["autotask"].people:
            self.bench.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")

    def share(self, number: int) -> None:
        """The other source knows the same person, with a title."""
        self.bench.papers["itglue"].person(f"g{number}", "10", f"P{number}@contoso.com", title=f"Glue {number}")

    # since

    def _some(self, number: int) -> str | None:
        ids = sorted(people(self.bench))
        return ids[number % len(ids)] if ids else None

    def suspend(self, number: int) -> None:
        if (person_id := self._some(number)) is not None:
            invitations.suspend(self.bench.context, self.bench.admin, person_id, True)

    def reinvite(self, number: int) -> None:
        if (person_id := self._some(number)) is not None:
            invitations.reinvite(self.bench.context, self.bench.admin, person_id)
            self.bench.workshop.run()

    def accept(self, number: int) -> None:
        self.bench.workshop.run()
        sent = self.bench.post.sent
        if sent:
            invitations.accept(self.bench.context, self.bench.post.links(sent[number % len(sent)].to)[-1])

    def again(self, number: int) -> None:
        """A later run changes somebody once more."""
        self.bench.papers["autotask"].edit(str(number), last_name=f"Later{number}", title=f"Later {number}")
        self.bench.approve(self.bench.preview(Kind.USERS, "Contoso", "autotask"))

    def glue(self, number: int) -> None:
        self.share(number)
        self.bench.approve(self.bench.preview(Kind.USERS, "Contoso", "itglue"))


BEFORE = ("rename", "retitle", "move", "join", "share")
SINCE = ("suspend", "reinvite", "accept", "again", "glue")


def moves(names: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.tuples(st.sampled_from(names), st.sampled_from(NUMBERS)), max_size=5)


def go(life: Life, way: list[tuple[str, int]]) -> None:
    for name, number in way:
        life.bench.clock.advance(60)
        try:
            getattr(life, name)(number)
        except TellPerson:
            continue  # refused things are part of life


@pytest.fixture(scope="module")
def prepared(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Bench]:
    def made() -> Bench:
        file = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "gangway.db"
        shutil.copyfile(sqlite_template, file)
        fresh = bench(open_store(f"sqlite:///{file}"))
        contoso(fresh)
        return fresh

    return made


@settings(max_examples=25 * TRIES)
@given(before=moves(BEFORE), source=st.sampled_from(("autotask", "itglue")), since=moves(SINCE))
def test_after_an_undo_all_is_as_before_but_the_rows_it_names(
    prepared: Callable[[], Bench], before: list[tuple[str, int]], source: str, since: list[tuple[str, int]]
) -> None:
    bench = prepared()
    life = Life(bench)
    go(life, before)
    was = people(bench)
    run = bench.preview(Kind.USERS, "Contoso", source)
    if run.state is not PlanState.PROPOSED:
        return
    run = bench.approve(run)
    left = people(bench)
    go(life, since)
    stood = people(bench)
    done = undone(bench, run)
    now = people(bench)
    held = {item.verdict.target: item.verdict.reason for item in items(bench, done) if item.verdict.action is Action.HELD}
    check(was, left, stood, now, held)
    assert done.state is (PlanState.DONE if done.counts.to_do else PlanState.VOID), done.note
    bench.store.close()


def check(was: State, left: State, stood: State, now: State, held: Mapping[str, str]) -> None:
    for person_id, there in stood.items():
        untouched = left.get(person_id) == there
        by_run = left.get(person_id) != was.get(person_id)
        if person_id in held:
            assert now[person_id] == there
            assert not untouched or held[person_id].startswith(OTHERS), held[person_id]
        elif by_run and person_id not in was:
            assert untouched, "touched, and gone all the same"
            assert person_id not in now
        else:
            wanted = {name: was[person_id][name] if by_run and left[person_id][name] != was[person_id][name] else value
                      for name, value in there.items()}
            added = set(map(tuple, there["sources"])) - set(map(tuple, left.get(person_id, there)["sources"]))
            wanted["sources"] = sorted({*map(tuple, wanted["sources"]), *added})
            assert now[person_id] == wanted
    assert set(now) <= set(stood)


def items(bench: Bench, plan: Plan) -> tuple[Any, ...]:
    return imports.items(bench.context, bench.admin, plan.id, size=10_000).items


# --- one by one --------------------------------------------------------------------------------------------------


def test_an_untouched_run_is_taken_back_wholly_and_its_links_are_dead(both: Bench) -> None:
    contoso(both)
    before = people(both)
    both.papers["autotask"].person("5", "10", "p5@contoso.com")
    both.papers["autotask"].edit("1", first_name="Renamed")
    run = both.imported(Kind.USERS, "Contoso", "autotask")
    assert people(both) != before
    (token,) = both.post.links("p5@contoso.com")
    done = undone(both, run)
    assert (done.state, done.counts.new, done.counts.changed, done.counts.held) == (PlanState.DONE, 1, 1, 0)
    assert done.note == "1 removed, 1 restored, 0 kept."
    assert people(both) == before
    assert invitations.open_link(both.context, token).door.value == "unknown"
    assert any("1 removed, 1 restored" in said for said in both.journal("undo"))
    with both.store.work() as work:
        assert work.journal.broken_at() is None


def test_whoever_accepted_is_kept_and_named(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = both.imported(Kind.USERS, "Contoso", "autotask")
    invitations.accept(both.context, both.post.links("p5@contoso.com")[0])
    done = undone(both, run)
    assert done.state is PlanState.VOID
    assert "Ada No5: Has accepted the invitation." in done.note
    assert "p5@contoso.com" in both.people()


def test_an_acceptance_between_preview_and_approval_keeps_the_person(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = both.imported(Kind.USERS, "Contoso", "autotask")
    plan = undo.propose(both.context, both.admin, run.id)
    assert plan.counts.new == 1
    invitations.accept(both.context, both.post.links("p5@contoso.com")[0])
    done = both.approve(plan)
    assert (done.counts.new, done.counts.held) == (0, 1)
    assert "p5@contoso.com" in both.people()


def test_companies_go_with_their_mapping_unless_something_belongs_to_them(both: Bench) -> None:
    paper = both.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "Fabrikam", "fabrikam.com")
    paper.company("30", "Webless")
    paper.company("40", "Litware", "litware.com")
    both.connected("autotask")
    run = both.imported(Kind.COMPANIES)
    paper.person("1", "20", "ann@fabrikam.com")
    both.imported(Kind.USERS, "Fabrikam")
    companies.set_domain(both.context, both.admin, both.companies()["Webless"].id, "webless.com")
    done = undone(both, run)
    assert set(both.companies()) == {"Fabrikam", "Webless"}
    assert {label: why for label, (_action, why) in both.reasons(done).items() if "since" in why and "nobody" not in why} == {
        "Fabrikam": "Has people since.",
        "Webless": "Was given the web address webless.com since.",
    }
    with both.store.work() as work:
        assert len(work.links.every_live()) == 2


def test_a_mapping_that_a_run_added_is_taken_back(both: Bench) -> None:
    both.company("Contoso", "contoso.com")
    both.papers["autotask"].company("10", "Contoso", "contoso.com")
    connection = both.connected("autotask")
    run = both.imported(Kind.COMPANIES)
    assert run.counts.changed == 1
    done = undone(both, run)
    assert done.counts.changed == 1
    with both.store.work() as work:
        assert work.links.live(connection.id) == ()
    assert "Contoso" in both.companies()


@pytest.mark.parametrize(("hours", "seconds", "able"), [(72, 0, True), (72, 1, False)])
def test_the_window_closes_after_72_hours(quick: Bench, hours: int, seconds: int, able: bool) -> None:
    contoso(quick)
    quick.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = quick.imported(Kind.USERS, "Contoso", "autotask")
    quick.clock.advance(timedelta(hours=hours, seconds=seconds).total_seconds())
    assert undo.possible(quick.context, [run]) == (frozenset({run.id}) if able else frozenset())
    if able:
        assert undone(quick, run).state is PlanState.DONE
    else:
        with pytest.raises(TellPerson, match="72 hours"):
            undo.propose(quick.context, quick.admin, run.id)


def test_a_run_is_undone_once_and_an_undo_is_not_undone(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = both.imported(Kind.USERS, "Contoso", "autotask")
    plan = undo.propose(both.context, both.admin, run.id)
    with pytest.raises(TellPerson, match="being undone already"):
        undo.propose(both.context, both.admin, run.id)
    imports.decide(both.context, both.admin, plan.id, Choice.DENY)
    done = undone(both, run)
    with pytest.raises(TellPerson, match="was undone already"):
        undo.propose(both.context, both.admin, run.id)
    with pytest.raises(TellPerson, match="An undo is not undone"):
        undo.propose(both.context, both.admin, done.id)
    assert undo.possible(both.context, [run, done]) == frozenset()


def test_an_undo_nobody_decided_on_gives_up_its_place_after_24_hours(quick: Bench) -> None:
    contoso(quick)
    quick.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = quick.imported(Kind.USERS, "Contoso", "autotask")
    old = undo.propose(quick.context, quick.admin, run.id)
    quick.clock.advance(24 * 3600 + 1)
    assert undone(quick, run).state is PlanState.DONE
    assert quick.plan(old.id).state is PlanState.VOID


def test_who_may_not_import_or_does_not_see_the_company_cannot_undo(quick: Bench) -> None:
    contoso(quick)
    other = quick.company("Fabrikam", "fabrikam.com")
    quick.papers["autotask"].person("5", "10", "p5@contoso.com")
    run = quick.imported(Kind.USERS, "Contoso", "autotask")
    for desk in (quick.desk(Role.VIEWER), quick.desk(None), quick.desk(bound=other)):
        with pytest.raises(NotAllowed):
            undo.propose(quick.context, desk, run.id)


def test_an_undo_of_more_than_20_rows_needs_a_second_person(quick: Bench) -> None:
    contoso(quick)
    for number in range(100, 121):
        quick.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")
    run = quick.imported(Kind.USERS, "Contoso", "autotask")
    plan = undo.propose(quick.context, quick.admin, run.id)
    assert (plan.needs_second, plan.counts.new) == (True, 21)
    _, decision = imports.decide(quick.context, quick.admin, plan.id, Choice.APPROVE)
    assert decision.moves_to is None
    assert quick.approve(plan, quick.desk(Role.TECHNICIAN, "U2")).state is PlanState.DONE


def test_an_undo_after_a_remapping_takes_what_came_and_nothing_else(quick: Bench) -> None:
    contoso(quick)
    paper = quick.papers["autotask"]
    paper.company("20", "Contoso North", "north.example")
    paper.person("5", "10", "p5@contoso.com")
    run = quick.imported(Kind.USERS, "Contoso", "autotask")
    with quick.store.work() as work:
        connection = next(one for one in work.connections.all() if one.source == "autotask")
        link = work.links.of_company(connection.id, quick.companies()["Contoso"].id)
    assert link is not None
    quick.listed(connection)
    mapping.remap(quick.context, quick.admin, link.id, None, False)
    (asked,) = quick.ear.requests
    requests.decide(quick.context, quick.desk(user="U2"), asked, Choice.APPROVE, PERFORMERS)
    assert undone(quick, run).counts.new == 1
    assert "p5@contoso.com" not in quick.people()


def test_a_death_at_any_step_of_an_undo_changes_nothing_about_its_end(quick_store: Store, sqlite_template: Path, tmp_path: Path) -> None:
    ends: set[str] = set()
    moment = 0
    while moment < 40:
        moment += 1
        file = tmp_path / f"{moment}.db"
        shutil.copyfile(sqlite_template, file)
        here = bench(open_store(f"sqlite:///{file}"))
        contoso(here)
        before = people(here)
        here.papers["autotask"].person("5", "10", "p5@contoso.com")
        here.papers["autotask"].edit("1", first_name="Renamed")
        plan = undo.propose(here.context, here.admin, here.imported(Kind.USERS, "Contoso", "autotask").id)
        here.workshop.dies_at(moment)
        here.ear.moment = here.workshop.moment
        died = False
        try:
            here.approve(plan)
        except Killed:
            died = True
            imports.sweep(here.context)
            here.workshop.run()
        done = here.plan(plan.id)
        assert people(here) == before
        ends.add(f"{done.state} {done.note} {len(here.journal('undo'))}")
        here.store.close()
        if not died:
            break
    assert moment > 5
    assert ends == {"done 1 removed, 1 restored, 0 kept. 1"}

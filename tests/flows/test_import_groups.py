"""Importing groups: from a source whose groups may lie, on both databases, and from the stand-in over HTTP."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from domain.errors import TellPerson
from domain.group import Group
from domain.plan import Plan, PlanState
from domain.ports import Kind, Page, UpstreamGroup
from flows import by_hand, imports, undo
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.conftest import Town
from tests.flows.paper import Paper, connector


class GroupPaper(Paper):
    """A paper that keeps groups too."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.groups_: dict[str, UpstreamGroup] = {}

    def group(self, id_: str, name: str, *members: str) -> None:
        self.groups_[id_] = UpstreamGroup(id_, None, name, members, tuple(f"Upstream {one}" for one in members))

    def groups(self, cursor: str | None) -> Page[UpstreamGroup]:
        self._called("groups")
        rows = tuple(self.groups_.values())
        return Page(rows, total=len(rows), as_of=self.clock().isoformat())


@pytest.fixture
def paper() -> GroupPaper:
    return GroupPaper(ManualClock())


@pytest.fixture
def desk(store: Store, paper: GroupPaper) -> Bench:
    """Two of the team are here, a third is only in the source."""
    made = connector(paper, "itglue", "IT Glue", False)
    found = bench(store, {"itglue": replace(made, offers=made.offers | {Kind.GROUPS})}, clock=paper.clock)  # type: ignore[arg-type]
    found.connected("itglue")
    paper.person("1", None, "ann@northwind.example", "Ann", last="A")
    paper.person("2", None, "bob@northwind.example", "Bob", last="B")
    found.imported(Kind.STAFF)
    paper.group("g1", "Service Desk", "1", "2")
    paper.group("g2", "Projects", "2", "3")
    paper.group("g3", "Strangers", "3")
    paper.group("g4", "  ")
    return found


def groups(bench: Bench) -> dict[str, set[str]]:
    """Group → the addresses of who is in it."""
    with bench.store.work() as work:
        own = work.companies.own().id
        found = work.groups.by_name(own, ["service desk", "projects", "strangers", "first line"])
        members = work.groups.members([group.id for group in found.values()])
    return {group.name: {person.email for person in members.get(group.id, ())} for group in found.values()}


ANN, BOB = "ann@northwind.example", "bob@northwind.example"


def test_groups_come_with_those_who_are_here(desk: Bench) -> None:
    plan = desk.preview(Kind.GROUPS, source="itglue")
    reasons = desk.reasons(plan)
    assert reasons["Service Desk"] == ("new", "")
    assert reasons["Projects"][0] == "new"
    assert "Upstream 3 is not imported yet: import staff" in reasons["Projects"][1]
    assert reasons["Strangers"][0] == reasons["record g4"][0] == "held"
    mails = len(desk.post.sent)
    done = desk.approve(plan)
    assert (done.state, done.note.startswith("2 groups imported")) == (PlanState.DONE, True)
    assert groups(desk) == {"Service Desk": {ANN, BOB}, "Projects": {BOB}}
    assert len(desk.post.sent) == mails, "groups invite nobody"
    assert desk.people()[BOB].groups == ("Projects", "Service Desk")
    again = desk.preview(Kind.GROUPS)
    assert (again.state, again.counts.unchanged) == (PlanState.DONE, 2)


def test_a_rename_and_members_that_went_are_followed(desk: Bench, paper: GroupPaper) -> None:
    desk.imported(Kind.GROUPS)
    paper.group("g1", "First line", "1")
    plan = desk.preview(Kind.GROUPS)
    page = imports.items(desk.context, desk.admin, plan.id, search="First line")
    assert page.items[0].verdict.changes == {"name": ("Service Desk", "First line"), "members": ("Ann A, Bob B", "Ann A")}
    desk.approve(plan)
    assert groups(desk) == {"First line": {ANN}, "Projects": {BOB}}


def test_a_group_that_changed_after_the_preview_voids_it(desk: Bench, paper: GroupPaper) -> None:
    plan = desk.preview(Kind.GROUPS)
    paper.group("g2", "Projects", "1", "2")
    assert desk.approve(plan).state is PlanState.VOID
    assert groups(desk) == {}


def test_of_two_previews_the_second_is_void_once_the_first_ran(desk: Bench) -> None:
    desk.two_eyes_are_enough()
    plans = [desk.preview(Kind.GROUPS) for _ in range(2)]
    first, second = [desk.approve(plan) for plan in plans]
    assert (first.state, first.counts.new, second.state) == (PlanState.DONE, 2, PlanState.VOID)
    undone = desk.approve(undo.propose(desk.context, desk.admin, first.id))
    assert (undone.note, groups(desk)) == ("2 removed, 0 restored, 0 kept.", {})


def test_a_group_whose_name_was_taken_without_a_run_is_left_out_and_counted(desk: Bench) -> None:
    plan = desk.preview(Kind.GROUPS)
    with desk.store.write() as work:
        work.groups.put(Group("made-here", work.companies.own().id, "Projects", None, None, ""), [])
    done = desk.approve(plan)
    assert (done.state, done.counts.new) == (PlanState.DONE, 1)
    assert done.note.startswith("1 group imported")
    assert desk.reasons(done)["Projects"][0] == "held"
    assert groups(desk)["Projects"] == set()


def test_a_name_twice_is_a_conflict(desk: Bench, paper: GroupPaper) -> None:
    paper.group("g5", "service  desk", "1")
    assert desk.reasons(desk.preview(Kind.GROUPS))["service desk"][0] == "conflict"


def test_a_group_made_anew_at_the_source_keeps_its_place(desk: Bench, paper: GroupPaper) -> None:
    desk.imported(Kind.GROUPS)
    del paper.groups_["g1"]
    paper.group("g9", "Service Desk", "1")
    plan = desk.preview(Kind.GROUPS)
    assert desk.reasons(plan)["Service Desk"][0] == "changed"
    desk.approve(plan)
    assert groups(desk)["Service Desk"] == {ANN}


def test_undo_removes_new_groups_and_nobody_who_is_in_them(desk: Bench, paper: GroupPaper) -> None:
    run = desk.imported(Kind.GROUPS)
    paper.group("g1", "First line", "1")
    second = desk.imported(Kind.GROUPS)
    kept = undo.propose(desk.context, desk.admin, second.id)
    assert (kept.state, "who was in it before" in kept.note) == (PlanState.VOID, True)
    desk.two_eyes_are_enough()
    plan = undo.propose(desk.context, desk.admin, run.id)
    assert (plan.counts.new, plan.counts.held) == (1, 1)
    assert desk.approve(plan).state is PlanState.DONE
    assert groups(desk) == {"First line": {ANN}}
    assert {ANN, BOB} <= set(desk.people())


def test_a_source_without_groups_says_so(both: Bench) -> None:
    both.connected("autotask")
    with pytest.raises(TellPerson, match="groups"):
        imports.propose(both.context, both.admin, Kind.GROUPS, "", "autotask")


# --- by hand -----------------------------------------------------------------------------------------------------


def pasted(bench: Bench, text: str) -> Plan:
    plan = by_hand.propose(bench.context, bench.admin, "Contoso", text, True)
    imports.posted(bench.context, plan.id, "C1", "1.1")
    bench.workshop.run()
    return bench.plan(plan.id)


def in_groups(bench: Bench) -> dict[str, tuple[str, ...]]:
    return {email: line.groups for email, line in bench.people().items()}


def test_csv_puts_people_into_groups(both: Bench) -> None:
    both.two_eyes_are_enough()
    both.company("Contoso", "contoso.com")
    first = pasted(both, "email,groups\nann@contoso.com,VPN; Board\nbob@contoso.com,vpn\ncid@contoso.com,")
    page = imports.items(both.context, both.admin, first.id)
    assert page.items[0].detail == "ann@contoso.com · Groups: VPN, Board"
    both.approve(first)
    assert {email: [name.casefold() for name in names] for email, names in in_groups(both).items()} == {
        "ann@contoso.com": ["board", "vpn"], "bob@contoso.com": ["vpn"], "cid@contoso.com": [],
    }  # fmt: skip
    second = pasted(both, "email,groups\nann@contoso.com,BOARD\ncid@contoso.com,Board")
    assert (second.counts.unchanged, second.counts.changed) == (1, 1)
    both.approve(second)
    assert in_groups(both)["cid@contoso.com"] == ("Board",)
    nothing = undo.propose(both.context, both.admin, second.id)
    assert "Was put into groups, which is not taken back." in nothing.note
    back = both.approve(undo.propose(both.context, both.admin, first.id))
    assert (back.state, both.people()) == (PlanState.DONE, {})
    with both.store.work() as work:
        assert not work.groups.by_name(first.company_id or "", ["vpn", "board"])


def test_the_database_refuses_a_member_of_another_company(both: Bench) -> None:
    both.company("Contoso", "contoso.com")
    fabrikam = both.company("Fabrikam", "fabrikam.com")
    both.approve(pasted(both, "email,groups\nann@contoso.com,VPN"))
    ann = both.people()["ann@contoso.com"].person
    with pytest.raises(IntegrityError), both.store.write() as work:
        work.groups.put(Group("other", fabrikam.id, "VPN"), [ann.id])
    with pytest.raises(IntegrityError), both.store.write() as work:
        work.groups.join(fabrikam.id, {ann.id: ("VPN",)}, both.context.new_id, "plan")
    assert in_groups(both) == {"ann@contoso.com": ("VPN",)}


# --- over HTTP ---------------------------------------------------------------------------------------------------


def test_groups_of_the_stand_in(town: Town) -> None:
    users = town.world.itglue["users"]
    row = {"first-name": "Ann", "last-name": "A", "email": ANN, "my-glue": False}
    ann = users.insert(row, town.bench.clock())
    town.world.itglue["groups"].insert({"name": "First line", "user-ids": [ann]}, town.bench.clock())
    town.connect_itglue()
    assert "import staff" in town.bench.reasons(town.bench.preview(Kind.GROUPS))["First line"][1]
    town.bench.imported(Kind.STAFF)
    town.bench.imported(Kind.GROUPS)
    assert groups(town.bench)["First line"] == {ANN}

"""Auto-import: active contacts of companies that are new, with the default role, proposed or unasked; inactive ones never."""

from domain.connection import Connection
from domain.isolation import LinkState
from domain.plan import Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import auto_import, connect, imports, setup_steps, undo
from tests.flows.bench import Bench
from tests.flows.engine import Killed


def switched_on(made: Bench, how: str = "propose", role: str = "Viewer") -> Connection:
    connection = made.connected("autotask")
    made.clock.advance(60)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"auto": ("on",), "how": (how,), "role": (role,)})
    made.clock.advance(60)
    return connection


def contoso(made: Bench, id_: str = "10", name: str = "Contoso") -> None:
    paper = made.papers["autotask"]
    paper.company(id_, name, f"{name.casefold().replace(' ', '')}.com")
    paper.person(f"{id_}1", id_, f"ada@{name.casefold().replace(' ', '')}.com")
    paper.person(f"{id_}2", id_, f"bob@{name.casefold().replace(' ', '')}.com", "Bob", is_active=False)


def look(made: Bench, times: int = 1) -> None:
    for _ in range(times):
        auto_import.tick(made.context)
        made.workshop.run()


def proposed(made: Bench) -> list[Plan]:
    with made.store.work() as work:
        return [plan for plan in work.plans.newest(None, 500) if plan.kind is Kind.USERS]


def test_contacts_of_a_company_that_came_by_an_import_are_proposed_with_the_default_role(both: Bench) -> None:
    switched_on(both)
    contoso(both)
    both.imported(Kind.COMPANIES)
    look(both, 3)
    (plan,) = proposed(both)
    assert (plan.state, plan.counts.new, plan.counts.held, plan.role) == (PlanState.PROPOSED, 1, 1, "Viewer")
    assert both.people() == {}
    both.approve(plan)
    assert {email: line.person.role for email, line in both.people().items()} == {"ada@contoso.com": Role.VIEWER}


def test_unasked_they_are_invited_and_the_journal_says_so(both: Bench) -> None:
    switched_on(both, "send", "Client")
    contoso(both)
    both.imported(Kind.COMPANIES)
    look(both, 3)
    assert [(plan.state, plan.decided_by_name) for plan in proposed(both)] == [(PlanState.DONE, "auto-import")]
    assert set(both.people()) == {"ada@contoso.com"}
    assert [mail.to for mail in both.post.sent] == ["ada@contoso.com"]
    assert "Approved unasked, as the set-up of auto-import says." in both.journal("decision")


def test_a_mapping_by_hand_of_a_new_company_is_an_arrival_too(both: Bench) -> None:
    connection = switched_on(both)
    contoso(both)
    both.listed(connection)
    both.mapped(connection, both.company("Contoso", "contoso.com"), "10")
    look(both)
    assert [plan.company_name for plan in proposed(both)] == ["Contoso"]


def test_companies_that_were_here_before_are_left_to_people(both: Bench) -> None:
    connection = both.connected("autotask")
    contoso(both)
    both.imported(Kind.COMPANIES)
    both.clock.advance(60)
    setup_steps.keep_sync(both.context, both.admin, connection.id, {"auto": ("on",), "role": ("Client",)})
    look(both, 2)
    assert proposed(both) == []


def test_nothing_happens_while_it_is_off_and_nobody_is_asked_twice(both: Bench) -> None:
    connection = both.connected("autotask")
    contoso(both)
    both.imported(Kind.COMPANIES)
    look(both)
    assert proposed(both) == []
    both.clock.advance(60)
    setup_steps.keep_sync(both.context, both.admin, connection.id, {"auto": ("on",), "role": ("Client",)})
    contoso(both, "20", "Fabrikam")
    both.clock.advance(60)
    both.imported(Kind.COMPANIES)
    look(both, 2)
    (plan,) = proposed(both)
    imports.decide(both.context, both.admin, plan.id, imports.Choice.DENY)
    look(both, 3)
    assert [each.state for each in proposed(both)] == [PlanState.DENIED]


def test_only_a_few_proposals_wait_at_a_time_and_the_next_come_as_they_are_decided(quick: Bench) -> None:
    switched_on(quick)
    for number in range(8):
        contoso(quick, f"{number}0", f"Company {number}")
    quick.imported(Kind.COMPANIES)
    look(quick, 3)
    assert len(proposed(quick)) == auto_import.OPEN_AT_ONCE
    for plan in proposed(quick):
        quick.approve(plan)
    look(quick, 2)
    assert len(proposed(quick)) == 8


def test_a_death_at_any_moment_makes_neither_two_plans_nor_none(quick: Bench) -> None:
    switched_on(quick, "send")
    contoso(quick)
    quick.imported(Kind.COMPANIES)
    for moment in range(1, 60):
        quick.workshop.dies_at(moment)
        try:
            look(quick)
        except Killed:
            continue
    quick.workshop.kill_at = None
    look(quick, 3)
    assert [plan.state for plan in proposed(quick)] == [PlanState.DONE]
    assert set(quick.people()) == {"ada@contoso.com"}


def test_a_preview_that_nobody_asked_for_is_shown_until_it_has_a_message(quick: Bench) -> None:
    switched_on(quick)
    contoso(quick)
    quick.imported(Kind.COMPANIES)
    look(quick)
    (plan,) = proposed(quick)
    quick.ear.plans.clear()
    look(quick)
    assert (plan.id, True, "proposed") in quick.ear.plans
    imports.reposted(quick.context, plan.id, "C1", "2.2")
    quick.ear.plans.clear()
    look(quick)
    assert quick.ear.plans == []


def test_a_source_that_is_gone_brings_nobody(quick: Bench) -> None:
    connection = switched_on(quick, "send")
    contoso(quick)
    quick.imported(Kind.COMPANIES)
    connect.disconnect(quick.context, quick.admin, connection.id)
    look(quick, 2)
    assert quick.people() == {}


def test_people_of_a_frozen_mapping_come_once_it_thaws(quick: Bench) -> None:
    connection = switched_on(quick, "send")
    contoso(quick)
    quick.imported(Kind.COMPANIES)
    with quick.store.write() as work:
        (link,) = work.links.live(connection.id)
        work.links.set_state(link.id, LinkState.ORPHANED)
    look(quick, 2)
    assert proposed(quick) == []
    with quick.store.write() as work:
        work.links.set_state(link.id, LinkState.ACTIVE)
    look(quick, 3)
    assert set(quick.people()) == {"ada@contoso.com"}


def test_an_undo_takes_people_of_any_role_back(both: Bench) -> None:
    switched_on(both, "send", "Technician")
    contoso(both)
    both.imported(Kind.COMPANIES)
    look(both, 3)
    both.two_eyes_are_enough()
    (done,) = proposed(both)
    taken = undo.propose(both.context, both.admin, done.id)
    both.workshop.run()
    both.approve(both.plan(taken.id))
    assert both.people() == {}

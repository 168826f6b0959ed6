"""Syncs: cheap when nothing changed, careful when much is missing, and never removing anything."""

from datetime import datetime

import pytest

from domain.connection import Connection
from domain.errors import AskOperator, TellPerson, Trouble, TryLater
from domain.isolation import LinkState
from domain.plan import Plan, PlanState
from domain.ports import Kind
from flows import sync
from tests.flows.bench import Bench

HOUR = 3600


def settled(made: Bench, companies: int = 2, people: int = 6) -> Connection:
    """Companies and their people are imported, and a first sync has read everything."""
    paper = made.papers["autotask"]
    paper.page_size = 500
    for number in range(companies):
        paper.company(f"{number}", f"Company {number}", f"c{number}.example")
        for one in range(people):
            paper.person(f"{number}-{one}", f"{number}", f"p{one}@c{number}.example")
    connection = made.connected("autotask")
    made.imported(Kind.COMPANIES)
    for number in range(min(companies, 2)):
        made.imported(Kind.USERS, f"Company {number}")
    synced(made, connection)
    return connection


def synced(made: Bench, connection: Connection) -> list[str]:
    """An hour later the next sync runs; returns the calls it made."""
    made.clock.advance(HOUR)
    calls = made.papers["autotask"].calls
    calls.clear()
    assert sync.tick(made.context) == 1
    made.workshop.run()
    return list(calls)


def proposed(made: Bench) -> list[Plan]:
    with made.store.work() as work:
        return [plan for plan in work.plans.newest(None, 50) if plan.state is PlanState.PROPOSED]


def notes(made: Bench) -> dict[Kind, str]:
    return {state.kind: state.last_note for state in sync.states(made.context)}


def test_nothing_changed_among_a_thousand_companies_costs_a_handful_of_calls(quick: Bench) -> None:
    connection = settled(quick, companies=1000, people=1)
    calls = synced(quick, connection)
    assert len(calls) <= 6, calls
    assert proposed(quick) == []
    assert notes(quick)[Kind.COMPANIES] == "Nothing changed."


def test_a_sync_that_fails_keeps_when_the_last_good_one_was(both: Bench) -> None:
    connection = settled(both)

    def seen() -> tuple[datetime | None, bool, datetime | None]:
        synced(both, connection)
        state = next(one for one in sync.states(both.context) if one.kind is Kind.COMPANIES)
        return state.last_at, state.failed, state.good_at

    good, failed, good_at = seen()
    assert (failed, good_at) == (False, good)
    for _ in range(2):
        both.papers["autotask"].trouble.append(AskOperator("The key is wrong.", Trouble.WRONG_KEY))
        last, failed, good_at = seen()
        assert (last != good, failed, good_at) == (True, True, good)
    last, failed, good_at = seen()
    assert (failed, good_at) == (False, last)
    assert last != good


def test_changed_fields_are_taken_over_without_a_question(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(60)
    both.papers["autotask"].edit("0-1", title="Boss")
    both.papers["autotask"].edit_company("1", name="Company One")
    synced(both, connection)
    assert both.people()["p1@c0.example"].person.title == "Boss"
    assert "Company One" in both.companies()
    assert proposed(both) == []
    assert len(both.post.sent) == 12, "nobody is mailed for a title"


def test_new_people_and_companies_are_proposed_and_wait_for_a_person(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(60)
    both.papers["autotask"].person("0-99", "0", "new@c0.example")
    both.papers["autotask"].company("77", "Brand New", "brand-new.example")
    synced(both, connection)
    assert {(plan.kind, plan.counts.new, plan.auto) for plan in proposed(both)} == {(Kind.USERS, 1, True), (Kind.COMPANIES, 1, True)}
    assert "new@c0.example" not in both.people()
    for plan in proposed(both):
        assert both.approve(plan).state is PlanState.DONE
    assert "new@c0.example" in both.people()
    assert "Brand New" in both.companies()


def test_a_newer_proposal_takes_the_place_of_the_older_one(both: Bench) -> None:
    connection = settled(both)
    for number in (98, 99):
        both.clock.advance(60)
        both.papers["autotask"].person(f"0-{number}", "0", f"new{number}@c0.example")
        synced(both, connection)
    (plan,) = proposed(both)
    assert plan.counts.new == 2, "who was proposed before and not decided on is not forgotten"


@pytest.mark.parametrize("moves", [False, True])
def test_a_proposal_larger_than_a_page_is_checked_by_what_changed_since_it_was_read(quick: Bench, moves: bool) -> None:
    """It was read over several pages and two syncs: one call or two tell that it still holds, or that it does not."""
    connection, paper = settled(quick), quick.papers["autotask"]
    paper.page_size = 4
    for number in range(100, 106):
        paper.company(f"{number}", f"Company {number}", f"c{number}.example")
    synced(quick, connection)
    paper.company("200", "Late Comer", "late.example")
    synced(quick, connection)
    (plan,) = proposed(quick)
    assert plan.counts.new == 7
    quick.clock.advance(60)
    if moves:
        paper.edit_company("103", name="Renamed")
    paper.calls.clear()
    decided = quick.approve(plan)
    assert decided.state is (PlanState.VOID if moves else PlanState.DONE), decided.note
    assert set(paper.calls) == {"companies changed"}


def test_people_of_companies_that_were_never_imported_are_none_of_our_business(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(60)
    both.papers["autotask"].company("50", "Elsewhere", "elsewhere.example")
    both.papers["autotask"].person("50-1", "50", "stranger@elsewhere.example")
    synced(both, connection)
    assert [plan.kind for plan in proposed(both)] == [Kind.COMPANIES]


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_list_that_shrank_too_much_removes_nothing_and_asks(both: Bench, left: int) -> None:
    connection = settled(both, companies=8, people=1)
    both.clock.advance(25 * HOUR)
    both.papers["autotask"].cut = left
    synced(both, connection)
    synced(both, connection)
    with both.store.work() as work:
        assert {link.state for link in work.links.every_live()} == {LinkState.ACTIVE}
        assert len(work.people.known_ids(connection.id, both.people()["p0@c0.example"].person.kind)) == 2
    assert len(both.companies()) == 8
    questions = [said for _, said in both.ear.questions]
    assert len(questions) <= 2, "each list is asked about once, not with every sync"
    assert any("Nothing was removed" in said for said in questions) or both.ear.notices


def test_a_list_that_is_whole_again_after_a_bad_day_goes_on_as_before(both: Bench) -> None:
    connection = settled(both, companies=8, people=1)
    both.clock.advance(25 * HOUR)
    both.papers["autotask"].cut = 0
    synced(both, connection)
    both.papers["autotask"].cut = None
    both.papers["autotask"].edit_company("3", name="Renamed")
    synced(both, connection)
    assert "Renamed" in both.companies()
    assert all(plan.state is not PlanState.PREPARING for plan in every_plan(both)), "nothing is left half-made"


def every_plan(made: Bench) -> list[Plan]:
    with made.store.work() as work:
        return list(work.plans.newest(None, 100))


def test_what_arrived_with_an_answer_nobody_believed_is_not_lost(both: Bench) -> None:
    """The shrunken answer held a changed company too: the next good sync must still see that change."""
    connection = settled(both, companies=8, people=1)
    both.clock.advance(25 * HOUR)
    both.papers["autotask"].edit_company("0", name="Renamed")
    both.papers["autotask"].cut = 2
    synced(both, connection)
    both.papers["autotask"].cut = None
    synced(both, connection)
    assert "Renamed" in both.companies()
    assert all(plan.state is not PlanState.PREPARING for plan in every_plan(both))


def test_a_sync_that_broke_half_way_takes_up_the_change_it_had_read(both: Bench) -> None:
    connection = settled(both, companies=8, people=1)
    both.clock.advance(25 * HOUR)
    paper = both.papers["autotask"]
    paper.page_size = 3
    paper.edit_company("0", name="Renamed")
    paper.moment = lambda: paper.trouble.append(AskOperator("Revoked.", Trouble.WRONG_KEY)) if len(paper.calls) == 2 else None
    synced(both, connection)
    paper.moment = lambda: None
    paper.trouble.clear()
    assert "Renamed" not in both.companies()
    synced(both, connection)
    assert "Renamed" in both.companies()
    assert all(plan.state is not PlanState.PREPARING for plan in every_plan(both))


def test_reading_the_list_for_the_mapping_table_swallows_no_change(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(25 * HOUR)
    both.papers["autotask"].edit_company("0", name="Renamed")
    both.listed(connection)
    synced(both, connection)
    assert "Renamed" in both.companies()


def test_few_missing_people_are_flagged_and_named_and_keep_what_they_have(both: Bench) -> None:
    connection = settled(both, people=8)
    both.clock.advance(25 * HOUR)
    del both.papers["autotask"].people["0-3"]
    synced(both, connection)
    assert "p3@c0.example" in both.people()
    assert any("No0-3" in said and "keep what they have" in said for said in both.ear.notices)
    both.ear.notices.clear()
    both.clock.advance(25 * HOUR)
    synced(both, connection)
    assert both.ear.notices == [], "said once"


def test_an_inactive_company_is_frozen_and_thaws_when_it_is_active_again(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(60)
    both.papers["autotask"].edit_company("0", is_active=False)
    synced(both, connection)
    with both.store.work() as work:
        assert work.links.of_upstream(connection.id, "0").state is LinkState.ORPHANED  # type: ignore[union-attr]
    assert len(both.people()) == 12
    with pytest.raises(Exception, match="frozen"):
        both.preview(Kind.USERS, "Company 0")
    both.clock.advance(60)
    both.papers["autotask"].edit_company("0", is_active=True)
    synced(both, connection)
    with both.store.work() as work:
        assert work.links.of_upstream(connection.id, "0").state is LinkState.ACTIVE  # type: ignore[union-attr]


def test_a_company_that_is_gone_is_frozen_with_its_people_kept(both: Bench) -> None:
    connection = settled(both, companies=10, people=1)
    both.clock.advance(25 * HOUR)
    del both.papers["autotask"].companies_["0"]
    synced(both, connection)
    with both.store.work() as work:
        assert work.links.of_upstream(connection.id, "0").state is LinkState.ORPHANED  # type: ignore[union-attr]
    assert "Company 0" in both.companies()
    assert any("Company 0" in said and "frozen" in said for said in both.ear.notices)


def test_somebody_who_moved_upstream_is_shown_as_a_conflict_and_stays_put(both: Bench) -> None:
    connection = settled(both)
    both.clock.advance(60)
    both.papers["autotask"].edit("0-1", company_id="1")
    synced(both, connection)
    moved = [line for line in both.people().values() if line.person.last_name == "No0-1"]
    assert [line.company.name for line in moved] == ["Company 0"]
    assert all(plan.counts.to_do == 0 for plan in proposed(both))


def test_a_busy_source_is_waited_for_and_a_broken_one_is_told_once(both: Bench) -> None:
    connection = settled(both)
    both.papers["autotask"].trouble = [TryLater("Busy.", 33.0)]
    synced(both, connection)
    assert both.workshop.waited[-1] == 33.0
    for _ in range(3):
        both.papers["autotask"].trouble = [AskOperator("The key was revoked.", Trouble.WRONG_KEY)] * 3
        synced(both, connection)
    assert both.ear.notices == ["The key was revoked."]
    both.papers["autotask"].trouble = []
    synced(both, connection)
    assert notes(both)[Kind.COMPANIES] == "Nothing changed."


def test_a_kind_that_is_switched_off_is_left_alone(quick: Bench) -> None:
    connection = settled(quick)
    for kind in (Kind.USERS, Kind.STAFF):
        sync.toggle(quick.context, quick.admin, connection.id, kind, False)
    assert not [call for call in synced(quick, connection) if "users" in call]


def test_a_sync_begins_nothing_that_no_person_began(quick: Bench) -> None:
    quick.papers["autotask"].company("10", "Contoso", "contoso.com")
    connection = quick.connected("autotask")
    assert synced(quick, connection) == []
    assert quick.companies() == {}


def test_many_replicas_that_look_in_the_same_hour_put_off_one_sync(quick: Bench) -> None:
    settled(quick)
    quick.clock.advance(HOUR)
    before = len(quick.workshop.known)
    for _ in range(5):
        sync.tick(quick.context)
    assert len(quick.workshop.known) == before + 1


def test_asking_for_a_sync_twice_in_a_row_is_answered_with_the_wait(quick: Bench) -> None:
    connection = settled(quick)
    sync.ask(quick.context, quick.admin, connection.id)
    with pytest.raises(TellPerson, match="Ask again in 120 seconds"):
        sync.ask(quick.context, quick.admin, connection.id)
    quick.clock.advance(sync.QUIET_SECONDS)
    sync.ask(quick.context, quick.admin, connection.id)

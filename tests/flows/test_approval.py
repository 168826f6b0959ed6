"""Approving: who may, once, and only what was previewed, under the mapping and the source as they were."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from domain.approval import Choice
from domain.errors import AskOperator, NotAllowed, Trouble, TryLater
from domain.plan import Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import imports, mapping, runs, settings
from flows.imports import decide
from tests.crowd import at_once
from tests.flows.bench import Bench


def proposed(bench: Bench, people: int = 3) -> Plan:
    """A preview of Contoso's people."""
    paper = bench.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "Fabrikam", "fabrikam.com")
    bench.connected("autotask")
    bench.imported(Kind.COMPANIES)
    for number in range(people):
        paper.person(str(number), "10", f"p{number}@contoso.com")
    bench.clock.advance(60)
    return bench.preview(Kind.USERS, "Contoso")


def test_approving_once_and_again_runs_once_and_says_so(both: Bench) -> None:
    plan = proposed(both)
    both.approve(plan)
    after, decision = decide(both.context, both.desk(user="U2"), plan.id, Choice.APPROVE)
    assert decision.moves_to is None
    assert decision.reason == "Approved already by Person U1, and done. Your click changed nothing."
    assert len(both.post.sent) == 3
    assert after.decided_by == "U1"


def test_of_many_who_decide_at_once_one_decides(both: Bench) -> None:
    plan = proposed(both)

    def press(number: int) -> bool:
        choice = Choice.APPROVE if number % 2 else Choice.DENY
        return decide(both.context, both.desk(user=f"U{number}"), plan.id, choice)[1].moves_to is not None

    assert sum(at_once(20, press)) == 1
    assert len(both.journal("decision")) == 2, "the companies' and this one"
    assert len(both.journal("refused decision")) == 19
    both.workshop.run()
    assert both.plan(plan.id).state in (PlanState.DONE, PlanState.DENIED)


def test_denying_writes_nothing_and_cannot_be_undone_by_approving(both: Bench) -> None:
    plan = proposed(both)
    decide(both.context, both.admin, plan.id, Choice.DENY)
    _, decision = decide(both.context, both.admin, plan.id, Choice.APPROVE)
    assert decision.moves_to is None
    both.workshop.run()
    assert both.people() == {}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLIENT])
def test_who_may_not_approve_is_told_and_the_preview_stays_open(quick: Bench, role: Role) -> None:
    plan = proposed(quick)
    try:
        _, decision = decide(quick.context, quick.desk(role), plan.id, Choice.APPROVE)
        assert decision.moves_to is None
        assert "Technician or Admin" in decision.reason
    except NotAllowed:
        assert role is Role.CLIENT
    assert quick.plan(plan.id).state is PlanState.PROPOSED


def test_with_the_second_person_setting_who_asked_cannot_approve(both: Bench) -> None:
    settings.change(both.context, both.admin, second_person=True)
    paper = both.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    both.connected("autotask")
    plan = both.preview(Kind.COMPANIES)
    _, decision = decide(both.context, both.admin, plan.id, Choice.APPROVE)
    assert decision.moves_to is None
    assert "second person" in decision.reason
    assert both.approve(plan, both.desk(user="U2", role=Role.TECHNICIAN)).state is PlanState.DONE


def test_a_mapping_changed_after_the_preview_voids_it_at_the_click(both: Bench) -> None:
    plan = proposed(both)
    mapping.remap(both.context, both.admin, str(plan.link_id), None, False)
    _, decision = decide(both.context, both.admin, plan.id, Choice.APPROVE)
    assert decision.moves_to is None
    assert both.plan(plan.id).state is PlanState.VOID
    assert "mapping was changed" in both.plan(plan.id).note


def test_a_mapping_changed_between_approval_and_run_stops_the_run(both: Bench) -> None:
    plan = proposed(both)
    decide(both.context, both.admin, plan.id, Choice.APPROVE)
    mapping.remap(both.context, both.admin, str(plan.link_id), None, False)
    both.workshop.run()
    assert both.plan(plan.id).state is PlanState.VOID
    assert both.people() == {}
    assert both.post.sent == []


def test_a_mapping_changed_in_the_middle_of_a_run_stops_it_and_says_what_stays(both: Bench) -> None:
    both.two_eyes_are_enough()
    plan = proposed(both, people=runs.BATCH + 100)
    decide(both.context, both.admin, plan.id, Choice.APPROVE)
    changed: list[str] = []

    def change(plan_id: str) -> str:
        with both.store.work() as work:
            found = work.plans.get(plan_id)
        assert found is not None
        if found.done_rows == runs.BATCH and not changed:
            changed.append(mapping.remap(both.context, both.admin, str(plan.link_id), None, False))
        return found.state.value

    both.ear.state_of = change  # called whenever the run tells how far it is
    both.workshop.run()
    stopped = both.plan(plan.id)
    assert stopped.state is PlanState.FAILED
    assert "What was imported before stays" in stopped.note
    assert len(both.people()) == runs.BATCH


@pytest.mark.parametrize("size", [3, 60], ids=["read again whole", "asked for by date"])
@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_a_source_that_changed_after_the_preview_voids_it(both: Bench, size: int, change: str) -> None:
    """What was approved is what runs: else somebody would be written that nobody saw."""
    plan = proposed(both, size)
    both.clock.advance(60)
    paper = both.papers["autotask"]
    changes: dict[str, Callable[[], object]] = {
        "edit": lambda: paper.edit("1", email="other@contoso.com"),
        "add": lambda: paper.person("999", "10", "new@contoso.com"),
        "remove": lambda: paper.people.pop("1"),
    }
    changes[change]()
    paper.calls.clear()
    after = both.approve(plan)
    assert after.state is PlanState.VOID
    assert "changed after this preview was made" in after.note
    assert both.people() == {}
    assert len(paper.calls) == 1, "one call is enough to see it"


@pytest.mark.parametrize("size", [3, 60])
def test_a_source_that_stayed_the_same_is_believed_for_a_call(both: Bench, size: int) -> None:
    plan = proposed(both, size)
    both.clock.advance(60)
    both.papers["autotask"].calls.clear()
    assert both.approve(plan).state is PlanState.DONE
    assert len(both.papers["autotask"].calls) == 1


def test_a_preview_older_than_a_day_is_void(both: Bench) -> None:
    plan = proposed(both)
    both.clock.advance(24 * 3600 + 1)
    _, decision = decide(both.context, both.admin, plan.id, Choice.APPROVE)
    assert decision.moves_to is PlanState.VOID
    assert "24 hours" in decision.reason


def test_a_stored_preview_that_was_tampered_with_does_not_run(both: Bench) -> None:
    plan = proposed(both)
    decide(both.context, both.admin, plan.id, Choice.APPROVE)
    with both.store.write() as work:
        work.session.execute(text(f"update plan_item set target = 'somebody-else' where plan_id = '{plan.id}' and seq = 1"))
    both.workshop.run()
    assert both.plan(plan.id).state is PlanState.VOID
    assert both.people() == {}


def test_a_bound_channel_neither_sees_nor_decides_anothers_preview_and_the_words_tell_nothing(both: Bench) -> None:
    plan = proposed(both)
    other = both.desk(bound=both.companies()["Fabrikam"])
    for try_ in (plan.id, "no-such-plan"):
        with pytest.raises(NotAllowed) as refusal:
            decide(both.context, other, try_, Choice.APPROVE)
        assert refusal.value.said == imports.NOT_THERE
    assert both.plan(plan.id).state is PlanState.PROPOSED


def test_a_preview_made_anew_takes_the_place_of_an_ended_one(both: Bench) -> None:
    plan = proposed(both)
    decide(both.context, both.admin, plan.id, Choice.DENY)
    again = imports.again(both.context, both.admin, plan.id)
    both.workshop.run()
    assert both.plan(again.id).state is PlanState.PROPOSED
    assert (both.plan(again.id).message_ts, both.plan(plan.id).message_ts) == ("1.1", "")


def test_a_source_that_is_busy_during_the_run_is_waited_for(quick: Bench) -> None:
    plan = proposed(quick)
    quick.papers["autotask"].trouble = [TryLater("Autotask is busy.", 20.0)]
    assert quick.approve(plan).state is PlanState.DONE
    assert quick.workshop.waited == [20.0]


def test_a_key_revoked_before_the_run_ends_it_with_the_reason_and_tells_the_connections_people(quick: Bench) -> None:
    plan = proposed(quick)
    quick.papers["autotask"].trouble = [AskOperator("The key was revoked. Make a new one.", Trouble.WRONG_KEY)]
    after = quick.approve(plan)
    assert (after.state, after.note) == (PlanState.FAILED, "The key was revoked. Make a new one.")
    assert quick.ear.notices == ["The key was revoked. Make a new one."]
    assert quick.people() == {}


def test_a_lying_source_stops_the_preview_and_says_so(both: Bench) -> None:
    paper = both.papers["autotask"]
    plan = proposed(both)
    paper.foreign = [paper.person("77", "20", "stranger@fabrikam.com")]
    again = both.preview(Kind.USERS, "Contoso")
    assert again.state is PlanState.FAILED
    assert "another company" in again.note
    [refused] = both.journal("refused")
    assert "another company" in refused
    assert "fabrikam" not in refused.lower()
    assert both.approve(plan).state is not PlanState.DONE
    assert both.people() == {}

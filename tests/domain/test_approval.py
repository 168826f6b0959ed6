"""The decision on a click: who, when and under which link, with a reason a person can read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.approval import VALID_FOR, Choice, already, decide
from domain.plan import Counts, Plan, PlanState
from domain.ports import Kind
from domain.roles import Actor, Role

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = Plan("p1", Kind.USERS, "k1", "Autotask PSA", "contoso", "Contoso", "l1", 1, PlanState.PROPOSED, "U1", "Tess", NOW, False, Counts(new=1))
ROLES = st.none() | st.sampled_from(list(Role))


def actor(role: Role | None = Role.TECHNICIAN, user: str = "U2") -> Actor:
    return Actor(user, "Sam", role)


@given(st.sampled_from(list(PlanState)), ROLES, st.sampled_from(list(Choice)), st.booleans(), st.booleans(), st.integers(0, 50), st.sampled_from(["U1", "U2"]))
def test_a_plan_is_approved_only_when_all_is_as_it_should_be(
    state: PlanState, role: Role | None, choice: Choice, holds: bool, second: bool, hours: int, user: str
) -> None:
    plan = replace(PLAN, state=state, needs_second=second)
    found = decide(plan, actor(role, user), choice, holds, NOW + timedelta(hours=hours))
    if found.moves_to is PlanState.APPROVED:
        assert state is PlanState.PROPOSED
        assert role in (Role.ADMIN, Role.TECHNICIAN)
        assert choice is Choice.APPROVE
        assert holds
        assert hours <= 24
        assert not (second and user == "U1")
    if state is not PlanState.PROPOSED or role not in (Role.ADMIN, Role.TECHNICIAN):
        assert found.moves_to is None
    assert found.reason


def test_denying_needs_neither_link_nor_second_person_nor_a_fresh_preview() -> None:
    plan = replace(PLAN, needs_second=True)
    found = decide(plan, actor(user="U1"), Choice.DENY, False, NOW + timedelta(days=9))
    assert found.moves_to is PlanState.DENIED


def test_the_last_moment_of_a_preview_counts() -> None:
    assert decide(PLAN, actor(), Choice.APPROVE, True, NOW + VALID_FOR).moves_to is PlanState.APPROVED
    assert decide(PLAN, actor(), Choice.APPROVE, True, NOW + VALID_FOR + timedelta(seconds=1)).moves_to is PlanState.VOID


def test_a_preview_with_nothing_to_do_is_not_run() -> None:
    plan = replace(PLAN, counts=Counts(unchanged=5, held=2))
    assert decide(plan, actor(), Choice.APPROVE, True, NOW).moves_to is PlanState.VOID


@pytest.mark.parametrize("state", [state for state in PlanState if state is not PlanState.PROPOSED])
def test_a_late_click_is_told_what_became_of_it(state: PlanState) -> None:
    said = already(replace(PLAN, state=state, decided_by_name="Tess"))
    assert said.endswith(".")
    if state in (PlanState.DONE, PlanState.DENIED, PlanState.RUNNING):
        assert "by Tess" in said
        assert "Your click changed nothing." in said

"""Which acts need a second person, who that may be, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.approval import Choice
from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import (
    DEFAULT,
    LASTS,
    MANY_ROWS,
    Request,
    RequestState,
    Risky,
    may_break_glass,
    needs_second,
    rule,
    stored,
    wanted,
)
from domain.roles import Act, Actor, Role

ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKER = "U1"


def request(state: RequestState = RequestState.OPEN) -> Request:
    return Request("r1", Risky.REMAP, {}, "Contoso shall be mapped anew.", None, state, ASKER, "Ann", Role.ADMIN, ASKED, "C1")


@given(acts=st.frozensets(st.sampled_from(Risky)))
def test_what_is_chosen_is_kept(acts: frozenset[Risky]) -> None:
    assert wanted(stored(acts)) == acts


def test_without_a_choice_the_defaults_hold_and_unknown_acts_are_left_out() -> None:
    assert wanted(None) == DEFAULT
    assert wanted(["REMAP", "FLY"]) == {Risky.REMAP}
    assert wanted([]) == frozenset()


def test_many_rows_need_a_second_person_and_few_do_not() -> None:
    assert not needs_second(Risky.UNDO, DEFAULT, MANY_ROWS)
    assert needs_second(Risky.UNDO, DEFAULT, MANY_ROWS + 1)
    assert not needs_second(Risky.UNDO, frozenset(), MANY_ROWS + 1)


@pytest.mark.parametrize("act", [Risky.REMAP, Risky.MASS_REMOVAL])
def test_a_remap_or_a_removal_needs_one_only_where_something_is(act: Risky) -> None:
    assert needs_second(act, DEFAULT, 1)
    assert not needs_second(act, DEFAULT, 0)


@given(
    user=st.sampled_from((ASKER, "U2")),
    role=st.sampled_from((*Role, None)),
    deputy=st.frozensets(st.sampled_from((ASKER, "U3"))),
    state=st.sampled_from(RequestState),
    late=st.integers(-2, 2),
)
def test_only_another_able_person_in_time_approves(
    user: str, role: Role | None, deputy: frozenset[str], state: RequestState, late: int
) -> None:
    actor = Actor(user, "Somebody", role)
    ruling = rule(request(state), actor, Choice.APPROVE, deputy, ASKED + LASTS + timedelta(seconds=late))
    able = actor.may(Act.APPROVE) or (role is not None and "U3" in deputy)
    if ruling.moves_to is RequestState.DONE:
        assert able
        assert user != ASKER
        assert late <= 0
        assert state is RequestState.OPEN
    elif able and state is RequestState.OPEN:
        assert ruling.moves_to is (RequestState.EXPIRED if late > 0 else None)
        assert late > 0 or user == ASKER
    else:
        assert ruling.moves_to is None
    assert ruling.reason


def test_the_asker_may_take_it_back() -> None:
    assert rule(request(), Actor(ASKER, "Ann", Role.ADMIN), Choice.DENY, frozenset(), ASKED).moves_to is RequestState.DENIED


@pytest.mark.parametrize(
    ("role", "user", "note", "error"),
    [
        (Role.TECHNICIAN, ASKER, "Nobody else is here.", NotAllowed),
        (None, ASKER, "Nobody else is here.", NotAllowed),
        (Role.ADMIN, "U2", "Nobody else is here.", TellPerson),
        (Role.ADMIN, ASKER, "   now    ", TellPerson),
    ],
)
def test_the_glass_is_broken_by_an_admin_who_asked_and_says_why(
    role: Role | None, user: str, note: str, error: type[Exception]
) -> None:
    may_break_glass(Actor(ASKER, "Ann", Role.ADMIN), ASKER, "Nobody else is here.")
    with pytest.raises(error):
        may_break_glass(Actor(user, "Somebody", role), ASKER, note)

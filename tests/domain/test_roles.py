"""Who may do what with the vault: the whole table, so that a change of it is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotAllowed
from domain.roles import MAY, Act, Actor, Role, SlackStanding, require, role_of

VAULT = {Act.VAULT, Act.REVEAL, Act.KEEP, Act.EXPORT}


@pytest.mark.parametrize(
    ("role", "acts"),
    [(Role.ADMIN, VAULT), (Role.TECHNICIAN, VAULT - {Act.EXPORT}), (Role.VIEWER, set()), (Role.CLIENT, set())],
)
def test_what_each_role_may_do_with_the_vault(role: Role, acts: set[Act]) -> None:
    assert VAULT & MAY[role] == acts


def test_importing_is_asked_for_apart_from_reading() -> None:
    assert Act.IMPORT not in VAULT
    with pytest.raises(NotAllowed, match="reveal passwords"):
        require(Actor("U1", "Vera", Role.VIEWER), Act.REVEAL)


def test_only_an_admin_removes_a_company() -> None:
    assert [role for role in Role if Act.REMOVE in MAY[role]] == [Role.ADMIN]


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(Actor("U1", "Guest", None).may(act) for act in Act)


WORK = {Act.LOOK, Act.MAP, Act.IMPORT, Act.APPROVE, Act.INVITE, Act.SCHEDULE, Act.SELL, Act.TICKETS, Act.COMMENT, Act.SERVE, Act.ASSETS}


@pytest.mark.parametrize(("role", "acts"), [(Role.ADMIN, set(Act)), (Role.TECHNICIAN, WORK), (Role.VIEWER, {Act.LOOK, Act.TICKETS}), (Role.CLIENT, {Act.TICKETS, Act.COMMENT})])
def test_what_each_role_may_do_besides_the_vault(role: Role, acts: set[Act]) -> None:
    assert MAY[role] - VAULT == acts - VAULT


def test_a_refusal_says_what_was_asked_for_which_role_one_has_and_whom_to_ask() -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(Actor("U1", "Vera", Role.VIEWER), Act.CONNECT, "<@U9>")
    assert refusal.value.said == "You need another role to manage connections: yours is Viewer. Nothing was done. Ask <@U9>."


@given(st.booleans(), st.booleans(), st.booleans(), st.none() | st.sampled_from(list(Role)), st.booleans(), st.sampled_from(list(Role)))
def test_strangers_have_no_role_and_guests_none_but_client_whatever_was_named(
    is_admin: bool, is_guest: bool, is_stranger: bool, assigned: Role | None, admins: bool, default: Role
) -> None:
    standing = SlackStanding("U1", "Somebody", is_admin=is_admin, is_guest=is_guest, is_stranger=is_stranger)
    found = role_of(standing, assigned, admins, default)
    assert (found is None) == (is_stranger or (is_guest and assigned is not Role.CLIENT))
    if found is not None:
        assert found is (assigned or (Role.ADMIN if is_admin and not admins else default))

"""A display group decides what a role sees of a ticket and which statuses it may set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.display_group import (
    ALWAYS,
    EVERYTHING,
    NEVER_FOR_CLIENTS,
    DisplayGroup,
    TicketField,
    checked,
    group_of,
    must_set,
    preset,
    settable,
)
from domain.errors import NotAllowed, TellPerson
from domain.psa import Choice
from domain.roles import Role

STATUSES = (
    Choice("1", "New"),
    Choice("5", "Complete"),
    Choice("7", "Ready for Review"),
    Choice("9", "Old", is_active=False),
)
ROLES = st.sampled_from(list(Role))
GROUPS = st.builds(
    DisplayGroup,
    id=st.uuids().map(str),
    name=st.text(min_size=1),
    source=st.sampled_from(["autotask", "connectwise"]),
    roles=st.frozensets(ROLES),
    fields=st.frozensets(st.sampled_from(list(TicketField))),
    statuses=st.none() | st.frozensets(st.sampled_from(["1", "5", "7", "9", "404"])),
)


@given(ROLES, st.lists(GROUPS, max_size=4))
def test_a_client_never_sees_what_is_internal(role: Role, groups: list[DisplayGroup]) -> None:
    """Whatever the groups say; and nobody sees more than the group that rules for the role."""
    ruling = group_of(role, "autotask", groups)
    if role is Role.CLIENT:
        assert not ruling.fields & NEVER_FOR_CLIENTS
    named = next((each for each in groups if each.source == "autotask" and role in each.roles), None)
    if named is not None:
        assert ruling.fields <= named.fields | ALWAYS
        assert ruling.statuses == named.statuses


@given(GROUPS, st.text())
def test_only_an_allowed_active_status_can_be_set(group: DisplayGroup, forged: str) -> None:
    """Forged, forbidden and inactive ones are refused, in the same words."""
    for status in [*(each.id for each in STATUSES), forged]:
        allowed = status in {each.id for each in settable(group, STATUSES)}
        if allowed:
            assert must_set(group, status, STATUSES).id == status
        else:
            with pytest.raises(NotAllowed, match="You cannot set that status"):
                must_set(group, status, STATUSES)
    assert "9" not in {each.id for each in settable(group, STATUSES)}


def test_without_a_group_technicians_have_all_and_viewers_and_clients_set_nothing() -> None:
    assert group_of(Role.TECHNICIAN, "autotask", ()).fields == EVERYTHING
    assert len(settable(group_of(Role.TECHNICIAN, "autotask", ()), STATUSES)) == 3
    for role in (Role.VIEWER, Role.CLIENT):
        assert settable(group_of(role, "autotask", ()), STATUSES) == ()


def test_the_preset_lets_hand_over_and_not_close() -> None:
    assert preset(STATUSES) == {"7"}


def test_a_role_has_one_group_and_a_name_is_unique() -> None:
    first = DisplayGroup("a", "Clients", "autotask", frozenset({Role.CLIENT}), frozenset(), frozenset({"7"}))
    kept = checked(first, (), STATUSES)
    assert kept.fields == ALWAYS
    for group, blamed in (
        (DisplayGroup("b", " clients ", "autotask", frozenset({Role.VIEWER}), frozenset()), "name"),
        (DisplayGroup("b", "Others", "autotask", frozenset({Role.CLIENT}), frozenset()), "roles"),
        (DisplayGroup("b", "Others", "autotask", frozenset(), frozenset()), "roles"),
        (DisplayGroup("b", "Others", "autotask", frozenset({Role.VIEWER}), frozenset(), frozenset({"404"})), "statuses"),
        (DisplayGroup("b", " ", "autotask", frozenset({Role.VIEWER}), frozenset()), "name"),
    ):
        with pytest.raises(TellPerson) as refused:
            checked(group, (kept,), STATUSES)
        assert refused.value.field == blamed
    elsewhere = DisplayGroup("b", "Others", "connectwise", frozenset({Role.CLIENT}), frozenset())
    assert checked(elsewhere, (kept,), STATUSES)

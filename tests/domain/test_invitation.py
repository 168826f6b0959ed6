"""Invitations: which badge shows, and which link opens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import TellPerson
from domain.invitation import (
    OPEN,
    Badge,
    Door,
    Invitation,
    InvitationState,
    age_days,
    badge,
    door,
    may_reinvite,
    may_uninvite,
    token_hash,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
INVITATIONS = st.builds(
    Invitation,
    st.just("i"),
    st.just("p"),
    st.just("c"),
    st.sampled_from(list(InvitationState)),
    st.integers(1, 3),
    st.just("Tess"),
    st.just(NOW - timedelta(days=3)),
    st.none() | st.integers(-2, 2).map(lambda hours: NOW + timedelta(hours=hours)),
)


@given(INVITATIONS, st.booleans())
def test_an_administrator_shows_after_acceptance_and_never_before(invitation: Invitation, is_admin: bool) -> None:
    shown = badge(invitation, is_admin, NOW)
    assert (shown is Badge.ADMINISTRATOR) == (is_admin and invitation.state is InvitationState.ACCEPTED)


@given(INVITATIONS)
def test_pending_and_expired_are_told_apart_by_the_clock_alone(invitation: Invitation) -> None:
    shown = badge(invitation, False, NOW)
    late = invitation.expires_at is not None and invitation.expires_at <= NOW
    assert (shown in (Badge.PENDING, Badge.EXPIRED)) == (invitation.state in OPEN)
    if invitation.state in OPEN:
        assert (shown is Badge.EXPIRED) == late


@given(INVITATIONS, st.integers(1, 4))
def test_a_door_is_open_only_to_the_newest_link_of_an_open_invitation_in_time(invitation: Invitation, generation: int) -> None:
    late = invitation.expires_at is not None and invitation.expires_at <= NOW
    is_open = generation == invitation.generation and invitation.state in OPEN and not late
    assert (door(invitation, generation, NOW) is Door.OPEN) == is_open


@given(INVITATIONS)
def test_an_old_link_says_that_it_was_replaced(invitation: Invitation) -> None:
    assert door(invitation, invitation.generation - 1, NOW) is Door.REPLACED


def test_a_link_of_nobody_is_unknown() -> None:
    assert door(None, 1, NOW) is Door.UNKNOWN


@given(INVITATIONS)
def test_who_accepted_is_neither_invited_again_nor_taken_back(invitation: Invitation) -> None:
    if invitation.state is not InvitationState.ACCEPTED:
        may_reinvite(invitation)
        return
    for rule in (may_reinvite, may_uninvite):
        with pytest.raises(TellPerson, match="accepted already"):
            rule(invitation)


def test_who_was_never_invited_may_be_invited_and_not_taken_back() -> None:
    may_reinvite(None)
    with pytest.raises(TellPerson, match="no invitation"):
        may_uninvite(None)


def test_a_badge_without_an_invitation_says_so() -> None:
    assert badge(None, True, NOW) is Badge.NONE


@given(st.integers(-1000, 100_000))
def test_age_is_whole_days_since_the_first_invitation_and_never_negative(hours: int) -> None:
    made = Invitation("i", "p", "c", InvitationState.SENT, 5, "Tess", NOW)
    assert age_days(made, NOW + timedelta(hours=hours)) == max(0, hours // 24)


@given(st.text(max_size=50))
def test_a_tokens_hash_does_not_hold_it(token: str) -> None:
    assert len(token_hash(token)) == 64
    assert token_hash(token) == token_hash(token)
    assert token_hash(token + "x") != token_hash(token)

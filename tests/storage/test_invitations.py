"""Invitations: a link works once, and the database reads a badge as the rule does."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from domain.invitation import Badge, Invitation, InvitationState, badge, token_hash
from domain.roles import Role
from storage.store import Store
from storage.tables import InvitationRow, PersonRow
from tests.crowd import at_once
from tests.storage.rows import NOW, filled, invitation, person, sent

STATES = st.sampled_from(list(InvitationState))
MOMENTS = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours))
PEOPLE = st.tuples(st.none() | STATES, st.none() | MOMENTS, st.sampled_from([Role.ADMIN, Role.TECHNICIAN]))


@pytest.fixture
def there(store: Store) -> Store:
    filled(store)
    return store


def now_of(store: Store) -> Invitation:
    with store.work() as work:
        found = work.invitations.of_person("p")
    assert found is not None
    return found


def test_of_fifty_who_accept_at_once_exactly_one_wins(there: Store) -> None:
    sent(there)

    def accept(_: int) -> bool:
        with there.write() as work:
            return work.invitations.accept("i", 1, NOW)

    assert sum(at_once(50, accept)) == 1
    assert now_of(there).state is InvitationState.ACCEPTED


def test_an_expired_link_is_not_accepted_and_the_last_moment_counts(there: Store) -> None:
    sent(there)
    with there.write() as work:
        assert not work.invitations.accept("i", 1, NOW + timedelta(days=7))
        assert work.invitations.accept("i", 1, NOW + timedelta(days=7) - timedelta(microseconds=1))


def test_accepting_and_taking_back_at_once_ends_in_one_of_the_two(there: Store) -> None:
    sent(there)

    def press(number: int) -> bool:
        with there.write() as work:
            return work.invitations.accept("i", 1, NOW) if number % 2 else work.invitations.uninvite("i")

    assert sum(at_once(20, press)) == 1


def test_a_renewed_invitation_takes_no_old_link(there: Store) -> None:
    sent(there)
    with there.write() as work:
        before = work.invitations.of_person("p")
        assert before is not None
        assert work.invitations.renew(before, InvitationState.QUEUED)
        assert not work.invitations.renew(before, InvitationState.QUEUED), "two who renew at once renew once"
        assert not work.invitations.accept("i", 1, NOW)
        assert work.invitations.hand("i", 2, NOW, NOW + timedelta(days=7))
        assert work.invitations.accept("i", 2, NOW)


def test_a_person_has_one_invitation_however_often_it_is_queued(there: Store) -> None:
    sent(there)
    with there.write() as work:
        work.invitations.queue_many([replace(invitation("other", "p", "a"), invited_by="Somebody else")])
    assert (now_of(there).id, now_of(there).invited_by) == ("i", "Tess")


def test_a_mail_is_handed_over_by_one_of_many_senders(there: Store) -> None:
    with there.write() as work:
        work.invitations.queue_many([invitation("i", "p", "a")])

    def hand(_: int) -> bool:
        with there.write() as work:
            return work.invitations.hand("i", 1, NOW, NOW + timedelta(days=7))

    assert sum(at_once(20, hand)) == 1
    assert now_of(there).sent_count == 1


def test_the_database_holds_a_hash_and_never_the_token(there: Store) -> None:
    sent(there)
    with there.write() as work:
        work.invitations.add_token("i", 1, token_hash("the-token"))
    with there.work() as work:
        found = work.invitations.by_token(token_hash("the-token"))
        assert found is not None
        assert (found[0].person.id, found[1]) == ("p", 1)
        assert work.invitations.by_token("the-token") is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(PEOPLE, min_size=1, max_size=12))
def test_the_badge_in_sql_is_the_badge_of_the_rule(
    there: Store, people: list[tuple[InvitationState | None, datetime | None, Role]]
) -> None:
    with there.write() as work:
        for number in range(12):
            work.people.add_many([person(f"q{number}", "b")], NOW, "")
            work.invitations.queue_many([invitation(f"i{number}", f"q{number}", "b")])
        work.session.execute(update(InvitationRow).values(state="queued", expires_at=None))
        for number, (state, expires, role) in enumerate(people):
            work.session.execute(update(PersonRow).where(col(PersonRow.id) == f"q{number}").values(role=role))
            values = {"state": state or InvitationState.QUEUED, "expires_at": expires}
            work.session.execute(update(InvitationRow).where(col(InvitationRow.id) == f"i{number}").values(**values))
    with there.work() as work:
        everybody, total = work.invitations.search(NOW, "b", "", (), 100)
        by_rule = Counter(badge(one.invitation, one.person.role is Role.ADMIN, NOW) for one in everybody)
        assert total == 12
        assert work.invitations.counts(NOW, "b") == by_rule
        for one in Badge:
            found, many = work.invitations.search(NOW, "b", "", (one,), 100)
            assert many == len(found) == by_rule[one]
            assert {badge(each.invitation, each.person.role is Role.ADMIN, NOW) for each in found} <= {one}


def test_somebody_without_an_invitation_carries_no_badge(there: Store) -> None:
    with there.work() as work:
        assert work.invitations.counts(NOW, "a") == {Badge.NONE: 1}
        assert work.invitations.search(NOW, "a", "", (Badge.NONE,), 10)[1] == 1


def test_what_was_handed_over_before_a_crash_counts_as_sent(there: Store) -> None:
    sent(there)
    with there.write() as work:
        assert work.invitations.settle_handed(NOW) == 0, "it may still be under way"
        assert work.invitations.settle_handed(NOW + timedelta(minutes=5)) == 1
    assert now_of(there).state is InvitationState.SENT
    assert "lost in a restart" in now_of(there).trouble

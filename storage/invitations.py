"""Invitations, their links' hashes, and the one-way doors between their states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlmodel import Session, col

from domain.company import Company, CompanyState
from domain.invitation import OPEN, Badge, Invitation, InvitationState
from domain.person import Person
from domain.roles import Role
from storage.bulk import insert_or_skip, written
from storage.people import _said as said_person
from storage.people import _where as person_where
from storage.tables import CompanyRow, InvitationRow, InvitationTokenRow, PersonRow


@dataclass(frozen=True)
class Invitee:
    person: Person
    company: Company
    invitation: Invitation | None


class Invitations:
    def __init__(self, session: Session) -> None:
        self._session = session

    def queue_many(self, invitations: Sequence[Invitation]) -> None:
        """Queue invitations; who has one already keeps it."""
        insert_or_skip(
            self._session,
            InvitationRow,
            [
                {
                    "id": invitation.id,
                    "person_id": invitation.person_id,
                    "company_id": invitation.company_id,
                    "state": invitation.state,
                    "generation": invitation.generation,
                    "invited_by": invitation.invited_by,
                    "invited_at": invitation.invited_at,
                    "sent_count": 0,
                    "trouble": invitation.trouble,
                    "tries": 0,
                }
                for invitation in invitations
            ],
        )

    def of_person(self, person_id: str) -> Invitation | None:
        row = self._session.scalars(
            select(InvitationRow).where(col(InvitationRow.person_id) == person_id)
        ).one_or_none()
        return None if row is None else _said(row)

    def invitee(self, person_id: str) -> Invitee | None:
        found = self._session.execute(_joined().where(col(PersonRow.id) == person_id)).one_or_none()
        return None if found is None else _invitee(*found)

    def by_token(self, token_hash: str) -> tuple[Invitee, int] | None:
        """Who a link belongs to, and which generation it is of."""
        token = self._session.get(InvitationTokenRow, token_hash)
        if token is None:
            return None
        found = self._session.execute(_joined().where(col(InvitationRow.id) == token.invitation_id)).one_or_none()
        return None if found is None else (_invitee(*found), token.generation)

    def search(
        self,
        now: datetime,
        company_id: str | None,
        search: str,
        badges: Sequence[Badge],
        limit: int,
        offset: int = 0,
        oldest_first: bool = False,
    ) -> tuple[tuple[Invitee, ...], int]:
        where = person_where(company_id, search)
        if badges:
            where.append(or_(*(_badge_is(badge, now) for badge in badges)))
        total = (
            self._session.scalar(
                select(func.count()).select_from(PersonRow).outerjoin(InvitationRow, _of_person()).where(*where)
            )
            or 0
        )
        order = (
            [col(InvitationRow.invited_at), col(PersonRow.id)]
            if oldest_first
            else [
                func.lower(col(PersonRow.last_name)),
                func.lower(col(PersonRow.first_name)),
                col(PersonRow.id),
            ]
        )
        rows = self._session.execute(_joined().where(*where).order_by(*order).limit(limit).offset(offset))
        return tuple(_invitee(*row) for row in rows), total

    def counts(self, now: datetime, company_id: str | None = None) -> dict[Badge, int]:
        """How many people carry each badge."""
        label = case(
            *((_badge_is(badge, now), badge.value) for badge in Badge if badge is not Badge.NONE),
            else_=Badge.NONE.value,
        )
        where = [] if company_id is None else [col(PersonRow.company_id) == company_id]
        rows = self._session.execute(
            select(label, func.count())
            .select_from(PersonRow)
            .outerjoin(InvitationRow, _of_person())
            .where(*where)
            .group_by(label)
        )
        return {Badge(name): number for name, number in rows}

    def counts_by_company(self, company_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Company id → (people, of them not accepted yet)."""
        waiting = func.sum(case((col(InvitationRow.state).in_(OPEN), 1), else_=0))
        rows = self._session.execute(
            select(col(PersonRow.company_id), func.count(), waiting)
            .select_from(PersonRow)
            .outerjoin(InvitationRow, _of_person())
            .where(col(PersonRow.company_id).in_(company_ids))
            .group_by(col(PersonRow.company_id)),
        )
        return {company_id: (people, int(pending or 0)) for company_id, people, pending in rows}

    def count_open(self, person_ids: Sequence[str]) -> int:
        """How many of these people have an invitation that is not settled yet."""
        where = (col(InvitationRow.person_id).in_(person_ids), col(InvitationRow.state).in_(OPEN))
        return self._session.scalar(select(func.count()).select_from(InvitationRow).where(*where)) or 0

    def held(self) -> int:
        return (
            self._session.scalar(
                select(func.count()).select_from(InvitationRow).where(col(InvitationRow.state) == InvitationState.HELD)
            )
            or 0
        )

    def invited_between(self, company_id: str | None, edges: Sequence[datetime], now: datetime) -> tuple[int, ...]:
        """How many pending invitations were made in each span between edges (newest edge first)."""
        where = [_badge_is(Badge.PENDING, now)] + (
            [] if company_id is None else [col(InvitationRow.company_id) == company_id]
        )
        counts = []
        for newer, older in pairwise(edges):
            span = and_(col(InvitationRow.invited_at) <= newer, col(InvitationRow.invited_at) > older)
            counts.append(
                self._session.scalar(select(func.count()).select_from(InvitationRow).where(*where, span)) or 0
            )
        return tuple(counts)

    def accepted_since(self, since: datetime, company_id: str | None, limit: int) -> tuple[tuple[Invitee, ...], int]:
        where: list[Any] = [
            col(InvitationRow.state) == InvitationState.ACCEPTED,
            col(InvitationRow.accepted_at) > since,
        ]
        if company_id is not None:
            where.append(col(InvitationRow.company_id) == company_id)
        total = self._session.scalar(select(func.count()).select_from(InvitationRow).where(*where)) or 0
        rows = self._session.execute(
            _joined().where(*where).order_by(col(InvitationRow.accepted_at).desc()).limit(limit)
        )
        return tuple(_invitee(*row) for row in rows), total

    # --- doors ---

    def release_held(self) -> int:
        """What waited for a mail server is queued."""
        return written(
            self._session,
            update(InvitationRow)
            .where(col(InvitationRow.state) == InvitationState.HELD)
            .values(state=InvitationState.QUEUED, trouble=""),
        )

    def next_queued(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Person ids whose mail is due, oldest first."""
        due = or_(col(InvitationRow.not_before).is_(None), col(InvitationRow.not_before) <= now)
        rows = self._session.scalars(
            select(col(InvitationRow.person_id))
            .where(col(InvitationRow.state) == InvitationState.QUEUED, due)
            .order_by(col(InvitationRow.invited_at), col(InvitationRow.id))
            .limit(limit)
        )
        return tuple(rows)

    def count_queued(self) -> int:
        where = col(InvitationRow.state) == InvitationState.QUEUED
        return self._session.scalar(select(func.count()).select_from(InvitationRow).where(where)) or 0

    def tries(self, invitation_id: str) -> int:
        row = self._session.get(InvitationRow, invitation_id)
        return 0 if row is None else row.tries

    def settle_handed(self, before: datetime) -> int:
        """What was handed over before a crash counts as sent, with a word that nobody heard the server's answer."""
        settled = update(InvitationRow).where(
            col(InvitationRow.state) == InvitationState.HANDED, col(InvitationRow.last_sent_at) < before
        )
        said = "Handed to the mail server; its answer was lost in a restart. Re-invite when it does not arrive."
        return written(self._session, settled.values(state=InvitationState.SENT, trouble=said))

    def next_try_at(self) -> datetime | None:
        return self._session.scalar(
            select(func.min(col(InvitationRow.not_before))).where(col(InvitationRow.state) == InvitationState.QUEUED)
        )

    def add_token(self, invitation_id: str, generation: int, token_hash: str) -> None:
        self._session.add(InvitationTokenRow(hash=token_hash, invitation_id=invitation_id, generation=generation))
        self._session.flush()

    def hand(self, invitation_id: str, generation: int, now: datetime, expires_at: datetime) -> bool:
        """The server took the addresses: from here on the mail counts as sent. False: it must not go out any more."""
        return self._move(
            invitation_id,
            generation,
            InvitationState.QUEUED,
            state=InvitationState.HANDED,
            last_sent_at=now,
            expires_at=expires_at,
            sent_count=col(InvitationRow.sent_count) + 1,
            trouble="",
        )

    def sent(self, invitation_id: str, generation: int) -> bool:
        return self._move(
            invitation_id,
            generation,
            InvitationState.HANDED,
            state=InvitationState.SENT,
            tries=0,
            not_before=None,
        )

    def unheard(self, invitation_id: str, generation: int) -> bool:
        """The message left and the connection broke: it counts as sent, with a word that nobody heard the server's answer."""
        said = "Handed to the mail server; its answer was lost. Re-invite when it does not arrive."
        return self._move(
            invitation_id, generation, InvitationState.HANDED, state=InvitationState.SENT, tries=0, not_before=None, trouble=said
        )

    def unhand(self, invitation_id: str, generation: int) -> bool:
        """The server refused the message after all: back to the queue."""
        return self._move(
            invitation_id,
            generation,
            InvitationState.HANDED,
            state=InvitationState.QUEUED,
            sent_count=col(InvitationRow.sent_count) - 1,
        )

    def bounce(self, invitation_id: str, generation: int, trouble: str) -> bool:
        moved = update(InvitationRow).where(
            col(InvitationRow.id) == invitation_id,
            col(InvitationRow.generation) == generation,
            col(InvitationRow.state).in_((InvitationState.QUEUED, InvitationState.HANDED)),
        )
        return bool(written(self._session, moved.values(state=InvitationState.BOUNCED, trouble=trouble)))

    def later(self, invitation_id: str, generation: int, not_before: datetime, trouble: str) -> bool:
        return self._move(
            invitation_id,
            generation,
            InvitationState.QUEUED,
            not_before=not_before,
            trouble=trouble,
            tries=col(InvitationRow.tries) + 1,
        )

    def hold(self, trouble: str) -> None:
        self._session.execute(
            update(InvitationRow)
            .where(col(InvitationRow.state) == InvitationState.QUEUED)
            .values(state=InvitationState.HELD, trouble=trouble)
        )

    def renew(self, invitation: Invitation, state: InvitationState) -> bool:
        """A new generation: every older link is dead from here on. False: somebody renewed or accepted meanwhile."""
        renewed = update(InvitationRow).where(
            col(InvitationRow.id) == invitation.id,
            col(InvitationRow.generation) == invitation.generation,
            col(InvitationRow.state) != InvitationState.ACCEPTED,
        )
        values = {
            "state": state,
            "generation": invitation.generation + 1,
            "expires_at": None,
            "trouble": "",
            "tries": 0,
            "not_before": None,
        }
        return bool(written(self._session, renewed.values(**values)))

    def uninvite(self, invitation_id: str) -> bool:
        changed = update(InvitationRow).where(
            col(InvitationRow.id) == invitation_id,
            col(InvitationRow.state).not_in((InvitationState.ACCEPTED, InvitationState.UNINVITED)),
        )
        return bool(written(self._session, changed.values(state=InvitationState.UNINVITED)))

    def uninvite_open(self, person_ids: Sequence[str]) -> int:
        changed = update(InvitationRow).where(
            col(InvitationRow.person_id).in_(person_ids), col(InvitationRow.state).in_(OPEN)
        )
        return written(self._session, changed.values(state=InvitationState.UNINVITED))

    def accept(self, invitation_id: str, generation: int, now: datetime) -> bool:
        """Of any number of presses at once exactly one gets True."""
        accepted = update(InvitationRow).where(
            col(InvitationRow.id) == invitation_id,
            col(InvitationRow.generation) == generation,
            col(InvitationRow.state).in_(OPEN),
            or_(col(InvitationRow.expires_at).is_(None), col(InvitationRow.expires_at) > now),
        )
        return bool(written(self._session, accepted.values(state=InvitationState.ACCEPTED, accepted_at=now)))

    def _move(self, invitation_id: str, generation: int, before: InvitationState, **values: Any) -> bool:
        moved = update(InvitationRow).where(
            col(InvitationRow.id) == invitation_id,
            col(InvitationRow.generation) == generation,
            col(InvitationRow.state) == before,
        )
        return bool(written(self._session, moved.values(**values)))


def _of_person() -> ColumnElement[bool]:
    return col(InvitationRow.person_id) == col(PersonRow.id)


def _joined() -> Any:
    return (
        select(PersonRow, CompanyRow, InvitationRow)
        .join(CompanyRow, col(CompanyRow.id) == col(PersonRow.company_id))
        .outerjoin(InvitationRow, _of_person())
    )


def _badge_is(
    badge: Badge, now: datetime
) -> ColumnElement[bool]:
    """The same rule as domain.invitation.badge, for the database; a test holds the two together."""
    state = col(InvitationRow.state)
    late = and_(col(InvitationRow.expires_at).is_not(None), col(InvitationRow.expires_at) <= now)
    match badge:
        case Badge.PENDING:
            return and_(state.in_(OPEN), ~func.coalesce(late, False))
        case Badge.EXPIRED:
            return and_(state.in_(OPEN), late)
        case Badge.BOUNCED:
            return state == InvitationState.BOUNCED
        case Badge.UNINVITED:
            return state == InvitationState.UNINVITED
        case Badge.ADMINISTRATOR:
            return and_(state == InvitationState.ACCEPTED, col(PersonRow.role) == Role.ADMIN)
        case Badge.ACCEPTED:
            return and_(state == InvitationState.ACCEPTED, col(PersonRow.role) != Role.ADMIN)
        case _:
            return state.is_(None)


def _said(row: InvitationRow) -> Invitation:
    return Invitation(
        row.id,
        row.person_id,
        row.company_id,
        InvitationState(row.state),
        row.generation,
        row.invited_by,
        row.invited_at,
        row.expires_at,
        row.last_sent_at,
        row.sent_count,
        row.accepted_at,
        row.trouble,
    )


def _invitee(person: PersonRow, company: CompanyRow, invitation: InvitationRow | None) -> Invitee:
    said_company = Company(
        company.id, company.name, company.domain, company.web, CompanyState(company.state), company.is_own
    )
    return Invitee(said_person(person), said_company, None if invitation is None else _said(invitation))

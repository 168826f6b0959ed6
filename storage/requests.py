"""Requests: risky acts that wait for a second person, and the one-way doors between their states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from domain.four_eyes import Request, RequestState, Risky
from domain.roles import Role
from storage.bulk import written
from storage.tables import RequestRow


class Requests:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, request: Request) -> None:
        values = {**request.__dict__, "act": request.act.name, "subject": dict(request.subject)}
        values["requested_role"] = request.requested_role or ""
        self._session.add(RequestRow(**values))
        self._session.flush()

    def get(self, request_id: str) -> Request | None:
        row = self._session.get(RequestRow, request_id, populate_existing=True)
        return None if row is None else _said(row)

    def open_of(self, act: Risky, subject: Mapping[str, Any]) -> Request | None:
        """The request for this very act that is still open."""
        where = (col(RequestRow.act) == act.name, col(RequestRow.state) == RequestState.OPEN)
        rows = self._session.scalars(select(RequestRow).where(*where).order_by(col(RequestRow.requested_at)))
        return next((_said(row) for row in rows if row.subject == dict(subject)), None)

    def open(self, asked_after: datetime, company_id: str | None, limit: int) -> tuple[Request, ...]:
        """What can still be decided on, oldest first; of one company only where one is named."""
        where = [col(RequestRow.state) == RequestState.OPEN, col(RequestRow.requested_at) >= asked_after]
        if company_id is not None:
            where.append(col(RequestRow.company_id) == company_id)
        rows = select(RequestRow).where(*where).order_by(col(RequestRow.requested_at), col(RequestRow.id)).limit(limit)
        return tuple(_said(row) for row in self._session.scalars(rows))

    def move(self, request_id: str, after: RequestState, **values: Any) -> bool:
        """From OPEN through a door: True once and False ever after, whoever asks how often."""
        moved = update(RequestRow).where(col(RequestRow.id) == request_id, col(RequestRow.state) == RequestState.OPEN)
        return bool(written(self._session, moved.values(state=after, **values)))

    def note(self, request_id: str, **values: Any) -> None:
        self._session.execute(update(RequestRow).where(col(RequestRow.id) == request_id).values(**values))

    def due(self, asked_before: datetime, unposted_since: datetime) -> tuple[Request, ...]:
        """Open ones that are too old, or whose message never came to stand anywhere."""
        old = col(RequestRow.requested_at) < asked_before
        unseen = and_(col(RequestRow.message_ts) == "", col(RequestRow.requested_at) < unposted_since)
        where = (col(RequestRow.state) == RequestState.OPEN, or_(old, unseen))
        return tuple(_said(row) for row in self._session.scalars(select(RequestRow).where(*where).limit(100)))


def _said(row: RequestRow) -> Request:
    return Request(
        id=row.id,
        act=Risky[row.act],
        subject=row.subject,
        summary=row.summary,
        company_id=row.company_id,
        state=RequestState(row.state),
        requested_by=row.requested_by,
        requested_by_name=row.requested_by_name,
        requested_role=Role(row.requested_role) if row.requested_role else None,
        requested_at=row.requested_at,
        channel=row.channel,
        message_ts=row.message_ts,
        decided_by=row.decided_by,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        note=row.note,
        alone=row.alone,
    )

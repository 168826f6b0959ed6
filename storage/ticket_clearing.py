"""Clearing the synced tickets of a connection, but for what exists only here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlmodel import Session, col

from storage.psa_tables import TicketChangeRow, TicketNoteRow, TicketPlaceRow, TicketRow

_EMPTY = dict.fromkeys(("title", "description", "resolution", "fingerprint", "seen", "activity"), "")


@dataclass(frozen=True)
class OnlyHere:
    """What no PSA holds: tickets and comments that wait to be written, changes that wait, and cards in Slack."""

    tickets: tuple[str, ...]  # titles
    comments: tuple[str, ...]  # the numbers of their tickets
    changes: tuple[str, ...]
    places: int


def synced(session: Session, connection_id: str) -> int:
    return session.scalar(select(func.count()).select_from(TicketRow).where(*_synced(connection_id))) or 0


def only_here(session: Session, connection_id: str) -> OnlyHere:
    mine = col(TicketRow.connection_id) == connection_id
    titles = session.scalars(select(col(TicketRow.title)).where(mine, col(TicketRow.external_id).is_(None)))
    places = select(func.count()).select_from(TicketPlaceRow).where(col(TicketPlaceRow.ticket_id).in_(_ids(mine)))
    return OnlyHere(
        tuple(titles),
        tuple(session.scalars(_numbers(_waiting_notes(), mine))),
        tuple(session.scalars(_numbers(_waiting_changes(), mine))),
        session.scalar(places) or 0,
    )


def clear(session: Session, connection_id: str) -> int:
    """Delete the synced tickets with all that hangs on them; returns how many tickets there were.

    One on which something hangs that exists only here keeps its row, emptied, and its comments, so that no thread is told
    them twice: the next whole read fills it again.
    """
    count = synced(session, connection_id)
    kept = or_(
        col(TicketRow.id).in_(_waiting_notes()),
        col(TicketRow.id).in_(_waiting_changes()),
        col(TicketRow.id).in_(select(col(TicketPlaceRow.ticket_id))),
    )
    going = select(col(TicketRow.id)).where(*_synced(connection_id), ~kept)
    for table in (TicketNoteRow, TicketChangeRow):
        session.execute(delete(table).where(col(table.ticket_id).in_(going)))
    session.execute(delete(TicketRow).where(*_synced(connection_id), ~kept))
    session.execute(update(TicketRow).where(*_synced(connection_id)).values(gone=True, **_EMPTY))
    session.expire_all()
    return count


def _synced(connection_id: str) -> Sequence[ColumnElement[bool]]:
    return col(TicketRow.connection_id) == connection_id, col(TicketRow.external_id).is_not(None)


def _ids(mine: ColumnElement[bool]) -> Select[Any]:
    return select(col(TicketRow.id)).where(mine)


def _waiting_notes() -> Select[Any]:
    return select(col(TicketNoteRow.ticket_id)).where(col(TicketNoteRow.external_id).is_(None))


def _waiting_changes() -> Select[Any]:
    return select(col(TicketChangeRow.ticket_id)).where(~col(TicketChangeRow.done))


def _numbers(tickets: Select[Any], mine: ColumnElement[bool]) -> Select[Any]:
    return select(col(TicketRow.number)).where(mine, col(TicketRow.id).in_(tickets)).order_by(col(TicketRow.number))

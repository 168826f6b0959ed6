"""Where tickets' cards stand in Slack, and what their threads were told: each thing is claimed before it is said."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from domain.ticket import Place
from storage.bulk import insert_or_skip, written
from storage.psa_tables import TicketPlaceRow, TicketRow, TicketToldRow

_PLACE = tuple(Place.__dataclass_fields__)


class TicketPlaces:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, place: Place, known_notes: Collection[str]) -> None:
        """A card stands there now, and its thread need not be told of these comments."""
        insert_or_skip(self._session, TicketPlaceRow, [{name: getattr(place, name) for name in _PLACE}])
        told = [
            {"channel": place.channel, "ts": place.ts, "note_id": note_id, "company_id": place.company_id}
            for note_id in known_notes
        ]
        insert_or_skip(self._session, TicketToldRow, told)

    def of(self, ticket_id: str) -> tuple[Place, ...]:
        where = col(TicketPlaceRow.ticket_id) == ticket_id
        order = col(TicketPlaceRow.channel), col(TicketPlaceRow.ts)
        return tuple(_place(row) for row in self._session.scalars(select(TicketPlaceRow).where(where).order_by(*order)))

    def of_connection(self, connection_id: str) -> tuple[Place, ...]:
        joined = select(TicketPlaceRow).join(TicketRow, col(TicketRow.id) == col(TicketPlaceRow.ticket_id))
        statement = joined.where(col(TicketRow.connection_id) == connection_id)
        return tuple(_place(row) for row in self._session.scalars(statement.order_by(col(TicketPlaceRow.ticket_id))))

    def forget(self, place: Place) -> None:
        self._session.execute(delete(TicketToldRow).where(*_here(TicketToldRow, place)))
        self._session.execute(delete(TicketPlaceRow).where(*_here(TicketPlaceRow, place)))

    def told(self, place: Place, mark: str) -> None:
        """What the card shows now."""
        self._session.execute(update(TicketPlaceRow).where(*_here(TicketPlaceRow, place)).values(told=mark))

    def claim_status(self, place: Place, status: str) -> bool:
        """Whether the thread is yet to be told of this status; True once."""
        where = *_here(TicketPlaceRow, place), col(TicketPlaceRow.told_status) == place.told_status
        return bool(written(self._session, update(TicketPlaceRow).where(*where).values(told_status=status)))

    def unclaim_status(self, place: Place, status: str) -> None:
        """It could not be said after all."""
        where = *_here(TicketPlaceRow, place), col(TicketPlaceRow.told_status) == status
        self._session.execute(update(TicketPlaceRow).where(*where).values(told_status=place.told_status))

    def told_notes(self, place: Place) -> frozenset[str]:
        return frozenset(self._session.scalars(select(col(TicketToldRow.note_id)).where(*_here(TicketToldRow, place))))

    def claim_note(self, place: Place, note_id: str) -> bool:
        """Whether the thread is yet to be told of this comment; True once."""
        row = {"channel": place.channel, "ts": place.ts, "note_id": note_id, "company_id": place.company_id}
        return bool(insert_or_skip(self._session, TicketToldRow, [row]))

    def unclaim_note(self, place: Place, note_id: str) -> None:
        """It could not be said after all."""
        where = *_here(TicketToldRow, place), col(TicketToldRow.note_id) == note_id
        self._session.execute(delete(TicketToldRow).where(*where))


def _here(table: type[TicketPlaceRow] | type[TicketToldRow], place: Place) -> tuple[ColumnElement[bool], ...]:
    return col(table.channel) == place.channel, col(table.ts) == place.ts


def _place(row: TicketPlaceRow) -> Place:
    return Place(**{name: getattr(row, name) for name in _PLACE})

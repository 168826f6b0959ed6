"""Comments on tickets, and changes that wait to be written to the PSA."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from domain.ticket import UNSURE, Change, Note, Ticket, in_doubt, same_words
from storage.bulk import insert_or_skip
from storage.psa_tables import TicketChangeRow, TicketNoteRow

_NOTE = tuple(Note.__dataclass_fields__)
_CHANGE = tuple(Change.__dataclass_fields__)
_TAKEN = ("text", "title", "for_client", "author", "by_client", "at", "modified")
_OURS = ("text", "for_client", "modified")  # what the PSA says of a comment we wrote: who wrote it, we know better


class TicketNotes:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, ticket_id: str) -> tuple[Note, ...]:
        return tuple(_note(row) for row in self._rows(ticket_id))

    def get(self, note_id: str) -> Note | None:
        row = self._session.get(TicketNoteRow, note_id, populate_existing=True)
        return None if row is None else _note(row)

    def take_in(self, ticket: Ticket, notes: Sequence[Note], new_id: Callable[[], str]) -> bool:
        """Keep what the PSA has (each with its `external_id`); True when something is new or differs.

        What we were about to write and find there was written: it becomes that comment, and no second one.
        """
        there = {row.external_id: row for row in self._rows(ticket.id) if row.external_id is not None}
        mine = [row for row in self._rows(ticket.id) if row.external_id is None and row.begun]
        new, news = [], False
        for note in notes:
            row = there.get(str(note.external_id))
            twin = next((each for each in mine if same_words(each.text, note.text)), None) if row is None else None
            if twin is not None:
                mine.remove(twin)
                self._settle(twin.id, str(note.external_id), note.at)
            elif row is None:
                new.append({**_columns(note), "id": new_id(), "ticket_id": ticket.id, "company_id": ticket.company_id})
            elif edited := {name: getattr(note, name) for name in (_OURS if row.made_by else _TAKEN) if getattr(row, name) != getattr(note, name)}:
                self._set(row.id, **edited)
            else:
                continue
            news = True
        insert_or_skip(self._session, TicketNoteRow, new)
        self._session.expire_all()
        return news

    def drop(self, ticket_id: str, external_ids: Collection[str]) -> None:
        """Comments that are no longer at the PSA."""
        where = col(TicketNoteRow.ticket_id) == ticket_id, col(TicketNoteRow.external_id).in_(external_ids)
        self._session.execute(delete(TicketNoteRow).where(*where))

    # --- written here ---

    def add(self, note: Note) -> bool:
        """False when it is there already."""
        return bool(insert_or_skip(self._session, TicketNoteRow, [_columns(note)]))

    def begin(self, note_id: str, at: str) -> None:
        """From now on it may be at the PSA."""
        where = col(TicketNoteRow.id) == note_id, col(TicketNoteRow.begun) == ""
        self._session.execute(update(TicketNoteRow).where(*where).values(begun=at))

    def settle(self, note: Note, external_id: str) -> None:
        """It is at the PSA. Had a sync taken it for somebody else's meanwhile, that copy goes."""
        twin = col(TicketNoteRow.ticket_id) == note.ticket_id, col(TicketNoteRow.external_id) == external_id
        self._session.execute(delete(TicketNoteRow).where(*twin, col(TicketNoteRow.id) != note.id))
        self._settle(note.id, external_id, note.at)

    def _settle(self, note_id: str, external_id: str, at: str) -> None:
        self._set(note_id, external_id=external_id, at=at, trouble="")

    def fail(self, note_id: str, said: str) -> None:
        self._set(note_id, trouble=said)

    def again(self, ticket_id: str) -> tuple[tuple[str, int], ...]:
        """Try those in trouble once more; id and tries of each. A doubt whether it was written stays."""
        where = (
            col(TicketNoteRow.ticket_id) == ticket_id, col(TicketNoteRow.external_id).is_(None), col(TicketNoteRow.trouble) != "",
        )  # fmt: skip
        found = list(self._session.scalars(select(TicketNoteRow).where(*where)))
        again = [(row.id, row.tries + 1, _left(row.trouble)) for row in found]
        for note_id, tries, trouble in again:
            self._set(note_id, trouble=trouble, tries=tries)
        return tuple((note_id, tries) for note_id, tries, _ in again)

    def unwritten(self) -> tuple[tuple[str, str, int], ...]:
        """Id, ticket and tries of those that wait to be written."""
        where = col(TicketNoteRow.external_id).is_(None), col(TicketNoteRow.trouble).in_(("", UNSURE))
        return tuple((row.id, row.ticket_id, row.tries) for row in self._session.scalars(select(TicketNoteRow).where(*where)))

    def _rows(self, ticket_id: str) -> Sequence[TicketNoteRow]:
        order = col(TicketNoteRow.at), col(TicketNoteRow.id)
        statement = select(TicketNoteRow).where(col(TicketNoteRow.ticket_id) == ticket_id).order_by(*order)
        return self._session.scalars(statement.execution_options(populate_existing=True)).all()

    def _set(self, note_id: str, **values: object) -> None:
        self._session.execute(update(TicketNoteRow).where(col(TicketNoteRow.id) == note_id).values(**values))


class TicketChanges:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, change: Change, at: datetime) -> bool:
        """False when it is there already."""
        row = {name: getattr(change, name) for name in _CHANGE} | {"made_at": at}
        return bool(insert_or_skip(self._session, TicketChangeRow, [row]))

    def get(self, change_id: str) -> Change | None:
        row = self._session.get(TicketChangeRow, change_id, populate_existing=True)
        return None if row is None else _change(row)

    def open_of(self, ticket_ids: Collection[str]) -> tuple[Change, ...]:
        where = ~col(TicketChangeRow.done), col(TicketChangeRow.ticket_id).in_(ticket_ids)
        statement = select(TicketChangeRow).where(*where).order_by(col(TicketChangeRow.made_at), col(TicketChangeRow.id))
        return tuple(_change(row) for row in self._session.scalars(statement.execution_options(populate_existing=True)))

    def settle(self, change_id: str) -> None:
        self._set(change_id, done=True, trouble="")

    def fail(self, change_id: str, said: str) -> None:
        self._set(change_id, trouble=said)

    def replace(self, newer: Change) -> None:
        """Changes in trouble give way to a newer one of the same kind; what it leaves alone is still wanted."""
        where = [col(TicketChangeRow.ticket_id) == newer.ticket_id, ~col(TicketChangeRow.done), col(TicketChangeRow.trouble) != ""]
        where += [col(TicketChangeRow.status).is_(None)] if newer.status is None else []
        where += [col(TicketChangeRow.assignee_id).is_(None)] if newer.assignee_id is None else []
        self._session.execute(update(TicketChangeRow).where(*where).values(done=True))

    def again(self, ticket_id: str) -> tuple[tuple[str, int], ...]:
        """Try those in trouble once more; id and tries of each. A doubt whether it was written stays."""
        found = [change for change in self.open_of([ticket_id]) if change.trouble]
        for change in found:
            self._set(change.id, trouble=_left(change.trouble), tries=change.tries + 1)
        return tuple((change.id, change.tries + 1) for change in found)

    def unwritten(self) -> tuple[tuple[str, str, int], ...]:
        """Id, ticket and tries of those that wait to be written."""
        where = ~col(TicketChangeRow.done), col(TicketChangeRow.trouble).in_(("", UNSURE))
        statement = select(TicketChangeRow).where(*where).order_by(col(TicketChangeRow.made_at), col(TicketChangeRow.id))
        return tuple((row.id, row.ticket_id, row.tries) for row in self._session.scalars(statement))

    def _set(self, change_id: str, **values: object) -> None:
        self._session.execute(update(TicketChangeRow).where(col(TicketChangeRow.id) == change_id).values(**values))


def _left(trouble: str) -> str:
    """What stays of a trouble when it is tried again: the doubt whether it was written."""
    return UNSURE if in_doubt(trouble) else ""


def _columns(note: Note) -> Mapping[str, Any]:
    return {name: getattr(note, name) for name in _NOTE}


def _note(row: TicketNoteRow) -> Note:
    return Note(**{name: getattr(row, name) for name in _NOTE})


def _change(row: TicketChangeRow) -> Change:
    return Change(**{name: getattr(row, name) for name in _CHANGE})

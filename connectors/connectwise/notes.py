"""The notes of ConnectWise's tickets: read by ticket or as they change, and written."""

from dataclasses import replace
from datetime import datetime

from connectors._paging import instant, moment
from connectors.connectwise import queries, ticket_rows
from connectors.connectwise.queries import Walk
from connectors.connectwise.refusals import NotThere
from connectors.connectwise.ticket_rows import NoteRow, TicketRow
from connectors.connectwise.tickets import TICKETS, Tickets
from domain.errors import SkipRecord, Stranger
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import NewNote, UpstreamNote, UpstreamTicket

TICKETS_AT_ONCE = 50  # each costs a call for its notes
ANOTHER = (
    "ConnectWise answered with a note of another ticket than the one asked for. Nothing of it was kept. Please report this."
)


class Notes(Tickets):
    def notes(self, scope: Scope, ticket_id: str, cursor: str | None) -> Page[UpstreamNote]:
        """The notes of one ticket, oldest first.

        {"id":7001,"ticketId":60481,"text":"Called back.","detailDescriptionFlag":true,"internalAnalysisFlag":false,
        "resolutionFlag":false,"member":{"id":141,"identifier":"GHopper"},"dateCreated":"2026-11-21T09:00:00Z"}

            page = source.notes(scope, "60481", None)   # page.rows[0].for_client is True
        """
        queries.company_of(scope)
        if not ticket_id.isdecimal():
            return Page(())
        try:
            page = self._page(_notes_of(ticket_id), NoteRow, ticket_rows.note, cursor)
        except NotThere:
            raise SkipRecord("ConnectWise has no such ticket any more: it was deleted meanwhile.") from None
        if any(row.ticket_id != ticket_id for row in page.rows):
            raise Stranger(ANOTHER)
        return page

    def notes_changed(self, since: str, cursor: str | None) -> Page[UpstreamNote]:
        """Notes of every ticket written or changed at or after `since`.

        There is no list of all notes; but a note moves its ticket, so that the changed tickets are asked for theirs.
        """
        after = instant(since)
        walk = replace(TICKETS, since=after, is_counted=False, size=TICKETS_AT_ONCE)
        page = self._page(walk, TicketRow, ticket_rows.ticket, cursor)
        rows = tuple(note for ticket in page.rows for note in self._of_ticket(ticket, after))
        return Page(rows, (), page.next, None, page.as_of)

    def add_note(self, scope: Scope, ticket_id: str, new: NewNote) -> str:
        """POST service/tickets/{id}/notes, once; the ticket's company is looked at first. The API member is its author."""
        self._look_at(scope, ticket_id)
        return self._write_note(ticket_id, ticket_rows.new_note(new))

    def _of_ticket(self, ticket: UpstreamTicket, since: datetime) -> list[UpstreamNote]:
        """All of a ticket's notes are one call as well, and no server need know of a time that notes can be asked by."""
        try:
            found = self._all(_notes_of(ticket.id), NoteRow, ticket_rows.note)
        except NotThere:
            return []  # deleted between the two calls
        return [note for note in found if note.ticket_id == ticket.id and _is_fresh(note, since)]


def _is_fresh(note: UpstreamNote, since: datetime) -> bool:
    """One that does not say when it was written may be new."""
    written = moment(note.modified or note.at)
    return written is None or written >= since.replace(microsecond=0)


def _notes_of(ticket_id: str) -> Walk:
    return Walk(f"{TICKETS.path}/{int(ticket_id)}/notes", "notes", is_nested=True)

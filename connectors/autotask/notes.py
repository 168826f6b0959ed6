"""The notes of Autotask's tickets: read by ticket or as they change, and written."""

from connectors._paging import instant
from connectors.autotask import queries, ticket_rows
from connectors.autotask.describing import Value
from connectors.autotask.queries import Walk
from connectors.autotask.ticket_rows import NoteRow
from connectors.autotask.tickets import Tickets
from domain.errors import AskOperator, Stranger, Trouble
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import NewNote, UpstreamNote

LONGEST_TITLE = 250
# Autotask's own values; the tenant's words for them are looked at before either is written.
FOR_CLIENT, INTERNAL = "1", "2"
KINDS = ("summary", "note", "detail")  # words in the names of note types that fit a plain comment, best first
ANOTHER = "Autotask answered with a note of another ticket than the one asked for. Nothing of it was kept. Please report this."


class Notes(Tickets):
    def notes(self, scope: Scope, ticket_id: str, cursor: str | None) -> Page[UpstreamNote]:
        """The notes of one ticket, oldest first.

        {"id":21,"ticketID":7655,"title":"First look","description":"Called back.","noteType":1,"publish":1,
        "creatorResourceID":29682885,"createdByContactID":null,"lastActivityDate":"2026-11-21T09:00:00Z"}

            page = source.notes(scope, "7655", None)   # page.rows[0].for_client is True
        """
        queries.company_of(scope)
        walk = Walk("TicketNotes", "notes", (queries.equals("ticketID", ticket_rows.number_of(ticket_id, "ticket")),))
        page = self._notes(walk, cursor)
        if any(row.ticket_id != ticket_id for row in page.rows):
            raise Stranger(ANOTHER)
        return page

    def notes_changed(self, since: str, cursor: str | None) -> Page[UpstreamNote]:
        """Notes of every ticket written or changed at or after `since`: one call where no more than 500 were."""
        return self._notes(Walk("TicketNotes", "notes", since=instant(since), is_counted=False), cursor)

    def add_note(self, scope: Scope, ticket_id: str, new: NewNote) -> str:
        """POST Tickets/{id}/Notes, once; the ticket's company is looked at first. Autotask shows the API user as its author."""
        self._look_at(scope, ticket_id)
        body: dict[str, object] = {
            "description": new.text,
            "publish": int(self._publish(for_client=new.for_client)),
            "noteType": int(self._note_type()),
        }
        if new.title:
            body["title"] = new.title[:LONGEST_TITLE]
        return self._write("POST", f"Tickets/{int(ticket_id)}/Notes", "TicketNotes", body)

    def _notes(self, walk: Walk, cursor: str | None) -> Page[UpstreamNote]:
        # Read by Autotask's own value where the tenant's words cannot be had; a word that says otherwise wins.
        labels = self._labels("TicketNotes", "publish") or {FOR_CLIENT: ""}
        shown = {value for value, label in labels.items() if value == FOR_CLIENT and not _is_internal(label)}
        return self._page(walk, NoteRow, lambda row: ticket_rows.note(row, shown), cursor)

    def _publish(self, *, for_client: bool) -> str:
        """The value that shows a note to the client, or to the MSP alone. Never guessed: a wrong one shows it to others."""
        wanted = FOR_CLIENT if for_client else INTERNAL
        for value in self._values("publish"):
            if value.id == wanted and _is_internal(value.name) is not for_client:
                return value.id
        whom = "that clients can read" if for_client else "for your own people alone"
        said = f"This Autotask offers no notes {whom}, or names them in an unknown way. Nothing was written. Please report this."
        raise AskOperator(said, Trouble.BAD_ANSWER)

    def _note_type(self) -> str:
        """A type for a plain comment: by its name, else the tenant's default, else its first."""
        values = self._values("noteType")
        for word in KINDS:
            for value in values:
                if word in value.name.lower() and "workflow" not in value.name.lower():
                    return value.id
        chosen = next((value for value in values if value.is_default), values[0] if values else None)
        if chosen is None:
            said = "This Autotask offers no type for ticket notes. Add one in Autotask, then try again."
            raise AskOperator(said, Trouble.BAD_ANSWER)
        return chosen.id

    def _values(self, field: str) -> list[Value]:
        return [value for value in self._fields("TicketNotes").values(field) if value.is_offered]


def _is_internal(label: str) -> bool:
    return "internal" in label.lower()

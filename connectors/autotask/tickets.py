"""Autotask's tickets: read whole or as they change, one by one, made, changed."""

from collections.abc import Mapping
from dataclasses import replace

from connectors._paging import instant
from connectors.autotask import queries, refused_writes, ticket_rows, zone
from connectors.autotask.assigning import Assigning
from connectors.autotask.queries import Walk
from connectors.autotask.ticket_rows import TicketRow
from domain.errors import AskOperator, GangwayError, Trouble
from domain.isolation import Scope
from domain.ports import Opening, Page
from domain.psa import NewTicket, TicketChange, TicketsWanted, UpstreamTicket

OPEN_TICKET = "Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID="
WALK = Walk("Tickets", "tickets")
# Autotask's required fields that a form of ours can ask for; the rest always is in what we send.
ASKED = {
    "description": "description",
    "queueid": "queue",
    "ticketcategory": "category",
    "tickettype": "type",
    "contactid": "contact_id",
    "assignedresourceid": "assignee_id",
    "duedatetime": "due",
}


class Tickets(Assigning):
    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        super().__init__(credentials, opening)
        self._wanting: dict[str, set[str]] = {}  # by category: our names of fields it turned out to ask for

    def all_tickets(self, wanted: TicketsWanted, cursor: str | None) -> Page[UpstreamTicket]:
        """The wanted tickets of every company by id: ceil(n/500) calls.

        {"id":7655,"companyID":174,"ticketNumber":"T20261121.0001","title":"VPN drops","status":1,"queueID":29682833,
        "ticketCategory":1,"priority":2,"assignedResourceID":null,"lastActivityDate":"2026-11-21T09:00:00Z"}

            page = source.all_tickets(TicketsWanted(queues=frozenset({"29682833"})), None)
        """

        def convert(row: TicketRow) -> UpstreamTicket | None:
            found = ticket_rows.ticket(row)
            return found if ticket_rows.is_wanted(found, wanted) else None

        walk = replace(WALK, narrowed=ticket_rows.narrowed(wanted) or ())
        return self._page(walk, TicketRow, convert, cursor)

    def all_tickets_changed(self, since: str, cursor: str | None) -> Page[UpstreamTicket]:
        """Tickets with activity at or after `since`, notes among it: one call where no more than 500 have."""
        walk = replace(WALK, since=instant(since), is_counted=False)
        return self._page(walk, TicketRow, ticket_rows.ticket, cursor)

    def count_tickets(self, wanted: TicketsWanted) -> int | None:
        """One call; None where the filter is longer than Autotask takes."""
        narrowed = ticket_rows.narrowed(wanted)
        return None if narrowed is None else self._count(replace(WALK, narrowed=narrowed)).body

    def ticket(self, scope: Scope, ticket_id: str) -> UpstreamTicket | None:
        """One call: None where it is gone, Stranger where it moved to another company."""
        return self._of_scope(scope, WALK, ticket_id, TicketRow, ticket_rows.ticket)

    def create_ticket(self, scope: Scope, new: NewTicket) -> str:
        """Two calls: look for our key in externalID, then POST. Assigning costs one more the first time."""
        company = queries.company_of(scope)
        made = self._made(scope, new.external_key)
        if made is not None:
            return made
        body = ticket_rows.new_ticket(company, new)
        if new.assignee_id:
            body |= self._assigned(new.assignee_id)
        try:
            return self._write("POST", "Tickets", "Tickets", body)
        except refused_writes.Wanting as refused:
            if refused.field is not None:
                self._wanting.setdefault(new.category, set()).add(refused.field)
            raise

    def change_ticket(self, scope: Scope, ticket_id: str, change: TicketChange) -> None:
        """PATCH Tickets with the id in its body: only what is given. The ticket's company is looked at first."""
        self._look_at(scope, ticket_id)
        body = ticket_rows.changed(change)
        if change.assignee_id is not None:
            body |= self._assigned(change.assignee_id)
        if not body:
            return
        try:
            self._write("PATCH", "Tickets", "Tickets", {"id": int(ticket_id), **body})
        except refused_writes.BadRole:
            # Roles change at Autotask; the next try asks for this person's anew.
            self._roles.pop(int(change.assignee_id or 0), None)
            raise

    def ticket_address(self, ticket_id: str) -> str:
        """https://ww15.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7655"""
        try:
            web = self._home().web or ""
        except GangwayError:
            return ""
        if not ticket_id.isdecimal() or not zone.is_trusted(web, self._base):
            return ""
        return f"{web.rstrip('/')}/{OPEN_TICKET}{ticket_id}"

    def required_for(self, category: str) -> frozenset[str]:
        """What the tenant requires of every ticket, and what this category turned out to ask for.

        No call tells what a category requires: its refusal of a ticket does, and is remembered while the connection is open.
        """
        learned = self._wanting.get(category, set()) & set(ASKED.values())
        try:
            described = self._fields("Tickets").fields or ()
        except AskOperator as refused:
            if refused.trouble is Trouble.WRONG_KEY:
                raise
            return frozenset(learned)
        always = {each.name.lower() for each in described if each.is_required and not each.is_read_only}
        return frozenset({ASKED[name] for name in always if name in ASKED} | learned)

    def _made(self, scope: Scope, external_key: str) -> str | None:
        key = queries.equals("externalID", ticket_rows.key_of(external_key))
        walk = replace(WALK, narrowed=(queries.of_company(scope), key))
        found = self._one(walk, TicketRow, ticket_rows.ticket)
        # Looked at once more: a condition that Autotask does not understand is dropped in silence.
        if found is None or found.external_key.casefold() != ticket_rows.key_of(external_key).casefold():
            return None
        return scope.keep((found,))[0].id

    def _look_at(self, scope: Scope, ticket_id: str) -> None:
        """See that a ticket is the scope's before anything is written to it: it may have moved since it was read."""
        if self.ticket(scope, ticket_id) is None:
            raise refused_writes.Gone(refused_writes.GONE)

"""ConnectWise's tickets: read whole or as they change, one by one, made, changed. Boards are their queues."""

from dataclasses import replace
from urllib.parse import urlencode

from connectors._paging import instant
from connectors.connectwise import queries, site, ticket_rows, words
from connectors.connectwise.queries import Walk
from connectors.connectwise.ticket_rows import Made, TicketRow
from connectors.connectwise.walking import Walker
from domain.errors import TellPerson
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import NewTicket, TicketChange, TicketsWanted, UpstreamTicket

TICKETS = Walk("service/tickets", "tickets")
OPEN_TICKET = "services/system_io/Service/fv_sr100_request.rails"


class Tickets(Walker):
    def all_tickets(self, wanted: TicketsWanted, cursor: str | None) -> Page[UpstreamTicket]:
        """The wanted tickets of every company by id: ceil(n/1000) calls.

        {"id":60481,"summary":"VPN drops","board":{"id":2,"name":"Help Desk"},"status":{"id":21,"name":"New"},"company":{"id":
        250},"priority":{"id":3},"owner":{"id":141},"requiredDate":"2026-11-24T09:00:00Z","_info":{"lastUpdated":"2026-…Z"}}

            page = source.all_tickets(TicketsWanted(queues=frozenset({"2"})), None)
        """

        def convert(row: TicketRow) -> UpstreamTicket | None:
            found = ticket_rows.ticket(row)
            return found if ticket_rows.is_wanted(found, wanted) else None

        walk = replace(TICKETS, narrowed=ticket_rows.narrowed(wanted) or ())
        return self._page(walk, TicketRow, convert, cursor)

    def all_tickets_changed(self, since: str, cursor: str | None) -> Page[UpstreamTicket]:
        """Tickets changed at or after `since`, a new note being such a change: one call where no more than 1,000 were."""
        walk = replace(TICKETS, since=instant(since), is_counted=False)
        return self._page(walk, TicketRow, ticket_rows.ticket, cursor)

    def count_tickets(self, wanted: TicketsWanted) -> int | None:
        """One call; None where the conditions are longer than an address may be."""
        narrowed = ticket_rows.narrowed(wanted)
        return None if narrowed is None else self._count(replace(TICKETS, narrowed=narrowed)).body

    def ticket(self, scope: Scope, ticket_id: str) -> UpstreamTicket | None:
        """One call: None where it is gone, Stranger where it moved to another company."""
        return self._of_scope(scope, TICKETS, ticket_id, TicketRow, ticket_rows.ticket)

    def create_ticket(self, scope: Scope, new: NewTicket) -> str:
        """Two calls: look for our key in externalXRef, then POST."""
        company = queries.company_of(scope)
        key = f"externalXRef={queries.quoted(ticket_rows.key_of(new.external_key))}"
        walk = replace(TICKETS, narrowed=(queries.of_company(scope), key))
        made = self._one(walk, TicketRow, ticket_rows.ticket)
        if made is not None:
            return scope.keep((made,))[0].id
        body = ticket_rows.new_ticket(company, new)
        return str(self._write("POST", TICKETS.path, Made, body).id)

    def change_ticket(self, scope: Scope, ticket_id: str, change: TicketChange) -> None:
        """PATCH service/tickets/{id} with one operation a field. The ticket's company is looked at first.

        A resolution is a note under the tab of that name.
        """
        self._look_at(scope, ticket_id)
        steps = ticket_rows.changed(change)
        if steps:
            self._write("PATCH", f"{TICKETS.path}/{int(ticket_id)}", Made, steps)
        if change.resolution:
            self._write_note(ticket_id, {"text": change.resolution, "resolutionFlag": True})

    def ticket_address(self, ticket_id: str) -> str:
        """https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails?service_recid=60481&…"""
        if self._override is not None or not ticket_id.isdecimal():
            return ""
        query = urlencode({"service_recid": ticket_id, "companyName": self._company_id})
        host = self._host.removeprefix("api-") if site.is_cloud(self._host) else self._host
        return f"https://{host}/{site.ROUTER}/{OPEN_TICKET}?{query}"

    def required_for(self, category: str) -> frozenset[str]:  # noqa: ARG002 - there are no categories here
        """Nothing beside title, status and priority, and those have defaults."""
        return frozenset()

    def _look_at(self, scope: Scope, ticket_id: str) -> None:
        """See that a ticket is the scope's before anything is written to it: it may have moved since it was read."""
        if self.ticket(scope, ticket_id) is None:
            raise TellPerson(words.GONE)

    def _write_note(self, ticket_id: str, body: dict[str, object]) -> str:
        return str(self._write("POST", f"{TICKETS.path}/{int(ticket_id)}/notes", Made, body).id)

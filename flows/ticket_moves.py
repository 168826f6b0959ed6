"""Tickets that went to another company upstream: they leave the one they were in, with their cards and all that was said."""

from collections.abc import Collection

from domain.psa import UpstreamTicket
from flows import strangers
from flows.context import Context
from flows.strangers import Stands


def part(context: Context, connection_id: str, rows: Collection[UpstreamTicket]) -> None:
    """Of rows just read, those of another company than here, mapped or not. Asked before anything else of them is kept."""
    with context.store.work() as work:
        owners = {link.external_id: link.company_id for link in work.links.live(connection_id)}
        here = work.tickets.of_upstreams(connection_id, [row.id for row in rows])
    for row in rows:
        if row.id in here and owners.get(str(row.company_id)) != here[row.id].company_id:
            forget(context, connection_id, row.id, "" if str(row.company_id) in owners else str(row.company_id))


def forget(context: Context, connection_id: str, external_id: str, claimed: str = strangers.UNTOLD) -> None:
    """It belongs to another company now: its cards go, and nothing of it stays where it was.

    `claimed`: the company there that it claims, where nothing is taken from that one; "" for an ordinary move.
    """
    with context.store.write() as work:
        ticket = work.tickets.of_upstream(connection_id, external_id)
        if ticket is not None:
            work.tickets.drop(ticket.id)
            if claimed:
                strangers.note(context, work, connection_id, Stands(ticket.id, ticket.company_id, ""), claimed)
    if ticket is not None:
        context.tell.ticket(ticket.id)
    with context.store.write() as work:
        work.tickets.forget_moved(connection_id, external_id)

"""Clear & Resync: delete all synced tickets of a PSA and read them anew, after a second person agreed.

What exists only here is named first and kept: what waits to be written, and the cards in Slack, which fill up again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import Risky
from domain.psa import Feature
from domain.roles import Act
from flows import connect, requests, setups, ticket_sync
from flows.context import Context
from flows.desk import Desk
from flows.sync_round import put_off
from storage import ticket_clearing
from storage.store import Work
from storage.ticket_clearing import OnlyHere

ASKED = "Nothing was cleared yet: a second person must approve. I have asked where others see it."
_NAMED = 10


@dataclass(frozen=True)
class Clearing:
    """What a clearing would do."""

    connection_id: str
    psa: str
    tickets: int
    only_here: OnlyHere


def look(context: Context, desk: Desk, connection_id: str) -> Clearing:
    """What would go and what would stay. Raises TellPerson while tickets are not synced."""
    desk.require(Act.SETTINGS)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    with context.store.work() as work:
        if not setups.is_on(work, connection_id, Feature.TICKETS):
            raise TellPerson(f"Tickets of {connection.title} are not synced. Turn it on in the setup first.")
        count, here = ticket_clearing.synced(work.session, connection_id), ticket_clearing.only_here(work.session, connection_id)
    return Clearing(connection_id, connection.title, count, here)


def clear(context: Context, desk: Desk, connection_id: str) -> str:
    """Do it, or ask a second person to agree. Returns the sentence."""
    there = look(context, desk, connection_id)
    with context.store.write() as work:
        request = None
        if requests.needed(work, Risky.CLEAR, there.tickets):
            subject = {"connection": connection_id}
            request = requests.ask(context, work, desk, Risky.CLEAR, subject, plea(there), None)
        else:
            done = perform(context, work, desk, {"connection": connection_id})
    if request is not None:
        context.tell.request(request.id)
        return ASKED
    done.after()
    return done.said


def plea(there: Clearing) -> str:
    """What shall happen, in sentences, with what exists only here."""
    said = f"All {there.tickets:,} synced tickets of {there.psa} shall be deleted here and read anew. Nothing is deleted in {there.psa}."
    return " ".join([said, *kept(there.only_here)])


def kept(here: OnlyHere) -> list[str]:
    """A sentence for each kind of thing that exists only here and stays."""
    lines = []
    for what, names in (("tickets", here.tickets), ("comments on", here.comments), ("changes of", here.changes)):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            lines.append(f"Kept, because not written yet: {what} {', '.join(names[:_NAMED])}{more}.")
    if here.places:
        noun = "card" if here.places == 1 else "cards"
        lines.append(f"Kept: {here.places:,} {noun} in Slack, to be filled up again.")
    return lines


def perform(context: Context, work: Work, desk: Desk, subject: Mapping[str, Any]) -> requests.Performed:
    """The approved clearing, with everything checked again, inside the transaction that approves it."""
    desk.require(Act.SETTINGS)
    desk.whole_msp()
    connection = work.connections.get(str(subject["connection"]))
    if connection is None or connection.trouble == "disconnected":
        raise NotAllowed("That source is not connected any more.")
    title, now = connect.titled(context, connection).title, context.clock()
    count = ticket_clearing.clear(work.session, connection.id)
    ticket_sync.forget_basis(work, connection.id)
    said = f"{count:,} synced tickets of {title} were cleared, and are read anew now."
    work.journal.write(now, desk.actor, "tickets cleared", said, subject=connection.id, data={"tickets": count})
    # Should this be lost, the clock's own sync reads them too: the basis of the last whole read is forgotten.
    return requests.Performed(said, partial(put_off, context, connection.id, now.isoformat(), Feature.TICKETS.value))

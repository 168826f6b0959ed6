"""Writing to the PSA what people wanted of tickets: once each, whatever dies when.

A ticket carries our key, by which the source finds one that it made before. A comment cannot be found by a key: before one
whose call may have happened is written again, the ticket's comments are read and searched for the same words. To set a
status or an owner twice does no harm.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from domain.errors import GangwayError, Stop, Unsure
from domain.isolation import LinkState, Scope, scope_of
from domain.naming import short
from domain.psa import HasTickets, NewNote, NewTicket, TicketChange
from domain.roles import SYSTEM
from domain.ticket import UNSURE, Change, Note, Ticket, in_doubt, same_words, without_title
from flows import connect, setups, ticket_facts, ticket_sync
from flows.context import Context, Steps
from flows.patience import GaveUp, finding, patiently
from storage.store import Work
from storage.ticket_notes import TicketChanges, TicketNotes
from storage.tickets import Tickets

JOB = "ticket"
MOST_PAGES = 20


def put_off(context: Context, what: str, item_id: str, ticket_id: str, tries: int) -> None:
    """Have a wish written; those of one ticket one after the other."""
    context.jobs.enqueue(JOB, f"{JOB}-{what}-{item_id}-{tries}", f"{what} {item_id} {ticket_id}", f"{JOB}-{ticket_id}")


def sweep(context: Context) -> int:
    """What the clock calls: wishes whose job was never put off, since we died in between; returns how many wait."""
    with context.store.work() as work:
        waiting = [("ticket", *each) for each in work.tickets.unwritten()]
        waiting += [("note", *each) for each in work.ticket_notes.unwritten()]
        waiting += [("change", *each) for each in work.ticket_changes.unwritten()]
    for what, item_id, ticket_id, tries in waiting:
        put_off(context, what, item_id, ticket_id, tries)
    return len(waiting)


def write(context: Context, steps: Steps, argument: str) -> None:
    """Job "ticket": argument is "<ticket|note|change> <its id> <ticket's id>"."""
    what, item_id, ticket_id = argument.split(" ")
    try:
        looking = partial(_quietly, context, ticket_id)
        written = patiently(steps, "write", partial(finding, partial(_written, context, what, item_id, ticket_id)), looking)
        if written.get("then"):
            put_off(context, "change", written["then"], ticket_id, 0)
        patiently(steps, "read back", partial(_read_back, context, ticket_id), looking)
    except GaveUp as error:
        steps("refused", partial(_refused, context, what, item_id, error.said))
        steps("whispered", partial(_whisper, context, what, item_id, ticket_id))
    steps("told", partial(ticket_sync.tell, context, ticket_id))


def broke(context: Context, argument: str, reference: str) -> None:
    """The job broke in a way nobody foresaw."""
    what, item_id, ticket_id = argument.split(" ")
    _refused(context, what, item_id, f"Something went wrong on our side, and it was written down (reference {reference}).")
    context.tell.ticket(ticket_id)


def _written(context: Context, what: str, item_id: str, ticket_id: str) -> Mapping[str, Any]:
    """What nobody confirmed is known for that, and done again: each writer finds what it wrote, or writes the same once more."""
    try:
        with connect.noting(context, _connection_of(context, ticket_id)):
            return _WRITERS[what](context, item_id)
    except Unsure:
        with context.store.write() as work:
            _wishes(work, what).fail(item_id, UNSURE)
        raise


def _connection_of(context: Context, ticket_id: str) -> str:
    with context.store.work() as work:
        ticket = work.tickets.get(ticket_id)
    return ticket.connection_id if ticket is not None else ""  # nothing is written then


def _write_ticket(context: Context, ticket_id: str) -> Mapping[str, Any]:
    with context.store.work() as work:
        ticket = work.tickets.get(ticket_id)
    if ticket is None or ticket.external_id is not None:
        return {}
    source, scope = _way(context, ticket)
    new = NewTicket(
        ticket.key, ticket.title, ticket.description, ticket.status, ticket.queue, ticket.category, ticket.type,
        ticket.priority, ticket.contact_id, ticket.assignee_id, ticket.due,
    )  # fmt: skip
    external_id = source.create_ticket(scope, new)
    with context.store.write() as work:
        work.tickets.settle(ticket_id, external_id)
    return {}


def _write_note(context: Context, note_id: str) -> Mapping[str, Any]:
    with context.store.work() as work:
        note = work.ticket_notes.get(note_id)
        ticket = work.tickets.get(note.ticket_id) if note else None
    if note is None or ticket is None or ticket.external_id is None:
        return {}
    if note.external_id is None:
        source, scope = _way(context, ticket)
        external_id = _found(context, source, scope, ticket, note) if note.begun else ""
        if not external_id:
            with context.store.write() as work:
                work.ticket_notes.begin(note_id, context.clock().isoformat())
            external_id = source.add_note(scope, ticket.external_id, NewNote(note.text, note.title, note.for_client))
        with context.store.write() as work:
            work.ticket_notes.settle(note, external_id)
    return {"then": _heard(context, ticket, note)}


def _found(context: Context, source: HasTickets, scope: Scope, ticket: Ticket, note: Note) -> str:
    """The id of a comment whose answer we did not hear; "" when it is not there. Those we know as others' are not it."""
    with context.store.work() as work:
        known = {each.external_id for each in work.ticket_notes.of(ticket.id) if each.made_by}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = source.notes(scope, str(ticket.external_id), cursor)
        for row in page.rows:
            is_ours = row.ticket_id == ticket.external_id and row.id not in known and not row.contact_id
            if is_ours and row.for_client == note.for_client and same_words(without_title(row.text, {note.title}), note.text):
                return row.id
        cursor = page.next
        if cursor is None:
            break
    return ""


def _heard(context: Context, ticket: Ticket, note: Note) -> str:
    """A client has spoken: the ticket shall get the status that says so. The id of that wish, kept once for each comment."""
    wish = f"{note.id}-heard"
    with context.store.write() as work:
        status = setups.tickets(work, ticket.connection_id).client_comment_status
        if not note.by_client or not status:
            return ""
        work.ticket_changes.add(Change(wish, ticket.id, ticket.company_id, status, None, note.made_by), context.clock())
    return wish


def _write_change(context: Context, change_id: str) -> Mapping[str, Any]:
    with context.store.work() as work:
        change = work.ticket_changes.get(change_id)
        ticket = work.tickets.get(change.ticket_id) if change else None
    if change is None or ticket is None or ticket.external_id is None or change.done:
        return {}
    source, scope = _way(context, ticket)
    source.change_ticket(scope, ticket.external_id, TicketChange(status=change.status, assignee_id=change.assignee_id))
    with context.store.write() as work:
        work.ticket_changes.settle(change_id)
    return {}


_WRITERS: Mapping[str, Callable[[Context, str], Mapping[str, Any]]] = {
    "ticket": _write_ticket,
    "note": _write_note,
    "change": _write_change,
}


def _way(context: Context, ticket: Ticket) -> tuple[HasTickets, Scope]:
    """The source, and the right to write to this company there, as things stand now."""
    with context.store.work() as work:
        link = work.links.get(ticket.link_id)
    if link is None or link.state is LinkState.RETIRED or link.company_id != ticket.company_id:
        raise Stop("The company is not mapped to this client of the PSA any more, so nothing was written.")
    source = ticket_facts.source_of(context, ticket.connection_id)
    if source is None:
        raise Stop("The PSA is not connected any more, so nothing was written. Connect it first.")
    return source, scope_of(link)


def _read_back(context: Context, ticket_id: str) -> Mapping[str, Any]:
    """One call: its number, and what the PSA made of it. What was written stays written should this fail."""
    with context.store.work() as work:
        ticket = work.tickets.get(ticket_id)
    if ticket is not None and ticket.external_id is not None:
        try:
            with connect.noting(context, ticket.connection_id):
                ticket_sync.refresh(context, ticket.connection_id, ticket.external_id)
        except GangwayError:
            return {"left": "to the next sync"}
    return {}


def _wishes(work: Work, what: str) -> Tickets | TicketNotes | TicketChanges:
    wishes: Mapping[str, Tickets | TicketNotes | TicketChanges] = {
        "ticket": work.tickets, "note": work.ticket_notes, "change": work.ticket_changes,
    }  # fmt: skip
    return wishes[what]


def _refused(context: Context, what: str, item_id: str, said: str) -> bool:
    """A doubt whether it was written stays until it was found or written."""
    with context.store.write() as work:
        wish = _wishes(work, what).get(item_id)
        doubt = f"{UNSURE} " if wish is not None and in_doubt(wish.trouble) else ""
        _wishes(work, what).fail(item_id, f"{doubt}{said}")
    return True


def _whisper(context: Context, what: str, item_id: str, ticket_id: str) -> bool:
    """Whoever wanted it may not be looking at a card any more. Why it was refused stands on the card, for whom it may."""
    with context.store.work() as work:
        ticket = work.tickets.get(ticket_id)
        wish = _wishes(work, what).get(item_id)
        connection = work.connections.get(ticket.connection_id) if ticket else None
    if ticket is None or wish is None or wish.made_by in ("", SYSTEM.user_id):
        return False
    title = connect.titled(context, connection).title if connection else "the PSA"
    thing = {"note": "your comment on ", "change": "your change of "}.get(what, "your ")
    thing += f"ticket {ticket.number}" if ticket.number else f"ticket “{short(ticket.title, 60)}”"
    how = f" Open it with `{context.words.command} ticket {ticket.number}`: there you see why, and can try again." if ticket.number else " Its card says why, and lets you try again."
    said = f"{thing[0].upper()}{thing[1:]} was not written to {title}."
    if in_doubt(wish.trouble):
        said = f"It is not known whether {thing} arrived at {title}."
    context.tell.whisper(wish.made_by, "", f"{said}{how}")
    return True


def _quietly(context: Context, ticket_id: str, _said: str, _seconds: float) -> None:
    """The card says all the while that it is being written, or that it may have been."""
    context.tell.ticket(ticket_id)

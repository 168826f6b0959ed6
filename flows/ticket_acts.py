"""What people do at tickets: comment, set a status, assign, try again. The wish is kept, then written to the PSA by a job.

The id of a wish is made when its form opens: a form that is sent twice is one wish.
"""

from domain.display_group import TicketField, must_set
from domain.errors import NotAllowed, TellPerson
from domain.psa import Choice, Pick
from domain.roles import Act, Role
from domain.ticket import Change, Note, Ticket
from flows import connect, ticket_facts, ticket_readers, ticket_work, tickets
from flows.context import Context
from flows.desk import Desk
from flows.tickets import Card
from storage.store import Work

LIMIT = 3000


def may_be_internal(context: Context, desk: Desk, ticket_id: str) -> tuple[bool, bool]:
    """Which comments the person may write: internal ones, ones for the client. The second may not even be asked for."""
    with context.store.work() as work:
        ticket = _written(ticket_readers.find(work, desk, ticket_id, Act.COMMENT))
        group = ticket_readers.group(work, desk, ticket.connection_id)
    _reached(context, ticket)
    return TicketField.INTERNAL in group.fields, TicketField.COMMENTS in group.fields


def comment(context: Context, desk: Desk, note_id: str, ticket_id: str, text: str, for_client: bool) -> Card:
    """A client's comment is always one for the client. Raises TellPerson with `field` "text"."""
    internal, _ = may_be_internal(context, desk, ticket_id)
    text = text.strip()
    if not text:
        raise TellPerson("Write a comment first.", field="text")
    if len(text) > LIMIT:
        raise TellPerson(f"A comment may have {LIMIT:,} characters; this one has {len(text):,}. Shorten it.", field="text")
    is_client = desk.actor.role is Role.CLIENT
    now = context.clock()
    with context.store.write() as work:
        ticket = _written(ticket_readers.find(work, desk, ticket_id, Act.COMMENT))
        note = Note(
            note_id, ticket.id, ticket.company_id, text, f"{desk.actor.name} in Slack", None,
            for_client or is_client or not internal, desk.actor.name, is_client, now.isoformat(), "", desk.actor.user_id,
        )  # fmt: skip
        _mine(work.ticket_notes.add(note), ticket, work.ticket_notes.get(note_id))
        work.journal.write(now, desk.actor, "ticket", f"A comment was written on {ticket.name}.", ticket.company_id, ticket.id)
    ticket_work.put_off(context, "note", note_id, ticket_id, 0)
    return tickets.card(context, desk, ticket_id)


def statuses(context: Context, desk: Desk, ticket_id: str, typed: str = "") -> tuple[Choice, ...]:
    """The statuses that the person may choose."""
    with context.store.work() as work:
        ticket = _written(ticket_readers.find(work, desk, ticket_id, Act.COMMENT))
        found = _statuses(context, work, desk, ticket)
    _reached(context, ticket)
    return tuple(choice for choice in found if choice.fits(typed))


def _statuses(context: Context, work: Work, desk: Desk, ticket: Ticket) -> tuple[Choice, ...]:
    group = ticket_readers.group(work, desk, ticket.connection_id)
    return tickets.statuses(work, group, ticket_facts.facts(context, work, ticket.connection_id), ticket)


def set_status(context: Context, desk: Desk, change_id: str, ticket_id: str, status: str) -> Card:
    """Raises NotAllowed for a status that the person's group may not set, forged or not."""
    with context.store.work() as work:
        ticket = _written(ticket_readers.find(work, desk, ticket_id, Act.COMMENT))
        group = ticket_readers.group(work, desk, ticket.connection_id)
        chosen = must_set(group, status, _statuses(context, work, desk, ticket))
    _reached(context, ticket)
    return _change(context, desk, Change(change_id, ticket_id, ticket.company_id, status=chosen.id), "status")


def owners(context: Context, desk: Desk, ticket_id: str, typed: str = "") -> tuple[Choice, ...]:
    """The MSP's people who can own a ticket."""
    with context.store.work() as work:
        ticket = _assignable(work, desk, ticket_id)
        found = work.picks.of(ticket.connection_id, Pick.OWNERS)
    _reached(context, ticket)
    return tuple(owner for owner in found if owner.is_active and owner.fits(typed))


def assign(context: Context, desk: Desk, change_id: str, ticket_id: str, owner_id: str) -> Card:
    if owner_id not in {owner.id for owner in owners(context, desk, ticket_id)}:
        raise TellPerson("That person cannot own a ticket any more. Choose somebody else.", field="owner")
    with context.store.work() as work:
        ticket = _assignable(work, desk, ticket_id)
    return _change(context, desk, Change(change_id, ticket_id, ticket.company_id, assignee_id=owner_id), "assignee")


def _assignable(work: Work, desk: Desk, ticket_id: str) -> Ticket:
    ticket = _written(ticket_readers.find(work, desk, ticket_id, Act.SERVE))
    if TicketField.ASSIGNEE not in ticket_readers.group(work, desk, ticket.connection_id).fields:
        raise NotAllowed("Whom a ticket is assigned to is not for your role to see. Nothing was changed.")
    return ticket


def _change(context: Context, desk: Desk, change: Change, what: str) -> Card:
    now = context.clock()
    with context.store.write() as work:
        ticket = _written(ticket_readers.find(work, desk, change.ticket_id))
        work.ticket_changes.replace(change)
        made = Change(
            change.id, ticket.id, ticket.company_id, change.status, change.assignee_id, desk.actor.user_id
        )
        _mine(work.ticket_changes.add(made, now), ticket, work.ticket_changes.get(change.id))
        said = f"The {what} of {ticket.name} was changed."
        work.journal.write(now, desk.actor, "ticket", said, ticket.company_id, ticket.id)
    ticket_work.put_off(context, "change", change.id, ticket.id, 0)
    return tickets.card(context, desk, ticket.id)


def retry(context: Context, desk: Desk, ticket_id: str) -> Card:
    """Write once more what the PSA refused."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id, Act.COMMENT)
    _reached(context, ticket)
    with context.store.write() as work:
        ticket = ticket_readers.find(work, desk, ticket_id, Act.COMMENT)
        again = [("ticket", ticket.id, ticket.tries + 1)] if work.tickets.again(ticket.id) else []
        again += [("note", note_id, tries) for note_id, tries in work.ticket_notes.again(ticket.id)]
        again += [("change", change_id, tries) for change_id, tries in work.ticket_changes.again(ticket.id)]
    for what, item_id, tries in again:
        ticket_work.put_off(context, what, item_id, ticket_id, tries)
    return tickets.card(context, desk, ticket_id)


def _written(ticket: Ticket) -> Ticket:
    if ticket.external_id is None:
        raise TellPerson("This ticket is not at the PSA yet. Wait for its number, then try again.")
    return ticket


def _reached(context: Context, ticket: Ticket) -> None:
    """Nothing would come of a wish where the source is not connected any more. Raises TellPerson with the way out."""
    connect.one(context, ticket.connection_id)


def _mine(is_new: bool, ticket: Ticket, there: Note | Change | None) -> None:
    """A wish that is there already is the same one, sent twice; anything else under its id was forged."""
    if not is_new and (there is None or there.ticket_id != ticket.id):
        raise NotAllowed(ticket_readers.NOT_THERE)

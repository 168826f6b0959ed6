"""Where tickets' cards stand in Slack for everybody, and what their threads are told: each thing once.

What stands in a channel is read by all of it, clients among them: it shows what every role may see, and no more. Each
time something is about to be shown somewhere, the place is looked at anew: a channel may be another company's by then.
"""

from dataclasses import dataclass

from domain.errors import NotAllowed, TellPerson
from domain.ticket import Note, Place, Shown, Ticket, mark, progress, readable_notes, shown
from flows import ticket_facts, ticket_notes, ticket_readers
from flows.context import Context
from flows.desk import Desk
from storage.store import Work


@dataclass(frozen=True)
class News:
    """What a thread has not been told: a comment, or from where to where the ticket went."""

    note: Note | None = None
    before: str = ""
    after: str = ""
    status: str = ""


def follow(context: Context, desk: Desk, ticket_id: str) -> Shown:
    """What is to be posted where the person is. Raises TellPerson where it may not stand."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id)
        there = [place for place in work.ticket_places.of(ticket_id) if place.channel == desk.channel]
    if desk.bound is None or desk.bound.id != ticket.company_id:
        raise TellPerson(
            "A ticket can be followed in a channel that is bound to its company only: others would read along here. "
            f"An Admin binds a channel in `{context.words.command} settings`."
        )
    if there:
        raise TellPerson("This ticket is followed here already: its card and its thread are above.")
    trouble = ticket_notes.looked(context, ticket)
    if trouble:
        raise TellPerson(f"{trouble} The comments so far could not be read, so nothing was posted. Try again soon.")
    card = current(context, ticket_id)
    if card is None:
        raise NotAllowed(ticket_readers.NOT_THERE)
    return card[0]


def posted(context: Context, ticket_id: str, channel: str, ts: str, thread: bool) -> None:
    """A card stands there now. Its thread is told what comes from now on."""
    with context.store.write() as work:
        ticket = work.tickets.live(ticket_id)
        if ticket is not None:
            notes = work.ticket_notes.of(ticket_id)
            place = Place(channel, ts, ticket_id, ticket.company_id, thread, "", ticket.status)
            work.ticket_places.add(place, [note.id for note in notes if note.external_id is not None])


def current(context: Context, ticket_id: str) -> tuple[Shown, str] | None:
    """The card as everybody may see it, and its mark; None when the ticket is not here any more."""
    with context.store.work() as work:
        ticket = work.tickets.live(ticket_id)
        if ticket is None:
            return None
        notes, changes = work.ticket_notes.of(ticket_id), work.ticket_changes.open_of([ticket_id])
        facts = ticket_facts.facts(context, work, ticket.connection_id, ticket.company_id, [ticket.contact_id])
        group = ticket_readers.common_group(work, ticket.connection_id)
        return shown(ticket, group, facts, notes, changes), mark(ticket, notes, changes)


def drawn(context: Context, place: Place) -> tuple[Shown, str] | None:
    """The card as it may stand in that place now, and its mark; None when it may not: see `is_here`."""
    with context.store.work() as work:
        ticket = work.tickets.live(place.ticket_id)
        fits = ticket is not None and _may_stand(work, place, ticket)
    return current(context, place.ticket_id) if fits else None


def is_here(context: Context, ticket_id: str) -> bool:
    """Whether the ticket is here at all, wherever its card may stand."""
    with context.store.work() as work:
        return work.tickets.live(ticket_id) is not None


def _may_stand(work: Work, place: Place, ticket: Ticket) -> bool:
    """A thread goes on in a channel that is bound to the ticket's company; no card stays in another company's."""
    bound = work.desks.bound(place.channel)
    return bound.id == ticket.company_id if bound is not None else not place.thread


def of(context: Context, ticket_id: str) -> tuple[Place, ...]:
    with context.store.work() as work:
        return work.ticket_places.of(ticket_id)


def behind(context: Context, connection_id: str) -> list[str]:
    """Tickets of which some card shows something else than what is."""
    with context.store.work() as work:
        places = work.ticket_places.of_connection(connection_id)
        return sorted({place.ticket_id for place in places if _is_behind(work, place)})


def _is_behind(work: Work, place: Place) -> bool:
    ticket = work.tickets.live(place.ticket_id)
    if ticket is None or not _may_stand(work, place, ticket):
        return True
    notes, changes = work.ticket_notes.of(ticket.id), work.ticket_changes.open_of([ticket.id])
    return place.told != mark(ticket, notes, changes) or (place.thread and bool(_news(work, place, ticket, notes)))


def redrawn(context: Context, place: Place, mark: str) -> None:
    with context.store.write() as work:
        work.ticket_places.told(place, mark)


def forget(context: Context, place: Place) -> None:
    """The message is gone, or the channel takes no more."""
    with context.store.write() as work:
        work.ticket_places.forget(place)


# --- the thread --------------------------------------------------------------------------------------------------


def news(context: Context, place: Place) -> tuple[News, ...]:
    """What the thread is yet to be told, in order."""
    with context.store.work() as work:
        ticket = work.tickets.live(place.ticket_id)
        if ticket is None or not _may_stand(work, place, ticket):
            return ()
        return _said_news(context, work, place, ticket)


def _said_news(context: Context, work: Work, place: Place, ticket: Ticket) -> tuple[News, ...]:
    found = _news(work, place, ticket, work.ticket_notes.of(ticket.id))
    facts = ticket_facts.facts(context, work, ticket.connection_id)
    group = ticket_readers.common_group(work, ticket.connection_id)
    return tuple(
        News(each.note, progress(facts, group, place.told_status), progress(facts, group, ticket.status), each.status)
        for each in found
    )


def _news(work: Work, place: Place, ticket: Ticket, notes: tuple[Note, ...]) -> tuple[News, ...]:
    told = work.ticket_places.told_notes(place)
    group = ticket_readers.common_group(work, ticket.connection_id)
    readable = readable_notes(notes, group)
    found = [News(note) for note in readable if note.external_id is not None and note.id not in told]
    if ticket.status != place.told_status:
        found.append(News(status=ticket.status))
    return tuple(found)


def claim(context: Context, place: Place, one: News) -> bool:
    """Whether this is yet to be said in the thread; True once, whoever else is about to say it. Ask right before saying."""
    with context.store.write() as work:
        ticket = work.tickets.live(place.ticket_id)
        if ticket is None or not _may_stand(work, place, ticket):
            return False
        if one.note is not None:
            return work.ticket_places.claim_note(place, one.note.id)
        return work.ticket_places.claim_status(place, one.status)


def unclaim(context: Context, place: Place, one: News) -> None:
    """Slack would not take it: it is to be said later."""
    with context.store.write() as work:
        if one.note is not None:
            work.ticket_places.unclaim_note(place, one.note.id)
        else:
            work.ticket_places.unclaim_status(place, one.status)

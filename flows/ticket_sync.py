"""Tickets and their comments as the PSA has them: synced with the rest, and read one by one when a webhook says so.

A whole read brings what is wanted, of all companies at once; every row is sorted out by its scope. In between only what
had activity is asked for. The whole is read again daily, for a company that was mapped since, and for other settings.
"""

import dataclasses
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from domain.errors import GangwayError, Stranger
from domain.isolation import Link, LinkState, Scope, scope_of, sort_out
from domain.ports import Page
from domain.psa import HasPicklists, HasTickets, TicketsWanted, UpstreamTicket
from domain.ticket import Ticket
from flows import connect, setups, sync_guard, ticket_facts, ticket_moves, ticket_notes, ticket_places
from flows.context import Context, Steps
from flows.patience import GaveUp, patiently, quietly
from flows.sync_round import Round, Seen, whole_key
from flows.sync_walk import last_read, pages
from storage.store import Work
from storage.tickets import Arrived

RECENT = timedelta(minutes=15)  # how far back a callout about a ticket that is not here looks
PART = "tickets"


def tickets(context: Context, steps: Steps, source: HasTickets, round_: Round) -> str:
    """Part "tickets" of a sync; returns a sentence."""
    basis = steps("ticket basis", partial(_basis, context, round_))
    wanted = _wanted(basis)
    since = "" if basis["due"] else steps("tickets since", partial(last_read, context, round_))
    keep = partial(_keep, context, round_.connection.id, round_.id, wanted)
    if since:
        seen = pages(steps, "tickets changed", partial(source.all_tickets_changed, since), keep)
        said = f"{seen['changed']:,} changed." if seen["changed"] else "Nothing changed."
    else:
        seen, said = _whole(context, steps, source, round_, wanted, keep)
        if not seen:
            return said
        if isinstance(source, HasPicklists):
            _read_lists(context, steps, source, round_)
    steps("tickets as of", partial(_remember, context, round_, seen, None if since else basis))
    look_again = partial(_look_again, context, source, round_.connection.id, seen["as_of"])
    ticket_notes.bring(context, steps, source, round_.connection.id, seen["as_of"], look_again)
    for ticket_id in steps("places behind", partial(ticket_places.behind, context, round_.connection.id)):
        steps(f"told {ticket_id}", partial(tell, context, ticket_id))
    return said


def _whole(
    context: Context, steps: Steps, source: HasTickets, round_: Round, wanted: TicketsWanted, keep: Any
) -> tuple[Mapping[str, Any], str]:
    """Read all that is wanted and part with what is not there any more. Nothing read: the shrink guard stopped it."""
    counted = patiently(steps, "tickets counted", lambda: {"total": source.count_tickets(wanted)}, quietly)["total"]
    seen = pages(steps, "tickets", partial(source.all_tickets, wanted), keep)
    if counted is not None and seen["rows"] + max(10, counted // 100) < counted:  # tickets come and go while we read
        raise GaveUp(
            f"{round_.connection.title} gave only {seen['rows']:,} of its {counted:,} tickets. "
            "Nothing was removed; the next sync tries again."
        )
    steps("tickets unwanted", partial(_drop_unwanted, context, round_, wanted))
    whole = Seen(seen["rows"], seen["total"], True, seen["changed"])
    shrunk = sync_guard.guard(context, steps, round_, whole, partial(_known, context, round_))
    if shrunk:
        return {}, shrunk
    kept = steps("tickets kept", lambda: _known(context, round_)[1])
    gone = steps("tickets gone", partial(_drop_unseen, context, round_))
    said = f"{seen['changed']:,} changed." if seen["changed"] else "Nothing changed."
    said += f" {gone:,} gone." if gone else ""
    left_out = seen["rows"] - kept
    return seen, said + (f" {left_out:,} belong to companies that are not mapped." if left_out > 0 else "")


def _basis(context: Context, round_: Round) -> Mapping[str, Any]:
    """What the whole read rests on, and whether it must be done again for it."""
    with context.store.write() as work:
        chosen = setups.tickets(work, round_.connection.id).wanted
        links = work.links.live(round_.connection.id)
        active = sorted(f"{link.id}.{link.version}" for link in links if link.state is LinkState.ACTIVE)
        before = work.settings.get(_basis_key(round_.connection.id), {})
        work.settings.put(_round_key(round_.connection.id), round_.id)
    wanted = {name: sorted(values) for name, values in dataclasses.asdict(chosen).items()}
    due = before.get("wanted") != wanted or not set(active) <= set(before.get("links", ()))
    return {"wanted": wanted, "links": active, "due": due}


def _wanted(basis: Mapping[str, Any]) -> TicketsWanted:
    return TicketsWanted(**{name: frozenset(values) for name, values in basis["wanted"].items()})


def forget_basis(work: Work, connection_id: str) -> None:
    """Let the next sync read all of it."""
    work.settings.put(_basis_key(connection_id), {})


def _basis_key(connection_id: str) -> str:
    return f"tickets read:{connection_id}"


def _round_key(connection_id: str) -> str:
    return f"tickets round:{connection_id}"


def _remember(context: Context, round_: Round, seen: Mapping[str, Any], basis: Mapping[str, Any] | None) -> bool:
    """How far was read; after a whole read also what it rested on."""
    with context.store.write() as work:
        known = work.syncs.get(round_.connection.id, round_.kind)
        count = work.tickets.known(round_.connection.id, round_.id)[0]
        work.syncs.put(dataclasses.replace(known, as_of=seen["as_of"] or known.as_of, known=count))
        if basis is not None:
            kept = {"wanted": basis["wanted"], "links": basis["links"]}
            work.settings.put(_basis_key(round_.connection.id), kept)
            work.settings.put(whole_key(round_.connection.id, round_.kind), context.clock().isoformat())
    return True


def _known(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        return work.tickets.known(round_.connection.id, round_.id)


def _drop_unwanted(context: Context, round_: Round, wanted: TicketsWanted) -> int:
    with context.store.write() as work:
        return work.tickets.drop_unwanted(round_.connection.id, wanted)


def _drop_unseen(context: Context, round_: Round) -> int:
    with context.store.write() as work:
        return work.tickets.drop_unseen(round_.connection.id, round_.id)


def _read_lists(context: Context, steps: Steps, source: HasPicklists, round_: Round) -> None:
    """New queues and statuses have names too. Without the lists the tickets are as right as before."""
    try:
        patiently(steps, "ticket lists", partial(_keep_lists, context, source, round_.connection.id), quietly)
    except GaveUp:
        return


def _keep_lists(context: Context, source: HasPicklists, connection_id: str) -> Mapping[str, Any]:
    lists = source.picklists()
    with context.store.write() as work:
        work.picks.put(connection_id, lists)
    return {}


# --- keeping -----------------------------------------------------------------------------------------------------


def _keep(
    context: Context, connection_id: str, round_id: str, wanted: TicketsWanted, page: Page[UpstreamTicket]
) -> int:
    """A page's tickets of companies that are mapped; the others are nobody's here. Returns how many are news."""
    ticket_moves.part(context, connection_id, page.rows)
    with context.store.write() as work:
        arrived = _sorted_out(work, connection_id, wanted, page.rows)
        news = work.tickets.take_in(connection_id, arrived, round_id, context.new_id, context.clock())
        work.tickets.saw(connection_id, [bad.id for bad in page.bad if bad.id], round_id)
    return len(news)


def _sorted_out(
    work: Work, connection_id: str, wanted: TicketsWanted, rows: Collection[UpstreamTicket]
) -> list[Arrived]:
    scopes = _scopes(work.links.live(connection_id))
    kept = [row for company in sort_out(rows, scopes).values() for row in company]
    return [Arrived(row, scopes[str(row.company_id)], is_wanted(wanted, row)) for row in kept]


def _scopes(links: Collection[Link]) -> dict[str, Scope]:
    return {link.external_id: scope_of(link) for link in links if link.state is LinkState.ACTIVE}


def is_wanted(wanted: TicketsWanted, row: UpstreamTicket) -> bool:
    """Whether a ticket is among those to be synced, for reads that do not ask for those alone."""
    inside = (not wanted.queues or row.queue in wanted.queues) and (
        not wanted.categories or row.category in wanted.categories
    )
    return inside and row.status not in wanted.without_statuses


# --- one by one --------------------------------------------------------------------------------------------------


def refresh(context: Context, connection_id: str, external_id: str, said_gone: bool = False) -> None:
    """A ticket changed at the PSA: read it in one call, and bring up to date what shows it. Raises as a source does.

    One that is not here yet is looked for among the latest, also in one call. One that is not found there stays as it
    is, unless the PSA itself said that it was deleted (`said_gone`): else only a whole read, guarded, parts with tickets.
    """
    source = ticket_facts.source_of(context, connection_id)
    with context.store.work() as work:
        on = setups.is_on(work, connection_id, PART)
        ticket = work.tickets.of_upstream(connection_id, external_id)
        link = work.links.get(ticket.link_id) if ticket else None
    if source is None or not on:
        return
    if ticket is None or link is None or link.state is not LinkState.ACTIVE:
        _take_in_latest(context, source, connection_id)
        return
    try:
        row = source.ticket(scope_of(link), external_id)
    except Stranger:
        ticket_moves.forget(context, connection_id, external_id)
        _take_in_latest(context, source, connection_id)  # perhaps another company's here has it now
        return
    if row is None and said_gone:
        _leave(context, ticket.id)
    _take_in(context, connection_id, [row] if row is not None else [])


def _leave(context: Context, ticket_id: str) -> None:
    with context.store.write() as work:
        work.tickets.drop(ticket_id)
    tell(context, ticket_id)


def _take_in_latest(context: Context, source: HasTickets, connection_id: str) -> None:
    since = (context.clock() - RECENT).isoformat()
    _take_in(context, connection_id, source.all_tickets_changed(since, None).rows)


def _look_again(context: Context, source: HasTickets, connection_id: str, since: str) -> None:
    """See that no ticket went to another company while comments, which do not say whose they are, were being read."""
    cursor: str | None = None
    while since:
        page = source.all_tickets_changed(since, cursor)
        _take_in(context, connection_id, page.rows)
        cursor = page.next
        if cursor is None:
            return


def _take_in(context: Context, connection_id: str, rows: Collection[UpstreamTicket]) -> None:
    """Outside of a round: what comes counts as seen by the one that may be under way."""
    ticket_moves.part(context, connection_id, rows)
    with context.store.write() as work:
        round_id = work.settings.get(_round_key(connection_id), "")
        arrived = _sorted_out(work, connection_id, setups.tickets(work, connection_id).wanted, rows)
        news = work.tickets.take_in(connection_id, arrived, round_id, context.new_id, context.clock())
    for ticket_id in sorted(news):
        tell(context, ticket_id)


def refresh_note(context: Context, connection_id: str, _note_id: str, ticket_external_id: str = "") -> None:
    """A comment changed at the PSA: read the comments of its ticket in one call; where that is not known, the latest ones."""
    source = ticket_facts.source_of(context, connection_id)
    with context.store.work() as work:
        found = work.tickets.of_upstreams(connection_id, [ticket_external_id]) if ticket_external_id else {}
        on = setups.is_on(work, connection_id, PART)
    if source is None or not on:
        return
    if ticket_external_id in found:
        _read_notes(context, source, found[ticket_external_id])
    elif not ticket_external_id:
        since = (context.clock() - RECENT).isoformat()
        latest = source.notes_changed(since, None)
        _look_again(context, source, connection_id, since if latest.rows else "")
        for ticket_id in ticket_notes.keep(context, connection_id, latest):
            tell(context, ticket_id)


def _read_notes(context: Context, source: HasTickets, ticket: Ticket) -> None:
    try:
        ticket_notes.read(context, source, ticket)
    except Stranger:
        ticket_moves.forget(context, ticket.connection_id, str(ticket.external_id))
        _take_in_latest(context, source, ticket.connection_id)


def tell(context: Context, ticket_id: str) -> bool:
    """Bring every card of a ticket up to date."""
    context.tell.ticket(ticket_id)
    return True


def notes_looked(context: Context, ticket: Ticket) -> str:
    """Its comments read anew for somebody who opens a card: a sentence where the PSA could not be asked, "" else."""
    source = ticket_facts.source_of(context, ticket.connection_id)
    try:
        if source is not None:
            _read_notes(context, source, ticket)
    except GangwayError as error:
        connect.note_refusal(context, ticket.connection_id, error)
        return error.said
    return ""


def looked(context: Context, connection_id: str, external_id: str) -> str:
    """`refresh`, with what went wrong as a sentence; "" when nothing did."""
    try:
        refresh(context, connection_id, external_id)
    except GangwayError as error:
        connect.note_refusal(context, connection_id, error)
        return error.said
    return ""

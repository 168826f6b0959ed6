"""Comments on tickets as the PSA has them: the latest with each sync, all of a ticket's when its card is opened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from domain.errors import GangwayError
from domain.isolation import LinkState, Scope, scope_of
from domain.ports import Page
from domain.psa import HasTickets, Pick, UpstreamNote
from domain.ticket import Facts, Note, Ticket, without_title
from flows import connect, ticket_facts
from flows.context import Context, Steps
from flows.patience import patiently, quietly
from flows.sync_walk import OVERLAP
from storage.store import Work

MOST_PAGES = 20


def bring(
    context: Context, steps: Steps, source: HasTickets, connection_id: str, as_of: str, look_again: Callable[[], None]
) -> None:
    """Within a sync: comments since the last one. The first asks for none: those of a ticket come when it is looked at.

    `look_again` parts with tickets that went to another company since `as_of`; it is called before comments are kept.
    """
    since = steps("notes since", partial(_since, context, connection_id))
    cursor: str | None = None
    number = 0
    while since:
        number += 1
        page = patiently(steps, f"notes {number}", partial(_page, context, source, connection_id, since, cursor, look_again), quietly)
        cursor = page["next"]
        if cursor is None:
            break
    steps("notes as of", partial(_remember, context, connection_id, as_of))


def _since(context: Context, connection_id: str) -> str:
    with context.store.work() as work:
        as_of = work.settings.get(f"notes read:{connection_id}", "")
    return (datetime.fromisoformat(as_of) - OVERLAP).isoformat() if as_of else ""


def _remember(context: Context, connection_id: str, as_of: str) -> bool:
    if as_of:
        with context.store.write() as work:
            work.settings.put(f"notes read:{connection_id}", as_of)
    return True


def _page(
    context: Context, source: HasTickets, connection_id: str, since: str, cursor: str | None,
    look_again: Callable[[], None],
) -> Mapping[str, Any]:
    page = source.notes_changed(since, cursor)
    if page.rows:
        look_again()
    keep(context, connection_id, page)
    return {"next": page.next}


def keep(context: Context, connection_id: str, page: Page[UpstreamNote]) -> tuple[str, ...]:
    """Comments on tickets that are here; the others are nobody's. Returns our ids of tickets with news."""
    by_ticket: dict[str, list[UpstreamNote]] = {}
    for row in page.rows:
        by_ticket.setdefault(row.ticket_id, []).append(row)
    news = []
    with context.store.write() as work:
        for external_id, ticket in work.tickets.of_upstreams(connection_id, list(by_ticket)).items():
            rows = _untitled(by_ticket[external_id], work.ticket_notes.of(ticket.id))
            facts = _facts(context, work, ticket, rows)
            notes = [_note(ticket, row, facts) for row in rows]
            if work.ticket_notes.take_in(ticket, notes, context.new_id):
                news.append(ticket.id)
    return tuple(sorted(news))


def read(context: Context, source: HasTickets, ticket: Ticket) -> bool:
    """All comments of one ticket, one call a page; True when something is new. Raises as a source does.

    Comments do not say whose they are. So before new ones are kept the ticket is looked at, which raises Stranger where
    it went to another company. What was here and is not there any more goes, unless the answer is empty: nothing is believed gone for that.
    """
    with context.store.work() as work:
        link = work.links.get(ticket.link_id)
        known = work.ticket_notes.of(ticket.id)
    if link is None or link.state is not LinkState.ACTIVE or ticket.external_id is None:
        return False
    before = {note.external_id: (note.text, note.modified) for note in known if note.external_id}
    found, is_whole = _all(source, ticket, scope_of(link))
    rows = _untitled(found, known)
    is_known = all(before.get(row.id) == (row.text, row.modified) for row in rows)
    if not is_known and source.ticket(scope_of(link), ticket.external_id) is None:
        return False
    with context.store.write() as work:
        facts = _facts(context, work, ticket, rows)
        news = work.ticket_notes.take_in(ticket, [_note(ticket, row, facts) for row in rows], context.new_id)
        gone = before.keys() - {row.id for row in rows} if rows and is_whole else set()
        work.ticket_notes.drop(ticket.id, sorted(gone))
    if news or gone:
        context.tell.ticket(ticket.id)
    return news or bool(gone)


def looked(context: Context, ticket: Ticket) -> str:
    """`read` for somebody who opens a card: a sentence where the PSA could not be asked, "" else."""
    source = ticket_facts.source_of(context, ticket.connection_id)
    try:
        if source is not None:
            read(context, source, ticket)
    except GangwayError as error:
        connect.note_refusal(context, ticket.connection_id, error)
        return error.said
    return ""


def _all(source: HasTickets, ticket: Ticket, scope: Scope) -> tuple[list[UpstreamNote], bool]:
    rows: list[UpstreamNote] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = source.notes(scope, str(ticket.external_id), cursor)
        rows += [row for row in page.rows if row.ticket_id == ticket.external_id]
        cursor = page.next
        if cursor is None:
            return rows, not page.bad
    return rows, False


def _facts(context: Context, work: Work, ticket: Ticket, rows: Sequence[UpstreamNote]) -> Facts:
    return ticket_facts.facts(context, work, ticket.connection_id, ticket.company_id, [row.contact_id for row in rows])


def _untitled(rows: Sequence[UpstreamNote], known: Sequence[Note]) -> list[UpstreamNote]:
    titles = {note.title for note in known if note.made_by} - {""}
    return [replace(row, text=without_title(row.text, titles)) for row in rows]


def _note(ticket: Ticket, row: UpstreamNote, facts: Facts) -> Note:
    owner = facts.labels.get(Pick.OWNERS, {}).get(row.author_id, "")
    author = row.author or owner or facts.contacts.get(row.contact_id, "")
    return Note(
        "", ticket.id, ticket.company_id, row.text, row.title, row.id, row.for_client, author, bool(row.contact_id),
        row.at, row.modified,
    )  # fmt: skip

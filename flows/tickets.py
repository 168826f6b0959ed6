"""Looking at tickets: lists with filters, the card of one. What a reader may not see is left out here."""

from dataclasses import dataclass
from enum import StrEnum

from domain.company import Company
from domain.display_group import DisplayGroup, TicketField, settable
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.paging import turned
from domain.psa import Choice, Pick
from domain.roles import Act, Role
from domain.ticket import Facts, Shown, Ticket, Which, shown
from flows import companies, connect, ticket_facts, ticket_readers, ticket_sync
from flows.context import Context
from flows.desk import Desk
from storage.store import Work
from storage.tickets import Lens

SIZE = 8


class Do(StrEnum):
    """What a person may do at a card."""

    COMMENT = "comment"
    STATUS = "status"
    ASSIGN = "assign"
    FOLLOW = "follow"
    RETRY = "retry"
    AMEND = "amend"


@dataclass(frozen=True)
class Line:
    shown: Shown
    company: str  # "" where the list is of one company


@dataclass(frozen=True)
class TicketPage:
    company: Company | None
    lines: tuple[Line, ...]
    page: int  # from 1
    pages: int
    total: int
    which: Which
    queue: tuple[str, str] | None  # label and id of the one that is filtered by
    search: str
    by_queue: bool  # whether the reader may filter so
    by_me: bool


@dataclass(frozen=True)
class Card:
    shown: Shown
    company: str
    may: frozenset[Do]
    remark: str = ""  # e.g. that the PSA could not be asked


def company_meant(context: Context, desk: Desk, words: str) -> Company | None:
    """The company named, else the desk's, else None: all that the person may see."""
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.TICKETS)
    if desk.actor.role is Role.CLIENT:
        assert desk.bound is not None
        if words and words.casefold() not in (desk.bound.name.casefold(), desk.bound.domain):
            raise NotAllowed(desk.refusal())
        return desk.bound
    return companies.find(context, desk, words) if words else desk.company


def page(
    context: Context, desk: Desk, company_id: str | None, which: Which = Which.OPEN, queue: str = "", search: str = "",
    number: int = 1,
) -> TicketPage:
    """Tickets of one company, or of all that the desk sees. `queue` is "<connection>|<id>"."""
    connections = _connections(context)
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.TICKETS)
        company = _company(work, desk, company_id)
        groups = {each: ticket_readers.group(work, desk, each) for each in connections}
        facts = {each: ticket_facts.facts(context, work, each) for each in connections}
        by_me = any(TicketField.ASSIGNEE in group.fields for group in groups.values())
        by_queue = any(TicketField.QUEUE in group.fields for group in groups.values())
        which = which if by_me or which is not Which.MINE else Which.OPEN
        chosen = _queue(queue, groups, facts)
        lenses = _lenses(work, desk, connections, facts, which, chosen)
        of = company.id if company else None
        _, total = work.tickets.search(of, lenses, search, 0)
        number, pages = turned(number, total, SIZE)
        found, _ = work.tickets.search(of, lenses, search, SIZE, (number - 1) * SIZE)
        names = {} if company else {each: _name(work, each) for each in {ticket.company_id for ticket in found}}
        lines = tuple(
            Line(shown(each, groups[each.connection_id], facts[each.connection_id], last=0), names.get(each.company_id, ""))
            for each in found
        )
    return TicketPage(company, lines, number, pages, total, which, chosen, search, by_queue, by_me)


def _connections(context: Context) -> tuple[str, ...]:
    connections = ticket_facts.with_tickets(context)
    if not connections:
        raise TellPerson(
            f"Tickets are not switched on yet. An Admin connects a PSA and switches them on in `{context.words.command} setup`."
        )
    return tuple(connection.id for connection in connections)


def _company(work: Work, desk: Desk, company_id: str | None) -> Company | None:
    if company_id is None:
        return desk.bound
    return companies.at(work, desk, company_id)


def _name(work: Work, company_id: str) -> str:
    company = work.companies.get(company_id)
    return company.name if company else ""


def _queue(queue: str, groups: dict[str, DisplayGroup], facts: dict[str, Facts]) -> tuple[str, str] | None:
    """Label and id of a queue to filter by; a hidden field is no filter either: it would tell by what is found."""
    connection_id, _, id_ = queue.partition("|")
    if not id_ or connection_id not in groups or TicketField.QUEUE not in groups[connection_id].fields:
        return None
    return facts[connection_id].label(Pick.QUEUES, id_), queue


def _lenses(
    work: Work, desk: Desk, connections: tuple[str, ...], facts: dict[str, Facts], which: Which,
    queue: tuple[str, str] | None,
) -> list[Lens]:
    only, _, queue_id = queue[1].partition("|") if queue else ("", "", "")
    return [
        Lens(each, facts[each].closed, which, _owner(work, desk, each) if which is Which.MINE else None, queue_id)
        for each in connections
        if only in ("", each)
    ]


def _owner(work: Work, desk: Desk, connection_id: str) -> str:
    """Who the person is at the PSA, by their address; "" for nobody."""
    email = desk.actor.email.casefold()
    owners = work.picks.of(connection_id, Pick.OWNERS)
    return next((owner.id for owner in owners if email and owner.email.casefold() == email), "")


def queues(context: Context, desk: Desk, typed: str) -> tuple[tuple[str, str], ...]:
    """For the filter: label and id of queues that hold what was typed."""
    found = []
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.TICKETS)
        for connection in ticket_facts.with_tickets(context):
            if TicketField.QUEUE in ticket_readers.group(work, desk, connection.id).fields:
                wanted = ticket_facts.facts(context, work, connection.id).settings.queues
                found += [(choice.label, f"{connection.id}|{choice.id}") for choice in work.picks.of(connection.id, Pick.QUEUES)
                          if choice.fits(typed) and (not wanted or choice.id in wanted)]  # fmt: skip
    return tuple(found)


# --- one ---------------------------------------------------------------------------------------------------------


def by_number(context: Context, desk: Desk, number: str) -> Card:
    """The card of the ticket that a person means by its number, with its comments read anew."""
    with context.store.work() as work:
        ticket = ticket_readers.numbered(work, desk, number.strip())
    return card(context, desk, ticket.id, ticket_sync.notes_looked(context, ticket))


def opened(context: Context, desk: Desk, ticket_id: str) -> Card:
    """The card behind a button, with its comments read anew."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id)
    return card(context, desk, ticket_id, ticket_sync.notes_looked(context, ticket))


def refreshed(context: Context, desk: Desk, ticket_id: str) -> Card:
    """The card with everything read anew. Raises TellPerson where the source is not connected any more."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id)
    connect.one(context, ticket.connection_id)
    unread = _unopened(context, ticket.connection_id)
    if unread:
        return card(context, desk, ticket_id, unread)
    remark = ticket_sync.looked(context, ticket.connection_id, ticket.external_id) if ticket.external_id else ""
    return opened(context, desk, ticket_id) if not remark else card(context, desk, ticket_id, remark)


def _unopened(context: Context, connection_id: str) -> str:
    """Why the source cannot be asked at all, e.g. for its credentials; "" when it can."""
    try:
        context.sources.of(connection_id)
    except GangwayError as error:
        return error.said
    return ""


def card(context: Context, desk: Desk, ticket_id: str, remark: str = "") -> Card:
    """The card as it stands here."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id)
        group = ticket_readers.group(work, desk, ticket.connection_id)
        notes, changes = work.ticket_notes.of(ticket_id), work.ticket_changes.open_of([ticket_id])
        facts = ticket_facts.facts(context, work, ticket.connection_id, ticket.company_id, [ticket.contact_id])
        company = _name(work, ticket.company_id)
        choices = statuses(work, group, facts, ticket)
    made = shown(ticket, group, facts, notes, changes, _address(context, group, ticket))
    return Card(made, company, _may(desk, ticket, group, choices, made), remark)


def statuses(work: Work, group: DisplayGroup, facts: Facts, ticket: Ticket) -> tuple[Choice, ...]:
    """The statuses that a group may give a ticket: those of its queue, but none that would take it out of the sync."""
    return tuple(
        choice for choice in settable(group, work.picks.of(ticket.connection_id, Pick.TICKET_STATUSES))
        if choice.parent_id in ("", ticket.queue) and choice.id not in facts.settings.without_statuses
    )  # fmt: skip


def _address(context: Context, group: DisplayGroup, ticket: Ticket) -> str:
    source = ticket_facts.source_of(context, ticket.connection_id) if TicketField.LINK in group.fields else None
    try:
        return source.ticket_address(ticket.external_id) if source is not None and ticket.external_id else ""
    except GangwayError:
        return ""


def _may(desk: Desk, ticket: Ticket, group: DisplayGroup, choices: tuple[Choice, ...], made: Shown) -> frozenset[Do]:
    found = set()
    if desk.actor.may(Act.COMMENT) and ticket.external_id is not None:
        found |= {Do.COMMENT} | ({Do.STATUS} if choices else set())
    if desk.actor.may(Act.SERVE) and ticket.external_id is not None and TicketField.ASSIGNEE in group.fields:
        found.add(Do.ASSIGN)
    if desk.bound is not None and desk.bound.id == ticket.company_id:
        found.add(Do.FOLLOW)
    if desk.actor.may(Act.COMMENT) and made.troubles:
        found.add(Do.RETRY)
    if desk.actor.may(Act.COMMENT) and made.refused and ticket.made_by == desk.actor.user_id:
        found.add(Do.AMEND)
    return frozenset(found)

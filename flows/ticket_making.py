"""Making tickets: what the form offers, what a category asks for, and the one way in which one is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.company import Company
from domain.display_group import TicketField, TicketTemplate
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.isolation import Link, LinkState
from domain.person import PersonKind
from domain.psa import Choice, Pick
from domain.roles import Act, Actor, Role
from domain.setup import Stage, Tickets
from domain.ticket import Ticket
from flows import companies, connect, display_groups, setups, sources, ticket_facts, ticket_readers, ticket_work
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

TITLE_LIMIT, TEXT_LIMIT = 250, 3000
CHOSEN: Mapping[str, tuple[TicketField, Pick]] = {  # NewTicket's field → what it is to people, and the list it is chosen from
    "category": (TicketField.CATEGORY, Pick.TICKET_CATEGORIES),
    "priority": (TicketField.PRIORITY, Pick.PRIORITIES),
    "queue": (TicketField.QUEUE, Pick.QUEUES),
}
_KEPT = ("title", "description", "status", "queue", "category", "type", "priority", "contact_id")
_LISTS = {**{name: pick for name, (_, pick) in CHOSEN.items()}, "status": Pick.TICKET_STATUSES, "type": Pick.TICKET_TYPES}


@dataclass(frozen=True)
class Form:
    """A new ticket as it is being filled in. `offered`: by NewTicket's field, only those that the person's role sees."""

    company: Company
    connection_id: str
    source: str  # the PSA's name
    values: Mapping[str, str]
    labels: Mapping[str, str]  # of what is chosen, by field
    offered: Mapping[str, tuple[Choice, ...]]
    required: frozenset[str]
    templates: tuple[TicketTemplate, ...]
    template_id: str
    with_contact: bool


def form(
    context: Context, desk: Desk, company_id: str, values: Mapping[str, str] | None = None, template_id: str = "",
    connection_id: str = "",
) -> Form:
    """At one connection, or at the first that has tickets of the company.

    Raises TellPerson where there is none, or where that one has none of the company any more.
    """
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.COMMENT)
        company, link = _linked(context, work, desk, company_id, connection_id)
        group = ticket_readers.group(work, desk, link.connection_id)
        settings = setups.tickets(work, link.connection_id)
        source = context.connectors[connection.source] if (connection := work.connections.get(link.connection_id)) else None
        templates = display_groups.templates(work, source.name) if source else ()
        template = next((each for each in templates if each.id == template_id), None)
        filled = {**_start(work, link.connection_id, settings, template), **_self(work, desk, link), **(values or {})}
        filled["type"] = settings.types.get(filled.get("category", ""), filled.get("type", ""))
        filled |= _together(work, link.connection_id, settings, filled)
        offered = {
            name: _offered(work, link.connection_id, settings, name)
            for name, (field, _) in CHOSEN.items() if field in group.fields
        }  # fmt: skip
        sees_contact = TicketField.CONTACT in group.fields
        labels = _labels(work, link, filled)
    required = _required(context, link.connection_id, filled.get("category", ""))
    required |= {"priority"} if offered.get("priority") else frozenset()
    return Form(
        company, link.connection_id, source.title if source else "the PSA", filled, labels, offered, required, templates,
        template.id if template else "", sees_contact,
    )  # fmt: skip


def again(context: Context, desk: Desk, ticket_id: str) -> Form:
    """The form of a ticket that the PSA refused, as it was filled in. Raises TellPerson where it cannot be filled in again."""
    with context.store.work() as work:
        ticket = ticket_readers.find(work, desk, ticket_id, Act.COMMENT)
    if not ticket.is_refused:
        raise TellPerson("This ticket was made or tried again meanwhile. Press Refresh to see it.")
    if ticket.made_by != desk.actor.user_id:
        raise TellPerson("Only who made this ticket can fill it in again. Make a new one instead.")
    values = {name: getattr(ticket, name) for name in _KEPT if getattr(ticket, name)}
    return form(context, desk, ticket.company_id, values, connection_id=ticket.connection_id)


def _linked(context: Context, work: Work, desk: Desk, company_id: str, connection_id: str = "") -> tuple[Company, Link]:
    """The company and its live mapping to a PSA whose tickets are here: to that one, where one is named."""
    company = companies.at(work, desk, company_id)
    links = {link.connection_id: link for link in work.links.of_one_company(company_id) if link.state is LinkState.ACTIVE}
    for connection in ticket_facts.with_tickets(context):
        if connection.id in links and connection_id in ("", connection.id):
            return company, links[connection.id]
    if connection_id:
        raise sources.no_more(context, company, connection_id, "Nothing was made.")
    raise TellPerson(
        f"{company.name} is not mapped to a PSA whose tickets are switched on here. Map it first.", remedy="map"
    )


def _start(work: Work, connection_id: str, settings: Tickets, template: TicketTemplate | None) -> dict[str, str]:
    """Where a new ticket begins: the PSA's own defaults, ours over them, the template's over both."""
    found: dict[str, str] = {}
    for name in ("status", "priority"):  # no PSA takes a ticket without
        choices = _offered(work, connection_id, settings, name)
        stage = settings.stages.get(Stage.NEW, frozenset()) if name == "status" else frozenset()
        found |= {name: _first(choices, stage)} if choices else {}
    found |= {name: value for name, value in settings.defaults.items() if value}
    if template is not None:
        found |= {name: value for name, value in template.values.items() if value}
        found |= {"title": template.title, "description": template.description}
    return found


def _first(choices: Sequence[Choice], stage: frozenset[str]) -> str:
    """The PSA's default of a list, else one of a stage, else the first; "" where there is none."""
    best = sorted(choices, key=lambda choice: (not choice.is_default, choice.id not in stage))
    return best[0].id if best else ""


def _together(work: Work, connection_id: str, settings: Tickets, filled: Mapping[str, str]) -> dict[str, str]:
    """What belongs to one queue goes with that queue alone: where none is chosen it is theirs, beside another they give way."""
    found: dict[str, str] = {}
    queue = filled.get("queue", "")
    for name in ("status", "type"):
        there = _offered(work, connection_id, settings, name)
        parent = next((choice.parent_id for choice in there if choice.id == filled.get(name)), "")
        if parent and not queue:
            queue = found["queue"] = parent
        elif parent and parent != queue:
            fitting = [choice for choice in there if choice.parent_id == queue]
            found[name] = _first(fitting, settings.stages.get(Stage.NEW, frozenset())) if name == "status" else ""
    return found


def _self(work: Work, desk: Desk, link: Link) -> dict[str, str]:
    """A client who makes a ticket is its contact."""
    if desk.actor.role is not Role.CLIENT:
        return {}
    here = work.people.by_email(link.company_id, [desk.actor.email.strip().casefold()])
    origins = work.people.origins([person.id for person in here.values()])
    mine = [origin for each in origins.values() for origin in each if origin.connection_id == link.connection_id]
    return {"contact_id": mine[0].external_id} if mine else {}


def _offered(work: Work, connection_id: str, settings: Tickets, name: str) -> tuple[Choice, ...]:
    """What may be chosen: active values, and of queues, categories and statuses those that are synced."""
    synced = settings.queues | {""}  # a status or a type that belongs to no queue goes with each
    wanted = {"queue": settings.queues, "category": settings.categories}.get(name, frozenset())
    return tuple(
        choice for choice in work.picks.of(connection_id, _LISTS[name])
        if choice.is_active and (not wanted or choice.id in wanted) and (not settings.queues or choice.parent_id in synced)
        and not (name == "status" and choice.id in settings.without_statuses | settings.closed)
    )  # fmt: skip


def _labels(work: Work, link: Link, values: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, pick in _LISTS.items():
        found[name] = next((choice.label for choice in work.picks.of(link.connection_id, pick) if choice.id == values.get(name)), "")
    contact = values.get("contact_id", "")
    known = work.people.by_external(link.connection_id, PersonKind.END_USER, [contact]) if contact else {}
    found["contact_id"] = next((person.name for person, _ in known.values() if person.company_id == link.company_id), "")
    return found


def _required(context: Context, connection_id: str, category: str) -> frozenset[str]:
    source = ticket_facts.source_of(context, connection_id)
    try:
        with connect.noting(context, connection_id):
            return source.required_for(category) if source is not None else frozenset()
    except GangwayError:
        return frozenset()  # the PSA says so itself when the ticket is written


def choices(context: Context, desk: Desk, company_id: str, name: str, typed: str, connection_id: str = "") -> tuple[Choice, ...]:
    """For a picker of the form, fed from what is stored."""
    if name == "contact_id":
        return contacts(context, desk, company_id, typed, connection_id)
    found = form(context, desk, company_id, connection_id=connection_id).offered.get(name, ())
    return tuple(choice for choice in found if choice.fits(typed))


def contacts(context: Context, desk: Desk, company_id: str, typed: str, connection_id: str = "") -> tuple[Choice, ...]:
    """People of the company who came from this PSA."""
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.COMMENT)
        _, link = _linked(context, work, desk, company_id, connection_id)
        if TicketField.CONTACT not in ticket_readers.group(work, desk, link.connection_id).fields:
            return ()
        people = {person.id: person for person in work.people.named(typed, company_id, 300)}
        origins = work.people.origins(list(people))
    return tuple(
        Choice(origin.external_id, people[person_id].name)
        for person_id, each in origins.items()
        for origin in each
        if origin.connection_id == link.connection_id and origin.link_id == link.id and not origin.gone
    )


def create(
    context: Context, desk: Desk, ticket_id: str, company_id: str, values: Mapping[str, str], template_id: str = "",
    connection_id: str = "",
) -> str:
    """Make a ticket of what was filled in; its id. Raises TellPerson with the field to blame, NotAllowed for what is not offered.

    With `connection_id`, that its form was drawn for, nowhere else: the ids in `values` mean something else there.
    """
    there = form(context, desk, company_id, values, template_id, connection_id)
    seen = {**there.offered, "contact_id": contacts(context, desk, company_id, "", there.connection_id) if values.get("contact_id") else ()}
    for name in ("category", "priority", "queue", "contact_id"):
        given = values.get(name, "")
        if given and given not in {choice.id for choice in seen.get(name, ())}:
            raise TellPerson("This cannot be chosen any more. Choose something else.", field=name)
    _check(there, values)
    with context.store.write() as work:
        ticket_readers.admit(work, desk, Act.COMMENT)
        company, link = _linked(context, work, desk, company_id, there.connection_id)
        tries = _keep(context, work, desk.actor, ticket_id, company, link, there.values)
    ticket_work.put_off(context, "ticket", ticket_id, ticket_id, tries)
    return ticket_id


def _check(there: Form, values: Mapping[str, str]) -> None:
    if not there.values.get("title", "").strip():
        raise TellPerson("Give the ticket a title.", field="title")
    for name in sorted(there.required & {*there.offered, "description", "contact_id"}):
        if not there.values.get(name, "").strip():
            raise TellPerson("This category asks for it.", field=name)
    for name, most in (("title", TITLE_LIMIT), ("description", TEXT_LIMIT)):
        if len(values.get(name, "")) > most:
            raise TellPerson(f"That is too long: {most:,} characters are the most. Shorten it.", field=name)


def _keep(
    context: Context, work: Work, actor: Actor, ticket_id: str, company: Company, link: Link, values: Mapping[str, str]
) -> int:
    """Which try it is to write it: one that was refused is tried anew, as it was filled in now."""
    now = context.clock()
    taken: Any = {name: values.get(name, "") for name in ("status", "queue", "category", "type", "priority", "contact_id", "due")}
    ticket = Ticket(
        ticket_id, link.connection_id, None, company.id, link.id, link.external_id, "",
        " ".join(values.get("title", "").split()), now, values.get("description", "").strip(), created=now.isoformat(),
        assignee_id=values.get("assignee_id", ""), key=f"gangway-{ticket_id}", made_by=actor.user_id, **taken,
    )  # fmt: skip
    if work.tickets.add(ticket):
        work.journal.write(now, actor, "ticket", f"A ticket was made for {company.name}.", company.id, ticket_id)
        return 0
    there = work.tickets.get(ticket_id)
    if there is None or there.company_id != company.id or there.made_by != actor.user_id or there.link_id != link.id:
        raise NotAllowed(ticket_readers.NOT_THERE)
    if not there.is_refused:
        return there.tries
    work.tickets.amend(replace(ticket, tries=there.tries + 1))
    work.journal.write(now, actor, "ticket", f"A refused ticket of {company.name} was filled in again.", company.id, ticket_id)
    return there.tries + 1


def companies_offered(context: Context, desk: Desk, typed: str) -> tuple[Company, ...]:
    """For the picker: companies that tickets can be made for."""
    with context.store.work() as work:
        ticket_readers.admit(work, desk, Act.COMMENT)
        linked = {
            link.company_id for connection in ticket_facts.with_tickets(context)
            for link in work.links.live(connection.id) if link.state is LinkState.ACTIVE
        }  # fmt: skip
    if desk.actor.role is Role.CLIENT:
        return (desk.bound,) if desk.bound is not None and desk.bound.id in linked else ()
    return tuple(company for company in companies.options(context, desk, typed, 1000) if company.id in linked)

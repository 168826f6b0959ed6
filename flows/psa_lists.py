"""A PSA's own lists: read, kept, searched; and which settings still say what a list no longer has."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from domain.errors import TellPerson
from domain.psa import Choice, Feature, HasAssets, HasOpportunities, HasPicklists, HasTickets, Pick
from domain.roles import Act
from flows import connect, setups
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

OFFERED = 100  # Slack shows no more at once


@dataclass(frozen=True)
class Gone:
    """A setting that names a value which the source no longer has."""

    setting: str  # as the forms call it
    label: str  # the value's last known label


@dataclass(frozen=True)
class Refreshed:
    """What "Sync PSA data" found: how many values each list has, and which settings are orphaned."""

    title: str
    counts: Mapping[Pick, int]
    gone: tuple[Gone, ...]


def has_lists(context: Context, connection_id: str) -> bool:
    """Whether this source has lists at all. Opens it, but asks it nothing."""
    return isinstance(context.sources.of(connection_id), HasPicklists)


def features(context: Context, connection_id: str) -> frozenset[Feature]:
    """Which of the features that a person switches on this source can serve."""
    source = context.sources.of(connection_id)
    found = {
        Feature.TICKETS: isinstance(source, HasTickets),
        Feature.OPPORTUNITIES: isinstance(source, HasOpportunities),
        Feature.ASSETS: isinstance(source, HasAssets),
    }
    return frozenset(feature for feature, able in found.items() if able)


def refresh(context: Context, desk: Desk, connection_id: str) -> Refreshed:
    """Read every list anew: pickers use the new values at once. Raises TellPerson, AskOperator or TryLater."""
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    source = context.sources.of(connection_id)
    if not isinstance(source, HasPicklists):
        raise TellPerson(f"{connection.title} has no lists of its own to read.")
    with connect.noting(context, connection_id):
        lists = source.picklists()
    with context.store.write() as work:
        work.picks.put(connection_id, lists)
        work.settings.put(f"lists read:{connection_id}", context.clock().isoformat())
        gone = orphans(work, connection_id)
    return Refreshed(connection.title, {pick: len(choices) for pick, choices in lists.items()}, gone)


def read_at(context: Context, connection_id: str) -> str:
    """When the lists were read last, ISO; "" while they never were."""
    with context.store.work() as work:
        return str(work.settings.get(f"lists read:{connection_id}", ""))


def options(
    context: Context, desk: Desk, connection_id: str, pick: Pick, typed: str, with_inactive: bool = False
) -> tuple[Choice, ...]:
    """For a picker of the wizard: what a list offers. Inactive values come last, and say so."""
    desk.require(Act.LOOK)
    desk.whole_msp()
    active = offered(context, connection_id, pick, typed)
    if not with_inactive:
        return active
    with context.store.work() as work:
        idle = [one for one in _worded(work, connection_id, pick) if not one.is_active and one.fits(typed)]
    return (*active, *map(said, idle))[:OFFERED]


def said(choice: Choice) -> Choice:
    """As people are shown it: one that is inactive says so."""
    return choice if choice.is_active else dataclasses.replace(choice, label=f"{choice.label} (inactive)")


def offered(context: Context, connection_id: str, pick: Pick, typed: str) -> tuple[Choice, ...]:
    """Active values that fit what was typed, those that begin so first, from what was read last. Asks for no right."""
    words = typed.strip().casefold()
    with context.store.work() as work:
        fitting = [one for one in _worded(work, connection_id, pick) if one.is_active and one.fits(typed)]
    return tuple(sorted(fitting, key=lambda one: not one.label.casefold().startswith(words))[:OFFERED])


def chosen(work: Work, connection_id: str, pick: Pick, ids: Collection[str]) -> tuple[Choice, ...]:
    """Values by id, in the source's order; one that is inactive says so, one that is gone comes last, with its last label."""
    there = [said(one) for one in _worded(work, connection_id, pick) if one.id in ids]
    known = {one.id for one in there}
    lost = [one for one in work.picks.of(connection_id, pick, gone=True) if one.id in ids and one.id not in known]
    known |= {one.id for one in lost}
    unheard = [Choice(each, each, is_active=False) for each in sorted(ids) if each not in known]
    return (*there, *(Choice(one.id, f"{one.label} (gone)", is_active=False) for one in _once(lost)), *unheard)


def statuses(context: Context, connection_id: str) -> tuple[Choice, ...]:
    """The active statuses of tickets."""
    with context.store.work() as work:
        return tuple(one for one in _worded(work, connection_id, Pick.TICKET_STATUSES) if one.is_active)


def _worded(work: Work, connection_id: str, pick: Pick) -> tuple[Choice, ...]:
    """Each value once; where the source keeps a list by queue, the queue stands before the label."""
    choices = work.picks.of(connection_id, pick)
    parents = {one.id: one.label for one in work.picks.of(connection_id, Pick.QUEUES)} if any(one.parent_id for one in choices) else {}
    return _once(
        dataclasses.replace(one, label=f"{parents[one.parent_id]}: {one.label}")
        if one.parent_id in parents
        else one
        for one in choices
    )


def _once(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple({one.id: one for one in choices}.values())


def orphans(work: Work, connection_id: str) -> tuple[Gone, ...]:
    """Settings whose value the source had and has no more. A list that was never read says nothing."""
    lists = work.picks.all(connection_id)
    found = []
    for setting, pick, ids in _in_use(work, connection_id):
        if pick in lists and (lost := set(ids) - {one.id for one in lists[pick]} - {""}):
            found += [Gone(setting, one.label.removesuffix(" (gone)")) for one in chosen(work, connection_id, pick, lost)]
    return tuple(found)


def _in_use(work: Work, connection_id: str) -> list[tuple[str, Pick, Collection[str]]]:
    tickets, deals = setups.tickets(work, connection_id), setups.opportunities(work, connection_id)
    companies = setups.companies(work, connection_id)
    fields = {"queue": Pick.QUEUES, "category": Pick.TICKET_CATEGORIES, "type": Pick.TICKET_TYPES, "status": Pick.TICKET_STATUSES, "priority": Pick.PRIORITIES}
    return [
        ("Queues to sync", Pick.QUEUES, tickets.queues),
        ("Categories", Pick.TICKET_CATEGORIES, tickets.categories),
        ("Exclude statuses", Pick.TICKET_STATUSES, tickets.without_statuses),
        ("Closed statuses", Pick.TICKET_STATUSES, tickets.closed),
        ("Client comment status", Pick.TICKET_STATUSES, {tickets.client_comment_status}),
        *((f"Stage {stage.value}", Pick.TICKET_STATUSES, ids) for stage, ids in tickets.stages.items()),
        ("Ticket types", Pick.TICKET_CATEGORIES, set(tickets.types)),
        ("Ticket types", Pick.TICKET_TYPES, set(tickets.types.values())),
        *((f"Ticket defaults, {name}", pick, {tickets.defaults.get(name, "")}) for name, pick in fields.items()),
        ("Fallback owner", Pick.OWNERS, {deals.fallback_owner}),
        ("Default stage", Pick.OPPORTUNITY_STAGES, {deals.stage}),
        ("Default category", Pick.OPPORTUNITY_CATEGORIES, {deals.category}),
        ("Company types", Pick.COMPANY_TYPES, companies.types),
        ("Company statuses", Pick.COMPANY_STATUSES, companies.statuses),
    ]

"""Why tickets do not arrive: the PSA's own counts with and without each filter name the one that removes them."""

from collections.abc import Mapping
from dataclasses import replace

from domain.connection import Connection
from domain.psa import HasTickets, Pick, TicketsWanted
from flows import setups
from flows.context import Context
from flows.findings import Finding, Health, Mend, Remedy

FILTERS: Mapping[str, tuple[str, Pick]] = {
    "queues": ("Queues to sync", Pick.QUEUES),
    "categories": ("Categories", Pick.TICKET_CATEGORIES),
    "without_statuses": ("Exclude statuses", Pick.TICKET_STATUSES),
}


def examine(context: Context, connection: Connection, source: HasTickets) -> Finding:
    with context.store.work() as work:
        wanted = setups.tickets(work, connection.id).wanted
        here = work.tickets.known(connection.id, "")[0]
    title, sync = connection.title, Remedy(Mend.SYNC, "Sync now", connection.id)
    everything = source.count_tickets(TicketsWanted())
    passing = everything if wanted == TicketsWanted() else source.count_tickets(wanted)
    if everything is None or passing is None:
        return Finding(title, "Tickets", Health.GOOD, f"{here:,} are here; {title} does not say how many there are.")
    if not everything:
        said = f"{title} shows the API user no ticket at all. Look at the rights of the API user and its lines of business."
        return Finding(title, "Tickets", Health.BAD, said, (Remedy(Mend.TEST, "Look at the rights", connection.id),))
    removed = _removed(source, wanted, everything)
    names = "; ".join(f"{FILTERS[name][0]} removes {number:,}" for name, number in removed.items())
    gone = _gone(context, connection, wanted)
    if not passing:
        return Finding(title, "Tickets", Health.BAD, _none_left(everything, removed, gone), _unfilter(connection, everything, removed))
    said = f"{passing:,} of {everything:,} tickets pass the filters{f' ({names})' if names else ''}; {here:,} are here.{gone}"
    if not here:
        return Finding(title, "Tickets", Health.DOUBTFUL, f"{said} Only tickets of mapped companies are kept.", (sync,))
    return Finding(title, "Tickets", Health.DOUBTFUL if gone else Health.GOOD, said, _set_up(connection) if gone else ())


def _removed(source: HasTickets, wanted: TicketsWanted, everything: int) -> dict[str, int]:
    """Filter → how many tickets it removes alone."""
    found = {}
    for name in FILTERS:
        if getattr(wanted, name):
            alone = source.count_tickets(replace(TicketsWanted(), **{name: getattr(wanted, name)}))
            found[name] = everything - (alone or 0)
    return {name: number for name, number in found.items() if number}


def _none_left(everything: int, removed: Mapping[str, int], gone: str) -> str:
    whole = [FILTERS[name][0] for name, number in removed.items() if number == everything]
    if whole:
        return f"None of the {everything:,} tickets passes: {' and '.join(whole)} removes them all.{gone}"
    names = " and ".join(FILTERS[name][0] for name in removed)
    return f"None of the {everything:,} tickets passes: {names} remove them together.{gone}"


def _unfilter(connection: Connection, everything: int, removed: Mapping[str, int]) -> tuple[Remedy, ...]:
    guilty = [name for name, number in removed.items() if number == everything] or list(removed)
    words = " and ".join(FILTERS[name][0] for name in guilty)
    take_off = Remedy(Mend.UNFILTER, f"Take off {words}", f"{connection.id}|{','.join(guilty)}")
    return (take_off, *_set_up(connection))


def _set_up(connection: Connection) -> tuple[Remedy, ...]:
    return (Remedy(Mend.SET_UP, "Choose queues and categories", connection.source),)


def _gone(context: Context, connection: Connection, wanted: TicketsWanted) -> str:
    """Chosen values that the PSA does not have any more."""
    said = []
    with context.store.work() as work:
        for name, (label, pick) in FILTERS.items():
            there = {choice.id for choice in work.picks.of(connection.id, pick)}
            lost = getattr(wanted, name) - there if there else frozenset()
            said += [f" {len(lost)} chosen under {label} are gone from {connection.title}."] if lost else []
    return "".join(said)

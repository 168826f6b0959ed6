"""Guides as tick-lists: which steps a person has ticked, so that they can leave for the vendor's pages and come back."""

from domain.ports import Connector, Guide
from domain.roles import Act
from flows import connect
from flows.context import Context
from flows.desk import Desk

MOST = 50  # steps of one guide that are remembered


def shelf(context: Context, desk: Desk) -> tuple[Connector, ...]:
    """The connectors that have guides, in the order of their names."""
    desk.require(Act.LOOK)
    return tuple(sorted((each for each in context.connectors.values() if each.guides), key=lambda each: each.title))


def one(context: Context, desk: Desk, source: str, number: int) -> tuple[Connector, Guide]:
    """The guide by the connector's name and its number there. Raises TellPerson where there is none."""
    desk.require(Act.LOOK)
    connector = connect.connector_named(context, source)
    return connector, connector.guides[min(max(0, number), len(connector.guides) - 1)]


def ticked(context: Context, desk: Desk, source: str, number: int) -> frozenset[int]:
    """The steps, from 0, that this person has ticked."""
    with context.store.work() as work:
        return frozenset(work.settings.get(_key(desk, source, number), []))


def tick(context: Context, desk: Desk, source: str, number: int, step: int, on: bool) -> frozenset[int]:
    desk.require(Act.LOOK)
    with context.store.write() as work:
        kept = set(work.settings.get(_key(desk, source, number), []))
        (kept.add if on and 0 <= step < MOST else kept.discard)(step)
        work.settings.put(_key(desk, source, number), sorted(kept))
    return frozenset(kept)


def _key(desk: Desk, source: str, number: int) -> str:
    return f"guide ticks:{desk.actor.user_id}:{source}:{number}"

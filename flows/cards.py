"""The facts of a source's card: its syncs, its API budget, its lists, how its changes reach us. Asks the source nothing."""

from dataclasses import dataclass
from datetime import datetime

from domain.connection import Connection
from domain.errors import GangwayError
from domain.roles import Act
from flows import connect, hook_state, psa_lists, sync
from flows.context import Context
from flows.desk import Desk
from flows.hook_state import Standing
from flows.psa_lists import Gone
from flows.sync import SyncState


@dataclass(frozen=True)
class Card:
    """What is known of one connection now. Figures that nobody knows are None."""

    connection: Connection
    syncs: tuple[SyncState, ...] = ()
    used: int | None = None  # calls in the last `window` seconds
    share: int | None = None
    window: float = 3600.0
    has_lists: bool = False
    lists_read: datetime | None = None
    gone: tuple[Gone, ...] = ()
    hooks: Standing | None = None


def cards(context: Context, desk: Desk) -> tuple[Card, ...]:
    """A card for each connection. In a bound channel without what concerns the whole MSP."""
    desk.require(Act.LOOK)
    states = sync.states(context) if desk.bound is None else ()
    return tuple(_card(context, connection, states) for connection in connect.live(context))


def _card(context: Context, connection: Connection, states: tuple[SyncState, ...]) -> Card:
    own = tuple(state for state in states if state.connection_id == connection.id)
    try:
        use = context.sources.of(connection.id).used()
        has_lists = psa_lists.has_lists(context, connection.id)
        hooks = hook_state.standing(context, connection.id)
    except GangwayError:
        return Card(connection, own)  # credentials that cannot even be opened: its trouble says so
    with context.store.work() as work:
        gone = psa_lists.orphans(work, connection.id)
    read = psa_lists.read_at(context, connection.id)
    return Card(
        connection, own, use.used, use.share, use.window, has_lists, datetime.fromisoformat(read) if read else None, gone,
        hooks if hooks.has_hooks else None,
    )

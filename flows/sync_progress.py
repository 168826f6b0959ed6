"""The message that shows a sync going on: where it stands, and what of the sync is done."""

from dataclasses import dataclass
from datetime import datetime

from flows import connect, sync
from flows.context import Context
from flows.sync import SyncState
from flows.sync_parts import PARTS


@dataclass(frozen=True)
class Progress:
    """One message. `parts` are those that run, each done when it ended after `since`; `idle` ones have nothing to do yet."""

    title: str
    since: datetime
    parts: tuple[SyncState, ...]
    idle: tuple[SyncState, ...]
    channel: str
    ts: str
    user: str

    def is_done(self, part: SyncState) -> bool:
        return part.last_at is not None and part.last_at >= self.since

    @property
    def all_done(self) -> bool:
        return all(self.is_done(part) for part in self.parts)


def begin(context: Context, connection_id: str, since: datetime, channel: str, ts: str, user: str) -> None:
    """This message shows the sync that was asked for at `since`, until it has ended."""
    with context.store.write() as work:
        kept = {"since": since.isoformat(), "channel": channel, "ts": ts, "user": user}
        work.settings.put(_key(connection_id), kept)


def now(context: Context, connection_id: str, since: datetime, channel: str = "", ts: str = "", user: str = "") -> Progress:
    title = connect.one(context, connection_id).title
    on = [state for state in sync.states(context) if state.connection_id == connection_id and state.enabled]
    with context.store.work() as work:
        runs = {state.kind for state in on if PARTS[state.kind].runs(work, connection_id)}
    parts = tuple(state for state in on if state.kind in runs)
    idle = tuple(state for state in on if state.kind not in runs)
    return Progress(title, since, parts, idle, channel, ts, user)


def shown(context: Context, connection_id: str) -> Progress | None:
    """The message that shows this connection's sync; None when there is none."""
    with context.store.work() as work:
        kept = work.settings.get(_key(connection_id), None)
    if not kept:
        return None
    return now(context, connection_id, datetime.fromisoformat(kept["since"]), kept["channel"], kept["ts"], kept["user"])


def ended(context: Context, connection_id: str) -> None:
    with context.store.write() as work:
        work.settings.put(_key(connection_id), None)


def _key(connection_id: str) -> str:
    return f"progress:{connection_id}"

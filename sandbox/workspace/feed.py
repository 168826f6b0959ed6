"""The stream of what happens, as each person's client sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from sandbox.workspace.state import Json

_HEARTBEAT_SECONDS = 10.0


@dataclass(frozen=True)
class _Entry:
    seq: int
    audience: frozenset[str]
    event: Json


class Feed:
    """Keeps every event with who may see it, and wakes those who listen."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._changed = asyncio.Condition()
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return len(self._entries)

    async def publish(self, audience: Collection[str], kind: str, **content: object) -> None:
        """Tell the people of `audience` that something of `kind` happened."""
        seq = len(self._entries) + 1
        self._entries.append(_Entry(seq, frozenset(audience), {"seq": seq, "kind": kind, **content}))
        async with self._changed:
            self._changed.notify_all()

    async def listen(self, user: str, since: int) -> AsyncIterator[Json | None]:
        """One person's events after number `since`, as they happen; None is a heartbeat."""
        position = since
        while not self._closed:
            for entry in self._entries[position:]:
                position = entry.seq
                if user in entry.audience:
                    yield entry.event
            try:
                await asyncio.wait_for(self._beyond(position), _HEARTBEAT_SECONDS)
            except TimeoutError:
                yield None

    async def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        async with self._changed:
            self._changed.notify_all()

    async def _beyond(self, position: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or len(self._entries) > position)

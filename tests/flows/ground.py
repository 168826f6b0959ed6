"""A prepared world that can be had anew, quickly: one SQLite database, put back to what it was."""

import sqlite3
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import fields, replace

from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.paper import Paper

Way = Callable[[Bench], None]


class Kept:
    """A copy of a SQLite database, and the database put back to it as often as wanted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = sqlite3.connect(":memory:")
        self._copy(self._raw(), self._kept)

    def put_back(self) -> None:
        self._copy(self._kept, self._raw())

    def _raw(self) -> sqlite3.Connection:
        self._store.close()  # no pooled connection may hold an old view
        return sqlite3.connect(str(self._store.engine.url.database))

    def _copy(self, from_: sqlite3.Connection, to: sqlite3.Connection) -> None:
        from_.backup(to)
        for one in (from_, to):
            if one is not self._kept:
                one.close()


class Ground:
    """A prepared world that can be had anew: one database, put back to what it was each time."""

    def __init__(self, store: Store, prepare: Way, papers: Callable[[ManualClock], Mapping[str, Paper]] | None = None) -> None:
        self._store = store
        clock = ManualClock()
        self.made = bench(store, clock=clock, papers=papers(clock) if papers else None)
        prepare(self.made)
        self._kept = Kept(store)

    def bench(self) -> Bench:
        self._kept.put_back()
        clock = ManualClock(self.made.clock())
        papers = {name: _copied(one, clock) for name, one in self.made.papers.items()}
        return bench(self._store, clock=clock, papers=papers, first_id=10_000)


def _copied(paper: Paper, clock: ManualClock) -> Paper:
    """The same vendor with the same rows, which nothing that happens to the copy can change."""
    rows = {one.name: copy(getattr(paper, one.name)) for one in fields(paper)}
    own = {name: value for name, value in rows.items() if isinstance(value, dict | list | set)}
    return replace(paper, **own | {"clock": clock, "calls": []})  # type: ignore[arg-type]

"""A prepared world that can be had anew, quickly: one SQLite database, put back to what it was."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench

Way = Callable[[Bench], None]


class Ground:
    """A prepared world that can be had anew: one database, put back to what it was each time."""

    def __init__(self, store: Store, prepare: Way) -> None:
        self._store = store
        self._made = bench(store)
        prepare(self._made)
        self._kept = sqlite3.connect(":memory:")
        self._copy(self._raw(), self._kept)

    def bench(self) -> Bench:
        self._copy(self._kept, self._raw())
        clock = ManualClock(self._made.clock())
        papers = {
            name: replace(one, clock=clock, companies_=dict(one.companies_), people=dict(one.people), calls=[])
            for name, one in self._made.papers.items()
        }
        return bench(self._store, clock=clock, papers=papers, first_id=10_000)

    def _raw(self) -> sqlite3.Connection:
        self._store.close()  # no pooled connection may hold an old view
        return sqlite3.connect(str(self._store.engine.url.database))

    def _copy(self, from_: sqlite3.Connection, to: sqlite3.Connection) -> None:
        from_.backup(to)
        for one in (from_, to):
            if one is not self._kept:
                one.close()

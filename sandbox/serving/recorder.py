"""Remembers every call a stand-in received, so that tests can count them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Call:
    """One received request. `what` is the shape of the route, such as `Contacts/query`."""

    at: datetime
    method: str
    path: str
    query: str
    what: str
    in_flight: int
    status: int = 0
    body: bytes = b""


class Calls:
    """A log with counters: `calls("Contacts/query")`, `calls("POST Contacts/query", status=429)`."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._in_flight: Counter[str] = Counter()
        self._peaks: Counter[str] = Counter()
        self.log: list[Call] = []

    def __call__(self, what: str = "", *, status: int | None = None) -> int:
        """How many calls had this route (all when empty), optionally with one method and one status."""
        return len(self.of(what, status=status))

    def of(self, what: str = "", *, status: int | None = None) -> list[Call]:
        """The calls themselves, oldest first."""
        method, _, route = what.rpartition(" ")
        with self._lock:
            return [
                call
                for call in self.log
                if (not route or call.what.lower() == route.lower())
                and (not method or call.method == method)
                and (status is None or call.status == status)
            ]

    def peak(self, group: str) -> int:
        """The most calls of one group (entity or resource) that were ever under way together."""
        return self._peaks[group]

    def wait_for_in_flight(self, group: str, count: int, seconds: float = 10.0) -> None:
        """Block until that many calls of a group are under way together."""
        with self._lock:
            if not self._lock.wait_for(lambda: self._in_flight[group] >= count, seconds):
                raise TimeoutError(f"only {self._in_flight[group]} calls of {group} under way")

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self.log.clear()
            self._peaks.clear()

    @contextmanager
    def entering(self, call: Call, group: str) -> Iterator[Call]:
        """Count the call as under way while the block runs."""
        with self._lock:
            self._in_flight[group] += 1
            call.in_flight = self._in_flight[group]
            self._peaks[group] = max(self._peaks[group], call.in_flight)
            self.log.append(call)
            self._lock.notify_all()
        try:
            yield call
        finally:
            with self._lock:
                self._in_flight[group] -= 1

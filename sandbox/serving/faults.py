"""What can go wrong with a source, switchable while it runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from sandbox.world import Row

# What each switch does; the status pages print these sentences.
KINDS = {
    "revoked": "The key is refused from now on.",
    "no_right": "A right is missing; the value may name a verb (query, create, update, delete).",
    "too_many": "429; the value is the Retry-After in seconds, none sends no such header.",
    "server_error": "A bare 5xx; the value is the status, 500 when absent.",
    "reset": "The connection breaks in the middle of the body.",
    "truncated": "A 200 whose JSON ends half-way.",
    "slow": "Answers take this many real seconds.",
    "slow_clock": "Answers take this many seconds of the clock, which is moved.",
    "repeated_page": "The page before is sent again.",
    "empty_page": "A page without rows that still says there is a next one.",
    "shorter": "Only the first so many rows of a list, and no next page.",
    "no_id": "The first row of a page has lost its id.",
    "skew": "The Date header and new dates are off by this many seconds.",
    "wrong_region": "The key belongs to another region or zone.",
    "down": "503 for everything.",
}
# Which of them read a value: a number they need, a number they can do without, or any word.
NEED_NUMBER = {"slow", "slow_clock", "shorter", "skew"}
TAKE_NUMBER = {"too_many", "server_error"}
TAKE_VALUE = NEED_NUMBER | TAKE_NUMBER | {"no_right"}


@dataclass(slots=True)
class Fault:
    """One switch that is on. `times` None means until cleared; `after` calls pass unharmed first."""

    kind: str
    times: int | None = None
    value: Any = None
    on: str = ""
    after: int = 0

    def concerns(self, what: str) -> bool:
        """Whether this fault is meant for a route; `on` is the start of the route's name."""
        return what.lower().startswith(self.on.lower())


class Faults:
    """The switches of one stand-in. Later faults of a kind come after earlier ones are used up."""

    def __init__(self, kinds: Mapping[str, str] = KINDS) -> None:
        self.kinds = kinds
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._open = threading.Event()
        self._open.set()

    def set(self, kind: str, *, times: int | None = None, value: Any = None, on: str = "", after: int = 0) -> None:
        """Switch a fault on, for `times` calls or until cleared, for routes that begin with `on`."""
        if kind not in self.kinds:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(self.kinds)}")
        if not isinstance(value, int | float) and (kind in NEED_NUMBER or (kind in TAKE_NUMBER and value is not None)):
            raise ValueError(f"the fault {kind!r} needs a number as its value")
        with self._lock:
            self._active.append(Fault(kind, times, value, on, after))

    def clear(self, kind: str | None = None) -> None:
        """Switch one kind off, or everything."""
        with self._lock:
            self._active = [] if kind is None else [f for f in self._active if f.kind != kind]
        if kind is None:
            self.release()

    def active(self) -> list[Fault]:
        """The switches that are on now."""
        with self._lock:
            return [replace(fault) for fault in self._active]

    def take(self, kind: str, what: str, value: Any = None) -> Fault | None:
        """The fault of a kind that strikes this call, counting it; None when the call is spared.

        With a value, only faults that name the same one, or none, are meant.
        """
        with self._lock:
            for fault in self._active:
                if fault.kind != kind or not fault.concerns(what):
                    continue
                if value is not None and fault.value not in (None, value):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    return None
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._active.remove(fault)
                return fault
        return None

    def peek(self, kind: str) -> Fault | None:
        """The first fault of a kind, without counting anything."""
        with self._lock:
            return next((f for f in self._active if f.kind == kind), None)

    def hold(self) -> None:
        """Let every call wait inside until `release`; so that tests can make calls overlap."""
        self._open.clear()

    def release(self) -> None:
        """Let the waiting calls go on."""
        self._open.set()

    @property
    def held(self) -> bool:
        """Whether calls are being held."""
        return not self._open.is_set()

    def wait_until_released(self) -> None:
        """Block until nothing holds the calls any more (run in a worker thread)."""
        self._open.wait()


class PageFaults:
    """Spoils list answers: works on finished bodies, so that no vendor's code knows about it."""

    def __init__(self, faults: Faults, rows_key: str) -> None:
        self._faults = faults
        self._rows_key = rows_key
        self._last: dict[str, bytes] = {}

    def spoil(self, what: str, group: str, body: bytes) -> bytes:
        """The body as it should leave, given the faults that strike this list call."""
        before = self._last.get(group)
        self._last[group] = body
        if before is not None and self._faults.take("repeated_page", what):
            self._last[group] = before
            return before
        for kind, change in (("empty_page", _emptied), ("shorter", _shortened), ("no_id", _without_id)):
            fault = self._faults.take(kind, what)
            if fault is not None:
                page = msgspec.json.decode(body)
                change(page, page[self._rows_key], fault)
                body = msgspec.json.encode(page)
        return body


def _emptied(page: Row, rows: list[Row], _: Fault) -> None:
    rows.clear()
    if "pageDetails" in page:
        page["pageDetails"]["count"] = 0


def _shortened(page: Row, rows: list[Row], fault: Fault) -> None:
    del rows[int(fault.value or 0) :]
    if "pageDetails" in page:
        page["pageDetails"] |= {"count": len(rows), "nextPageUrl": None}
    if "meta" in page:
        page["meta"] |= {"next-page": None, "total-count": len(rows), "total-pages": 1}
        page["links"]["next"] = None


def _without_id(_: Row, rows: list[Row], __: Fault) -> None:
    if rows:
        rows[0].pop("id", None)

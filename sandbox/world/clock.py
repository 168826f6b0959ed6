"""The time of the sandbox: a clock that tests move by hand, and the real one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until somebody advances it."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The moment the clock shows."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> datetime:
        """Move forward and return the new moment."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            return self._now

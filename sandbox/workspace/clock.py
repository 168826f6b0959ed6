"""The workspace's sense of time: Slack timestamps, and waiting that a stepped clock can hurry."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since the epoch, such as `time.time`."""

_LOOK_AGAIN_SECONDS = 0.02


class Timekeeper:
    """Tells the time by the clock it was given and waits by it."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._last_micros = 0

    def now(self) -> float:
        """Seconds since the epoch by the given clock."""
        return self._clock()

    def next_ts(self) -> str:
        """A Slack `ts`, later than every one before it even while the clock stands still."""
        micros = max(int(self._clock() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    async def sleep_until(self, deadline: float) -> None:
        """Wait until the given clock says `deadline`.

        The clock may be stepped by a test, so it is looked at often instead of being trusted to run.
        """
        while (left := deadline - self._clock()) > 0:
            await asyncio.sleep(min(left, _LOOK_AGAIN_SECONDS))

    async def patience(self, seconds: float) -> None:
        """Wait `seconds` by the given clock, or by the wall when that passes first.

        The bot on the other end is a real program: three seconds without an answer are three seconds
        for the person too, even in a test whose clock stands still.
        """
        deadline = self._clock() + seconds
        wall_end = time.monotonic() + seconds
        while deadline - self._clock() > 0 and time.monotonic() < wall_end:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


class SteppedClock:
    """A clock that moves only when told to, for tests."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self._now += seconds

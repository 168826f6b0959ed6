"""How often one address or one link may ask: a small count in memory, by the clock it is given."""

from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

REMEMBERED = 5_000  # keys; the ones longest unheard go first, so that memory stays small whatever is sent


class Limit:
    """At most `most` requests of one key within `window`."""

    def __init__(self, clock: Callable[[], datetime], most: int, window: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._window = window
        self._heard: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str) -> int:
        """Count one request. 0: go on; else the whole seconds to wait (a refused request is not counted)."""
        now = self._clock()
        with self._lock:
            times = self._heard.setdefault(key, deque())
            self._heard.move_to_end(key)
            if len(self._heard) > REMEMBERED:
                self._heard.popitem(last=False)
            while times and now - times[0] >= self._window:
                times.popleft()
            if len(times) >= self._most:
                return max(1, ceil((times[0] + self._window - now).total_seconds()))
            times.append(now)
            return 0

    def __len__(self) -> int:
        return len(self._heard)


class Fresh(Generic[T]):
    """Looks at most once in `lasts` seconds, and gives everybody in between what was seen: for what must not be refused."""

    def __init__(self, look: Callable[[], T], now: Callable[[], float], lasts: float = 1.0) -> None:
        self._look = look
        self._now = now
        self._lasts = lasts
        self._seen: tuple[float, T] | None = None
        self._lock = Lock()

    def __call__(self) -> T:
        with self._lock:
            if self._seen is None or self._now() - self._seen[0] >= self._lasts:
                found = self._look()
                self._seen = (self._now(), found)
            return self._seen[1]

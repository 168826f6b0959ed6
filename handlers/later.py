"""What may wait a moment: many wishes to redraw become one, and nobody who wishes has to wait for Slack."""

import threading
from collections.abc import Callable


def timer(seconds: float, act: Callable[[], None]) -> None:
    """Do it in a while, on a thread of its own that does not hold up the end of the process."""
    made = threading.Timer(seconds, act)
    made.daemon = True
    made.start()


class Later:
    """Collects keys and hands them over together, at most once per `pause` seconds."""

    def __init__(
        self, act: Callable[[frozenset[str]], None], pause: float, start: Callable[[float, Callable[[], None]], None] = timer
    ) -> None:
        self._act, self._pause, self._start = act, pause, start
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    def ask(self, key: str) -> None:
        with self._lock:
            idle = not self._keys
            self._keys.add(key)
        if idle:
            self._start(self._pause, self._hand_over)

    def _hand_over(self) -> None:
        with self._lock:
            keys, self._keys = frozenset(self._keys), set()
        self._act(keys)

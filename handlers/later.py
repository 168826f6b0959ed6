"""What may wait a moment: many wishes to redraw become one, and Slack is not kept waiting for work that is slow."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from typing import Any, TypeVar

from handlers.actor import Ask

T = TypeVar("T")


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


@dataclass(frozen=True)
class Patience:
    """Work behind a submitted modal, which Slack waits 3 s for: `budget` runs from the submission to our answer.

    Slack may draw that answer after an update that was sent right behind it, so nothing is drawn over it for `settle` seconds.
    """

    pool: ThreadPoolExecutor
    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    budget: float = 2.3
    settle: float = 1.0

    def result(self, ask: Ask, began: float, work: "Future[T]", meanwhile: Callable[[], Mapping[str, Any]]) -> T:
        """The work's result, or what it raised. Late, the modal shows `meanwhile()` first, and `ask.acked` tells so."""
        try:
            return work.result(timeout=max(0.0, self.budget - (self.now() - began)))
        except NotInTime:
            ask.ack(response_action="update", view=meanwhile())
            answered = self.now()
        work.exception()
        self.wait(max(0.0, self.settle - (self.now() - answered)))
        return work.result()

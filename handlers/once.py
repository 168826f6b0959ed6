"""Each delivery is taken once: Slack repeats one whose answer it did not see, and what it carries says which it is.

This spares people a second message. What must never happen twice is guarded in storage, over restarts and replicas too.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltResponse

_KEPT = 5_000


class Once:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def is_first(self, mark: str) -> bool:
        with self._lock:
            if mark in self._seen:
                return False
            self._seen[mark] = None
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
            return True


def mark_of(body: Mapping[str, Any]) -> str:
    """What is the same in each delivery of one thing, "" where nothing is (pickers that ask for choices)."""
    return str(body.get("event_id") or body.get("trigger_id") or "")


def bind(app: App) -> None:
    once = Once()

    def first_only(body: Mapping[str, Any], next: Callable[[], Any]) -> Any:
        mark = mark_of(body)
        if mark and not once.is_first(mark):
            return BoltResponse(status=200)
        return next()

    app.middleware(first_only)

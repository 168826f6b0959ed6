"""The record of everything that passed between the workspace and the bot, in both directions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from threading import Condition
from typing import Any


@dataclass(frozen=True)
class Record:
    """One thing that passed: from_bot or to_bot, and by what name (a method, an envelope type, ack:…)."""

    seq: int
    at: float
    direction: str
    name: str
    content: Any
    answer: Any = None


class Recorder:
    """Collects records; safe to read from another thread while the workspace runs."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._changed = Condition()

    def note(self, at: float, direction: str, name: str, content: Any, answer: Any = None) -> None:
        """Keep one thing that passed."""
        with self._changed:
            self._records.append(Record(len(self._records) + 1, at, direction, name, content, answer))
            self._changed.notify_all()

    def wait_for(self, direction: str, name: str, count: int = 1, timeout: float = 10.0) -> list[Record]:
        """Wait until something passed `count` times; gives those records."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._matching(direction, name)) >= count, timeout):
                raise TimeoutError(f"{name} passed {len(self._matching(direction, name))} times, not {count}.")
            return self._matching(direction, name)

    def all(self, direction: str | None = None, name: str | None = None) -> list[Record]:
        """What passed so far, oldest first, of one direction or name if given."""
        with self._changed:
            return self._matching(direction, name)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call the bot made of a Web API method."""
        return [r.content for r in self.all("from_bot", method)]

    def counts(self) -> dict[str, int]:
        """How often each name passed."""
        return dict(Counter(record.name for record in self.all()))

    def text(self) -> str:
        """Everything as one text, for searching it for what must not be there."""
        return json.dumps([asdict(record) for record in self.all()], ensure_ascii=False, default=str)

    def clear(self) -> None:
        """Forget what passed so far."""
        with self._changed:
            self._records.clear()

    def _matching(self, direction: str | None, name: str | None) -> list[Record]:
        return [r for r in self._records if direction in (None, r.direction) and name in (None, r.name)]

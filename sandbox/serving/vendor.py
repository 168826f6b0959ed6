"""What every stand-in vendor has in common: requests, replies, faults, a recorder, a pass for its page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from sandbox.serving.access import Access
from sandbox.serving.faults import KINDS, Fault, Faults, PageFaults
from sandbox.serving.recorder import Calls
from sandbox.world import Clock, World

_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a vendor's code sees it. `path` is decoded, `query` is not."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    what: str = ""
    group: str = ""
    in_flight: int = 1

    @property
    def params(self) -> dict[str, str]:
        """The query parameters, the last of equal names winning."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `is_page` marks lists of rows, which the page faults may spoil."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    media_type: str = "application/json; charset=utf-8"
    is_page: bool = False


def json_reply(content: Any, status: int = 200, *, is_page: bool = False, media_type: str = "") -> Reply:
    """A reply with a JSON body."""
    body = msgspec.json.encode(content)
    if media_type:
        return Reply(status, body, media_type=media_type, is_page=is_page)
    return Reply(status, body, is_page=is_page)


class Vendor(ABC):
    """One source: how it names routes, whom it admits, and what it answers."""

    title = "A source"
    rows_key = "items"
    fault_kinds: Mapping[str, str] = KINDS

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        self.world = world
        self._clock = clock or world.clock
        self.faults = Faults(self.fault_kinds)
        self.calls = Calls()
        self.access = Access()
        self.pages = PageFaults(self.faults, self.rows_key)

    def now(self) -> datetime:
        """The vendor's own idea of the time."""
        skew = self.faults.peek("skew")
        return self._clock() + timedelta(seconds=float(skew.value) if skew else 0)

    def advance(self, seconds: float) -> None:
        """Move the clock, when it is one that can be moved."""
        move = getattr(self._clock, "advance", None)
        if move is not None:
            move(seconds)

    @abstractmethod
    def route(self, ask: Ask) -> tuple[str, str]:
        """The shape of the route (`Contacts/query`) and the group its limits are counted under."""

    @abstractmethod
    def admit(self, ask: Ask) -> Reply | None:
        """The refusal of a caller before any work is done, or None."""

    def pause(self) -> float:
        """Real seconds by which an admitted call is held back; most vendors answer at once."""
        return 0.0

    @abstractmethod
    def answer(self, ask: Ask) -> Reply:
        """The answer to an admitted caller; runs under the world's lock."""

    @abstractmethod
    def trouble(self, fault: Fault) -> Reply:
        """The vendor's shape of `too_many`, `server_error` and `down`."""

    def obey(self, order: Mapping[str, Any]) -> None:
        """What a vendor's own administrator is told through the control route; raises ValueError."""
        raise ValueError(f"nobody here can {order.get('do')!r}")

    def settings(self, _control: str) -> str:
        """The administrator's forms on the status page, as safe HTML; most vendors have none."""
        return ""

    @abstractmethod
    def facts(self, url: str) -> dict[str, str]:
        """What the status page says: addresses and credentials by label."""

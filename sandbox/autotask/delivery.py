"""Delivers callouts in the background: in order for each webhook, five attempts, 25 failures in a row and it is off.

Success is any 2xx within ten seconds. Nothing but loopback is ever called: another host counts as unreachable.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.autotask import wire
from sandbox.serving import Faults
from sandbox.world import World

# The faults of callouts; `on` names the collection, such as TicketWebhooks.
CALLOUT_KINDS = {
    "callouts_lost": "The next callouts vanish on their way: no retry, a gap in the sequence.",
    "callouts_held": "Callouts wait until this is switched off.",
    "callouts_twice": "The next callouts arrive twice.",
    "callouts_swapped": "The next callout waits until the one behind it has gone first.",
}
_LOCAL = ("127.0.0.1", "localhost", "::1")
_A_MOMENT = 0.02
_PATIENCE = 15.0
# Only these two kinds of webhook have a column of their own in the error log.
_LOGGED_AS = {"CompanyWebhooks": "accountWebhookID", "ContactWebhooks": "contactWebhookID"}

Hook = tuple[str, int]  # the collection, such as TicketWebhooks, and the id in it


@dataclass(frozen=True, slots=True)
class Callout:
    """One event on its way. A farewell goes once, unsigned, to the deactivation address it brings."""

    number: int
    body: bytes
    farewell_to: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was made, or failed to be: then `status` is None."""

    at: datetime
    hook: Hook
    number: int
    url: str
    body: bytes
    status: int | None


@dataclass(slots=True)
class _Lane:
    """What waits for one webhook. `swapping` holds the first back until the second may go before it."""

    hook: Hook
    waiting: deque[Callout] = field(default_factory=deque)
    number: int = 0
    failed: int = 0
    busy: bool = False
    swapping: bool = False


class Delivery:
    """The postman. `pause` waits the given seconds between attempts; a test passes one that does not wait."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        now: Callable[[], datetime],
        *,
        pause: Callable[[float], object] | None = None,
        retry_seconds: float = 30.0,
    ) -> None:
        self.world = world
        self.attempts: list[Attempt] = []
        self.retry_seconds = retry_seconds
        self.most_attempts = 5
        self.most_failures = 25
        self.timeout = 10.0
        self._faults = faults
        self._now = now
        self._closed = threading.Event()
        self._closed.set()
        self._pause = pause or self._closed.wait
        self._lanes: dict[Hook, _Lane] = {}
        self._change = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._http = httpx.Client()

    # -- the doors -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to deliver, with what has gathered meanwhile."""
        self._http = httpx.Client(trust_env=False, follow_redirects=False)
        self._closed.clear()
        with self._change:
            for lane in self._lanes.values():
                self._run(lane)

    def close(self) -> None:
        """Stop delivering; what was not delivered stays where it is."""
        self._closed.set()
        with self._change:
            threads = list(self._threads)
        for thread in threads:
            thread.join(_PATIENCE)
        self._http.close()

    def settle(self, seconds: float = 10.0) -> None:
        """Block until nothing is under way any more; raises TimeoutError."""
        with self._change:
            if not self._change.wait_for(lambda: not any(one.busy for one in self._lanes.values()), seconds):
                raise TimeoutError("callouts are still under way")

    # -- what the watcher asks -------------------------------------------------------------------------

    def send(self, hook: Hook, payload: Mapping[str, Any]) -> None:
        """Put an event at the end of its webhook's queue; it gets the next sequence number."""
        with self._change:
            lane = self._lane(hook)
            lane.number += 1
            body = wire.encode({**payload, "SequenceNumber": lane.number})
            self._put(lane, Callout(lane.number, body.encode()))

    def end(self, hook: Hook, url: str, payload: Mapping[str, Any]) -> None:
        """The webhook is off or gone: drop what waits, and say so to its deactivation address."""
        with self._change:
            lane = self._lane(hook)
            lane.waiting.clear()
            lane.failed, lane.swapping = 0, False
            self._put(lane, Callout(0, wire.encode(payload).encode(), url))

    def _lane(self, hook: Hook) -> _Lane:
        return self._lanes.setdefault(hook, _Lane(hook))

    def _put(self, lane: _Lane, callout: Callout) -> None:
        lane.waiting.append(callout)
        self._run(lane)

    def _run(self, lane: _Lane) -> None:
        """Give a lane with work a thread; the caller holds the lock."""
        if lane.busy or not lane.waiting or self._closed.is_set():
            return
        lane.busy = True
        thread = threading.Thread(target=self._work, args=(lane,), name=f"callouts-{lane.hook[0]}", daemon=True)
        self._threads.add(thread)
        thread.start()

    # -- one webhook's thread --------------------------------------------------------------------------

    def _work(self, lane: _Lane) -> None:
        while (callout := self._next(lane)) is not None:
            if not self._deliver(lane, callout):
                with self._change:
                    lane.waiting.appendleft(callout)
        with self._change:
            self._threads.discard(threading.current_thread())

    def _next(self, lane: _Lane) -> Callout | None:
        while self._faults.peek("callouts_held") and not self._closed.is_set():
            self._closed.wait(_A_MOMENT)
        with self._change:
            if lane.waiting and not self._closed.is_set():
                lane.swapping = lane.swapping or self._faults.take("callouts_swapped", lane.hook[0]) is not None
                if not lane.swapping:
                    return lane.waiting.popleft()
                if len(lane.waiting) > 1:
                    lane.swapping = False
                    lane.waiting[0], lane.waiting[1] = lane.waiting[1], lane.waiting[0]
                    return lane.waiting.popleft()
            lane.busy = False
            self._change.notify_all()
            return None

    def _deliver(self, lane: _Lane, callout: Callout) -> bool:
        """See one callout through; False when the doors closed meanwhile."""
        if callout.farewell_to:
            self._post(lane, callout, callout.farewell_to, {})
            return True
        if self._faults.take("callouts_lost", lane.hook[0]):
            return True
        for attempt in range(self.most_attempts):
            if attempt:
                self._pause(self.retry_seconds)
            if self._closed.is_set():
                return False
            target = self._target(lane.hook)
            if target is None:
                return True  # switched off or deleted while this one waited
            if self._succeeds(lane, callout, *target):
                return True
        self._give_up(lane, callout)
        return True

    def _target(self, hook: Hook) -> tuple[str, str] | None:
        with self.world.lock:
            row = self.world.autotask[hook[0]].get(hook[1])
            return (row["webhookUrl"], row["secretKey"]) if row and row.get("isActive") else None

    def _succeeds(self, lane: _Lane, callout: Callout, url: str, secret: str) -> bool:
        headers = {"X-Hook-Signature": wire.signature(secret, callout.body)}
        if not self._post(lane, callout, url, headers):
            return False
        lane.failed = 0
        if self._faults.take("callouts_twice", lane.hook[0]):
            self._post(lane, callout, url, headers)
        return True

    def _post(self, lane: _Lane, callout: Callout, url: str, headers: dict[str, str]) -> bool:
        headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        status = None
        try:
            if urlsplit(url).hostname in _LOCAL:
                status = self._http.post(url, content=callout.body, headers=headers, timeout=self.timeout).status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            status = None  # no such address, nobody there, or too slow
        self.attempts.append(Attempt(self._now(), lane.hook, callout.number, url, callout.body, status))
        return status is not None and 200 <= status < 300

    def _give_up(self, lane: _Lane, callout: Callout) -> None:
        """Into the error log with it; too many of them in a row switch the webhook off."""
        entry: dict[str, Any] = {"payload": callout.body.decode(), "sequenceNumber": callout.number}
        entry["errorMessage"] = "The remote server did not answer with a success status."
        collection, hook_id = lane.hook
        if collection in _LOGGED_AS:
            entry[_LOGGED_AS[collection]] = hook_id
        with self.world.lock:
            self.world.autotask["WebhookEventErrorLogs"].insert(entry, self._now())
            lane.failed += 1
            hooks = self.world.autotask[collection]
            if lane.failed >= self.most_failures and hook_id in hooks.rows:
                hooks.update(hook_id, {"isActive": False}, self._now())

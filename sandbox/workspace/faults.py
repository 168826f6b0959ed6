"""Misfortune on demand: what the workspace is told to do wrong, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

ANY_METHOD = "*"


@dataclass
class _Planned:
    method: str
    kind: str
    times: int
    retry_after: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Misfortune:
    """What one call shall meet: `kind` is ratelimited, server_error or error."""

    kind: str
    retry_after: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Effects:
    """The faults that change the workspace itself; each runs where its state lives."""

    drop_sockets: Callable[[], None]
    disconnect: Callable[[str], None]
    archive: Callable[[str, bool], None]
    set_bot_member: Callable[[str, bool], None]
    delete_message: Callable[[str, str], None]
    expire_triggers: Callable[[], None]


class Faults:
    """Plans misfortunes. Each method says what happens next and how many times."""

    def __init__(self) -> None:
        self._attached: Effects | None = None
        self._lock = Lock()
        self._planned: list[_Planned] = []
        self._duplicates: dict[str, int] = {}
        self._late_acks: list[float] = []
        self._expired_triggers = 0

    def attach(self, effects: Effects) -> None:
        """Lend the faults their hands, once the workspace they act on stands."""
        self._attached = effects

    @property
    def _effects(self) -> Effects:
        if self._attached is None:
            raise RuntimeError("The workspace has not been built yet.")
        return self._attached

    def rate_limit(self, method: str = ANY_METHOD, times: int = 1, retry_after: int | None = 1) -> None:
        """The next `times` calls of `method` answer 429, with Retry-After unless it is None."""
        self._plan(_Planned(method, "ratelimited", times, retry_after))

    def server_error(self, method: str = ANY_METHOD, times: int = 1) -> None:
        """The next `times` calls of `method` answer 500 with a page that is not JSON."""
        self._plan(_Planned(method, "server_error", times))

    def fail(self, method: str, error: str, times: int = 1) -> None:
        """The next `times` calls of `method` answer `ok: false` with `error`, and do nothing."""
        self._plan(_Planned(method, "error", times, error=error))

    def drop_sockets(self) -> None:
        """Cut every socket without a close frame."""
        self._effects.drop_sockets()

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to reconnect (`warning`, `refresh_requested`), as Slack does now and then."""
        self._effects.disconnect(reason)

    def duplicate(self, envelope_type: str = ANY_METHOD, times: int = 1) -> None:
        """Deliver the next `times` envelopes of a type (slash_commands, interactive, events_api) twice."""
        with self._lock:
            self._duplicates[envelope_type] = self._duplicates.get(envelope_type, 0) + times

    def delay_acks(self, seconds: float = 4.0, times: int = 1) -> None:
        """The next `times` acks count as that much later than they were; from 3 s on they are too late."""
        with self._lock:
            self._late_acks += [seconds] * times

    def expire_triggers(self, times: int = 0) -> None:
        """Every trigger handed out so far is expired, and so are the next `times` when they are used."""
        self._effects.expire_triggers()
        with self._lock:
            self._expired_triggers += times

    def archive(self, channel: str, archived: bool = True) -> None:
        """Close a channel, or open it again."""
        self._effects.archive(channel, archived)

    def remove_bot(self, channel: str) -> None:
        """Take the bot out of a channel."""
        self._effects.set_bot_member(channel, False)

    def invite_bot(self, channel: str) -> None:
        """Put the bot into a channel."""
        self._effects.set_bot_member(channel, True)

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete a message behind the bot's back."""
        self._effects.delete_message(channel, ts)

    def clear(self) -> None:
        """Forget every misfortune still planned."""
        with self._lock:
            self._planned.clear()
            self._duplicates.clear()
            self._late_acks.clear()
            self._expired_triggers = 0

    def take_for(self, method: str) -> Misfortune | None:
        """What a call of `method` meets now, counted down."""
        with self._lock:
            for planned in self._planned:
                if planned.method in (method, ANY_METHOD) and planned.times > 0:
                    planned.times -= 1
                    return Misfortune(planned.kind, planned.retry_after, planned.error)
        return None

    def take_duplicate(self, envelope_type: str) -> bool:
        """Whether this envelope goes out twice, counted down."""
        with self._lock:
            for key in (envelope_type, ANY_METHOD):
                if self._duplicates.get(key, 0) > 0:
                    self._duplicates[key] -= 1
                    return True
        return False

    def take_ack_delay(self) -> float:
        """By how many seconds this ack counts as late, counted down."""
        with self._lock:
            return self._late_acks.pop(0) if self._late_acks else 0.0

    def take_expired_trigger(self) -> bool:
        """Whether this use of a trigger finds it expired, counted down."""
        with self._lock:
            if self._expired_triggers > 0:
                self._expired_triggers -= 1
                return True
        return False

    def _plan(self, planned: _Planned) -> None:
        with self._lock:
            self._planned.append(planned)

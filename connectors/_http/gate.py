"""The gate of one connection: slots, waiting, budget, retries of reads, and errors by what happens next."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
import msgspec

from connectors._http.answers import Answer, Call, Reply, as_iso, error_texts, http_date, is_whole, retry_after
from connectors._http.budget import Budget
from domain.errors import AskOperator, GangwayError, NotAsked, Trouble, TryLater, Unsure

log = logging.getLogger(__name__)
T = TypeVar("T")

PATIENCE = 30.0  # seconds of waiting inside one call; longer waits are the caller's
TRIES = 5
BACKOFF = 1.0  # doubled at each try
THROTTLED_BACKOFF = 5.0  # the same, when told "too many" without being told how long
THROTTLED_AFTER = 60.0  # what we ask our caller to wait when a throttling vendor never said
TIMEOUT = httpx.Timeout(connect=15, read=90, write=30, pool=90)
AWAY = frozenset({502, 503, 504})


class TimedOut(TryLater):
    """The vendor gave up on its own answer (504): it was too much at once."""


class Unreachable(TryLater):
    """Nobody took the call: the address may be wrong, or its host is down."""


class Garbled(TryLater):
    """What came is no data: cut off, or another server's page."""


@dataclass(frozen=True)
class Manners:
    """How a vendor wants to be called, and how its refusals are read."""

    vendor: str  # as people read it
    at_once: int  # calls in flight per endpoint
    share: int  # calls per window that we take
    window: float  # seconds
    judge: Callable[[Call, Answer], GangwayError]  # a final refusal → the error that says what to do


@dataclass(frozen=True)
class Use:
    """What a budget meter shows: `used` of `share` calls in the last `window` seconds."""

    used: int
    share: int
    window: float


@dataclass(frozen=True)
class _Setback:
    """A try that failed and may be repeated. `wait` is what the vendor asked for."""

    error: TryLater
    wait: float | None = None
    throttled: bool = False
    was_sent: bool = True


class _Patience:
    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._left = PATIENCE

    def wait(self, seconds: float, said: str) -> None:
        if seconds > self._left:
            raise TryLater(said, after=seconds)
        self._left -= seconds
        self._sleep(seconds)


class Gate:
    """All calls of one connection pass here."""

    def __init__(
        self,
        manners: Manners,
        headers: Mapping[str, str],
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        _refuse_unsendable(manners.vendor, headers)
        self._manners = manners
        self._headers = dict(headers)
        self._clock = clock
        self._sleep = sleep
        self._budget = Budget(manners.share, manners.window)
        # Redirects are not followed: the credentials would travel along to wherever the answer points.
        self._client = httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "Gangway"})
        self._lock = threading.Lock()
        self._slots: dict[str, threading.BoundedSemaphore] = {}
        self._until: datetime | None = None
        self._shut: AskOperator | None = None

    def send(self, call: Call, shape: type[T]) -> Reply[T]:
        """The answer to a call, decoded as `shape`. Raises TryLater, AskOperator, and Stop for a write of unknown outcome."""
        patience = _Patience(self._sleep)
        for nth in range(TRIES):
            outcome = self._in_turn(call, shape, patience)
            if isinstance(outcome, Reply):
                return outcome
            if not call.is_read:
                raise self._unsure(call, outcome)
            if call.once or nth + 1 == TRIES or isinstance(outcome.error, TimedOut):
                raise outcome.error
            self._back_off(outcome, nth, patience)
            log.info("%s: asking for %s again (try %d)", self._manners.vendor, call.endpoint, nth + 2)
        raise AssertionError("The last try answers or raises.")

    def used(self) -> Use:
        return Use(self._budget.used(self._clock()), self._budget.share, self._budget.window)

    def reopen(self) -> None:
        """Let calls through again after a refusal, when something about the connection has changed."""
        self._shut = None

    def shut(self, refused: AskOperator) -> None:
        """Answer every further call with this refusal, without calling."""
        self._shut = refused

    def close(self) -> None:
        self._client.close()

    # --- taking one's turn -----------------------------------------------------------------------

    def _in_turn(self, call: Call, shape: type[T], patience: _Patience) -> Reply[T] | _Setback:
        while True:
            with self._slot(call.endpoint):
                # Asked anew inside the slot: another thread may have been told to wait while we queued.
                delay = self._claim()
                if delay is None:
                    return self._exchange(call, shape)
            patience.wait(*delay)

    def _slot(self, endpoint: str) -> AbstractContextManager[object]:
        with self._lock:
            return self._slots.setdefault(endpoint, threading.BoundedSemaphore(self._manners.at_once))

    def _claim(self) -> tuple[float, str] | None:
        """Take one call from the budget; else how long to wait, with the sentence that says why."""
        vendor = self._manners.vendor
        with self._lock:
            if self._shut is not None:
                # A fresh error each time; the old one would drag every earlier traceback along.
                raise NotAsked(self._shut.said, self._shut.trouble, self._shut.field)
            now = self._clock()
            if self._until is not None and self._until > now:
                return (self._until - now).total_seconds(), _told_to_wait(vendor)
            missing = self._budget.take(now)
        if missing is None:
            return None
        return missing, (
            f"Gangway has used its share of {vendor}'s call limit ({self._budget.share:,} calls). "
            "Nothing is lost: the work goes on by itself when calls are free again."
        )

    def _back_off(self, setback: _Setback, nth: int, patience: _Patience) -> None:
        if setback.wait is not None:
            return  # the whole connection holds until then, this call with it
        seconds = (THROTTLED_BACKOFF if setback.throttled else BACKOFF) * 2**nth
        try:
            patience.wait(seconds, setback.error.said)
        except TryLater:
            raise setback.error from None

    # --- one exchange ----------------------------------------------------------------------------

    def _exchange(self, call: Call, shape: type[T]) -> Reply[T] | _Setback:
        answer = self._ask(call)
        if isinstance(answer, _Setback):
            return answer
        if 200 <= answer.status < 300:
            return self._decode(call, answer, shape)
        return self._refusal(call, answer)

    def _ask(self, call: Call) -> Answer | _Setback:
        """Send and read to the end. The HTTP library's errors stop here: they hold the headers."""
        vendor = self._manners.vendor
        now = self._clock()
        was_sent, broken = True, False
        try:
            # `request` returns when the body is read: the slot is held as long as the vendor is busy.
            response = self._client.request(
                call.method,
                call.url,
                params=dict(call.params) or None,
                headers={} if call.bare else self._headers,
                content=None if call.body is None else msgspec.json.encode(call.body),
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            broken = True
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            was_sent = False
        except (httpx.TransportError, httpx.DecodingError):
            pass
        else:
            return Answer(
                response.status_code,
                response.content,
                as_iso(http_date(response.headers.get("Date")) or now),
                retry_after(response.headers.get("Retry-After"), now),
                response.headers.get("Link", ""),
            )
        if broken:
            said = f"The address set for {vendor} is not usable. Correct it in the settings."
            raise AskOperator(said, Trouble.MISCONFIGURED)
        what = "broke off before its answer was complete" if was_sent else "could not be reached"
        said = f"{vendor} {what}. Nothing is lost: try again in a few minutes."
        return _Setback(TryLater(said) if was_sent else Unreachable(said), was_sent=was_sent)

    def _decode(self, call: Call, answer: Answer, shape: type[T]) -> Reply[T] | _Setback:
        vendor = self._manners.vendor
        try:
            # "No content" is a good answer too, to a delete.
            body = b"null" if answer.status == 204 else answer.body
            return Reply(msgspec.json.decode(body, type=shape), answer.as_of, answer.link)
        except msgspec.ValidationError:
            odd = is_whole(answer.body)  # of a cut-off answer only the beginning was looked at
        except (msgspec.DecodeError, UnicodeDecodeError):
            odd = False
        if odd:
            raise AskOperator(
                f"{vendor} answered about {call.endpoint} in an unknown form. Please report this to us.",
                Trouble.BAD_ANSWER,
            )
        said = f"{vendor} sent an answer that is cut off or no data. Nothing is lost: try again later."
        return _Setback(Garbled(said))

    def _refusal(self, call: Call, answer: Answer) -> _Setback:
        vendor = self._manners.vendor
        if answer.status == 429:
            return self._throttled(TryLater(_told_to_wait(vendor), self._pause(call, answer)), answer.retry_after)
        if answer.status in AWAY or (answer.status >= 500 and error_texts(answer.body) is None):
            away = f"{vendor} is away or overloaded ({answer.status}). Nothing is lost: try again later."
            if answer.status == 504 and call.may_be_too_much:
                return _Setback(TimedOut(away))
            self._hold(answer.retry_after)
            return _Setback(TryLater(away, answer.retry_after), answer.retry_after)
        error = self._manners.judge(call, answer)
        if isinstance(error, TryLater) and error.after is not None:  # throttled, in the vendor's own words
            return self._throttled(error, error.after)
        if isinstance(error, TryLater):  # its server failed, and had words for it
            return _Setback(error)
        if isinstance(error, AskOperator) and error.trouble is Trouble.WRONG_KEY:
            # Further tries with a refused key count towards locking the account at the vendor.
            self.shut(error)
        raise error

    def _pause(self, call: Call, answer: Answer) -> float:
        """How long our caller should wait: as told; else a minute, or less where the vendor's words mean less."""
        if answer.retry_after is not None:
            return answer.retry_after
        meant = self._manners.judge(call, answer)
        return min((isinstance(meant, TryLater) and meant.after) or THROTTLED_AFTER, THROTTLED_AFTER)

    def _throttled(self, error: TryLater, wait: float | None) -> _Setback:
        self._hold(wait)
        return _Setback(error, wait, throttled=True)

    def _hold(self, seconds: float | None) -> None:
        if seconds is None:
            return
        until = self._clock() + timedelta(seconds=seconds)
        with self._lock:
            self._until = until if self._until is None else max(self._until, until)

    def _unsure(self, call: Call, setback: _Setback) -> GangwayError:
        if setback.throttled or not setback.was_sent:
            return setback.error  # refused at the door: nothing was written
        return Unsure(
            f"{self._manners.vendor} did not confirm whether it saved the change to {call.endpoint}. "
            "Look there before sending it again, or it may exist twice."
        )


def _told_to_wait(vendor: str) -> str:
    return f"{vendor} asked for a pause: too many calls. Nothing is lost, the work goes on by itself."


def _refuse_unsendable(vendor: str, headers: Mapping[str, str]) -> None:
    # The HTTP library quotes a header it cannot send in its exception and in its debug log.
    if any(not value.isascii() or not value.isprintable() for value in headers.values()):
        raise AskOperator(
            f"The credentials for {vendor} hold a character that no key has. Copy and enter them again.",
            Trouble.WRONG_KEY,
        )

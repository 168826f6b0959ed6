"""The line to one Autotask tenant: its zone, the gate, one call at a time. Every ability stands on it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from connectors._http import Answer, Call, Gate, Manners, Reply, Use, clean, error_texts, web_address
from connectors.autotask import refusals, words, zone
from domain.errors import AskOperator, GangwayError, Trouble
from domain.ports import Opening

VENDOR = "Autotask"
T = TypeVar("T")

AT_ONCE = 3  # per object: a fourth call in flight is answered 429
HOURLY_SHARE = 5_000  # of the 10,000 that all integrations of a tenant have together
ZONE_TRUSTED_FOR = timedelta(minutes=10)


class Written(msgspec.Struct):
    """{"itemId":123}: what every write answers."""

    id: int = msgspec.field(name="itemId")


class Line:
    """An open connection to one Autotask tenant; nothing is called until a method is."""

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        given = words.complete(credentials, opening.defaults)
        self._username = given["username"]
        self._base = None if opening.base_url is None else web_address(opening.base_url, "AUTOTASK_API_URL")
        self._clock = opening.clock
        self._sleep = opening.sleep
        self._gate = Gate(
            Manners(VENDOR, AT_ONCE, HOURLY_SHARE, 3600, partial(_judge, tuple(given.values()))),
            {
                "ApiIntegrationCode": given["tracking"],
                "UserName": given["username"],
                "Secret": given["secret"],
                "Content-Type": "application/json",
            },
            clock=opening.clock,
            sleep=opening.sleep,
        )
        self._zone: zone.ZoneAnswer | None = None
        self._zone_since: datetime | None = None

    def close(self) -> None:
        self._gate.close()

    def used(self) -> Use:
        """How much of the hourly share this connection has used."""
        return self._gate.used()

    def _ask(self, method: str, path: str, endpoint: str, shape: type[T], body: Any = None) -> Reply[T]:
        """The answer to a question."""
        return self._send(partial(Call, method, endpoint=endpoint, body=body), path, shape)

    def _write(self, method: str, path: str, endpoint: str, body: Any = None) -> str:
        """Write once, whatever comes of it; the id of what was written.

        Raises TellPerson for what the person can change, AskOperator for a missing right, TryLater where nothing was
        written, Stop where nobody knows.
        """
        call = partial(Call, method, endpoint=endpoint, body=body, is_read=False)
        return str(self._send(call, path, Written).body.id)

    def _send(self, call: "partial[Call]", path: str, shape: type[T]) -> Reply[T]:
        home = self._home()
        try:
            return self._gate.send(call(url=f"{zone.api_root(home)}/{path}"), shape)
        except AskOperator as refused:
            if not self._has_moved(home, refused):
                raise
        return self._gate.send(call(url=f"{zone.api_root(self._home())}/{path}"), shape)

    def _home(self) -> zone.ZoneAnswer:
        """The tenant's zone, asked for once, without credentials."""
        if self._zone is None:
            url = zone.question_url(self._base)
            call = Call("GET", url, zone.ENDPOINT, params={"user": self._username}, bare=True)
            found = self._gate.send(call, zone.ZoneAnswer).body
            if not zone.is_trusted(found.url, self._base):
                raise AskOperator(words.STRANGE_ZONE, Trouble.BAD_ANSWER)
            self._zone, self._zone_since = found, self._clock()
        return self._zone

    def _has_moved(self, old: zone.ZoneAnswer, refused: AskOperator) -> bool:
        """Whether a refusal came because the tenant now lives in another zone, which looks like a wrong key.

        Asked only when the zone was found a while ago. The question needs no credentials, so it cannot lock
        the user, and the refused call is repeated only at a new address.
        """
        may_be = refused.trouble in (Trouble.WRONG_KEY, Trouble.NOT_FOUND)
        if not may_be or self._zone_since is None or self._clock() - self._zone_since < ZONE_TRUSTED_FOR:
            return False
        self._gate.reopen()
        self._zone = None
        try:
            moved = self._home().url != old.url
        except GangwayError:  # not found out: the refusal stands
            self._zone, moved = old, False
        if not moved and refused.trouble is Trouble.WRONG_KEY:
            self._gate.shut(refused)
        return moved


def _judge(secrets: tuple[str, ...], call: Call, answer: Answer) -> GangwayError:
    texts = error_texts(answer.body) or ()
    verb = "query" if call.is_read else refusals.VERBS.get(call.method, "update")
    return refusals.judge(call.endpoint, verb, answer.status, " ".join(texts), clean(texts, secrets))

"""The line to one ConnectWise: its codebase, the gate, one call at a time. Every ability stands on it."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from connectors._http import (
    Answer,
    Call,
    Garbled,
    Gate,
    Manners,
    Reply,
    Unreachable,
    Use,
    clean,
    web_address,
)
from connectors.connectwise import refusals, site, words
from connectors.connectwise.refusals import NotThere
from domain.errors import AskOperator, GangwayError, TellPerson, Trouble, TryLater
from domain.ports import Opening

VENDOR = "ConnectWise"
T = TypeVar("T")

AT_ONCE = 3
# The limit is told differently everywhere: about 1,000 calls a minute for a company, some say fewer. Half of that is ours;
# a lower one shows itself by "too many", which is obeyed.
SHARE = 500
WINDOW = 60.0
CODEBASE_TRUSTED_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Home:
    """Where the API is now, and what the company is called there."""

    root: str
    company_name: str


class Line:
    """An open connection to one company's ConnectWise; nothing is called until a method is."""

    def __init__(self, credentials: Mapping[str, str], opening: Opening) -> None:
        given = words.complete(credentials, opening.defaults)
        self._company_id = given["company_id"]
        self._override = None if opening.base_url is None else web_address(opening.base_url, "CONNECTWISE_API_URL")
        self._host = site.host_of(given["site"])
        self._base = self._override or f"https://{self._host}"
        self._clock = opening.clock
        user = f"{given['company_id']}+{given['public_key']}:{given[words.MASKED]}"
        coded = base64.b64encode(user.encode()).decode()
        secrets = (given["public_key"], given[words.MASKED], given["client_id"], coded)
        self._gate = Gate(
            Manners(VENDOR, AT_ONCE, SHARE, WINDOW, partial(_judge, secrets)),
            {
                "Authorization": f"Basic {coded}",
                "clientId": given["client_id"],
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            clock=opening.clock,
            sleep=opening.sleep,
        )
        self._found: Home | None = None
        self._found_at: datetime | None = None

    def close(self) -> None:
        self._gate.close()

    def used(self) -> Use:
        """How much of its share of calls this connection has used."""
        return self._gate.used()

    # --- calls ------------------------------------------------------------------------------------

    def _ask(self, path: str, shape: type[T], params: Mapping[str, str] | None = None, is_nested: bool = False) -> Reply[T]:
        """The answer to a question about a list. Raises NotThere only for what stands below one record.

        In the cloud a 404 is how refused keys look, and every list of its own is always there.
        """
        try:
            return self._send("GET", path, shape, is_list=not is_nested, params=params or {})
        except NotThere:
            if is_nested:
                raise
        refused = AskOperator(words.REFUSED, Trouble.WRONG_KEY, words.MASKED)
        self._gate.shut(refused)
        raise refused

    def _write(self, method: str, path: str, shape: type[T], body: Any = None) -> T:
        """Write once, whatever comes of it.

        Raises TellPerson for what the person can change, AskOperator for a missing right, TryLater where nothing was written,
        Stop where nobody knows.
        """
        try:
            return self._send(method, path, shape, body=body, is_read=False).body
        except NotThere:
            raise TellPerson(words.GONE) from None

    def _send(self, method: str, path: str, shape: type[T], is_list: bool = False, **more: Any) -> Reply[T]:
        endpoint = re.sub(r"/\d+", "", path)  # a list's name, whichever record it stands below
        call = partial(Call, method, endpoint=endpoint, **more)
        home = self._home()
        try:
            return self._gate.send(call(url=f"{home.root}/{path}"), shape)
        except NotThere:
            if not self._has_moved(home, is_list):
                raise
        return self._gate.send(call(url=f"{self._home().root}/{path}"), shape)

    # --- the codebase -----------------------------------------------------------------------------

    def _home(self, *, is_trial: bool = False) -> Home:
        """Where the API is, asked for once, without keys. A trial says what is wrong with the site, and asks once."""
        if self._found is None:
            try:
                info = self._company_info(is_trial)
            except GangwayError as refused:
                raise self._what_is_wrong(refused, is_trial) from None
            codebase = site.codebase_of(info)
            if info is None:
                raise AskOperator(words.UNKNOWN_COMPANY, Trouble.NOT_FOUND, "company_id")
            if codebase is None:
                raise AskOperator(words.NO_SITE, Trouble.BAD_ANSWER, "site")
            self._found = Home(f"{self._base}/{codebase}/apis/3.0", (info.company_name or "").strip())
            self._found_at = self._clock()
        return self._found

    def _company_info(self, once: bool) -> site.CompanyInfo | None:
        """{"Codebase":"v2024_1/",…}; null for a company that is not known."""
        url = f"{self._base}/login/companyinfo/{self._company_id}"
        call = Call("GET", url, site.DISCOVERY, bare=True, once=once)
        return self._gate.send(call, site.CompanyInfo | None).body  # type: ignore[arg-type]  # a union is a shape too

    def _what_is_wrong(self, refused: GangwayError, is_trial: bool) -> GangwayError:
        """Nobody there, somebody else, or a ConnectWise that does not know the company."""
        is_ours_to_doubt = is_trial and self._override is None
        if isinstance(refused, Unreachable) and is_ours_to_doubt and not site.is_cloud(self._host):
            return AskOperator(words.SILENT_SITE, Trouble.MISCONFIGURED, "site")
        if isinstance(refused, Garbled) and is_ours_to_doubt:
            return AskOperator(words.NO_SITE, Trouble.MISCONFIGURED, "site")
        if not isinstance(refused, AskOperator) or refused.trouble is not Trouble.NOT_FOUND:
            return refused
        if site.is_cloud(self._host) or self._is_connectwise():
            return AskOperator(words.UNKNOWN_COMPANY, Trouble.NOT_FOUND, "company_id")
        return AskOperator(words.NO_SITE, Trouble.MISCONFIGURED, "site")

    def _is_connectwise(self) -> bool:
        """Whether the API is there at all; some servers tell their version to everybody, others refuse that."""
        url = f"{self._base}/{site.ROUTER}/apis/3.0/{site.INFO}"
        try:
            self._gate.send(Call("GET", url, site.INFO, bare=True, once=True), dict)
        except AskOperator as refused:
            return refused.trouble is Trouble.MISSING_RIGHT
        except TryLater:
            return False
        return True

    def _has_moved(self, old: Home, is_list: bool) -> bool:
        """Whether something is not there because ConnectWise was upgraded: its codebase is then another one.

        For a record asked only when the codebase was found a while ago, so that those that are gone do not ask again and
        again. A list is always there: what is not an upgrade there is refused keys, after which nothing is asked any more.
        """
        if not is_list and (self._found_at is None or self._clock() - self._found_at < CODEBASE_TRUSTED_FOR):
            return False
        self._found = None
        try:
            return self._home().root != old.root
        except GangwayError:  # not found out: the refusal stands
            self._found, self._found_at = old, self._clock()
            return False


def _judge(secrets: tuple[str, ...], call: Call, answer: Answer) -> GangwayError:
    refusal = refusals.read(answer.body)
    said = clean(refusal.texts(), secrets)
    return refusals.judge(call.endpoint, call.method, call.is_read, answer.status, refusal, said)

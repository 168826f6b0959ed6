"""ConnectWise's refusals, read: {"code":"…","message":"…","errors":[{"code":"…","message":"…","resource":"…","field":"…"}]}."""

import msgspec

from connectors.connectwise import allowing, refused_writes, site, words
from connectors.connectwise.refused_writes import Problem
from domain.errors import AskOperator, GangwayError, Trouble, TryLater


class BadQuestion(AskOperator):
    """A read was refused as it was put: a time, a field or a condition that this server does not take."""


class NotThere(AskOperator):
    """404: a codebase of before, keys that the cloud does not know, or a record that is gone."""

    def __init__(self) -> None:
        super().__init__(words.WRONG_PLACE, Trouble.NOT_FOUND)


class Refusal(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    errors: list[Problem] | None = None

    def texts(self) -> list[str]:
        return [self.message or "", *(problem.message or "" for problem in self.errors or ())]


def read(body: bytes) -> Refusal:
    """A web page in place of an answer, or nothing, says nothing."""
    try:
        return msgspec.json.decode(body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal()


def judge(path: str, method: str, is_read: bool, status: int, refusal: Refusal, said: str) -> GangwayError:
    """What a final refusal means; `said` is ConnectWise's own text, fit to be shown."""
    if path in (site.DISCOVERY, site.INFO, site.KEYS):
        # Asked without keys: a refusal of any kind but "not found" shows that there is an API at all.
        known = Trouble.NOT_FOUND if status in (404, 405) or 300 <= status < 400 else Trouble.MISSING_RIGHT
        return AskOperator(words.NO_SITE, known, "site")
    if status in (401, 403) and _is_about_client_id(refusal):
        return AskOperator(words.NO_CLIENT_ID, Trouble.WRONG_KEY, "client_id")
    if status == 401:
        return AskOperator(words.REFUSED, Trouble.WRONG_KEY, words.MASKED)
    if status == 403:
        return _forbidden(path, method, refusal)
    if status == 404:
        return NotThere()
    detail = f": {said}" if said else "."
    if status >= 500:
        return TryLater(f"ConnectWise failed to answer about {path} ({status}){detail} Try again later.")
    if not is_read:
        return refused_writes.refusal(refusal.errors or [], said)
    return BadQuestion(
        f"ConnectWise refused to answer about {path} ({status}){detail} Please report this to us.", Trouble.BAD_ANSWER
    )


def _forbidden(path: str, method: str, refusal: Refusal) -> AskOperator:
    """One sentence for every missing right, which never says which; but a missing client id is a 403 too."""
    said = allowing.missing(path, method)
    if "security" not in f"{refusal.code} {refusal.message}".lower():
        said += words.OR_CLIENT_ID
    return AskOperator(said, Trouble.MISSING_RIGHT)


def _is_about_client_id(refusal: Refusal) -> bool:
    return "clientid" in f"{refusal.code} {refusal.message}".lower().replace(" ", "")

"""What goes to a vendor and what comes back, as plain values; nothing here talks to a network."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import msgspec

from domain.errors import AskOperator, Trouble

T = TypeVar("T")

LONGEST_TEXT = 200


@dataclass(frozen=True)
class Call:
    """One request. `endpoint` is the vendor's object: it has slots, and sentences name it ("Companies")."""

    method: str
    url: str
    endpoint: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: object = None  # sent as JSON
    is_read: bool = True  # a POST that only asks is a read; a write is never sent twice
    bare: bool = False  # without credentials
    once: bool = False  # a question not worth a second try
    may_be_too_much: bool = False  # a 504 means: ask for less, so it is not asked again


@dataclass(frozen=True)
class Answer:
    """What the vendor answered, body read to its end. `as_of` is its Date header, ISO, UTC; `link` its Link header."""

    status: int
    body: bytes = field(repr=False)  # may hold people's data: never in a log
    as_of: str
    retry_after: float | None = None
    link: str = ""


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A good answer, decoded. `link` is its Link header, for vendors whose lists say there whether more follows."""

    body: T
    as_of: str
    link: str = ""


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait from a Retry-After header: "120" → 120.0, an HTTP date → seconds until then."""
    if text is None:
        return None
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", text):
        return float(text)
    moment = http_date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def as_iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_whole(body: bytes) -> bool:
    """Whether a body is JSON to its end."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def error_texts(body: bytes) -> tuple[str, ...] | None:
    """The texts of an `errors` array, or None where the body has none.

    Autotask: {"errors":["Unable to find X in the Ticket Entity."]}
    IT Glue:  {"errors":[{"status":422,"title":"Unprocessable Entity","detail":"must exist"}]}
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    errors = found.get("errors") if isinstance(found, dict) else None
    if not isinstance(errors, list):
        return None
    return tuple(_one_text(error) for error in errors)


def _one_text(error: object) -> str:
    if isinstance(error, dict):
        return str(error.get("detail") or error.get("title") or "")
    return str(error)


def clean(texts: Iterable[str], secrets: Iterable[str] = ()) -> str:
    """A vendor's words, fit to be shown: one short line, without control characters and without our secrets.

    A vendor may echo what it was sent, so the secrets are taken out by value.
    """
    joined = " ".join(text for text in texts if text)
    for secret in secrets:
        if secret:
            joined = joined.replace(secret, "•••")
    line = re.sub(r"[\s\x00-\x1f\x7f]+", " ", joined).strip()
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def web_address(text: str, setting: str) -> str:
    """An operator's override of a vendor's address, checked, without a slash at its end."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise AskOperator(
            f"{setting} is not a web address. Give it as https://host or https://host/path and restart.",
            Trouble.MISCONFIGURED,
        )
    return text.strip().rstrip("/")

"""Turns JSON values into column values as the vendor's parser and its database would, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.autotask.catalogue import Kind
from sandbox.autotask.problems import Refused

_NUMERIC = re.compile(r"\s*-?\d+(\.\d+)?\s*")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def parse_date(text: str) -> datetime | None:
    """A UTC moment from `yyyy-MM-dd[THH:mm:ss[.fff]][Z]`; None when it is no date."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def show_date(moment: datetime) -> str:
    """UTC with `Z` and up to three trimmed fractional digits, as today's answers have it."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S}"
    fraction = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


def for_filter(value: Any, kind: Kind) -> Any:
    """The value of a filter condition; None stands for a value that matches nothing."""
    if value is None:
        return None
    if kind in ("integer", "double", "long"):
        return _number(value, kind)
    if kind == "boolean":
        return _TRUTH.get(str(value).lower())
    if kind == "datetime":
        moment = parse_date(value) if isinstance(value, str) else None
        if moment is None:
            raise Refused("Conversion failed when converting date and/or time from character string.")
        return moment
    return str(value).lower()


def _number(value: Any, kind: Kind) -> float | int | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = str(value)
    if _NUMERIC.fullmatch(text):
        return float(text) if "." in text else int(text)
    if kind == "long":
        return None  # a word against a long id finds nothing instead of failing
    raise Refused(f"Conversion failed when converting varchar '{text}' to data type int")


def for_column(name: str, value: Any, kind: Kind) -> Any:
    """The value a write puts into a column; quoted numbers and booleans pass the lenient parser."""
    if value is None:
        return None
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if kind == "boolean":
        truth = _TRUTH.get(str(value).lower())
        if truth is None:
            raise _unparsed(name, value, "Could not convert string to boolean")
        return truth
    if kind == "datetime":
        moment = parse_date(value) if isinstance(value, str) else None
        if moment is None:
            raise _unparsed(name, value, "Could not convert string to DateTime")
        return moment
    return _written_number(name, value, kind)


def _written_number(name: str, value: Any, kind: Kind) -> float | int:
    if isinstance(value, bool):
        # Contacts.isActive is a number: true is not one, and the parser stumbles over its first letter.
        letter = "t" if value else "f"
        raise Refused(
            f"Unexpected character encountered while parsing value: {letter}. Path '{name}', line 1, position 1."
        )
    if isinstance(value, str) and _NUMERIC.fullmatch(value):
        value = float(value)
    if isinstance(value, int | float):
        return float(value) if kind == "double" else int(value)
    raise _unparsed(name, value, "Could not convert string to integer")


def _unparsed(name: str, value: Any, problem: str) -> Refused:
    return Refused(f"{problem}: {value}. Path '{name}', line 1, position 1.")

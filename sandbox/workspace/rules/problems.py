"""A violation of Slack's rules, and the notebook the checks write into."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What Slack would refuse: `pointer` is a JSON pointer to it, `message` says it in Slack's words."""

    code: str
    message: str
    pointer: str
    field: str | None = None
    constraint: Json | None = None

    def as_json(self) -> Json:
        """As `blocks.validate` lists it."""
        made: Json = {"code": self.code, "message": self.message, "pointer": self.pointer}
        if self.field is not None:
            made["field"] = self.field
        if self.constraint is not None:
            made["constraint"] = self.constraint
        return made

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


class Notebook:
    """Collects problems. The small checks here answer whether their subject can be looked into further."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def failed(self, at: str, message: str, **constraint: Any) -> None:
        """Note a failed constraint."""
        self.problems.append(Problem("failed_constraint", message, at, constraint=constraint or None))

    def missing(self, at: str, field: str) -> None:
        """Note a required field that is not there."""
        self.problems.append(Problem("missing_required_field", f"missing required field: {field}", at, field))

    def require(self, thing: Json, at: str, *fields: str) -> None:
        """Each of these fields must be there."""
        for field in fields:
            if thing.get(field) is None:
                self.missing(at, field)

    def is_object(self, thing: object, at: str) -> bool:
        """It must be a JSON object."""
        if isinstance(thing, dict):
            return True
        self.failed(at, "must be an object", type="type", expected="object")
        return False

    def one_of(self, value: object, at: str, allowed: Collection[str], what: str = "type") -> bool:
        """It must be one of a few words."""
        if isinstance(value, str) and value in allowed:
            return True
        self.failed(at, f"unsupported {what}: {value}", type="enum", expected=sorted(allowed), got=value)
        return False

    def length(self, text: object, at: str, most: int, least: int = 0) -> None:
        """It must be a text of so many characters."""
        if not isinstance(text, str):
            self.failed(at, "must be a string", type="type", expected="string")
        elif len(text) < least:
            self.failed(at, f"must be more than {least - 1} characters", type="min_length", expected=least,
                        got=len(text))
        elif len(text) > most:
            self.failed(at, f"must be less than {most + 1} characters", type="max_length", expected=most,
                        got=len(text))

    def optional_length(self, thing: Json, field: str, at: str, most: int) -> None:
        """If the field is there, it must be a text of so many characters."""
        if thing.get(field) is not None:
            self.length(thing[field], f"{at}/{field}", most)

    def items(self, things: object, at: str, most: int, least: int = 1) -> list[Any]:
        """It must be a list of so many items; gives the items to look into."""
        if not isinstance(things, list):
            self.failed(at, "must be an array", type="type", expected="array")
            return []
        if len(things) < least:
            self.failed(at, f"must provide at least {least} items", type="min_items", expected=least,
                        got=len(things))
        if len(things) > most:
            self.failed(at, f"no more than {most} items allowed", type="max_items", expected=most,
                        got=len(things))
        return things

    def between(self, value: object, at: str, low: int, high: int | None) -> None:
        """It must be a whole number between two others."""
        if not isinstance(value, int) or isinstance(value, bool):
            self.failed(at, "must be an integer", type="type", expected="integer")
        elif value < low:
            self.failed(at, f"must be greater than {low - 1}", type="min", expected=low, got=value)
        elif high is not None and value > high:
            self.failed(at, f"must be less than {high + 1}", type="max", expected=high, got=value)

    def address(self, url: object, at: str, most: int) -> None:
        """It must be a web address of so many characters."""
        self.length(url, at, most, least=1)
        if isinstance(url, str) and (urlsplit(url).scheme not in ("http", "https", "slack", "mailto", "tel")):
            self.failed(at, f"invalid url: {url[:100]}", type="url")

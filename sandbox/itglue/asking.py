"""Reads a query string: filters, sort, page and includes, in snake or dash spelling, brackets raw or encoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from sandbox.itglue.catalogue import Resource

_DEFAULT_SIZE = 50
_LARGEST_SIZE = 1_000
_FILTER = re.compile(r"filter(?:\[(exclude|range)\])?\[([^\]]+)\]")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")


def snake(name: str) -> str:
    """The spelling of routes and filters."""
    return name.replace("-", "_")


def dash(name: str) -> str:
    """The spelling of attributes."""
    return name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Condition:
    """One accepted filter: `mode` is empty, `exclude` or `range`."""

    name: str
    mode: str
    text: str

    @property
    def values(self) -> list[str]:
        r"""The alternatives; `\,` is a comma inside one of them."""
        return [part.replace("\\,", ",") for part in _UNESCAPED_COMMA.split(self.text)]


@dataclass(frozen=True, slots=True)
class Question:
    """What a list call asks for. `psa_type` accompanies a psa_id filter."""

    conditions: tuple[Condition, ...]
    unknown: tuple[str, ...]
    psa_type: str
    sort: tuple[str, ...]
    number: int
    size: int
    includes: tuple[str, ...]

    def address(self, base: str, number: int) -> str:
        """The address of a page, with the page size and the accepted filters."""
        parts = [f"{_key(c)}={quote(c.text, safe='*')}" for c in self.conditions]
        if self.psa_type:
            parts.append(f"filter%5Bpsa_integration_type%5D={quote(self.psa_type)}")
        if self.sort:
            parts.append(f"sort={quote(','.join(self.sort), safe=',')}")
        if self.includes:
            parts.append(f"include={','.join(self.includes)}")
        parts += [f"page%5Bnumber%5D={number}", f"page%5Bsize%5D={self.size}"]
        return f"{base}?{'&'.join(parts)}"


def _key(condition: Condition) -> str:
    mode = f"%5B{condition.mode}%5D" if condition.mode else ""
    return f"filter{mode}%5B{condition.name}%5D"


def read_question(resource: Resource, query: str, *, filters_work: bool) -> Question:
    """Read a list call; on nested routes filters do not work and are passed over."""
    pairs = parse_qsl(query, keep_blank_values=True)
    params = dict(pairs)
    conditions: list[Condition] = []
    unknown: list[str] = []
    psa_type = ""
    for mode, name, text in _filters(pairs) if filters_work else ():
        if name == "psa_integration_type":
            psa_type = text
        elif _is_known(resource, mode, name):
            conditions.append(Condition(name, mode, text))
        else:
            unknown.append(name)
    sort = tuple(_split(params.get("sort", "")))
    return Question(
        tuple(conditions),
        tuple(unknown),
        psa_type,
        tuple(one for one in sort if snake(one.lstrip("-")) in resource.sorts),
        max(1, _whole(params.get("page[number]"), 1)),
        min(_LARGEST_SIZE, max(1, _whole(params.get("page[size]"), _DEFAULT_SIZE))),
        tuple(snake(one) for one in _split(params.get("include", ""))),
    )


def _filters(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for key, text in pairs:
        match = _FILTER.fullmatch(key)
        if match is not None:
            yield match[1] or "", snake(match[2]), text


def _is_known(resource: Resource, mode: str, name: str) -> bool:
    known = {"exclude": resource.excludes, "range": resource.ranges}.get(mode, tuple(resource.filters))
    return name in known


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default

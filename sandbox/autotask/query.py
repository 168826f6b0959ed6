"""Answers queries: pages in order of id, counts, and the addresses of the pages after and before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

import msgspec

from sandbox.autotask.catalogue import Entity
from sandbox.autotask.filters import Filter, compile_filter
from sandbox.autotask.problems import Refused
from sandbox.autotask.rendering import render
from sandbox.autotask.sight import Sight
from sandbox.serving import Reply, json_reply
from sandbox.world import Row, Table

_DEFAULT_PAGE = 500


class Paging(msgspec.Struct, rename="camel"):
    """The `paging` parameter of a next page: where it begins, and where the pages before began."""

    page_size: int = _DEFAULT_PAGE
    previous_ids: list[int] = msgspec.field(default_factory=lambda: [-1])
    next_ids: list[int] = msgspec.field(default_factory=lambda: [-1])


@dataclass(frozen=True, slots=True)
class Search:
    """A query as asked. `text` is the original `search` of a GET, empty for a POST."""

    conditions: Any
    only: frozenset[str] | None
    page_size: int
    text: str = ""


def read_search(raw: bytes, *, text: str = "") -> Search:
    """Read a query body or `search` parameter; property names come in any case."""
    if not raw.strip():
        raise Refused("Value cannot be null.\r\nParameter name: queryModel")
    try:
        asked = msgspec.json.decode(raw)
    except msgspec.DecodeError as problem:
        raise Refused(f"Unexpected character encountered while parsing the query. {problem}") from problem
    if not isinstance(asked, dict):
        raise Refused("Cannot deserialize the current JSON into type 'QueryModel'.")
    keys = {str(key).lower(): value for key, value in asked.items()}
    if keys.get("filter") is None:
        raise Refused("A filter is required to query this entity.")
    only = keys.get("includefields")
    names = frozenset(str(name).lower() for name in only) if only else None
    return Search(keys["filter"], names, _page_size(keys.get("maxrecords")), text)


def _page_size(asked: Any) -> int:
    if asked is None:
        return _DEFAULT_PAGE
    if not isinstance(asked, int) or not 1 <= asked <= _DEFAULT_PAGE:
        raise Refused("maxCountOfRecordsToReturn must be between 1 and 500")
    return asked


@dataclass(frozen=True, slots=True)
class Reading:
    """One table as one caller may see it; `seen` is None for all rows, `blank` are columns that come empty."""

    entity: Entity
    table: Table
    seen: Sight | None = None
    blank: frozenset[str] = frozenset()

    def page(self, search: Search, paging: Paging | None, root: str) -> Reply:
        """One page of the search; `root` is the zone's base address with its version."""
        place = paging or Paging(search.page_size)
        found = compile_filter(self.entity, search.conditions)
        ids = list(islice(self._matching(found, place.next_ids[-1]), search.page_size + 1))
        more = len(ids) > search.page_size
        ids = ids[: search.page_size]
        rows = [self.show(self.table.rows[one], search.only) for one in ids]
        details: dict[str, Any] = {"count": len(rows), "requestCount": search.page_size}
        details["prevPageUrl"] = self._before(search, place, root) if paging else None
        details["nextPageUrl"] = self._after(search, place, ids[-1], root) if more else None
        return json_reply({"items": rows, "pageDetails": details}, is_page=True)

    def count(self, search: Search) -> Reply:
        """How many rows the search finds."""
        found = compile_filter(self.entity, search.conditions)
        return json_reply({"queryCount": sum(1 for _ in self._matching(found, -1))})

    def children(self, column: str, parent_id: int) -> Reply:
        """All rows under a parent, in the same envelope as a query."""
        ids = self.table.where(column, parent_id)
        rows = [self.show(row) for one in ids if self.sees(row := self.table.rows[one])]
        details: dict[str, Any] = {"count": len(rows), "requestCount": _DEFAULT_PAGE}
        details |= {"prevPageUrl": None, "nextPageUrl": None}
        return json_reply({"items": rows, "pageDetails": details}, is_page=True)

    def sees(self, row: Row) -> bool:
        """Whether the caller is shown this row."""
        return self.seen is None or self.seen(row)

    def show(self, row: Row, only: Collection[str] | None = None) -> Row:
        """The row as JSON, with the columns empty that the caller may not see."""
        shown = render(self.entity, row, only)
        return shown if not self.blank else shown | dict.fromkeys(self.blank & shown.keys())

    def _matching(self, found: Filter, after: int) -> Iterator[int]:
        if found.matches_nothing:
            return
        ids = self._narrowest(found)
        start = max(after, found.after if found.after is not None else after)
        rows = self.table.rows
        for position in range(bisect_right(ids, start), len(ids)):
            row = rows[ids[position]]
            if found.passes(row) and self.sees(row):
                yield ids[position]

    def _narrowest(self, found: Filter) -> Sequence[int]:
        if "id" in found.equals:
            wanted = found.equals["id"]
            return [wanted] if wanted in self.table.rows else []
        for column, value in found.equals.items():
            if self.table.is_indexed(column) and value is not None:
                return self.table.where(column, value)
        return self.table.ids

    def _after(self, search: Search, place: Paging, last: int, root: str) -> str:
        begun = [-1] if place.next_ids == [-1] else [*place.previous_ids, place.next_ids[-1]]
        return self._address(search, Paging(search.page_size, begun, [last]), root)

    def _before(self, search: Search, place: Paging, root: str) -> str:
        earlier = place.previous_ids[:-1] or [-1]
        return self._address(search, Paging(search.page_size, earlier, [place.previous_ids[-1]]), root)

    def _address(self, search: Search, paging: Paging, root: str) -> str:
        address = f"{root}{self.entity.name}/query/next?paging={_escaped(msgspec.json.encode(paging))}"
        # Only a GET carries its search along; a POST must be repeated with its body.
        return f"{address}&search={_escaped(search.text.encode())}" if search.text else address


def read_paging(text: str) -> Paging:
    """Read the `paging` parameter of a next page."""
    try:
        paging = msgspec.json.decode(text, type=Paging)
    except msgspec.DecodeError as problem:
        raise Refused("Error converting value to type 'PagingModel'. Path 'paging'.") from problem
    if not paging.next_ids or not paging.previous_ids:
        raise Refused("Error converting value to type 'PagingModel'. Path 'paging'.")
    return paging


def _escaped(raw: bytes) -> str:
    """Percent-escapes in lower case, as the vendor writes them."""
    return re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), quote(raw, safe=""))

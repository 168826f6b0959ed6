"""Finds the rows a list or a count asks for: conditions, order, one page; by number or forward only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from sandbox.connectwise import conditions
from sandbox.connectwise.callers import ApiMember
from sandbox.connectwise.catalogue import Resource
from sandbox.connectwise.conditions import Condition, Test
from sandbox.connectwise.problems import Refused, bad_condition
from sandbox.connectwise.rendering import Renderer, getter
from sandbox.world import Row, Table

DEFAULT_SIZE = 25
LARGEST_SIZE = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """One page of a list. `after_id` set: the forward-only mode, where page and order do not count."""

    number: int
    size: int
    order: str
    descending: bool
    fields: tuple[str, ...]
    after_id: int | None = None

    @classmethod
    def read(cls, params: Mapping[str, str], forward: bool) -> Question:
        field, _, direction = params.get("orderBy", "").strip().partition(" ")
        if forward and field:
            raise Refused(400, "InvalidOrderBy", "orderBy cannot be used with forward-only pagination")
        size = min(LARGEST_SIZE, max(1, _whole(params.get("pageSize"), DEFAULT_SIZE)))
        fields = tuple(name.strip() for name in params.get("fields", "").split(",") if name.strip())
        after = _whole(params.get("pageId"), 0) if forward else None
        descending = direction.strip().lower() == "desc"
        return cls(max(1, _whole(params.get("page"), 1)), size, field or "id", descending, fields, after)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of one resource that one caller may see and asks for."""

    tables: dict[str, Table]
    resource: Resource
    member: ApiMember
    under: int | None
    times: bool = True

    @property
    def table(self) -> Table:
        return self.tables[self.resource.table]

    def rows(self, params: Mapping[str, str], after_id: int | None = None) -> Iterator[Row]:
        """Rows by id, ascending."""
        condition = self._condition(params.get("conditions", ""))
        child = self._children(params.get("childConditions", ""))
        after = max((one for one in (after_id, condition.after) if one is not None), default=None)
        ids = self._ids(condition)
        for row_id in islice(ids, bisect_right(ids, after) if after is not None else 0, None):
            row = self.table.rows[row_id]
            if self._is_seen(row) and condition.test(row) and child(row):
                yield row

    def page(self, params: Mapping[str, str], question: Question) -> tuple[list[Row], int | None]:
        """One page's rows, and how many there are in all where that was found out on the way."""
        if question.after_id is not None:
            return list(islice(self.rows(params, question.after_id), question.size + 1)), None
        if question.order == "id" and not question.descending and question.number == 1:
            first = list(islice(self.rows(params), question.size + 1))  # a walk by id asks for first pages only
            return first, len(first) if len(first) <= question.size else None
        found = list(self.rows(params))
        own = getter(self.resource, self.tables)(question.order)
        found.sort(key=lambda row: _sort_key(own(row)), reverse=question.descending)
        start = (question.number - 1) * question.size
        return found[start : start + question.size + 1], len(found)

    def _ids(self, condition: Condition) -> Any:
        if self.resource.under:
            return self.table.where(self.resource.under, self.under)
        for column, value in condition.equals.items():
            if self.table.is_indexed(column):
                return self.table.where(column, value)
        return self.table.ids

    def _is_seen(self, row: Row) -> bool:
        allowed = self.member.companies
        if allowed is None:
            return True
        company = row["id"] if self.resource.table == "companies" else row.get("company")
        return company is None or company in allowed

    def _condition(self, text: str) -> Condition:
        if not text.strip():
            return Condition(lambda _: True, None, {})
        return conditions.read(text, getter(self.resource, self.tables), times=self.times)

    def _children(self, text: str) -> Test:
        """Whether one and the same item of a list inside the row meets the whole condition."""
        if not text.strip():
            return lambda _: True
        heads: set[str] = set()

        def child(path: str) -> conditions.Getter:
            head, _, tail = path.partition("/")
            if not tail or head not in self.resource.fields:
                raise bad_condition(f"{path} is not a path into a list.")
            heads.add(head)
            return lambda item: _inside(item, tail)

        test = conditions.read(text, child, times=self.times).test
        return lambda row: any(test(item) for head in heads for item in self._items(row, head))

    def _items(self, row: Row, head: str) -> list[Row]:
        value = row.get(head) or ()
        if head in self.resource.lists:
            renderer = Renderer(self.tables, "")
            return [renderer.reference(self.resource.target(head), one) for one in value]
        return list(value) if isinstance(value, list | tuple) else []


def _inside(item: Any, path: str) -> Any:
    for part in path.split("/"):
        item = item.get(part) if isinstance(item, dict) else None
    return item


def _sort_key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.lower() if isinstance(value, str) else value)


def links(address: str, params: Mapping[str, str], question: Question, more: bool, total: int | None, last: int) -> str:
    """The Link header of a page: next and prev where there are such, first, and last where the total is known."""

    def link(rel: str, **changes: str) -> str:
        return f'<{address}?{urlencode({**params, **changes})}>; rel="{rel}"'

    if question.after_id is not None:
        return link("next", pageId=str(last)) if more else ""
    found = [link("next", page=str(question.number + 1))] if more else []
    if question.number > 1:
        found += [link("prev", page=str(question.number - 1)), link("first", page="1")]
    if more and total is not None:
        found.append(link("last", page=str(-(-total // question.size))))
    return ", ".join(found)

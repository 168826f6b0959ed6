"""Finds the rows a list call asks for: filters, order, and one page of ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sandbox.itglue.asking import Condition, Question, dash
from sandbox.itglue.catalogue import FilterKind, Resource
from sandbox.itglue.companions import read
from sandbox.itglue.problems import Refused
from sandbox.world import Row, Table, World

Test = Callable[[Row], bool]

_WEEK = timedelta(days=7)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
PSA_TYPES = ("manage", "autotask", "tigerpaw", "kaseya-bms", "pulseway-psa", "vorex")
_NOBODY = -1


class Selection:
    """Rows of one table; sorted orders are remembered until the table changes."""

    def __init__(self, world: World, table: Table) -> None:
        self.world = world
        self.table = table
        self.refuse_long_ranges = False
        self._orders: dict[tuple[str, ...], tuple[int, list[int]]] = {}

    def ids(self, resource: Resource, question: Question, under: int | None) -> Sequence[int]:
        """Ids in the order asked for, by id when none is; `under` is the organisation of a nested route."""
        self._check_psa(question)
        tests = [self._test(resource, condition) for condition in question.conditions]
        narrow = self._narrow(question, under)
        if narrow is None:
            ordered = self._ordered(question.sort)
        else:
            ordered = self._sorted(list(narrow), question.sort) if question.sort else narrow
        if not tests:
            return ordered
        rows = self.table.rows
        return [one for one in ordered if all(test(rows[one]) for test in tests)]

    def _narrow(self, question: Question, under: int | None) -> Sequence[int] | None:
        if under is not None:
            return self.table.where("organization-id", under)
        for condition in question.conditions:
            column = dash(condition.name)
            if not condition.mode and column != "psa-id" and self.table.is_indexed(column):
                found = [self.table.where(column, _number(value)) for value in condition.values]
                return sorted({one for ids in found for one in ids})
        return None

    def _check_psa(self, question: Question) -> None:
        if any(condition.name == "psa_id" for condition in question.conditions):
            if not question.psa_type:
                raise Refused(400, "Bad Request", detail="psa_integration_type is required with psa_id")
            if question.psa_type not in PSA_TYPES:
                raise Refused(400, "Bad Request", detail="psa_integration_type is not one of the known types")

    def _ordered(self, sort: tuple[str, ...]) -> Sequence[int]:
        if not sort or sort == ("id",):
            return self.table.ids
        known = self._orders.get(sort)
        if known is None or known[0] != self.table.version:
            known = (self.table.version, self._sorted(list(self.table.ids), sort))
            self._orders[sort] = known
        return known[1]

    def _sorted(self, ids: list[int], sort: tuple[str, ...]) -> list[int]:
        for name in reversed(sort):
            column = dash(name.lstrip("-"))
            ids.sort(key=partial(self._sort_key, column), reverse=name.startswith("-"))
        return ids

    def _sort_key(self, column: str, row_id: int) -> tuple[bool, Any]:
        value = read(self.world, self.table.rows[row_id], column)
        return (value is not None, value if value is not None else 0)

    def _test(self, resource: Resource, condition: Condition) -> Test:
        column = dash(condition.name)
        if condition.mode == "range":
            return _number_range(column, condition.values)
        kind = resource.filters[condition.name]
        if kind == "dates":
            return self._date_range(column, condition.values)
        if condition.name == "psa_id":
            return self._psa(condition.values)
        wanted = {_value(kind, text) for text in condition.values}
        own = _reader(kind, column)
        if condition.mode == "exclude":
            return lambda row: own(row) not in wanted
        return lambda row: own(row) in wanted

    def _psa(self, values: list[str]) -> Test:
        wanted = set(values)
        return lambda row: row.get("psa-id") is not None and str(row["psa-id"]) in wanted

    def _date_range(self, column: str, values: list[str]) -> Test:
        start, end = (_moment(values[0]), _moment(values[1] if len(values) > 1 else "*"))
        if self.refuse_long_ranges and (start is None or end is None or end - start > _WEEK):
            raise Refused(400, "Bad Request", detail="The date range is too long.")

        def test(row: Row) -> bool:
            own = row.get(column)
            return own is not None and (start is None or own >= start) and (end is None or own <= end)

        return test


def _reader(kind: FilterKind, column: str) -> Callable[[Row], Any]:
    if kind == "email":
        return lambda row: (row.get("emails") or (None,))[0]
    if kind == "flag" and column != "important":
        return lambda row: bool(row.get(column))
    return lambda row: row.get(column)  # `important` may be null, and then both its filters miss the record


def _value(kind: FilterKind, text: str) -> Any:
    if kind in ("id", "number"):
        return _number(text)
    if kind == "flag":
        return _TRUTH.get(text.strip().lower())
    return text  # exact, and case-sensitive


def _number(text: str) -> int:
    return int(text) if text.strip().isdigit() else _NOBODY


def _number_range(column: str, values: list[str]) -> Test:
    low = None if values[0] == "*" else _number(values[0])
    high = None if len(values) < 2 or values[1] == "*" else _number(values[1])

    def test(row: Row) -> bool:
        own = row.get(column)
        return own is not None and (low is None or own >= low) and (high is None or own <= high)

    return test


def _moment(text: str) -> datetime | None:
    if text in ("*", ""):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refused(400, "Bad Request", detail="A date is not in RFC 3339.") from problem
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

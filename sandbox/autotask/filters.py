"""The query language: reads a filter, forgives what the vendor forgives, and compiles a test for rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sandbox.autotask.catalogue import Entity, Field, Kind, Udf
from sandbox.autotask.problems import Refused
from sandbox.autotask.values import for_filter, parse_date
from sandbox.world import Row

Test = Callable[[Row], bool]

_MOST_ORS = 500
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq, "noteq": ne, "gt": gt, "gte": ge, "lt": lt, "lte": le,
}  # fmt: skip
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "beginswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_SETS = ("in", "notin")
_NULLS = ("exist", "notexist")
_GROUPS = ("and", "or")


@dataclass(slots=True)
class Filter:
    """A compiled filter. `equals` and `after` are what an index and the order by id can use."""

    tests: list[Test] = field(default_factory=list)
    equals: dict[str, Any] = field(default_factory=dict)
    after: int | None = None
    matches_nothing: bool = False

    def passes(self, row: Row) -> bool:
        """Whether the row meets every condition."""
        return all(test(row) for test in self.tests)


class _Reader:
    """Reads one filter of one entity, counting what the vendor limits."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.ors = 0
        self.udfs: set[str] = set()
        self.filter = Filter()

    def read(self, conditions: Sequence[Any]) -> Filter:
        kept = [test for one in conditions if (test := self.condition(one, top=True)) is not None]
        if self.ors > _MOST_ORS:
            raise Refused("Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.")
        if len(self.udfs) > 1:
            raise Refused("Only one UserDefinedField can be used in a query.")
        self.filter.tests = kept
        # Nothing left of a filter that said something: an empty list, not the whole table.
        self.filter.matches_nothing = bool(conditions) and not kept
        return self.filter

    def condition(self, raw: Any, *, top: bool = False) -> Test | None:
        if not isinstance(raw, dict):
            raise Refused("Error converting value to type 'Autotask.QueryFilter'. Path 'filter[0]'.")
        keys = {str(key).lower(): value for key, value in raw.items()}
        op = str(keys.get("op", "")).lower()
        if op in _GROUPS:
            return self.group(op, keys.get("items") or [])
        if op not in _ORDER and op not in _TEXT and op not in _SETS and op not in _NULLS:
            return None  # an operator nobody knows is dropped without a word
        if keys.get("udf") in (True, "true", 1):
            return self.udf(op, keys)
        column = self.entity.find(str(keys.get("field", "")))
        if column is None or not column.queryable:
            name = keys.get("field")
            raise Refused(f"Unable to find {name} in the {self.entity.singular} Entity.")
        if op in _SETS:
            self.ors += len(_listed(keys.get("value")))
        if top:
            self.note(op, column, keys.get("value"))
        return _test(op, _getter(column), column.kind, keys.get("value"), "value" in keys)

    def group(self, op: str, items: Sequence[Any]) -> Test | None:
        tests = [test for item in items if (test := self.condition(item)) is not None]
        if op == "or":
            self.ors += sum(1 for item in items if str(item.get("op", "")).lower() not in _SETS)
        if not tests:
            return None
        if op == "or":
            return lambda row: any(test(row) for test in tests)
        return lambda row: all(test(row) for test in tests)

    def udf(self, op: str, keys: dict[str, Any]) -> Test:
        known = self.entity.find_udf(str(keys.get("field", "")))
        if known is None:
            raise Refused(f"Unable to find {keys.get('field')} in the {self.entity.singular} Entity.")
        self.udfs.add(known.name)
        return _test(op, _udf_getter(known), known.kind, keys.get("value"), "value" in keys)

    def note(self, op: str, column: Field, value: Any) -> None:
        """Remember what lets the table be entered at the right place instead of read from the top."""
        if op == "eq":
            self.filter.equals[column.name] = for_filter(value, column.kind)
        if column.name == "id" and op in ("gt", "gte") and isinstance(value, int):
            bound = value if op == "gt" else value - 1
            self.filter.after = max(bound, self.filter.after if self.filter.after is not None else bound)


def compile_filter(entity: Entity, conditions: Any) -> Filter:
    """Read a `filter` array; an empty one matches everything."""
    if not isinstance(conditions, list):
        raise Refused("Cannot deserialize the current JSON into type 'List`1[QueryFilter]'. Path 'filter'.")
    return _Reader(entity).read(conditions)


def _never(_: Row) -> bool:
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _getter(column: Field) -> Callable[[Row], Any]:
    name = column.name
    return lambda row: row.get(name)


def _udf_getter(udf: Udf) -> Callable[[Row], Any]:
    def get(row: Row) -> Any:
        text = (row.get("userDefinedFields") or {}).get(udf.name)
        if text is None or udf.kind == "string":
            return text
        return parse_date(text) if udf.kind == "datetime" else float(text)

    return get


def _test(op: str, get: Callable[[Row], Any], kind: Kind, value: Any, has_value: bool) -> Test:
    if op in _SETS:
        return _set_test(op, get, kind, _listed(value))
    if op in _TEXT:
        return _text_test(_TEXT[op], get, value)
    if op in _NULLS:
        wanted = op == "exist"
        return lambda row: (get(row) is not None) is wanted
    if op == "eq" and kind == "boolean" and not has_value:
        return lambda row: not get(row)  # production clients leave the value out to mean false or null
    return _order_test(_ORDER[op], get, kind, for_filter(value, kind))


def _order_test(compare: Callable[[Any, Any], bool], get: Callable[[Row], Any], kind: Kind, sought: Any) -> Test:
    if sought is None:
        return _never  # `eq null` is SQL's comparison with null: nothing is ever equal to it
    if kind == "string":
        return lambda row: (own := get(row)) is not None and compare(str(own).lower(), sought)
    return lambda row: (own := get(row)) is not None and compare(own, sought)


def _set_test(op: str, get: Callable[[Row], Any], kind: Kind, values: list[Any]) -> Test:
    members = {for_filter(value, kind) for value in values} - {None}
    folded = kind == "string"
    wanted = op == "in"

    def test(row: Row) -> bool:
        own = get(row)
        if own is None:
            return False
        return ((str(own).lower() if folded else own) in members) is wanted

    return test


def _text_test(compare: Callable[[str, str], bool], get: Callable[[Row], Any], value: Any) -> Test:
    if value is None:
        return _never
    sought = str(value).lower()
    return lambda row: (own := get(row)) is not None and compare(str(own).lower(), sought)

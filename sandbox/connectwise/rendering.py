"""Turns rows into ConnectWise records: references as small objects, dates in whole seconds, null fields left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.connectwise.catalogue import OF_TABLE, Resource
from sandbox.connectwise.problems import bad_condition
from sandbox.world import Row, Table

_INFO = {"lastUpdated", "updatedBy", "dateEntered", "enteredBy"}


def show_date(moment: datetime) -> str:
    """UTC with `Z`, whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders rows; `base` is the address below which records live."""

    tables: dict[str, Table]
    base: str

    def record(self, resource: Resource, row: Row, only: tuple[str, ...] = ()) -> Row:
        """One record. With `only`, those fields (`company/id` picks inside a reference), and no `_info` unless it is named."""
        shown: Row = {}
        for name in resource.fields:
            value = self._value(resource, row, name)
            if value is not None:
                shown[name] = value
        info = {"lastUpdated": show_date(row["lastUpdated"]), "updatedBy": row.get("updatedBy", "zadmin")}
        info |= {"dateEntered": show_date(row["dateEntered"]), "enteredBy": row.get("enteredBy", "zadmin")}
        shown["_info"] = info
        return _picked(shown, only) if only else shown

    def _value(self, resource: Resource, row: Row, name: str) -> Any:
        table = resource.target(name)
        value = row.get(name)
        if name == "fullName":
            return f"{row.get('firstName', '')} {row.get('lastName', '')}".strip()
        if resource.one == "memberInfo" and name == "defaultEmail":
            return row.get("officeEmail")
        if isinstance(value, datetime):
            return show_date(value)
        if not table or value is None:
            return value
        if name in resource.lists:
            return [self.reference(table, one) for one in value if one in self.tables[table].rows]
        return self.reference(table, value) if value in self.tables[table].rows else None

    def reference(self, table: str, row_id: int) -> Row:
        """`{"id": 5, "identifier": "Contoso", "name": "Contoso Ltd.", "_info": {"company_href": …}}`."""
        target, row = OF_TABLE[table], self.tables[table].rows[row_id]
        found: Row = {"id": row_id}
        if "identifier" in target.fields:
            found["identifier"] = row.get("identifier")
        found["name"] = display_name(target, row)
        path = target.path.replace("{}", str(row.get(target.under, "")))
        return found | {"_info": {f"{target.one}_href": f"{self.base}/{path}/{row_id}"}}


def display_name(target: Resource, row: Row) -> str:
    """What a reference calls a record."""
    if "firstName" in target.fields:
        return f"{row.get('firstName') or ''} {row.get('lastName') or ''}".strip()
    return str(row.get(target.name) or "")


def _picked(record: Row, only: tuple[str, ...]) -> Row:
    shown: Row = {}
    for path in only:
        head, _, tail = path.partition("/")
        if head not in record:
            continue
        value = record[head]
        if tail and isinstance(value, dict):
            shown.setdefault(head, {})[tail] = value.get(tail)
        else:
            shown[head] = value
    return shown


def getter(resource: Resource, tables: dict[str, Table]) -> Callable[[str], Callable[[Row], Any]]:
    """Readers of condition paths over the rows of a resource; an unknown path is a bad condition."""

    def find(path: str) -> Callable[[Row], Any]:
        head, _, tail = path.partition("/")
        if (head == "_info" and tail in _INFO) or (head in _INFO and not tail):
            return lambda row: _whole_second(row.get(tail or head))
        if head not in resource.fields:
            raise bad_condition(f"{head} is not a field of {resource.one}.")
        table = resource.target(head)
        if not tail:
            return lambda row: _whole_second(row.get(head))
        if not table or head in resource.lists:
            raise bad_condition(f"{path} cannot be asked for here.")
        if tail == "id":
            return lambda row: row.get(head)
        target, rows = OF_TABLE[table], tables[table].rows
        if tail == "name":
            return lambda row: display_name(target, rows[row[head]]) if row.get(head) in rows else None
        return lambda row: rows[row[head]].get(tail) if row.get(head) in rows else None

    return find


def _whole_second(value: Any) -> Any:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value

"""One vendor's table in memory: rows by id, ids in ascending order, quick look-ups by chosen columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Row = dict[str, Any]
Action = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one row; signed callouts are to be made from these.

    Watchers hear of a change under the world's lock and should only take note of it.

    `values` holds the written columns (all of them on Create, the last state on Delete), `before` what an
    Update found in them; `actor` is the vendor's id of the person who wrote, None when the world itself did.
    """

    source: str
    table: str
    row_id: int
    action: Action
    values: Mapping[str, Any]
    at: datetime
    actor: int | None
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a table carry dates of their own, and which are looked up by value."""

    first_id: int = 1
    step: int = 1
    created: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()


class Table:
    """Rows are sparse: a column that was never set is absent and reads as null."""

    def __init__(self, source: str, name: str, layout: Layout, emit: Callable[[Change], None]) -> None:
        self.source = source
        self.name = name
        self.layout = layout
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self.version = 0
        self._next = layout.first_id
        self._emit = emit
        self._index: dict[str, dict[Any, list[int]]] = {column: {} for column in layout.indexed}

    def insert(self, row: Row, now: datetime, *, row_id: int | None = None, actor: int | None = None) -> int:
        """Add a row, stamp its dates unless the row brings them, and return its id."""
        new_id = self._next if row_id is None else row_id
        self._next = max(self._next, new_id + self.layout.step)
        for column in (*self.layout.created, *self.layout.modified):
            row.setdefault(column, now)
        row["id"] = new_id
        self.rows[new_id] = row
        if not self.ids or new_id > self.ids[-1]:
            self.ids.append(new_id)
        else:
            insort(self.ids, new_id)
        for column, entries in self._index.items():
            insort(entries.setdefault(row.get(column), []), new_id)
        self.version += 1
        self._emit(Change(self.source, self.name, new_id, "Create", row, now, actor))
        return new_id

    def update(self, row_id: int, changes: Mapping[str, Any], now: datetime, *, actor: int | None = None) -> None:
        """Write columns and move the modification dates."""
        row = self.rows[row_id]
        before = {column: row.get(column) for column in changes}
        for column, entries in self._index.items():
            if column in changes and changes[column] != row.get(column):
                entries[row.get(column)].remove(row_id)
                insort(entries.setdefault(changes[column], []), row_id)
        row.update(changes)
        row.update(dict.fromkeys(self.layout.modified, now))
        self.version += 1
        self._emit(Change(self.source, self.name, row_id, "Update", dict(changes), now, actor, before))

    def touch(self, row_id: int, column: str, value: Any) -> None:
        """Set one column without calling it an edit (related activity moves dates this way)."""
        if row_id in self.rows:
            self.rows[row_id][column] = value
            self.version += 1

    def delete(self, row_id: int, now: datetime, *, actor: int | None = None) -> Row:
        """Take a row out and return it."""
        row = self.rows.pop(row_id)
        del self.ids[bisect_left(self.ids, row_id)]
        for column, entries in self._index.items():
            entries[row.get(column)].remove(row_id)
        self.version += 1
        self._emit(Change(self.source, self.name, row_id, "Delete", row, now, actor))
        return row

    def get(self, row_id: int) -> Row | None:
        """The row, or None."""
        return self.rows.get(row_id)

    def is_indexed(self, column: str) -> bool:
        """Whether `where` can answer for this column."""
        return column in self._index

    def where(self, column: str, value: Any) -> Sequence[int]:
        """Ascending ids of the rows whose indexed column equals the value."""
        return self._index[column].get(value, ())


def beyond(ids: Sequence[int], row_id: int) -> int:
    """Position of the first id greater than `row_id` in an ascending sequence."""
    return bisect_right(ids, row_id)

"""Writing and looking up many rows at once, each database by the way it does so fastest (docs/speed.md has the figures).

SQLite is handed plain tuples by its driver; PostgreSQL one JSON array, which it takes apart itself: that beat both a
statement a row and COPY into a temporary table. Never ORM add_all and never one statement with many VALUES: they are ten
times slower.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    CursorResult,
    Executable,
    LargeBinary,
    SQLColumnExpression,
    Table,
    Text,
    bindparam,
    or_,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, SQLModel

_COUNTED = {"preserve_rowcount": True}
Rows = Sequence[Mapping[str, Any]]


def insert_or_skip(session: Session, table: type[SQLModel], rows: Rows) -> int:
    """Insert rows; those whose key (any unique one) is there already are left as they are. How many were new."""
    return _put(session, core(table), rows, None, ())


def upsert(
    session: Session, table: type[SQLModel], rows: Rows, keys: Sequence[str], compare: Sequence[str] = ()
) -> None:
    """Insert rows or update them by `keys`; with `compare`, rows equal in those columns are not written at all."""
    _put(session, core(table), rows, tuple(keys), tuple(compare))


class _Among(FunctionElement[bool]):
    """Whether a column is one of the texts of a JSON array."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        """As it is: SQLAlchemy would write `… = 1` behind it for SQLite, and no index would serve."""
        return self


@compiles(_Among, "sqlite")
def _among_of_sqlite(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, texts = (compiler.process(each, **more) for each in element.clauses)
    return f"{column} in (select value from json_each({texts}))"  # noqa: S608 - a column of ours and a bound parameter


@compiles(_Among, "postgresql")
def _among_of_postgresql(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, texts = (compiler.process(each, **more) for each in element.clauses)
    # Taken apart once, as an array, so that an index serves: of a set of unknown size it would rather walk the whole table.
    return f"{column} = any(array(select json_array_elements_text(cast({texts} as json))))"


def among(column: SQLColumnExpression[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column in values` for texts, however many: one parameter, where `in_` makes one of each value, every time anew."""
    return _Among(column, bindparam(None, msgspec.json.encode(list(values)).decode(), Text))


def written(session: Session, statement: Executable) -> int:
    """Run an update or delete; how many rows it touched."""
    result = session.execute(statement)
    return int(result.rowcount) if isinstance(result, CursorResult) else 0


def core(table: type[SQLModel]) -> Table:
    """The Core table of a model."""
    found = table.__table__  # type: ignore[attr-defined]
    assert isinstance(found, Table)
    return found


def _put(
    session: Session, table: Table, rows: Rows, keys: tuple[str, ...] | None, compare: tuple[str, ...]
) -> int:
    if not rows:
        return 0
    names = tuple(rows[0])
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        statement, columns = _by_tuples(connection.dialect, table, names, keys, compare)
        values = list(zip(*(_column(rows, *each) for each in columns), strict=True))
        return connection.exec_driver_sql(statement, values, _COUNTED).rowcount
    if any(isinstance(table.c[name].type, LargeBinary) for name in names):  # JSON has no bytes
        plain = _settled(postgresql.insert(table), table, names, keys, compare)
        return connection.execute(plain, [dict(row) for row in rows], execution_options=_COUNTED).rowcount
    statement_ = _from_json(table, names, keys, compare)
    return connection.execute(statement_, {"rows": msgspec.json.encode(rows).decode()}, execution_options=_COUNTED).rowcount


def _column(rows: Rows, name: str, make: Callable[[Any], Any] | None) -> list[Any]:
    """One column's values as the driver takes them; what all rows share (a time, a run) is made once."""
    values = [row[name] for row in rows]
    if make is None:
        return values
    if values.count(values[0]) == len(values):
        return [make(values[0])] * len(values)
    return [make(value) for value in values]


@lru_cache(maxsize=100)
def _by_tuples(
    dialect: Dialect, table: Table, names: tuple[str, ...], keys: tuple[str, ...] | None, compare: tuple[str, ...]
) -> tuple[str, tuple[tuple[str, Callable[[Any], Any] | None], ...]]:
    """SQLite's statement, and for each of its marks the column with what makes the driver's value of ours."""
    statement = _settled(sqlite.insert(table), table, names, keys, compare)
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    columns = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in compiled.positiontup]
    return str(compiled), tuple(columns)


@lru_cache(maxsize=100)
def _from_json(table: Table, names: tuple[str, ...], keys: tuple[str, ...] | None, compare: tuple[str, ...]) -> Any:
    """PostgreSQL's statement, whose one parameter is all rows."""
    columns = [table.c[name] for name in names]
    quoted = ", ".join(postgresql.dialect().identifier_preparer.quote(name) for name in names)  # type: ignore[no-untyped-call]
    taken_apart = text(f"select {quoted} from json_populate_recordset(null::{table.name}, cast(:rows as json))")  # noqa: S608 - names of ours
    insert = postgresql.insert(table).from_select(list(names), taken_apart.columns(*columns))
    return _settled(insert, table, names, keys, compare)


def _settled(
    insert: Any, table: Table, names: tuple[str, ...], keys: tuple[str, ...] | None, compare: tuple[str, ...]
) -> Any:
    """An insert that says what to do with rows that are there already."""
    if keys is None:
        return insert.on_conflict_do_nothing()
    changed = {name: insert.excluded[name] for name in names if name not in keys}
    where = or_(*(table.c[name].is_distinct_from(insert.excluded[name]) for name in compare)) if compare else None
    return insert.on_conflict_do_update(index_elements=list(keys), set_=changed, where=where)

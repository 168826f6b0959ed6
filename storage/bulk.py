"""Writing many rows at once: Core inserts with lists of dicts, the same on SQLite and PostgreSQL.

Never ORM add_all and never one statement with many VALUES: they are ten times slower.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Executable, Table, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_or_skip(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key (any unique one) is there already are left as they are."""
    if rows:
        statement = _insert(session, table).on_conflict_do_nothing()
        session.execute(statement, [dict(row) for row in rows])


def upsert(
    session: Session,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    compare: Sequence[str] = (),
) -> None:
    """Insert rows or update them by `keys`; with `compare`, rows equal in those columns are not written at all."""
    if not rows:
        return
    statement = _insert(session, table)
    target = core(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    where = or_(*(target.c[name].is_distinct_from(statement.excluded[name]) for name in compare)) if compare else None
    session.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_=changed, where=where),
        [dict(row) for row in rows],
    )


def written(session: Session, statement: Executable) -> int:
    """Run an update or delete; how many rows it touched."""
    result = session.execute(statement)
    return int(result.rowcount) if isinstance(result, CursorResult) else 0


def core(table: type[SQLModel]) -> Table:
    """The Core table of a model."""
    found = table.__table__  # type: ignore[attr-defined]
    assert isinstance(found, Table)
    return found


def _insert(session: Session, table: type[SQLModel]) -> Any:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(core(table))

"""What a PSA holds of companies and we keep a copy of (opportunities, configuration items): written by the hundred, shown
only through a live link. Each table has the same frame of columns around its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from domain.isolation import LinkState, Scope
from domain.plan import fingerprint
from storage.bulk import core, upsert, written
from storage.psa_tables import AssetRow, OpportunityRow
from storage.tables import LinkRow

Table = type[OpportunityRow] | type[AssetRow]


@dataclass(frozen=True)
class Brought:
    """One row of a source, with the scope it came through. `values`: our columns of it; `beside`: those that make no news."""

    id: str  # ours, should it be new
    scope: Scope
    external_id: str
    values: Mapping[str, Any]
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        return fingerprint({**self.values, "link": self.scope.link_id})


def put(session: Session, table: Table, rows: Sequence[Brought], seen: str) -> int:
    """Upsert rows by (connection, upstream id). What is known and unchanged is only marked as seen. Returns the news.

    Columns that `values` does not name keep what they hold.
    """
    if not rows:
        return 0
    connection_id = rows[0].scope.connection_id
    ids = [row.external_id for row in rows]
    known = _known(session, table, connection_id, ids)
    fresh = {name: field.default for name, field in table.model_fields.items()}
    news = []
    for row in rows:
        before = known.get(row.external_id, fresh | {"id": row.id})
        if before["gone"] or before["fingerprint"] != row.fingerprint:
            news.append(before | _frame(row, seen) | dict(row.values) | dict(row.beside))
    upsert(session, table, news, ("connection_id", "external_id"))
    saw(session, table, connection_id, ids, seen)
    return len(news)


def owners(session: Session, table: Table, connection_id: str, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Upstream id → our id, the company and its company there, of those of these ids that stand here."""
    if not ids:
        return {}
    where = (col(table.connection_id) == connection_id, col(table.external_id).in_(ids), ~col(table.gone), live(table))
    columns = (col(table.external_id), col(table.id), col(table.company_id), col(table.external_company_id))
    return {str(external_id): (str(id_), str(ours), str(theirs)) for external_id, id_, ours, theirs in session.execute(select(*columns).where(*where))}


def saw(session: Session, table: Table, connection_id: str, ids: Sequence[str], seen: str) -> None:
    """One read met these ids, though perhaps not rows that could be understood: what we hold of them stays."""
    if ids:
        where = (col(table.connection_id) == connection_id, col(table.external_id).in_(ids))
        session.execute(update(table).where(*where).values(seen=seen))


def _frame(row: Brought, seen: str) -> dict[str, Any]:
    scope = row.scope
    frame = {"connection_id": scope.connection_id, "external_id": row.external_id, "company_id": scope.company_id}
    frame |= {"link_id": scope.link_id, "external_company_id": scope.external_id}
    return frame | {"fingerprint": row.fingerprint, "seen": seen, "gone": False}


def _known(session: Session, table: Table, connection_id: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is here of these ids, whole rows by upstream id."""
    rows = session.execute(
        select(core(table)).where(col(table.connection_id) == connection_id, col(table.external_id).in_(ids))
    )
    return {str(row["external_id"]): dict(row) for row in rows.mappings()}


def standing(session: Session, table: Table, connection_id: str, seen: str) -> tuple[int, int]:
    """How many are known upstream through live links, and how many of these a whole read saw."""
    where = (col(table.connection_id) == connection_id, col(table.external_id).is_not(None), ~col(table.gone), live(table))
    known = session.scalar(select(func.count()).select_from(table).where(*where)) or 0
    met = session.scalar(select(func.count()).select_from(table).where(*where, col(table.seen) == seen)) or 0
    return known, met


def part(session: Session, table: Table, connection_id: str, seen: str) -> int:
    """What a whole, believed read did not see is gone; returns how many."""
    where = (col(table.connection_id) == connection_id, col(table.external_id).is_not(None), ~col(table.gone))
    return written(session, update(table).where(*where, col(table.seen) != seen).values(gone=True))


def rehang(session: Session, connection_id: str) -> None:
    """What was made here only, and hung on a mapping that was removed, hangs on the one that stands now: of the same
    company, to the same company of the source, and to no other."""
    row, now = OpportunityRow, aliased(LinkRow)
    same = (
        col(now.connection_id) == col(row.connection_id), col(now.company_id) == col(row.company_id),
        col(now.external_id) == col(row.external_company_id), col(now.state) != LinkState.RETIRED,
    )  # fmt: skip
    standing = select(col(now.id)).where(*same).scalar_subquery()
    left = (col(row.connection_id) == connection_id, col(row.external_id).is_(None), ~live(row), standing.is_not(None))
    session.execute(update(row).where(*left).values(link_id=standing).execution_options(synchronize_session=False))


def live(table: Table) -> ColumnElement[bool]:
    """Only what hangs on a link that still stands: what came through a mapping that was changed is nobody's."""
    links = select(col(LinkRow.id)).where(col(LinkRow.state) != LinkState.RETIRED)
    return col(table.link_id).in_(links)

"""Our copy of a source's company list, so that mapping never waits for the source."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from domain.isolation import LinkState
from domain.ports import UpstreamCompany
from storage.bulk import upsert
from storage.tables import LinkRow, UpstreamCompanyRow


class Upstream:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, connection_id: str, companies: Sequence[tuple[UpstreamCompany, str, str]], seen: str) -> None:
        """Keep companies, each with its folded name and fingerprint, as seen by one read."""
        rows = [
            {
                "connection_id": connection_id,
                "external_id": company.id,
                "name": company.name,
                "name_fold": fold,
                "row": dataclasses.asdict(company),
                "fingerprint": print_,
                "seen": seen,
            }
            for company, fold, print_ in companies
        ]
        upsert(self._session, UpstreamCompanyRow, rows, ("connection_id", "external_id"))

    def all(self, connection_id: str) -> tuple[UpstreamCompany, ...]:
        rows = self._session.scalars(
            select(col(UpstreamCompanyRow.row))
            .where(col(UpstreamCompanyRow.connection_id) == connection_id)
            .order_by(col(UpstreamCompanyRow.external_id))
        )
        return tuple(company(row) for row in rows)

    def get(self, connection_id: str, external_id: str) -> UpstreamCompany | None:
        row = self._session.get(UpstreamCompanyRow, (connection_id, external_id))
        return None if row is None else company(row.row)

    def search_unmapped(self, connection_id: str, typed: str, limit: int) -> tuple[UpstreamCompany, ...]:
        """Those mapped to nobody whose name holds what was typed, by name."""
        taken = select(col(LinkRow.external_id)).where(
            col(LinkRow.connection_id) == connection_id, col(LinkRow.state) != LinkState.RETIRED
        )
        where = [
            col(UpstreamCompanyRow.connection_id) == connection_id,
            col(UpstreamCompanyRow.external_id).not_in(taken),
        ]
        if typed.strip():
            where.append(col(UpstreamCompanyRow.name_fold).contains(typed.strip().casefold(), autoescape=True))
        rows = self._session.scalars(
            select(col(UpstreamCompanyRow.row)).where(*where).order_by(col(UpstreamCompanyRow.name_fold)).limit(limit)
        )
        return tuple(company(row) for row in rows)

    def fingerprints(self, connection_id: str, external_ids: Sequence[str]) -> dict[str, str]:
        columns = select(col(UpstreamCompanyRow.external_id), col(UpstreamCompanyRow.fingerprint))
        rows = self._session.execute(
            columns.where(
                col(UpstreamCompanyRow.connection_id) == connection_id,
                col(UpstreamCompanyRow.external_id).in_(external_ids),
            )
        )
        return dict(rows.all())

    def forget_fingerprints(self, connection_id: str, external_ids: Sequence[str]) -> None:
        """Take these for news when they are read the next time."""
        self._session.execute(
            update(UpstreamCompanyRow)
            .where(
                col(UpstreamCompanyRow.connection_id) == connection_id,
                col(UpstreamCompanyRow.external_id).in_(external_ids),
            )
            .values(fingerprint="")
        )

    def seen_by(self, connection_id: str, seen: str) -> frozenset[str]:
        """Ids that one read saw."""
        where = (col(UpstreamCompanyRow.connection_id) == connection_id, col(UpstreamCompanyRow.seen) == seen)
        return frozenset(self._session.scalars(select(col(UpstreamCompanyRow.external_id)).where(*where)))

    def count(self, connection_id: str) -> int:
        return (
            self._session.scalar(
                select(func.count())
                .select_from(UpstreamCompanyRow)
                .where(col(UpstreamCompanyRow.connection_id) == connection_id)
            )
            or 0
        )

    def saw(self, connection_id: str, external_ids: Sequence[str], seen: str) -> None:
        """One read met these ids, though not rows that could be kept: what we hold of them stays."""
        self._session.execute(
            update(UpstreamCompanyRow)
            .where(
                col(UpstreamCompanyRow.connection_id) == connection_id,
                col(UpstreamCompanyRow.external_id).in_(external_ids),
            )
            .values(seen=seen)
        )

    def prune(self, connection_id: str, seen: str) -> None:
        """Forget what the read `seen` did not see; only after a whole, believed read."""
        self._session.execute(
            delete(UpstreamCompanyRow).where(
                col(UpstreamCompanyRow.connection_id) == connection_id, col(UpstreamCompanyRow.seen) != seen
            )
        )


def company(row: dict[str, Any]) -> UpstreamCompany:
    """The stored row as the value it was made from (JSON turned its tuples into lists)."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return UpstreamCompany(**values)

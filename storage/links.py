"""Links: which company is mapped to which company of a source, and what was marked as not to be mapped."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session, col

from domain.isolation import Link, LinkState
from storage import items
from storage.bulk import insert_or_skip, written
from storage.tables import CompanyRow, LinkRow, NotMappedRow, PlanRow

_LIVE = col(LinkRow.state) != LinkState.RETIRED


class Links:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, link_id: str) -> Link | None:
        row = self._session.get(LinkRow, link_id, populate_existing=True)
        return None if row is None else _said(row)

    def of_company(self, connection_id: str, company_id: str) -> Link | None:
        return self._one(col(LinkRow.connection_id) == connection_id, col(LinkRow.company_id) == company_id)

    def of_upstream(self, connection_id: str, external_id: str) -> Link | None:
        return self._one(col(LinkRow.connection_id) == connection_id, col(LinkRow.external_id) == external_id)

    def of_upstreams(self, connection_id: str, external_ids: Sequence[str]) -> dict[str, Link]:
        rows = self._session.scalars(
            select(LinkRow).where(
                col(LinkRow.connection_id) == connection_id, col(LinkRow.external_id).in_(external_ids), _LIVE
            )
        )
        return {row.external_id: _said(row) for row in rows}

    def of_companies(self, connection_id: str, company_ids: Sequence[str]) -> dict[str, Link]:
        rows = self._session.scalars(
            select(LinkRow).where(
                col(LinkRow.connection_id) == connection_id, col(LinkRow.company_id).in_(company_ids), _LIVE
            )
        )
        return {row.company_id: _said(row) for row in rows}

    def live(self, connection_id: str) -> tuple[Link, ...]:
        rows = self._session.scalars(
            select(LinkRow).where(col(LinkRow.connection_id) == connection_id, _LIVE).order_by(col(LinkRow.id))
        )
        return tuple(_said(row) for row in rows)

    def every_live(self) -> tuple[Link, ...]:
        return tuple(
            _said(row) for row in self._session.scalars(select(LinkRow).where(_LIVE).order_by(col(LinkRow.id)))
        )

    def of_one_company(self, company_id: str) -> tuple[Link, ...]:
        rows = self._session.scalars(
            select(LinkRow).where(col(LinkRow.company_id) == company_id, _LIVE).order_by(col(LinkRow.connection_id))
        )
        return tuple(_said(row) for row in rows)

    def by_company(self, company_ids: Sequence[str]) -> dict[str, tuple[Link, ...]]:
        """The live links of each company, at every source."""
        found: dict[str, list[Link]] = {}
        for row in self._session.scalars(select(LinkRow).where(col(LinkRow.company_id).in_(company_ids), _LIVE)):
            found.setdefault(row.company_id, []).append(_said(row))
        return {company_id: tuple(links) for company_id, links in found.items()}

    def count(self, connection_id: str) -> int:
        """Mapped client companies."""
        statement = (
            select(func.count()).select_from(LinkRow).join(CompanyRow, col(CompanyRow.id) == col(LinkRow.company_id))
        ).where(col(LinkRow.connection_id) == connection_id, _LIVE, ~col(CompanyRow.is_own))
        return self._session.scalar(statement) or 0

    def add_many(self, links: Sequence[Link], reason: str, decided_by: str, at: datetime) -> None:
        """Add links; where either side is taken already the row is left out (the caller reads back what holds).

        What exists here only comes back with the mapping that it was made under.
        """
        insert_or_skip(
            self._session,
            LinkRow,
            [
                {
                    "id": link.id,
                    "connection_id": link.connection_id,
                    "company_id": link.company_id,
                    "external_id": link.external_id,
                    "external_name": link.external_name,
                    "version": link.version,
                    "state": link.state,
                    "reason": reason,
                    "decided_by": decided_by,
                    "decided_at": at,
                }
                for link in links
            ],
        )
        for connection_id in {link.connection_id for link in links}:
            items.rehang(self._session, connection_id)

    def retire(self, link_id: str) -> bool:
        """Take a link out of use; True once, False when it was retired already."""
        changed = written(
            self._session,
            update(LinkRow)
            .where(col(LinkRow.id) == link_id, _LIVE)
            .values(state=LinkState.RETIRED, version=col(LinkRow.version) + 1),
        )
        return bool(changed)

    def set_state(self, link_id: str, state: LinkState) -> bool:
        """Freeze or thaw a link; its version grows, so plans made before are void. False when it was so already."""
        changed = written(
            self._session,
            update(LinkRow)
            .where(col(LinkRow.id) == link_id, _LIVE, col(LinkRow.state) != state)
            .values(state=state, version=col(LinkRow.version) + 1),
        )
        return bool(changed)

    def rename(self, link_id: str, external_name: str) -> None:
        self._session.execute(update(LinkRow).where(col(LinkRow.id) == link_id).values(external_name=external_name))

    def newly_here(self, connection_id: str, kind: str, since: datetime, limit: int) -> tuple[tuple[Link, str], ...]:
        """Links of client companies that came after `since`, each with the company's name: those for which no plan of a
        kind was ever made, oldest company first."""
        asked = select(col(PlanRow.id)).where(col(PlanRow.link_id) == col(LinkRow.id), col(PlanRow.kind) == kind)
        rows = self._session.execute(
            select(LinkRow, col(CompanyRow.name))
            .join(CompanyRow, col(CompanyRow.id) == col(LinkRow.company_id))
            .where(
                col(LinkRow.connection_id) == connection_id,
                col(LinkRow.state) == LinkState.ACTIVE,
                ~col(CompanyRow.is_own),
                col(CompanyRow.created_at) >= since,
                ~asked.exists(),
            )
            .order_by(col(CompanyRow.created_at), col(CompanyRow.id))
            .limit(limit)
        )
        return tuple((_said(link), name) for link, name in rows)

    # --- not to be mapped ---

    def not_mapped(self, connection_id: str) -> frozenset[str]:
        return frozenset(
            self._session.scalars(
                select(col(NotMappedRow.company_id)).where(col(NotMappedRow.connection_id) == connection_id)
            )
        )

    def mark_not_mapped(self, connection_id: str, company_id: str, by: str, at: datetime) -> None:
        insert_or_skip(
            self._session,
            NotMappedRow,
            [{"connection_id": connection_id, "company_id": company_id, "decided_by": by, "decided_at": at}],
        )

    def unmark(self, connection_id: str, company_id: str) -> None:
        self._session.execute(
            delete(NotMappedRow).where(
                col(NotMappedRow.connection_id) == connection_id, col(NotMappedRow.company_id) == company_id
            )
        )

    def _one(self, *where: ColumnElement[bool]) -> Link | None:
        row = self._session.scalars(select(LinkRow).where(*where, _LIVE)).one_or_none()
        return None if row is None else _said(row)


def _said(row: LinkRow) -> Link:
    return Link(
        row.id,
        row.connection_id,
        row.company_id,
        row.external_id,
        row.external_name,
        row.version,
        LinkState(row.state),
    )

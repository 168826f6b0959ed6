"""Managed companies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union, update
from sqlmodel import Session, col

from domain.company import Company, CompanyState, state_for
from domain.isolation import LinkState
from storage.bulk import insert_or_skip
from storage.tables import CompanyRow, LinkRow, NotMappedRow

OWN_ID = "own"


class Companies:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, company_id: str) -> Company | None:
        row = self._session.get(CompanyRow, company_id)
        return None if row is None else _said(row)

    def own(self) -> Company:
        """The MSP's reserved row; the first migration made it."""
        return _said(self._session.get_one(CompanyRow, OWN_ID))

    def by_domain(self, domain: str) -> Company | None:
        row = self._session.scalars(select(CompanyRow).where(col(CompanyRow.domain) == domain)).one_or_none()
        return None if row is None else _said(row)

    def of(self, company_ids: Sequence[str]) -> dict[str, Company]:
        rows = self._session.scalars(select(CompanyRow).where(col(CompanyRow.id).in_(company_ids)))
        return {row.id: _said(row) for row in rows}

    def by_domains(self, domains: Sequence[str]) -> dict[str, Company]:
        rows = self._session.scalars(select(CompanyRow).where(col(CompanyRow.domain).in_(domains)))
        return {row.domain: _said(row) for row in rows if row.domain}

    def all_clients(self) -> tuple[Company, ...]:
        rows = self._session.scalars(
            select(CompanyRow).where(~col(CompanyRow.is_own)).order_by(col(CompanyRow.name_fold), col(CompanyRow.id))
        )
        return tuple(_said(row) for row in rows)

    def search(
        self, typed: str, only: str | None, limit: int, offset: int = 0, state: CompanyState | None = None
    ) -> tuple[tuple[Company, ...], int]:
        """Client companies whose name or domain holds what was typed, by name, and how many there are in all."""
        return self._some(_matching(typed, only, state), limit, offset)

    def unmapped_anywhere(self, only: str | None, limit: int) -> tuple[tuple[Company, ...], int]:
        """Client companies that are mapped at no source and not marked as not to be mapped."""
        decided = union(
            select(col(LinkRow.company_id)).where(col(LinkRow.state) != LinkState.RETIRED),
            select(col(NotMappedRow.company_id)),
        ).subquery()
        return self._some([*_matching("", only, None), col(CompanyRow.id).not_in(select(decided.c.company_id))], limit)

    def search_unmapped(
        self, connection_id: str, typed: str, only: str | None, limit: int, offset: int = 0
    ) -> tuple[tuple[Company, ...], int]:
        """Client companies that are neither mapped at a connection nor marked as not to be mapped."""
        return self._some([*_matching(typed, only, None), _undecided(connection_id)], limit, offset)

    def _some(self, where: Sequence[ColumnElement[bool]], limit: int, offset: int = 0) -> tuple[tuple[Company, ...], int]:
        """Those that meet the conditions, by name, from a place on; and how many there are in all."""
        total = self._session.scalar(select(func.count()).select_from(CompanyRow).where(*where)) or 0
        rows = self._session.scalars(
            select(CompanyRow)
            .where(*where)
            .order_by(col(CompanyRow.name_fold), col(CompanyRow.id))
            .limit(limit)
            .offset(offset)
        )
        return tuple(_said(row) for row in rows), total

    def count(self, only: str | None = None, state: CompanyState | None = None) -> int:
        return (
            self._session.scalar(select(func.count()).select_from(CompanyRow).where(*_matching("", only, state))) or 0
        )

    def add(self, company: Company, name_fold: str, at: datetime, plan_id: str | None = None) -> None:
        self._session.add(CompanyRow(**_values(company, name_fold, at, plan_id)))
        self._session.flush()

    def add_many(self, companies: Iterable[tuple[Company, str]], at: datetime, plan_id: str) -> None:
        """Add companies that are not there yet; a repeated call changes nothing."""
        insert_or_skip(self._session, CompanyRow, [_values(company, fold, at, plan_id) for company, fold in companies])

    def rename(self, company_id: str, name: str, name_fold: str) -> None:
        self._session.execute(
            update(CompanyRow).where(col(CompanyRow.id) == company_id).values(name=name, name_fold=name_fold)
        )

    def set_domain(self, company_id: str, domain: str | None, web: str) -> None:
        self._session.execute(
            update(CompanyRow)
            .where(col(CompanyRow.id) == company_id)
            .values(domain=domain, web=web, state=state_for(domain))
        )


def _undecided(connection_id: str) -> ColumnElement[bool]:
    mapped = select(col(LinkRow.company_id)).where(
        col(LinkRow.connection_id) == connection_id, col(LinkRow.state) != LinkState.RETIRED
    )
    marked = select(col(NotMappedRow.company_id)).where(col(NotMappedRow.connection_id) == connection_id)
    return and_(col(CompanyRow.id).not_in(mapped), col(CompanyRow.id).not_in(marked))


def _matching(typed: str, only: str | None, state: CompanyState | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [~col(CompanyRow.is_own)]
    if only is not None:
        where.append(col(CompanyRow.id) == only)
    if state is not None:
        where.append(col(CompanyRow.state) == state)
    if typed.strip():
        needle = typed.strip().casefold()
        where.append(
            or_(
                col(CompanyRow.name_fold).contains(needle, autoescape=True),
                col(CompanyRow.domain).contains(needle, autoescape=True),
            )
        )
    return where


def _values(company: Company, name_fold: str, at: datetime, plan_id: str | None) -> Mapping[str, Any]:
    return {
        "id": company.id,
        "name": company.name,
        "name_fold": name_fold,
        "domain": company.domain,
        "web": company.web,
        "state": company.state,
        "is_own": company.is_own,
        "created_at": at,
        "created_by_plan": plan_id,
    }


def _said(row: CompanyRow) -> Company:
    return Company(row.id, row.name, row.domain, row.web, CompanyState(row.state), row.is_own)

"""Suggested mappings, worked out in the background, so that the mapping table never waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select
from sqlmodel import Session, col

from domain.isolation import LinkState
from storage.bulk import insert_or_skip
from storage.tables import LinkRow, NotMappedRow, ProposalRow


@dataclass(frozen=True)
class StoredProposal:
    company_id: str
    external_id: str
    reason: str
    certain: bool


class Proposals:
    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, connection_id: str, proposals: Sequence[StoredProposal]) -> None:
        self._session.execute(delete(ProposalRow).where(col(ProposalRow.connection_id) == connection_id))
        ranks: dict[str, int] = {}
        rows = []
        for proposal in proposals:
            ranks[proposal.company_id] = rank = ranks.get(proposal.company_id, 0) + 1
            rows.append({"connection_id": connection_id, "rank": rank, **proposal.__dict__})
        insert_or_skip(self._session, ProposalRow, rows)

    def of_companies(self, connection_id: str, company_ids: Sequence[str]) -> dict[str, tuple[StoredProposal, ...]]:
        """Open proposals, best first, by company."""
        rows = self._session.scalars(
            _open(connection_id).where(col(ProposalRow.company_id).in_(company_ids)).order_by(col(ProposalRow.rank))
        )
        found: dict[str, list[StoredProposal]] = {}
        for row in rows:
            found.setdefault(row.company_id, []).append(_said(row))
        return {company_id: tuple(proposals) for company_id, proposals in found.items()}

    def certain(self, connection_id: str) -> tuple[StoredProposal, ...]:
        rows = self._session.scalars(
            _open(connection_id).where(col(ProposalRow.certain)).order_by(col(ProposalRow.company_id))
        )
        return tuple(_said(row) for row in rows)

    def count_certain(self, connection_id: str) -> int:
        statement = _open(connection_id).where(col(ProposalRow.certain)).subquery()
        return self._session.scalar(select(func.count()).select_from(statement)) or 0


def _open(connection_id: str) -> Select[ProposalRow]:
    """Proposals whose two sides are both still free."""
    live = (
        select(LinkRow)
        .where(col(LinkRow.connection_id) == connection_id, col(LinkRow.state) != LinkState.RETIRED)
        .subquery()
    )
    marked = select(col(NotMappedRow.company_id)).where(col(NotMappedRow.connection_id) == connection_id)
    return select(ProposalRow).where(
        col(ProposalRow.connection_id) == connection_id,
        col(ProposalRow.company_id).not_in(select(live.c.company_id)),
        col(ProposalRow.external_id).not_in(select(live.c.external_id)),
        col(ProposalRow.company_id).not_in(marked),
    )


def _said(row: ProposalRow) -> StoredProposal:
    return StoredProposal(row.company_id, row.external_id, row.reason, row.certain)

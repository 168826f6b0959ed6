"""Forgetting a company: everything that is its own goes, and its data key first, so that backups hold only noise.

Plans and the journal stay: they are the proof of what was done. The rows a plan read go, for they hold people.
"""

from dataclasses import dataclass

from sqlalchemy import Table, delete, func, select
from sqlmodel import Session, col

from storage.datakeys import DataKeys
from storage.tables import (
    CompanyRow,
    DataKeyRow,
    InvitationRow,
    InvitationTokenRow,
    JournalRow,
    LinkRow,
    PersonRow,
    PlanItemRow,
    PlanRow,
    VaultEntryRow,
    naming,
)
from storage.vault import Vault

_PROOF = frozenset({PlanRow.__tablename__, JournalRow.__tablename__})


@dataclass(frozen=True)
class Removed:
    people: int
    links: int
    entries: int
    had_key: bool


def what_is_there(session: Session, company_id: str) -> Removed:
    def count(table: type[PersonRow] | type[LinkRow] | type[VaultEntryRow]) -> int:
        statement = select(func.count()).select_from(table).where(col(table.company_id) == company_id)
        return session.scalar(statement) or 0

    return Removed(
        count(PersonRow), count(LinkRow), count(VaultEntryRow), session.get(DataKeyRow, company_id) is not None
    )


def forget(session: Session, vault: Vault, company_id: str) -> None:
    """Delete a company and whatever carries its id, but for the proof. The caller has retired its links and plans."""
    DataKeys(session, vault).forget(company_id)
    invitations = select(col(InvitationRow.id)).where(col(InvitationRow.company_id) == company_id)
    session.execute(delete(InvitationTokenRow).where(col(InvitationTokenRow.invitation_id).in_(invitations)))
    plans = select(col(PlanRow.id)).where(col(PlanRow.company_id) == company_id)
    session.execute(delete(PlanItemRow).where(col(PlanItemRow.plan_id).in_(plans)))
    for table in _own_tables():
        session.execute(delete(table).where(table.c.company_id == company_id))
    session.execute(delete(CompanyRow).where(col(CompanyRow.id) == company_id))
    session.expire_all()


def _own_tables() -> list[Table]:
    """Every table whose rows belong to a company, those first that point at others: a new table needs no word here."""
    return [table for table in reversed(naming.sorted_tables) if "company_id" in table.c and table.name not in _PROOF]

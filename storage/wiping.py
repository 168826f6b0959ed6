"""Wiping everything secret at once, when the product goes: sealed values, data keys, links that open something.

Facts, plans and the journal stay: they are the proof of what was done.
"""

from dataclasses import dataclass

from sqlalchemy import LargeBinary, delete, func, select, update
from sqlmodel import Session, col

from domain.invitation import InvitationState
from storage.bulk import written
from storage.journal_end import OWNER
from storage.tables import DataKeyRow, InvitationRow, OneTimeRow, naming


@dataclass(frozen=True)
class Wiped:
    values: int
    keys: int
    links: int  # of invitations that were open, and of private pages


class Wiping:
    def __init__(self, session: Session) -> None:
        self._session = session

    def everything(self) -> Wiped:
        """Done again, it finds nothing. The key that seals the journal's end stays: it opens nothing secret."""
        values = sum(self._emptied(table, column) for table, column in sealed_columns())
        keys = written(self._session, delete(DataKeyRow).where(col(DataKeyRow.owner) != OWNER))
        open_ = col(InvitationRow.state).not_in((InvitationState.ACCEPTED, InvitationState.UNINVITED))
        revoked = written(self._session, update(InvitationRow).where(open_).values(state=InvitationState.UNINVITED))
        pages = written(self._session, delete(OneTimeRow).where(col(OneTimeRow.used_at).is_(None)))
        self._session.expire_all()
        return Wiped(values, keys, revoked + pages)

    def left(self) -> int:
        """How many sealed values and data keys are there still; 0 after `everything`."""
        count = self._session.scalar(select(func.count()).select_from(DataKeyRow).where(col(DataKeyRow.owner) != OWNER)) or 0
        for table, column in sealed_columns():
            there = naming.tables[table].c[column]
            count += self._session.scalar(select(func.count()).select_from(naming.tables[table]).where(func.length(there) > 0)) or 0
        return count

    def _emptied(self, table: str, column: str) -> int:
        there = naming.tables[table].c[column]
        return written(self._session, update(naming.tables[table]).where(func.length(there) > 0).values({column: b""}))


def sealed_columns() -> tuple[tuple[str, str], ...]:
    """(table, column) of everything that is kept sealed: whatever holds bytes, but for the data keys, which are deleted."""
    return tuple(
        (table.name, column.name)
        for table in naming.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and table.name != DataKeyRow.__tablename__
    )

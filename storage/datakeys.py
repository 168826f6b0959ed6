"""Data keys: one for each owner (a connection, a company), wrapped by a master key. Forgetting one shreds what it sealed."""

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from storage.tables import DataKeyRow
from storage.vault import Vault


class DataKeys:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    def of(self, owner: str) -> tuple[bytes, str]:
        """The wrapped key of an owner and the id of its master key; made on first use."""
        row = self._session.get(DataKeyRow, owner)
        if row is None:
            wrapped, master = self._vault.new_data_key(owner)
            row = DataKeyRow(owner=owner, wrapped=wrapped, master=master)
            self._session.add(row)
            self._session.flush()
        return row.wrapped, row.master

    def forget(self, owner: str) -> None:
        """Crypto-shredding: without the key what it sealed is noise, in backups of the tables too."""
        self._session.execute(delete(DataKeyRow).where(col(DataKeyRow.owner) == owner))

    def lost(self, known: Collection[str]) -> int:
        """How many data keys need a master key that is not among these."""
        where = col(DataKeyRow.master).not_in(known)
        return self._session.scalar(select(func.count()).select_from(DataKeyRow).where(where)) or 0

    def rewrap_all(self) -> int:
        """Put every data key under the newest master key; returns how many were not. Sealed values stay as they are."""
        stale = self._session.scalars(select(DataKeyRow).where(col(DataKeyRow.master) != self._vault.newest)).all()
        for row in stale:
            row.wrapped, row.master = self._vault.rewrap(row.wrapped, row.master, row.owner)
        self._session.flush()
        return len(stale)

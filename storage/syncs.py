"""What the periodic syncs know: switched on or off, how far they read, what they found last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from storage.tables import SyncRow


@dataclass(frozen=True)
class StoredSync:
    connection_id: str
    kind: str  # a Kind or a Feature
    enabled: bool = True
    as_of: str = ""
    known: int = 0
    last_at: datetime | None = None
    last_note: str = ""


class Syncs:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, connection_id: str, kind: str, enabled: bool = True) -> StoredSync:
        """What is known; a fresh one where nothing is, switched on or (`enabled` False) off."""
        row = self._session.get(SyncRow, (connection_id, kind))
        return StoredSync(connection_id, kind, enabled) if row is None else _said(row)

    def all(self) -> tuple[StoredSync, ...]:
        return tuple(
            _said(row)
            for row in self._session.scalars(select(SyncRow).order_by(col(SyncRow.connection_id), col(SyncRow.kind)))
        )

    def put(self, sync: StoredSync) -> None:
        self._session.merge(
            SyncRow(
                connection_id=sync.connection_id,
                kind=sync.kind,
                enabled=sync.enabled,
                as_of=sync.as_of,
                known=sync.known,
                last_at=sync.last_at,
                last_note=sync.last_note,
            )
        )


def _said(row: SyncRow) -> StoredSync:
    return StoredSync(row.connection_id, row.kind, row.enabled, row.as_of, row.known, row.last_at, row.last_note)

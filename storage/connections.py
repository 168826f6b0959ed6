"""Connections, with their credentials sealed."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from domain.connection import Connection
from storage.bulk import written
from storage.datakeys import DataKeys
from storage.tables import ConnectionRow
from storage.vault import Vault


class Connections:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._keys = DataKeys(session, vault)

    def all(self) -> tuple[Connection, ...]:
        return tuple(
            _said(row) for row in self._session.scalars(select(ConnectionRow).order_by(col(ConnectionRow.source)))
        )

    def get(self, connection_id: str) -> Connection | None:
        row = self._session.get(ConnectionRow, connection_id)
        return None if row is None else _said(row)

    def of_source(self, source: str, hold: bool = False) -> Connection | None:
        """`hold`: nobody else writes it between this look and the end of the transaction."""
        found = select(ConnectionRow).where(col(ConnectionRow.source) == source)
        row = self._session.scalars(found.with_for_update() if hold else found).one_or_none()
        return None if row is None else _said(row)

    def put(self, connection: Connection, credentials: Mapping[str, str]) -> None:
        """Store or replace a connection with its credentials."""
        wrapped, master = self._keys.of(connection.id)
        sealed = self._vault.seal(wrapped, master, connection.id, "credentials", json.dumps(dict(credentials)).encode())
        self._session.merge(
            ConnectionRow(
                id=connection.id,
                source=connection.source,
                sealed=sealed,
                shown=dict(connection.shown),
                last_four=connection.last_four,
                account=connection.account,
                counts=dict(connection.counts),
                locked=dict(connection.locked),
                trouble=connection.trouble,
                created_by=connection.created_by,
                channel=connection.channel,
                created_at=connection.created_at,
                tested_at=connection.tested_at,
            )
        )
        self._session.flush()

    def credentials(self, connection_id: str) -> Mapping[str, str]:
        """The credentials in clear, for opening the source; {} when there are none any more."""
        row = self._session.get(ConnectionRow, connection_id)
        if row is None or not row.sealed:
            return {}
        wrapped, master = self._keys.of(connection_id)
        fields: dict[str, str] = json.loads(self._vault.open(wrapped, master, connection_id, "credentials", row.sealed))
        return fields

    def mark(self, connection_id: str) -> str:
        """Another one whenever the credentials were stored anew or wiped; "" when there are none."""
        row = self._session.get(ConnectionRow, connection_id)
        return hashlib.sha256(row.sealed).hexdigest() if row is not None and row.sealed else ""

    def note(self, connection_id: str, trouble: str, at: datetime) -> bool:
        """Remember how the last use went; True when that changed."""
        changed = written(
            self._session,
            update(ConnectionRow)
            .where(col(ConnectionRow.id) == connection_id, col(ConnectionRow.trouble) != trouble)
            .values(trouble=trouble, tested_at=at),
        )
        return bool(changed)

    def found(
        self,
        connection_id: str,
        account: str,
        counts: Mapping[str, int],
        locked: Mapping[str, str],
        at: datetime,
    ) -> None:
        self._session.execute(
            update(ConnectionRow)
            .where(col(ConnectionRow.id) == connection_id)
            .values(account=account, counts=dict(counts), locked=dict(locked), trouble="", tested_at=at)
        )

    def lock(self, connection_id: str, kind: str, said: str) -> None:
        """Remember that the credentials do not open a kind any more, and which right they lack."""
        row = self._session.get_one(ConnectionRow, connection_id)
        row.locked = {**row.locked, kind: said}
        self._session.flush()

    def unlock(self, connection_id: str, kinds: Collection[str]) -> None:
        """The credentials open these kinds again."""
        row = self._session.get_one(ConnectionRow, connection_id)
        row.locked = {kind: said for kind, said in row.locked.items() if kind not in kinds}
        self._session.flush()

    def wipe(self, connection_id: str) -> None:
        """Forget the credentials for good: the value and the key it was sealed with."""
        self._session.execute(
            update(ConnectionRow)
            .where(col(ConnectionRow.id) == connection_id)
            .values(sealed=b"", last_four="", trouble="disconnected")
        )
        self._keys.forget(connection_id)


def _said(row: ConnectionRow) -> Connection:
    return Connection(
        row.id,
        row.source,
        row.source,
        row.shown,
        row.last_four,
        row.account,
        row.counts,
        row.locked,
        row.trouble,
        row.created_by,
        row.channel,
        row.created_at,
        row.tested_at,
    )

"""One-time pages: a token's hash, what it is for, for whom, until when, and whether it was used."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from storage.bulk import written
from storage.tables import OneTimeRow


@dataclass(frozen=True)
class OneTime:
    kind: str
    subject: str
    user_id: str
    expires_at: datetime
    used: bool


class OneTimes:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, token_hash: str, one: OneTime) -> None:
        row = OneTimeRow(
            hash=token_hash, kind=one.kind, subject=one.subject, user_id=one.user_id, expires_at=one.expires_at
        )
        self._session.add(row)
        self._session.flush()

    def get(self, token_hash: str) -> OneTime | None:
        row = self._session.get(OneTimeRow, token_hash)
        return (
            None
            if row is None
            else OneTime(row.kind, row.subject, row.user_id, row.expires_at, row.used_at is not None)
        )

    def use(self, token_hash: str, kind: str, now: datetime) -> bool:
        """True once, for a page of this kind that has not expired; False ever after."""
        used = update(OneTimeRow).where(
            col(OneTimeRow.hash) == token_hash,
            col(OneTimeRow.kind) == kind,
            col(OneTimeRow.used_at).is_(None),
            col(OneTimeRow.expires_at) > now,
        )
        return bool(written(self._session, used.values(used_at=now)))

    def release(self, token_hash: str) -> None:
        """Give back a page whose work failed after it was taken."""
        self._session.execute(update(OneTimeRow).where(col(OneTimeRow.hash) == token_hash).values(used_at=None))

    def sweep(self, before: datetime) -> None:
        """Forget pages that expired long ago."""
        self._session.execute(delete(OneTimeRow).where(col(OneTimeRow.expires_at) < before))

"""Digest schedules and the last digest posted, one a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from storage.bulk import written
from storage.tables import DigestMessageRow, DigestRow


@dataclass(frozen=True)
class StoredDigest:
    channel: str
    time: str
    days: tuple[int, ...]
    zone: str
    say_all_clear: bool
    last_slot: str
    last_at: datetime | None
    made_by: str


@dataclass(frozen=True)
class PostedDigest:
    """The last digest of a channel: where it stands, and from when it tells who accepted."""

    channel: str
    placed: str
    ts: str
    since: datetime


class Digests:
    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> Sequence[StoredDigest]:
        return [_said(row) for row in self._session.scalars(select(DigestRow).order_by(col(DigestRow.channel)))]

    def get(self, channel: str) -> StoredDigest | None:
        row = self._session.get(DigestRow, channel)
        return None if row is None else _said(row)

    def put(self, digest: StoredDigest) -> None:
        self._session.merge(
            DigestRow(
                channel=digest.channel,
                time=digest.time,
                days=list(digest.days),
                zone=digest.zone,
                say_all_clear=digest.say_all_clear,
                last_slot=digest.last_slot,
                last_at=digest.last_at,
                made_by=digest.made_by,
            )
        )

    def drop(self, channel: str) -> bool:
        return bool(written(self._session, delete(DigestRow).where(col(DigestRow.channel) == channel)))

    def take_slot(self, channel: str, slot: str) -> bool:
        """Claim a slot: True once, False when it (or a later one) was claimed before."""
        return bool(
            written(
                self._session,
                update(DigestRow)
                .where(col(DigestRow.channel) == channel, col(DigestRow.last_slot) < slot)
                .values(last_slot=slot),
            )
        )

    def told(self, channel: str, at: datetime) -> None:
        self._session.execute(update(DigestRow).where(col(DigestRow.channel) == channel).values(last_at=at))

    def posted(self) -> Sequence[PostedDigest]:
        rows = self._session.scalars(select(DigestMessageRow).order_by(col(DigestMessageRow.channel)))
        return [PostedDigest(row.channel, row.placed, row.ts, row.since) for row in rows]

    def remember(self, posted: PostedDigest) -> None:
        """In place of the one before: only the last digest of a channel is kept up to date."""
        self._session.merge(
            DigestMessageRow(channel=posted.channel, placed=posted.placed, ts=posted.ts, since=posted.since)
        )

    def forget(self, posted: PostedDigest) -> None:
        """The message is gone, unless another took its place meanwhile."""
        here = (col(DigestMessageRow.channel) == posted.channel, col(DigestMessageRow.ts) == posted.ts)
        self._session.execute(delete(DigestMessageRow).where(*here))


def _said(row: DigestRow) -> StoredDigest:
    return StoredDigest(
        row.channel,
        row.time,
        tuple(row.days),
        row.zone,
        row.say_all_clear,
        row.last_slot,
        row.last_at,
        row.made_by,
    )

"""The journal: what was done, by whom, append-only. Each line carries a hash over itself and the line before it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from domain import mention
from domain.audit import line_hash
from domain.errors import Stop
from domain.roles import Actor
from storage.journal_end import JournalEnd
from storage.tables import JournalRow
from storage.vault import Vault

_LOCK = 0x6A6F7572  # "jour": the advisory lock that orders writers on PostgreSQL


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    actor: str
    actor_name: str
    what: str
    company_id: str | None
    subject: str
    said: str
    data: Mapping[str, Any]


class Journal:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._end = JournalEnd(session, vault)

    def write(
        self,
        at: datetime,
        actor: Actor,
        what: str,
        said: str,
        company_id: str | None = None,
        subject: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a line. `data` holds plain values and never a secret."""
        self._one_at_a_time()
        last = self._last_hash()
        row = JournalRow(
            at=at,
            actor=actor.user_id,
            actor_name=actor.name,
            what=what,
            company_id=company_id,
            subject=subject,
            said=mention.drawn(said),
            data=dict(data or {}),
        )
        row.hash = _hash(last, row)
        self._session.add(row)
        self._session.flush()
        self._end.follow(row.hash, is_first=not last)

    def _one_at_a_time(self) -> None:
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def _last_hash(self) -> str:
        newest = select(col(JournalRow.hash)).order_by(col(JournalRow.seq).desc()).limit(1)
        return self._session.scalars(newest).first() or ""

    def newest(self, what: str, limit: int) -> tuple[Entry, ...]:
        rows = self._session.scalars(
            select(JournalRow).where(col(JournalRow.what) == what).order_by(col(JournalRow.seq).desc()).limit(limit)
        )
        return tuple(_said(row) for row in rows)

    def all(self) -> Iterator[Entry]:
        for row in self._session.scalars(
            select(JournalRow).order_by(col(JournalRow.seq)).execution_options(yield_per=500)
        ):
            yield _said(row)

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(JournalRow)) or 0

    def lines(self, company_id: str | None) -> Iterator[dict[str, Any]]:
        """Every line (or one company's) in order, with its hash and that of the line before it in the journal."""
        last = ""
        for row in self._session.scalars(
            select(JournalRow).order_by(col(JournalRow.seq)).execution_options(yield_per=500)
        ):
            if company_id is None or row.company_id == company_id:
                yield _line(row) | {"before": last, "hash": row.hash}
            last = row.hash

    def broken_at(self) -> int | None:
        """The first line that was changed or whose predecessor is missing; None while the chain is whole."""
        last = ""
        for row in self._session.scalars(
            select(JournalRow).order_by(col(JournalRow.seq)).execution_options(yield_per=500)
        ):
            if row.hash != _hash(last, row):
                return row.seq
            last = row.hash
        return None

    def cut_off(self) -> str:
        """What is wrong with the end of the journal; "" when it is the one that was sealed with the last line."""
        self._one_at_a_time()
        count, last = self.count(), self._last_hash()
        try:
            end = self._end.read()
        except Stop:
            return "its sealed end cannot be opened: it was changed, or the master key is not the one"
        if end is None:
            return "its sealed end is missing" if count else ""
        if count != end.count:
            return f"{end.count} lines were written, {count} are there"
        return "" if last == end.hash else "its last line is not the one that was written"


def _hash(last: str, row: JournalRow) -> str:
    return line_hash(last, _line(row))


def _line(row: JournalRow) -> dict[str, Any]:
    """A line as its hash and an export have it."""
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "actor_name": row.actor_name,
        "what": row.what,
        "company_id": row.company_id,
        "subject": row.subject,
        "said": row.said,
        "data": row.data,
    }


def _said(row: JournalRow) -> Entry:
    return Entry(
        row.seq or 0,
        row.at,
        row.actor,
        row.actor_name,
        row.what,
        row.company_id,
        row.subject,
        row.said,
        row.data,
    )

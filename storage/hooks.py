"""Our webhooks at the sources, their secrets sealed, and the callouts that came in until they are worked off."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, tuple_, update
from sqlmodel import Session, col

from domain.hooking import Heard, HookState, Ours
from domain.psa import Callout, Happened, Hook, Hooked
from storage.bulk import insert_or_skip, written
from storage.datakeys import DataKeys
from storage.psa_tables import CalloutRow, HookRow
from storage.tables import ConnectionRow
from storage.vault import Vault

_AT_ONCE = 200  # keys in one statement: SQLite takes so many parameters


@dataclass(frozen=True)
class StoredHook:
    id: str
    connection_id: str
    kind: Hooked
    external_id: str
    guid: str
    state: HookState
    trouble: str
    made_at: datetime
    last_at: datetime | None
    last_sequence: int

    @property
    def ours(self) -> Ours:
        return Ours(self.id, self.kind, self.external_id)


@dataclass(frozen=True)
class Kept:
    """What became of a callout: `is_new` unless it was here already; `gap` when others before it never came."""

    is_new: bool
    gap: bool


class Hooks:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._keys = DataKeys(session, vault)

    # --- webhooks ---

    def of(self, connection_id: str) -> tuple[StoredHook, ...]:
        rows = self._session.scalars(
            select(HookRow).where(col(HookRow.connection_id) == connection_id).order_by(col(HookRow.kind))
        )
        return tuple(_said(row) for row in rows)

    def get(self, hook_id: str) -> StoredHook | None:
        row = self._session.get(HookRow, hook_id)
        return None if row is None else _said(row)

    def any_of(self, source: str) -> StoredHook | None:
        """Some webhook of a source, for doing the same work where there is nothing to find."""
        row = self._session.scalars(
            select(HookRow)
            .join(ConnectionRow, col(ConnectionRow.id) == col(HookRow.connection_id))
            .where(col(ConnectionRow.source) == source)
            .limit(1)
        ).first()
        return None if row is None else _said(row)

    def want(self, connection_id: str, kind: Hooked, hook_id: str, secret: str, now: datetime) -> StoredHook:
        """Write down a webhook before it is made, with the secret that will sign its callouts."""
        wrapped, master = self._keys.of(connection_id)
        sealed = self._vault.seal(wrapped, master, connection_id, _entry(hook_id), secret.encode())
        row = HookRow(id=hook_id, connection_id=connection_id, kind=kind.value, sealed=sealed, made_at=now)
        self._session.add(row)
        self._session.flush()
        return _said(row)

    def secret(self, hook_id: str) -> str:
        row = self._session.get_one(HookRow, hook_id)
        wrapped, master = self._keys.of(row.connection_id)
        return self._vault.open(wrapped, master, row.connection_id, _entry(hook_id), row.sealed).decode()

    def found(self, hook_id: str, hook: Hook) -> None:
        """The source has it."""
        self._set(hook_id, external_id=hook.id, guid=hook.guid, state=HookState.LIVE.value, trouble="")

    def refused(self, hook_id: str, said: str) -> None:
        self._set(hook_id, state=HookState.REFUSED.value, trouble=said)

    def _set(self, hook_id: str, **values: object) -> None:
        self._session.execute(update(HookRow).where(col(HookRow.id) == hook_id).values(**values))

    def forget(self, hook_ids: Collection[str]) -> None:
        """Forget webhooks with what they called out."""
        self._session.execute(delete(CalloutRow).where(col(CalloutRow.hook_id).in_(hook_ids)))
        self._session.execute(delete(HookRow).where(col(HookRow.id).in_(hook_ids)))

    # --- callouts ---

    def keep(self, hook: StoredHook, callout: Callout, now: datetime) -> Kept:
        """Keep a callout, once for its number. One that the source does not number gets the next of ours."""
        counted = callout.sequence or self._next(hook.id)
        before = self._session.scalars(select(col(HookRow.last_sequence)).where(col(HookRow.id) == hook.id)).one()
        there = self._session.get(CalloutRow, (hook.id, counted))
        row = {
            "hook_id": hook.id, "sequence": counted, "item_id": callout.item_id, "parent_id": callout.parent_id,
            "happened": callout.happened.value, "at": callout.at, "came_at": now, "done": False,
        }
        insert_or_skip(self._session, CalloutRow, [row])
        behind = (col(HookRow.id) == hook.id, col(HookRow.last_sequence) < counted)
        self._session.execute(update(HookRow).where(*behind).values(last_sequence=counted))
        self._set(hook.id, last_at=now)
        return Kept(there is None, bool(callout.sequence and before and counted > before + 1))

    def _next(self, hook_id: str) -> int:
        statement = update(HookRow).where(col(HookRow.id) == hook_id).values(last_sequence=HookRow.last_sequence + 1)
        self._session.execute(statement)  # on PostgreSQL the row is ours until we commit: nobody takes the same number
        return self._session.scalars(select(col(HookRow.last_sequence)).where(col(HookRow.id) == hook_id)).one()

    def open(self, connection_id: str, limit: int) -> tuple[Heard, ...]:
        """Callouts that wait to be worked off, in the order in which they came."""
        rows = self._session.execute(
            select(CalloutRow, col(HookRow.kind))
            .join(HookRow, col(HookRow.id) == col(CalloutRow.hook_id))
            .where(col(HookRow.connection_id) == connection_id, col(CalloutRow.done).is_(False))
            .order_by(col(CalloutRow.came_at), col(CalloutRow.hook_id), col(CalloutRow.sequence))
            .limit(limit)
        ).all()
        return tuple(_heard(row, Hooked(kind)) for row, kind in rows)

    def waiting(self, before: datetime) -> dict[str, int]:
        """Connection → how many callouts that came before this moment still wait."""
        rows = self._session.execute(
            select(col(HookRow.connection_id), func.count())
            .join(CalloutRow, col(HookRow.id) == col(CalloutRow.hook_id))
            .where(col(CalloutRow.done).is_(False), col(CalloutRow.came_at) < before)
            .group_by(col(HookRow.connection_id))
        ).all()
        return {str(connection_id): int(number) for connection_id, number in rows}

    def done(self, answered: Iterable[Sequence[object]]) -> None:
        """These are worked off. They are kept for a while, so that one that comes again is known."""
        keys = [(str(hook_id), int(str(sequence))) for hook_id, sequence in answered]
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            key = tuple_(col(CalloutRow.hook_id), col(CalloutRow.sequence))
            self._session.execute(update(CalloutRow).where(key.in_(part)).values(done=True))

    def prune(self, before: datetime) -> int:
        """Forget what was worked off long ago; returns how many."""
        old = delete(CalloutRow).where(col(CalloutRow.done).is_(True), col(CalloutRow.came_at) < before)
        return written(self._session, old)


def _entry(hook_id: str) -> str:
    return f"hook {hook_id}"


def _heard(row: CalloutRow, kind: Hooked) -> Heard:
    return Heard(row.hook_id, row.sequence, kind, row.item_id, row.parent_id, row.happened == Happened.DELETED.value)


def _said(row: HookRow) -> StoredHook:
    return StoredHook(
        row.id,
        row.connection_id,
        Hooked(row.kind),
        row.external_id,
        row.guid,
        HookState(row.state),
        row.trouble,
        row.made_at,
        row.last_at,
        row.last_sequence,
    )

"""Vault entries: metadata in plain, every secret sealed under the company's data key and bound to company and entry."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from domain.secret import Entry, EntryState, Secret
from storage.bulk import insert_or_skip, written
from storage.datakeys import DataKeys
from storage.tables import VaultEntryRow, VaultFolderRow
from storage.vault import Vault


class Entries:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._keys = DataKeys(session, vault)

    def get(self, entry_id: str) -> Entry | None:
        row = self._session.get(VaultEntryRow, entry_id, populate_existing=True)
        return None if row is None else self._said(row)

    def secret(self, entry_id: str) -> Secret:
        """The secret in clear, for one reveal, one code or one export. Raises Stop when it does not belong where it is."""
        row = self._session.get_one(VaultEntryRow, entry_id)
        wrapped, master = self._keys.of(row.company_id)
        return Secret.unpacked(self._vault.open(wrapped, master, row.company_id, row.id, row.sealed))

    def put(self, entry: Entry, secret: Secret) -> None:
        """Add or replace one entry with its secret."""
        wrapped, master = self._keys.of(entry.company_id)
        self._session.merge(
            VaultEntryRow(
                id=entry.id,
                company_id=entry.company_id,
                folder_id=self._folder(entry.company_id, entry.folder),
                name=entry.name,
                name_fold=entry.name.casefold(),
                username=entry.username,
                url=entry.url,
                category=entry.category,
                state=entry.state,
                sealed=self._vault.seal(wrapped, master, entry.company_id, entry.id, secret.packed()),
                has_password=bool(secret.password),
                has_otp=bool(secret.otp_seed),
                has_notes=bool(secret.notes),
                updated_at=entry.updated_at,
                updated_by=entry.updated_by,
                connection_id=entry.connection_id,
                external_id=entry.external_id,
                link_id=entry.link_id,
                external_company_id=entry.external_company_id,
                fingerprint=entry.fingerprint,
                plan_id=entry.plan_id,
                touched=entry.touched,
            )
        )
        self._session.flush()

    def by_external(self, connection_id: str, external_ids: Sequence[str]) -> dict[str, Entry]:
        """Entries by the upstream id they came with."""
        rows = self._session.scalars(
            select(VaultEntryRow).where(
                col(VaultEntryRow.connection_id) == connection_id, col(VaultEntryRow.external_id).in_(external_ids)
            )
        )
        return {row.external_id: self._said(row) for row in rows if row.external_id is not None}

    def search(
        self, company_id: str | None, typed: str, state: EntryState | None, limit: int, offset: int = 0
    ) -> tuple[tuple[Entry, ...], int]:
        """Entries whose name, username or address holds every word typed, by name, and how many there are in all."""
        where = _where(company_id, typed, state)
        total = self._session.scalar(select(func.count()).select_from(VaultEntryRow).where(*where)) or 0
        order = (col(VaultEntryRow.name_fold), col(VaultEntryRow.id))
        rows = self._session.scalars(select(VaultEntryRow).where(*where).order_by(*order).limit(limit).offset(offset))
        return tuple(self._said(row) for row in rows), total

    def set_state(self, entry_id: str, state: EntryState) -> bool:
        """Archive or restore; True when that changed."""
        changed = update(VaultEntryRow).where(col(VaultEntryRow.id) == entry_id, col(VaultEntryRow.state) != state)
        return bool(written(self._session, changed.values(state=state, touched=True)))

    def _folder(self, company_id: str, path: tuple[str, ...]) -> str | None:
        """The id of a folder, made with its parents where they are not there yet."""
        if not path:
            return None
        for depth in range(1, len(path) + 1):
            packed = json.dumps(path[:depth], ensure_ascii=False)
            folder_id = f"{company_id}:{_short(packed)}"
            insert_or_skip(self._session, VaultFolderRow, [{"id": folder_id, "company_id": company_id, "path": packed}])
        return folder_id

    def _said(self, row: VaultEntryRow) -> Entry:
        folder = self._session.get(VaultFolderRow, row.folder_id) if row.folder_id else None
        return Entry(
            row.id,
            row.company_id,
            row.name,
            row.username,
            row.url,
            row.category,
            tuple(json.loads(folder.path)) if folder else (),
            EntryState(row.state),
            row.has_password,
            row.has_otp,
            row.has_notes,
            row.updated_at,
            row.updated_by,
            row.connection_id,
            row.external_id,
            row.link_id,
            row.external_company_id,
            row.fingerprint,
            row.plan_id,
            row.touched,
        )


def _short(packed: str) -> str:
    """A short stable name of a path, so that the same folder is never made twice."""
    return hashlib.sha256(packed.encode()).hexdigest()[:24]


def _where(company_id: str | None, typed: str, state: EntryState | None) -> list[Any]:
    where: list[Any] = []
    if company_id is not None:
        where.append(col(VaultEntryRow.company_id) == company_id)
    if state is not None:
        where.append(col(VaultEntryRow.state) == state)
    for word in typed.split():
        needle = word.casefold()
        where.append(
            or_(
                col(VaultEntryRow.name_fold).contains(needle, autoescape=True),
                col(VaultEntryRow.username).icontains(needle, autoescape=True),
                col(VaultEntryRow.url).icontains(needle, autoescape=True),
            )
        )
    return where

"""IT Glue's password records (JSON:API) and what becomes of them.

A list is never read for a `password`, an `otp_secret` or `notes`, even where it should hold one: the shapes of its rows
have no such names. Only `Shown`, the answer about one entry, has.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from domain.ports import UpstreamPassword
from domain.secret import Secret

SELECTORS = "Autofill selectors"
FULL_ADDRESS = "Address with its sign-in"
# What people paste into an address field and a list must not show: a sign-in before the host, a token behind the "?".
_SIGN_IN = re.compile(r"(//[^/@\s:]*):[^@\s]*@")
_TOKEN = re.compile(r"([?&#](?:[\w.-]*(?:pass|pwd|token|secret|key|sig)[\w.-]*)=)[^&#\s]+", re.IGNORECASE)


class _Attributes(msgspec.Struct, rename="kebab"):
    organization_id: int | str | None = None
    name: str | None = None
    username: str | None = None
    url: str | None = None
    resource_url: str | None = None
    resource_id: int | str | None = None
    resource_type: str | None = None
    cached_resource_type_name: str | None = None
    cached_resource_name: str | None = None
    password_category_name: str | None = None
    password_folder_id: int | str | None = None
    vault_id: int | str | None = None
    otp_enabled: bool | None = None
    archived: bool | None = None
    autofill_selectors: Any = None
    password_updated_at: str | None = None
    updated_at: str | None = None


class PasswordRow(msgspec.Struct):
    """A password's record without its value."""

    id: str | int
    attributes: _Attributes
    relationships: dict[str, Any] | None = None


class _ShownAttributes(msgspec.Struct, rename="kebab"):
    organization_id: int | str | None = None
    password: str | None = None
    notes: str | None = None
    vault_id: int | str | None = None
    url: str | None = None
    autofill_selectors: Any = None

    def __repr__(self) -> str:
        return "ShownAttributes(…)"


class _ShownData(msgspec.Struct):
    id: str | int | None = None
    attributes: _ShownAttributes | None = None


class Shown(msgspec.Struct):
    """{"data":{"id":"7","attributes":{"name":"Router","password":"…"}}}; absent, null or "" without the right."""

    data: _ShownData | None = None

    def __repr__(self) -> str:
        return "Shown(…)"

    @property
    def about(self) -> _ShownAttributes:
        return (self.data and self.data.attributes) or _ShownAttributes()

    @property
    def organization(self) -> str:
        return str(self.about.organization_id)

    def has_value(self) -> bool:
        return bool(self.about.password)

    def is_vaulted(self) -> bool:
        return self.about.vault_id is not None

    def secret(self) -> Secret:
        """The value with everything of the entry that only an encrypted place may hold."""
        about = self.about
        fields = {}
        if about.url and open_address(about.url) != about.url.strip():
            fields[FULL_ADDRESS] = about.url.strip()
        if about.autofill_selectors:
            said = about.autofill_selectors
            fields[SELECTORS] = said if isinstance(said, str) else msgspec.json.encode(said).decode()
        return Secret(about.password or "", about.notes or "", fields=fields)


class _FolderAttributes(msgspec.Struct, rename="kebab"):
    organization_id: int | str | None = None
    name: str | None = None
    # Which of the two names the service uses is nowhere said.
    parent_id: int | str | None = None
    parent_folder_id: int | str | None = None


class FolderRow(msgspec.Struct):
    id: str | int
    attributes: _FolderAttributes


# --- conversions ------------------------------------------------------------------------------------


def plain_ids(raws: Iterable[msgspec.Raw]) -> list[str]:
    """The ids of those that are not vaulted: a vaulted password has no value for anybody's key."""
    found = []
    for raw in raws:
        try:
            row = msgspec.json.decode(raw, type=PasswordRow)
        except msgspec.ValidationError:
            continue
        if row.attributes.vault_id is None:
            found.append(str(row.id))
    return found


def folder_of(row: PasswordRow) -> str:
    return "" if row.attributes.password_folder_id is None else str(row.attributes.password_folder_id)


def password(row: PasswordRow, archived: bool, folder: tuple[str, ...], rotated: str, modified: str) -> UpstreamPassword:
    """`archived`: which of the two lists the row came in, for a service that does not say it of the row."""
    about = row.attributes
    if about.organization_id is None:
        raise ValueError("does not say which organization it belongs to")
    return UpstreamPassword(
        id=str(row.id),
        company_id=str(about.organization_id),
        name=(about.name or "").strip(),
        username=(about.username or "").strip(),
        url=open_address(about.url or ""),
        category=(about.password_category_name or "").strip(),
        folder=folder,
        is_archived=archived if about.archived is None else about.archived,
        has_otp=bool(about.otp_enabled),
        is_vaulted=about.vault_id is not None,
        embedded_in=_parent(about),
        attachments=_attached(row.relationships),
        custom_fields=(SELECTORS,) if about.autofill_selectors else (),
        resource_url=about.resource_url or "",
        rotated=rotated,
        modified=modified,
    )


def open_address(url: str) -> str:
    """The address without what signs in: "https://admin:hunter2@host/?token=x" → "https://admin@host/?token=…"."""
    return _TOKEN.sub(r"\1…", _SIGN_IN.sub(r"\1@", url.strip()))


def _parent(about: _Attributes) -> str:
    """ "Configuration: SRV-01" for an embedded password; read values of the type differ from those written."""
    if about.resource_type is None and about.resource_id is None:
        return ""
    kind = about.cached_resource_type_name or (about.resource_type or "record").replace("-", " ").capitalize()
    name = about.cached_resource_name or ("" if about.resource_id is None else f"record {about.resource_id}")
    return f"{kind}: {name}" if name else kind


def _attached(relationships: Mapping[str, Any] | None) -> int:
    """{"attachments":{"data":[{"id":"5","type":"attachments"}]}} → 1"""
    relation = (relationships or {}).get("attachments")
    linked = relation.get("data") if isinstance(relation, dict) else None
    return len(linked) if isinstance(linked, list) else 0


def paths(found: Iterable[FolderRow], organization: str) -> dict[str, tuple[str, ...]]:
    """Folder id → its names from the top: {"7": ("Infrastructure", "Switches")}."""
    rows = {str(row.id): row.attributes for row in found if str(row.attributes.organization_id or organization) == organization}

    def path(folder: str, below: tuple[str, ...]) -> tuple[str, ...]:
        about = rows.get(folder)
        if about is None or folder in below:  # a parent that is missing, or a circle
            return ()
        parent = about.parent_id if about.parent_id is not None else about.parent_folder_id
        above = path(str(parent), (*below, folder)) if parent is not None else ()
        return (*above, (about.name or "").strip() or f"Folder {folder}")

    return {folder: path(folder, ()) for folder in rows}

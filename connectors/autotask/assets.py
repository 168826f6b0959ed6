"""Autotask's configuration items: read whole or as they change, one by one, and changed."""

from dataclasses import replace
from typing import Any

import msgspec

from connectors._paging import instant, iso
from connectors.autotask import refused_writes, rows
from connectors.autotask.queries import Walk
from connectors.autotask.ticket_rows import number_of, text_of
from connectors.autotask.walking import Walker
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import AssetChange, UpstreamAsset

ITEMS = Walk("ConfigurationItems", "configuration items")


class AssetRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    name: str | None = msgspec.field(name="referenceTitle", default=None)
    number: str | None = msgspec.field(name="referenceNumber", default=None)
    type: int | None = msgspec.field(name="configurationItemType", default=None)
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)
    serial: str | None = msgspec.field(name="serialNumber", default=None)
    contact_id: int | None = msgspec.field(name="contactID", default=None)
    location: str | None = None
    installed: str | None = msgspec.field(name="installDate", default=None)
    warranty_ends: str | None = msgspec.field(name="warrantyExpirationDate", default=None)
    notes: str | None = None
    modified: str | None = msgspec.field(name="lastModifiedTime", default=None)


class Assets(Walker):
    def all_assets(self, cursor: str | None) -> Page[UpstreamAsset]:
        """The configuration items of every company by id.

        {"id":31,"companyID":174,"referenceTitle":"SRV-01","configurationItemType":2,"isActive":true,"serialNumber":"SN1",
        "installDate":null,"warrantyExpirationDate":"2028-01-31T00:00:00Z","lastModifiedTime":"2026-11-02T08:53:10Z"}

            page = source.all_assets(None)   # page.rows[0].name == "SRV-01"
        """
        return self._page(ITEMS, AssetRow, asset, cursor)

    def all_assets_changed(self, since: str, cursor: str | None) -> Page[UpstreamAsset]:
        """Those modified at or after `since`: one call where no more than 500 were."""
        return self._page(replace(ITEMS, since=instant(since), is_counted=False), AssetRow, asset, cursor)

    def asset(self, scope: Scope, asset_id: str) -> UpstreamAsset | None:
        """One call: None where it is gone, Stranger where it moved to another company."""
        return self._of_scope(scope, ITEMS, asset_id, AssetRow, asset)

    def asset_changes(self) -> frozenset[str]:
        return frozenset({"name", "type", "serial", "location", "notes", "is_active"})

    def change_asset(self, scope: Scope, asset_id: str, change: AssetChange) -> None:
        """PATCH ConfigurationItems with the id in its body: only what is given. The item's company is looked at first."""
        if self.asset(scope, asset_id) is None:
            raise refused_writes.Gone(refused_writes.GONE)
        body = changed(change)
        if body:
            self._write("PATCH", "ConfigurationItems", "ConfigurationItems", {"id": int(asset_id), **body})


def asset(row: AssetRow) -> UpstreamAsset:
    """An item without a title is called by its number, its serial number or its id."""
    if row.company_id is None:
        raise ValueError("does not say which company it belongs to")
    names = (row.name, row.number, row.serial)
    return UpstreamAsset(
        id=str(row.id),
        company_id=str(row.company_id),
        name=next((name.strip() for name in names if name and name.strip()), f"Configuration item {row.id}"),
        type=text_of(row.type),
        is_active=rows.is_active(row.is_active),
        serial=(row.serial or "").strip(),
        contact_id=text_of(row.contact_id),
        location=(row.location or "").strip(),
        installed=iso(row.installed)[:10],
        warranty_ends=iso(row.warranty_ends)[:10],
        notes=row.notes or "",
        modified=iso(row.modified),
    )


def changed(change: AssetChange) -> dict[str, Any]:
    named = {
        "referenceTitle": change.name,
        "serialNumber": change.serial,
        "location": change.location,
        "notes": change.notes,
        "isActive": change.is_active,
    }
    body: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if change.type is not None:
        body["configurationItemType"] = number_of(change.type, "type") if change.type else None
    return body

"""ConnectWise's configurations: read whole or as they change, one by one, and changed."""

from dataclasses import replace
from typing import Any

import msgspec

from connectors._paging import instant, iso
from connectors.connectwise import words
from connectors.connectwise.queries import Walk
from connectors.connectwise.rows import Info, Ref, modified, ref_id
from connectors.connectwise.ticket_rows import Made, ref, replaced
from connectors.connectwise.walking import Walker
from domain.errors import TellPerson
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import AssetChange, UpstreamAsset

CONFIGURATIONS = Walk("company/configurations", "configurations")
NO_PLACES = "ConnectWise keeps locations as sites of the company. Choose the site of this configuration there."


class ConfigurationRow(msgspec.Struct):
    id: int
    company: Ref | None = None
    name: str | None = None
    type: Ref | None = None
    is_active: bool | None = msgspec.field(name="activeFlag", default=None)
    serial: str | None = msgspec.field(name="serialNumber", default=None)
    contact: Ref | None = None
    site: Ref | None = None
    installed: str | None = msgspec.field(name="installationDate", default=None)
    warranty_ends: str | None = msgspec.field(name="warrantyExpirationDate", default=None)
    notes: str | None = None
    info: Info | None = msgspec.field(name="_info", default=None)


class Assets(Walker):
    def all_assets(self, cursor: str | None) -> Page[UpstreamAsset]:
        """The configurations of every company by id.

        {"id":5011,"name":"SRV-01","type":{"id":2,"name":"Managed Server"},"company":{"id":250},"serialNumber":"SN1","activeFlag":
        true,"warrantyExpirationDate":"2028-01-31T00:00:00Z","_info":{"lastUpdated":"2026-11-02T08:53:10Z"}}

            page = source.all_assets(None)   # page.rows[0].name == "SRV-01"
        """
        return self._page(CONFIGURATIONS, ConfigurationRow, asset, cursor)

    def all_assets_changed(self, since: str, cursor: str | None) -> Page[UpstreamAsset]:
        """Those changed at or after `since`: one call where no more than 1,000 were."""
        walk = replace(CONFIGURATIONS, since=instant(since), is_counted=False)
        return self._page(walk, ConfigurationRow, asset, cursor)

    def asset(self, scope: Scope, asset_id: str) -> UpstreamAsset | None:
        """One call: None where it is gone, Stranger where it moved to another company."""
        return self._of_scope(scope, CONFIGURATIONS, asset_id, ConfigurationRow, asset)

    def asset_changes(self) -> frozenset[str]:
        """No location: a site of the company stands for it."""
        return frozenset({"name", "type", "serial", "notes", "is_active"})

    def change_asset(self, scope: Scope, asset_id: str, change: AssetChange) -> None:
        """PATCH company/configurations/{id} with one operation a field. Its company is looked at first."""
        if self.asset(scope, asset_id) is None:
            raise TellPerson(words.GONE)
        steps = changed(change)
        if steps:
            self._write("PATCH", f"{CONFIGURATIONS.path}/{int(asset_id)}", Made, steps)


def asset(row: ConfigurationRow) -> UpstreamAsset:
    company_id = ref_id(row.company)
    if not company_id:
        raise ValueError("does not say which company it belongs to")
    names = (row.name, row.serial)
    return UpstreamAsset(
        id=str(row.id),
        company_id=company_id,
        name=next((name.strip() for name in names if name and name.strip()), f"Configuration {row.id}"),
        type=ref_id(row.type),
        is_active=row.is_active is not False,  # not told is not the same as retired
        serial=(row.serial or "").strip(),
        contact_id=ref_id(row.contact),
        location=((row.site.name if row.site else None) or "").strip(),
        installed=iso(row.installed)[:10],
        warranty_ends=iso(row.warranty_ends)[:10],
        notes=row.notes or "",
        modified=modified(row.info),
    )


def changed(change: AssetChange) -> list[dict[str, Any]]:
    if change.location is not None:
        raise TellPerson(NO_PLACES, field="location")
    if change.type == "":
        raise TellPerson("ConnectWise asks for a type here. Choose one and try again.", field="type")
    fields: tuple[tuple[str, object], ...] = (
        ("name", change.name),
        ("type", None if change.type is None else ref(change.type, "type")),
        ("serialNumber", change.serial),
        ("notes", change.notes),
        ("activeFlag", change.is_active),
    )
    return [replaced(name, value) for name, value in fields if value is not None]

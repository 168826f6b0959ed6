"""A PSA with configuration items, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.isolation import Scope
from domain.ports import Page
from domain.psa import AssetChange, Choice, Feature, Pick, UpstreamAsset
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.clients import Clients, clients
from tests.flows.paper import Paper

TYPES = (Choice("1", "Server"), Choice("2", "Laptop"), Choice("3", "Printer"), Choice("9", "Fax", is_active=False))


@dataclass
class Rack(Paper):
    assets_: dict[str, UpstreamAsset] = field(default_factory=dict)
    written: list[AssetChange] = field(default_factory=list)
    takes: frozenset[str] = frozenset({"name", "type", "serial", "location", "notes", "is_active"})

    def asset_row(self, id_: str, company_id: str, name: str = "", type_: str = "1", **more: Any) -> UpstreamAsset:
        self.assets_[id_] = UpstreamAsset(id_, company_id, name or f"SRV-{id_}", type_, modified=self.clock().isoformat(), **more)
        return self.assets_[id_]

    def edit_asset(self, id_: str, **changes: Any) -> None:
        self.assets_[id_] = replace(self.assets_[id_], modified=self.clock().isoformat(), **changes)

    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        return {Pick.ASSET_TYPES: TYPES}

    def all_assets(self, cursor: str | None) -> Page[UpstreamAsset]:
        return self._page("assets", list(self.assets_.values()), cursor)

    def all_assets_changed(self, since: str, cursor: str | None) -> Page[UpstreamAsset]:
        return self._changed("assets changed", list(self.assets_.values()), since, cursor)

    def asset(self, scope: Scope, asset_id: str) -> UpstreamAsset | None:
        self._called("asset")
        row = self.assets_.get(asset_id)
        return scope.keep([row])[0] if row else None

    def asset_changes(self) -> frozenset[str]:
        return self.takes

    def change_asset(self, scope: Scope, asset_id: str, change: AssetChange) -> None:
        self._called("change asset")
        assert self.assets_[asset_id].company_id == scope.external_id
        self.written.append(change)
        changes = {name: value for name, value in vars(change).items() if value is not None}
        self.clock.advance(1)  # type: ignore[attr-defined]  # a vendor's clock goes on while it writes
        self.edit_asset(asset_id, **changes)
        self.moment()


@dataclass
class Room(Clients):
    """Configuration items are switched on."""

    rack: Rack


def room(store: Store) -> Room:
    clock = ManualClock()
    rack = Rack(clock, page_size=3)
    return Room(*clients(store, clock, rack, Feature.ASSETS, rack.picklists()), rack)

"""Configuration items as the PSA has them: synced with the rest, and re-read one by one."""

from collections.abc import Mapping
from typing import Any

from domain.isolation import Scope
from domain.ports import Source
from domain.psa import HasAssets, UpstreamAsset
from flows import item_sync
from flows.context import Context, Steps
from flows.item_sync import Items
from flows.sync_round import Round

_TAKEN = ("name", "type", "is_active", "serial", "contact_id", "location", "installed", "warranty_ends", "notes", "modified")


def assets(context: Context, steps: Steps, source: HasAssets, round_: Round) -> str:
    """Part "assets" of a sync; returns a sentence."""
    items = Items(source.all_assets, source.all_assets_changed, values, lambda work: work.assets)
    return item_sync.bring(context, steps, round_, items)


def values(row: UpstreamAsset) -> Mapping[str, Any]:
    """Our columns of the PSA's row."""
    return {name: getattr(row, name) for name in _TAKEN} | {"name_fold": row.name.casefold()}


def refresh(context: Context, asset_id: str) -> UpstreamAsset | None:
    """Read one again from the PSA, in one call; None where it is gone there. Raises TryLater, AskOperator, Stranger."""
    return item_sync.read_again(context, asset_id, _read, values, lambda work: work.assets)


def _read(source: Source, scope: Scope, external_id: str) -> UpstreamAsset | None:
    assert isinstance(source, HasAssets)
    return source.asset(scope, external_id)

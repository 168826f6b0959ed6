"""Opportunities as the PSA has them: synced with the rest, and what of a row is kept. Single ones are read by flows/pushing.py."""

from collections.abc import Mapping
from typing import Any

from domain.psa import HasOpportunities, UpstreamOpportunity
from flows import item_sync
from flows.context import Context, Steps
from flows.item_sync import Items
from flows.sync_round import Round

_TAKEN = ("title", "description", "stage", "status", "category", "owner_id", "contact_id", "starts", "closes", "response")


def opportunities(context: Context, steps: Steps, source: HasOpportunities, round_: Round) -> str:
    """Part "opportunities" of a sync; returns a sentence."""
    items = Items(
        source.all_opportunities, source.all_opportunities_changed, values, lambda work: work.opportunities
    )
    return item_sync.bring(context, steps, round_, items)


def values(row: UpstreamOpportunity) -> Mapping[str, Any]:
    """Our columns of the PSA's row."""
    taken = {name: getattr(row, name) for name in _TAKEN}
    amounts = {name: getattr(row, name) or "0" for name in ("amount", "material_cost", "labor_cost")}
    return taken | amounts | {"created": row.created, "modified": row.modified, "state": "upstream"}

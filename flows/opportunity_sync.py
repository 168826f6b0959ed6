"""Opportunities as the PSA has them: synced with the rest, and re-read one by one."""

from collections.abc import Mapping
from typing import Any

from domain.isolation import Scope
from domain.ports import Source
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


def refresh(context: Context, opportunity_id: str) -> UpstreamOpportunity | None:
    """Read one again from the PSA, in one call; None where it is gone there. Raises TryLater, AskOperator, Stranger."""
    return item_sync.read_again(context, opportunity_id, _read, values, lambda work: work.opportunities)


def _read(source: Source, scope: Scope, external_id: str) -> UpstreamOpportunity | None:
    assert isinstance(source, HasOpportunities)
    return source.opportunity(scope, external_id)

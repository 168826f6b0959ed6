"""The forecast of an opportunity: revenue and cost by kind, in lines. It is one object, not a list."""

from __future__ import annotations

from typing import Any

from sandbox.connectwise.problems import error, invalid
from sandbox.connectwise.writing import Writer
from sandbox.world import Row, Table

_TYPES = ("Product", "Service", "Agreement", "Other1", "Other2")
_SHOWN = ("id", "forecastDescription", "forecastType", "quantity", "revenue", "cost", "includeFlag")


def show(tables: dict[str, Table], opportunity: int) -> Row:
    """`{"id": 902, "forecastItems": [{"forecastType": "Product", "revenue": 1500.0, "cost": 900.0, …}]}`."""
    items = tables["forecastItems"]
    rows = [items.rows[one] for one in items.where("opportunity", opportunity)]
    return {"id": opportunity, "forecastItems": [{name: row.get(name) for name in _SHOWN} for row in rows]}


def add(writer: Writer, opportunity: int, body: Any) -> None:
    """Add the lines of a forecast."""
    lines = body.get("forecastItems") if isinstance(body, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise invalid("forecast", error("MissingRequired", "forecastItems is required.", "forecast", "forecastItems"))
    for line in lines:
        if line.get("forecastType") not in _TYPES:
            said = "forecastType is not one of the known types."
            raise invalid("forecastItem", error("InvalidField", said, "forecastItem", "forecastType"))
        row: Row = {name: line.get(name) for name in _SHOWN if name != "id"} | {"opportunity": opportunity}
        writer.tables["forecastItems"].insert(row, writer.now)
    writer.tables["opportunities"].update(opportunity, {"updatedBy": writer.member.identifier}, writer.now)

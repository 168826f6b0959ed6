"""Turns sparse rows into the full objects the vendor sends: every field present, dates and UDFs as text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sandbox.autotask.catalogue import Entity
from sandbox.autotask.values import show_date
from sandbox.world import Row

_NEVER_NULL = {"internalCost": 0.0}
_SECRET = {"secretKey"}


def render(entity: Entity, row: Row, only: Collection[str] | None = None) -> Row:
    """One row as JSON; `only` holds lower-case field and UDF names, None means everything."""
    shown: dict[str, Any] = {}
    for lower, column in entity.fields.items():
        if only is not None and lower not in only:
            continue
        value = row.get(column.name, _NEVER_NULL.get(column.name))
        if isinstance(value, datetime):
            value = show_date(value)
        shown[column.name] = None if column.name in _SECRET else value
    udfs = [udf for udf in entity.udfs if only is None or udf.name.lower() in only]
    if udfs or (entity.udfs and only is None):
        written = row.get("userDefinedFields") or {}
        # Every user-defined field is listed, and every value is text, whatever the field's type.
        shown["userDefinedFields"] = [{"name": udf.name, "value": written.get(udf.name)} for udf in udfs]
    return shown

"""The names that stand beside ids: `organization-name` for `organization-id`, and their like."""

from __future__ import annotations

from typing import Any

from sandbox.world import Row, World

# companion: (id column, table, column there)
COMPANIONS = {
    "organization-name": ("organization-id", "organizations", "name"),
    "organization-short-name": ("organization-id", "organizations", "short-name"),
    "organization-type-name": ("organization-type-id", "organization-types", "name"),
    "organization-status-name": ("organization-status-id", "organization-statuses", "name"),
    "contact-type-name": ("contact-type-id", "contact-types", "name"),
    "contact-name": ("contact-id", "contacts", "name"),
    "password-category-name": ("password-category-id", "password-categories", "name"),
    "flexible-asset-type-name": ("flexible-asset-type-id", "flexible-asset-types", "name"),
}
# id columns whose target must exist when they are written
REFERENCES = {column: table for column, table, _ in COMPANIONS.values()} | {"parent-id": "organizations"}


def read(world: World, row: Row, column: str) -> Any:
    """A column's value, looking companions up where they live."""
    companion = COMPANIONS.get(column)
    if companion is None:
        return row.get(column)
    target = world.itglue[companion[1]].get(row.get(companion[0]) or 0)
    return target.get(companion[2]) if target is not None else None

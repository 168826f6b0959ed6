"""Turns rows into JSON:API records, and finds what an `include` brings along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from sandbox.itglue.asking import dash
from sandbox.itglue.catalogue import RESOURCES, Resource
from sandbox.itglue.companions import read
from sandbox.world import Row, World

_QUICK_NOTES = 250
_FALSE = {"restricted", "my-glue", "archived", "primary", "otp-enabled", "synced", "hide-from-my-glue"}
_ADAPTED = {"organizations", "contacts", "configurations"}


def show_date(moment: datetime) -> str:
    """UTC with three fractional digits."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the rows of one resource; `in_list` cuts what lists cut."""

    world: World
    resource: Resource
    in_list: bool

    def record(self, row: Row, includes: Sequence[str] = ()) -> Row:
        """One record. Null attributes are present; ids are text; id attributes are numbers."""
        attributes = {name: self._attribute(row, name) for name in self.resource.attributes}
        relationships = {
            dash(name): {"data": [{"id": one["id"], "type": one["type"]} for one in self.brought(row, name)]}
            for name in includes
            if self._knows(name)
        }
        return {
            "id": str(row["id"]),
            "type": self.resource.type,
            "attributes": attributes,
            "relationships": relationships,
        }

    def included(self, rows: Sequence[Row], includes: Sequence[str]) -> list[Row]:
        """The included records of a page, each once."""
        found: dict[tuple[str, str], Row] = {}
        for name in includes:
            if self._knows(name):
                for row in rows:
                    for one in self.brought(row, name):
                        found[one["type"], one["id"]] = one
        return list(found.values())

    def brought(self, row: Row, include: str) -> list[Row]:
        """The records one include brings for one row; most bring nothing in the sandbox."""
        if include == "adapters_resources" and self.resource.path in _ADAPTED:
            return _adapter(row)
        if include == "users" and self.resource.path == "groups":
            users = Renderer(self.world, RESOURCES["users"], True)
            found = (self.world.itglue["users"].get(id_) for id_ in row.get("user-ids") or ())
            return [users.record(one) for one in found if one is not None]
        if include == "authorized_users" and self.resource.path == "passwords":
            users = Renderer(self.world, RESOURCES["users"], True)
            staff = self.world.itglue["users"].rows.values()
            return [users.record(one) for one in staff if not one.get("my-glue")]
        return []

    def _knows(self, include: str) -> bool:
        if include in self.resource.includes:
            return True
        return not self.in_list and include in ("authorized_users", "recent_versions", "related_items")

    def _attribute(self, row: Row, name: str) -> Any:
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self.world, self.resource, row)
        value = read(self.world, row, name)
        if isinstance(value, datetime):
            return show_date(value)
        if value is None and name in _FALSE:
            return False
        if name == "quick-notes" and value is not None and self.in_list:
            return value[:_QUICK_NOTES]
        return value


def _adapter(row: Row) -> list[Row]:
    """The link to the PSA: `remote-id` is the PSA's id as text, and "0" is one."""
    if row.get("psa-id") is None:
        return []
    attributes = {"remote-id": str(row["psa-id"])}
    return [{"id": str(row["id"] + 400), "type": "adapters-resources", "attributes": attributes}]


def _emails(_: World, __: Resource, row: Row) -> list[Row]:
    return [
        {"value": value, "primary": place == 0, "label-name": "Work"}
        for place, value in enumerate(row.get("emails") or ())
    ]


def _phones(_: World, __: Resource, row: Row) -> list[Row]:
    return [
        {
            "value": "".join(letter for letter in text if letter.isdigit()),
            "extension": None,
            "primary": place == 0,
            "label-name": "Work",
            "label-type": "phone",
            "formatted-value": text,
        }
        for place, text in enumerate(row.get("phones") or ())
    ]


def _address(_: World, resource: Resource, row: Row) -> str:
    return f"https://northwind.itglue.com/{row.get('organization-id')}/{resource.path}/{row['id']}"


def _parent(_: World, resource: Resource, row: Row) -> str | int | None:
    parent = row.get("parent-id")
    # A string on organisations, against the rule that id attributes are numbers.
    return str(parent) if parent is not None and resource.path == "organizations" else parent


def _ancestors(world: World, _: Resource, row: Row) -> str:
    found: list[int] = []
    parent = row.get("parent-id")
    while parent is not None and parent not in found:
        found.insert(0, parent)
        parent = (world.itglue["organizations"].get(parent) or {}).get("parent-id")
    return msgspec.json.encode(found).decode()  # a string that holds a JSON array


def _psa(_: World, __: Resource, row: Row) -> str:
    return "disabled" if row.get("psa-id") is None else "enabled"


def _count(world: World, _: Resource, row: Row) -> int:
    return len(world.itglue["passwords"].where("password-category-id", row["id"]))


_SPECIAL = {
    "contact-emails": _emails,
    "contact-phones": _phones,
    "resource-url": _address,
    "parent-id": _parent,
    "ancestor-ids": _ancestors,
    "psa-integration": _psa,
    "passwords-count": _count,
}

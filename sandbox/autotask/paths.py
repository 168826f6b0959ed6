"""Reads a request path as the vendor's router does: any case, doubled slashes, trailing slash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.autotask.catalogue import Entity, entities

Shape = Literal[
    "zoneInformation", "versionInformation", "Version", "ThresholdInformation",
    "root", "item", "query", "query/count", "query/next",
    "entityInformation", "entityInformation/fields", "entityInformation/userDefinedFields",
    "children", "child", "unknown",
]  # fmt: skip

_SERVICE: dict[str, Shape] = {
    "zoneinformation": "zoneInformation",
    "version": "Version",
    "thresholdinformation": "ThresholdInformation",
}
_TAILS: dict[tuple[str, ...], Shape] = {
    (): "root",
    ("query",): "query",
    ("query", "count"): "query/count",
    ("query", "next"): "query/next",
    ("entityinformation",): "entityInformation",
    ("entityinformation", "fields"): "entityInformation/fields",
    ("entityinformation", "userdefinedfields"): "entityInformation/userDefinedFields",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes. `entity` is the child's for routes under a parent."""

    shape: Shape
    entity: Entity | None = None
    row_id: int = 0
    parent_id: int | None = None

    @property
    def what(self) -> str:
        """The route as the recorder counts it: `Contacts/query`, `Companies/{id}/Contacts`."""
        if self.entity is None:
            return self.shape
        parent = self.entity.parent
        if self.shape in ("children", "child") and parent is not None:
            tail = "/{id}" if self.shape == "child" else ""
            return f"{parent.entity}/{{id}}/{parent.short}{tail}"
        if self.shape == "root":
            return self.entity.name
        return f"{self.entity.name}/{'{id}' if self.shape == 'item' else self.shape}"


_NOWHERE = Place("unknown")


def locate(path: str) -> Place:
    """The place a path means; unknown ones are a place of their own."""
    parts = [part.lower() for part in path.split("/") if part]
    if not parts or parts[0] != "atservicesrest":
        return _NOWHERE
    while parts and parts[0] == "atservicesrest":  # a base address that already ended in it
        parts.pop(0)
    if parts == ["versioninformation"]:
        return Place("versionInformation")
    if len(parts) < 2 or parts[0] not in ("v1.0", "1.0"):
        return _NOWHERE
    if len(parts) == 2 and parts[1] in _SERVICE:
        return Place(_SERVICE[parts[1]])
    entity = entities().get(parts[1])
    if entity is None:
        return _NOWHERE
    return _inside(entity, tuple(parts[2:]))


def _inside(entity: Entity, tail: tuple[str, ...]) -> Place:
    shape = _TAILS.get(tail)
    if shape is not None:
        return Place(shape, entity)
    row_id = _number(tail[0])
    if row_id is None or len(tail) > 3:
        return _NOWHERE
    if len(tail) == 1:
        return Place("item", entity, row_id)
    child = entity.children.get(tail[1])
    if child is None:
        return _NOWHERE
    if len(tail) == 2:
        return Place("children", entities()[child.lower()], parent_id=row_id)
    child_id = _number(tail[2])  # there is no query under a parent
    return _NOWHERE if child_id is None else Place("child", entities()[child.lower()], child_id, row_id)


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None

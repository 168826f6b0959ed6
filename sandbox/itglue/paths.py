"""Reads a request path: a resource at the root, or under `/organizations/:id/relationships`."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.itglue.catalogue import RESOURCES, Resource


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes; `under` is the organisation of a nested route."""

    resource: Resource | None
    row_id: int | None = None
    under: int | None = None

    @property
    def what(self) -> str:
        """The route as the recorder counts it: `organizations/{id}/relationships/contacts`."""
        if self.resource is None:
            return "unknown"
        head = "organizations/{id}/relationships/" if self.under is not None else ""
        return f"{head}{self.resource.path}{'/{id}' if self.row_id is not None else ''}"


_NOWHERE = Place(None)


def locate(path: str) -> Place:
    """The place a path means. Paths have no version segment, one spelling and no trailing slash."""
    parts = path.split("/")[1:]
    under = None
    if len(parts) >= 4 and parts[0] == "organizations" and parts[2] == "relationships":
        if not parts[1].isdigit():
            return _NOWHERE
        under, parts = int(parts[1]), parts[3:]
    resource = RESOURCES.get(parts[0])
    if resource is None or len(parts) > 2:
        return _NOWHERE
    if not (resource.nested if under is not None else resource.at_root):
        return _NOWHERE
    if len(parts) == 1:
        return Place(resource, None, under)
    return Place(resource, int(parts[1]), under) if parts[1].isdigit() else _NOWHERE

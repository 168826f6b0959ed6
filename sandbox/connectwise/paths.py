"""Reads a request path: codebase discovery, or a resource below `/<codebase>/apis/3.0`."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.connectwise.catalogue import RESOURCES, Resource

ROUTER = "v4_6_release"  # leads to the tenant's current version


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes. `shape` is companyinfo, key, info, forecast, list, count, one or unknown; `codebase` what stood before."""

    shape: str
    codebase: str = ""
    resource: Resource | None = None
    row_id: int = 0
    under: int | None = None
    word: str = ""  # the company id that is asked about, the number of a key

    @property
    def what(self) -> str:
        """The route as the recorder counts it: `company/contacts`, `service/tickets/{id}/notes`, `company/contacts/count`."""
        if self.shape == "forecast":
            return "sales/opportunities/{id}/forecast"
        if self.resource is None:
            return self.shape
        base = self.resource.path.replace("{}", "{id}")
        return base + {"count": "/count", "one": "/{id}"}.get(self.shape, "")


NOWHERE = Place("unknown")


def locate(path: str) -> Place:
    """The place a path means; a slash at the end and doubled ones are forgiven."""
    parts = [part for part in path.split("/") if part]
    if len(parts) == 3 and parts[0] == "login" and parts[1] in ("companyinfo", "callbackkeys"):
        return Place({"companyinfo": "companyinfo", "callbackkeys": "key"}[parts[1]], word=parts[2])
    if len(parts) < 4 or parts[1:3] != ["apis", "3.0"]:
        return NOWHERE
    return _inside(parts[0], parts[3:])


def _inside(codebase: str, rest: list[str]) -> Place:
    if rest == ["system", "info"]:
        return Place("info", codebase)
    if len(rest) == 4 and rest[:2] == ["sales", "opportunities"] and rest[2].isdecimal() and rest[3] == "forecast":
        return Place("forecast", codebase, RESOURCES["sales/opportunities"], int(rest[2]))
    found = _resource(rest)
    if found is not None:
        return Place("list", codebase, found[0], under=found[1])
    found = _resource(rest[:-1])
    if found is None:
        return Place("unknown", codebase)
    if rest[-1] == "count":
        return Place("count", codebase, found[0], under=found[1])
    return Place("one", codebase, found[0], int(rest[-1]), found[1]) if rest[-1].isdecimal() else Place("unknown", codebase)


def _resource(parts: list[str]) -> tuple[Resource, int | None] | None:
    plain = RESOURCES.get("/".join(parts))
    if plain is not None:
        return plain, None
    if len(parts) == 4 and parts[2].isdecimal():
        nested = RESOURCES.get("/".join([*parts[:2], "{}", parts[3]]))
        if nested is not None:
            return nested, int(parts[2])
    return None

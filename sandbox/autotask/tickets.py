"""The rules of tickets: who can be assigned, what a category fills in, and what it insists on."""

from __future__ import annotations

from sandbox.autotask.problems import Refused
from sandbox.world import Row, World

ASSIGNMENT = frozenset({"assignedResourceID", "assignedResourceRoleID"})
# What a category's defaults are called there and on a ticket, where the two differ.
_ON_A_TICKET = {
    "issueTypeID": "issueType", "subIssueTypeID": "subIssueType", "sourceID": "source", "ticketTypeID": "ticketType",
    "workTypeID": "billingCodeID",
}  # fmt: skip
_NO_DEFAULTS = ("id", "ticketCategoryID")


def assignment_errors(world: World, row: Row) -> list[str]:
    """A resource needs a role beside it, and one that is defined for this resource."""
    resource, role = row.get("assignedResourceID"), row.get("assignedResourceRoleID")
    if resource is None and role is None:
        return []
    if resource is None or role is None:
        return [
            "Data violation: When assigning a Resource, you must assign both a "
            "assignedResourceID and assignedResourceRoleID"
        ]
    for name in ("ResourceServiceDeskRoles", "ResourceRoleDepartments"):
        table = world.autotask[name]
        pairs = (table.rows[one] for one in table.where("resourceID", resource))
        if any(pair["roleID"] == role and pair.get("isActive") for pair in pairs):
            return []
    return ["The specified AssignedResourceID and AssignedRoleID combination is not currently defined"]


def category_of(world: World, row: Row) -> int | None:
    """The category of a new ticket: the one asked for, else the tenant's default."""
    categories = world.autotask["TicketCategories"].rows
    default = next((one for one, row in categories.items() if row.get("isGlobalDefault")), None)
    return row.get("ticketCategory") or default


def defaults(world: World, row: Row) -> Row:
    """What the category fills in where the caller was silent."""
    category = category_of(world, row)
    filled: Row = {"ticketCategory": category}
    table = world.autotask["TicketCategoryFieldDefaults"]
    for one in table.where("ticketCategoryID", category):
        for name, value in table.rows[one].items():
            column = _ON_A_TICKET.get(name, name)
            if name not in _NO_DEFAULTS and value is not None and row.get(column) is None:
                filled[column] = value
    return filled


def require(world: World, row: Row) -> None:
    """Refuse a ticket that lacks what its category insists on."""
    category = world.autotask["TicketCategories"].get(row.get("ticketCategory") or 0) or {}
    missing = [name for name in category.get("_requires", ()) if row.get(name) in (None, "")]
    if missing:
        raise Refused(*(f"{name} is required" for name in missing))

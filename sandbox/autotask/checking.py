"""Checks what a write wants to store: types, lengths, picklists, references, and the rules between fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.autotask import tickets
from sandbox.autotask.catalogue import Entity, Field
from sandbox.autotask.picklists import Picklists
from sandbox.autotask.problems import Refused
from sandbox.autotask.values import for_column
from sandbox.world import Row, World
from sandbox.world.desk import API_ONLY

_ASSIGNING = {"ownerResourceID", "assignedResourceID", "assignedToResourceID"}


def columns_from(entity: Entity, body: Mapping[str, Any], *, creating: bool) -> Row:
    """The writable columns a body names. Unknown and read-only names are passed over in silence."""
    written: Row = {}
    for key, value in body.items():
        column = entity.find(key)
        if column is None or column.name == "id" or column.read_only or column.ignored:
            continue
        if column.create_only and not creating:
            continue
        written[column.name] = for_column(column.name, value, column.kind)
    return written


def udfs_from(entity: Entity, body: Mapping[str, Any]) -> dict[str, str | None]:
    """The user-defined fields a body names, as text."""
    listed = next((value for key, value in body.items() if key.lower() == "userdefinedfields"), None) or []
    written: dict[str, str | None] = {}
    for item in listed:
        if not isinstance(item, dict):
            raise Refused("Error converting value to type 'UserDefinedField'. Path 'userDefinedFields[0]'.")
        pair = {str(key).lower(): value for key, value in item.items()}
        known = entity.find_udf(str(pair.get("name", "")))
        if known is not None:
            value = pair.get("value")
            written[known.name] = None if value is None else str(value)
    return written


def check(world: World, picklists: Picklists, entity: Entity, row: Row, changed: Row) -> None:
    """Refuse with every sentence that applies: `row` is the state after the write."""
    errors = [
        f"Value does not exist for the required field {column.name}. ; on record number [1]."
        for column in entity.fields.values()
        if column.required and not column.read_only and row.get(column.name) in (None, "")
    ]
    for name, value in changed.items():
        column = entity.find(name)
        if column is not None and value is not None:
            errors.extend(_value_errors(world, column, value))
            known = column.choices or picklists.of(entity.name, column.name)
            if column.is_picklist and known is not None and str(value) not in {choice.value for choice in known}:
                errors.append(f"Picklist value [{value}] does not exist for {column.name}. ; on record number [1].")
    errors.extend(_rule_errors(world, entity, row, changed))
    if errors:
        raise Refused(*errors)


def _value_errors(world: World, column: Field, value: Any) -> list[str]:
    if column.length and isinstance(value, str) and len(value) > column.length:
        return [f"{column.name} must be less than or equal to {column.length} characters"]
    if column.reference and not _exists(world, column, value):
        # An inactive contact or resource is refused with the same words as a missing one.
        kind = _singular(column.reference)
        return [f"Reference value on field: {column.name} of type: {kind} does not exist or is invalid."]
    return []


def _exists(world: World, column: Field, value: int) -> bool:
    target = world.autotask[column.reference].get(value)
    if target is None:
        return False
    if column.reference in ("Contacts", "Resources") and not target.get("isActive"):
        return False
    # API users may have created something but can own and be assigned nothing.
    return not (column.name in _ASSIGNING and target.get("licenseType") == API_ONLY)


def _singular(entity: str) -> str:
    irregular = {"Companies": "Account", "Opportunities": "Opportunity"}
    return irregular.get(entity, entity.removesuffix("s"))


def _rule_errors(world: World, entity: Entity, row: Row, changed: Row) -> list[str]:
    if entity.name == "Tickets":
        return tickets.assignment_errors(world, row) if changed.keys() & tickets.ASSIGNMENT else []
    if entity.name == "CompanyToDos":
        return _strangers(world, row)
    return []


def _strangers(world: World, row: Row) -> list[str]:
    """A to-do may only mention what belongs to its own company."""
    mentions = {
        "contactID": "Contacts",
        "contractID": "Contracts",
        "opportunityID": "Opportunities",
        "ticketID": "Tickets",
    }
    errors = []
    for column, table in mentions.items():
        target = world.autotask[table].get(row.get(column) or 0)
        if target is not None and target.get("companyID") != row.get("companyID"):
            kind = _singular(table)
            errors.append(f"Reference value on field: {column} of type: {kind} does not exist or is invalid.")
    return errors

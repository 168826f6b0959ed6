"""What an entity says about itself: entityInformation, its fields, its user-defined fields."""

from __future__ import annotations

from typing import Any

from sandbox.autotask.callers import ApiUser
from sandbox.autotask.catalogue import Entity, Field
from sandbox.autotask.picklists import Choice, Picklists
from sandbox.autotask.sight import ASSOCIATED


def information(entity: Entity, user: ApiUser) -> dict[str, Any]:
    """`entityInformation`: what is possible at all and what this caller may do."""

    def access(possible: bool, verb: str) -> str:
        return user.access(entity.name, verb) if possible else "None"

    may_query = access(True, "query")
    restricted = user.lines_of_business is not None and entity.name in (*ASSOCIATED, "TicketNotes")
    return {
        "info": {
            "name": entity.name,
            "canCreate": entity.creates,
            "canDelete": entity.deletes,
            "canQuery": True,
            "canUpdate": entity.updates,
            "userAccessForCreate": access(entity.creates, "create"),
            "userAccessForDelete": access(entity.deletes, "delete"),
            "userAccessForQuery": "Restricted" if restricted and may_query == "All" else may_query,
            "userAccessForUpdate": access(entity.updates, "update"),
            "hasUserDefinedFields": bool(entity.udfs),
            "supportsWebhookCallouts": entity.has_webhooks,
        }
    }


def fields(entity: Entity, picklists: Picklists) -> dict[str, Any]:
    """`entityInformation/fields`."""
    return {"fields": [_described(entity, column, picklists) for column in entity.fields.values()]}


def _described(entity: Entity, column: Field, picklists: Picklists) -> dict[str, Any]:
    choices = column.choices or picklists.of(entity.name, column.name) or ()
    return {
        "name": column.name,
        "dataType": column.kind,
        "length": column.length,
        "isRequired": column.required,
        "isReadOnly": column.read_only or column.name == "id",
        "isQueryable": column.queryable,
        "isReference": bool(column.reference),
        "referenceEntityType": column.reference.removesuffix("s") if column.reference else "",
        "isPickList": column.is_picklist,
        "picklistValues": _picklist(choices) if column.is_picklist else None,
        "picklistParentValueField": column.parent_choice,
        "isSupportedWebhookField": entity.has_webhooks and column.name != "id",
    }


def _picklist(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    # `value` and `parentValue` are strings here although the rows hold numbers.
    return [
        {
            "value": choice.value,
            "label": choice.label,
            "isDefaultValue": choice.is_default,
            "sortOrder": number,
            "parentValue": choice.parent,
            "isActive": choice.is_active,
            "isSystem": choice.is_system,
        }
        for number, choice in enumerate(choices, start=1)
    ]


def user_defined_fields(entity: Entity) -> dict[str, Any]:
    """`entityInformation/userDefinedFields`."""
    return {
        "fields": [
            {
                "name": udf.name,
                "label": udf.name,
                "type": udf.kind,
                "length": 8000 if udf.kind == "string" else 0,
                "description": "",
                "isRequired": False,
                "isReadOnly": False,
                "isQueryable": True,
                "isReference": False,
                "referenceEntityType": "",
                "isPickList": False,
                "picklistValues": None,
                "picklistParentValueField": "",
                "defaultValue": "",
                "isSupportedWebhookField": True,
            }
            for udf in entity.udfs
        ]
    }

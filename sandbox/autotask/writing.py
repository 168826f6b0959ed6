"""Creates, changes and deletes rows the way the vendor does, in one engine for all entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from sandbox.autotask import hooks, tickets
from sandbox.autotask.callers import ApiUser
from sandbox.autotask.catalogue import Entity
from sandbox.autotask.checking import check, columns_from, udfs_from
from sandbox.autotask.levels import IMPERSONATED
from sandbox.autotask.picklists import Picklists
from sandbox.autotask.problems import Refused, no_permission
from sandbox.autotask.sight import is_own, sight
from sandbox.serving import Reply, json_reply
from sandbox.world import Row, World
from sandbox.world.desk import API_ONLY, aftermath, completion

_NOT_FOUND = (
    "No matching records found. The logged in Resource may not have the required permissions to delete the data."
)


def read_body(raw: bytes) -> dict[str, Any]:
    """The object of a write."""
    if not raw.strip():
        raise Refused("Value cannot be null.\r\nParameter name: entity")
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError as problem:
        raise Refused(f"Unexpected character encountered while parsing value. {problem}") from problem
    if not isinstance(body, dict):
        raise Refused("Cannot deserialize the current JSON into the entity. Path '', line 1, position 1.")
    return body


@dataclass(frozen=True, slots=True)
class Writer:
    """One caller writing one entity. `parent_id` is the id in the path of a child's route."""

    world: World
    entity: Entity
    user: ApiUser
    now: datetime
    picklists: Picklists
    parent_id: int | None = None
    impersonated: int | None = None
    https_only: bool = True

    def create(self, body: Mapping[str, Any]) -> Reply:
        """Store a new row: 200 with its id, never 201."""
        self.user.require(self.entity.name, "create")
        row = columns_from(self.entity, body, creating=True)
        if self.entity.parent is not None:
            row[self.entity.parent.column] = self.parent_id
        check(self.world, self.picklists, self.entity, row, row)
        row |= self._generated(row)
        udfs = udfs_from(self.entity, body)
        if self.entity.udfs:
            row["userDefinedFields"] = udfs
        new_id = self.world.autotask[self.entity.name].insert(row, self.now, actor=self.user.resource_id)
        self._aftermath(row)
        return json_reply({"itemId": new_id})

    def update(self, body: Mapping[str, Any], *, whole: bool) -> Reply:
        """PATCH changes what is named; PUT (`whole`) empties every writable field that is not."""
        self.user.require(self.entity.name, "update")
        changes = columns_from(self.entity, body, creating=False)  # parsed before anything is looked up
        row_id, row = self._target(body)
        if self.user.access(self.entity.name, "update") == "Restricted" and not is_own(self.user, row):
            raise no_permission("update")
        if whole:
            changes = self._emptied() | changes
        check(self.world, self.picklists, self.entity, row | changes, changes)
        if self.entity.name.endswith("Webhooks"):
            hooks.check(self.world, self.entity, row | changes, row_id, https_only=self.https_only)
        udfs = udfs_from(self.entity, body)
        if udfs or (whole and self.entity.udfs):
            kept = {} if whole else (row.get("userDefinedFields") or {})
            changes["userDefinedFields"] = kept | udfs
        if self.entity.name == "Tickets":
            tickets.require(self.world, row | changes)
            changes |= completion(row, changes, self.now, self.user.resource_id)
        table = self.world.autotask[self.entity.name]
        table.update(row_id, changes, self.now, actor=self.user.resource_id)
        self._aftermath(row)
        return json_reply({"itemId": row_id})

    def delete(self, row_id: int) -> Reply:
        """Take a row away, and what hangs under a webhook with it."""
        self.user.require(self.entity.name, "delete")
        table = self.world.autotask[self.entity.name]
        row = table.get(row_id)
        if row is None or not self._is_ours(row):
            raise Refused(_NOT_FOUND)
        for child in self.entity.children.values():
            for child_id in list(self.world.autotask[child].where("webhookID", row_id)):
                self.world.autotask[child].delete(child_id, self.now)
        table.delete(row_id, self.now, actor=self.user.resource_id)
        self._aftermath(row)
        return json_reply({"itemId": row_id})

    def _target(self, body: Mapping[str, Any]) -> tuple[int, Row]:
        given = next((value for key, value in body.items() if key.lower() == "id"), None)
        text = str(given)
        row_id = int(text) if text.lstrip("-").isdigit() else -1
        row = self.world.autotask[self.entity.name].get(row_id)
        if row is None or not self._is_ours(row):
            raise Refused("No matching records found.")
        return row_id, row

    def _is_ours(self, row: Row) -> bool:
        seen = sight(self.world, self.user, self.entity.name)
        if seen is not None and not seen(row):
            return False
        parent = self.entity.parent
        return parent is None or self.parent_id is None or row.get(parent.column) == self.parent_id

    def _emptied(self) -> Row:
        return {
            column.name: None
            for column in self.entity.fields.values()
            if not column.read_only and not column.create_only and column.name != "id"
            and not (self.entity.parent and column.name == self.entity.parent.column)
        }  # fmt: skip

    def _generated(self, row: Row) -> Row:
        """What the vendor fills in itself on create."""
        made: Row = {}
        if self.entity.find("creatorResourceID"):
            made["creatorResourceID"] = self.user.resource_id
        if self.impersonated is not None and self.entity.name in IMPERSONATED:
            made |= self._impersonation()
        if self.entity.name == "Companies":
            made["isActive"] = row.get("isActive", True)
            made["createdByResourceID"] = self.user.resource_id
        if self.entity.name == "Tickets":
            made |= tickets.defaults(self.world, row)
            tickets.require(self.world, row | made)
            made["ticketNumber"] = row.get("ticketNumber") or self.world.desk.ticket_number(self.now)
            made |= completion({}, row, self.now, self.user.resource_id)
        if self.entity.name == "Opportunities":
            made["opportunityCategoryID"] = row.get("opportunityCategoryID") or self._default_category()
        if self.entity.name.endswith("Webhooks"):
            hooks.check_new(self.world, self.entity, row, self.user, https_only=self.https_only)
            guid = UUID(int=self.world.random.getrandbits(128), version=4)
            made |= {"webhookGUID": str(guid), "isReady": False, "ownerResourceID": self.user.resource_id}
        return made

    def _impersonation(self) -> Row:
        person = self.world.autotask["Resources"].get(self.impersonated or 0)
        allowed = self.user.level.has(f"Impersonation: {self.entity.name}")
        if not allowed or person is None or person.get("licenseType") == API_ONLY:
            raise no_permission("create")
        return {
            "creatorResourceID": self.impersonated,
            "impersonatorCreatorResourceID": self.user.resource_id,
        }

    def _default_category(self) -> int | None:
        ids = self.world.autotask["OpportunityCategories"].ids
        return ids[0] if ids else None

    def _aftermath(self, row: Row) -> None:
        """Related activity moves the parent's date; a webhook is ready once it has a field."""
        aftermath(self.world, self.entity.name, row, self.now, self.user.resource_id)
        if self.entity.name.endswith(("WebhookFields", "WebhookUdfFields")):
            assert self.entity.parent is not None
            hooks.settle(self.world, self.entity.parent.entity, row["webhookID"])

"""Decides which webhooks hear of a change, and what each of them is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.autotask.callers import Users
from sandbox.autotask.catalogue import SUBJECTS, entities, webhook_field_ids
from sandbox.autotask.delivery import Delivery
from sandbox.autotask.sight import sight
from sandbox.autotask.values import show_date
from sandbox.world import Change, Row, World

_SUBJECT_OF = {entity: subject for subject, entity in SUBJECTS.items()}
# The names of the old SOAP interface are still the ones on the wire.
_ON_THE_WIRE = {"Companies": "Account", "ConfigurationItems": "InstalledProduct"}
_SUBSCRIBED = {
    "Create": "isSubscribedToCreateEvents",
    "Update": "isSubscribedToUpdateEvents",
    "Delete": "isSubscribedToDeleteEvents",
}

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A field a webhook was given: its name on the wire, its column, and the value the row has there."""

    name: str
    column: str
    value: Any
    subscribed: bool
    always: bool


class Callouts:
    """Watches the world; runs under its lock and does no more than take note."""

    def __init__(self, world: World, users: Users, delivery: Delivery, now: Callable[[], datetime]) -> None:
        self.world = world
        self.users = users
        self.delivery = delivery
        self._now = now
        world.watchers.append(self.heard)

    def heard(self, change: Change) -> None:
        """A row changed: maybe one that webhooks are about, maybe a webhook itself."""
        if change.source != "autotask":
            return
        if change.table in _SUBJECT_OF:
            self._tell_all(change, _SUBJECT_OF[change.table])
        elif change.table.endswith("Webhooks"):
            self._maybe_ended(change)

    def _tell_all(self, change: Change, subject: str) -> None:
        hooks = self.world.autotask[f"{subject}Webhooks"]
        for hook_id in list(hooks.ids):
            hook = hooks.rows[hook_id]
            if hook.get("isActive") and hook.get("isReady") and hook.get(_SUBSCRIBED[change.action]):
                self._tell(change, subject, hook)

    def _tell(self, change: Change, subject: str, hook: Row) -> None:
        # What the world does by itself counts as done by the first member of staff.
        person = self.world.owner() if change.actor is None else change.actor
        row = self.world.autotask[change.table].get(change.row_id) or dict(change.values)
        shown = self._shown(change, subject, hook["id"], row)
        if shown is None or self._excluded(subject, hook["id"], person) or not self._owner_sees(change, hook, row):
            return
        singular = entities()[change.table.lower()].singular
        payload = {
            "Action": change.action,
            "Guid": hook["webhookGUID"],
            "EntityType": _ON_THE_WIRE.get(change.table, singular),
            "Id": change.row_id,
            "Fields": shown,
            "EventTime": show_date(change.at.replace(microsecond=0)),
            "SequenceNumber": 0,
            "PersonID": person,
        }
        self.delivery.send((f"{subject}Webhooks", hook["id"]), payload)

    def _shown(self, change: Change, subject: str, hook_id: int, row: Row) -> Fields | None:
        """The fields of the payload; None when an update touched nothing that is subscribed to."""
        if change.action == "Delete":
            return {}
        moved = _moved(change) | set(self.world.autotask[change.table].layout.modified)
        shown: Fields = {}
        strikes = change.action == "Create"
        for one in self._chosen(change.table, subject, hook_id, row):
            struck = one.subscribed and one.column in moved
            strikes = strikes or struck
            if one.always or struck or (one.subscribed and change.action == "Create"):
                shown[one.name] = one.value
        return shown if strikes else None

    def _chosen(self, table: str, subject: str, hook_id: int, row: Row) -> Iterator[_Chosen]:
        """Every field and user-defined field the webhook was given, with its value in the row."""
        names = webhook_field_ids(table)
        for one in self._children(f"{subject}WebhookFields", hook_id):
            name = names[one["fieldID"]]
            column = name[0].lower() + name[1:]
            yield _Chosen(name, column, row.get(column), one["isSubscribedField"], one["isDisplayAlwaysField"])
        udfs = {udf.field_id: udf.name for udf in entities()[table.lower()].udfs}
        values = row.get("userDefinedFields") or {}
        for one in self._children(f"{subject}WebhookUdfFields", hook_id):
            name = udfs[one["udfFieldID"]]
            subscribed, always = one["isSubscribedField"], one["isDisplayAlwaysField"]
            yield _Chosen(name, f"udf {name}", values.get(name), subscribed, always)

    def _children(self, collection: str, hook_id: int) -> list[Row]:
        table = self.world.autotask.get(collection)  # ticket notes have no user-defined fields
        return [table.rows[one] for one in table.where("webhookID", hook_id)] if table else []

    def _excluded(self, subject: str, hook_id: int, person: int) -> bool:
        excluded = self._children(f"{subject}WebhookExcludedResources", hook_id)
        return any(one["resourceID"] == person for one in excluded)

    def _owner_sees(self, change: Change, hook: Row, row: Row) -> bool:
        owner = self.users.with_resource(hook["ownerResourceID"])
        if owner is None or not owner.active:
            hooks = self.world.autotask[f"{_SUBJECT_OF[change.table]}Webhooks"]
            hooks.update(hook["id"], {"isActive": False}, self._now())
            return False
        seen = sight(self.world, owner, change.table)
        return owner.may(change.table, "query") and (seen is None or seen(row))

    def _maybe_ended(self, change: Change) -> None:
        gone = change.action == "Delete" and change.values.get("isActive")
        off = change.before.get("isActive") and not change.values.get("isActive", True)
        if not gone and not off:
            return
        hook = change.values if gone else self.world.autotask[change.table].rows[change.row_id]
        farewell = {"Action": "Deactivated", "Guid": hook["webhookGUID"], "EventTime": show_date(change.at)}
        self.delivery.end((change.table, change.row_id), hook["deactivationUrl"], farewell)


def _moved(change: Change) -> set[str]:
    """The columns whose value is another one now."""
    moved = {column for column, value in change.values.items() if change.before.get(column) != value}
    old: Mapping[str, Any] = change.before.get("userDefinedFields") or {}
    new: Mapping[str, Any] = change.values.get("userDefinedFields") or {}
    return moved | {f"udf {name}" for name in old.keys() | new.keys() if old.get(name) != new.get(name)}

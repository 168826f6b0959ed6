"""The rules of webhooks: who may have how many, where they may point, and when they are ready."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.autotask.callers import ApiUser
from sandbox.autotask.catalogue import SUBJECTS, Entity
from sandbox.autotask.problems import Refused
from sandbox.world import Row, World

_MOST_ACTIVE = 50


def check_new(world: World, entity: Entity, row: Row, user: ApiUser, *, https_only: bool) -> None:
    """Refuse a webhook beyond the limits of the level. Nobody has written down the words of that refusal."""
    own = [
        hook
        for subject in SUBJECTS
        for hook in world.autotask[f"{subject}Webhooks"].rows.values()
        if hook["ownerResourceID"] == user.resource_id
    ]
    if len(own) >= user.level.webhooks_most:
        raise Refused(f"The maximum number of webhooks ({user.level.webhooks_most}) for this resource was reached.")
    check(world, entity, row, None, https_only=https_only)


def check(world: World, entity: Entity, row: Row, row_id: int | None, *, https_only: bool) -> None:
    """Refuse what no webhook may be: `row` is the state after the write, `row_id` its id unless it is new."""
    for column in ("webhookUrl", "deactivationUrl"):
        if not _is_address(str(row[column]), https_only):
            raise Refused(f"{column} must be a valid HTTPS URL.")
    others = [hook for one, hook in world.autotask[entity.name].rows.items() if one != row_id]
    # Inactive ones and those of other owners count as well.
    if any(str(hook["webhookUrl"]).lower() == str(row["webhookUrl"]).lower() for hook in others):
        raise Refused(f"A {entity.singular} already exists with this webhookUrl. It must be unique.")
    if row.get("isActive") and sum(bool(hook.get("isActive")) for hook in others) >= _MOST_ACTIVE:
        raise Refused(f"There are already {_MOST_ACTIVE} active webhooks for this entity.")


def settle(world: World, parent: str, webhook_id: int) -> None:
    """A webhook is ready as long as it has a field or a user-defined one."""
    subject = parent.removesuffix("Webhooks")
    collections = (f"{subject}WebhookFields", f"{subject}WebhookUdfFields")
    fields = sum(
        len(world.autotask[one].where("webhookID", webhook_id)) for one in collections if one in world.autotask
    )
    world.autotask[parent].touch(webhook_id, "isReady", fields > 0)


def _is_address(url: str, https_only: bool) -> bool:
    try:
        parts = urlsplit(url)
        is_https = parts.scheme == "https" and parts.port in (None, 443)
        return bool(parts.hostname) and (is_https or (parts.scheme == "http" and not https_only))
    except ValueError:
        return False  # the port is no number, or a bracket is not closed

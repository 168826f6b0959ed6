"""Autotask's webhooks as rows, which of an object's fields ours listen to, and what is written."""

from collections.abc import Collection
from typing import Any

import msgspec

from domain.errors import Stop
from domain.psa import Hook, Hooked, HookWanted

LONGEST_NAME, LONGEST_SECRET = 50, 64
# The word with which an object's webhooks begin: CompanyWebhooks, CompanyWebhookFields, …
SUBJECTS = {
    Hooked.COMPANIES: "Company",
    Hooked.CONTACTS: "Contact",
    Hooked.TICKETS: "Ticket",
    Hooked.NOTES: "TicketNote",
    Hooked.ASSETS: "ConfigurationItem",
}
# What our rows are made of. Times of last activity are left out: a company's moves with each of its tickets, and callouts
# beyond 1,500 an hour are delayed. Those with a star come along with every callout.
LISTENED: dict[Hooked, str] = {
    Hooked.COMPANIES: "companyName webAddress isActive companyType parentCompanyID",
    Hooked.CONTACTS: "companyID* firstName lastName emailAddress title isActive",
    Hooked.TICKETS: (
        "companyID* ticketNumber title description status queueID ticketCategory ticketType priority assignedResourceID "
        "contactID resolution dueDateTime completedDate"
    ),
    Hooked.NOTES: "ticketID* title description publish noteType",
    Hooked.ASSETS: (
        "companyID* referenceTitle configurationItemType isActive serialNumber contactID location installDate "
        "warrantyExpirationDate notes"
    ),
}


class HookRow(msgspec.Struct):
    id: int
    name: str | None = None
    url: str | None = msgspec.field(name="webhookUrl", default=None)
    deactivation_url: str | None = msgspec.field(name="deactivationUrl", default=None)
    guid: str | None = msgspec.field(name="webhookGUID", default=None)
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)
    is_ready: bool | int | None = msgspec.field(name="isReady", default=None)
    on_create: bool | int | None = msgspec.field(name="isSubscribedToCreateEvents", default=None)
    on_update: bool | int | None = msgspec.field(name="isSubscribedToUpdateEvents", default=None)
    on_delete: bool | int | None = msgspec.field(name="isSubscribedToDeleteEvents", default=None)
    owner_id: int | None = msgspec.field(name="ownerResourceID", default=None)


class FieldRow(msgspec.Struct):
    id: int
    hook_id: int | None = msgspec.field(name="webhookID", default=None)
    field_id: int | None = msgspec.field(name="fieldID", default=None)
    is_subscribed: bool | int | None = msgspec.field(name="isSubscribedField", default=None)
    is_always: bool | int | None = msgspec.field(name="isDisplayAlwaysField", default=None)


class ExcludedRow(msgspec.Struct):
    id: int
    resource_id: int | None = msgspec.field(name="resourceID", default=None)


def listened(kind: Hooked) -> dict[str, bool]:
    """The fields a kind listens to, by name in lower case, and whether they come along with every callout."""
    return {name.rstrip("*").lower(): name.endswith("*") for name in LISTENED[kind].split()}


def is_heard(row: FieldRow, always: bool) -> bool:
    return bool(row.is_subscribed) and (bool(row.is_always) or not always)


def hook(row: HookRow, kind: Hooked, wanted: dict[int, bool], fields: Collection[FieldRow]) -> Hook:
    """`wanted` are the fields it should listen to, `fields` those of it that do."""
    heard = {each.field_id for each in fields if each.field_id in wanted and is_heard(each, wanted[each.field_id])}
    events = (row.on_create, row.on_update, row.on_delete)
    return Hook(
        id=str(row.id),
        kind=kind,
        name=row.name or "",
        url=row.url or "",
        guid=row.guid or "",
        is_active=row.is_active is not False and row.is_active != 0,
        is_ready=bool(row.is_ready),
        is_whole=all(events) and bool(row.deactivation_url) and heard >= set(wanted),
    )


def written(wanted: HookWanted) -> dict[str, Any]:
    if len(wanted.secret) > LONGEST_SECRET:
        raise Stop(
            f"The secret of a webhook may have {LONGEST_SECRET} characters at Autotask. Please report this to us."
        )
    return {
        "name": wanted.name[:LONGEST_NAME],
        "webhookUrl": wanted.url,
        "deactivationUrl": wanted.deactivation_url,
        "secretKey": wanted.secret,
        "isActive": True,
        "isSubscribedToCreateEvents": True,
        "isSubscribedToUpdateEvents": True,
        "isSubscribedToDeleteEvents": True,
        "sendThresholdExceededNotification": False,
    }

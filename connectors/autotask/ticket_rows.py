"""Autotask's tickets and their notes as rows, what becomes of them, and what is written."""

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from connectors._paging import iso
from connectors.autotask import queries
from connectors.autotask.queries import Condition
from connectors.autotask.refused_writes import REFRESH
from domain.errors import TellPerson
from domain.psa import NewTicket, TicketChange, TicketsWanted, UpstreamNote, UpstreamTicket

LONGEST_KEY = 50  # of externalID


class TicketRow(msgspec.Struct):
    id: int
    company_id: int | None = msgspec.field(name="companyID", default=None)
    number: str | None = msgspec.field(name="ticketNumber", default=None)
    title: str | None = None
    description: str | None = None
    status: int | None = None
    queue: int | None = msgspec.field(name="queueID", default=None)
    category: int | None = msgspec.field(name="ticketCategory", default=None)
    type: int | None = msgspec.field(name="ticketType", default=None)
    priority: int | None = None
    assignee_id: int | None = msgspec.field(name="assignedResourceID", default=None)
    contact_id: int | None = msgspec.field(name="contactID", default=None)
    resolution: str | None = None
    created: str | None = msgspec.field(name="createDate", default=None)
    due: str | None = msgspec.field(name="dueDateTime", default=None)
    completed: str | None = msgspec.field(name="completedDate", default=None)
    activity: str | None = msgspec.field(name="lastActivityDate", default=None)
    external_key: str | None = msgspec.field(name="externalID", default=None)


class NoteRow(msgspec.Struct):
    id: int
    ticket_id: int | None = msgspec.field(name="ticketID", default=None)
    title: str | None = None
    text: str | None = msgspec.field(name="description", default=None)
    publish: int | None = None
    author_id: int | None = msgspec.field(name="creatorResourceID", default=None)
    contact_id: int | None = msgspec.field(name="createdByContactID", default=None)
    created: str | None = msgspec.field(name="createDateTime", default=None)
    activity: str | None = msgspec.field(name="lastActivityDate", default=None)


class RoleRow(msgspec.Struct):
    """{"id":5,"resourceID":29682885,"roleID":29682834,"isActive":true,"isDefault":true}"""

    id: int
    role_id: int | None = msgspec.field(name="roleID", default=None)
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)
    is_default: bool | int | None = msgspec.field(name="isDefault", default=None)


def text_of(value: int | None) -> str:
    return "" if value is None else str(value)


def number_of(text: str, what: str) -> int:
    """An id to be written; Autotask's are numbers, some of them negative."""
    try:
        return int(text)
    except ValueError:
        raise TellPerson(f"That {what} is not Autotask's. {REFRESH}", "sync psa data") from None


def ticket(row: TicketRow) -> UpstreamTicket:
    if row.company_id is None:
        raise ValueError("does not say which company it belongs to")
    return UpstreamTicket(
        id=str(row.id),
        company_id=str(row.company_id),
        number=(row.number or "").strip(),
        title=(row.title or "").strip(),
        description=row.description or "",
        status=text_of(row.status),
        queue=text_of(row.queue),
        category=text_of(row.category),
        type=text_of(row.type),
        priority=text_of(row.priority),
        assignee_id=text_of(row.assignee_id),
        contact_id=text_of(row.contact_id),
        resolution=row.resolution or "",
        created=iso(row.created),
        due=iso(row.due),
        completed=iso(row.completed),
        activity=iso(row.activity),
        external_key=row.external_key or "",
    )


def note(row: NoteRow, for_client: Collection[str]) -> UpstreamNote:
    """`for_client` are the values of `publish` with which clients may read a note."""
    if row.ticket_id is None:
        raise ValueError("does not say which ticket it belongs to")
    return UpstreamNote(
        id=str(row.id),
        ticket_id=str(row.ticket_id),
        text=row.text or "",
        title=(row.title or "").strip(),
        for_client=text_of(row.publish) in for_client,
        author_id="" if row.contact_id else text_of(row.author_id),
        contact_id=text_of(row.contact_id),
        at=iso(row.created),
        modified=iso(row.activity) or iso(row.created),
    )


def is_wanted(found: UpstreamTicket, wanted: TicketsWanted) -> bool:
    return (
        (not wanted.queues or found.queue in wanted.queues)
        and (not wanted.categories or found.category in wanted.categories)
        and found.status not in wanted.without_statuses
    )


def narrowed(wanted: TicketsWanted) -> tuple[Condition, ...] | None:
    """The filter of the wanted tickets; None when it is longer than Autotask takes and has to be looked at row by row."""
    lists = (
        ("in", "queueID", wanted.queues, "queue"),
        ("in", "ticketCategory", wanted.categories, "category"),
        ("notIn", "status", wanted.without_statuses, "status"),
    )
    if sum(len(values) for _, _, values, _ in lists) > queries.MOST_ORS:
        return None
    return tuple(
        {"op": op, "field": field, "value": sorted(number_of(value, what) for value in values)}
        for op, field, values, what in lists
        if values
    )


def key_of(external_key: str) -> str:
    """Our key as it fits into externalID."""
    if len(external_key) <= LONGEST_KEY:
        return external_key
    return hashlib.blake2s(external_key.encode(), digest_size=16).hexdigest()


def new_ticket(company: int, new: NewTicket) -> dict[str, Any]:
    chosen = {
        "status": (new.status, "status"),
        "priority": (new.priority, "priority"),
        "queueID": (new.queue, "queue"),
        "ticketCategory": (new.category, "category"),
        "ticketType": (new.type, "type"),
        "contactID": (new.contact_id, "contact"),
    }
    body: dict[str, Any] = {"companyID": company, "title": new.title, "externalID": key_of(new.external_key)}
    body |= {name: number_of(value, what) for name, (value, what) in chosen.items() if value}
    if new.description:
        body["description"] = new.description
    if new.due:
        body["dueDateTime"] = iso(new.due)
    return body


def changed(change: TicketChange) -> dict[str, Any]:
    """What a change writes, without the assignee, which needs a role beside it. Only what is given."""
    body: dict[str, Any] = {}
    for name, value in (("status", change.status), ("priority", change.priority)):
        if value is not None:
            body[name] = number_of(value, name)
    if change.queue is not None:
        body["queueID"] = number_of(change.queue, "queue") if change.queue else None
    if change.resolution is not None:
        body["resolution"] = change.resolution
    return body

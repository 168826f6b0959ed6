"""ConnectWise's tickets and their notes as rows, what becomes of them, and what is written."""

import hashlib
import re
from typing import Any

import msgspec

from connectors._paging import iso
from connectors.connectwise.queries import one_of
from connectors.connectwise.rows import Info, Ref, modified, ref_id
from domain.errors import TellPerson
from domain.psa import NewNote, NewTicket, TicketChange, TicketsWanted, UpstreamNote, UpstreamTicket

LONGEST_TITLE = 100
LONGEST_KEY = 100  # of externalXRef
LONGEST_CONDITION = 1_500  # a longer one would make an address that servers cut off
REFRESH = "Press *Sync PSA data*, then choose again."


class TicketRow(msgspec.Struct):
    id: int
    company: Ref | None = None
    summary: str | None = None
    status: Ref | None = None
    board: Ref | None = None
    type: Ref | None = None
    priority: Ref | None = None
    owner: Ref | None = None
    contact: Ref | None = None
    due: str | None = msgspec.field(name="requiredDate", default=None)
    completed: str | None = msgspec.field(name="closedDate", default=None)
    external_key: str | None = msgspec.field(name="externalXRef", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


class NoteRow(msgspec.Struct):
    id: int
    ticket_id: int | None = msgspec.field(name="ticketId", default=None)
    text: str | None = None
    is_discussion: bool | None = msgspec.field(name="detailDescriptionFlag", default=None)
    is_internal: bool | None = msgspec.field(name="internalAnalysisFlag", default=None)
    is_resolution: bool | None = msgspec.field(name="resolutionFlag", default=None)
    member: Ref | None = None
    contact: Ref | None = None
    created: str | None = msgspec.field(name="dateCreated", default=None)
    creator: str | None = msgspec.field(name="createdBy", default=None)
    info: Info | None = msgspec.field(name="_info", default=None)


class Made(msgspec.Struct):
    """{"id":60481,…}: what every create and change answers with, whole."""

    id: int


def ticket(row: TicketRow) -> UpstreamTicket:
    """ConnectWise calls a ticket by its id. What describes it stands in its notes, the first of them mostly."""
    company_id = ref_id(row.company)
    if not company_id:
        raise ValueError("does not say which company it belongs to")
    return UpstreamTicket(
        id=str(row.id),
        company_id=company_id,
        number=str(row.id),
        title=(row.summary or "").strip(),
        status=ref_id(row.status),
        queue=ref_id(row.board),
        type=ref_id(row.type),
        priority=ref_id(row.priority),
        assignee_id=ref_id(row.owner),
        contact_id=ref_id(row.contact),
        created=iso(row.info.entered) if row.info else "",
        due=iso(row.due),
        completed=iso(row.completed),
        activity=modified(row.info),
        external_key=row.external_key or "",
    )


def note(row: NoteRow) -> UpstreamNote:
    """Clients read what stands under Discussion and Resolution; what is under Internal as well is not theirs."""
    if row.ticket_id is None:
        raise ValueError("does not say which ticket it belongs to")
    author = row.contact or row.member
    return UpstreamNote(
        id=str(row.id),
        ticket_id=str(row.ticket_id),
        text=row.text or "",
        for_client=bool(row.is_discussion or row.is_resolution) and not row.is_internal,
        author=((author.name if author else None) or row.creator or "").strip(),
        author_id="" if row.contact else ref_id(row.member),
        contact_id=ref_id(row.contact),
        at=iso(row.created) or (iso(row.info.entered) if row.info else ""),
        modified=modified(row.info),
    )


# --- what is wanted --------------------------------------------------------------------------------


def is_wanted(found: UpstreamTicket, wanted: TicketsWanted) -> bool:
    return (not wanted.queues or found.queue in wanted.queues) and found.status not in wanted.without_statuses


def narrowed(wanted: TicketsWanted) -> tuple[str, ...] | None:
    """The conditions of the wanted tickets; None where they are too long and have to be looked at row by row.

    There are no categories here: a choice among them leaves nothing out.
    """
    boards = (one_of("board/id", wanted.queues),) if wanted.queues else ()
    statuses = sorted((each for each in wanted.without_statuses if each.isdecimal()), key=int)
    found = (*boards, *(f"status/id!={each}" for each in statuses))
    return None if len(" and ".join(found)) > LONGEST_CONDITION else found


# --- what is written -------------------------------------------------------------------------------


def ref(text: str, what: str) -> dict[str, int]:
    """A reference to be written; ConnectWise's ids are numbers."""
    if not text.isdecimal():
        raise TellPerson(f"That {what} is not ConnectWise's. {REFRESH}", "sync psa data")
    return {"id": int(text)}


def key_of(external_key: str, longest: int = LONGEST_KEY) -> str:
    """Our key as it fits into a field and a condition."""
    if len(external_key) <= longest and re.fullmatch(r"[\w.:-]+", external_key):
        return external_key
    return f"key-{hashlib.sha256(external_key.encode()).hexdigest()[:40]}"


def new_ticket(company: int, new: NewTicket) -> dict[str, Any]:
    title, text = new.title.strip(), new.description
    if len(title) > LONGEST_TITLE:
        text = f"{title}\n\n{text}".rstrip()  # nothing of a long title is lost
        title = f"{title[: LONGEST_TITLE - 1]}…"
    body: dict[str, Any] = {"summary": title, "company": {"id": company}, "externalXRef": key_of(new.external_key)}
    fields = (
        ("board", new.queue, "board"),
        ("status", new.status, "status"),
        ("priority", new.priority, "priority"),
        ("type", new.type, "type"),
        ("contact", new.contact_id, "contact"),
        ("owner", new.assignee_id, "assignee"),
    )
    body |= {name: ref(value, what) for name, value, what in fields if value}
    if text:
        body["initialDescription"] = text
    if new.due:
        body["requiredDate"] = _whole_second(new.due)
    return body


def changed(change: TicketChange) -> list[dict[str, Any]]:
    """One operation a field; a reference is replaced as a whole, and an empty one taken away."""
    fields = (
        ("board", change.queue, "board"),
        ("status", change.status, "status"),
        ("priority", change.priority, "priority"),
        ("owner", change.assignee_id, "assignee"),
    )
    return [replaced(name, ref(value, what) if value else None) for name, value, what in fields if value is not None]


def replaced(field: str, value: object) -> dict[str, Any]:
    return {"op": "replace", "path": field, "value": value}


def new_note(new: NewNote) -> dict[str, Any]:
    """A note has no title here: one that is given stands above the text."""
    text = f"{new.title.strip()}\n\n{new.text}" if new.title.strip() else new.text
    return {"text": text, "detailDescriptionFlag": new.for_client, "internalAnalysisFlag": not new.for_client}


def _whole_second(text: str) -> str:
    found = iso(text)
    if not found:
        raise TellPerson("That date is not readable. Choose it anew.", field="due")
    return f"{found[:19]}Z"

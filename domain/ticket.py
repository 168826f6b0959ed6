"""A ticket as kept here, and what of it a reader may see: a field that is hidden from them is not in what they get."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.display_group import ALWAYS, DisplayGroup, TicketField
from domain.plan import fingerprint
from domain.psa import Pick
from domain.setup import Stage, Tickets

LAST = 5  # comments that a card shows
UNSURE = "Its arrival was not confirmed."  # how the trouble of a wish begins that may be written; alone: it is being looked for


@dataclass(frozen=True)
class Ticket:
    """A ticket of a company. `external_id` is None until it was written to the PSA; ids of lists are the PSA's."""

    id: str
    connection_id: str
    external_id: str | None
    company_id: str
    link_id: str
    external_company_id: str
    number: str
    title: str
    made_at: datetime
    description: str = ""
    resolution: str = ""
    status: str = ""
    queue: str = ""
    category: str = ""
    type: str = ""
    priority: str = ""
    assignee_id: str = ""
    contact_id: str = ""
    created: str = ""
    due: str = ""
    completed: str = ""
    activity: str = ""
    gone: bool = False
    key: str = ""
    made_by: str = ""
    trouble: str = ""
    tries: int = 0

    @property
    def name(self) -> str:
        """How people say it: its number once it has one."""
        return self.number or "New ticket"

    @property
    def is_refused(self) -> bool:
        """Whether the PSA would not make it, beyond doubt."""
        return self.external_id is None and bool(self.trouble) and not in_doubt(self.trouble)


@dataclass(frozen=True)
class Note:
    """A comment. `external_id` is None until it was written to the PSA; `begun` says when we began to write it there."""

    id: str
    ticket_id: str
    company_id: str
    text: str
    title: str = ""
    external_id: str | None = None
    for_client: bool = False
    author: str = ""
    by_client: bool = False
    at: str = ""
    modified: str = ""
    made_by: str = ""
    trouble: str = ""
    begun: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Change:
    """What somebody wants changed at a ticket, until it is written; None leaves a field alone."""

    id: str
    ticket_id: str
    company_id: str
    status: str | None = None
    assignee_id: str | None = None
    made_by: str = ""
    trouble: str = ""
    done: bool = False
    tries: int = 0


@dataclass(frozen=True)
class Place:
    """Where a ticket's card stands for everybody. `told` is the mark of what it shows, `told_status` what its thread said last."""

    channel: str
    ts: str
    ticket_id: str
    company_id: str
    thread: bool = False
    told: str = ""
    told_status: str = ""


class Which(StrEnum):
    """The filter over open and closed. The values are what people read."""

    OPEN = "Open"
    MINE = "Open, assigned to me"
    CLOSED = "Closed"
    ALL = "All"


@dataclass(frozen=True)
class Facts:
    """What a PSA's ids mean: its name, what the MSP decided about its tickets, its lists, names of contacts."""

    title: str
    settings: Tickets = field(default_factory=Tickets)
    labels: Mapping[Pick, Mapping[str, str]] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)

    def label(self, pick: Pick, id_: str) -> str:
        return self.labels.get(pick, {}).get(id_, id_)

    @property
    def closed(self) -> frozenset[str]:
        """Statuses that count as closed: those that were named, else those of the last stage."""
        return self.settings.closed or self.settings.stages.get(Stage.RESOLVED, frozenset())


@dataclass(frozen=True)
class ShownNote:
    author: str
    text: str
    at: str
    for_client: bool
    waiting: bool
    trouble: str
    id: str = ""


@dataclass(frozen=True)
class Shown:
    """A ticket as one reader may see it. `fields` are those with a value, in their order, without those shown apart."""

    id: str
    company_id: str
    name: str
    title: str
    source: str  # the PSA's name
    sees: frozenset[TicketField]
    has_stage: bool
    stage: Stage | None
    fields: tuple[tuple[TicketField, str], ...]
    description: str
    resolution: str
    notes: tuple[ShownNote, ...]  # the last ones, oldest first
    earlier: int  # comments before those
    address: str
    waiting: tuple[str, ...]  # what is being written
    troubles: tuple[str, ...]  # what could not be written, and why
    closed: bool
    refused: bool = False  # as a new ticket: it may be filled in again


def shown(
    ticket: Ticket, group: DisplayGroup, facts: Facts, notes: Sequence[Note] = (), changes: Sequence[Change] = (),
    address: str = "", last: int = LAST,
) -> Shown:
    """What is left of a ticket for the readers of a group."""
    sees = group.fields | ALWAYS
    stage = TicketField.STAGE in sees
    readable = readable_notes(notes, group)
    kept = readable[-last:] if last else ()
    return Shown(
        ticket.id,
        ticket.company_id,
        ticket.name,
        ticket.title,
        facts.title,
        sees,
        stage,
        facts.settings.stage_of(ticket.status) if stage else None,
        tuple((name, value) for name, value in _values(ticket, facts) if value and name in sees),
        ticket.description if TicketField.DESCRIPTION in sees else "",
        ticket.resolution if TicketField.RESOLUTION in sees else "",
        tuple(_note(note, group) for note in kept),
        len(readable) - len(kept),
        address if TicketField.LINK in sees and ticket.external_id else "",
        _waiting(ticket, notes, changes, group, facts.title),
        _troubles(ticket, notes, changes, group, facts.title),
        ticket.status in facts.closed,
        ticket.is_refused,
    )


def readable_notes(notes: Sequence[Note], group: DisplayGroup) -> tuple[Note, ...]:
    """The comments a group may read, oldest first: those for the client with Comments, the rest with Internal comments."""
    wanted = {True: TicketField.COMMENTS in group.fields, False: TicketField.INTERNAL in group.fields}
    return tuple(sorted((note for note in notes if wanted[note.for_client]), key=lambda note: (note.at, note.id)))


def progress(facts: Facts, group: DisplayGroup, status: str) -> str:
    """What a reader may know of a status: its label, its stage, or "" for nothing."""
    if not status:
        return ""
    stage = facts.settings.stage_of(status) if TicketField.STAGE in group.fields else None
    label = facts.label(Pick.TICKET_STATUSES, status) if TicketField.STATUS in group.fields else ""
    return label or (stage.value if stage else "")


def mark(ticket: Ticket, notes: Sequence[Note], changes: Sequence[Change]) -> str:
    """A fingerprint of all that a card may show: equal marks need no redrawing."""
    told = [[note.id, note.external_id, note.text, note.for_client, note.trouble] for note in notes]
    open_ = [[change.id, change.trouble] for change in changes]
    values = {name: str(getattr(ticket, name)) for name in Ticket.__dataclass_fields__ if name != "activity"}
    return fingerprint({**values, "notes": told, "changes": open_})


def in_doubt(trouble: str) -> bool:
    """Whether a wish in this trouble may stand at the PSA all the same."""
    return trouble.startswith(UNSURE)


def same_words(one: str, other: str) -> bool:
    """Whether two comments say the same; a PSA may have its own idea of blanks and line ends."""
    return one.split() == other.split()


def without_title(text: str, titles: Collection[str]) -> str:
    """A PSA whose comments have no title has ours above the words. It says who wrote them, which is told anyway."""
    head, _, words = text.partition("\n")
    return words.lstrip("\r\n") if head.strip() in titles else text


def _values(ticket: Ticket, facts: Facts) -> tuple[tuple[TicketField, str], ...]:
    return (
        (TicketField.STATUS, facts.label(Pick.TICKET_STATUSES, ticket.status)),
        (TicketField.PRIORITY, facts.label(Pick.PRIORITIES, ticket.priority)),
        (TicketField.QUEUE, facts.label(Pick.QUEUES, ticket.queue)),
        (TicketField.CATEGORY, facts.label(Pick.TICKET_CATEGORIES, ticket.category)),
        (TicketField.TYPE, facts.label(Pick.TICKET_TYPES, ticket.type)),
        (TicketField.ASSIGNEE, facts.label(Pick.OWNERS, ticket.assignee_id)),
        (TicketField.CONTACT, facts.contacts.get(ticket.contact_id, "")),
        (TicketField.CREATED, ticket.created),
        (TicketField.DUE, ticket.due),
        (TicketField.ACTIVITY, ticket.activity),
    )


def _note(note: Note, group: DisplayGroup) -> ShownNote:
    waiting = note.external_id is None and note.trouble in ("", UNSURE)
    trouble = "" if waiting else _reason(note.trouble, group)
    return ShownNote(note.author, note.text, note.at, note.for_client, waiting, trouble, note.id)


def _reason(trouble: str, group: DisplayGroup) -> str:
    """The PSA's own words may name what is hidden: they are for those who see everything that is said of a ticket."""
    if not trouble or TicketField.INTERNAL in group.fields:
        return trouble
    return "Your MSP can see why, and try again."


def _wishes(
    ticket: Ticket, notes: Sequence[Note], changes: Sequence[Change], group: DisplayGroup
) -> tuple[tuple[str, str], ...]:
    """What is yet to be written, and its trouble."""
    found = [("the ticket", ticket.trouble)] if ticket.external_id is None else []
    found += [("a comment", note.trouble) for note in readable_notes(notes, group) if note.external_id is None]
    found += [("a change", change.trouble) for change in changes]
    return tuple(found)


def _waiting(
    ticket: Ticket, notes: Sequence[Note], changes: Sequence[Change], group: DisplayGroup, source: str
) -> tuple[str, ...]:
    said = {
        "": "{What} is being written to {source}…",
        UNSURE: "It is not known yet whether {what} arrived at {source}. Gangway looks there and goes on by itself; "
        "nothing is written twice.",
    }
    found = dict.fromkeys(wish for wish in _wishes(ticket, notes, changes, group) if wish[1] in said)
    return tuple(said[why].format(what=what, What=what.capitalize(), source=source) for what, why in found)


def _troubles(
    ticket: Ticket, notes: Sequence[Note], changes: Sequence[Change], group: DisplayGroup, source: str
) -> tuple[str, ...]:
    found = [(what, why) for what, why in _wishes(ticket, notes, changes, group) if why not in ("", UNSURE)]
    return tuple(
        f"It is not known whether {what} arrived at {source}: {_reason(why, group)} Retry looks there first."
        if in_doubt(why) else f"{what.capitalize()} was not written to {source}: {_reason(why, group)}"
        for what, why in found
    )  # fmt: skip

"""What a PSA offers beyond companies and people: tickets, opportunities, assets, its own lists, callouts, rights.

Each ability is a protocol of its own: a feature asks `isinstance(source, HasTickets)`, never which vendor it is. Rows claim
their upstream company, so that every one passes a `Scope` or `sort_out` before it is kept. Ids are the source's, as text;
"" where the source has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from domain.isolation import Scope
from domain.ports import Page

# --- the PSA's own lists -------------------------------------------------------------------------------------------


class Pick(StrEnum):
    """A list of a PSA from which settings and forms choose."""

    QUEUES = "queues"  # ConnectWise: service boards
    TICKET_CATEGORIES = "ticket categories"
    TICKET_TYPES = "ticket types"
    TICKET_STATUSES = "ticket statuses"  # of a queue, where the PSA keeps them so: `parent_id`
    PRIORITIES = "priorities"
    NOTE_TYPES = "note types"
    OPPORTUNITY_STAGES = "opportunity stages"
    OPPORTUNITY_STATUSES = "opportunity statuses"
    OPPORTUNITY_CATEGORIES = "opportunity categories"
    COMPANY_TYPES = "company types"
    COMPANY_STATUSES = "company statuses"
    ASSET_TYPES = "asset types"
    TODO_TYPES = "to-do types"
    OWNERS = "owners"  # the MSP's active people who can own a ticket or an opportunity; API-only users cannot


@dataclass(frozen=True)
class Choice:
    """One value of a list, in the order the PSA shows it."""

    id: str
    label: str
    is_active: bool = True
    parent_id: str = ""
    is_default: bool = False
    email: str = ""  # of an owner
    is_closing: bool = False  # of a ticket status: the source counts a ticket in it as closed

    def fits(self, typed: str) -> bool:
        """Whether the label, or an owner's address, holds what was typed."""
        words = typed.strip().casefold()
        return words in self.label.casefold() or words in self.email.casefold()


@runtime_checkable
class HasPicklists(Protocol):
    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        """Every list this source has, read anew. A list it does not have is missing; an empty one is there and empty.

        A list the credentials do not open is missing too: `rights` says why.
        """
        ...


# --- tickets -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UpstreamTicket:
    id: str
    company_id: str | None
    number: str  # as people say it: "T20261122.0012"
    title: str
    description: str = ""
    status: str = ""
    queue: str = ""
    category: str = ""
    type: str = ""
    priority: str = ""
    assignee_id: str = ""
    contact_id: str = ""
    resolution: str = ""
    created: str = ""  # ISO, UTC
    due: str = ""
    completed: str = ""
    activity: str = ""  # last activity, notes among it
    external_key: str = ""  # what we gave it when we made it


@dataclass(frozen=True)
class UpstreamNote:
    id: str
    ticket_id: str
    text: str
    title: str = ""
    for_client: bool = False  # the client may read it
    author: str = ""  # a name where the source tells one
    author_id: str = ""  # of the MSP's people
    contact_id: str = ""  # where a client wrote it
    at: str = ""
    modified: str = ""


@dataclass(frozen=True)
class TicketsWanted:
    """Which tickets a sync is to read. Empty queues or categories mean all."""

    queues: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    without_statuses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NewTicket:
    """A ticket to be made. `external_key` makes it findable, so that a repeated create does not make two."""

    external_key: str
    title: str
    description: str = ""
    status: str = ""
    queue: str = ""
    category: str = ""
    type: str = ""
    priority: str = ""
    contact_id: str = ""
    assignee_id: str = ""
    due: str = ""


@dataclass(frozen=True)
class TicketChange:
    """What is to become of a ticket; None leaves a field alone."""

    status: str | None = None
    queue: str | None = None
    priority: str | None = None
    assignee_id: str | None = None
    resolution: str | None = None


@dataclass(frozen=True)
class NewNote:
    text: str
    title: str = ""
    for_client: bool = False


@runtime_checkable
class HasTickets(Protocol):
    """Reads go page by page; writes are single calls and never retried blindly. Refusals of a write: TellPerson or AskOperator."""

    def all_tickets(self, wanted: TicketsWanted, cursor: str | None) -> Page[UpstreamTicket]:
        """The wanted tickets of every company by id, filtered in the query; the flow keeps only those its scopes open."""
        ...

    def all_tickets_changed(self, since: str, cursor: str | None) -> Page[UpstreamTicket]:
        """Tickets of every company with activity at or after `since`, wanted or not. `total` is None."""
        ...

    def count_tickets(self, wanted: TicketsWanted) -> int | None:
        """How many the whole read would hold; None where the source does not say."""
        ...

    def ticket(self, scope: Scope, ticket_id: str) -> UpstreamTicket | None:
        """One ticket of the scope's company, in one call; None when there is none. Raises Stranger for another company's."""
        ...

    def notes(self, scope: Scope, ticket_id: str, cursor: str | None) -> Page[UpstreamNote]:
        """The notes of one ticket, oldest first. The caller has made sure that the ticket is the scope's."""
        ...

    def notes_changed(self, since: str, cursor: str | None) -> Page[UpstreamNote]:
        """Notes of every ticket written or changed at or after `since`; the flow sorts them out by its own tickets."""
        ...

    def create_ticket(self, scope: Scope, new: NewTicket) -> str:
        """Make it; returns its id. Looks for `external_key` first: called again after a crash, it finds what it made."""
        ...

    def change_ticket(self, scope: Scope, ticket_id: str, change: TicketChange) -> None:
        """Change what is given. Assigning picks the role the PSA wants beside the person."""
        ...

    def add_note(self, scope: Scope, ticket_id: str, new: NewNote) -> str:
        """Write a comment; returns the note's id."""
        ...

    def ticket_address(self, ticket_id: str) -> str:
        """Where a technician opens it at the source; "" where that is not known."""
        ...

    def required_for(self, category: str) -> frozenset[str]:
        """Names of NewTicket's fields that a category asks for beside title, status and priority."""
        ...


# --- opportunities, to-dos, contracts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class UpstreamOpportunity:
    id: str
    company_id: str | None
    title: str
    stage: str = ""
    status: str = ""
    category: str = ""
    owner_id: str = ""
    contact_id: str = ""
    description: str = ""
    amount: str = ""  # decimal text
    material_cost: str = ""  # what goods cost, decimal text
    labor_cost: str = ""
    starts: str = ""  # expected start, a date
    closes: str = ""  # projected close, a date
    response: str = ""  # the customer's: "Accepted" when won, "Rejected" when lost, "" while open
    created: str = ""
    modified: str = ""


@dataclass(frozen=True)
class NewOpportunity:
    external_key: str
    title: str
    stage: str
    category: str
    owner_id: str
    starts: str
    closes: str
    amount: str = "0"
    cost: str = "0"
    description: str = ""
    contact_id: str = ""
    labor_cost: str = "0"  # part of `cost`; told apart where the PSA does


@runtime_checkable
class HasOpportunities(Protocol):
    def all_opportunities(self, cursor: str | None) -> Page[UpstreamOpportunity]: ...

    def all_opportunities_changed(self, since: str, cursor: str | None) -> Page[UpstreamOpportunity]: ...

    def opportunity(self, scope: Scope, opportunity_id: str) -> UpstreamOpportunity | None: ...

    def create_opportunity(self, scope: Scope, new: NewOpportunity) -> str:
        """Make it; returns its id. Called again after a crash, it finds what it made."""
        ...


@dataclass(frozen=True)
class NewTodo:
    external_key: str
    type: str
    text: str
    owner_id: str
    starts: str  # ISO, UTC
    ends: str
    opportunity_id: str = ""
    ticket_id: str = ""


@runtime_checkable
class HasTodos(Protocol):
    def create_todo(self, scope: Scope, new: NewTodo) -> str:
        """Make it; returns its id. Called again after a crash, it finds what it made."""
        ...


@dataclass(frozen=True)
class UpstreamContract:
    id: str
    company_id: str | None
    name: str
    type: str = ""  # as the PSA words it
    status: str = ""
    starts: str = ""
    ends: str = ""
    is_default: bool = False


@runtime_checkable
class HasContracts(Protocol):
    def contracts(self, scope: Scope, cursor: str | None) -> Page[UpstreamContract]: ...


# --- assets --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UpstreamAsset:
    """A configuration item."""

    id: str
    company_id: str | None
    name: str
    type: str = ""
    is_active: bool = True
    serial: str = ""
    contact_id: str = ""
    location: str = ""
    installed: str = ""
    warranty_ends: str = ""
    notes: str = ""
    modified: str = ""


@dataclass(frozen=True)
class AssetChange:
    """What is to become of a configuration item; None leaves a field alone."""

    name: str | None = None
    type: str | None = None
    serial: str | None = None
    location: str | None = None
    notes: str | None = None
    is_active: bool | None = None


@runtime_checkable
class HasAssets(Protocol):
    def all_assets(self, cursor: str | None) -> Page[UpstreamAsset]: ...

    def all_assets_changed(self, since: str, cursor: str | None) -> Page[UpstreamAsset]: ...

    def asset(self, scope: Scope, asset_id: str) -> UpstreamAsset | None: ...

    def asset_changes(self) -> frozenset[str]:
        """The fields of AssetChange that can be written here."""
        ...

    def change_asset(self, scope: Scope, asset_id: str, change: AssetChange) -> None: ...


# --- callouts ------------------------------------------------------------------------------------------------------


class Hooked(StrEnum):
    """What a source can tell us about as it changes."""

    COMPANIES = "companies"
    CONTACTS = "contacts"
    TICKETS = "tickets"
    NOTES = "ticket notes"
    ASSETS = "configuration items"


@dataclass(frozen=True)
class HookWanted:
    """A webhook as we want it. `url` ends with our own id of it; the secret signs its callouts."""

    kind: Hooked
    name: str
    url: str
    deactivation_url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Hook:
    """A webhook as the source has it."""

    id: str
    kind: Hooked
    name: str
    url: str
    guid: str = ""
    is_active: bool = True
    is_ready: bool = True
    is_whole: bool = True  # subscribed to every event and field we want, with the deactivation address


class Happened(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True)
class Callout:
    """What a webhook told. `sequence` grows by one with each callout of a webhook; 0 where the source counts nothing."""

    kind: Hooked
    happened: Happened
    item_id: str
    guid: str = ""
    sequence: int = 0
    at: str = ""
    parent_id: str = ""  # the ticket of a note, where the callout names it


@dataclass(frozen=True)
class HookRoom:
    """Whether webhooks can be made, and how many more; `said` names the right to add where they cannot."""

    may: bool
    left: int | None = None
    said: str = ""


@runtime_checkable
class HasHooks(Protocol):
    hook_kinds: tuple[Hooked, ...]

    def hook_room(self) -> HookRoom: ...

    def hooks(self) -> tuple[Hook, ...]:
        """All webhooks of these kinds that the source shows us, those of others too."""
        ...

    def make_hook(self, wanted: HookWanted) -> Hook:
        """Make it with its fields, one call after the other; ready when this returns. Begun before and left half-made
        (a webhook with the same url is there), it is completed, not made twice."""
        ...

    def mend_hook(self, hook: Hook, wanted: HookWanted) -> Hook:
        """Make an existing one what is wanted: active, subscribed, our secret and addresses."""
        ...

    def drop_hook(self, hook: Hook) -> None: ...

    def read_callout(self, kind: Hooked, headers: Mapping[str, str], body: bytes, secret: str) -> Callout:
        """What a callout says, after its signature over the raw bytes was verified. Header names in lower case.

        Raises NotAllowed for a wrong signature, TellPerson for a body that says nothing.
        """
        ...


# --- rights --------------------------------------------------------------------------------------------------------


class Feature(StrEnum):
    """What can be switched on, and needs rights at the source."""

    COMPANIES = "companies"
    USERS = "users"
    STAFF = "staff"
    TICKETS = "tickets"
    OPPORTUNITIES = "opportunities"
    ASSETS = "assets"
    TODOS = "to-dos"
    CONTRACTS = "contracts"
    HOOKS = "webhooks"


class Held(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    CUT = "cut"  # it answers, but with fewer records than there are
    UNSEEN = "cannot be seen"  # no API tells
    EXCESS = "more than needed"


@dataclass(frozen=True)
class Right:
    """One line of the preflight: a right, where it is set, what needs it, and whether it is there."""

    name: str  # "Tickets: View"
    path: str  # "Security level → Service Desk → Tickets → View: All"
    needed_for: tuple[Feature, ...]
    held: Held
    said: str = ""  # what was seen, in one sentence


@runtime_checkable
class HasRights(Protocol):
    def rights(self, features: frozenset[Feature]) -> tuple[Right, ...]:
        """Every right the features need, found by asking and by real reads; then what is held beyond them (EXCESS)."""
        ...

"""What the flows ask of the outside: sources, mail, telling people. Connectors and handlers implement these.

A source is a set of abilities. A feature asks `isinstance(source, HasStaff)`, never which vendor it is.
Reading goes page by page: a reader takes an opaque text cursor (None for the first page) and returns a `Page` with the
cursor of the next, so that a run can be resumed at any page after a crash.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from domain.isolation import Scope
from domain.secret import Secret


class Kind(StrEnum):
    """What can be imported. The values are the words typed after `/msp import`."""

    COMPANIES = "companies"
    STAFF = "staff"
    USERS = "users"
    PASSWORDS = "passwords"
    GROUPS = "groups"


# --- rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UpstreamCompany:
    """A company as a source shows it."""

    id: str
    name: str
    web: str = ""  # as the source has it, unnormalised
    is_active: bool = True
    is_own: bool = False  # the MSP itself (Autotask company 0, IT Glue's primary organisation)
    type_name: str = ""
    status_name: str = ""
    parent_id: str | None = None
    domains: tuple[str, ...] = ()
    psa_ids: tuple[str, ...] = ()  # ids of the same company in a PSA, as a documentation system carries them
    modified: str = ""  # the source's own modification time, ISO, "" where it has none


@dataclass(frozen=True)
class UpstreamPerson:
    """A contact of a company, or (company_id None) one of the MSP's own people."""

    id: str
    company_id: str | None
    first_name: str = ""
    last_name: str = ""
    email: str = ""  # the spelling of the source; "" where it has none
    title: str = ""
    is_active: bool = True
    modified: str = ""


@dataclass(frozen=True)
class UpstreamPassword:
    """A password's record as a source lists it: everything but its secrets. Notes are a secret and are not here."""

    id: str
    company_id: str | None
    name: str
    username: str = ""
    url: str = ""
    category: str = ""
    folder: tuple[str, ...] = ()  # from the top, as named
    is_archived: bool = False
    has_otp: bool = False  # the source knows a one-time code seed, which it may not hand out
    is_vaulted: bool = False  # encrypted for people only: no integration can read it
    embedded_in: str = ""  # what it is part of, e.g. "Configuration: SRV-01"; "" where it stands alone
    attachments: int = 0
    custom_fields: tuple[str, ...] = ()  # names of what else the source keeps with it, for which we have no place of its own
    resource_url: str = ""  # where a person mends it at the source
    rotated: str = ""  # when the value last changed, ISO
    modified: str = ""


@dataclass(frozen=True)
class UpstreamGroup:
    """A group of people. `member_names` stand beside `member_ids`, where the source tells them."""

    id: str
    company_id: str | None  # None: of the MSP's own people
    name: str
    member_ids: tuple[str, ...] = ()
    member_names: tuple[str, ...] = ()
    modified: str = ""


@dataclass(frozen=True)
class BadRow:
    """A row that could not be understood. It is named and skipped; the rest goes on."""

    id: str  # "" where the row has none
    reason: str


T = TypeVar("T", covariant=True)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a read.

    `total` is how many rows the whole read holds where the source says so; `as_of` is the source's own clock (ISO, UTC)
    when this page was read.
    """

    rows: tuple[T, ...]
    bad: tuple[BadRow, ...] = ()
    next: str | None = None
    total: int | None = None
    as_of: str = ""


# --- sources -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What a connection test found.

    `counts` says how many companies, staff, users there are, where the source tells cheaply; `locked` holds the kinds that the
    credentials do not open, with the sentence that says which right to add.
    """

    account: str
    counts: Mapping[str, int] = field(default_factory=dict)
    locked: Mapping[Kind, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Use(Protocol):
    """What a budget meter shows: `used` of `share` calls in the last `window` seconds."""

    @property
    def used(self) -> int: ...

    @property
    def share(self) -> int: ...

    @property
    def window(self) -> float: ...


class Source(Protocol):
    """An open connection. Raises domain.errors: TryLater, AskOperator, Stop."""

    page_size: int  # the most rows one call answers

    def test(self) -> Finding:
        """Try the credentials with as few calls as tell the failures apart. Raises AskOperator or TryLater."""
        ...

    def used(self) -> Use:
        """How much of the API's budget this process used."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class HasCompanies(Protocol):
    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        """All companies in a stable order, inactive ones and the MSP's own among them."""
        ...

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        """Those modified at or after `since` (ISO, UTC, the source's clock). `total` is the count of ALL companies."""
        ...


@runtime_checkable
class HasUsers(Protocol):
    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        """The contacts of the scope's company, inactive ones among them."""
        ...

    def users_changed(self, scope: Scope, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Those of the scope's company modified at or after `since`. `total` is the count of all its contacts."""
        ...

    def all_users(self, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every company in one walk, for a sync; the flow keeps only those its scopes open."""
        ...

    def all_users_changed(self, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        """Contacts of every company modified at or after `since`. `total` is the count of all contacts."""
        ...


@runtime_checkable
class HasStaff(Protocol):
    def staff(self, cursor: str | None) -> Page[UpstreamPerson]:
        """The MSP's own people, without API-only users and clients; company_id is None. Small: re-read whole each time."""
        ...


@runtime_checkable
class HasGroups(Protocol):
    def groups(self, cursor: str | None) -> Page[UpstreamGroup]:
        """The groups of the MSP's own people; company_id is None, members are ids as `staff` has them. Few: re-read whole."""
        ...


@runtime_checkable
class HasPasswords(Protocol):
    values_at_once: int  # how many values may be asked for together: a far-away source would else be waited for

    def passwords(self, scope: Scope, cursor: str | None) -> Page[UpstreamPassword]:
        """The scope's passwords, archived ones among them, without any value."""
        ...

    def password_value(self, scope: Scope, external_id: str) -> Secret:
        """One value, with its notes. Raises SkipRecord when this entry alone is refused, AskOperator when the right is gone."""
        ...


# --- connectors --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One credential field of the connect modal. `label` is what people read."""

    name: str
    label: str
    secret: bool = False
    private: bool = False  # part of the credentials though no secret: once kept, shown to Admins in the wizard alone
    required: bool = True
    hint: str = ""
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 200


@dataclass(frozen=True)
class Guide:
    """A step-by-step guide, offered beside the fields. `steps` are one line each, mrkdwn."""

    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Connector:
    """What a connector module offers to the rest, as its module-level name CONNECTOR.

    `open` takes the credentials by field name and returns an open source; nothing is called until a method is.
    """

    name: str  # the word typed after a verb: "autotask"
    title: str  # what people read: "Autotask PSA"
    aliases: tuple[str, ...]
    offers: frozenset[Kind]
    declines: Mapping[Kind, str]  # kinds it cannot give, with the plain reason
    fields: tuple[Field, ...]
    guides: tuple[Guide, ...]
    open: "Callable[[Mapping[str, str], Opening], Source]"
    check: Callable[[Mapping[str, str]], Mapping[str, str]]  # field name -> what is wrong with its shape, before any call
    is_psa: bool = False
    secret_field: str = ""  # whose last four characters may be shown


@dataclass(frozen=True)
class Opening:
    """What a connector needs from us to open: where to reach the vendor, the clock, how to wait, defaults by field name."""

    base_url: str | None  # an operator's override of the vendor's address
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    defaults: Mapping[str, str] = field(default_factory=dict)


# --- mail --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    message_id: str


class MailOutcome(StrEnum):
    SENT = "sent"
    BOUNCED = "bounced"  # refused for good: the address does not work
    UNHEARD = "unheard"  # it was handed over whole, and the connection broke before the server answered: nobody knows


@dataclass(frozen=True)
class Delivery:
    outcome: MailOutcome
    reason: str = ""


class Mailer(Protocol):
    def send(self, mail: Mail, before_handover: Callable[[], None]) -> Delivery:
        """Hand one mail to the server. `before_handover` is called right before the message itself is sent, when the server
        has accepted sender and recipient: what is recorded there makes a crash afterwards visible. Raises TryLater, AskOperator.
        """
        ...

    def close(self) -> None: ...


# --- telling people ----------------------------------------------------------------------------------------------


class Announcer(Protocol):
    """How flows tell people, without knowing Slack. Each call draws the present truth from storage, so it may be repeated."""

    def plan(self, plan_id: str, final: bool = False) -> None:
        """Redraw the message of a plan or run. Not final: at most once a second, the rest is dropped."""
        ...

    def request(self, request_id: str) -> None:
        """Post the message of a request for a second person, or redraw it where it stands."""
        ...

    def mapping(self, connection_id: str) -> None:
        """The source's company list was read: redraw the mapping tables that wait for it."""
        ...

    def person(self, person_id: str) -> None:
        """A person's invitation changed state: redraw what shows it."""
        ...

    def ticket(self, ticket_id: str) -> None:
        """A ticket changed: redraw every card of it, and tell the threads what they have not been told."""
        ...

    def opportunity(self, opportunity_id: str) -> None:
        """A push ended: redraw the cards in which somebody asked for it."""
        ...

    def digest(self, channel: str) -> None:
        """Post a channel's digest."""
        ...

    def whisper(self, user_id: str, channel: str, text: str) -> None:
        """Tell one person one thing, for their eyes only, where they were or directly."""
        ...

    def sync(self, connection_id: str, ended: bool = False) -> None:
        """A sync went on, or ended: redraw the message that shows it, where there is one."""
        ...

    def notice(self, connection_id: str, text: str) -> None:
        """Tell the people of a connection one thing (in its channel, else its admin directly)."""
        ...

    def question(self, connection_id: str, question_id: str, text: str) -> None:
        """Ask the people of a connection whether an answer that shrank is to be believed."""
        ...

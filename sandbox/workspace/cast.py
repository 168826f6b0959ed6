"""Who works at Northwind IT and where they talk: the default people and channels, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

TEAM_ID = "T0NORTHWND"
STRANGER_TEAM_ID = "T0ELSEWHER"
TEAM_NAME = "Northwind IT"
TEAM_DOMAIN = "northwind-it"
APP_ID = "A0GANGWAY1"
APP_NAME = "Gangway"
BOT_ID = "B0GANGWAY1"
BOT_USER_ID = "U0GANGWAYB"


@dataclass(frozen=True)
class CastPerson:
    """One person of the workspace; `team_id` differs for a Slack Connect stranger."""

    id: str
    name: str
    real_name: str
    email: str
    title: str
    color: str
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    team_id: str = TEAM_ID
    tz: str = "Europe/London"


@dataclass(frozen=True)
class CastChannel:
    """One conversation. `kind` is channel, private or mpim; the bot's own direct messages exist from the start."""

    id: str
    name: str
    members: tuple[str, ...]
    kind: str = "channel"
    topic: str = ""
    bot_is_member: bool = True
    archived: bool = False


@dataclass(frozen=True)
class CastGroup:
    """A user group such as @approvers."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...]


OLIVIA = CastPerson("U0OLIVIA01", "olivia", "Olivia Owens", "olivia@northwind-it.example", "Managing director",
                    "7d4cdb", is_admin=True, is_owner=True)
ADAM = CastPerson("U0ADAMAD02", "adam", "Adam Admin", "adam@northwind-it.example", "Service manager",
                  "2b6cb0", is_admin=True)
TESS = CastPerson("U0TESSTE03", "tess", "Tess Tran", "tess@northwind-it.example", "Senior technician", "2f855a")
TOM = CastPerson("U0TOMTEC04", "tom", "Tom Teller", "tom@northwind-it.example", "Technician", "b7791f")
NINA = CastPerson("U0NINANG05", "nina", "Nina Ng", "nina@northwind-it.example", "Technician", "c05621",
                  tz="Australia/Sydney")
VERA = CastPerson("U0VERAVI06", "vera", "Vera Viewer", "vera@northwind-it.example", "Accounts", "97266d")
GUS = CastPerson("U0GUSGUE07", "gus", "Gus Guest", "gus@contractor.example", "Contractor", "718096",
                 is_restricted=True)
SAM = CastPerson("U0SAMSTR08", "sam", "Sam Stranger", "sam@contoso.example", "IT lead at Contoso", "4a5568",
                 team_id=STRANGER_TEAM_ID)

PEOPLE: tuple[CastPerson, ...] = (OLIVIA, ADAM, TESS, TOM, NINA, VERA, GUS, SAM)

_STAFF = tuple(person.id for person in (OLIVIA, ADAM, TESS, TOM, NINA, VERA))
_DESK = tuple(person.id for person in (ADAM, TESS, TOM, NINA))

CHANNELS: tuple[CastChannel, ...] = (
    CastChannel("C0GENERAL1", "general", _STAFF, topic="Company-wide news"),
    CastChannel("C0ONBOARD2", "onboarding", _STAFF, topic="Bringing clients and people on board"),
    CastChannel("C0HELPDSK3", "helpdesk", (*_DESK, GUS.id), topic="Tickets and rotas"),
    CastChannel("C0LEADERS4", "leadership", (OLIVIA.id, ADAM.id), kind="private", topic="Leadership only"),
    CastChannel("C0CONTOSO5", "client-contoso", (*_DESK, SAM.id), topic="Contoso Ltd, shared with their IT"),
    CastChannel("C0FABRIKM6", "client-fabrikam", _DESK, topic="Fabrikam Inc"),
    CastChannel("C0ADVENTR7", "client-adventure-works", _DESK, topic="Adventure Works"),
    CastChannel("C0RANDOM08", "random", _STAFF, topic="Anything else", bot_is_member=False),
)

GROUPS: tuple[CastGroup, ...] = (CastGroup("S0APPROVER", "approvers", "Approvers", (OLIVIA.id, ADAM.id)),)

"""One-time pages: a link for one person, for one thing, for a short while.

The page cannot see who sits in front of it: a browser has no Slack session with us. So a link is made only for the person
who asked, shown only to them, works once and dies soon; what that person may do is looked up again when it is used. Only
the token's hash is stored.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

from domain.errors import TellPerson
from domain.invitation import token_hash
from domain.roles import Actor, Role
from flows.context import Context
from flows.desk import Desk
from storage.onetimes import OneTime
from storage.store import Work

_REMEMBERED = timedelta(days=1)  # after this an expired link is as unknown as one that never was


class Kind(StrEnum):
    REVEAL = "reveal"
    CREDENTIALS = "credentials"
    SECRET = "secret"  # noqa: S105 - the kind of page, no password
    FILE = "file"
    EXPORT = "export"


LIFETIME = {
    Kind.REVEAL: timedelta(minutes=10),
    Kind.CREDENTIALS: timedelta(minutes=15),
    Kind.SECRET: timedelta(minutes=15),
    Kind.FILE: timedelta(minutes=15),
    Kind.EXPORT: timedelta(minutes=15),
}
REVEALING = frozenset({Kind.REVEAL})
ENTERING = frozenset(Kind) - REVEALING


class State(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Closed(TellPerson):
    """The link opens nothing; `state` says why."""

    def __init__(self, state: State) -> None:
        super().__init__(_WHY[state])
        self.state = state


_AGAIN = "Ask for a new one in Slack."
_WHY = {
    State.USED: f"This link was used already; each works once. {_AGAIN}",
    State.EXPIRED: f"This link has expired; each lives for a few minutes only. {_AGAIN}",
    State.UNKNOWN: f"There is no such link, or it was cut when it was copied. {_AGAIN}",
    State.OPEN: "",
}


@dataclass(frozen=True)
class Ticket:
    """What a link is for, and who asked for it from where. Ids and names only, never a value."""

    kind: Kind
    thing: str  # an entry's id, a connector's name, …
    user_id: str
    user_name: str
    role: Role
    channel: str
    company_id: str = ""
    part: str = ""


def make(context: Context, work: Work, desk: Desk, kind: Kind, thing: str, company_id: str = "", part: str = "") -> str:
    """A new link's address. The caller has asked whether the person may, and journals it where that is due."""
    assert desk.actor.role is not None
    token, now = context.new_token(), context.clock()
    ticket = Ticket(kind, thing, desk.actor.user_id, desk.actor.name, desk.actor.role, desk.channel, company_id, part)
    packed = {name: value for name, value in asdict(ticket).items() if name not in ("kind", "user_id")}
    one = OneTime(kind, json.dumps(packed), desk.actor.user_id, now + LIFETIME[kind], used=False)
    work.onetimes.sweep(now - _REMEMBERED)
    work.onetimes.add(token_hash(token), one)
    return f"{context.words.public_url}/{'reveal' if kind in REVEALING else 'enter'}/{token}"


def look(context: Context, work: Work, token: str, kinds: frozenset[Kind]) -> Ticket:
    """What an open link is for; looking uses nothing up. Raises Closed, in the same words for another kind's and none."""
    found = work.onetimes.get(token_hash(token))
    if found is None or found.kind not in {kind.value for kind in kinds}:
        raise Closed(State.UNKNOWN)
    if found.used:
        raise Closed(State.USED)
    if found.expires_at <= context.clock():
        raise Closed(State.EXPIRED)
    packed = json.loads(found.subject)
    return Ticket(Kind(found.kind), user_id=found.user_id, **{**packed, "role": Role(packed["role"])})


def take(context: Context, work: Work, token: str, kind: Kind) -> None:
    """Use the link up. Of any number at once exactly one goes on; the others get Closed."""
    if not work.onetimes.use(token_hash(token), kind, context.clock()):
        expired = (found := work.onetimes.get(token_hash(token))) is not None and not found.used
        raise Closed(State.EXPIRED if expired else State.USED)


def give_back(context: Context, token: str) -> None:
    """The work of a link that was taken failed: it may be tried again until it expires."""
    with context.store.write() as work:
        work.onetimes.release(token_hash(token))


def desk_of(work: Work, ticket: Ticket) -> Desk:
    """The desk of whoever asked, as it is now: the channel may be bound by now, the role may be another.

    Slack is not asked again: a role that was never named here is believed for the minutes a link lives, except that an
    Admin by Slack alone is none any more once Admins are named.
    """
    named, role = work.roles.of(ticket.user_id), ticket.role
    if named is not None:
        role = named
    elif role is Role.ADMIN and work.roles.admins():
        role = work.settings.default_role()
    bound = work.desks.bound(ticket.channel) if ticket.channel else None
    working = work.desks.working(ticket.user_id, ticket.channel) if ticket.channel else None
    return Desk(Actor(ticket.user_id, ticket.user_name, role), ticket.channel, bound, working)

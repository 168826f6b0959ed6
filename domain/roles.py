"""Who may do what.

Roles come from our own table, else from Slack: owners and admins of the workspace are Admin until an Admin has been named
here; other full members get the workspace's default role; guests get nothing unless they were made Client, and people of
other workspaces get nothing at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotAllowed


class Role(StrEnum):
    ADMIN = "Admin"
    TECHNICIAN = "Technician"
    VIEWER = "Viewer"
    CLIENT = "Client"


class Act(StrEnum):
    """What a person may ask for, in words that complete 'to …'."""

    LOOK = "look at companies and people"
    CONNECT = "manage connections"
    MAP = "map companies"
    IMPORT = "prepare imports"
    APPROVE = "approve imports"
    INVITE = "invite and un-invite people"
    SCHEDULE = "schedule digests and syncs"
    SETTINGS = "change settings and roles"
    REMOVE = "remove companies"
    AUDIT = "export the audit trail"
    VAULT = "see what is in the vault"
    REVEAL = "reveal passwords"
    KEEP = "change the vault"
    EXPORT = "export the vault"
    SELL = "make and push opportunities"
    TICKETS = "look at tickets"
    COMMENT = "make tickets and comment on them"
    SERVE = "change and assign tickets"
    ASSETS = "change configuration items"


# To import passwords takes no right to read them: REVEAL is asked for when a value is to be seen, and only then.
_TECHNICIAN = frozenset(
    {Act.LOOK, Act.MAP, Act.IMPORT, Act.APPROVE, Act.INVITE, Act.SCHEDULE, Act.VAULT, Act.REVEAL, Act.KEEP, Act.SELL}
    | {Act.TICKETS, Act.COMMENT, Act.SERVE, Act.ASSETS}
)
MAY: dict[Role, frozenset[Act]] = {
    Role.ADMIN: frozenset(Act),
    Role.TECHNICIAN: _TECHNICIAN,
    Role.VIEWER: frozenset({Act.LOOK, Act.TICKETS}),
    Role.CLIENT: frozenset({Act.TICKETS, Act.COMMENT}),  # of their own company, in its own channel: flows/ticket_readers.py
}


@dataclass(frozen=True)
class SlackStanding:
    """What Slack says of a person, read anew for each request."""

    user_id: str
    name: str
    email: str = ""
    is_admin: bool = False
    is_guest: bool = False
    is_stranger: bool = False  # of another workspace, deleted, or a bot
    zone: str = ""


@dataclass(frozen=True)
class Actor:
    """A person who asked for something, with the role they have at this moment; role None: nothing is for them."""

    user_id: str
    name: str
    role: Role | None
    email: str = ""
    zone: str = ""

    def may(self, act: Act) -> bool:
        return self.role is not None and act in MAY[self.role]


SYSTEM = Actor("system", "Gangway", Role.ADMIN)


def role_of(standing: SlackStanding, assigned: Role | None, any_admin_assigned: bool, default: Role) -> Role | None:
    """The role of a person. Strangers have none whatever was assigned by mistake; a guest can only be made a Client."""
    if standing.is_stranger or (standing.is_guest and assigned is not Role.CLIENT):
        return None
    if assigned is not None:
        return assigned
    if standing.is_admin and not any_admin_assigned:
        return Role.ADMIN
    return default


def require(actor: Actor, act: Act, admins: str = "") -> None:
    """Raises NotAllowed with a sentence that says who could; `admins` names them for readers of this workspace."""
    if actor.may(act):
        return
    if actor.role is None:
        raise NotAllowed("Gangway is only for the full members of this workspace. Nothing was done.")
    who = f" Ask {admins}." if admins else " Ask an Admin of Gangway."
    raise NotAllowed(f"You need another role to {act.value}: yours is {actor.role.value}. Nothing was done.{who}")

"""Invitations: their states, and what may be done in each.

A link works once and for a time. Re-inviting makes a new link and kills the old one; the person stays one person.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import TellPerson

LIFETIME = timedelta(days=7)


class InvitationState(StrEnum):
    """As stored. Expiry is not stored: it follows from the clock."""

    QUEUED = "queued"  # to be mailed
    HELD = "held"  # no mail server is set up: nothing was sent
    HANDED = "handed"  # the mail server had accepted sender and recipient when this was written
    SENT = "sent"
    BOUNCED = "bounced"
    ACCEPTED = "accepted"
    UNINVITED = "uninvited"


OPEN = frozenset({InvitationState.QUEUED, InvitationState.HELD, InvitationState.HANDED, InvitationState.SENT})


class Badge(StrEnum):
    """What people read."""

    PENDING = "Invitation pending"
    EXPIRED = "Expired"
    ACCEPTED = "Accepted"
    ADMINISTRATOR = "Administrator"
    UNINVITED = "Un-invited"
    BOUNCED = "Bounced"
    NONE = "Not invited"


@dataclass(frozen=True)
class Invitation:
    """One person's invitation. `generation` counts the links made; only the newest one works."""

    id: str
    person_id: str
    company_id: str
    state: InvitationState
    generation: int
    invited_by: str
    invited_at: datetime
    expires_at: datetime | None = None  # set when the mail goes out
    last_sent_at: datetime | None = None
    sent_count: int = 0
    accepted_at: datetime | None = None
    trouble: str = ""  # why it bounced or waits, in plain words


def badge(invitation: Invitation | None, is_admin: bool, now: datetime) -> Badge:
    """The badge of a person. Administrator shows after acceptance, never before."""
    if invitation is None:
        return Badge.NONE
    match invitation.state:
        case InvitationState.ACCEPTED:
            return Badge.ADMINISTRATOR if is_admin else Badge.ACCEPTED
        case InvitationState.UNINVITED:
            return Badge.UNINVITED
        case InvitationState.BOUNCED:
            return Badge.BOUNCED
        case _:
            return Badge.EXPIRED if expired(invitation, now) else Badge.PENDING


def expired(invitation: Invitation, now: datetime) -> bool:
    return invitation.state in OPEN and invitation.expires_at is not None and invitation.expires_at <= now


def age_days(invitation: Invitation, now: datetime) -> int:
    """Whole days since the first invitation: re-inviting does not make it look young."""
    return max(0, (now - invitation.invited_at).days)


def may_reinvite(invitation: Invitation | None) -> None:
    """Raises TellPerson where a new link would be wrong."""
    if invitation is not None and invitation.state is InvitationState.ACCEPTED:
        raise TellPerson("They have accepted already: there is nothing to re-invite.")


def may_uninvite(invitation: Invitation | None) -> None:
    if invitation is None:
        raise TellPerson("There is no invitation to take back.")
    if invitation.state is InvitationState.ACCEPTED:
        raise TellPerson("They have accepted already, so the invitation cannot be taken back. Suspend them instead.")
    if invitation.state is InvitationState.UNINVITED:
        raise TellPerson("They are un-invited already: the link is dead.")


class Door(StrEnum):
    """What opening or accepting a link meets."""

    OPEN = "open"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    EXPIRED = "expired"
    UNINVITED = "uninvited"
    ACCEPTED = "accepted"


def door(invitation: Invitation | None, generation: int, now: datetime) -> Door:
    """What a link of `generation` opens now."""
    if invitation is None:
        return Door.UNKNOWN
    if invitation.state is InvitationState.ACCEPTED:
        return Door.ACCEPTED if generation == invitation.generation else Door.REPLACED
    if generation != invitation.generation:
        return Door.REPLACED
    if invitation.state is InvitationState.UNINVITED:
        return Door.UNINVITED
    if invitation.state not in OPEN:
        return Door.REPLACED
    return Door.EXPIRED if expired(invitation, now) else Door.OPEN


def token_hash(token: str) -> str:
    """What is stored of a link's token; the token itself exists only in the mail."""
    return hashlib.sha256(token.encode()).hexdigest()

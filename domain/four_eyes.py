"""Four eyes: which risky acts need a second person, who may be that person, and for how long.

Whoever asks never approves. A stand-in decides for somebody who is away, but not on what that somebody asked for. An Admin
may break the glass on what they asked for themselves: with a written reason, for all to see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.approval import VALID_FOR, Choice, may_decide
from domain.errors import NotAllowed, TellPerson
from domain.roles import Act, Actor, Role

SETTING = "four_eyes"  # the list of acts that need a second person
STAND_INS = "stand_ins"  # who is away → who decides meanwhile
MANY_ROWS = 20
NOTE_AT_LEAST = 10
LASTS: timedelta = VALID_FOR


class Risky(StrEnum):
    """The acts, in words that complete 'to …'."""

    PASSWORDS = "import passwords"
    REMAP = "re-map a company whose people or records are here"
    MERGE = "merge companies"
    MASS_REMOVAL = "remove a company with all that is its own"
    EXPORT = "export"
    CLEAR = "clear all synced tickets and read them anew"
    UNDO = f"undo a run of more than {MANY_ROWS} rows"


DEFAULT = frozenset({Risky.PASSWORDS, Risky.UNDO, Risky.MASS_REMOVAL, Risky.EXPORT, Risky.CLEAR, Risky.REMAP, Risky.MERGE})


def wanted(stored: Any) -> frozenset[Risky]:
    """The acts that need a second person, from the setting as stored; nothing stored: the defaults."""
    if not isinstance(stored, list):
        return DEFAULT
    return frozenset(Risky[name] for name in stored if name in Risky.__members__)


def stored(acts: Sequence[Risky] | frozenset[Risky]) -> list[str]:
    return sorted(act.name for act in acts)


def needs_second(act: Risky, chosen: frozenset[Risky], rows: int = 1) -> bool:
    """`rows`: people that came through the old mapping, rows of an undo, what goes with a company; nothing needs nobody."""
    if act not in chosen or rows == 0:
        return False
    return rows > MANY_ROWS if act is Risky.UNDO else True


class RequestState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DENIED = "denied"
    EXPIRED = "expired"
    FAILED = "failed"  # approved, but it could not be done any more


@dataclass(frozen=True)
class Request:
    """A risky act that waits for a second person. `subject` holds ids and choices; `summary` is what people read."""

    id: str
    act: Risky
    subject: Mapping[str, Any]
    summary: str
    company_id: str | None
    state: RequestState
    requested_by: str
    requested_by_name: str
    requested_role: Role | None  # the role they had; a named one is asked for again when it is performed
    requested_at: datetime
    channel: str
    message_ts: str = ""
    decided_by: str = ""
    decided_by_name: str = ""
    decided_at: datetime | None = None
    note: str = ""  # what came of it
    alone: str = ""  # break-glass: the reason given


@dataclass(frozen=True)
class Ruling:
    """What a click leads to. `moves_to` None: nothing changes, `reason` says why. DONE: it is to be performed now."""

    moves_to: RequestState | None
    reason: str


def rule(request: Request, actor: Actor, choice: Choice, deputy_for: frozenset[str], now: datetime) -> Ruling:
    """A click on a request: who and when are asked now. `deputy_for`: those who are away and whom the actor stands in for."""
    if not may_decide(actor, deputy_for, request.requested_by):
        return Ruling(None, f"You may look at this, but to {Act.APPROVE.value} you need the role Technician or Admin.")
    if request.state is not RequestState.OPEN:
        return Ruling(None, already(request))
    if too_old(request.requested_at, now):
        return Ruling(RequestState.EXPIRED, "Nobody decided within 24 hours, so this is void. Nothing was done.")
    if choice is Choice.DENY:
        return Ruling(RequestState.DENIED, f"Denied by {actor.name}. Nothing was done.")
    if actor.user_id == request.requested_by:
        return Ruling(None, "You asked for this, so a second person must approve it.")
    return Ruling(RequestState.DONE, f"Approved by {actor.name}.")


def already(request: Request) -> str:
    who = f" by {request.decided_by_name}" if request.decided_by_name else ""
    word = {
        RequestState.DONE: f"Approved already{who}, and done.",
        RequestState.DENIED: f"Denied already{who}.",
        RequestState.FAILED: f"Approved already{who}, but it could not be done.",
        RequestState.EXPIRED: "This is void: nobody decided within 24 hours.",
    }.get(request.state, "This waits for a decision.")
    return f"{word} Your click changed nothing."


def too_old(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at > LASTS


def may_break_glass(actor: Actor, asked_by: str, note: str) -> None:
    """Raises NotAllowed or TellPerson: only an Admin, only what they asked for, and never without a reason."""
    may_reach_glass(actor, asked_by)
    if len(note.strip()) < NOTE_AT_LEAST:
        raise TellPerson("Write the reason in a sentence: it is kept and shown to everybody.", field="note")


def may_reach_glass(actor: Actor, asked_by: str) -> None:
    """What is known before a reason is typed."""
    if actor.user_id != asked_by:
        raise TellPerson("You did not ask for this, so you can simply approve it.")
    if actor.role is not Role.ADMIN:
        raise NotAllowed("Only an Admin may break the glass. Ask a second person to approve.")

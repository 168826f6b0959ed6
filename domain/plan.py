"""A plan: the previewed change. What is approved is what runs.

A plan is made of items, one per upstream row, each with what will happen to it and why. Its digest covers every item and
the version of the link it was made under; the run computes it again before it writes a thing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.ports import Kind


class PlanState(StrEnum):
    PREPARING = "preparing"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    DENIED = "denied"
    VOID = "void"
    FAILED = "failed"


ONLY_SOME = "Only some…"  # the button for picking rows; a reason that names it says that picking this row helps
BY_HAND = "by hand"  # what stands for a connection where the rows were typed or pasted
OPEN_STATES = frozenset({PlanState.PREPARING, PlanState.PROPOSED})
ENDED = frozenset({PlanState.DONE, PlanState.DENIED, PlanState.VOID, PlanState.FAILED})


class Action(StrEnum):
    """What will happen to a row; the five words people read as counts."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Counts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    conflict: int = 0
    waiting: int = 0  # of the held: those that will be created and wait (companies that need a domain)
    pickable: int = 0  # of the held and in conflict: those that come in when somebody picks them

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.held + self.conflict

    @property
    def to_do(self) -> int:
        return self.new + self.changed + self.waiting

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Verdict:
    """What will happen to one upstream row, and why. `target` is the id of ours it concerns, where there is one."""

    action: Action
    reason: str = ""
    target: str = ""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # field → (old, new)
    waits: bool = False

    @property
    def pickable(self) -> bool:
        return self.action in (Action.HELD, Action.CONFLICT) and ONLY_SOME in self.reason


@dataclass(frozen=True)
class PlanItem:
    """One row of a plan. `row` is the upstream row as read (plain values), `label` is what people read."""

    seq: int
    external_id: str
    label: str
    detail: str
    row: Mapping[str, object]
    verdict: Verdict
    match_key: str = ""  # under which twins of one read are found: folded e-mail, domain, name


@dataclass(frozen=True)
class Plan:
    id: str
    kind: Kind
    connection_id: str
    source_title: str
    company_id: str | None  # the company it is for; None for companies and staff
    company_name: str
    link_id: str | None
    link_version: int
    state: PlanState
    requested_by: str
    requested_by_name: str
    requested_at: datetime
    needs_second: bool
    counts: Counts
    digest: str = ""
    read_rows: int = 0  # while preparing: rows read so far
    read_total: int | None = None
    done_rows: int = 0  # while running: rows applied so far
    decided_by: str = ""
    decided_by_name: str = ""
    decided_at: datetime | None = None
    note: str = ""  # the outcome in one sentence: why void, why failed, what is waited for
    channel: str = ""
    message_ts: str = ""
    selection: tuple[str, ...] | None = None  # upstream ids chosen; None: all
    finished_at: datetime | None = None
    as_of: str = ""  # the source's clock when reading began
    auto: bool = False  # proposed by a sync, not asked for
    undo_of: str = ""  # the plan whose run this one takes back
    alone: str = ""  # break-glass: why the requester went on without a second person
    role: str = ""  # of the people who are new with it; "" for the least their kind needs

    @property
    def is_to_decide(self) -> bool:
        """There is something to approve; a preview may also be open only for picking rows of it."""
        return self.state is PlanState.PROPOSED and self.counts.to_do > 0

    def advised(self, reason: str) -> str:
        """A row's reason as it helps now: once this plan does not wait any more, only a new preview lets rows be picked."""
        return reason if self.state in OPEN_STATES else re.sub(f"{ONLY_SOME}”?", r"\g<0> of a new preview", reason)


def digest(lines: Iterable[bytes], link_id: str | None, link_version: int) -> str:
    """A fingerprint of everything that will happen: of the items as they are stored, in order, in pieces of any length."""
    hasher = hashlib.sha256(f"{link_id}|{link_version}|".encode())
    for line in lines:
        hasher.update(line)
    return hasher.hexdigest()


def fingerprint(row: Mapping[str, object]) -> str:
    """A short fingerprint of what a row says, without its modification time: equal rows need no write."""
    said = {key: value for key, value in row.items() if key != "modified"}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:32]


def count(verdicts: Iterable[Verdict]) -> Counts:
    tally = dict.fromkeys(Action, 0)
    waiting = pickable = 0
    for verdict in verdicts:
        tally[verdict.action] += 1
        waiting += verdict.waits
        pickable += verdict.pickable
    return Counts(
        tally[Action.NEW], tally[Action.CHANGED], tally[Action.UNCHANGED], tally[Action.HELD], tally[Action.CONFLICT], waiting, pickable
    )


def too_much_smaller(before: int, after: int, share: float = 0.2, rows: int = 50) -> bool:
    """The shrink guard: whether an answer is so much smaller than what is known that it must not be believed without a person.

    Empty is never believed; otherwise a loss of more than `share`, or of more than `rows` rows, stops.
    """
    lost = before - after
    if before == 0 or lost <= 0:
        return False
    return after == 0 or lost > before * share or lost > rows

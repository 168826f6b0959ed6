"""Imports: propose → preview → decide → run. What is approved is what runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.approval import Choice, Decision
from domain.plan import Action, Plan, PlanItem
from domain.ports import Kind
from flows.context import Context, Steps
from flows.desk import Desk


@dataclass(frozen=True)
class Offer:
    """A source in the picker of sources. `problem` says why it cannot give this kind; "" where it can."""

    connection_id: str
    title: str
    problem: str


@dataclass(frozen=True)
class ItemPage:
    plan: Plan
    items: tuple[PlanItem, ...]
    action: Action | None
    search: str
    page: int
    pages: int
    total: int


def offers(context: Context, kind: Kind) -> tuple[Offer, ...]:
    """Every connector with whether it can give this kind now."""
    raise NotImplementedError


def propose(context: Context, desk: Desk, kind: Kind, company_words: str = "", source_words: str = "", selection: Sequence[str] | None = None) -> Plan:
    """Begin a preview: the plan is stored as PREPARING and read in the background.

    Raises TellPerson with remedy "connect", "map" (the company is not mapped at the source), "import companies" (no such
    company), "company" (which one?), "source" (several could give it).
    """
    raise NotImplementedError


def posted(context: Context, plan_id: str, channel: str, ts: str) -> None:
    """Remember which message shows the plan, then begin reading. (Message first, so that no outcome is lost.)"""
    raise NotImplementedError


def prepare(context: Context, steps: Steps, plan_id: str) -> None:
    """Job "prepare": read page by page, judge, propose."""
    raise NotImplementedError


def decide(context: Context, desk: Desk, plan_id: str, choice: Choice) -> tuple[Plan, Decision]:
    """A click on Approve or Deny. Acts once, whoever clicks how often; Decision.moves_to None says why nothing happened."""
    raise NotImplementedError


def apply(context: Context, steps: Steps, plan_id: str) -> None:
    """Job "apply": check again, write page by page, invite, tell."""
    raise NotImplementedError


def one(context: Context, desk: Desk, plan_id: str) -> Plan:
    """Raises NotAllowed for a plan of a company this desk does not see, in the same words as for none."""
    raise NotImplementedError


def drawn(context: Context, plan_id: str) -> Plan:
    """For redrawing a message that is already where its readers are."""
    raise NotImplementedError


def items(context: Context, desk: Desk, plan_id: str, action: Action | None = None, search: str = "", page: int = 1, size: int = 20) -> ItemPage:
    raise NotImplementedError


def sample(context: Context, plan_id: str, action: Action, limit: int = 5) -> tuple[PlanItem, ...]:
    """A few items of one kind, for the preview message."""
    raise NotImplementedError


def choices(context: Context, desk: Desk, plan_id: str, typed: str, limit: int = 100) -> tuple[PlanItem, ...]:
    """For the picker of 'only some': rows whose label or detail holds what was typed."""
    raise NotImplementedError


def choose(context: Context, desk: Desk, plan_id: str, external_ids: Sequence[str]) -> Plan:
    """Narrow a proposed plan to some rows: the old preview is void, a new one takes its message. No call to the source."""
    raise NotImplementedError


def again(context: Context, desk: Desk, plan_id: str) -> Plan:
    """A new preview of the same thing, in the place of an ended one."""
    raise NotImplementedError


def history(context: Context, desk: Desk, limit: int = 20) -> tuple[Plan, ...]:
    """The newest plans and runs this desk may see, newest first."""
    raise NotImplementedError


def waiting(context: Context, desk: Desk) -> tuple[Plan, ...]:
    """Plans that wait for a decision."""
    raise NotImplementedError

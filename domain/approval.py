"""Deciding on a plan: a pure function of the plan, the person and the link, with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.plan import Plan, PlanState
from domain.roles import Act, Actor

VALID_FOR = timedelta(hours=24)


class Choice(StrEnum):
    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True)
class Decision:
    """What a click leads to. `moves_to` None: nothing changes, `reason` says why."""

    moves_to: PlanState | None
    reason: str


NOBODY: frozenset[str] = frozenset()


def may_decide(actor: Actor, deputy_for: frozenset[str], asked_by: str) -> bool:
    """By their own role, or as the stand-in of somebody who is away, may decide, and did not ask for this themselves."""
    return actor.may(Act.APPROVE) or (actor.role is not None and bool(deputy_for - {asked_by, actor.user_id}))


def decide(
    plan: Plan,
    actor: Actor,
    choice: Choice,
    link_holds: bool,
    now: datetime,
    deputy_for: frozenset[str] = NOBODY,
    alone: bool = False,
) -> Decision:
    """The decision on a click: who, when and under which link are all asked now, not when the button was drawn.

    `deputy_for`: who is away and may decide, and whom the actor stands in for. `alone`: the glass is broken, so that the
    requester decides (domain.four_eyes says who may).
    """
    if not may_decide(actor, deputy_for, plan.requested_by):
        return Decision(None, f"You may look at this, but to {Act.APPROVE.value} you need the role Technician or Admin.")
    if plan.state is not PlanState.PROPOSED:
        return Decision(None, already(plan))
    if choice is Choice.DENY:
        return Decision(PlanState.DENIED, f"Denied by {actor.name}. Nothing was changed.")
    if not link_holds:
        return Decision(PlanState.VOID, "The mapping was changed after this preview was made, so the preview is void. Nothing was changed.")
    if now - plan.requested_at > VALID_FOR:
        return Decision(PlanState.VOID, "This preview is older than 24 hours, so it is void. Nothing was changed. Preview again.")
    if plan.needs_second and actor.user_id == plan.requested_by and not alone:
        what = "undo" if plan.undo_of else "import"
        return Decision(None, f"You asked for this {what}, so a second person must approve it: that is how this workspace is set up.")
    if plan.counts.to_do == 0:
        return Decision(PlanState.VOID, "There is nothing to do in this preview.")
    how = ", alone: the glass was broken" if alone else ""
    return Decision(PlanState.APPROVED, f"Approved by {actor.name}{how}.")


def already(plan: Plan) -> str:
    """Why a click on a plan that is no longer open does nothing."""
    who = f" by {plan.decided_by_name}" if plan.decided_by_name else ""
    match plan.state:
        case PlanState.PREPARING:
            return "The preview is still being prepared. The buttons come when it is ready."
        case PlanState.APPROVED | PlanState.RUNNING:
            return f"Approved already{who}: it is running. Your click changed nothing."
        case PlanState.DONE:
            return f"Approved already{who}, and done. Your click changed nothing."
        case PlanState.DENIED:
            return f"Denied already{who}. Your click changed nothing."
        case _:
            return f"This preview no longer holds ({plan.note or 'it was replaced'}). Your click changed nothing; preview again."

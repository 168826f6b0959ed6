"""The start of a run: alone where it writes, and only while what is known here is what its preview was judged by.

Runs that write to the same place start one after the other. Where another one ended since the preview was asked for, every
row is judged once more: a run that a person approved is void when a row would come out otherwise, one that nobody looked
at takes over the new judgement as far as it adds nothing.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from domain.errors import TryLater
from domain.plan import Action, Plan, PlanItem, PlanState, Verdict, digest
from domain.ports import Kind
from domain.roles import SYSTEM
from flows import judging
from flows.context import Context, Steps
from flows.patience import patiently
from storage.store import Work

MARGIN = timedelta(minutes=5)  # replicas' clocks may differ; looking at one run too many costs only the look
CHANGED = "What is known here changed after this was prepared. Preview again."


def start(context: Context, steps: Steps, plan: Plan, waiting: Callable[[str, float], None]) -> str:
    """From APPROVED to RUNNING. Returns why that cannot be, or "". Raises GaveUp where another run does not end."""
    number = 0
    while True:
        number += 1
        looked = steps(f"look {number}", partial(_look, context, plan))
        if looked["void"]:
            return str(looked["void"])
        told = patiently(steps, f"start {number}", partial(_start, context, plan, looked["runs"]), waiting)
        if told["started"]:
            return ""


def _look(context: Context, plan: Plan) -> Mapping[str, Any]:
    """{"void": the reason, or "", "runs": the other runs whose doing was looked at}"""
    with context.store.work() as work:
        now = work.plans.get(plan.id)
        ended = _ended(_beside(work, plan))
    if now is None or now.state is PlanState.RUNNING:
        return {"void": "", "runs": []}  # what differs now may be its own doing
    if ended and not plan.undo_of:  # an undo judges again as it takes away
        found = dict(_differing(context, plan))
        if found and plan.decided_by != SYSTEM.user_id:
            return {"void": _why([item.label for item, _ in found.values()]), "runs": ended}
        _take_over(context, plan, {seq: _less(item, verdict) for seq, (item, verdict) in found.items()})
    return {"void": "", "runs": ended}


def _beside(work: Work, plan: Plan) -> Mapping[str, PlanState]:
    return work.plans.runs_beside(plan, work.companies.own().id, plan.requested_at - MARGIN)


def _ended(runs: Mapping[str, PlanState]) -> list[str]:
    return sorted(plan_id for plan_id, state in runs.items() if state is not PlanState.RUNNING)


def _why(labels: list[str]) -> str:
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    return f"Another run changed what is known here after this preview was made: {labels[0]}{more}. Nothing was changed; preview again."


def _start(context: Context, plan: Plan, looked_at: list[str]) -> Mapping[str, Any]:
    """{"started": False} where another run ended since the look."""
    with context.store.write() as work:
        work.plans.start_alone()
        now, runs = work.plans.get(plan.id), _beside(work, plan)
        if now is not None and now.state is PlanState.RUNNING:
            return {"started": True}
        if PlanState.RUNNING in runs.values():
            raise TryLater("Another run of the same is under way.")
        if _ended(runs) != looked_at:
            return {"started": False}
        work.plans.move(plan.id, PlanState.APPROVED, PlanState.RUNNING, note="")
    return {"started": True}


# --- what is otherwise now ---------------------------------------------------------------------------------------


def _differing(context: Context, plan: Plan) -> Iterator[tuple[int, tuple[PlanItem, Verdict]]]:
    """Rows that would come out otherwise, by their numbers, with what would be judged of them now."""
    with context.store.work() as work:
        twins = work.plans.twins(plan.id)
    likenesses = judging.likenesses_of(context, plan) if plan.kind is Kind.COMPANIES else {}
    after = -1
    while True:
        with context.store.work() as work:
            items = work.plans.batch(plan.id, after, judging.BATCH)
            good = [item for item in items if "bad" not in item.row]
            verdicts = judging.judge_items(context, work, plan, good, twins, likenesses)
        if not items:
            return
        told = [(item, verdicts[item.seq]) for item in good if _differs(item.verdict, verdicts[item.seq])]
        yield from ((item.seq, (item, now)) for item, now in told if not _is_left_anyway(plan, now))
        after = items[-1].seq


def _differs(planned: Verdict, now: Verdict) -> bool:
    if planned.action is Action.NEW or planned.waits:
        return (now.action, now.waits) != (planned.action, planned.waits)
    if planned.action is Action.CHANGED:
        return (now.action, now.target, dict(now.changes)) != (planned.action, planned.target, dict(planned.changes))
    return planned.action is Action.UNCHANGED and now.target != planned.target


def _is_left_anyway(plan: Plan, now: Verdict) -> bool:
    """Whether the run itself leaves the row where it is: it looks at each password before it writes it."""
    return plan.kind is Kind.PASSWORDS and now.action is Action.CONFLICT


def _less(item: PlanItem, now: Verdict) -> Verdict:
    """What nobody looked at may become less than it was planned to be, and never more."""
    if now.action in (Action.CHANGED, Action.UNCHANGED):
        return now
    return Verdict(Action.HELD, CHANGED, item.verdict.target)


def _take_over(context: Context, plan: Plan, verdicts: Mapping[int, Verdict]) -> None:
    if not verdicts:
        return
    with context.store.write() as work:
        work.plans.judge(plan.id, verdicts)
        print_ = digest(work.plans.lines(plan.id), plan.link_id, plan.link_version)
        work.plans.note(plan.id, counts=dataclasses.asdict(work.plans.tally(plan.id)), digest=print_)

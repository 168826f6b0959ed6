"""The end of a sync's round: what only changes fields is taken over at once, what adds something is proposed."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from domain.plan import Counts, Plan, PlanState
from domain.ports import Kind
from domain.roles import SYSTEM
from flows import judging, reading
from flows.context import Context, Steps
from flows.imports import drawn
from flows.sync_round import Round


def settle(context: Context, steps: Steps, round_: Round) -> None:
    """Judge the round's plans: what only changes fields is taken over at once, what adds something is proposed."""
    for plan_id in steps("plans", partial(_plans_of, context, round_)):
        steps(f"carry {plan_id}", partial(_carry_over, context, plan_id))
        plan = drawn(context, plan_id)  # whatever its state: a sync begun anew asks for the same steps again
        counts = judging.judge_all(context, _Named(steps, plan_id), plan)
        state = steps(f"settle {plan_id}", partial(_settle_one, context, plan, counts))
        if state == PlanState.APPROVED:
            context.jobs.enqueue("apply", f"apply-{plan_id}", plan_id, round_.connection.id)
        elif state == PlanState.PROPOSED:
            context.tell.plan(plan_id, final=True)


def _plans_of(context: Context, round_: Round) -> list[str]:
    with context.store.work() as work:
        return list(work.plans.preparing_with_note(round_.id))


def _carry_over(context: Context, plan_id: str) -> bool:
    """What an older proposal holds and nobody has decided on goes into the newer one, which takes its place."""
    plan = drawn(context, plan_id)
    with context.store.write() as work:
        older = work.plans.proposed_auto(plan.connection_id, plan.kind, plan.company_id, plan.id)
        if older is None or (older.link_id, older.link_version) != (plan.link_id, plan.link_version):
            return False
        work.plans.carry_items(older.id, plan.id)
        work.plans.note(plan.id, as_of=older.as_of)  # its rows are as old as that
    return True


def leave(context: Context, steps: Steps, round_: Round) -> None:
    """What a round read and could not settle is let go, so that the next round takes it for news again."""
    steps(f"leave {round_.kind}", partial(_leave, context, round_))


def _leave(context: Context, round_: Round) -> int:
    now = context.clock()
    with context.store.write() as work:
        unsettled = work.plans.preparing_with_note(round_.id)
        for plan_id in unsettled:
            if round_.kind is Kind.COMPANIES:
                work.upstream.forget_fingerprints(round_.connection.id, work.plans.external_ids(plan_id))
            work.plans.move(plan_id, PlanState.PREPARING, PlanState.VOID, note="The sync that made this stopped.", finished_at=now)
    return len(unsettled)


def _settle_one(context: Context, plan: Plan, counts: Counts) -> str:
    now = context.clock()
    print_ = reading.plan_digest(context, plan.id)
    ids = [item.external_id for item in reading.every_item(context, plan.id)]
    values: dict[str, Any] = {
        "counts": dataclasses.asdict(counts),
        "digest": print_,
        "note": "",
        "selection": ids,
        "read_rows": len(ids),
    }
    with context.store.write() as work:
        if counts.new or counts.waiting:
            older = work.plans.proposed_auto(plan.connection_id, plan.kind, plan.company_id, plan.id)
            if older is not None and work.plans.move(
                older.id,
                PlanState.PROPOSED,
                PlanState.VOID,
                note="A newer sync replaced this.",
                message_ts="",
                finished_at=now,
            ):
                values |= {"channel": older.channel, "message_ts": older.message_ts}
            work.plans.move(plan.id, PlanState.PREPARING, PlanState.PROPOSED, **values)
            return PlanState.PROPOSED.value
        state = PlanState.APPROVED if counts.changed else PlanState.DONE
        decided = {"decided_by": SYSTEM.user_id, "decided_by_name": "the sync", "decided_at": now}
        ended = {"finished_at": now} if state is PlanState.DONE else {}
        work.plans.move(plan.id, PlanState.PREPARING, state, **values, **decided, **ended)
        return state.value


class _Named:
    """Steps whose names carry the plan, so that several plans can be judged in one job."""

    def __init__(self, steps: Steps, prefix: str) -> None:
        self._steps = steps
        self._prefix = prefix

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        return self._steps(f"{self._prefix} {name}", work)

    def wait(self, seconds: float) -> None:
        self._steps.wait(seconds)

"""Auto-import: when a company is newly here, its active contacts are proposed with the default role, or invited unasked.

Nobody hands companies over: a look at the clock finds those that came since it was switched on and for which nobody has
asked for users yet. So a crash, an import, a sync and a mapping by hand all lead to the same.
"""

import uuid
from datetime import datetime

from domain.connection import Connection
from domain.isolation import Link
from domain.plan import Counts, Plan, PlanState
from domain.ports import Kind
from domain.roles import SYSTEM
from domain.setup import AutoImport, People
from flows import connect, setups
from flows.context import Context
from storage.store import Work

ASKER = "auto-import"
OPEN_AT_ONCE = 5  # proposals that wait for a person at a time, of one connection: more would only be noise
SENT_AT_ONCE = 25  # of those that wait for nobody: each reads a company's contacts


def tick(context: Context) -> int:
    """What the clock calls: plans for companies that came, and on with those that were begun. Returns how many are new."""
    begun = 0
    for connection in connect.live(context):
        with context.store.work() as work:
            chosen = setups.people(work, connection.id)
            unasked = chosen.auto_import is AutoImport.SEND and not work.settings.second_person()
        _go_on(context, connection, unasked)
        if chosen.auto_import is not AutoImport.OFF and Kind.USERS.value not in connection.locked:
            begun += _begin(context, connection, chosen, SENT_AT_ONCE if unasked else OPEN_AT_ONCE)
    return begun


def _begin(context: Context, connection: Connection, chosen: People, most: int) -> int:
    now = context.clock()
    with context.store.write() as work:
        room = most - len(_open(work, connection.id))
        since = datetime.fromisoformat(chosen.since) if chosen.since else now
        found = work.links.newly_here(connection.id, Kind.USERS, since, room) if room > 0 else ()
        plans = [_plan(connection, link, name, chosen, now) for link, name in found]
        for plan in plans:
            work.plans.add_once(plan)
            said = f"{plan.company_name} is new, so its active contacts are proposed as {plan.role}."
            work.journal.write(now, SYSTEM, "auto-import", said, plan.company_id, plan.id)
    for plan in plans:
        _prepare(context, plan)
    return len(plans)


def _open(work: Work, connection_id: str) -> list[Plan]:
    """Plans of ours that are not decided on yet."""
    every = work.plans.in_state(PlanState.PREPARING, PlanState.PROPOSED, limit=1000)
    return [plan for plan in every if plan.connection_id == connection_id and is_ours(plan)]


def is_ours(plan: Plan) -> bool:
    return plan.auto and plan.requested_by_name == ASKER


def _plan(connection: Connection, link: Link, company_name: str, chosen: People, now: datetime) -> Plan:
    """The id is the mapping's, so that two looks at once make one plan."""
    return Plan(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"auto-import|{link.id}").hex,
        kind=Kind.USERS,
        connection_id=connection.id,
        source_title=connection.title,
        company_id=link.company_id,
        company_name=company_name,
        link_id=link.id,
        link_version=link.version,
        state=PlanState.PREPARING,
        requested_by=SYSTEM.user_id,
        requested_by_name=ASKER,
        requested_at=now,
        needs_second=False,
        counts=Counts(),
        auto=True,
        role=chosen.role.value if chosen.role else "",
    )


def _prepare(context: Context, plan: Plan) -> None:
    context.jobs.enqueue("prepare", f"prepare-{plan.id}", plan.id, plan.connection_id)


def _go_on(context: Context, connection: Connection, unasked: bool) -> None:
    """What was begun and whose next step a crash may have swallowed. Proposals that nobody was shown are shown."""
    with context.store.work() as work:
        plans = _open(work, connection.id)
    for plan in plans:
        if plan.state is PlanState.PREPARING:
            _prepare(context, plan)
        elif unasked:
            _send(context, plan)
        elif not plan.message_ts:
            context.tell.plan(plan.id, final=True)


def _send(context: Context, plan: Plan) -> None:
    now = context.clock()
    decided = {"decided_by": SYSTEM.user_id, "decided_by_name": ASKER, "decided_at": now}
    with context.store.write() as work:
        if work.plans.move(plan.id, PlanState.PROPOSED, PlanState.APPROVED, **decided):
            said = "Approved unasked, as the set-up of auto-import says."
            work.journal.write(now, SYSTEM, "decision", said, plan.company_id, plan.id)
    context.jobs.enqueue("apply", f"apply-{plan.id}", plan.id, plan.connection_id)

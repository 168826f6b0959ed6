"""Pushing an opportunity to the PSA: once, over any crash; from then on the PSA has the say and is read again."""

from collections.abc import Mapping
from functools import partial

from domain.errors import GangwayError, Stop, TellPerson
from domain.isolation import scope_of
from domain.opportunity import Opportunity, OpportunityState
from domain.psa import HasOpportunities, NewOpportunity
from domain.roles import SYSTEM, Act
from domain.slots import every
from flows import connect, opportunity_sync
from flows.context import Context, Steps
from flows.desk import Desk
from flows.opportunities import Shown, one
from flows.patience import GaveUp, finding, patiently, quietly

SWEEP_SECONDS = 60
NOT, PERHAPS = "Not pushed:", "Perhaps pushed, push it again to find out:"


def push(context: Context, desk: Desk, opportunity_id: str) -> Shown:
    """Send it to the PSA, once. The job writes it; the card shows the PSA's id when it is there."""
    desk.require(Act.SELL)
    there = one(context, desk, opportunity_id).opportunity
    now = context.clock()
    with context.store.write() as work:
        moved = work.opportunities.move(opportunity_id, OpportunityState.HERE, OpportunityState.PUSHING, trouble="")
        if not moved:
            raise TellPerson("It is on its way to the PSA, or stands there already.")
        said = f"{there.title} is pushed to the PSA."
        work.journal.write(now, desk.actor, "opportunity", said, there.company_id, opportunity_id)
    _put_off(context, opportunity_id, there.connection_id, f"{desk.actor.user_id} {desk.channel}")
    return one(context, desk, opportunity_id)


def _put_off(context: Context, opportunity_id: str, connection_id: str, whom: str) -> None:
    """A job too many does no harm: the first one moves it on, the next finds nothing to do."""
    key = f"push-{opportunity_id}-{every(SWEEP_SECONDS, context.clock())}"
    context.jobs.enqueue("push", key, f"{opportunity_id} {whom}", connection_id)


def sweep(context: Context) -> int:
    """What the clock calls: a push that a crash cut off before its job was put off goes on."""
    with context.store.work() as work:
        waiting = work.opportunities.pushing()
    for each in waiting:
        _put_off(context, each.id, each.connection_id, each.made_by)
    return len(waiting)


def work_off(context: Context, steps: Steps, argument: str) -> None:
    """Job "push": "<opportunity id> <who asked> <channel>". Done twice, it finds what it made."""
    opportunity_id, user, channel = [*argument.split(" "), "", ""][:3]
    with context.store.work() as work:
        there = work.opportunities.get(opportunity_id)
    if there is None or there.state is not OpportunityState.PUSHING:
        return
    try:
        create = partial(finding, partial(_create, context, there))
        external_id = str(patiently(steps, "create", create, quietly)["id"])
    except GaveUp as error:
        steps("failed", partial(_failed, context, there, f"{PERHAPS if error.unsure else NOT} {error.said}"))
        said = f"{there.title} was not pushed: {error.said}"
        if error.unsure:
            said = f"It is not known whether {there.title} arrived in the PSA. Push it again: it is looked for there first."
    else:
        steps("pushed", partial(_pushed, context, there, external_id))
        said = f"{there.title} stands in the PSA now, as {external_id}. What the PSA decides is read-only here."
    context.tell.opportunity(opportunity_id)
    context.tell.whisper(user, channel, said)


def _create(context: Context, there: Opportunity) -> Mapping[str, str]:
    with context.store.work() as work:
        link = work.links.get(there.link_id)
    if link is None or link.company_id != there.company_id:
        raise Stop("The mapping it was made under is not there any more. Nothing was sent.")
    source = context.sources.of(there.connection_id)
    assert isinstance(source, HasOpportunities)
    new = NewOpportunity(
        there.key, there.title, there.stage, there.category, there.owner_id, there.starts, there.closes, there.amount,
        there.cost, there.description, there.contact_id, there.labor_cost,
    )
    with connect.noting(context, there.connection_id):
        return {"id": source.create_opportunity(scope_of(link), new)}


def _failed(context: Context, there: Opportunity, said: str) -> bool:
    with context.store.write() as work:
        return work.opportunities.move(there.id, OpportunityState.PUSHING, OpportunityState.HERE, trouble=said)


def _pushed(context: Context, there: Opportunity, external_id: str) -> bool:
    """It stands in the PSA: its fields are read back at once, so that what is shown is what is there.

    Returns whether they were; else the next sync reads them.
    """
    with context.store.write() as work:
        work.opportunities.pushed(there.id, external_id)
        said = f"{there.title} stands in the PSA as {external_id}."
        work.journal.write(context.clock(), SYSTEM, "opportunity", said, there.company_id, there.id)
    try:
        return opportunity_sync.refresh(context, there.id) is not None
    except GangwayError:
        return False

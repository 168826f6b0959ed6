"""Drawing a plan's message from what is stored now, wherever the wish to redraw it comes from."""

from slack_sdk import WebClient

from domain.plan import Action, Plan, PlanState
from domain.ports import Kind
from domain.roles import SYSTEM
from flows import companies, connect, imports, undo
from flows.context import Context
from flows.desk import Desk, may_stand
from handlers import slack
from handlers.views import kit
from handlers.views import plans as views


def draw(context: Context, plan_id: str, pressed_by: str = "") -> kit.Block:
    return views.build(told(context, imports.drawn(context, plan_id)), pressed_by)


def told(context: Context, plan: Plan) -> views.Told:
    if plan.state is PlanState.PROPOSED:
        wanted = [action for action in Action if action is not Action.UNCHANGED and getattr(plan.counts, action.value)]
        return views.Told(plan, {action: imports.sample(context, plan.id, action, 3) for action in wanted})
    if plan.undo_of:
        done = plan.state is PlanState.DONE
        return views.Told(plan, {Action.HELD: imports.sample(context, plan.id, Action.HELD, 10)} if done else {})
    undoable = plan.id in undo.possible(context, [plan])
    if plan.state is PlanState.DONE and plan.kind is Kind.COMPANIES:
        # Who reads this message has seen the whole import, so it may name any company that waits.
        everyone = Desk(SYSTEM, plan.channel, None, None)
        needing = companies.needing_domain(context, everyone, 5)
        total = companies.page(context, everyone, size=1).needing_domain
        return views.Told(plan, needing=needing, needing_total=total, undoable=undoable)
    return views.Told(plan, undoable=undoable)


def redraw(client: WebClient, context: Context, plan_id: str, pressed_by: str = "") -> None:
    """Edit the plan's message; where that is impossible post it anew or tell the requester, and remember where it is.

    A run may end while our edit is on its way, and its own edit may overtake ours: so we look again afterwards.
    """
    shown: kit.Block = {}
    for _ in range(4):
        plan = imports.drawn(context, plan_id)
        message = draw(context, plan_id, pressed_by) if may_stand(context, plan.channel, plan.company_id) else views.elsewhere()
        if not plan.message_ts and plan.auto and plan.state is PlanState.PROPOSED:
            _introduce(client, context, plan, message)
            return
        if not plan.message_ts or message == shown:
            return
        at = slack.Placed(plan.channel, plan.message_ts)
        now_at = slack.update(client, at, message, plan.requested_by)
        if now_at != at:
            imports.reposted(context, plan_id, now_at.channel, now_at.ts)
        shown = message


def _introduce(client: WebClient, context: Context, plan: Plan, message: kit.Block) -> None:
    """A proposal that nobody asked for is shown to the people of its connection, where its notices go."""
    connection = next((each for each in connect.connections(context) if each.id == plan.connection_id), None)
    if connection is not None:
        place = slack.post(client, connection.channel or connection.created_by, message, connection.created_by)
        imports.reposted(context, plan.id, place.channel, place.ts)


def nudge(client: WebClient, context: Context, plan_id: str) -> None:
    """Edit the plan's message if it can be edited; progress is not worth another message."""
    plan = imports.drawn(context, plan_id)
    if plan.message_ts and may_stand(context, plan.channel, plan.company_id):
        client.chat_update(channel=plan.channel, ts=plan.message_ts, **draw(context, plan_id))

"""Clicks on a preview: Approve, Deny, See all changes, Only some, Report."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from slack_bolt import App
from slack_sdk.errors import SlackApiError

from domain.approval import Choice
from domain.plan import Plan
from domain.roles import Act
from flows import imports as flow
from flows import reports
from flows.context import Context
from flows.desk import may_stand
from handlers import failures, plans, pressed, slack
from handlers.actor import Ask
from handlers.views import doors, kit
from handlers.views import imports as views
from handlers.views import plans as plan_views
from handlers.views import reports as report_views

log = logging.getLogger(__name__)


def approved(ask: Ask) -> None:
    _decide(ask, Choice.APPROVE)


def denied(ask: Ask) -> None:
    _decide(ask, Choice.DENY)


def _decide(ask: Ask, choice: Choice) -> None:
    """The buttons go at once, then the click is judged, then what came of it takes their place, also for a refusal."""
    plan_id = ask.value
    plan = flow.drawn(ask.context, plan_id)
    copy = _copy(ask, plan)
    stands = may_stand(ask.context, ask.channel, plan.company_id)
    with pressed.drawing(ask, stands):
        _drawn(ask, plan_id, copy, ask.user)
    is_drawn = False
    try:
        _, decision = flow.decide(ask.context, ask.desk(), plan_id, choice)
        ask.ack()
    finally:
        with pressed.drawing(ask, stands):
            is_drawn = _drawn(ask, plan_id, copy)
    if decision.moves_to is None or not is_drawn:
        ask.say(kit.sentence(decision.reason))


def _copy(ask: Ask, plan: Plan) -> slack.Placed | None:
    """The pressed message where it is not the plan's own. A plan is drawn there only for who may see it."""
    place = ask.message
    if place is None or place == slack.Placed(plan.channel, plan.message_ts):
        return None
    flow.one(ask.context, ask.desk(), plan.id)
    return place


def _drawn(ask: Ask, plan_id: str, copy: slack.Placed | None, pressed_by: str = "") -> bool:
    """Draw it. While Slack itself is in trouble a decision does not wait for its drawing; False: nobody saw it there."""
    try:
        _draw(ask, plan_id, copy, pressed_by)
    except SlackApiError as error:
        if not slack.is_passing(error):
            raise
        log.info("A decision could not be drawn: %s", slack.reason(error))
        return False
    return True


def _draw(ask: Ask, plan_id: str, copy: slack.Placed | None, pressed_by: str = "") -> None:
    if copy is not None:
        slack.update(ask.client, copy, plans.draw(ask.context, plan_id, pressed_by), ask.user)
    plans.redraw(ask.client, ask.context, plan_id, pressed_by)


# All changes


def all_asked(ask: Ask) -> None:
    look = views.Look(ask.value, ask.channel)
    shown = flow.items(ask.context, ask.desk(), look.plan_id)
    if ask.open(views.changes(shown, look)) is None:
        ask.say("Slack did not open the list in time. Press *See all changes* once more.")


def looked(ask: Ask) -> None:
    _draw_changes(ask, replace(views.look_of(ask.view), page=1))


def turned(ask: Ask) -> None:
    _draw_changes(ask, replace(views.look_of(ask.view), page=kit.paged(ask.value)[1]))


def _draw_changes(ask: Ask, look: views.Look) -> None:
    shown = flow.items(ask.context, ask.desk(look.channel), look.plan_id, look.action, look.search, look.page)
    slack.update_view(ask.client, str(ask.view["id"]), views.changes(shown, look))


def closed(ask: Ask) -> None:
    ask.ack()


# What cannot come along


def report_asked(ask: Ask) -> None:
    plan, report = reports.nothing_lost(ask.context, ask.desk(), ask.value)
    if ask.open(report_views.modal(plan, report, plan_views.title(plan))) is None:
        ask.say("Slack did not open the report in time. Press *Report* once more.")


# Only some


def some_asked(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.IMPORT)
    plan = flow.one(ask.context, desk, ask.value)
    if ask.open(views.only_some(plan.id, ask.channel, plan_views.title(plan))) is None:
        ask.say("Slack did not open the picker in time. Press *Only some…* once more.")


def offer_rows(ask: Ask) -> Sequence[kit.Offered]:
    plan_id = ask.meta.split("|")[0]
    return [views.option(item) for item in flow.choices(ask.context, ask.desk(), plan_id, ask.typed)]


def chosen(ask: Ask) -> None:
    plan_id = ask.meta.split("|")[0]
    external_ids = kit.values(ask.state, views.CHOICE, views.CHOICE_PICK)
    plan = flow.choose(ask.context, ask.desk(), plan_id, external_ids)
    ask.ack()
    plans.redraw(ask.client, ask.context, plan.id)


def bind(app: App, context: Context) -> None:
    for action_id, listener in (
        (plan_views.ALL, all_asked), (plan_views.SOME, some_asked), (doors.REPORT, report_asked), (views.SEARCH, looked),
        (views.FILTER, looked),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(plan_views.APPROVE)(failures.deciding(context, approved))
    app.action(plan_views.DENY)(failures.deciding(context, denied))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, turned))
    app.options(views.CHOICE_PICK)(failures.offering(context, offer_rows))
    app.view(views.CHANGES)(failures.submitting(context, closed))
    app.view(views.CHOSEN)(failures.submitting(context, chosen))

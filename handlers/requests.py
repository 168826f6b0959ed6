"""A second person's clicks: Approve and Deny of a request, Break glass, and the settings of four eyes."""

from slack_bolt import App

from domain import four_eyes
from domain.approval import Choice
from domain.errors import TellPerson
from flows import imports, requests, second
from flows.context import Context
from flows.desk import may_stand
from flows.performers import PERFORMERS
from handlers import asked, failures, plans, pressed, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import kit
from handlers.views import plans as plan_views
from handlers.views import requests as views


def approved(ask: Ask) -> None:
    _decide(ask, Choice.APPROVE)


def denied(ask: Ask) -> None:
    _decide(ask, Choice.DENY)


def _decide(ask: Ask, choice: Choice) -> None:
    """The buttons go at once, then the click is judged, then what came of it takes their place, also for a refusal."""
    request_id = ask.value
    request = requests.one(ask.context, ask.desk(), request_id)
    stands = may_stand(ask.context, ask.channel, request.company_id)
    with pressed.drawing(ask, stands):
        asked.tell(ask.client, ask.context, request_id, ask.user)
    try:
        _, ruling = requests.decide(ask.context, ask.desk(), request_id, choice, PERFORMERS)
        ask.ack()
    finally:
        with pressed.drawing(ask, stands):
            asked.tell(ask.client, ask.context, request_id)
            _follow(ask, request.message_ts)
    if ruling.moves_to is None:
        ask.say(kit.sentence(ruling.reason))


def _follow(ask: Ask, message_ts: str) -> None:
    """One of several direct messages that tell of a request: it shows what came of the click, too."""
    if ask.action.get("action_id") in (views.APPROVE, views.DENY) and ask.message and ask.message.ts != message_ts:
        slack.update(ask.client, ask.message, asked.draw(ask.context, ask.value), ask.user)


# Break glass


def request_glass(ask: Ask) -> None:
    desk = ask.desk()
    request = requests.one(ask.context, desk, ask.value)
    four_eyes.may_reach_glass(desk.actor, request.requested_by)
    _open_glass(ask, views.REQUEST, request.id)


def plan_glass(ask: Ask) -> None:
    desk = ask.desk()
    plan = imports.one(ask.context, desk, ask.value)
    four_eyes.may_reach_glass(desk.actor, plan.requested_by)
    _open_glass(ask, views.PLAN, plan.id)


def _open_glass(ask: Ask, what: str, id_: str) -> None:
    ask.show(views.glass(what, id_, ask.channel))


def broken(ask: Ask) -> None:
    """The reason was given: go on alone, and tell the channel."""
    what, id_, channel = [*ask.meta.split("|"), "", ""][:3]
    note, desk = kit.value(ask.state, views.NOTE, views.NOTE), ask.desk(channel)
    if what == views.PLAN:
        plan, decision = imports.break_glass(ask.context, desk, id_, note)
        ask.ack()
        plans.redraw(ask.client, ask.context, id_)
        _tell_channel(ask, plan.channel or channel, decision.moves_to is not None, decision.reason, plan_views.title(plan), note)
        return
    request, ruling = requests.break_glass(ask.context, desk, id_, note, PERFORMERS)
    ask.ack()
    asked.tell(ask.client, ask.context, id_)
    _tell_channel(ask, request.channel or channel, ruling.moves_to is not None, ruling.reason, request.summary, note)


def _tell_channel(ask: Ask, channel: str, is_done: bool, reason: str, what: str, note: str) -> None:
    if is_done:
        slack.post(ask.client, channel, views.glass_said(ask.user, what, note), ask.user)
    else:
        ask.say(kit.sentence(reason))


# Settings


def settings(ask: Ask) -> None:
    acts, deputies = second.read(ask.context, ask.desk())
    ask.show(views.form(acts, deputies, ask.channel))


def saved(ask: Ask) -> None:
    acts, away, deputy = views.chosen(ask.state)
    if bool(away) != bool(deputy):
        raise TellPerson("Choose both: who is away, and who approves meanwhile.", field="away" if deputy else "deputy")
    said = [second.choose(ask.context, ask.desk(), acts)]
    if away:
        said.append(second.stand_in(ask.context, ask.desk(), away, deputy))
    ask.ack()
    ask.say(kit.sentence(" ".join(each for each in said if each) or "Nothing changed."))


def back(ask: Ask) -> None:
    said = kit.sentence(second.stand_in(ask.context, ask.desk(), ask.value, None))
    acts, deputies = second.read(ask.context, ask.desk())
    if not slack.update_view(ask.client, str(ask.view["id"]), views.form(acts, deputies, ask.channel, said)):
        ask.say(said)


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    for action_id, listener in (
        (views.APPROVE, approved), (views.DENY, denied), (views.LISTED_APPROVE, approved), (views.LISTED_DENY, denied),
    ):
        app.action(action_id)(failures.deciding(context, listener))
    for action_id, listener in (
        (views.BREAK, request_glass), (views.LISTED_BREAK, request_glass), (plan_views.BREAK, plan_glass), (views.SETTINGS, settings),
        (views.BACK, back),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.view(views.BROKEN)(failures.submitting(context, broken))
    app.view(views.SAVED)(failures.submitting(context, saved))

"""The App Home tab: the facts for one reader, drawn when they open it and when something of theirs has changed."""

from collections.abc import Callable

from slack_bolt import App
from slack_sdk import WebClient

from domain.errors import NotAllowed
from flows import desk as desks
from flows import overview
from flows.context import Context
from handlers import actor, decisions, failures, requests
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import home as views
from handlers.views import kit

ONLY_MEMBERS = "Gangway is only for the full members of this workspace, so there is nothing to show here."


def publish(client: WebClient, context: Context, user_id: str, team: str) -> None:
    """Draw the Home tab of one person as things stand now. `team` is the workspace: others' people are strangers."""
    client.views_publish(user_id=user_id, view=_drawn(client, context, user_id, team))


def _drawn(client: WebClient, context: Context, user_id: str, team: str) -> kit.Block:
    standing = actor.standing(client, user_id, team)
    if standing.is_stranger or standing.is_guest:
        return views.closed(ONLY_MEMBERS)
    desk = desks.sit(context, standing, "")
    try:
        facts = overview.facts(context, desk)
    except NotAllowed as error:
        return views.closed(kit.sentence(error.said))
    return views.home(facts, desk.actor, context.words.command)


def _opened(ask: Ask) -> None:
    if ask.body["event"].get("tab") == "home":
        publish(ask.client, ask.context, ask.user, ask.team)


def _decide(listener: Callable[[Ask], None]) -> Callable[[Ask], None]:
    """A decision pressed here: the plan's own message changes as always, and then the tab, also after a refusal."""

    def pressed(ask: Ask) -> None:
        try:
            listener(ask)
        finally:
            publish(ask.client, ask.context, ask.user, ask.team)

    return pressed


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    app.event("app_home_opened")(failures.acting(context, _opened))
    app.action(views.APPROVE)(failures.acting(context, _decide(decisions.approved)))
    app.action(views.REQUEST_APPROVE)(failures.acting(context, _decide(requests.approved)))
    app.action(views.REQUEST_DENY)(failures.acting(context, _decide(requests.denied)))
    app.action(views.DENY)(failures.acting(context, _decide(decisions.denied)))

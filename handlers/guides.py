"""The guides: from the help and from the connect form, as lists of steps to tick."""

from slack_bolt import App

from flows import guides
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import guides as views


def opened(ask: Ask) -> None:
    joining = f"{ask.context.words.public_url}/join-help"
    ask.show(views.index(guides.shelf(ask.context, ask.desk()), joining, ask.channel))


def shown(ask: Ask) -> None:
    source, _, number = ask.value.partition("|")
    desk = ask.desk()
    connector, guide = guides.one(ask.context, desk, source, int(number or 0))
    ticked = guides.ticked(ask.context, desk, source, int(number or 0))
    ask.show(views.page(connector, guide, int(number or 0), ticked, ask.channel))


def stepped(ask: Ask) -> None:
    """A box was ticked or cleared: it is remembered, and the count on top follows."""
    source, number, step = views.place(str(ask.action.get("block_id", "")))
    desk, is_on = ask.desk(), bool(ask.action.get("selected_options"))
    connector, guide = guides.one(ask.context, desk, source, number)
    ticked = guides.tick(ask.context, desk, source, number, step, is_on)
    slack.update_view(ask.client, str(ask.view["id"]), views.page(connector, guide, number, ticked, ask.channel))


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    app.action(views.OPEN)(failures.acting(context, opened))
    for number in range(10):
        app.action(f"{views.SHOW}{number}")(failures.acting(context, shown))
    app.action(views.TICK)(failures.acting(context, stepped))

"""The button `Provision webhooks`, wherever it stands."""

from slack_bolt import App

from flows import hooks
from flows.context import Context
from handlers import failures
from handlers.actor import Ask
from handlers.views import doors, kit


def provisioned(ask: Ask) -> None:
    """What came of it is told when it is done."""
    ask.say(kit.sentence(hooks.ask(ask.context, ask.desk(), ask.value)))


def bind(app: App, context: Context) -> None:
    app.action(doors.PROVISION)(failures.acting(context, provisioned))

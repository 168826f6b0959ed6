"""Quick Sync and Clear & Resync of tickets, from the wizard's third step and from the ticket settings."""

from slack_bolt import App

from domain.errors import GangwayError
from domain.psa import Feature
from flows import sync
from flows import ticket_clearing as flow
from flows.context import Context
from handlers import failures
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import kit
from handlers.views import ticket_clearing as views


def maintenance(ask: Ask, connection_id: str) -> list[kit.Block]:
    """The two buttons; nothing where tickets are not synced."""
    try:
        return views.maintenance(flow.look(ask.context, ask.desk(), connection_id))
    except GangwayError:
        return []


def quick(ask: Ask) -> None:
    _told(ask, sync.ask(ask.context, ask.desk(), ask.value, Feature.TICKETS))


def cleared(ask: Ask) -> None:
    _told(ask, flow.clear(ask.context, ask.desk(), ask.value))


def _told(ask: Ask, said: str) -> None:
    """Beside the form, which stays as it is: what was typed there is not saved yet."""
    done = kit.sentence(said)
    if ask.view.get("type") != "modal" or ask.open(kit.modal("Tickets", [kit.section(done)], "tickets_told")) is None:
        ask.say(done)


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    app.action(views.QUICK)(failures.acting(context, quick))
    app.action(views.CLEAR)(failures.acting(context, cleared))

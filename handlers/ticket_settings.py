"""Ticket settings, from `/msp settings`: defaults, types by category, display groups, templates."""

from collections.abc import Callable, Sequence

from slack_bolt import App

from domain.psa import Pick
from flows import ticket_settings as flow
from flows.context import Context
from handlers import failures, slack, ticket_clearing
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import kit
from handlers.views import ticket_settings as views


def opened(ask: Ask) -> None:
    ask.show(_overview(ask, ask.value))


def switched(ask: Ask) -> None:
    """Another PSA's settings, in the same form."""
    slack.update_view(ask.client, str(ask.view["id"]), _overview(ask, ask.value))


def _overview(ask: Ask, connection_id: str, done: str = "") -> kit.Block:
    desk = ask.desk()
    there = flow.read(ask.context, desk, connection_id)
    below = ticket_clearing.maintenance(ask, there.connection.id)
    return views.overview(there, flow.psas(ask.context, desk), ask.channel, done, below)


def _there(ask: Ask) -> flow.TicketDesk:
    return flow.read(ask.context, ask.desk(), views.place(ask.meta).connection_id)


def _saved(ask: Ask, said: str) -> None:
    """The form closes; the overview beneath it shows what was done."""
    connection_id = views.place(ask.meta).connection_id
    ask.ack()
    beneath = str(ask.view.get("previous_view_id") or "")
    done = kit.sentence(said)
    if not beneath or not slack.update_view(ask.client, beneath, _overview(ask, connection_id, done)):
        ask.say(done)


def _redrawn(ask: Ask, said: str) -> None:
    done = kit.sentence(said)
    form = _overview(ask, views.place(ask.meta).connection_id, done)
    if not slack.update_view(ask.client, str(ask.view["id"]), form):
        ask.say(done)


# display groups


def group_opened(ask: Ask) -> None:
    there = _there(ask)
    group = next((each for each in there.groups if each.id == ask.value), flow.new_group(there))
    ask.show(views.group_form(there, group, ask.channel))


def group_saved(ask: Ask) -> None:
    place = views.place(ask.meta)
    name, roles, fields, statuses = views.read_group(ask.state)
    _saved(ask, flow.save_group(ask.context, ask.desk(), place.connection_id, place.entry_id, name, roles, fields, statuses))


def group_dropped(ask: Ask) -> None:
    _redrawn(ask, flow.drop_group(ask.context, ask.desk(), views.place(ask.meta).connection_id, ask.value))


# templates


def template_opened(ask: Ask) -> None:
    there = _there(ask)
    template = next((each for each in there.templates if each.id == ask.value), flow.new_template(there))
    ask.show(views.template_form(there, template, ask.channel))


def template_saved(ask: Ask) -> None:
    place = views.place(ask.meta)
    template = views.read_template(ask.state, place.entry_id, _there(ask).connection.source)
    _saved(ask, flow.save_template(ask.context, ask.desk(), place.connection_id, template))


def template_dropped(ask: Ask) -> None:
    _redrawn(ask, flow.drop_template(ask.context, ask.desk(), views.place(ask.meta).connection_id, ask.value))


# defaults and types


def defaults_opened(ask: Ask) -> None:
    ask.show(views.defaults_form(_there(ask), ask.channel))


def defaults_saved(ask: Ask) -> None:
    connection_id = views.place(ask.meta).connection_id
    _saved(ask, flow.keep_defaults(ask.context, ask.desk(), connection_id, views.filled(ask.state)))


def type_opened(ask: Ask) -> None:
    ask.show(views.type_form(_there(ask), ask.channel))


def type_saved(ask: Ask) -> None:
    chosen, connection_id = views.filled(ask.state), views.place(ask.meta).connection_id
    _saved(ask, flow.set_type(ask.context, ask.desk(), connection_id, chosen["category"], chosen["type"]))


def type_dropped(ask: Ask) -> None:
    _redrawn(ask, flow.set_type(ask.context, ask.desk(), views.place(ask.meta).connection_id, ask.value, ""))


def _offer(pick: Pick) -> Callable[[Ask], Sequence[kit.Offered]]:
    def offered(ask: Ask) -> Sequence[kit.Offered]:
        connection_id = views.place(ask.meta).connection_id
        found = flow.options(ask.context, ask.desk(), connection_id, pick, ask.typed)
        return [(choice.label, choice.id) for choice in found]

    return offered


VERBS: tuple[Verb, ...] = ()


def bind(app: App, context: Context) -> None:
    for action_id, listener in (
        (views.OPEN, opened), (views.GROUP, group_opened), (views.DROP_GROUP, group_dropped),
        (views.TEMPLATE, template_opened), (views.DROP_TEMPLATE, template_dropped), (views.DEFAULTS, defaults_opened),
        (views.TYPE, type_opened), (views.DROP_TYPE, type_dropped),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.any_of(views.PSA))(failures.acting(context, switched))
    for callback, form in (
        (views.GROUP_SAVED, group_saved), (views.TEMPLATE_SAVED, template_saved),
        (views.DEFAULTS_SAVED, defaults_saved), (views.TYPE_SAVED, type_saved),
    ):
        app.view(callback)(failures.submitting(context, form))
    for pick in Pick:
        app.options(views.PICK + pick.name)(failures.offering(context, _offer(pick)))

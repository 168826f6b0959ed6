"""`/msp connect`, `test`, `integrations`: entering credentials, trying them, keeping them, looking after them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from slack_bolt import App

from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.ports import Connector
from domain.roles import Act
from flows import connect as flow
from flows import private
from flows import settings as settings_flow
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.later import Patience
from handlers.views import connect as views
from handlers.views import doors, kit


def run(ask: Ask, words: str) -> None:
    """`/msp connect [source]`."""
    if words:
        _open(ask, flow.connector_named(ask.context, words))
        return
    _may_connect(ask)
    connectors = tuple(ask.context.connectors.values())
    ask.answer(views.picker(connectors, flow.live(ask.context)))


def opened(ask: Ask) -> None:
    """A button that leads here; its value names the source."""
    run(ask, ask.value)


def _open(ask: Ask, connector: Connector) -> None:
    _may_connect(ask)
    stored = next((each for each in flow.live(ask.context) if each.source == connector.name), None)
    form = views.Form(
        connector, ask.channel, preset=_preset(ask, connector), shown=stored.shown if stored else None,
        link=private.credentials_link(ask.context, ask.desk(), connector),
        takes_secrets=ask.context.words.credentials_in_slack,
    )
    if ask.open(views.modal(form)) is None:
        again = kit.actions(doors.connect("Open the form", connector.name, "primary"))
        ask.say(f"Slack did not open the form in time. Press the button for {kit.said(connector.title)}.", *again)


def _may_connect(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.CONNECT)
    desk.whole_msp()


# In the modal


def _form(ask: Ask) -> views.Form:
    name, guide, channel = views.read_meta(ask.meta)
    connector = flow.connector_named(ask.context, name)
    return views.Form(
        connector, channel, guide, preset=_preset(ask, connector), link=views.link_of(ask.view),
        takes_secrets=ask.context.words.credentials_in_slack,
    )


def _typed(ask: Ask, form: views.Form) -> dict[str, str]:
    """What was typed; refused where no secret may pass through Slack, as from a form of before that was decided."""
    if not form.takes_secrets:
        raise TellPerson("Credentials are not taken in Slack here. Use the private page.", remedy="connect")
    return views.typed(ask.state, form.connector)


def _preset(ask: Ask, connector: Connector) -> frozenset[str]:
    return frozenset(ask.context.defaults.get(connector.name, {}))


def _draw(ask: Ask, form: views.Form) -> None:
    slack.update_view(ask.client, str(ask.view["id"]), views.modal(form))


def guided(ask: Ask) -> None:
    """Another guide, or none; what was typed stays, as the inputs keep their ids."""
    which = str(ask.action["action_id"]).removeprefix(views.GUIDE)
    _draw(ask, replace(_form(ask), guide=int(which) if which.isdecimal() else None))


def helped(ask: Ask) -> None:
    form, word = _form(ask), str(ask.action["action_id"]).removeprefix(views.HELPED)
    guide = form.connector.guides[form.guide or 0].title
    settings_flow.give_feedback(ask.context, ask.desk(), f"Guide “{guide}” of {form.connector.title} helped: {word}.")
    _draw(ask, replace(form, thanked=True))


def tested(ask: Ask) -> None:
    """Test connection: the result is drawn above the fields."""
    form = _form(ask)
    fields = _typed(ask, form)
    wrong = flow.shape_problems(ask.context, form.connector, fields)
    if wrong:
        _draw(ask, replace(form, result=views.problems(form.connector, wrong)))
        return
    _draw(ask, replace(form, result=f"Testing {kit.said(form.connector.title)} …"))
    try:
        finding = flow.test(ask.context, ask.desk(), form.connector, fields)
    except NotAllowed:
        raise
    except GangwayError as error:
        result = views.why_not(form.connector, error)
    else:
        found = views.what_was_found(form.connector.title, finding)
        result = f"{found}\nNothing is kept yet: press *Save*."
    _draw(ask, replace(form, result=result))


@dataclass(frozen=True)
class Saving:
    """Saving tries the credentials, which may take longer than Slack waits for a submitted modal."""

    patience: Patience

    def submitted(self, ask: Ask) -> None:
        began, form = self.patience.now(), _form(ask)
        fields = _typed(ask, form)
        wrong = flow.shape_problems(ask.context, form.connector, fields)
        if wrong:
            ask.ack(response_action="errors", errors=_errors(form.connector, wrong))
            return
        work = self.patience.pool.submit(lambda: flow.save(ask.context, ask.desk(form.channel), form.connector, fields))
        try:
            connection, finding = self.patience.result(ask, began, work, lambda: views.testing(form.connector, form.meta))
        except Exception as error:
            if not ask.acked:
                raise
            _refused_late(ask, form, error)
            return
        view = views.saved_view(connection, finding, form.meta)
        if ask.acked:
            slack.update_view(ask.client, str(ask.view["id"]), view)
        else:
            ask.ack(response_action="update", view=view)
        slack.private(ask.client, form.channel, ask.user, views.saved_message(connection, finding))


def _refused_late(ask: Ask, form: views.Form, error: Exception) -> None:
    """Told here, because the modal it belongs to is another one by now."""
    if isinstance(error, flow.Overtaken):
        slack.update_view(ask.client, str(ask.view["id"]), views.overtaken_view(error.said, form.meta))
        slack.private(ask.client, form.channel, ask.user, views.overtaken_message(form.connector, error.said))
        return
    text = failures.said(ask, error)
    if isinstance(error, GangwayError):
        text = views.why_not(form.connector, error)
    slack.update_view(ask.client, str(ask.view["id"]), views.failed_view(form.connector, text, form.meta))
    slack.private(ask.client, form.channel, ask.user, views.failed_message(form.connector, text))


def _errors(connector: Connector, wrong: Mapping[str, str]) -> dict[str, str]:
    names = {field.name for field in connector.fields}
    first = connector.fields[0].name
    return {views.block_of(name if name in names else first): kit.cut(text, 500) for name, text in wrong.items()}


VERBS = (Verb("connect", "connect [source]", "Connect a source: guide, credentials, test", run, "Connect a source"),)


def bind(app: App, context: Context) -> None:
    saving = Saving(Patience(ThreadPoolExecutor(8, thread_name_prefix="connect")))
    app.action(doors.CONNECT)(failures.acting(context, opened))
    app.action(views.TEST)(failures.acting(context, tested))
    app.action(kit.any_of(views.GUIDE))(failures.acting(context, guided))
    app.action(kit.any_of(views.HELPED))(failures.acting(context, helped))
    app.view(views.SAVE)(failures.submitting(context, saving.submitted))

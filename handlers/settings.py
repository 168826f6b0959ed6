"""Settings: roles, approvals, the MSP's name, channels bound to a company, where feedback goes."""

from slack_bolt import App

from domain.roles import Act
from flows import companies, settings
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.companies import offer
from handlers.views import kit
from handlers.views import settings as views


def change(ask: Ask, _words: str) -> None:
    """`/msp settings`: for Admins."""
    ask.show(_form(ask))


def _form(ask: Ask, done: str = "") -> kit.Block:
    desk = ask.desk()
    desk.require(Act.SETTINGS)
    bindings = companies.bindings(ask.context, desk)
    return views.form(settings.read(ask.context), bindings, ask.channel, done)


def _save(ask: Ask) -> None:
    """What is in the form is done one by one; pressed again, what was done already changes nothing."""
    wanted, desk, context = views.wanted(ask.state), ask.desk(), ask.context
    said = [
        settings.change(
            context,
            desk,
            default_role=wanted.default_role,
            second_person=wanted.second_person,
            msp_name=wanted.msp_name,
            feedback_channel=wanted.feedback_channel,
        )
    ]
    if wanted.person:
        said.append(settings.assign(context, desk, wanted.person, wanted.role))
    if wanted.channel:
        said.append(companies.bind(context, desk, wanted.channel, wanted.company_id))
    ask.ack()
    ask.say(kit.sentence(" ".join(each for each in said if each) or "Nothing changed."))


def _forget(ask: Ask) -> None:
    _redraw(ask, settings.assign(ask.context, ask.desk(), ask.value, None))


def _free(ask: Ask) -> None:
    _redraw(ask, companies.bind(ask.context, ask.desk(), ask.value, None))


def _redraw(ask: Ask, said: str) -> None:
    done = kit.sentence(said)
    if not slack.update_view(ask.client, str(ask.view["id"]), _form(ask, done)):
        ask.say(done)


VERBS = (Verb("settings", "settings", "Roles, approvals, your name, channels bound to a company", change, "Settings"),)


def bind(app: App, context: Context) -> None:
    app.action(views.FORGET)(failures.acting(context, _forget))
    app.action(views.FREE)(failures.acting(context, _free))
    app.options(views.COMPANY_PICK)(failures.offering(context, offer))
    app.view(views.SAVE)(failures.submitting(context, _save))

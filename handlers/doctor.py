"""`/msp doctor`: the findings, and the buttons that mend them."""

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from domain.errors import TellPerson
from domain.roles import Act
from flows import doctor, mending
from flows.context import Context
from flows.desk import Desk
from flows.findings import Mend
from handlers import failures, watching
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import doctor as views
from handlers.views import kit

# What the app asks for in its manifest; a test holds the two together.
SCOPES = (
    "app_mentions:read", "channels:read", "chat:write", "chat:write.public", "commands", "files:write", "groups:read",
    "im:history", "im:write", "users:read", "users:read.email",
)  # fmt: skip


def run(ask: Ask, _words: str = "") -> None:
    """`/msp doctor`: it asks every source, which takes a few seconds."""
    desk = ask.desk()
    desk.require(Act.LOOK)
    desk.whole_msp()
    ask.answer(_examined(ask, desk))


def _examined(ask: Ask, desk: Desk, done: str = "") -> kit.Block:
    return views.message(doctor.examine(ask.context, desk, missing_scopes(ask.client)), done)


def again(ask: Ask) -> None:
    """Look again: what is found now takes the place of what was."""
    desk = ask.desk()
    desk.require(Act.LOOK)
    desk.whole_msp()
    _replace(ask, _examined(ask, desk))


def _replace(ask: Ask, message: kit.Block) -> None:
    ask.answer(message, replace=ask.message is None)


def missing_scopes(client: WebClient) -> list[str]:
    """Scopes that the installed app lacks; none where Slack does not say."""
    try:
        answer = client.auth_test()
    except (SlackClientError, OSError):
        return []
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    return sorted(set(SCOPES) - granted) if granted else []


# the buttons


def turned_on(ask: Ask) -> None:
    connection_id, _, part = ask.value.partition("|")
    _mended(ask, mending.turn_on(ask.context, ask.desk(), connection_id, part))


def imported(ask: Ask) -> None:
    _mended(ask, mending.auto_import(ask.context, ask.desk(), ask.value))


def unfiltered(ask: Ask) -> None:
    connection_id, _, names = ask.value.partition("|")
    _mended(ask, mending.unfilter(ask.context, ask.desk(), connection_id, names))


def _mended(ask: Ask, said: str) -> None:
    """The message says what was done, at once without its buttons; then what is found now."""
    _replace(ask, views.looking(said))
    _replace(ask, _examined(ask, ask.desk(), said))


def role_asked(ask: Ask) -> None:
    desk, connection_id = ask.desk(), ask.value
    desk.require(Act.CONNECT)
    desk.whole_msp()
    if ask.open(views.role_form(mending.ROLES, f"{connection_id}|{ask.channel}")) is None:
        ask.say("Slack gave up waiting before I could open the form. Press the button again.")
    else:
        watching.follow(ask, _place(ask, connection_id), lambda: again(ask))


def _place(ask: Ask, connection_id: str) -> str:
    """Where a person was asked for a role: the findings there follow."""
    return f"doctor {connection_id} {ask.user}"


def role_chosen(ask: Ask) -> None:
    role = views.role_of(ask.state)
    if role is None:
        raise TellPerson("Choose a role.", field="role")
    connection_id = ask.meta.partition("|")[0]
    said = mending.auto_import(ask.context, ask.desk(), connection_id, role)
    ask.ack()
    ask.say(kit.sentence(said))
    watching.redraw(ask, _place(ask, connection_id))


VERBS = (Verb("doctor", "doctor", "Every common trouble, each with its finding and a button that mends it", run, "Doctor"),)


def bind(app: App, context: Context) -> None:
    app.action(views.AGAIN)(failures.acting(context, again))
    for mend, listener in (
        (Mend.TURN_ON, turned_on), (Mend.AUTO_IMPORT, imported), (Mend.UNFILTER, unfiltered), (Mend.ROLE, role_asked),
    ):  # fmt: skip
        app.action(f"{views.MENDED}{mend}")(failures.acting(context, listener))
    app.view(views.ROLE_FORM)(failures.submitting(context, role_chosen))

"""The one error boundary: whatever goes wrong in a listener becomes a sentence, where the person is.

What we know how to say is said, with a button for the next step. Anything else gets a short reference number: the same
number stands in the log, there with the place in our code but without the error's own text, which may quote a secret.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import App
from slack_sdk.errors import SlackApiError

from domain.errors import AskOperator, GangwayError, NotAllowed, TellPerson
from flows import outages
from flows.context import Context
from handlers import hands, slack
from handlers.actor import Ask
from handlers.views import doors, kit

log = logging.getLogger(__name__)

Listener = Callable[[Ask], None]
FAILED = "failure_shown"
_DECIDED_WITHIN = 2.3  # seconds; Slack waits for 3


def acting(context: Context, listener: Listener) -> Callable[..., None]:
    """For commands, actions and events: Slack has its answer first, then the listener runs, among the hands for that."""

    def run(ack: Any, body: Any, client: Any, respond: Any, context: Any) -> None:
        ask = _ask(flows_context, ack, body, client, respond, context)
        ask.ack()
        hands.do(context, lambda: _guarded(ask, listener))

    flows_context = context
    return run


def deciding(context: Context, listener: Listener) -> Callable[..., None]:
    """For decisions: Slack has its answer when the listener gives it, once the decision is kept, and in time anyway.

    A press that a dying process swallowed is then shown as failed, and pressed once more; nobody believes it was heard.
    """

    def run(ack: Any, body: Any, client: Any, respond: Any, context: Any) -> None:
        ask = _ask(flows_context, ack, body, client, respond, context)
        late = threading.Timer(_DECIDED_WITHIN, ask.ack)
        late.daemon = True
        late.start()
        _guarded(ask, listener)
        late.cancel()
        ask.ack()

    flows_context = context
    return run


def submitting(context: Context, listener: Listener) -> Callable[..., None]:
    """For submitted modals: the listener answers with `ask.ack`; an error before that stays in the modal."""

    def run(ack: Any, body: Any, client: Any, respond: Any, context: Any) -> None:
        ask = _ask(flows_context, ack, body, client, respond, context)
        _guarded(ask, listener)
        ask.ack()

    flows_context = context
    return run


def offering(context: Context, offer: Callable[[Ask], Sequence[kit.Offered]]) -> Callable[..., None]:
    """For pickers that ask us while a person types: text, id, perhaps a remark. An error offers nothing."""

    def run(ack: Any, body: Any, client: Any, respond: Any, context: Any) -> None:
        ask = _ask(flows_context, ack, body, client, respond, context)
        found: Sequence[kit.Offered] = ()
        try:
            found = offer(ask)
        except GangwayError as error:
            log.info("A picker offers nothing: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001
            if not outages.is_outage(error):
                note(ask, error)
        ask.ack(options=[kit.option(*each) for each in found[:100]])

    flows_context = context
    return run


def bind(app: App, context: Context) -> None:
    """The last net: errors of listeners that are not wrapped."""

    def caught(error: Any, body: Any, client: Any, respond: Any, ack: Any, context: Any) -> None:
        tell(_ask(flows_context, ack, body, client, respond, context), error)

    flows_context = context
    app.error(caught)


def tell(ask: Ask, error: Exception) -> None:
    """Say what went wrong, where the person is: in the modal, beside what they pressed, else directly."""
    text = said(ask, error)
    remedies = doors.remedy(error.remedy, ask.about) if isinstance(error, TellPerson) else []
    if not ask.acked and ask.body.get("type") == "view_submission":
        ask.ack(**_in_modal(ask, error, text, remedies))
        return
    ask.ack()
    if ask.view.get("type") == "modal" and ask.body.get("actions") and ask.open(view_of(text, remedies)):
        return
    ask.say(text, *remedies)


def said(ask: Ask, error: Exception) -> str:
    """The sentence for a person, ready mrkdwn."""
    if isinstance(error, GangwayError):
        return kit.sentence(error.said)
    if outages.is_outage(error):
        log.warning("The database is away: somebody was told to try again")
        return kit.sentence(outages.SAID)
    number = note(ask, error)
    return (
        "Something went wrong on our side, and it was written down. Try again; if it stays, tell your administrator "
        f"the reference *{number}*."
    )


def note(ask: Ask, error: Exception) -> str:
    """Write an unknown error down: where, what kind, never its text. Returns the reference number."""
    number = ask.context.new_id().replace("-", "")[-8:].upper()
    places = "".join(traceback.format_tb(error.__traceback__)[-6:])
    word = slack.reason(error) if isinstance(error, SlackApiError) else ""
    log.error("Reference %s: %s %s\n%s", number, type(error).__name__, word, places)
    return number


def view_of(text: str, remedies: Sequence[kit.Block] = ()) -> kit.Block:
    return kit.modal("That did not work", [kit.section(text), *remedies], FAILED)


def inline(view: Mapping[str, Any], error: Exception, text: str) -> dict[str, str] | None:
    """The sentence beside an input, where what was typed stays: at the error's field, else at the first."""
    inputs = [str(block["block_id"]) for block in view.get("blocks", ()) if block.get("type") == "input"]
    blamed = error.field if isinstance(error, TellPerson | AskOperator) else None
    where = next((each for each in inputs if blamed and each.split(":")[-1] == blamed), inputs[0] if inputs else None)
    return {where: kit.cut(text, 1500)} if where else None


def _in_modal(ask: Ask, error: Exception, text: str, remedies: Sequence[kit.Block]) -> dict[str, Any]:
    unsaid = error.said if isinstance(error, GangwayError) else text.replace("*", "")
    errors = None if isinstance(error, NotAllowed) or remedies else inline(ask.view, error, unsaid)
    if errors:
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": view_of(text, remedies)}


def _guarded(ask: Ask, listener: Listener) -> None:
    try:
        listener(ask)
    except Exception as error:  # noqa: BLE001
        _tell_or_note(ask, error)


def _tell_or_note(ask: Ask, error: Exception) -> None:
    """Telling calls Slack too, and may itself fail; then the log is all that is left."""
    try:
        tell(ask, error)
    except Exception as second:  # noqa: BLE001
        note(ask, second)


def _ask(context: Context, ack: Any, body: Any, client: Any, respond: Any, bolt: Any) -> Ask:
    found = bolt.authorize_result
    return Ask(context, client, body, str((found and found.team_id) or bolt.team_id or ""), ack, respond)

"""`/msp integrations` and `/msp test`: the cards of the sources and what their buttons do."""

from slack_bolt import App

from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.roles import Act
from flows import cards, preflight, psa_lists, sync
from flows import connect as flow
from flows.context import Context
from flows.desk import Desk
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import connect as connect_views
from handlers.views import doors, kit
from handlers.views import integrations as views
from handlers.views import preflight as preflight_views


def run(ask: Ask, _words: str = "") -> None:
    _show(ask)


def opened(ask: Ask) -> None:
    _show(ask)


def _show(ask: Ask, said: str = "", redraw: bool = False) -> None:
    desk = ask.desk()
    desk.require(Act.LOOK)
    connectors = tuple(ask.context.connectors.values())
    shown = views.message(connectors, cards.cards(ask.context, desk), desk.bound is None, said)
    ask.answer(shown, replace=redraw)


def test(ask: Ask, words: str) -> None:
    """`/msp test [source]`: one source, or each there is."""
    if words or not flow.live(ask.context):
        connection_id = flow.connection_of(ask.context, words).id
        ask.say(_finding(ask, connection_id), *_rights(ask, connection_id))
        return
    there = flow.live(ask.context)
    results = [block for each in there for block in (kit.section(_finding(ask, each.id)), *_rights(ask, each.id))]
    ask.answer(kit.message("The connections were tested.", [kit.header("Connection test"), *results]))


def tested(ask: Ask) -> None:
    ask.say(_finding(ask, ask.value), *_rights(ask, ask.value))


def _rights(ask: Ask, connection_id: str) -> list[kit.Block]:
    """The preflight; nothing where the connection does not work: that is said above, and a second try may lock the user."""
    connection = next((each for each in flow.live(ask.context) if each.id == connection_id), None)
    if connection is None or connection.trouble:
        return []
    try:
        return preflight_views.blocks(preflight.run(ask.context, ask.desk(), connection_id))
    except GangwayError:
        return []


def _finding(ask: Ask, connection_id: str) -> str:
    connection = next((each for each in flow.live(ask.context) if each.id == connection_id), None)
    title = connection.title if connection else "the source"
    try:
        return connect_views.what_was_found(title, flow.retest(ask.context, ask.desk(), connection_id))
    except GangwayError as error:
        return f"*{kit.said(title)}*: {connect_views.what_failed(error.said)}"


def sync_now(ask: Ask, words: str) -> None:
    """`/msp sync [source]`: one source, or each there is."""
    there = flow.live(ask.context)
    chosen = [flow.connection_of(ask.context, words)] if words or not there else list(there)
    desk = ask.desk()
    ask.say("\n".join(kit.sentence(_asked(ask, desk, connection.id)) for connection in chosen))


def _asked(ask: Ask, desk: Desk, connection_id: str) -> str:
    """What is said of one source: one that was synced just now keeps no other from being synced."""
    try:
        return sync.ask(ask.context, desk, connection_id)
    except NotAllowed:
        raise
    except TellPerson as error:
        return error.said


def synced(ask: Ask) -> None:
    ask.say(kit.sentence(sync.ask(ask.context, ask.desk(), ask.value)))


def listed(ask: Ask) -> None:
    """Sync PSA data: queues, statuses, types are read anew."""
    ask.answer(views.refreshed(psa_lists.refresh(ask.context, ask.desk(), ask.value)))


def kept(ask: Ask) -> None:
    _answered(ask, sync.answer(ask.context, ask.desk(), ask.value, believe=False))


def gone(ask: Ask) -> None:
    _answered(ask, sync.answer(ask.context, ask.desk(), ask.value, believe=True))


def _answered(ask: Ask, said: str) -> None:
    """The answer takes the buttons' place, with who gave it."""
    line = kit.sentence(said)
    shown = kit.message(line, [kit.section(f"{line}\nAnswered by <@{ask.user}>.")])
    if ask.message is not None:
        slack.update(ask.client, ask.message, shown, ask.user)
    else:
        ask.answer(shown, replace=True)


def disconnected(ask: Ask) -> None:
    said = flow.disconnect(ask.context, ask.desk(), ask.value)
    _show(ask, kit.sentence(said), redraw=True)


VERBS = (
    Verb("integrations", "integrations", "A card per source: state, test, map, import, sync, disconnect", run,
         "Integrations", ("sources",)),
    Verb("test", "test [source]", "Test a connection, and which rights are missing", test),
    Verb("sync", "sync [source]", "Take over what changed at a source, now", sync_now),
)


def bind(app: App, context: Context) -> None:
    app.action(doors.INTEGRATIONS)(failures.acting(context, opened))
    app.action(views.TEST)(failures.acting(context, tested))
    app.action(views.SYNC)(failures.acting(context, synced))
    app.action(doors.KEEP)(failures.acting(context, kept))
    app.action(doors.GONE)(failures.acting(context, gone))
    app.action(doors.LISTS)(failures.acting(context, listed))
    app.action(views.DISCONNECT)(failures.acting(context, disconnected))

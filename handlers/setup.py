"""`/msp setup [source]`: opening the wizard, and what is pressed inside a step; `setup_next` goes forward."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from slack_bolt import App

from domain import mention
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.ports import Connector
from domain.roles import Act
from flows import companies, connect, setup_import, setup_steps
from flows import setup as flow
from flows.context import Context
from handlers import asked, failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.later import Patience
from handlers.setup_drawing import (
    adjusted,
    at,
    captured,
    clicked,
    connector_of,
    draw,
    follow,
    note_for,
    redraw,
    turn,
)
from handlers.setup_next import Going, told
from handlers.views import connect as connect_views
from handlers.views import doors, kit, setup_connect, setup_sync
from handlers.views import setup as views
from handlers.views import setup_import as import_views
from handlers.views.setup import Look


def run(ask: Ask, words: str) -> None:
    """`/msp setup [source]`."""
    _may(ask)
    psas = [each for each in ask.context.connectors.values() if each.is_psa]
    if words or len(psas) == 1:
        _open(ask, connect.connector_named(ask.context, words) if words else psas[0])
        return
    ask.answer(views.which([(each.name, each.title) for each in psas]))


def opened(ask: Ask) -> None:
    run(ask, ask.value)


def _may(ask: Ask) -> None:
    """Whoever may not is told whom to ask: the named Admins, else the workspace's."""
    desk = ask.desk()
    if desk.actor.role is not None and not desk.actor.may(Act.CONNECT) and not desk.admins:
        names = " or ".join(mention.person(user) for user in asked.slack_admins(ask.client, ask.user)[:3])
        raise NotAllowed(f"Only an Admin can {Act.CONNECT.value}, and setting up is part of that. Nothing was done. Ask {names or 'an Admin'}.")
    flow.may(desk)


def _open(ask: Ask, connector: Connector) -> None:
    if not connector.is_psa:
        raise TellPerson(f"{connector.title} needs no set-up: connect it, map your companies, and import.", remedy="connect")
    stored = flow.stored(ask.context, connector.name)
    draft = flow.note(ask.context, ask.desk(), connector.name, lambda kept: kept if stored else replace(kept, step=1))
    look = at(ask, Look(connector.name, ask.channel, connection_id=stored.id if stored else ""), draft.step)
    ask.open(draw(ask, look, draft, note=note_for(look)))
    if ask.opened is None:
        ask.answer(views.not_opened(connector.name))
    else:
        follow(ask, ask.opened, look)


# --- clicks inside a step ----------------------------------------------------------------------------------------


def guided(ask: Ask) -> None:
    """The answer to what somebody has, or another guide."""
    which = str(ask.action["action_id"]).removeprefix(setup_connect.GUIDE)
    guide = which if which == views.READY else f"{views.GUIDED}{which}"
    look = replace(views.look_of(ask.meta), guide=guide)
    _adjust(ask, look)


def tested(ask: Ask) -> None:
    """Test connection: the result is drawn above the fields, and nothing is kept."""
    look = views.look_of(ask.meta)
    adjusted(ask, look)
    connector = connector_of(ask, look)
    testing = redraw(ask, clicked(ask), look, f"Testing {kit.said(connector.title)} …")
    redraw(ask, testing, look, _tested(ask, connector))


def _tested(ask: Ask, connector: Connector) -> str:
    desk, typed = ask.desk(), connect_views.typed(ask.state, connector)
    try:
        if not ask.context.words.credentials_in_slack:
            stored = connect.connection_of(ask.context, connector.name)
            return f"🟢 {connect_views.what_was_found(connector.title, connect.retest(ask.context, desk, stored.id))}"
        wrong = connect.shape_problems(ask.context, connector, flow.completed(ask.context, connector, typed))
        if wrong:
            return connect_views.problems(connector, wrong)
        finding = flow.test(ask.context, desk, connector, typed)
    except NotAllowed:
        raise
    except GangwayError as error:
        return connect_views.why_not(connector, error)
    return f"🟢 {connect_views.what_was_found(connector.title, finding)}\n*Next* keeps these values and goes on."


def backed(ask: Ask) -> None:
    look = views.look_of(ask.meta)
    draft = captured(ask, look)
    turn(ask, look, replace(draft, step=max(1, look.step - 1)))


def changed(ask: Ask) -> None:
    """A choice on which something else in the step depends; another search begins at its first page."""
    look = views.look_of(ask.meta)
    searched = ask.action.get("block_id") == views.block_of("search")
    _adjust(ask, look, **({"page": ("1",)} if searched else {}))


def turned(ask: Ask) -> None:
    """Another page of companies; what was chosen on this one stays."""
    _adjust(ask, views.look_of(ask.meta), page=(str(kit.paged(ask.value)[1]),))


def _adjust(ask: Ask, look: Look, **also: tuple[str, ...]) -> None:
    adjusted(ask, look, **also)
    redraw(ask, clicked(ask), look)


def skipped(ask: Ask) -> None:
    """Nothing is imported now; what was chosen for it is let go."""
    look = views.look_of(ask.meta)
    summary = setup_import.complete(ask.context, ask.desk(), look.connection_id, {})
    slack.update_view(ask.client, str(ask.view["id"]), import_views.ended(look, summary))
    told(ask, look, summary)


# --- pickers -----------------------------------------------------------------------------------------------------


def offer_values(ask: Ask) -> Sequence[kit.Offered]:
    look, field = views.look_of(ask.meta), str(ask.body.get("action_id", "")).removeprefix(views.PICK)
    found = setup_steps.offered(ask.context, ask.desk(), look.connection_id, field, ask.typed)
    return [setup_sync.option(each) for each in found]


def offer_staff(ask: Ask) -> Sequence[kit.Offered]:
    found = setup_import.staff(ask.context, ask.desk(), views.look_of(ask.meta).connection_id, ask.typed)
    return [import_views.person(each) for each in found]


def offer_choices(ask: Ask) -> Sequence[kit.Offered]:
    typed = "" if ask.typed.casefold() in ("create it", "skip it") else ask.typed.removeprefix("Link to ")
    found = companies.options(ask.context, ask.desk(), typed)
    return import_views.choices([(each.name, each.id) for each in found])


VERBS = (Verb("setup", "setup [source]", "Set up a PSA in four steps: Connect, Sync, Configure, Import", run, "Set up"),)


def bind(app: App, context: Context) -> None:
    going = Going(Patience(ThreadPoolExecutor(8, "setup")))
    for action_id, listener in (
        (doors.SETUP, opened), (views.TEST, tested), (views.BACK, backed), (views.SKIP, skipped), (views.LIVE, changed),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.any_of(setup_connect.GUIDE))(failures.acting(context, guided))
    app.action(kit.any_of(views.PICK))(failures.acting(context, changed))
    app.action(kit.paging_ids(import_views.PAGE))(failures.acting(context, turned))
    app.options(kit.any_of(views.PICK))(failures.offering(context, offer_values))
    app.options(import_views.STAFF)(failures.offering(context, offer_staff))
    app.options(import_views.CHOICE)(failures.offering(context, offer_choices))
    app.view(views.NEXT)(failures.submitting(context, going.submitted))

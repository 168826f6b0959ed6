"""`/msp setup [source]`: the wizard's way through its four steps, forward by submitting, back and aside by buttons."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass, replace

from slack_bolt import App

from domain import mention
from domain.connection import Connection
from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.ports import Connector
from domain.roles import Act
from flows import companies, connect, imports, psa_lists, setup_import, setup_steps, sync
from flows import setup as flow
from flows.context import Context
from flows.setup import Draft
from handlers import asked, failures, progress, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.setup_drawing import CREDENTIAL, captured, connector_of, draw, follow, note_for, redraw
from handlers.views import connect as connect_views
from handlers.views import doors, kit, setup_connect, setup_sync
from handlers.views import plans as plan_views
from handlers.views import setup as views
from handlers.views import setup_import as import_views
from handlers.views.setup import Look

_BUDGET = 2.3  # seconds from the click to the ack of a submitted modal; Slack gives up after 3


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
    draft = flow.draft(ask.context, ask.desk(), connector.name)
    step = draft.step if stored is not None else 1
    look = Look(connector.name, ask.channel, step, stored.id if stored else "")
    draft = flow.note(ask.context, ask.desk(), connector.name, replace(draft, step=step))
    view_id = ask.open(draw(ask, look, draft, note=note_for(look)))
    if view_id is None:
        ask.answer(views.not_opened(connector.name))
    else:
        follow(ask, view_id, look)


# --- clicks inside a step ----------------------------------------------------------------------------------------


def guided(ask: Ask) -> None:
    """The answer to what somebody has, or another guide."""
    which = str(ask.action["action_id"]).removeprefix(setup_connect.GUIDE)
    guide = which if which == views.READY else f"{views.GUIDED}{which}"
    look = replace(views.look_of(ask.meta), guide=guide)
    captured(ask, look)
    redraw(ask, str(ask.view["id"]), look)


def tested(ask: Ask) -> None:
    """Test connection: the result is drawn above the fields, and nothing is kept."""
    look, view_id = views.look_of(ask.meta), str(ask.view["id"])
    captured(ask, look)
    connector = connector_of(ask, look)
    redraw(ask, view_id, look, f"Testing {kit.said(connector.title)} …")
    redraw(ask, view_id, look, _tested(ask, connector))


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
        return connect_views.what_failed(error.said, _label(connector, error))
    return f"🟢 {connect_views.what_was_found(connector.title, finding)}\n*Next* keeps these values and goes on."


def _label(connector: Connector, error: GangwayError) -> str:
    blamed = getattr(error, "field", None)
    return next((field.label for field in connector.fields if field.name == blamed), "")


def backed(ask: Ask) -> None:
    look = views.look_of(ask.meta)
    draft = captured(ask, look)
    _turn(ask, replace(look, step=max(1, look.step - 1)), draft)


def _turn(ask: Ask, look: Look, draft: Draft, said: str = "") -> None:
    view_id = str(ask.view["id"])
    draft = flow.note(ask.context, ask.desk(), look.source, replace(draft, step=look.step))
    slack.update_view(ask.client, view_id, draw(ask, look, draft, said, note_for(look)))
    follow(ask, view_id, look)


def changed(ask: Ask) -> None:
    """A choice on which something else in the step depends."""
    look = views.look_of(ask.meta)
    draft = captured(ask, look)
    if ask.action.get("block_id") == views.block_of("search"):
        flow.note(ask.context, ask.desk(), look.source, replace(draft, filled={**draft.filled, "page": ("1",)}))
    redraw(ask, str(ask.view["id"]), look)


def turned(ask: Ask) -> None:
    """Another page of companies; what was chosen on this one stays."""
    look = views.look_of(ask.meta)
    draft = captured(ask, look)
    page = str(kit.paged(ask.value)[1])
    flow.note(ask.context, ask.desk(), look.source, replace(draft, filled={**draft.filled, "page": (page,)}))
    redraw(ask, str(ask.view["id"]), look)


def skipped(ask: Ask) -> None:
    """Nothing is imported now; what was chosen for it is let go."""
    look = views.look_of(ask.meta)
    summary = setup_import.complete(ask.context, ask.desk(), look.connection_id, {})
    slack.update_view(ask.client, str(ask.view["id"]), import_views.ended(look, summary))
    _told(ask, look, summary)


def _told(ask: Ask, look: Look, summary: setup_import.Summary) -> None:
    """The previews where others see them, the card to whoever set up."""
    for plan in (summary.staff, summary.companies):
        if plan is not None:
            placed = slack.post(ask.client, look.channel or ask.user, plan_views.build(plan_views.Told(plan)), ask.user)
            imports.posted(ask.context, plan.id, placed.channel, placed.ts)
    slack.private(ask.client, look.channel, ask.user, import_views.card(summary))


# --- pickers -----------------------------------------------------------------------------------------------------


def offer_values(ask: Ask) -> Sequence[kit.Offered]:
    look, field = views.look_of(ask.meta), str(ask.body.get("action_id", "")).removeprefix(views.PICK)
    found = psa_lists.options(ask.context, ask.desk(), look.connection_id, setup_steps.PICKED[field], ask.typed)
    return [setup_sync.option(each) for each in found]


def offer_staff(ask: Ask) -> Sequence[kit.Offered]:
    found = setup_import.staff(ask.context, ask.desk(), views.look_of(ask.meta).connection_id, ask.typed)
    return [import_views.person(each) for each in found]


def offer_choices(ask: Ask) -> Sequence[kit.Offered]:
    typed = "" if ask.typed.casefold() in ("create it", "skip it") else ask.typed.removeprefix("Link to ")
    found = companies.options(ask.context, ask.desk(), typed)
    return import_views.choices([(each.name, each.id) for each in found])


# --- Next --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Going:
    """Submitting a step. The first tries and keeps credentials, which may take longer than Slack waits."""

    pool: ThreadPoolExecutor
    now: Callable[[], float] = time.monotonic
    budget: float = _BUDGET

    def submitted(self, ask: Ask) -> None:
        began, look = self.now(), views.look_of(ask.meta)
        draft = captured(ask, look)
        match look.step:
            case 1:
                self._connect(ask, look, draft, began)
            case 2:
                _keep_sync(ask, look, draft)
            case 3:
                setup_steps.keep_configure(ask.context, ask.desk(), look.connection_id, views.filled(ask.state))
                _forward(ask, look, flow.settled(draft, 4, setup_steps.CONFIGURE_FIELDS))
            case _:
                summary = setup_import.complete(ask.context, ask.desk(), look.connection_id, draft.filled)
                ask.ack(response_action="update", view=import_views.ended(look, summary))
                _told(ask, look, summary)

    def _connect(self, ask: Ask, look: Look, draft: Draft, began: float) -> None:
        connector, desk = connector_of(ask, look), ask.desk()
        if not ask.context.words.credentials_in_slack:
            _go_on_with_stored(ask, look, draft, connector)
            return
        typed = connect_views.typed(ask.state, connector)
        for name, wrong in connect.shape_problems(ask.context, connector, flow.completed(ask.context, connector, typed)).items():
            raise TellPerson(wrong, field=name)
        flow.refuse_untested(ask.context, desk, connector, typed)
        work = self.pool.submit(lambda: flow.save(ask.context, desk, connector, typed))
        try:
            connection = work.result(timeout=max(0.0, self.budget - (self.now() - began)))
        except NotInTime:
            _later(ask, look, draft, work)
        else:
            _forward(ask, replace(look, connection_id=connection.id), _connected(draft))


def _connected(draft: Draft) -> Draft:
    return flow.settled(draft, 2, [name for name in draft.filled if name.startswith(CREDENTIAL)])


def _go_on_with_stored(ask: Ask, look: Look, draft: Draft, connector: Connector) -> None:
    stored = flow.stored(ask.context, connector.name)
    if stored is None or stored.trouble:
        said = f"*Not connected yet.* Enter the credentials of {kit.said(connector.title)} on the private page, then press *Next*."
        ask.ack(response_action="update", view=draw(ask, look, draft, said))
        return
    _forward(ask, replace(look, connection_id=stored.id), _connected(draft))


def _later(ask: Ask, look: Look, draft: Draft, work: "Future[Connection]") -> None:
    """The answer comes after Slack's patience has ended: the modal follows it."""
    title, view_id = kit.said(connector_of(ask, look).title), str(ask.view["id"])
    ask.ack(response_action="update", view=views.waiting(look, f"*Testing {title} …*\nThis takes long. The wizard goes on by itself."))
    try:
        connection = work.result()
    except GangwayError as error:
        redraw(ask, view_id, look, connect_views.what_failed(error.said, _label(connector_of(ask, look), error)))
    else:
        _turn(ask, replace(look, step=2, connection_id=connection.id), _connected(draft))


def _keep_sync(ask: Ask, look: Look, draft: Draft) -> None:
    """Keep step 2, then start the sync in the background. One that just ran is not started again."""
    filled = views.filled(ask.state)
    setup_steps.keep_sync(ask.context, ask.desk(), look.connection_id, filled)
    since, started = ask.context.clock(), False
    said = "Nothing is switched on, so no sync was started."
    if any(filled.get(name) for name in setup_steps.TOGGLES):
        try:
            said, started = sync.ask(ask.context, ask.desk(), look.connection_id), True
        except TellPerson as error:
            said = error.said
    warned = setup_sync.warning(setup_steps.first(filled, "role")) if filled.get("auto") else ""
    said = "\n".join(each for each in (kit.sentence(said), warned) if each)
    _forward(ask, look, flow.settled(draft, 3, setup_steps.SYNC_FIELDS), said)
    if started:
        progress.post(ask.client, ask.context, look.connection_id, since, look.channel, ask.user)


def _forward(ask: Ask, look: Look, draft: Draft, said: str = "") -> None:
    """To the step the draft is at, in the same modal."""
    look = replace(look, step=draft.step)
    draft = flow.note(ask.context, ask.desk(), look.source, draft)
    ask.ack(response_action="update", view=draw(ask, look, draft, said, note_for(look)))
    follow(ask, str(ask.view["id"]), look)


VERBS = (Verb("setup", "setup [source]", "Set up a PSA in four steps: Connect, Sync, Configure, Import", run, "Set up"),)


def bind(app: App, context: Context) -> None:
    going = Going(ThreadPoolExecutor(8, "setup"))
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

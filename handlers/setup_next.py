"""Submitting a step of the set-up wizard: what it holds is kept, and the next one drawn in the same modal."""

from dataclasses import dataclass, replace

from domain.errors import GangwayError, TellPerson
from flows import connect, imports, setup_import, setup_steps, sync
from flows import setup as flow
from flows.setup import Draft
from handlers import progress, slack
from handlers.actor import Ask
from handlers.later import Patience
from handlers.setup_drawing import (
    CREDENTIAL,
    READING,
    READS,
    at,
    captured,
    connector_of,
    draw,
    is_overtaken,
    read,
    redraw,
    turn,
    watch,
)
from handlers.slack import Shown
from handlers.views import connect as connect_views
from handlers.views import kit, setup_sync
from handlers.views import plans as plan_views
from handlers.views import setup as views
from handlers.views import setup_import as import_views
from handlers.views.setup import Look

MEANWHILE = "Somebody else saved the step before meanwhile: what you left as it was there has their values. *Back* shows them."


@dataclass(frozen=True)
class Going:
    """Forward by *Next* and *Complete setup*. Trying credentials and reading lists may take longer than Slack waits."""

    patience: Patience

    def submitted(self, ask: Ask) -> None:
        began, look = self.patience.now(), views.look_of(ask.meta)
        draft, overtaken = captured(ask, look), is_overtaken(ask, look)
        match look.step:
            case 1:
                self._connect(ask, look, draft, began)
            case 2:
                self._keep_sync(ask, look, draft, began, MEANWHILE if overtaken else "")
            case 3:
                setup_steps.keep_configure(ask.context, ask.desk(), look.connection_id, _shown(ask, draft))
                said = MEANWHILE if overtaken else ""
                self._forward(ask, look, flow.settled(draft, 4, setup_steps.CONFIGURE_FIELDS), began, said)
            case _:
                summary = setup_import.complete(ask.context, ask.desk(), look.connection_id, draft.filled)
                ask.ack(response_action="update", view=import_views.ended(look, summary))
                told(ask, look, summary)

    def _connect(self, ask: Ask, look: Look, draft: Draft, began: float) -> None:
        connector, desk = connector_of(ask, look), ask.desk()
        if not ask.context.words.credentials_in_slack:
            self._go_on_with_stored(ask, look, draft, began)
            return
        typed = connect_views.typed(ask.state, connector)
        for name, wrong in connect.shape_problems(ask.context, connector, flow.completed(ask.context, connector, typed)).items():
            raise TellPerson(wrong, field=name)
        flow.refuse_untested(ask.context, desk, connector, typed)
        work = self.patience.pool.submit(lambda: flow.save(ask.context, desk, connector, typed))
        waiting = views.waiting(look, f"*Testing {kit.said(connector.title)} …*\nThis takes long. The wizard goes on by itself.")
        try:
            connection = self.patience.result(ask, began, work, lambda: waiting)
        except GangwayError as error:
            if not ask.acked:
                raise
            overtaken = isinstance(error, connect.Overtaken)
            said = kit.sentence(error.said) if overtaken else connect_views.why_not(connector, error)
            redraw(ask, Shown(str(ask.view["id"])), look, said)
            return
        look, draft = replace(look, connection_id=connection.id), _connected(draft)
        if ask.acked:
            turn(ask, look, draft)
        else:
            self._forward(ask, look, draft, began)

    def _go_on_with_stored(self, ask: Ask, look: Look, draft: Draft, began: float) -> None:
        stored = flow.stored(ask.context, look.source)
        if stored is None or stored.trouble:
            title = kit.said(connector_of(ask, look).title)
            said = f"*Not connected yet.* Enter the credentials of {title} on the private page, then press *Next*."
            ask.ack(response_action="update", view=draw(ask, look, draft, said))
            return
        self._forward(ask, replace(look, connection_id=stored.id), _connected(draft), began)

    def _keep_sync(self, ask: Ask, look: Look, draft: Draft, began: float, meanwhile: str) -> None:
        """Keep step 2, then start the sync in the background. One that just ran is not started again."""
        filled = setup_steps.keep_sync(ask.context, ask.desk(), look.connection_id, _shown(ask, draft))
        since, started = ask.context.clock(), False
        said = "Nothing is switched on, so no sync was started."
        if any(filled.get(name) for name in setup_steps.TOGGLES):
            try:
                said, started = sync.ask(ask.context, ask.desk(), look.connection_id), True
            except TellPerson as error:
                said = error.said
        warned = setup_sync.warning(setup_steps.first(filled, "role")) if filled.get("auto") else ""
        said = "\n".join(each for each in (meanwhile, kit.sentence(said), warned) if each)
        self._forward(ask, look, flow.settled(draft, 3, setup_steps.SYNC_FIELDS), began, said)
        if started:
            progress.post(ask.client, ask.context, look.connection_id, since, look.channel, ask.user)

    def _forward(self, ask: Ask, look: Look, draft: Draft, began: float, said: str = "") -> None:
        """To the step the draft is at, in the same modal, with its lists read if that does not take long."""
        look, now = at(ask, look, draft.step), Shown(str(ask.view["id"]))
        draft = flow.note(ask.context, ask.desk(), look.source, lambda _: draft)
        note = ""
        if look.step in READS:
            work = self.patience.pool.submit(read, ask, look)
            note = self.patience.result(ask, began, work, lambda: draw(ask, look, draft, said, READING))
        if ask.acked:
            now = redraw(ask, now, look, said, note)
        else:
            ask.ack(response_action="update", view=draw(ask, look, draft, said, note))
        if look.step in READS:
            watch(ask, now, look, note)


def _shown(ask: Ask, draft: Draft) -> flow.Filled:
    """What was changed, of the fields that stand in the form; the rest stays as it is kept, whoever kept it."""
    return {name: draft.filled[name] for name in views.filled(ask.state) if name in draft.filled}


def _connected(draft: Draft) -> Draft:
    return flow.settled(draft, 2, [name for name in draft.filled if name.startswith(CREDENTIAL)])


def told(ask: Ask, look: Look, summary: setup_import.Summary) -> None:
    """The previews where others see them, the card to whoever set up."""
    for plan in (summary.staff, summary.companies):
        if plan is not None:
            placed = slack.post(ask.client, look.channel or ask.user, plan_views.build(plan_views.Told(plan)), ask.user)
            imports.posted(ask.context, plan.id, placed.channel, placed.ts)
    slack.private(ask.client, look.channel, ask.user, import_views.card(summary))

"""`/msp map [source]`: the mapping table, one modal that is redrawn after each click."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from slack_bolt import App

from domain.errors import GangwayError
from domain.roles import Act
from flows import companies, connect
from flows import mapping as flow
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.announce import SlackAnnouncer
from handlers.command import Verb
from handlers.views import doors, kit
from handlers.views import mapping as views
from handlers.views.mapping import Look

_KEPT = 500


@dataclass
class Table:
    """The open tables. Slack tells a stacked modal nothing of what was typed in the one below, so we remember it."""

    looks: OrderedDict[str, Look] = field(default_factory=OrderedDict)

    def remember(self, view_id: str, look: Look) -> None:
        self.looks[view_id] = look
        self.looks.move_to_end(view_id)
        while len(self.looks) > _KEPT:
            self.looks.popitem(last=False)

    def _look(self, ask: Ask) -> Look:
        look = views.look_of(ask.view)
        return look if views.has_tools(ask.view) else self.looks.get(str(ask.view["id"]), look)

    # Opening

    def run(self, ask: Ask, words: str) -> None:
        ask.desk().require(Act.LOOK)
        if words or not self._asked_where(ask, ""):
            self._open(ask, Look(connect.connection_of(ask.context, words).id, ask.channel))

    def opened(self, ask: Ask) -> None:
        """A button that leads here: to a source's table, perhaps to one company's row."""
        connection_id, _, company_id = ask.value.partition("|")
        desk = ask.desk()
        desk.require(Act.LOOK)
        if not connection_id and self._asked_where(ask, company_id):
            return
        look = Look(connection_id or connect.connection_of(ask.context, "").id, ask.channel)
        if company_id:
            look = replace(look, search=companies.one(ask.context, desk, company_id).company.name, only_open=False)
        self._open(ask, look)

    def _asked_where(self, ask: Ask, company_id: str) -> bool:
        """Each source has its own table: of several, ask which."""
        there = connect.live(ask.context)
        if len(there) > 1:
            ask.answer(views.which([(each.id, each.title) for each in there], company_id))
        return len(there) > 1

    def _open(self, ask: Ask, look: Look) -> None:
        """First a modal (the trigger is short-lived), then what stands in it."""
        view_id = ask.open(views.opening(look))
        if view_id is None:
            ask.answer(views.not_opened(look))
            return
        try:
            self._draw(ask, view_id, look)
        except GangwayError as error:
            remedies = doors.remedy(getattr(error, "remedy", None), ask.about)
            slack.update_view(ask.client, view_id, failures.view_of(kit.sentence(error.said), remedies))

    def _draw(self, ask: Ask, view_id: str, look: Look, said: str = "") -> None:
        self.remember(view_id, look)
        desk = ask.desk(look.channel)
        if not flow.begin(ask.context, desk, look.connection_id):
            source = connect.one(ask.context, look.connection_id)
            slack.update_view(ask.client, view_id, views.reading(look, source.title, source.trouble))
            self._when_read(ask, view_id, look)
            return
        shown = flow.table(ask.context, desk, look.connection_id, look.page, look.search, look.only_open)
        slack.update_view(ask.client, view_id, views.table(shown, look, said))

    def _when_read(self, ask: Ask, view_id: str, look: Look) -> None:
        """Redraw as soon as the source's list is there; it may have come before we asked to be told."""
        tell = ask.context.tell
        if isinstance(tell, SlackAnnouncer):
            tell.when_read(look.connection_id, lambda: self._draw(ask, view_id, look))
            if flow.begin(ask.context, ask.desk(look.channel), look.connection_id):
                tell.mapping(look.connection_id)

    # Clicks in the table

    def redrawn(self, ask: Ask) -> None:
        """Another search or filter begins at its first page."""
        look = self._look(ask)
        fresh = ask.action.get("action_id") in (views.SEARCH, views.FILTER)
        self._draw(ask, str(ask.view["id"]), replace(look, page=1) if fresh else look)

    def refreshed(self, ask: Ask) -> None:
        """The source's list is read anew in the background; the table stands meanwhile and follows."""
        look, view_id = self._look(ask), str(ask.view["id"])
        if not views.has_tools(ask.view):  # still waiting for the first reading
            self._draw(ask, view_id, look)
            return
        if isinstance(ask.context.tell, SlackAnnouncer):
            ask.context.tell.when_read(look.connection_id, lambda: self._reread(ask, view_id, look))
        flow.reread(ask.context, ask.desk(look.channel), look.connection_id)
        self._draw(ask, view_id, look, "Reading the source's list again …")

    def _reread(self, ask: Ask, view_id: str, look: Look) -> None:
        trouble = connect.one(ask.context, look.connection_id).trouble
        said = f"The list could not be read again: {kit.remark(trouble, 300)}" if trouble else "The list was read again."
        self._draw(ask, view_id, self.looks.get(view_id, look), said)

    def turned(self, ask: Ask) -> None:
        self._draw(ask, str(ask.view["id"]), replace(views.look_of(ask.view), page=kit.paged(ask.value)[1]))

    def confirmed(self, ask: Ask) -> None:
        company_id, _, external_id = ask.value.partition("|")

        def act(look: Look) -> str:
            link = flow.confirm(ask.context, ask.desk(), look.connection_id, company_id, external_id)
            return f"Mapped to *{kit.said(link.external_name)}*."

        self._act(ask, act)

    def confirmed_all(self, ask: Ask) -> None:
        def act(look: Look) -> str:
            done = flow.confirm_certain(ask.context, ask.desk(), look.connection_id)
            return f"{done:,} {'company was' if done == 1 else 'companies were'} mapped."

        self._act(ask, act)

    def left(self, ask: Ask) -> None:
        on = ask.action.get("action_id") == views.LEAVE

        def act(look: Look) -> str:
            flow.leave_unmapped(ask.context, ask.desk(), look.connection_id, ask.value, on)
            return "Marked: not to be mapped." if on else "Open again."

        self._act(ask, act)

    def _act(self, ask: Ask, act: Callable[[Look], str]) -> None:
        """Do it, then redraw with what came of it, a refusal included."""
        look = views.look_of(ask.view)
        try:
            said = act(look)
        except GangwayError as error:
            said = kit.sentence(error.said)
        self._draw(ask, str(ask.view["id"]), look, said)

    # Changing one

    def changing(self, ask: Ask) -> None:
        self._ask_change(ask, removing=False)

    def removing(self, ask: Ask) -> None:
        self._ask_change(ask, removing=True)

    def _ask_change(self, ask: Ask, removing: bool) -> None:
        company_id, _, link_id = ask.value.partition("|")
        look, desk, view_id = views.look_of(ask.view), ask.desk(), str(ask.view["id"])
        self.remember(view_id, look)
        desk.require(Act.MAP)
        company = companies.one(ask.context, desk, company_id).company.name
        title = connect.one(ask.context, look.connection_id).title
        old = flow.consequence(ask.context, desk, link_id) if link_id else None
        target = views.Target(look.connection_id, company_id, link_id, view_id, look.channel)
        view = views.remove if removing and old else views.change
        if ask.open(view(target, company, title, old)) is None:
            self._draw(ask, view_id, look, "Slack did not open the form in time. Press the button once more.")

    def changed(self, ask: Ask) -> None:
        target = views.target_of(ask.view)
        external_id = kit.value(ask.state, views.CHOICE, views.OPTIONS)
        desk, uninvite = ask.desk(target.channel), views.UNINVITE in kit.values(ask.state, views.TICKS, views.TICKS)
        if target.link_id:
            said = kit.sentence(flow.remap(ask.context, desk, target.link_id, external_id, uninvite))
        else:
            link = flow.confirm(ask.context, desk, target.connection_id, target.company_id, external_id)
            said = f"Mapped to *{kit.said(link.external_name)}*."
        self._back(ask, target, said)

    def removed(self, ask: Ask) -> None:
        target = views.target_of(ask.view)
        uninvite = views.UNINVITE in kit.values(ask.state, views.TICKS, views.TICKS)
        said = flow.remap(ask.context, ask.desk(target.channel), target.link_id, None, uninvite)
        self._back(ask, target, kit.sentence(said))

    def _back(self, ask: Ask, target: views.Target, said: str) -> None:
        """The stacked modal closes; the table below shows what came of it."""
        ask.ack()
        look = self.looks.get(target.table, Look(target.connection_id, target.channel))
        self._draw(ask, target.table, look, said)


def offer(ask: Ask) -> Sequence[kit.Offered]:
    target = views.target_of(ask.view)
    found = flow.options(ask.context, ask.desk(target.channel), target.connection_id, ask.typed)
    return [views.option(company) for company in found]


def closed(ask: Ask) -> None:
    """Done: what lay beneath, such as the news of the connection, has served its turn and closes too."""
    ask.ack(response_action="clear")


def bind(app: App, context: Context) -> tuple[Verb, ...]:
    """Binds the clicks; the verb comes back because it shares the open tables with them."""
    table = Table()
    for action_id, listener in (
        (doors.MAP, table.opened), (views.CONFIRM, table.confirmed), (views.CONFIRM_ALL, table.confirmed_all),
        (views.LEAVE, table.left), (views.REOPEN, table.left), (views.CHANGE, table.changing),
        (views.REMOVE, table.removing), (views.REFRESH, table.refreshed), (views.SEARCH, table.redrawn),
        (views.FILTER, table.redrawn),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, table.turned))
    app.options(views.OPTIONS)(failures.offering(context, offer))
    app.view(views.TABLE)(failures.submitting(context, closed))
    app.view(views.CHANGED)(failures.submitting(context, table.changed))
    app.view(views.REMOVED)(failures.submitting(context, table.removed))
    return (Verb("map", "map [source]", "Map companies to a source's: suggestions, confirm, change",
                 table.run, "Map companies"),)

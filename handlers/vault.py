"""`/msp vault`: search, an entry's card, adding and changing, and the links to private pages where values are."""

from collections.abc import Callable

from slack_bolt import App

from domain.roles import Act
from domain.secret import EntryState
from flows import reports
from flows import vault as flow
from flows.context import Context
from flows.vault import Draft, EntryLine
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.views import doors, kit
from handlers.views import vault as views

EXPORT_ASKED = (
    "Nothing leaves yet: a second person must approve an export. I have asked where others see it; after the approval I send "
    "the link to you alone."
)
_FIELDS = (views.NAME, views.USERNAME, views.URL, views.FOLDER, views.CATEGORY)


def run(ask: Ask, words: str) -> None:
    """`/msp vault [search]`, `vault import`: of the company one is in; without one the MSP's own, or a search through all."""
    desk = ask.desk()
    place = flow.place(ask.context, desk)
    if words.casefold() == "import":
        desk.require(Act.IMPORT)
        ask.answer(views.importing(place))
    else:
        _show(ask, views.List(None if words and desk.company is None else place.id), words)


def opened(ask: Ask) -> None:
    """The list of the company that the button names."""
    _show(ask, views.list_of(ask.value))


def _show(ask: Ask, which: views.List, search: str = "", page: int = 1, redraw: bool = False) -> None:
    desk = ask.desk()
    shown = flow.search(ask.context, desk, which.company_id, search, page, which.archived)
    place = shown.company or flow.place(ask.context, desk)
    plan_id = reports.newest(ask.context, desk, place.id)
    buttons = [doors.report(plan_id)] if plan_id else []
    ask.answer(views.listing(shown, place, ask.context.words.command, buttons), replace=redraw)


def _typed(ask: Ask, ref: str) -> str:
    return kit.value(ask.state, f"{views.SEARCH}:{ref}", views.SEARCH).strip()


def _searched(ask: Ask) -> None:
    ref = str(ask.action.get("block_id", "")).partition(":")[2]
    _show(ask, views.list_of(ref), _typed(ask, ref), redraw=True)


def _turned(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    _show(ask, views.list_of(ref), _typed(ask, ref), page, redraw=True)


def _switched(ask: Ask) -> None:
    """Between what is archived and what is not: the value names the list to show."""
    _show(ask, views.list_of(ask.value), redraw=True)


# the card


def _card(ask: Ask) -> None:
    desk = ask.desk()
    view = views.card(flow.card(ask.context, desk, ask.value), flow.may(desk), ask.channel)
    ask.show(view)


def _settled(ask: Ask, line: EntryLine, done: str, card: str) -> None:
    """The card as it is now; the sentence alone where it was closed meanwhile."""
    view = views.card(line, flow.may(ask.desk()), ask.channel, done)
    if not (card and slack.update_view(ask.client, card, view)):
        ask.say(done)


def _archived(ask: Ask) -> None:
    line = flow.set_state(ask.context, ask.desk(), ask.value, EntryState.ARCHIVED)
    _settled(ask, line, f"🗄️ {kit.said(line.entry.name)} is archived.", str(ask.view.get("id", "")))


def _restored(ask: Ask) -> None:
    line = flow.set_state(ask.context, ask.desk(), ask.value, EntryState.ACTIVE)
    _settled(ask, line, f"✅ {kit.said(line.entry.name)} is restored.", str(ask.view.get("id", "")))


# links to private pages


def _give(ask: Ask, what: str, name: str, address: str) -> None:
    """The link, in a modal; where that cannot be opened, privately where the person is."""
    if ask.open(views.link(what, name, address, ask.channel)) is None:
        ask.answer(views.link_message(what, name, address))


def _revealing(what: str, part: str) -> Callable[[Ask], None]:
    def pressed(ask: Ask) -> None:
        name = flow.card(ask.context, ask.desk(), ask.value).entry.name
        _give(ask, what, name, flow.reveal_link(ask.context, ask.desk(), ask.value, part))

    return pressed


def _secret_asked(ask: Ask) -> None:
    name = flow.card(ask.context, ask.desk(), ask.value).entry.name
    _give(ask, views.SECRET, name, flow.secret_link(ask.context, ask.desk(), ask.value))


def _file_asked(ask: Ask) -> None:
    address = flow.file_link(ask.context, ask.desk(), ask.value)
    _give(ask, views.FILE, flow.drawn(ask.context, ask.desk(), ask.value).name, address)


def _export_asked(ask: Ask) -> None:
    address = flow.export_link(ask.context, ask.desk(), ask.value)
    if address:
        _give(ask, views.EXPORT, flow.drawn(ask.context, ask.desk(), ask.value).name, address)
    else:
        ask.say(EXPORT_ASKED)


# by hand


def _adding(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.KEEP)
    ask.show(views.new(flow.drawn(ask.context, desk, ask.value), ask.channel))


def _editing(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.KEEP)
    line = flow.card(ask.context, desk, ask.value)
    ask.show(views.edit(line.entry, str(ask.view.get("id", "")), ask.channel))


def _draft(ask: Ask) -> Draft:
    return Draft(*(kit.value(ask.state, field, field) for field in _FIELDS))


def _added(ask: Ask) -> None:
    """Saved where the form said, and on to the page that takes the secret."""
    company_id = ask.meta.split("|")[0]
    line = flow.add(ask.context, ask.desk(), company_id, _draft(ask))
    address = flow.secret_link(ask.context, ask.desk(), line.entry.id)
    ask.ack(response_action="update", view=views.link(views.ADD, line.entry.name, address, ask.channel))


def _edited(ask: Ask) -> None:
    entry_id, card, _ = ask.meta.split("|")
    line = flow.edit(ask.context, ask.desk(), entry_id, _draft(ask))
    ask.ack()
    _settled(ask, line, f"✅ {kit.said(line.entry.name)} is saved.", card)


VERBS = (Verb("vault", "vault [search]", "Passwords: find, reveal once, add, import, export", run, "Vault"),)


def bind(app: App, context: Context) -> None:
    pressed = {
        views.OPEN: opened, views.SEARCH: _searched, views.ARCHIVED: _switched, views.ACTIVE: _switched,
        views.CARD: _card, views.ARCHIVE: _archived, views.RESTORE: _restored,
        views.REVEAL: _revealing(views.REVEAL, flow.ALL), views.CODE: _revealing(views.CODE, flow.CODE),
        views.SECRET: _secret_asked, views.FILE: _file_asked, views.EXPORT: _export_asked,
        views.ADD: _adding, views.EDIT: _editing,
    }
    for action_id, listener in pressed.items():
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, _turned))
    app.view(views.ADDED)(failures.submitting(context, _added))
    app.view(views.EDITED)(failures.submitting(context, _edited))

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
    """`/msp vault [search]`, `vault import`."""
    if words.casefold() == "import":
        desk = ask.desk()
        desk.require(Act.IMPORT)
        ask.answer(views.importing(flow.place(ask.context, desk)))
    else:
        _show(ask, words)


def opened(ask: Ask) -> None:
    _show(ask)


def _show(ask: Ask, search: str = "", page: int = 1, archived: bool = False, redraw: bool = False) -> None:
    desk = ask.desk()
    shown = flow.search(ask.context, desk, search, page, archived)
    place = flow.place(ask.context, desk)
    plan_id = reports.newest(ask.context, desk, place.id)
    buttons = [doors.report(plan_id)] if plan_id else []
    ask.answer(views.listing(shown, place, ask.context.words.command, buttons), replace=redraw)


def _typed(ask: Ask, ref: str) -> str:
    return kit.value(ask.state, f"{views.SEARCH}:{ref}", views.SEARCH).strip()


def _searched(ask: Ask) -> None:
    ref = str(ask.action.get("block_id", "")).partition(":")[2]
    _show(ask, _typed(ask, ref), 1, views.is_archived(ref), redraw=True)


def _turned(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    _show(ask, _typed(ask, ref), page, views.is_archived(ref), redraw=True)


def _archive_shown(ask: Ask) -> None:
    _show(ask, archived=True, redraw=True)


def _active_shown(ask: Ask) -> None:
    _show(ask, redraw=True)


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
    desk = ask.desk()
    _give(ask, views.FILE, flow.place(ask.context, desk).name, flow.file_link(ask.context, desk))


def _export_asked(ask: Ask) -> None:
    desk = ask.desk()
    address = flow.export_link(ask.context, desk)
    if address:
        _give(ask, views.EXPORT, flow.place(ask.context, desk).name, address)
    else:
        ask.say(EXPORT_ASKED)


# by hand


def _adding(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.KEEP)
    ask.show(views.form(ask.channel, place=flow.place(ask.context, desk).name))


def _editing(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.KEEP)
    line = flow.card(ask.context, desk, ask.value)
    ask.show(views.form(ask.channel, line.entry, below=str(ask.view.get("id", ""))))


def _draft(ask: Ask) -> Draft:
    return Draft(*(kit.value(ask.state, field, field) for field in _FIELDS))


def _added(ask: Ask) -> None:
    """Saved, and on to the page that takes the secret."""
    line = flow.add(ask.context, ask.desk(), _draft(ask))
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
        views.OPEN: opened, views.SEARCH: _searched, views.ARCHIVED: _archive_shown, views.ACTIVE: _active_shown,
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

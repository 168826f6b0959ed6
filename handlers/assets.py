"""Configuration items: list, card, edit; the asset map and our categories."""

from collections.abc import Sequence

from slack_bolt import App

from domain.asset import Category
from domain.errors import TellPerson
from domain.roles import Act
from flows import asset_map, assets, companies
from flows.context import Context
from handlers import failures, slack
from handlers.actor import Ask
from handlers.command import Verb
from handlers.companies import offer
from handlers.views import assets as views
from handlers.views import kit


def listed(ask: Ask, words: str) -> None:
    """`/msp assets [company]`, `/msp assets map [source]`."""
    word, _, rest = words.partition(" ")
    if word.casefold() == "map":
        _open_map(ask, rest.strip())
        return
    desk = ask.desk()
    company = companies.find(ask.context, desk, words) if words else desk.company
    _list(ask, company.id if company else "", replace=False)


def _list(ask: Ask, company_id: str, search: str = "", category: str = "", page: int = 1, replace: bool = True) -> None:
    desk = ask.desk()
    found = assets.page(ask.context, desk, company_id, search, category, page)
    can_map = desk.actor.may(Act.MAP) and desk.bound is None
    ask.answer(views.listing(found, ask.context.words.command, can_map), replace and ask.message is None)


def narrowed(ask: Ask) -> None:
    """Search or category changed: begin at the first page."""
    ref = str(ask.action.get("block_id", "")).partition(":")[2]
    search, category = views.narrowed(ask.state, ref)
    _list(ask, ref.partition("|")[0], search, category)


def turned(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    search, category = views.narrowed(ask.state, ref)
    _list(ask, ref.partition("|")[0], search, category, page)


def shown(ask: Ask) -> None:
    desk = ask.desk()
    line = assets.one(ask.context, desk, ask.value)
    ask.answer(views.card(line, desk.actor.may(Act.ASSETS)), replace=ask.message is None)


def edited(ask: Ask) -> None:
    desk = ask.desk()
    desk.require(Act.ASSETS)
    line = assets.one(ask.context, desk, ask.value)
    ask.show(views.form(line, assets.editable(ask.context, line.asset), ask.channel))


def saved(ask: Ask) -> None:
    said = assets.edit(ask.context, ask.desk(), ask.meta.split("|")[0], views.typed(ask.state))
    ask.ack()
    ask.say(kit.sentence(said))


# the map


def map_opened(ask: Ask) -> None:
    _open_map(ask, "")


def _open_map(ask: Ask, words: str) -> None:
    connection = asset_map.connection_for(ask.context, ask.desk(), words)
    ask.show(_table(ask, connection.id))


def _table(ask: Ask, connection_id: str, company_id: str = "", page: int = 1, said: str = "") -> kit.Block:
    return views.table(asset_map.page(ask.context, ask.desk(), connection_id, company_id, page), ask.channel, said)


def _redraw(ask: Ask, connection_id: str, company_id: str, page: int = 1, said: str = "") -> None:
    done = kit.sentence(said) if said else ""
    if not slack.update_view(ask.client, str(ask.view["id"]), _table(ask, connection_id, company_id, page, done)) and done:
        ask.say(done)


def _place(ask: Ask) -> tuple[str, str, int]:
    """Connection, company and page of the table that is open."""
    connection_id, company_id, page = [*ask.meta.split("|"), "", ""][:3]
    return connection_id, company_id, int(page) if page.isdecimal() else 1


def map_turned(ask: Ask) -> None:
    ref, page = kit.paged(ask.value)
    connection_id, _, company_id = ref.partition("|")
    _redraw(ask, connection_id, company_id, page)


def type_set(ask: Ask) -> None:
    """A row's picker: it is kept at once."""
    connection_id, company_id, page = _place(ask)
    chosen = "" if ask.value == views.NONE else ask.value
    type_ = views.type_of(str(ask.action.get("block_id", "")))
    said = asset_map.set_type(ask.context, ask.desk(), connection_id, company_id, type_, chosen)
    _redraw(ask, connection_id, company_id, page, said)


def company_shown(ask: Ask) -> None:
    connection_id, _, _ = _place(ask)
    _redraw(ask, connection_id, ask.value)


def copied(ask: Ask) -> None:
    connection_id, company_id, page = _place(ask)
    _redraw(ask, connection_id, company_id, page, asset_map.copy(ask.context, ask.desk(), connection_id, company_id))


def dropped(ask: Ask) -> None:
    connection_id, company_id, page = _place(ask)
    _redraw(ask, connection_id, company_id, page, asset_map.drop_copy(ask.context, ask.desk(), connection_id, company_id))


# categories


def categories_shown(ask: Ask) -> None:
    ask.show(views.categories(asset_map.categories(ask.context, ask.desk()), ask.channel))


def categories_turned(ask: Ask) -> None:
    there = asset_map.categories(ask.context, ask.desk())
    slack.update_view(ask.client, str(ask.view["id"]), views.categories(there, ask.channel, page=kit.paged(ask.value)[1]))


def category_asked(ask: Ask) -> None:
    """Add category, or Rename: its value is the category's id."""
    ask.desk().require(Act.MAP)
    found = _category(ask, ask.value) if ask.value else None
    ask.show(views.add_form(ask.channel, found))


def category_saved(ask: Ask) -> None:
    category_id = ask.meta.split("|")[0]
    name = kit.value(ask.state, "category:name", "name")
    _done(ask, asset_map.keep_category(ask.context, ask.desk(), name, category_id))


def merge_asked(ask: Ask) -> None:
    ask.show(views.merge_form(_category(ask, ask.value), ask.channel))


def merged(ask: Ask) -> None:
    into = kit.value(ask.state, "category:into", views.INTO)
    _done(ask, asset_map.merge(ask.context, ask.desk(), ask.meta.split("|")[0], into))


def _category(ask: Ask, category_id: str) -> Category:
    found = next((each for each in asset_map.categories(ask.context, ask.desk()) if each.id == category_id), None)
    if found is None:
        raise TellPerson("That category is not there any more.")
    return found


def _done(ask: Ask, said: str) -> None:
    """The form closes; the list of categories beneath it shows what was done, or the person is told."""
    ask.ack()
    beneath, done = str(ask.view.get("previous_view_id") or ""), kit.sentence(said)
    if ask.view.get("root_view_id") != beneath and beneath:
        form = views.categories(asset_map.categories(ask.context, ask.desk()), ask.channel, done)
        if slack.update_view(ask.client, beneath, form):
            return
    ask.say(done)


def _offer_categories(ask: Ask) -> Sequence[kit.Offered]:
    return views.offered(asset_map.categories(ask.context, ask.desk(), ask.typed), ask.typed)


def _offer_for_type(ask: Ask) -> Sequence[kit.Offered]:
    return views.offered_for_type(asset_map.categories(ask.context, ask.desk(), ask.typed), ask.typed)


def _offer_into(ask: Ask) -> Sequence[kit.Offered]:
    merged = ask.meta.split("|")[0]  # the one that is to be gone
    return [(each.name, each.id) for each in asset_map.categories(ask.context, ask.desk(), ask.typed) if each.id != merged]


def _offer_types(ask: Ask) -> Sequence[kit.Offered]:
    return [(each.label, each.id) for each in assets.types(ask.context, ask.desk(), ask.meta.split("|")[1], ask.typed)]


VERBS = (
    Verb("assets", "assets [company] | assets map", "Configuration items by category; which type goes where", listed, "Assets"),
)


def bind(app: App, context: Context) -> None:
    for action_id, listener in (
        (views.SEARCH, narrowed), (views.CATEGORY, narrowed), (views.CARD, shown), (views.EDIT, edited),
        (views.MAP, map_opened), (views.MAP_TYPE, type_set), (views.FOR_COMPANY, company_shown), (views.COPY, copied),
        (views.DROP, dropped), (views.CATEGORIES, categories_shown), (views.ADD, category_asked),
        (views.RENAME, category_asked), (views.MERGE, merge_asked),
    ):
        app.action(action_id)(failures.acting(context, listener))
    app.action(kit.paging_ids(views.PAGE))(failures.acting(context, turned))
    app.action(kit.paging_ids(views.MAP_PAGE))(failures.acting(context, map_turned))
    app.action(kit.paging_ids(views.CATEGORIES_PAGE))(failures.acting(context, categories_turned))
    for callback, form in ((views.SAVED, saved), (views.ADDED, category_saved), (views.MERGED, merged)):
        app.view(callback)(failures.submitting(context, form))
    for action_id, offered in (
        (views.CATEGORY, _offer_categories), (views.MAP_TYPE, _offer_for_type), (views.INTO, _offer_into),
        (views.TYPE, _offer_types), (views.FOR_COMPANY, offer),
    ):
        app.options(action_id)(failures.offering(context, offered))

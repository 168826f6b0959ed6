"""The asset map: which type goes to which of our categories, account-wide or in a company's own copy."""

from dataclasses import dataclass

from domain.asset import Category, category_name
from domain.connection import Connection
from domain.errors import NotAllowed, TellPerson
from domain.paging import turned
from domain.psa import Choice, HasAssets, Pick
from domain.roles import Act
from flows import connect
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

PAGE = 10


@dataclass(frozen=True)
class TypeLine:
    """A type of the PSA, how many items it has, and where it goes."""

    type: Choice
    items: int  # of the company whose map is shown; account-wide, of all companies
    category: Category | None
    is_decided: bool  # mapped, or left unmapped on purpose


@dataclass(frozen=True)
class MapPage:
    connection: Connection
    company_id: str  # "" account-wide
    company: str
    is_copy: bool  # the company has a map of its own
    lines: tuple[TypeLine, ...]
    page: int
    pages: int
    total: int
    mapped: int
    categories: tuple[Category, ...]


def connection_for(context: Context, desk: Desk, words: str = "") -> Connection:
    """The PSA whose types are mapped: the one named, else the first that has configuration items."""
    desk.require(Act.MAP)
    desk.whole_msp()
    if words:
        return connect.connection_of(context, words)
    able = connect.able(context, HasAssets)
    if not able:
        raise TellPerson("No PSA with configuration items is connected yet. Connect one first.", remedy="connect")
    return able[0]


def page(context: Context, desk: Desk, connection_id: str, company_id: str = "", page: int = 1) -> MapPage:
    desk.require(Act.MAP)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    with context.store.work() as work:
        company = work.companies.get(company_id) if company_id else None
        if company_id and company is None:
            raise NotAllowed(desk.refusal())
        everywhere, map_ = work.assets.by_type(connection_id), work.assets.map(connection_id)
        counts = work.assets.by_type(connection_id, company_id) if company_id else everywhere
        categories = work.assets.categories()
        types = sorted(_types(work, connection_id, everywhere), key=lambda choice: -counts.get(choice.id, 0))
    names = {each.id: each for each in categories}
    ruling = map_.of(company_id)
    lines = [
        TypeLine(type_, counts.get(type_.id, 0), names.get(ruling.get(type_.id) or ""), type_.id in ruling) for type_ in types
    ]
    page, pages = turned(page, len(lines), PAGE)
    shown = tuple(lines[(page - 1) * PAGE : page * PAGE])
    mapped = sum(line.category is not None for line in lines)
    name = company.name if company else ""
    return MapPage(
        connection, company_id, name, company_id in map_.copies, shown, page, pages, len(lines), mapped, categories
    )


def _types(work: Work, connection_id: str, counts: dict[str, int]) -> list[Choice]:
    """The PSA's types, those with most items first; one that items still have though the list lost it stays."""
    listed = [choice for choice in work.picks.of(connection_id, Pick.ASSET_TYPES) if choice.is_active or counts.get(choice.id)]
    known = {choice.id for choice in listed}
    lost = [Choice(type_, f"Type {type_}" if type_ else "No type") for type_ in counts if type_ not in known]
    return sorted([*listed, *lost], key=lambda choice: (-counts.get(choice.id, 0), choice.label.casefold()))


def set_type(context: Context, desk: Desk, connection_id: str, company_id: str, type_: str, category_id: str) -> str:
    """Let a type go to a category; "" leaves it unmapped on purpose. In a company without a copy, one is made first."""
    desk.require(Act.MAP)
    desk.whole_msp()
    with context.store.write() as work:
        category = next((each for each in work.assets.categories() if each.id == category_id), None)
        if category_id and category is None:
            raise TellPerson("That category is not there any more. Choose again.")
        known = {choice.id: choice.label for choice in _types(work, connection_id, work.assets.by_type(connection_id))}
        if type_ not in known:
            raise TellPerson("That type is not there any more. Open the table again.")
        if company_id:
            _copied(work, desk, connection_id, company_id)
        work.assets.set_type(connection_id, company_id, {type_: category.id if category else None})
        said = f"{known[type_]} goes to {category.name}." if category else f"{known[type_]} is left unmapped."
        work.journal.write(context.clock(), desk.actor, "asset map", said, company_id or None, connection_id)
    return said


def copy(context: Context, desk: Desk, connection_id: str, company_id: str) -> str:
    """Give a company a map of its own, which begins as the account-wide one."""
    desk.require(Act.MAP)
    desk.whole_msp()
    with context.store.write() as work:
        name = _copied(work, desk, connection_id, company_id)
        said = f"{name} has an asset map of its own now."
        work.journal.write(context.clock(), desk.actor, "asset map", said, company_id, connection_id)
    return said


def _copied(work: Work, desk: Desk, connection_id: str, company_id: str) -> str:
    company, map_ = work.companies.get(company_id), work.assets.map(connection_id)
    if company is None:
        raise NotAllowed(desk.refusal())
    if company_id not in map_.copies:
        # Types that are mapped nowhere stand in it too, so that the copy is one even when it is empty.
        types = dict.fromkeys(work.assets.by_type(connection_id)) | dict(map_.everywhere) | {"": map_.everywhere.get("")}
        work.assets.set_type(connection_id, company_id, types)
    return company.name


def drop_copy(context: Context, desk: Desk, connection_id: str, company_id: str) -> str:
    """Let the account-wide map rule a company again."""
    desk.require(Act.MAP)
    desk.whole_msp()
    with context.store.write() as work:
        company = work.companies.get(company_id)
        work.assets.drop_copy(connection_id, company_id)
        said = f"{company.name if company else 'It'} follows the account-wide asset map again."
        work.journal.write(context.clock(), desk.actor, "asset map", said, company_id, connection_id)
    return said


# --- categories --------------------------------------------------------------------------------------------------


def categories(context: Context, desk: Desk, typed: str = "") -> tuple[Category, ...]:
    desk.require(Act.LOOK)
    with context.store.work() as work:
        found = work.assets.categories()
    return tuple(each for each in found if typed.strip().casefold() in each.name.casefold())


def keep_category(context: Context, desk: Desk, name: str, category_id: str = "") -> str:
    """Make a category, or rename the one with this id. Raises TellPerson with the field to blame."""
    desk.require(Act.MAP)
    desk.whole_msp()
    with context.store.write() as work:
        there = work.assets.categories()
        before = next((each for each in there if each.id == category_id), None)
        if category_id and before is None:
            raise TellPerson("That category is not there any more.", field="name")
        name = category_name(name, {each.name.casefold(): each.id for each in there}, category_id)
        work.assets.keep_category(Category(category_id or context.new_id(), name))
        said = f"The category {before.name} is called {name} now." if before else f"The category {name} is there now."
        work.journal.write(context.clock(), desk.actor, "asset map", said)
    return said


def merge(context: Context, desk: Desk, category_id: str, into_id: str) -> str:
    """Whatever goes to one goes to the other from now on; the first is gone."""
    desk.require(Act.MAP)
    desk.whole_msp()
    with context.store.write() as work:
        names = {each.id: each.name for each in work.assets.categories()}
        if category_id == into_id:
            raise TellPerson("Choose another category to merge it into.", field="into")
        if category_id not in names or into_id not in names:
            raise TellPerson("One of the two is not there any more.", field="into")
        work.assets.merge_category(category_id, into_id)
        said = f"{names[category_id]} was merged into {names[into_id]}."
        work.journal.write(context.clock(), desk.actor, "asset map", said)
    return said

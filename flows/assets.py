"""Configuration items: listed and searched by company and category, and edited back to the PSA."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.asset import Asset, AssetMap, Category
from domain.errors import NotAllowed, Stop, Stranger, TellPerson
from domain.isolation import Link, scope_of
from domain.paging import turned
from domain.psa import AssetChange, Choice, Feature, HasAssets, Pick, UpstreamAsset
from domain.roles import SYSTEM, Act
from flows import asset_sync, connect, psa_lists, setups
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp, finding, patiently, quietly
from storage.assets import OfCategory, Wanted
from storage.store import Work

PAGE = 10
UNMAPPED = "unmapped"  # stands for a category where there is none
NOT_THERE = "There is no such configuration item here."


@dataclass(frozen=True)
class AssetLine:
    """An item with the words its ids stand for."""

    asset: Asset
    company: str
    psa: str
    type: str
    category: str  # "" where its type is unmapped


@dataclass(frozen=True)
class AssetPage:
    lines: tuple[AssetLine, ...]
    page: int
    pages: int
    total: int
    company_id: str
    company: str
    search: str
    category: Category | None  # that the list is narrowed to
    is_synced: bool  # somebody switched on that there are any


def page(
    context: Context, desk: Desk, company_id: str = "", search: str = "", category_id: str = "", page: int = 1
) -> AssetPage:
    """Those of a company, else of all that the desk sees; narrowed by a search (name, serial) and a category."""
    desk.require(Act.LOOK)
    wanted_company = company_id or (desk.bound.id if desk.bound else "")
    if wanted_company:
        desk.must_see(wanted_company)
    with context.store.work() as work:
        category = _category(work, category_id)
        narrowed = _types_of(work, category) if category else None
        wanted = Wanted(wanted_company, search, narrowed)
        _, total = work.assets.page(wanted, 0, 0)
        page, pages = turned(page, total, PAGE)
        found, _ = work.assets.page(wanted, PAGE, (page - 1) * PAGE)
        company = work.companies.get(wanted_company) if wanted_company else None
        name = company.name if company else ""
        synced = any(setups.is_on(work, each.id, Feature.ASSETS) for each in work.connections.all())
        return AssetPage(_lines(context, work, found), page, pages, total, wanted_company, name, search, category, synced)


def _category(work: Work, category_id: str) -> Category | None:
    if category_id == UNMAPPED:
        return Category(UNMAPPED, "Unmapped")
    return next((each for each in work.assets.categories() if each.id == category_id), None)


def _types_of(work: Work, category: Category) -> tuple[OfCategory, ...]:
    """What a category stands for, at each connection: account-wide, and in each company's own map."""
    wanted = None if category.id == UNMAPPED else category.id
    parts = []
    for connection in work.connections.all():
        known = [*work.assets.by_type(connection.id)]
        there = work.assets.map(connection.id)

        def going(map_: Mapping[str, str | None], types: list[str] = known) -> tuple[str, ...]:
            return tuple(type_ for type_ in types if map_.get(type_) == wanted)

        parts.append(OfCategory(connection.id, going(there.everywhere), but=tuple(there.copies)))
        parts += [OfCategory(connection.id, going(copy), company_id) for company_id, copy in there.copies.items()]
    return tuple(parts)


def one(context: Context, desk: Desk, asset_id: str) -> AssetLine:
    """Raises NotAllowed in the same words for another company's and for none."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        found = work.assets.get(asset_id)
        if found is None or not desk.sees(found.company_id):
            raise NotAllowed(NOT_THERE)
        return _lines(context, work, (found,))[0]


def _lines(context: Context, work: Work, found: tuple[Asset, ...]) -> tuple[AssetLine, ...]:
    names = {category.id: category.name for category in work.assets.categories()}
    maps: dict[str, AssetMap] = {}
    types: dict[str, Mapping[str, str]] = {}
    lines = []
    for each in found:
        if each.connection_id not in maps:
            maps[each.connection_id] = work.assets.map(each.connection_id)
            types[each.connection_id] = {choice.id: choice.label for choice in work.picks.of(each.connection_id, Pick.ASSET_TYPES)}
        company, connection = work.companies.get(each.company_id), work.connections.get(each.connection_id)
        title = connect.titled(context, connection).title if connection else "the PSA"
        category = names.get(maps[each.connection_id].category(each.company_id, each.type) or "", "")
        label = types[each.connection_id].get(each.type, each.type)
        lines.append(AssetLine(each, company.name if company else "", title, label, category))
    return tuple(lines)


# --- edited ------------------------------------------------------------------------------------------------------


def types(context: Context, desk: Desk, connection_id: str, typed: str) -> tuple[Choice, ...]:
    """For a picker of the form: what the list of types offers."""
    desk.require(Act.LOOK)
    return psa_lists.offered(context, connection_id, Pick.ASSET_TYPES, typed)


def editable(context: Context, asset: Asset) -> frozenset[str]:
    """The fields that the item's PSA takes changes of."""
    source = context.sources.of(asset.connection_id)
    return source.asset_changes() if isinstance(source, HasAssets) else frozenset()


def edit(context: Context, desk: Desk, asset_id: str, typed: Mapping[str, str]) -> str:
    """Write what was changed back to the PSA; the outcome is told when it is there. Returns the sentence.

    `typed`: name, type, serial, location, notes, of which those that are `editable` count. Raises TellPerson with the
    field to blame.
    """
    desk.require(Act.ASSETS)
    there = one(context, desk, asset_id)
    if not typed.get("name", "").strip():
        raise TellPerson("Give it a name.", field="name")
    with context.store.work() as work:
        known = {choice.id for choice in work.picks.of(there.asset.connection_id, Pick.ASSET_TYPES) if choice.is_active}
    can = editable(context, there.asset)
    changed = {
        name: value.strip() for name, value in typed.items() if name in can and value.strip() != getattr(there.asset, name)
    }
    if "type" in changed and changed["type"] not in known:
        raise TellPerson(f"{there.psa} does not have that type any more. Choose again.", field="type")
    if not changed:
        return "Nothing was changed."
    asked = {"id": asset_id, "company": there.asset.company_id, "seen": there.asset.modified, "change": changed, "user": desk.actor.user_id, "channel": desk.channel}
    with context.store.write() as work:
        said = f"{there.asset.name}: {', '.join(changed)} shall be changed in {there.psa}."
        work.journal.write(context.clock(), desk.actor, "configuration item", said, there.asset.company_id, asset_id)
    context.jobs.enqueue("asset", f"asset-{context.new_id()}", json.dumps(asked), there.asset.connection_id)
    return f"The change is on its way to {there.psa}. I tell you when it stands there."


def work_off(context: Context, steps: Steps, argument: str) -> None:
    """Job "asset": the argument is what was asked for. Done twice, it writes the same values again."""
    asked: Mapping[str, Any] = json.loads(argument)
    try:
        write = partial(finding, partial(_write, context, asked))
        said = str(patiently(steps, "write", write, quietly)["said"])
    except GaveUp as error:
        said = f"The configuration item was not changed: {error.said}"
        if error.unsure:
            said = "It is not known whether the configuration item was changed. The next sync brings what stands there: look then."
    steps("noted", partial(_noted, context, asked, said))
    context.tell.whisper(str(asked["user"]), str(asked["channel"]), said)


def _write(context: Context, asked: Mapping[str, Any]) -> Mapping[str, str]:
    """Read it, write it unless somebody changed it there meanwhile, and read it again: what is shown is what is there."""
    with context.store.work() as work:
        there = work.assets.get(asked["id"])
        link = work.links.get(there.link_id) if there else None
    if there is None or link is None or there.company_id != asked["company"]:
        raise Stop("It is not there any more.")
    try:
        return _written(context, asked, there, link)
    except Stranger:
        return {"said": f"{there.name} belongs to another company in the PSA now. Nothing was changed."}


def _written(context: Context, asked: Mapping[str, Any], there: Asset, link: Link) -> Mapping[str, str]:
    source = context.sources.of(there.connection_id)
    assert isinstance(source, HasAssets)
    before = asset_sync.refresh(context, there.id)
    if before is None:
        raise Stop("It is gone in the PSA.")
    change = AssetChange(**asked["change"])
    if all(getattr(before, name) == value for name, value in asked["change"].items()):
        return {"said": f"{before.name} is changed in the PSA."}
    if before.modified != asked["seen"]:
        raise Stop("Somebody changed it in the PSA meanwhile. Open it again to see how it is now, then change it.")
    with connect.noting(context, there.connection_id):
        source.change_asset(scope_of(link), there.external_id, change)
    return {"said": f"{_called(context, there.id, before)} is changed in the PSA."}


def _called(context: Context, asset_id: str, before: UpstreamAsset) -> str:
    """Its name as it is there after the change; the change stands, even where it moved away right after it."""
    try:
        after = asset_sync.refresh(context, asset_id)
    except Stranger:
        after = None
    return (after or before).name


def _noted(context: Context, asked: Mapping[str, Any], said: str) -> bool:
    with context.store.write() as work:
        there = work.assets.get(asked["id"])
        company_id = there.company_id if there else None
        work.journal.write(context.clock(), SYSTEM, "configuration item", said, company_id, asked["id"])
    return True

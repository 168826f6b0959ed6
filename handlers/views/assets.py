"""How configuration items look: the list, a card, its form; the asset map and our categories."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from domain.asset import Asset, Category
from domain.paging import turned
from flows.asset_map import MapPage, TypeLine
from flows.assets import UNMAPPED, AssetLine, AssetPage
from handlers.views import kit

PAGE = "assets_page"  # value: company id | category id
SEARCH, CATEGORY = "assets_search", "assets_category"
CARD, EDIT, SAVED, TYPE = "asset_card", "asset_edit", "asset_saved", "asset_type"
MAP, MAP_PAGE, MAP_TYPE = "asset_map_open", "asset_map_page", "asset_map_type"
FOR_COMPANY, COPY, DROP = "asset_map_company", "asset_map_copy", "asset_map_drop"
CATEGORIES, CATEGORIES_PAGE = "asset_categories", "asset_categories_page"
ADD, ADDED = "asset_category_add", "asset_category_added"
RENAME, MERGE, MERGED, INTO = "asset_category_rename", "asset_category_merge", "asset_category_merged", "asset_category_into"
NONE = "-"  # a type that is left unmapped on purpose
_FIELD = "asset:"
_TYPE_BLOCK = "type:"
_LISTED = 20  # categories on a page
_TEXTS = {"name": "Name", "serial": "Serial number", "location": "Location", "notes": "Notes"}


def listing(page: AssetPage, command: str, can_map: bool) -> kit.Block:
    ref = f"{page.company_id}|{page.category.id if page.category else ''}"
    where = f" of *{kit.said(page.company)}*" if page.company else ""
    noun = "configuration item" if page.total == 1 else "configuration items"
    what = f"{page.total:,} {noun}"
    blocks = [kit.header("Assets"), kit.section(f"{what}{where}")]
    blocks.append(
        kit.input_text(
            "Search", f"{SEARCH}:{ref}", SEARCH, placeholder="Part of a name or serial number, then Enter",
            initial=page.search, optional=True, dispatch=True, max_length=100,
        )
    )
    chosen = (page.category.name, page.category.id) if page.category else None
    blocks.append(kit.external("Category", f"{CATEGORY}:{ref}", CATEGORY, initial=chosen, optional=True, dispatch=True))
    blocks += [kit.section(_line(line, not page.company_id), kit.button("Open", CARD, line.asset.id)) for line in page.lines]
    if not page.lines:
        blocks.append(kit.section(_why_none(page, command)))
    blocks += kit.paging(page.page, page.pages, PAGE, ref)
    blocks += kit.actions(kit.button("Asset map", MAP)) if can_map else []
    blocks.append(kit.context_line(f"`{kit.escape(command)} assets map` says which type goes to which category."))
    return kit.message(what, blocks)


def _why_none(page: AssetPage, command: str) -> str:
    if not page.is_synced:
        return f"They are not synced yet: an Admin ticks *Enable asset sync* in `{kit.escape(command)} setup`."
    return "Nothing fits." if page.search or page.category else "There are none here yet."


def narrowed(state: Mapping[str, Any], ref: str) -> tuple[str, str]:
    """What stands in the list's own fields: search, category."""
    return kit.value(state, f"{SEARCH}:{ref}", SEARCH), kit.value(state, f"{CATEGORY}:{ref}", CATEGORY)


def offered(categories: Sequence[Category], typed: str) -> list[kit.Offered]:
    unmapped = [("Unmapped", UNMAPPED)] if typed.strip().casefold() in "unmapped" else []
    return [*unmapped, *((each.name, each.id) for each in categories)]


def _line(line: AssetLine, with_company: bool) -> str:
    asset = line.asset
    company = f" · {kit.said(line.company, 60)}" if with_company else ""
    serial = f" · {kit.said(asset.serial, 60)}" if asset.serial else ""
    category = kit.said(line.category, 60) if line.category else "_unmapped_"
    type_ = kit.said(line.type, 60) if line.type else "no type"
    return f"*{kit.said(asset.name, 120)}*{company}\n{category} · {type_}{serial}"


def card(line: AssetLine, may_edit: bool, said: str = "") -> kit.Block:
    asset = line.asset
    facts = [
        ("Company", kit.said(line.company, 100)),
        ("Category", kit.said(line.category, 100) if line.category else "unmapped"),
        ("Type", kit.said(line.type, 100)),
        ("State", "active" if asset.is_active else "inactive"),
        ("Serial number", kit.said(asset.serial, 100)),
        ("Location", kit.said(asset.location, 100)),
        ("Installed", asset.installed[:10] or "–"),
        ("Warranty ends", asset.warranty_ends[:10] or "–"),
    ]
    blocks = [kit.section(said)] if said else []
    blocks += [kit.header(kit.cut(asset.name, 140)), kit.fields(facts)]
    if asset.notes:
        blocks.append(kit.section(kit.said(asset.notes, 2000)))
    read = f", read {kit.when(asset.read_at)}" if asset.read_at else ""
    blocks.append(kit.context_line(f"{kit.said(line.psa, 60)} id {kit.said(asset.external_id)}{read}"))
    buttons = [kit.button("Edit", EDIT, asset.id)] if may_edit else []
    blocks += kit.actions(*buttons, kit.button("Refresh", CARD, asset.id))
    return kit.message(f"Configuration item {kit.said(asset.name, 140)}", blocks)


def form(line: AssetLine, can: Collection[str], channel: str) -> kit.Block:
    """With the fields that the PSA takes changes of."""
    asset = line.asset
    blocks = [kit.section(f"What you change is written to {kit.said(line.psa)}, unless somebody changed it there meanwhile.")]
    blocks += [_text(asset, name, label) for name, label in _TEXTS.items() if name in can]
    initial = (line.type, asset.type) if asset.type else None
    blocks += [kit.external("Type", _FIELD + "type", TYPE, initial=initial, optional=True)] if "type" in can else []
    meta = f"{asset.id}|{asset.connection_id}|{channel}"
    return kit.modal("Configuration item", blocks, SAVED, submit="Save", close="Cancel", private_metadata=meta)


def _text(asset: Asset, name: str, label: str) -> kit.Block:
    long = name == "notes"
    return kit.input_text(
        label, _FIELD + name, name, initial=getattr(asset, name), optional=name != "name", multiline=long,
        max_length=3000 if long else 100,
    )


def typed(state: Mapping[str, Any]) -> dict[str, str]:
    found = {name: kit.value(state, _FIELD + name, name) for name in _TEXTS}
    return found | {"type": kit.value(state, _FIELD + "type", TYPE)}


# the map


def table(page: MapPage, channel: str, said: str = "") -> kit.Block:
    whose = f"*{kit.said(page.company)}*" if page.company_id else "*Account-wide*"
    kind = " · a map of its own" if page.is_copy else " · follows the account-wide map" if page.company_id else ""
    blocks = [kit.section(said)] if said else []
    blocks.append(kit.section(f"{whose}{kind} · {kit.said(page.connection.title)} · {page.mapped:,} of {page.total:,} types mapped"))
    if page.lines:
        of = kit.said(page.company) if page.company_id else "all companies that are mapped"
        blocks.append(kit.context_line(f"Counted are the items of {of}, with the inactive ones."))
    blocks += [_row(page, line) for line in page.lines]
    if not page.lines:
        blocks.append(kit.section(f"{kit.said(page.connection.title)} has told no types yet: press *Sync PSA data* at its card."))
    ref = f"{page.connection.id}|{page.company_id}"
    blocks += kit.paging(page.page, page.pages, MAP_PAGE, ref)
    buttons = [kit.button("Add category", ADD), kit.button("Categories", CATEGORIES)]
    if page.is_copy:
        sure = kit.confirmation("Drop this company's map?", "It follows the account-wide map again.", "Drop")
        buttons.append(kit.button("Use the account-wide map", DROP, ref, confirm=sure))
    elif page.company_id:
        buttons.append(kit.button("Give it a map of its own", COPY, ref))
    blocks += kit.actions(*buttons)
    blocks.append(kit.external("Show the map of a company", "asset_map:company", FOR_COMPANY, optional=True, dispatch=True))
    meta = f"{page.connection.id}|{page.company_id}|{page.page}|{channel}"
    return kit.modal("Asset map", blocks, "asset_map_shown", close="Done", private_metadata=meta)


def _row(page: MapPage, line: TypeLine) -> kit.Block:
    state = "" if line.is_decided else " · not decided yet"
    picker: kit.Block = {"type": "external_select", "action_id": MAP_TYPE, "min_query_length": 0}
    picker["placeholder"] = {"type": "plain_text", "text": "Category"}
    if line.category is not None:
        picker["initial_option"] = kit.option(line.category.name, line.category.id)
    elif line.is_decided:
        picker["initial_option"] = kit.option("Unmapped", NONE)
    items = "item" if line.items == 1 else "items"
    block_id = f"{_TYPE_BLOCK}{page.company_id}:{line.type.id}"
    return kit.section(f"*{kit.said(line.type.label, 100)}* · {line.items:,} {items}{state}", picker, block_id=block_id)


def type_of(block_id: str) -> str:
    """Which type a row's picker belongs to."""
    return block_id.split(":", 2)[-1]


def offered_for_type(categories: Sequence[Category], typed: str) -> list[kit.Offered]:
    unmapped = [("Unmapped", NONE)] if typed.strip().casefold() in "unmapped" else []
    return [*unmapped, *((each.name, each.id) for each in categories)]


def add_form(channel: str, category: Category | None = None) -> kit.Block:
    """For a new category, or (`category`) for another name of one."""
    name = kit.input_text("Category name", "category:name", "name", initial=category.name if category else "", max_length=60)
    title = "Rename category" if category else "Add category"
    meta = f"{category.id if category else ''}|{channel}"
    return kit.modal(title, [name], ADDED, submit="Save", close="Cancel", private_metadata=meta)


def categories(there: Sequence[Category], channel: str, said: str = "", page: int = 1) -> kit.Block:
    page, pages = turned(page, len(there), _LISTED)
    blocks = [kit.section(said)] if said else []
    for each in there[(page - 1) * _LISTED : page * _LISTED]:
        blocks.append(kit.section(f"*{kit.said(each.name)}*"))
        blocks += kit.actions(kit.button("Rename", RENAME, each.id), kit.button("Merge into …", MERGE, each.id))
    if not there:
        blocks.append(kit.section("There are no categories yet."))
    blocks += kit.paging(page, pages, CATEGORIES_PAGE, "all")
    return kit.modal("Categories", blocks, "asset_categories_shown", close="Done", private_metadata=channel)


def merge_form(category: Category, channel: str) -> kit.Block:
    blocks = [
        kit.section(f"Whatever goes to *{kit.said(category.name)}* goes to the other from then on, and it is gone itself."),
        kit.external("Merge into", "category:into", INTO),
    ]
    return kit.modal("Merge categories", blocks, MERGED, submit="Merge", close="Cancel", private_metadata=f"{category.id}|{channel}")

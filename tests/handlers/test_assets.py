"""Configuration items in Slack: whole clicks in a running workspace, and everything drawable whatever the PSA holds."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.asset import Asset, Category
from domain.connection import Connection
from domain.isolation import scope_of
from domain.psa import Choice, Pick
from flows import asset_map, asset_sync, connect
from flows.asset_map import MapPage, TypeLine
from flows.assets import AssetLine, AssetPage
from handlers.views import assets as views
from sandbox.workspace.person import Person
from sandbox.world import ManualClock
from storage.items import Brought
from tests.flows.rack import TYPES, Rack
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable
from tests.handlers.whole import NOW, ROOM, Whole, whole


@dataclasses.dataclass
class Room:
    bot: Whole
    rack: Rack

    def person(self, handle: str) -> Person:
        return self.bot.person(handle)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Contoso has a server and a laptop."""
    with whole(tmp_path) as bot:
        rack = Rack(ManualClock(NOW))
        bot.lent(rack, ("picklists", "all_assets", "all_assets_changed", "asset", "asset_changes", "change_asset"))
        connection = bot.connected()
        link = bot.mapped(connection)
        rows = (rack.asset_row("1", "10", "SRV-DC", "1", serial="SN-1"), rack.asset_row("2", "10", "NB-Ada", "2"))
        with bot.context.store.write() as work:
            work.picks.put(connection.id, {Pick.ASSET_TYPES: TYPES})
            work.assets.put([Brought(f"a{row.id}", scope_of(link), row.id, asset_sync.values(row)) for row in rows], "one")
        yield Room(bot, rack)


def test_a_list_is_searched_and_narrowed_and_an_item_is_edited(room: Room) -> None:
    """From the command to the PSA and back."""
    asset_map.keep_category(room.bot.context, room.bot.system, "Servers")
    (servers,) = asset_map.categories(room.bot.context, room.bot.system)
    connection = connect.live(room.bot.context)[0]
    asset_map.set_type(room.bot.context, room.bot.system, connection.id, "", "1", servers.id)
    tess = room.person("tess")
    tess.command("/msp", "assets contoso", channel=ROOM)
    page = tess.wait_for_message(ROOM, "2 configuration items of *Contoso*", "Servers", "unmapped")
    tess.choose(page, "Category", "Servers")
    page = tess.wait_for_message(ROOM, "1 configuration item of *Contoso*", "SRV-DC")
    tess.press(page, "Open")
    card = tess.wait_for_message(ROOM, "Serial number", "SN-1", "Autotask PSA id 1")
    tess.press(card, "Edit")
    assert tess.submit(tess.wait_for_view("Location"), {"Location": "Cellar"})
    tess.wait_for_message(ROOM, "SRV-DC is changed in the PSA")
    assert room.rack.assets_["1"].location == "Cellar"


def test_the_form_offers_what_the_psa_takes_and_leaves_the_rest_as_it_is(room: Room) -> None:
    room.rack.takes = frozenset({"name", "notes"})
    tess = room.person("tess")
    tess.command("/msp", "assets contoso", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "2 configuration items of *Contoso*"), "Open", near="SRV-DC")
    tess.press(tess.wait_for_message(ROOM, "Autotask PSA id 1"), "Edit")
    form = tess.wait_for_view("What you change is written", "Notes")
    assert not {"Location", "Serial number", "Type"} & {block["label"]["text"] for block in form["blocks"] if "label" in block}
    assert tess.submit(form, {"Notes": "Moved"})
    tess.wait_for_message(ROOM, "SRV-DC is changed in the PSA")
    assert [change.serial for change in room.rack.written] == [None]


def test_the_map_is_kept_at_once_renamed_merged_and_copied(room: Room) -> None:
    tess = room.person("tess")
    tess.command("/msp", "assets map", channel=ROOM)
    table = tess.wait_for_view("Account-wide", "0 of 3 types mapped", "not decided yet", "items of all companies")
    tess.press(table, "Add category")
    assert tess.submit(tess.wait_for_view("Category name"), {"Category name": "Computers"})
    tess.wait_for_message(ROOM, "The category Computers is there now")
    tess.choose(tess.wait_for_view("Account-wide"), "Server", "Computers")
    table = tess.wait_for_view("Server goes to Computers", "1 of 3 types mapped")
    tess.choose(table, "Show the map of a company", "Contoso")
    table = tess.wait_for_view("Contoso", "follows the account-wide map", "items of Contoso")
    tess.press(table, "Give it a map of its own")
    table = tess.wait_for_view("an asset map of its own now", "Use the account-wide map")
    tess.choose(table, "Server", "Unmapped")
    table = tess.wait_for_view("Server is left unmapped", "0 of 3 types mapped")
    tess.press(table, "Categories")
    tess.press(tess.wait_for_view("Computers", "Merge into"), "Rename")
    assert tess.submit(tess.wait_for_view("Category name"), {"Category name": "Machines"})
    listed = tess.wait_for_view("is called Machines now")
    asset_map.keep_category(room.bot.context, room.bot.system, "Boxes")
    tess.press(listed, "Merge into …")
    form = tess.wait_for_view("Whatever goes to *Machines*")
    assert tess.options(form, "Merge into", "") == ["Boxes"]


def test_every_one_of_many_categories_can_be_reached(room: Room) -> None:
    for number in range(25):
        asset_map.keep_category(room.bot.context, room.bot.system, f"Category {number:02}")
    tess = room.person("tess")
    tess.command("/msp", "assets map", channel=ROOM)
    tess.press(tess.wait_for_view("Account-wide"), "Categories")
    tess.press(tess.wait_for_view("Category 00", "Page 1 of 2"), "Next")
    tess.press(tess.wait_for_view("Category 24", "Page 2 of 2"), "Rename", near="Category 24")
    tess.wait_for_view("Rename category", "Category name")


def test_a_viewer_looks_and_changes_nothing(room: Room) -> None:
    with room.bot.context.store.write() as work:
        work.settings.put("default_role", "Viewer")
    tess = room.person("tess")
    tess.command("/msp", "assets contoso", channel=ROOM)
    page = tess.wait_for_message(ROOM, "2 configuration items")
    tess.press(page, "Open")
    card = tess.wait_for_message(ROOM, "Autotask PSA id")
    assert "Edit" not in str(card["blocks"])
    tess.command("/msp", "assets map", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role to map companies")


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_everything_is_drawable_whatever_the_psa_holds(name: str, number: int) -> None:
    some = min(number, 300)
    asset = Asset("a", "c", "900", "k", "l", name, "1", serial=name[:100], location=name[:100], notes=name, read_at=NOW)
    line = AssetLine(asset, name, name, name, name)
    category, psa = Category("g", name[:60]), Connection("c", "autotask", name, {}, "", "", {}, {}, "", "", "", NOW, NOW)
    types = tuple(TypeLine(Choice(str(each), name), each, category if each % 2 else None, each % 3 > 0) for each in range(min(some, 10)))
    for form in (
        views.listing(AssetPage((line,) * min(some, 10), 1, 30, some, "k", name, name[:100], category, is_synced=some > 0), "/msp", True),
        views.card(line, True, "Done."), views.form(line, views._TEXTS, "C0MSP"), views.add_form("C0MSP", category),
        views.table(MapPage(psa, "k", name, True, types, 1, 9, some, 0, (category,)), "C0MSP", "Done."),
        views.table(MapPage(psa, "", "", False, types, 1, 1, some, 0, ()), "C0MSP"),
        views.categories((category,) * some, "C0MSP", "Done."), views.merge_form(category, "C0MSP"),
    ):
        assert_drawable(form)

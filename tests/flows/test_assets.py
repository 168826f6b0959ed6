"""Configuration items: each company's own, by category, found by name and serial, edited back to the PSA."""

import pytest

from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble, Unsure
from domain.psa import Choice, Pick
from domain.roles import Role
from flows import asset_map, assets, setup_steps
from flows.desk import Desk
from storage.store import Store
from tests.flows.engine import Killed
from tests.flows.rack import Room, room


@pytest.fixture
def there(store: Store) -> Room:
    """Contoso has two servers and a laptop, Fabrikam a server and a printer; somebody else has one too."""
    made = room(store)
    rows = (("1", "10", "SRV-DC", "1"), ("2", "10", "SRV-SQL", "1"), ("3", "10", "NB-Ada", "2"), ("4", "20", "SRV-F", "1"), ("5", "20", "PRN", "3"))
    for id_, company, name, type_ in (*rows, ("6", "30", "SRV-X", "1")):
        made.rack.asset_row(id_, company, name, type_, serial=f"SN-{id_}")
    made.sync("one")
    return made


def bound(there: Room) -> Desk:
    return there.bench.desk(Role.TECHNICIAN, bound=there.contoso)


def names(there: Room, desk: Desk | None = None, **wanted: str) -> list[str]:
    return [line.asset.name for line in assets.page(there.bench.context, desk or there.bench.admin, **wanted).lines]


def category(there: Room, name: str, *types: str, company_id: str = "") -> str:
    """Make a category and let types go to it; its id."""
    context, admin = there.bench.context, there.bench.admin
    if name not in {each.name for each in asset_map.categories(context, admin)}:
        asset_map.keep_category(context, admin, name)
    (id_,) = (each.id for each in asset_map.categories(context, admin) if each.name == name)
    for type_ in types:
        asset_map.set_type(context, admin, there.connection.id, company_id, type_, id_)
    return id_


# --- switched on ---


def test_the_wizard_switches_them_on_and_off(there: Room) -> None:
    """Off, what is here stays as it is; on again, the next sync reads what came meanwhile."""
    context, admin = there.bench.context, there.bench.admin
    setup_steps.keep_sync(context, admin, there.connection.id, {"assets": ()})
    there.rack.asset_row("7", "10", "SRV-NEW", "1")
    there.sync("off")
    assert not assets.page(context, admin).is_synced
    assert "SRV-NEW" not in names(there)
    setup_steps.keep_sync(context, admin, there.connection.id, {"assets": ("on",)})
    there.sync("on")
    assert assets.page(context, admin).is_synced
    assert "SRV-NEW" in names(there)


# --- listed ---


def test_each_company_has_its_own_and_nobody_the_rest(there: Room) -> None:
    assert names(there) == ["NB-Ada", "PRN", "SRV-DC", "SRV-F", "SRV-SQL"]
    assert names(there, bound(there)) == ["NB-Ada", "SRV-DC", "SRV-SQL"]
    with pytest.raises(NotAllowed, match="There is no such company here"):
        assets.page(there.bench.context, bound(there), there.fabrikam.id)


def test_a_list_of_all_stays_of_all_whatever_one_works_in_by_then(there: Room) -> None:
    working = Desk(there.bench.admin.actor, "C1", None, there.fabrikam)
    assert names(there, working) == names(there)
    assert names(there, bound(there), search="SRV-F") == []


def test_a_forged_id_of_another_company_is_not_there(there: Room) -> None:
    foreign = assets.page(there.bench.context, there.bench.admin, there.fabrikam.id).lines[0].asset.id
    for id_ in (foreign, "no-such-thing"):
        with pytest.raises(NotAllowed, match="There is no such configuration item here"):
            assets.one(there.bench.context, bound(there), id_)
        with pytest.raises(NotAllowed, match="There is no such configuration item here"):
            assets.edit(there.bench.context, bound(there), id_, {"name": "Mine now"})


def test_search_finds_names_and_serials(there: Room) -> None:
    assert names(there, search="srv-s") == ["SRV-SQL"]
    assert names(there, search="sn-5") == ["PRN"]
    assert names(there, search="%") == []


def test_what_the_psa_lost_is_gone_after_a_whole_read_and_inactive_ones_are_not_listed(there: Room) -> None:
    del there.rack.assets_["5"]
    there.rack.edit_asset("3", is_active=False)
    there.bench.clock.advance(25 * 3600)
    there.sync("two")
    assert names(there) == ["SRV-DC", "SRV-F", "SRV-SQL"]


def test_a_remapped_company_does_not_keep_what_came_through_the_old_mapping(there: Room) -> None:
    """The moment the mapping goes, so do its items."""
    with there.bench.store.write() as work:
        link = work.links.of_company(there.connection.id, there.contoso.id)
        assert link is not None
        work.links.retire(link.id)
    assert names(there) == ["PRN", "SRV-F"]


# --- categories ---


def test_a_list_by_category_follows_the_account_wide_map(there: Room) -> None:
    servers = category(there, "Servers", "1")
    assert names(there, category_id=servers) == ["SRV-DC", "SRV-F", "SRV-SQL"]
    assert names(there, category_id=assets.UNMAPPED) == ["NB-Ada", "PRN"]
    assert names(there, category_id=servers, company_id=there.fabrikam.id) == ["SRV-F"]


def test_a_companys_copy_rules_wholly(there: Room) -> None:
    """It begins as the account-wide map, is changed alone, and follows it again when the copy is dropped."""
    context, admin = there.bench.context, there.bench.admin
    servers = category(there, "Servers", "1")
    special = category(there, "Special", "1", company_id=there.contoso.id)
    assert names(there, category_id=servers) == ["SRV-F"]
    assert names(there, category_id=special) == ["SRV-DC", "SRV-SQL"]
    category(there, "Printers", "2", "3")
    assert names(there, category_id=assets.UNMAPPED) == ["NB-Ada"]
    asset_map.drop_copy(context, admin, there.connection.id, there.contoso.id)
    assert names(there, category_id=servers) == ["SRV-DC", "SRV-F", "SRV-SQL"]


def test_a_copy_of_an_empty_map_is_a_copy(there: Room) -> None:
    asset_map.copy(there.bench.context, there.bench.admin, there.connection.id, there.contoso.id)
    servers = category(there, "Servers", "1")
    assert names(there, category_id=servers) == ["SRV-F"]


def test_categories_are_renamed_and_merged(there: Room) -> None:
    context, admin = there.bench.context, there.bench.admin
    servers, laptops = category(there, "Servers", "1"), category(there, "Laptops", "2")
    asset_map.keep_category(context, admin, "Computers", laptops)
    with pytest.raises(TellPerson, match="merge them"):
        asset_map.keep_category(context, admin, " computers ", servers)
    asset_map.merge(context, admin, servers, laptops)
    assert [each.name for each in asset_map.categories(context, admin)] == ["Computers"]
    assert len(names(there, category_id=laptops)) == 4


def test_a_type_can_be_left_unmapped_on_purpose(there: Room) -> None:
    """That is another thing than not having been asked yet."""
    context, admin = there.bench.context, there.bench.admin
    asset_map.set_type(context, admin, there.connection.id, "", "2", "")
    lines = {line.type.id: line for line in asset_map.page(context, admin, there.connection.id).lines}
    assert (lines["2"].is_decided, lines["2"].category) == (True, None)
    assert not lines["1"].is_decided
    assert (lines["1"].items, lines["3"].items) == (3, 1)
    assert "9" not in lines, "an inactive type that nothing has is no matter"


def test_a_companys_map_counts_its_own_items(there: Room) -> None:
    """The types that it has stand first; those that only others have can be mapped all the same."""
    context, admin = there.bench.context, there.bench.admin

    def counted(company_id: str = "") -> list[tuple[str, int]]:
        return [(line.type.id, line.items) for line in asset_map.page(context, admin, there.connection.id, company_id).lines]

    assert dict(counted()) == {"1": 3, "2": 1, "3": 1}
    assert dict(counted(there.contoso.id)) == {"1": 2, "2": 1, "3": 0}
    assert dict(counted(there.fabrikam.id)) == {"1": 1, "2": 0, "3": 1}
    assert counted(there.fabrikam.id)[-1] == ("2", 0)


@pytest.mark.parametrize(("type_", "into"), [("404", ""), ("1", "forged")])
def test_forged_types_and_categories_are_refused(there: Room, type_: str, into: str) -> None:
    with pytest.raises(TellPerson, match="not there any more"):
        asset_map.set_type(there.bench.context, there.bench.admin, there.connection.id, "", type_, into)


def test_the_map_is_no_business_of_a_bound_channel_or_a_viewer(there: Room) -> None:
    context = there.bench.context
    with pytest.raises(NotAllowed):
        asset_map.page(context, bound(there), there.connection.id)
    with pytest.raises(NotAllowed):
        asset_map.set_type(context, there.bench.desk(Role.VIEWER), there.connection.id, "", "1", "")


# --- edited ---


def edit(there: Room, **typed: str) -> str:
    """Change Contoso's SRV-DC; the last thing that was told."""
    context, desk = there.bench.context, bound(there)
    (line,) = (each for each in assets.page(context, desk).lines if each.asset.external_id == "1")
    kept = {name: getattr(line.asset, name) for name in ("name", "type", "serial", "location", "notes")}
    assets.edit(context, desk, line.asset.id, kept | typed)
    there.bench.workshop.run()
    return there.bench.ear.private[-1][2] if there.bench.ear.private else ""


def test_an_edit_goes_back_to_the_psa_and_only_what_was_changed(there: Room) -> None:
    assert "SRV-DC2 is changed in the PSA" in edit(there, name="SRV-DC2")
    assert there.rack.assets_["1"].name == "SRV-DC2"
    (change,) = there.rack.written
    assert (change.name, change.serial) == ("SRV-DC2", None)
    assert "SRV-DC2" in names(there)


def test_what_the_psa_takes_no_change_of_is_not_written_however_it_came(there: Room) -> None:
    there.rack.takes = frozenset({"name", "notes"})
    edit(there, name="SRV-DC2", location="Cellar", serial="forged")
    (change,) = there.rack.written
    assert (change.name, change.location, change.serial) == ("SRV-DC2", None, None)


def test_an_edit_that_was_not_confirmed_is_looked_for_and_not_said_to_have_failed(there: Room) -> None:
    def lost() -> None:
        if there.rack.written:
            there.rack.moment = lambda: None
            raise Unsure("Autotask did not confirm it.")

    there.rack.moment = lost
    assert "SRV-DC2 is changed in the PSA" in edit(there, name="SRV-DC2")
    assert len(there.rack.written) == 1


def test_an_edit_over_somebody_elses_is_refused_and_shown(there: Room) -> None:
    """What stands in the PSA now is read again, so that the next look shows it."""
    there.bench.clock.advance(60)
    there.rack.edit_asset("1", location="Cellar")
    assert "Somebody changed it in the PSA meanwhile" in edit(there, location="Attic")
    assert there.rack.written == []
    assert assets.page(there.bench.context, bound(there), search="SRV-DC").lines[0].asset.location == "Cellar"


def test_an_item_that_moved_to_another_company_at_the_source_is_told_plainly_and_left_alone(there: Room) -> None:
    there.rack.edit_asset("1", company_id="20")
    assert edit(there, name="SRV-MINE") == "SRV-DC belongs to another company in the PSA now. Nothing was changed."
    assert there.rack.written == []
    assert there.rack.assets_["1"].name == "SRV-DC"


def test_an_item_that_moves_away_right_after_its_change_is_told_as_changed(there: Room) -> None:
    there.rack.moment = lambda: there.rack.edit_asset("1", company_id="20") if there.rack.written else None
    assert "is changed in the PSA" in edit(there, name="SRV-DC2")
    assert len(there.rack.written) == 1


def test_a_missing_right_is_told(there: Room) -> None:
    there.rack.trouble = [AskOperator("Add CRM → Configuration Items → Edit: All.", Trouble.MISSING_RIGHT)]
    assert "Add CRM → Configuration Items → Edit: All" in edit(there, name="X")


def test_what_is_wrong_is_said_at_its_field(there: Room) -> None:
    for typed, field in (({"name": " "}, "name"), ({"type": "9"}, "type"), ({"type": "forged"}, "type")):
        with pytest.raises(TellPerson) as refused:
            edit(there, **typed)
        assert refused.value.field == field


def test_a_type_beyond_those_that_a_picker_shows_at_once_can_be_chosen(there: Room) -> None:
    """An account with more types than Slack shows: what was found by typing is taken."""
    many = tuple(Choice(str(number), f"Type {number:04}") for number in range(1, 151))
    with there.bench.store.write() as work:
        work.picks.put(there.connection.id, {Pick.ASSET_TYPES: many})
    (found,) = assets.types(there.bench.context, bound(there), there.connection.id, "type 0150")
    assert "is changed in the PSA" in edit(there, type=found.id)
    assert there.rack.assets_["1"].type == "150"


def test_a_death_at_any_moment_of_an_edit_ends_as_if_nothing_had_happened(there: Room) -> None:
    context, workshop = there.bench.context, there.bench.workshop
    there.rack.moment = workshop.moment
    for kill_at in range(1, 30):
        (line,) = (each for each in assets.page(context, bound(there)).lines if each.asset.external_id == "1")
        typed = {name: getattr(line.asset, name) for name in ("name", "type", "serial", "notes")} | {"location": f"Room {kill_at}"}
        assets.edit(context, bound(there), line.asset.id, typed)
        workshop.dies_at(kill_at)
        try:
            workshop.run()
        except Killed:
            workshop.kill_at = None
            workshop.run()
        else:
            assert kill_at > 5
            break
        assert there.rack.assets_["1"].location == f"Room {kill_at}"
        assert "is changed in the PSA" in there.bench.ear.private[-1][2]

"""The same questions to every PSA that has them: opportunities, to-dos, contracts, configuration items."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain.errors import Stop, Stranger, TellPerson
from domain.psa import AssetChange, HasAssets, HasContracts, HasOpportunities, HasTodos
from tests.connectors.conformance import FakeTime, rows_of, scope
from tests.connectors.desks import Desk
from tests.connectors.test_desk_conformance import LATER, SINCE

KINDS: dict[str, tuple[Callable[[Desk], Any], str, str, str]] = {
    "opportunities": (
        lambda desk: desk.add_opportunity,
        "all_opportunities",
        "all_opportunities_changed",
        "opportunity",
    ),
    "assets": (lambda desk: desk.add_asset, "all_assets", "all_assets_changed", "asset"),
}
each_kind = pytest.mark.parametrize("kind", sorted(KINDS))


def test_what_a_psa_sells_and_keeps_is_an_ability_each(desk: Desk, time: FakeTime) -> None:
    """What a PSA does not have, it does not claim."""
    source = desk.open(time)
    assert {each for each in (HasOpportunities, HasTodos, HasContracts, HasAssets) if isinstance(source, each)} == desk.sells


@each_kind
def test_two_pages_are_joined_and_cost_two_calls(desk: Desk, time: FakeTime, kind: str) -> None:
    adder, every, _, _ = KINDS[kind]
    rows = desk.rows_a_page(kind) + 1
    for number in range(1, rows + 1):
        adder(desk)(number)
    found = rows_of(getattr(desk.open(time), every))
    assert [row.id for row in found] == [str(number) for number in range(1, rows + 1)]
    assert desk.reads() == 2


@each_kind
def test_a_changed_read_overlaps_and_costs_one_call(desk: Desk, time: FakeTime, kind: str) -> None:
    adder, _, changed, _ = KINDS[kind]
    add = adder(desk)
    add(1)
    add(2, changed=SINCE)
    add(3, company=8, changed=LATER)
    page = getattr(desk.open(time), changed)(SINCE, None)
    assert sorted(row.id for row in page.rows) == ["2", "3"]
    assert (page.total, page.next, desk.reads()) == (None, None, 1)


@each_kind
def test_one_is_of_its_company_or_a_stranger_or_gone(desk: Desk, time: FakeTime, kind: str) -> None:
    adder, _, _, one = KINDS[kind]
    adder(desk)(1)
    read = getattr(desk.open(time), one)
    assert read(scope("7"), "1").id == "1"
    assert read(scope("7"), "99") is None
    with pytest.raises(Stranger):
        read(scope("8"), "1")


@pytest.mark.parametrize("what", ["opportunity", "todo"])
def test_a_create_called_again_finds_what_it_made_also_after_a_torn_write(
    desk: Desk, time: FakeTime, what: str
) -> None:
    if what == "todo" and HasTodos not in desk.sells:
        pytest.skip("has no to-dos")
    create = getattr(desk.open(time), f"create_{what}")
    new = getattr(desk, f"new_{what}")
    desk.torn.append(httpx.ReadError("reset"))
    with pytest.raises(Stop):
        create(scope(), new("key-1"))
    made = create(scope(), new("key-1"))
    assert len(desk.writes) == 1
    assert create(scope(), new("key-10")) != made
    assert create(scope(), new("key-1")) == made
    assert create(scope("8"), new("key-1")) != made
    assert len(desk.writes) == 3


def test_a_made_opportunity_reads_back_as_it_was_given(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    new = desk.new_opportunity("key-1")
    found = source.opportunity(scope(), source.create_opportunity(scope(), new))
    assert (found.title, found.stage, found.category, found.owner_id) == (
        new.title,
        new.stage,
        new.category,
        new.owner_id,
    )
    assert (found.starts, found.closes, found.amount, found.description) == (
        new.starts,
        new.closes,
        "1500.5",
        new.description,
    )
    assert found.response == ""


def test_contracts_are_the_scopes_alone(desk: Desk, time: FakeTime) -> None:
    if HasContracts not in desk.sells:
        pytest.skip("has no contracts")
    desk.add_contract(1)
    desk.add_contract(2, company=8)
    (contract,) = desk.open(time).contracts(scope("7"), None).rows
    assert (contract.id, contract.company_id, contract.name, contract.status) == ("1", "7", "Contract 1", "Active")
    assert contract.type == desk.contract_type


def test_only_what_is_given_of_an_asset_is_changed(desk: Desk, time: FakeTime) -> None:
    desk.add_asset(1)
    source = desk.open(time)
    source.change_asset(scope(), "1", AssetChange(name="SRV-renamed", is_active=False))
    found = source.asset(scope(), "1")
    assert (found.name, found.is_active, found.type) == ("SRV-renamed", False, "2")
    assert len(desk.writes) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "New"), ("type", "2"), ("serial", "SN-2"), ("location", "Cellar"), ("notes", "Moved"), ("is_active", False)],
)
def test_an_asset_takes_what_it_is_said_to(desk: Desk, time: FakeTime, field: str, value: Any) -> None:
    """What a form may offer; the rest is refused."""
    desk.add_asset(1)
    source = desk.open(time)
    if field in source.asset_changes():
        source.change_asset(scope(), "1", AssetChange(**{field: value}))
        assert len(desk.writes) == 1
    else:
        with pytest.raises(TellPerson):
            source.change_asset(scope(), "1", AssetChange(**{field: value}))
        assert desk.writes == []


def test_nothing_is_written_to_another_companys_asset(desk: Desk, time: FakeTime) -> None:
    desk.add_asset(1, company=8)
    source = desk.open(time)
    with pytest.raises(Stranger):
        source.change_asset(scope("7"), "1", AssetChange(name="Ours now"))
    with pytest.raises(TellPerson):
        source.change_asset(scope("7"), "99", AssetChange(name="Nobody's"))
    assert desk.writes == []

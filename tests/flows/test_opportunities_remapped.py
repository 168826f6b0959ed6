"""Opportunities that stand here only, when the mapping they were made under is removed and comes back."""

import pytest

from domain.opportunity import Opportunity, OpportunityState
from flows import mapping, pushing
from flows import opportunities as flow
from flows.desk import Desk
from storage.store import Store
from tests.flows.deals import Market, market


@pytest.fixture
def shop(store: Store) -> Market:
    """One opportunity of Contoso was made and never pushed; then Contoso's mapping was removed."""
    there = market(store)
    there.bench.two_eyes_are_enough()
    with store.write() as work:
        link = work.links.of_company(there.connection.id, there.contoso.id)
        assert link is not None
        work.opportunities.add(
            Opportunity(
                "o1", there.connection.id, there.contoso.id, link.id, "10", "New firewall", amount="10", starts="2026-01-05",
                closes="2026-02-05", stage="1", status="1", owner_id="41", key="k1", state=OpportunityState.HERE,
            ),
            there.bench.context.clock(),
        )  # fmt: skip
    unmap(there)
    assert titles(there) == []
    return there


def unmap(shop: Market) -> None:
    with shop.bench.store.work() as work:
        link = work.links.of_company(shop.connection.id, shop.contoso.id)
    assert link is not None
    mapping.remap(shop.bench.context, shop.bench.admin, link.id, None, False)


def desk(shop: Market) -> Desk:
    return shop.bench.admin


def titles(shop: Market) -> list[str]:
    return [line.opportunity.title for line in flow.page(shop.bench.context, desk(shop)).lines]


def test_it_comes_back_with_the_same_mapping_and_can_be_pushed(shop: Market) -> None:
    mapping.confirm(shop.bench.context, desk(shop), shop.connection.id, shop.contoso.id, "10")
    (line,) = flow.page(shop.bench.context, desk(shop), shop.contoso.id).lines
    assert (line.opportunity.title, line.opportunity.state) == ("New firewall", OpportunityState.HERE)
    pushing.push(shop.bench.context, desk(shop), line.opportunity.id)
    shop.bench.workshop.run()
    assert [(row.company_id, row.title) for row in shop.deals.opportunities_.values()] == [("10", "New firewall")]


@pytest.mark.parametrize("again", [1, 2])
def test_it_comes_back_however_often_the_mapping_went(shop: Market, again: int) -> None:
    for _ in range(again):
        mapping.confirm(shop.bench.context, desk(shop), shop.connection.id, shop.contoso.id, "10")
        assert titles(shop) == ["New firewall"]
        unmap(shop)
        assert titles(shop) == []


def test_it_goes_to_nobody_else(shop: Market) -> None:
    """Neither to another company of the source that the company is mapped to, nor to another company mapped to that one."""
    with shop.bench.store.work() as work:
        theirs = work.links.of_company(shop.connection.id, shop.fabrikam.id)
    assert theirs is not None
    mapping.confirm(shop.bench.context, desk(shop), shop.connection.id, shop.contoso.id, "30")
    mapping.remap(shop.bench.context, desk(shop), theirs.id, "10", False)
    assert titles(shop) == []


def test_a_copy_of_what_stands_at_the_source_does_not_come_back_by_itself(shop: Market) -> None:
    """That is read anew: it may have changed hands there meanwhile."""
    mapping.confirm(shop.bench.context, desk(shop), shop.connection.id, shop.contoso.id, "10")
    shop.deals.opportunity_row("1", "10", "Theirs")
    shop.sync("one")
    assert sorted(titles(shop)) == ["New firewall", "Theirs"]
    unmap(shop)
    mapping.confirm(shop.bench.context, desk(shop), shop.connection.id, shop.contoso.id, "10")
    assert titles(shop) == ["New firewall"]

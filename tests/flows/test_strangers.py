"""What stands here under one company and comes back as another's: nothing of it is kept, and the journal says so, once."""

from contextlib import suppress

from domain.errors import Stranger
from domain.ports import Kind
from flows import asset_sync, assets
from flows.figures import REFUSED
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.deals import market
from tests.flows.rack import room
from tests.flows.ticket_paper import service

SAID = "Autotask PSA sent a record of this company as another company's. Nothing of what it sent was kept."


def refused(bench: Bench) -> list[str]:
    return bench.journal(REFUSED)


def test_a_configuration_item_that_claims_a_company_nobody_has_here(store: Store) -> None:
    there = room(store)
    there.rack.asset_row("1", "10", "SRV-DC")
    there.rack.asset_row("2", "30", "Of nobody here")
    there.sync("one")
    assert refused(there.bench) == [], "a row of a company that is not mapped is no stranger"
    for slot in ("two", "three"):
        there.bench.clock.advance(3600)
        there.rack.edit_asset("1", company_id="30", name="Renamed there")
        there.sync(slot)
    assert refused(there.bench) == [SAID], "once, however many syncs meet it"
    (line,) = assets.page(there.bench.context, there.bench.admin).lines
    assert line.asset.name == "SRV-DC"


def test_a_configuration_item_that_is_read_again_by_itself(store: Store) -> None:
    there = room(store)
    there.rack.asset_row("1", "10")
    there.sync("one")
    (line,) = assets.page(there.bench.context, there.bench.admin).lines
    there.rack.edit_asset("1", company_id="20")
    for _ in range(2):
        with suppress(Stranger):
            asset_sync.refresh(there.bench.context, line.asset.id)
    assert refused(there.bench) == [SAID]


def test_an_opportunity_that_claims_a_company_nobody_has_here(store: Store) -> None:
    shop = market(store)
    shop.deals.opportunity_row("1", "10")
    shop.sync("one")
    shop.bench.clock.advance(3600)
    shop.deals.edit_opportunity("1", company_id="30")
    for slot in ("two", "three"):
        shop.sync(slot)
    assert refused(shop.bench) == [SAID]


def test_a_ticket_that_went_to_nobodys_company_and_none_that_went_to_another_one_here(store: Store) -> None:
    desk = service(store)
    for id_ in ("1", "2"):
        desk.paper.ticket_(id_, "1")
    desk.synced()
    desk.paper.edit_ticket("1", company_id="3")
    desk.paper.edit_ticket("2", company_id="2")
    for _ in range(2):
        desk.synced()
    assert refused(desk.bench) == [SAID]
    assert desk.here(desk.fabrikam) == ["2"]


def test_a_person_that_claims_a_company_nobody_has_here(both: Bench) -> None:
    paper = both.papers["autotask"]
    for id_, name in (("10", "Contoso"), ("30", "Nobody")):
        paper.company(id_, name, f"{name.casefold()}.com")
    paper.person("1", "10", "ada@contoso.com")
    connection = both.connected("autotask")
    company = both.company("Contoso", "contoso.com")
    both.listed(connection)
    both.mapped(connection, company, "10")
    both.imported(Kind.USERS, "Contoso")
    paper.edit("1", company_id="30", first_name="Eve")
    for slot in ("one", "two"):
        both.workshop.enqueue("sync", f"sync-{slot}", f"{connection.id} {slot}", connection.id)
        both.workshop.run()
    assert refused(both) == [SAID]
    assert [line.person.first_name for line in both.people().values()] == ["Ada"]

"""A key that a source refuses stands on the connection's card, whatever met it: a click that reads, or one that writes."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from domain.connection import Connection
from domain.errors import AskOperator, Trouble
from flows import (
    asset_sync,
    assets,
    contracts,
    opportunities,
    opportunity_sync,
    psa_lists,
    pushing,
    ticket_acts,
    ticket_making,
    tickets,
    todos,
)
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.clients import Clients
from tests.flows.deals import Market, market
from tests.flows.paper import Paper
from tests.flows.rack import Room, room
from tests.flows.ticket_paper import WORKING, Service, service

REFUSED = AskOperator("Autotask PSA refused the key. Enter it anew.", Trouble.WRONG_KEY)
NO_RIGHT = AskOperator("Add Service Desk → Tickets → Edit: All.", Trouble.MISSING_RIGHT)


def trouble(bench: Bench, connection: Connection) -> str:
    with bench.store.work() as work:
        found = work.connections.get(connection.id)
    assert found is not None
    return found.trouble


def met(bench: Bench, connection: Connection, paper: Paper, error: AskOperator, act: Callable[[], object]) -> str:
    """What stands on the card after the source refused whatever was asked of it."""
    paper.trouble = [error] * 20
    bench.ear.notices.clear()
    with suppress(AskOperator):  # some acts say so at once
        act()
        bench.workshop.run()
    assert len(paper.trouble) < 20, "the source was asked"
    assert bench.ear.notices == ([error.said] if error is REFUSED else []), "people are told once"
    return trouble(bench, connection)


# --- tickets ---


def opens(desk: Service) -> object:
    return tickets.refreshed(desk.bench.context, desk.bench.admin, desk.id_of("1"))


def opens_its_comments(desk: Service) -> object:
    return tickets.opened(desk.bench.context, desk.bench.admin, desk.id_of("1"))


def comments(desk: Service) -> object:
    return ticket_acts.comment(desk.bench.context, desk.bench.admin, "n1", desk.id_of("1"), "On my way.", True)


def sets_a_status(desk: Service) -> object:
    return ticket_acts.set_status(desk.bench.context, desk.bench.admin, "c1", desk.id_of("1"), WORKING)


def makes_one(desk: Service) -> object:
    return ticket_making.create(desk.bench.context, desk.bench.admin, "t1", desk.contoso.id, {"title": "New laptop"})


@pytest.mark.parametrize(("error", "noted"), [(REFUSED, True), (NO_RIGHT, False)])
@pytest.mark.parametrize("act", [opens, opens_its_comments, comments, sets_a_status, makes_one])
def test_with_tickets_it_stands_on_the_card(quick_store: Store, act: Callable[[Service], object], error: AskOperator, noted: bool) -> None:
    """A right that is missing concerns the act alone: its card says so, and the rest of the connection works."""
    desk = service(quick_store)
    desk.paper.ticket_("1", "1")
    desk.synced()
    said = met(desk.bench, desk.connection, desk.paper, error, lambda: act(desk))
    assert said == (error.said if noted else "")


# --- opportunities, to-dos, contracts ---


def made(shop: Market) -> str:
    typed = {"title": "New firewall", "amount": "10"}
    return opportunities.make(shop.bench.context, shop.bench.admin, shop.contoso.id, shop.connection.id, typed).opportunity.id


def pushes(shop: Market) -> object:
    return pushing.push(shop.bench.context, shop.bench.admin, made(shop))


def reads_again(shop: Market) -> object:
    (line,) = opportunities.page(shop.bench.context, shop.bench.admin).lines
    return opportunity_sync.refresh(shop.bench.context, line.opportunity.id)


def makes_a_to_do(shop: Market) -> object:
    typed = {"type": "4", "text": "Call", "owner": "41", "day": "2026-03-02"}
    return todos.make(shop.bench.context, shop.bench.admin, shop.contoso.id, shop.connection.id, typed)


def reads_contracts(shop: Market) -> object:
    return contracts.of_company(shop.bench.context, shop.bench.admin, shop.contoso.id)


def reads_lists(shop: Clients) -> object:
    return psa_lists.refresh(shop.bench.context, shop.bench.admin, shop.connection.id)


@pytest.mark.parametrize("act", [pushes, reads_again, makes_a_to_do, reads_contracts, reads_lists])
def test_with_opportunities_to_dos_contracts_and_lists_it_stands_there_too(quick_store: Store, act: Callable[[Market], object]) -> None:
    shop = market(quick_store)
    shop.deals.opportunity_row("1", "10")
    shop.sync("one")
    assert met(shop.bench, shop.connection, shop.deals, REFUSED, lambda: act(shop)) == REFUSED.said


# --- configuration items ---


def item(there: Room) -> str:
    (line,) = assets.page(there.bench.context, there.bench.admin).lines
    return line.asset.id


def edits(there: Room) -> object:
    typed = {"name": "SRV-NEW", "type": "1", "serial": "", "location": "", "notes": ""}
    return assets.edit(there.bench.context, there.bench.admin, item(there), typed)


def reads_one_again(there: Room) -> object:
    return asset_sync.refresh(there.bench.context, item(there))


@pytest.mark.parametrize("act", [edits, reads_one_again])
def test_with_configuration_items_it_stands_there_too(quick_store: Store, act: Callable[[Room], object]) -> None:
    there = room(quick_store)
    there.rack.asset_row("1", "10")
    there.sync("one")
    assert met(there.bench, there.connection, there.rack, REFUSED, lambda: act(there)) == REFUSED.said

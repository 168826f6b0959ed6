"""Autotask's service desk against the stand-in over real HTTP: what is written reads back, and callouts arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connectors import discover
from connectors.autotask import levels
from domain.errors import AskOperator, NotAllowed, Stranger, TellPerson
from domain.ports import Opening
from domain.psa import (
    AssetChange,
    Callout,
    Feature,
    Happened,
    Held,
    Hooked,
    HookWanted,
    NewNote,
    NewOpportunity,
    NewTicket,
    NewTodo,
    Pick,
    Right,
    TicketChange,
    TicketsWanted,
)
from sandbox.autotask import AutotaskStandIn
from sandbox.world import ManualClock, World
from tests.connectors.conformance import rows_of, scope
from tests.sandbox.vendors.receiver import Receiver

SECRET = "s3cret-of-a-webhook"


@dataclass
class Tenant:
    """The demo's tenant, and a source open on it."""

    stand_in: AutotaskStandIn
    clock: ManualClock
    source: Any


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    clock = ManualClock()
    with AutotaskStandIn(
        World.demo(clock=clock), clock, https_only_webhooks=False, pause=lambda seconds: None
    ) as stand_in:
        given = {"username": stand_in.username, "secret": stand_in.secret, "tracking": stand_in.tracking_identifier}

        def sleep(seconds: float) -> None:
            clock.advance(seconds)

        opening = Opening(stand_in.url, clock, sleep)
        yield Tenant(stand_in, clock, discover()["autotask"].open(given, opening))


def first_ticket(tenant: Tenant) -> Any:
    return tenant.source.all_tickets(TicketsWanted(), None).rows[0]


def owner(tenant: Tenant) -> str:
    return str(tenant.source.picklists()[Pick.OWNERS][0].id)


def test_every_kind_of_row_is_read_whole(tenant: Tenant) -> None:
    tables, source = tenant.stand_in.world.autotask, tenant.source
    assert len(rows_of(lambda cursor: source.all_tickets(TicketsWanted(), cursor))) == len(tables["Tickets"].ids)
    assert len(rows_of(source.all_opportunities)) == len(tables["Opportunities"].ids)
    assert len(rows_of(source.all_assets)) == len(tables["ConfigurationItems"].ids)
    long_ago = "2020-01-01T00:00:00Z"
    assert len(rows_of(lambda cursor: source.notes_changed(long_ago, cursor))) == len(tables["TicketNotes"].ids)
    companies = {row.company_id for row in source.all_tickets(TicketsWanted(), None).rows}
    contracts = [row for each in companies for row in source.contracts(scope(each), None).rows]
    assert contracts
    assert {row.company_id for row in contracts} <= companies


def test_wanted_queues_and_statuses_narrow_the_read(tenant: Tenant) -> None:
    everything = tenant.source.all_tickets(TicketsWanted(), None).rows
    queue, status = everything[0].queue, everything[0].status
    wanted = TicketsWanted(queues=frozenset({queue}), without_statuses=frozenset({status}))
    found = tenant.source.all_tickets(wanted, None).rows
    assert {row.id for row in found} == {row.id for row in everything if row.queue == queue and row.status != status}
    assert tenant.source.count_tickets(wanted) == len(found)


def test_a_ticket_lives_through_its_life(tenant: Tenant) -> None:
    source, at = tenant.source, scope(first_ticket(tenant).company_id)
    since = tenant.clock.advance(60).isoformat()
    new = NewTicket("key-1", "Printer jams", "Again", status="1", priority="2", queue="5", assignee_id=owner(tenant))
    made = source.create_ticket(at, new)
    assert source.create_ticket(at, new) == made
    source.add_note(at, made, NewNote("We are on it.", for_client=True))
    source.add_note(at, made, NewNote("Between us."))
    source.change_ticket(at, made, TicketChange(status="5", resolution="Cleaned"))
    ticket = source.ticket(at, made)
    assert (ticket.status, ticket.resolution, ticket.assignee_id) == ("5", "Cleaned", owner(tenant))
    assert (ticket.external_key, ticket.title, ticket.completed != "") == ("key-1", "Printer jams", True)
    assert [note.for_client for note in source.notes(at, made, None).rows] == [True, False]
    assert [row.id for row in source.all_tickets_changed(since, None).rows] == [made]
    assert len(source.notes_changed(since, None).rows) == 2


def test_what_the_tenant_refuses_is_said_in_its_place(tenant: Tenant) -> None:
    source, at = tenant.source, scope(first_ticket(tenant).company_id)
    for change, field in ((TicketChange(status="77"), "status"), (TicketChange(priority="3"), "priority")):
        with pytest.raises(TellPerson, match="Sync PSA data") as refused:
            source.change_ticket(at, first_ticket(tenant).id, change)
        assert refused.value.field == field
    tenant.stand_in.level.take("Tickets", "add")
    with pytest.raises(AskOperator, match="Tickets → Add: Yes"):
        source.create_ticket(at, NewTicket("key-2", "No", status="1", priority="2"))


def test_a_ticket_that_moved_to_another_company_is_left_alone(tenant: Tenant) -> None:
    tickets = tenant.source.all_tickets(TicketsWanted(), None).rows
    mine, other = tickets[0], next(row for row in tickets if row.company_id != tickets[0].company_id)
    with pytest.raises(Stranger):
        tenant.source.add_note(scope(mine.company_id), other.id, NewNote("Not for them", for_client=True))
    assert tenant.stand_in.calls("Tickets/{id}/Notes") == 0


def test_deals_to_dos_and_devices_are_made_and_changed_once(tenant: Tenant) -> None:
    source, at = tenant.source, scope(first_ticket(tenant).company_id)
    person = owner(tenant)
    deal = NewOpportunity("key-1", "Laptops", "1", "1", person, "2026-12-01", "2026-12-31", "1500.5", "900", "Ten")
    made = source.create_opportunity(at, deal)
    assert source.create_opportunity(at, deal) == made
    found = source.opportunity(at, made)
    assert (found.title, found.amount, found.material_cost, found.closes, found.description) == (
        "Laptops", "1500.5", "900", "2026-12-31", "Ten",
    )  # fmt: skip
    todo = NewTodo("key-1", "2", "Call", person, "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z", opportunity_id=made)
    assert source.create_todo(at, todo) == source.create_todo(at, todo)
    device = source.all_assets(None).rows[0]
    source.change_asset(scope(device.company_id), device.id, AssetChange(name="SRV-9", is_active=False))
    changed = source.asset(scope(device.company_id), device.id)
    assert (changed.name, changed.is_active, changed.serial) == ("SRV-9", False, device.serial)


def test_the_demo_asks_for_nothing_but_what_a_category_insists_on(tenant: Tenant) -> None:
    source, at = tenant.source, scope(first_ticket(tenant).company_id)
    tenant.stand_in.world.autotask["TicketCategories"].rows[2]["_requires"] = ["queueID"]
    assert source.required_for("2") == frozenset()
    with pytest.raises(TellPerson) as refused:
        source.create_ticket(at, NewTicket("key-3", "Alert", status="1", priority="2", category="2"))
    assert refused.value.field == "queue"
    assert source.required_for("2") == {"queue"}


# --- callouts and rights -----------------------------------------------------------------------------


def test_a_change_in_autotask_is_heard_and_our_own_is_not(tenant: Tenant) -> None:
    source, world = tenant.source, tenant.stand_in.world
    with Receiver() as receiver:
        hooks = {}
        for kind in source.hook_kinds:
            url = f"{receiver.url}/{kind.name}"
            hooks[kind] = source.make_hook(HookWanted(kind, f"Gangway {kind.value}", url, f"{url}/off", SECRET))
        assert all(hook.is_ready and hook.is_whole for hook in hooks.values())
        ticket = first_ticket(tenant)
        world.desk.change("Tickets", int(ticket.id), status=8)
        note = {"ticketID": int(ticket.id), "description": "It's <b>done</b> & dusted – ✓", "noteType": 1, "publish": 1}
        world.desk.insert("TicketNotes", note)
        source.change_ticket(scope(ticket.company_id), ticket.id, TicketChange(status="5", resolution="x"))
        tenant.stand_in.delivery.settle()
        arrivals = {arrival.path.strip("/"): arrival for arrival in receiver.arrivals}
        assert len(receiver.arrivals) == len(arrivals) == 2
        said = {name: told(source, Hooked[name], arrival) for name, arrival in arrivals.items()}
    assert (said["TICKETS"].happened, said["TICKETS"].item_id) == (Happened.UPDATED, ticket.id)
    assert (said["NOTES"].happened, said["NOTES"].parent_id) == (Happened.CREATED, ticket.id)
    assert said["NOTES"].guid == hooks[Hooked.NOTES].guid
    assert said["NOTES"].sequence == 1


def told(source: Any, kind: Hooked, arrival: Any) -> Callout:
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    with pytest.raises(NotAllowed):
        source.read_callout(kind, headers, arrival.body, "another secret")
    found = source.read_callout(kind, headers, arrival.body, SECRET)
    assert isinstance(found, Callout)
    return found


def test_a_stock_level_is_told_from_a_copy_and_each_missing_right_is_seen(tenant: Tenant) -> None:
    def held(*features: Feature) -> dict[str, Held]:
        return {right.name: right.held for right in tenant.source.rights(frozenset(features))}

    assert held(*Feature)["A security level of its own"] is Held.EXCESS
    level = tenant.stand_in.copy_level("API User (Gangway)")
    assert held(*Feature)["A security level of its own"] is Held.FOUND
    level.take("Webhooks")
    level.take("To-Dos", "add")
    level.take("Configuration Items")
    level.set("Tickets", "view", "Mine")
    found = held(*Feature)
    assert {name for name, each in found.items() if each is Held.MISSING} == {
        "Can create webhooks", "To-dos: Add", "Configuration items: View", "Configuration items: Edit", "Configuration Items",
    }  # fmt: skip
    assert found["Tickets: View"] is Held.CUT
    assert Held.MISSING not in held(Feature.COMPANIES, Feature.TICKETS).values()
    assert tenant.source.hook_room().may is False


def rows(tenant: Tenant) -> dict[str, Right]:
    return {right.name: right for right in tenant.source.rights(frozenset(Feature))}


def test_a_class_of_companies_that_is_cut_is_among_the_places_that_are_named(tenant: Tenant) -> None:
    """Customers are shown, so it can be any class; following the path of one alone could mend nothing."""
    level = tenant.stand_in.copy_level("API User (Gangway)")
    level.take("Prospect, Lead & Dead")
    found = rows(tenant)
    for name in ("Companies: View", "Contacts: View", "Opportunities: View"):
        assert found[name].held is Held.CUT
        assert "→ Customer & Cancelation: All" in found[name].path
        assert "→ Prospect, Lead & Dead: All" in found[name].path
        assert "Prospect, Lead & Dead" in found[name].said
    assert "Opportunities & Quotes → View: All" in found["Opportunities: View"].path
    level.give("Prospect, Lead & Dead")
    assert rows(tenant)["Companies: View"].held is Held.FOUND


def test_without_any_customer_it_is_their_class_that_is_cut(tenant: Tenant) -> None:
    tenant.stand_in.copy_level("API User (Gangway)").take("Customer & Cancelation")
    found = rows(tenant)["Companies: View"]
    assert found.held is Held.CUT
    assert found.path == f"Security level → {levels.CRM}"


@pytest.mark.parametrize(("thing", "name"), [("Contracts", "view"), ("Contract Visibility", "")])
def test_contracts_that_are_refused_have_one_row_with_both_places(tenant: Tenant, thing: str, name: str) -> None:
    tenant.stand_in.copy_level("API User (Gangway)").take(thing, name)
    found = rows(tenant)
    assert found["Contracts: View"].held is Held.MISSING
    assert "Contracts → View: All" in found["Contracts: View"].path
    assert "Contract Visibility: Full" in found["Contracts: View"].path
    assert "Contract Visibility: Full" not in found
    with pytest.raises(AskOperator, match=f"Contracts → View: All and {levels.VISIBILITY}"):
        tenant.source.contracts(scope("1"), None)


def test_sections_that_nothing_needs_are_named_as_too_much_and_never_missed(tenant: Tenant) -> None:
    """Your Organization and Service Desk of the feature access open what administrators set up."""
    level = tenant.stand_in.copy_level("API User (Gangway)")
    before = [right.path for right in rows(tenant).values() if right.held is Held.EXCESS]
    for thing in ("Your Organization", "Service Desk"):
        assert any(path.endswith(f"Feature Access → {thing}") for path in before)
        level.take(thing)
    found = rows(tenant).values()
    assert {right.held for right in found} == {Held.FOUND, Held.UNSEEN, Held.EXCESS}
    assert not [right for right in found if "Feature Access → Your Organization" in right.path]
    assert not [right for right in found if "Feature Access → Service Desk" in right.path]
    assert tenant.source.picklists()[Pick.TICKET_CATEGORIES]


def test_more_webhooks_than_the_level_lets_be_made_is_said(tenant: Tenant) -> None:
    tenant.stand_in.level.webhooks_most = 1
    url = "https://gangway.example/hooks/autotask"
    tenant.source.make_hook(HookWanted(Hooked.TICKETS, "Gangway", f"{url}/1", f"{url}/1/off", SECRET))
    with pytest.raises(TellPerson, match="maximum number of webhooks"):
        tenant.source.make_hook(HookWanted(Hooked.NOTES, "Gangway", f"{url}/2", f"{url}/2/off", SECRET))

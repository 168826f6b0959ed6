"""ConnectWise's desk against the stand-in, over real HTTP: what is written reads back, callouts are heard, rights are named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors import discover
from connectors.connectwise import ConnectWiseSource
from domain.errors import AskOperator, NotAllowed, SkipRecord, Stranger, TellPerson, Trouble
from domain.isolation import Scope
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
    Pick,
    TicketChange,
    TicketsWanted,
)
from sandbox.connectwise import ConnectWiseStandIn, sign
from sandbox.world import ManualClock, World
from tests.connectors.conformance import FakeTime, rows_of, scope
from tests.connectors.connectwise_desk import KEY_URL, ConnectWiseDesk
from tests.connectors.connectwise_desk import sign as sign_as_the_vendor

HOOK = "http://127.0.0.1:9/hooks/connectwise/h1"


def opening(url: str | None, clock: ManualClock) -> Opening:
    def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return Opening(url, clock, sleep)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def there(clock: ManualClock) -> Iterator[ConnectWiseStandIn]:
    with ConnectWiseStandIn(World.demo(clock=clock)) as stand_in:
        yield stand_in


@pytest.fixture
def source(there: ConnectWiseStandIn, clock: ManualClock) -> Iterator[ConnectWiseSource]:
    given = {"site": there.site, "company_id": there.company, "public_key": there.public_key}
    given |= {"private_key": there.private_key, "client_id": there.client_id}
    opened = discover()["connectwise"].open(given, opening(there.url, clock))
    assert isinstance(opened, ConnectWiseSource)
    yield opened
    opened.close()


@pytest.fixture
def contoso(there: ConnectWiseStandIn) -> Scope:
    return scope(str(next(one for one, row in there.tables["companies"].rows.items() if row["name"] == "Contoso Ltd.")))


# --- lists -----------------------------------------------------------------------------------------


def test_statuses_and_types_belong_to_their_board(source: ConnectWiseSource) -> None:
    lists = source.picklists()
    boards = {choice.label: choice for choice in lists[Pick.QUEUES]}
    assert {name: choice.is_active for name, choice in boards.items()} == {
        "Professional Services": True, "Help Desk": True, "Alerts": False,
    }  # fmt: skip
    desk = boards["Help Desk"].id
    of_desk = [choice for choice in lists[Pick.TICKET_STATUSES] if choice.parent_id == desk]
    assert [choice.label for choice in of_desk] == ["New", "In Progress", "Waiting on Client", ">Closed"]
    assert [choice.is_default for choice in of_desk] == [True, False, False, False]
    assert [choice.is_closing for choice in of_desk] == [False, False, False, True]
    assert {choice.parent_id for choice in lists[Pick.TICKET_TYPES]} == {boards[name].id for name in boards} - {boards["Alerts"].id}
    assert [choice.label for choice in lists[Pick.OPPORTUNITY_CATEGORIES]] == ["Products", "Managed Services"]
    assert [choice.label for choice in lists[Pick.COMPANY_TYPES]] == ["Client", "Prospect", "Vendor", "Owner"]
    assert not {Pick.TICKET_CATEGORIES, Pick.NOTE_TYPES, Pick.TODO_TYPES} & set(lists)


def test_owners_are_found_with_fewer_rights_too(source: ConnectWiseSource, there: ConnectWiseStandIn) -> None:
    whole = source.picklists()[Pick.OWNERS]
    there.member.take("Member Maintenance")
    assert source.picklists()[Pick.OWNERS] == whole
    assert [choice.email for choice in whole][:1] == ["nora.lindqvist@northwind-it.example"]
    assert len(whole) == 5


def test_lists_behind_table_setup_are_missing_without_it(source: ConnectWiseSource, there: ConnectWiseStandIn) -> None:
    there.member.take("Table Setup", "inquire")
    assert set(source.picklists()) == {Pick.OWNERS}


# --- tickets and notes -------------------------------------------------------------------------------


def test_a_ticket_is_made_changed_answered_and_read_back(source: ConnectWiseSource, contoso: Scope, clock: ManualClock) -> None:
    lists = source.picklists()
    desk = next(choice.id for choice in lists[Pick.QUEUES] if choice.label == "Help Desk")
    statuses = {choice.label: choice.id for choice in lists[Pick.TICKET_STATUSES] if choice.parent_id == desk}
    new = NewTicket("key-1", "Printer jams " * 12, "Since Monday.", queue=desk, priority="2", due="2026-12-01T10:00:00.5Z")
    made = source.create_ticket(contoso, new)
    assert source.create_ticket(contoso, new) == made
    found = source.ticket(contoso, made)
    assert found is not None
    assert (found.number, found.queue, found.status, found.priority) == (made, desk, statuses["New"], "2")
    assert (found.due, found.external_key, len(found.title)) == ("2026-12-01T10:00:00Z", "key-1", 100)
    clock.advance(60)
    source.change_ticket(contoso, made, TicketChange(status=statuses[">Closed"], assignee_id="141", resolution="New drum."))
    closed = source.ticket(contoso, made)
    assert closed is not None
    assert (closed.status, closed.assignee_id, closed.completed) == (statuses[">Closed"], "141", "2026-11-21T09:01:00Z")
    source.change_ticket(contoso, made, TicketChange(assignee_id=""))
    assert replace(closed, assignee_id="") == source.ticket(contoso, made)
    source.add_note(contoso, made, NewNote("For us alone.", title="Careful"))
    source.add_note(contoso, made, NewNote("It prints again.", for_client=True))
    notes = [(note.text, note.for_client) for note in source.notes(contoso, made, None).rows]
    assert notes[1:] == [("New drum.", True), ("Careful\n\nFor us alone.", False), ("It prints again.", True)]
    assert notes[0] == (f"{new.title.strip()}\n\nSince Monday.", True)


def test_notes_of_changed_tickets_are_found(source: ConnectWiseSource, contoso: Scope, clock: ManualClock) -> None:
    made = source.create_ticket(contoso, NewTicket("key-1", "Printer"))
    clock.advance(600)
    note = source.add_note(contoso, made, NewNote("Hello", for_client=True))
    found = rows_of(lambda cursor: source.notes_changed("2026-11-21T09:05:00Z", cursor))
    assert [(each.id, each.ticket_id) for each in found] == [(note, made)]


def test_notes_need_no_condition_that_a_server_may_not_know(connectwise_desk: ConnectWiseDesk, time: FakeTime) -> None:
    """The changed tickets are asked for by time, their notes are taken whole and only the fresh ones kept."""
    connectwise_desk.add_ticket(1, changed="2026-11-21T09:00:00Z")
    flags = {"detailDescriptionFlag": True}
    old, new = {"lastUpdated": "2026-11-01T09:00:00Z"}, {"lastUpdated": "2026-11-21T09:00:00Z"}
    connectwise_desk.tables["notes"] = [
        {"id": 5, "ticketId": 1, "text": "old", **flags, "_info": old},
        {"id": 6, "ticketId": 1, "text": "edited", "dateCreated": "2026-11-01T09:00:00Z", **flags, "_info": new},
        {"id": 7, "ticketId": 1, "text": "timeless", **flags},
    ]
    source = connectwise_desk.open(time)
    assert isinstance(source, ConnectWiseSource)
    found = rows_of(lambda cursor: source.notes_changed("2026-11-21T08:00:00Z", cursor))
    assert [note.text for note in found] == ["edited", "timeless"]
    asked = [request.url.params.get("conditions", "") for request in connectwise_desk.requests if request.url.path.endswith("/notes")]
    assert asked == [""]


def test_notes_of_a_ticket_that_is_gone_are_skipped(source: ConnectWiseSource, contoso: Scope) -> None:
    with pytest.raises(SkipRecord):
        source.notes(contoso, "1", None)


def test_a_status_of_another_board_is_refused_at_its_field(source: ConnectWiseSource, contoso: Scope) -> None:
    lists = source.picklists()
    one, other = (choice.id for choice in lists[Pick.QUEUES] if choice.is_active)
    foreign = next(choice.id for choice in lists[Pick.TICKET_STATUSES] if choice.parent_id == other)
    with pytest.raises(TellPerson, match="status") as refused:
        source.create_ticket(contoso, NewTicket("key-1", "Printer", queue=one, status=foreign))
    assert refused.value.field == "status"


def test_the_right_to_write_is_named(source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn) -> None:
    there.member.take("Service Tickets", "add")
    with pytest.raises(AskOperator, match="Service Desk → Service Tickets to Add: All") as refused:
        source.create_ticket(contoso, NewTicket("key-1", "Printer"))
    assert refused.value.trouble is Trouble.MISSING_RIGHT


def test_many_left_out_statuses_are_looked_at_row_by_row(source: ConnectWiseSource) -> None:
    """A condition that would make the address too long is not sent, and nothing that is not wanted comes through."""
    everything = rows_of(lambda cursor: source.all_tickets(TicketsWanted(), cursor))
    some = everything[0].status
    many = TicketsWanted(without_statuses=frozenset({some, *(str(number) for number in range(5000, 5200))}))
    assert source.count_tickets(many) is None
    assert rows_of(lambda cursor: source.all_tickets(many, cursor)) == [each for each in everything if each.status != some]


def test_a_ticket_has_an_address_for_technicians(there: ConnectWiseStandIn, source: ConnectWiseSource, clock: ManualClock) -> None:
    """In the cloud without the API's prefix; at an operator's own address nobody knows."""
    assert source.ticket_address("5") == ""
    given = {"site": "eu.myconnectwise.net", "company_id": "c", "public_key": "a", "private_key": "b", "client_id": "x"}
    opened: Any = discover()["connectwise"].open(given, opening(None, clock))
    start = "https://eu.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails?"
    assert opened.ticket_address("5") == f"{start}service_recid=5&companyName=c"
    assert opened.ticket_address("5&x=1") == ""


# --- opportunities and configurations ----------------------------------------------------------------


def test_an_opportunity_is_made_with_its_money(source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn) -> None:
    person = str(there.tables["contacts"].where("company", int(contoso.external_id))[0])
    new = NewOpportunity("key-1", "New laptops", "3", "1", "141", "", "2026-12-31", "1500.50", "900", "Ten.", contact_id=person)
    made = source.create_opportunity(contoso, new)
    assert source.create_opportunity(contoso, new) == made
    found = source.opportunity(contoso, made)
    assert found is not None
    assert (found.title, found.stage, found.category, found.owner_id) == ("New laptops", "3", "1", "141")
    assert (found.amount, found.material_cost, found.labor_cost) == ("1500.5", "900", "")
    assert (found.closes, found.response, found.description) == ("2026-12-31", "", "Ten.")
    there.tables["opportunities"].update(int(made), {"status": 3}, there.world.clock())
    lost = source.opportunity(contoso, made)
    assert lost is not None
    assert lost.response == "Rejected"
    assert made in {each.id for each in rows_of(source.all_opportunities)}


def test_material_and_labor_of_a_new_one_stay_apart(source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn) -> None:
    person = str(there.tables["contacts"].where("company", int(contoso.external_id))[0])
    new = NewOpportunity("key-2", "Move", "3", "1", "141", "", "2026-12-31", "1500.50", "900", contact_id=person, labor_cost="250.5")
    found = source.opportunity(contoso, source.create_opportunity(contoso, new))
    assert found is not None
    assert (found.amount, found.material_cost, found.labor_cost) == ("1500.5", "649.5", "250.5")


def test_material_and_labor_are_told_apart(source: ConnectWiseSource) -> None:
    first = rows_of(source.all_opportunities)[0]
    assert (first.amount, first.material_cost, first.labor_cost) == ("1900", "900", "250")


def test_without_a_contact_the_companys_default_one_is_taken(
    source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn
) -> None:
    new = NewOpportunity("key-1", "New laptops", "3", "1", "141", "", "2026-12-31")
    with pytest.raises(TellPerson, match="contact") as refused:
        source.create_opportunity(contoso, new)
    assert refused.value.field == "contact_id"
    company = int(contoso.external_id)
    person = there.tables["contacts"].where("company", company)[0]
    there.tables["companies"].update(company, {"defaultContact": person}, there.world.clock())
    found = source.opportunity(contoso, source.create_opportunity(contoso, new))
    assert found is not None
    assert (found.contact_id, found.amount) == (str(person), "")


def test_an_opportunity_stands_where_neither_contact_nor_forecast_is_kept(
    connectwise_desk: ConnectWiseDesk, time: FakeTime
) -> None:
    """What a ConnectWise needs it says itself; what is a part of its own must not make the whole look failed."""
    usual = connectwise_desk.proper_answer

    def without_forecasts(request: httpx.Request) -> httpx.Response:
        is_forecast = request.url.path.endswith("/forecast")
        return httpx.Response(404, json={"code": "NotFound", "message": "Route"}) if is_forecast else usual(request)

    connectwise_desk.proper_answer = without_forecasts  # type: ignore[method-assign]
    source = connectwise_desk.open(time)
    assert isinstance(source, ConnectWiseSource)
    new = replace(connectwise_desk.new_opportunity("key-1"), contact_id="")
    made = source.create_opportunity(scope("7"), new)
    assert source.create_opportunity(scope("7"), new) == made, "asked again, it is found"
    found = source.opportunity(scope("7"), made)
    assert found is not None
    assert (found.title, found.contact_id, found.amount) == ("New laptops", "", "")


def test_a_configuration_is_edited_within_its_company(source: ConnectWiseSource, contoso: Scope) -> None:
    item = next(each for each in rows_of(source.all_assets) if each.company_id == contoso.external_id)
    source.change_asset(contoso, item.id, AssetChange(name="LAPTOP-renamed", type="2", notes="Moved.", is_active=False))
    found = source.asset(contoso, item.id)
    assert found is not None
    assert (found.name, found.type, found.notes, found.is_active) == ("LAPTOP-renamed", "2", "Moved.", False)
    assert found.serial == item.serial
    with pytest.raises(TellPerson, match="sites"):
        source.change_asset(contoso, item.id, AssetChange(location="Cellar"))
    with pytest.raises(Stranger):
        source.change_asset(scope("19297"), item.id, AssetChange(name="Ours now"))


# --- callbacks ---------------------------------------------------------------------------------------


def test_what_changes_is_called_out_and_believed(source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn) -> None:
    """With the stand-in's own signature; only the key is fetched, and only once."""
    hook = source.make_hook(HookWanted(Hooked.TICKETS, "Gangway", HOOK, f"{HOOK}/off", "ours"))
    assert source.hooks() == (hook,)
    made = source.create_ticket(contoso, NewTicket("key-1", "Printer"))
    there.callbacks.settle()
    (delivery,) = there.callbacks.deliveries
    headers = {"x-content-signature": delivery.signature}
    for _ in range(2):
        told = source.read_callout(Hooked.TICKETS, headers, delivery.body, "ours")
        assert told == Callout(Hooked.TICKETS, Happened.CREATED, made)
    assert there.calls("key") == 1
    for kind, given, body in (
        (Hooked.TICKETS, {}, delivery.body),
        (Hooked.TICKETS, headers, delivery.body + b" "),
        (Hooked.TICKETS, {"x-content-signature": sign("mine", delivery.body)}, delivery.body),
    ):
        with pytest.raises(NotAllowed):
            source.read_callout(kind, given, body, "ours")
    with pytest.raises(TellPerson) as odd:
        source.read_callout(Hooked.COMPANIES, headers, delivery.body, "ours")
    assert not isinstance(odd.value, NotAllowed)
    source.drop_hook(hook)
    source.drop_hook(hook)
    assert source.hooks() == ()


def test_notes_are_heard_as_changes_of_their_tickets(source: ConnectWiseSource, contoso: Scope, there: ConnectWiseStandIn) -> None:
    """Nobody calls out notes; a callback of its own on tickets names the ticket whose notes are to be read."""
    made = source.create_ticket(contoso, NewTicket("key-1", "Printer"))
    for kind, url in ((Hooked.TICKETS, HOOK), (Hooked.NOTES, f"{HOOK}n")):
        source.make_hook(HookWanted(kind, f"Gangway {kind.value}", url, "", "ours"))
    assert [(hook.kind, hook.url) for hook in source.hooks()] == [(Hooked.TICKETS, HOOK), (Hooked.NOTES, f"{HOOK}n")]
    source.add_note(contoso, made, NewNote("Hello"))
    there.callbacks.settle()
    (heard,) = [each for each in there.callbacks.deliveries if each.url.startswith(f"{HOOK}n?")]
    told = source.read_callout(Hooked.NOTES, {"x-content-signature": heard.signature}, heard.body, "ours")
    assert (told.kind, told.happened, told.parent_id) == (Hooked.NOTES, Happened.UPDATED, made)


def body_with(**changes: Any) -> bytes:
    told = {"Action": "updated", "ID": 5, "Type": "ticket", "CompanyId": "contoso", "Metadata": {"key_url": KEY_URL}}
    return json.dumps(told | changes).encode()


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/key", "http://api-na.myconnectwise.net/key", "https://api-na.myconnectwise.net@evil.example/key",
     "https://u:p@api-na.myconnectwise.net/key", "https://myconnectwise.net.evil.example/k", "file:///etc/passwd", "", "https://[x"],
)  # fmt: skip
def test_no_address_of_elsewhere_is_fetched(connectwise_desk: ConnectWiseDesk, time: FakeTime, url: str) -> None:
    """The call itself names where its key is: it might name anything."""
    body = body_with(Metadata={"key_url": url})
    source = connectwise_desk.open(time)
    with pytest.raises(NotAllowed):
        source.read_callout(Hooked.TICKETS, {"x-content-signature": sign_as_the_vendor(body)}, body, "ours")
    assert connectwise_desk.requests == []


def test_another_companys_call_is_not_believed(connectwise_desk: ConnectWiseDesk, time: FakeTime) -> None:
    """Its signature may be right: every company of the cloud has a key there."""
    body = body_with(CompanyId="fabrikam")
    with pytest.raises(NotAllowed):
        connectwise_desk.open(time).read_callout(Hooked.TICKETS, {"x-content-signature": sign_as_the_vendor(body)}, body, "ours")


@pytest.mark.parametrize("changes", [{"Action": "merged"}, {"ID": None}, {"ID": -1}, {"Type": "project"}])
def test_a_signed_call_that_says_nothing_is_a_reason_to_look(connectwise_desk: ConnectWiseDesk, time: FakeTime, changes: Any) -> None:
    body = body_with(**changes)
    with pytest.raises(TellPerson) as told:
        connectwise_desk.open(time).read_callout(Hooked.TICKETS, {"x-content-signature": sign_as_the_vendor(body)}, body, "ours")
    assert not isinstance(told.value, NotAllowed)


# --- rights ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "feature", "path"),
    [
        ("Company Maintenance", Feature.COMPANIES, "Companies → Company Maintenance → Inquire: All"),
        ("Contacts", Feature.USERS, "Companies → Contacts → Inquire: All"),
        ("Member Maintenance", Feature.STAFF, "System → Member Maintenance → Inquire: All"),
        ("Service Tickets", Feature.TICKETS, "Service Desk → Service Tickets → Inquire: All"),
        ("Opportunities", Feature.OPPORTUNITIES, "Sales → Opportunity → Inquire: All"),
        ("Configurations", Feature.ASSETS, "Companies → Configurations → Inquire: All"),
    ],
)
def test_the_preflight_finds_each_missing_right_by_a_read(
    source: ConnectWiseSource, there: ConnectWiseStandIn, area: str, feature: Feature, path: str
) -> None:
    there.member.take(area, "inquire")
    missing = [right for right in source.rights(frozenset({feature})) if right.held is Held.MISSING]
    assert [right.path.endswith(path) for right in missing] == [True]
    there.member.give(area, "inquire")
    assert Held.MISSING not in {right.held for right in source.rights(frozenset({feature}))}


def test_table_setup_is_asked_table_by_table(source: ConnectWiseSource, there: ConnectWiseStandIn) -> None:
    there.member.take("Table Setup")
    features = frozenset({Feature.COMPANIES, Feature.TICKETS})
    missing = [right.name for right in source.rights(features) if right.held is Held.MISSING]
    assert missing == ["Table Setup (companies): Inquire", "Table Setup (tickets): Inquire"]


def test_a_role_that_sees_only_its_own_is_cut(source: ConnectWiseSource, there: ConnectWiseStandIn) -> None:
    there.member.companies = frozenset({there.tables["companies"].ids[0]})
    assert next(right.held for right in source.rights(frozenset({Feature.COMPANIES}))) is Held.CUT


@pytest.mark.parametrize(
    ("flags", "for_client"),
    [
        ({"detailDescriptionFlag": True}, True),
        ({"resolutionFlag": True}, True),
        ({"internalAnalysisFlag": True}, False),
        ({"detailDescriptionFlag": True, "internalAnalysisFlag": True}, False),
        ({}, False),
    ],
)
def test_what_is_internal_too_is_not_for_the_client(
    connectwise_desk: ConnectWiseDesk, time: FakeTime, flags: dict[str, bool], for_client: bool
) -> None:
    connectwise_desk.add_ticket(1)
    connectwise_desk.tables["notes"] = [{"id": 5, "ticketId": 1, "text": "x", **flags}]
    (note,) = connectwise_desk.open(time).notes(scope(), "1", None).rows
    assert note.for_client is for_client

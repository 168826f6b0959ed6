"""Lists of ConnectWise: records, conditions, order, fields, pages, faults."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.connectwise import ConnectWiseStandIn
from sandbox.world import ManualClock, World
from tests.sandbox.connectwise.conftest import Client


def names(rows: Any) -> list[str]:
    return [row["name"] for row in rows]


def test_a_company_is_shown_as_connectwise_shows_it(connectwise: ConnectWiseStandIn, cw: Client, world: World) -> None:
    """References are small objects, types a list, nulls are left out, dates whole seconds."""
    client = world.add_company("Contoso Ltd.", "contoso.example", kind="Lead")
    shown = cw.get(f"company/companies/{connectwise.company_id(client)}")
    assert (shown["name"], shown["identifier"], shown["website"]) == ("Contoso Ltd.", "ContosoLtd", "contoso.example")
    assert (shown["status"]["name"], names(shown["types"])) == ("Not-Approved", ["Prospect"])
    assert shown["deletedFlag"] is False
    assert "parentCompany" not in shown
    assert shown["_info"]["lastUpdated"] == "2026-11-21T09:00:00Z"
    assert shown["status"]["_info"]["companyStatus_href"].endswith("/apis/3.0/company/companies/statuses/3")


def test_a_contact_has_communication_items_and_no_address_field(cw: Client, world: World) -> None:
    """Addresses stand among the communication items, the default one marked."""
    world.add_contact(world.add_company("C"), "Ada", "", "a@c.example", more_emails=("b@c.example",), phone="555")
    (shown,) = cw.get("company/contacts")
    assert "email" not in shown
    assert "lastName" not in shown
    items = [(one["communicationType"], one["value"], one["defaultFlag"]) for one in shown["communicationItems"]]
    assert items == [("Email", "a@c.example", True), ("Email", "b@c.example", False), ("Phone", "555", True)]


def test_a_deleted_company_stays_in_the_list(cw: Client, world: World) -> None:
    """It is flagged, and asked for by its flag."""
    gone = world.add_company("Gone")
    world.add_company("Here")
    assert len(cw.get("company/companies")) == 3
    world.delete_company(gone)
    assert names(cw.get("company/companies", conditions="deletedFlag=true")) == ["Gone"]
    assert "Gone" not in names(cw.get("company/companies", conditions="deletedFlag=false"))
    assert len(cw.get("company/companies")) == 3


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('name="contoso"', ["Contoso"]),
        ("name='Contoso'", ["Contoso"]),
        ('name!="Contoso" and types/id>0', None),
        ('name like "%abri%"', ["Fabrikam"]),
        ('name like "Fab%"', ["Fabrikam"]),
        ('name contains "toso"', ["Contoso"]),
        ('name in ("Contoso","Fabrikam")', ["Contoso", "Fabrikam"]),
        ('name not in ("Contoso") and status/name="Active" and website!=null', ["Northwind IT", "Fabrikam"]),
        ('status/name="Not-Approved" or (name="Contoso" and deletedFlag=false)', ["Contoso", "Tailspin"]),
        ("status/id=2 or status/id=3", ["Tailspin"]),
        ("lastUpdated>[2026-11-21T09:00:30Z]", ["Tailspin"]),
        ("_info/lastUpdated >= [2026-11-21T09:01:00Z]", ["Tailspin"]),
        ("lastUpdated<[2026-11-20]", ["Northwind IT"]),
    ],
)
def test_conditions_find_what_they_say(
    cw: Client, world: World, clock: ManualClock, condition: str, found: list[str] | None
) -> None:
    """Quotes, dates in brackets, lists, text patterns, references by path, and/or with brackets."""
    world.add_company("Contoso", "contoso.example")
    world.add_company("Fabrikam", "fabrikam.example")
    assert cw.get("company/companies")
    clock.advance(60)
    world.add_company("Tailspin", kind="Lead")
    answer = cw.ask("GET", "company/companies", conditions=condition)
    if found is None:
        assert answer.status_code == 400
    else:
        assert names(answer.json()) == found
        assert cw.get("company/companies/count", conditions=condition) == {"count": len(found)}


@pytest.mark.parametrize(
    "condition",
    ["name=Contoso", "name=", 'name="x', "(id>1", "id>1)", "nosuch=1", "company/id=1", "lastUpdated>2026-01-01", "id>[2026-01-01]",
     "lastUpdated>[2026-13-01]", "lastUpdated>[2026-01-01T00:00:00.5Z]", "id>1 and", "name like 5", "id in 1", "; drop"],
)  # fmt: skip
def test_a_bad_condition_is_refused_with_a_hint(cw: Client, condition: str) -> None:
    """400 with a message about quoting, never a guess."""
    answer = cw.ask("GET", "company/companies", conditions=condition)
    assert answer.status_code == 400
    assert "quotes" in answer.json()["message"]


def test_a_server_that_refuses_times_takes_days(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """As one self-hosted server was seen to do."""
    connectwise.server.takes_times = False
    assert cw.ask("GET", "company/companies", conditions="lastUpdated>[2026-11-20T00:00:00Z]").status_code == 400
    assert cw.get("company/companies", conditions="lastUpdated>[2020-01-01]")


def test_child_conditions_look_inside_lists(cw: Client, world: World) -> None:
    """One and the same item of the list has to meet the whole condition."""
    client = world.add_company("C")
    world.add_contact(client, "Ada", "A", "ada@c.example")
    world.add_contact(client, "Ben", "B", "ben@other.example")
    found = cw.get("company/contacts", childConditions='communicationItems/value like "%@c.example"')
    assert [one["firstName"] for one in found] == ["Ada"]
    mixed = 'communicationItems/value like "%@c.example" and communicationItems/communicationType="Phone"'
    assert cw.get("company/contacts", childConditions=mixed) == []
    assert names(cw.get("company/companies", childConditions='types/name="Client"')) == ["C"]
    assert cw.ask("GET", "company/contacts", childConditions="value=1").status_code == 400


def test_order_and_fields(cw: Client, world: World) -> None:
    """Fields drop everything else, `_info` too unless it is named."""
    for name in ("B", "a", "C"):
        world.add_company(name)
    found = cw.get("company/companies", orderBy="name desc", fields="id,name,status/name")
    assert names(found) == ["Northwind IT", "C", "B", "a"]
    assert set(found[0]) == {"id", "name", "status"}
    assert found[0]["status"] == {"name": "Active"}
    assert "lastUpdated" in cw.get("company/companies", fields="id,_info")[0]["_info"]


def test_pages_are_25_unless_asked_and_1000_at_most(connectwise: ConnectWiseStandIn, cw: Client, world: World) -> None:
    """Larger sizes are cut in silence; beyond the last page is an empty list; links lead on and back."""
    client = world.add_company("C")
    for number in range(1_030):
        world.add_contact(client, "Ada", f"No {number}")
    first = cw.ask("GET", "company/contacts")
    assert (len(first.json()), first.links["next"]["url"].split("page=")[1]) == (25, "2")
    large = cw.ask("GET", "company/contacts", pageSize=5000)
    assert len(large.json()) == 1_000
    second = cw.ask("GET", "company/contacts", pageSize=1000, page=2)
    assert (len(second.json()), "next" in second.links, "prev" in second.links) == (30, False, True)
    assert cw.get("company/contacts", pageSize=1000, page=3) == []
    connectwise.server.sends_links = False
    assert "Link" not in cw.ask("GET", "company/contacts").headers


def test_forward_only_goes_on_by_id(cw: Client, world: World) -> None:
    """It ignores the page, forbids an order, and its link names the id to go on from."""
    client = world.add_company("C")
    for number in range(5):
        world.add_contact(client, "Ada", f"No {number}")
    mode = {"pagination-type": "forward-only"}
    first = cw.ask("GET", "company/contacts", pageSize=3, headers=mode)
    last = first.json()[-1]["id"]
    assert f"pageId={last}" in first.links["next"]["url"]
    second = cw.ask("GET", "company/contacts", pageSize=3, pageId=last, headers=mode)
    assert (len(second.json()), "next" in second.links) == (2, False)
    assert cw.ask("GET", "company/contacts", orderBy="id", headers=mode).status_code == 400


def test_throttling_and_page_faults_work_on_bare_arrays(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """The shared switches work here as at the other stand-ins."""
    connectwise.faults.set("too_many", times=1, value=7)
    answer = cw.ask("GET", "company/companies")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    connectwise.faults.set("no_id", times=1)
    assert "id" not in cw.get("company/companies")[0]
    connectwise.faults.set("shorter", times=1, value=2)
    assert len(cw.get("system/members")) == 2
    connectwise.faults.set("empty_page", times=1)
    assert cw.get("system/members") == []


def test_what_the_world_changes_is_seen_with_its_date(
    connectwise: ConnectWiseStandIn, cw: Client, world: World, clock: ManualClock
) -> None:
    """Renaming, moving, deactivating and deleting after the start reach ConnectWise."""
    a, b = world.add_company("A"), world.add_company("B")
    person = world.add_contact(a, "Mo", "Ving", "mo@a.example")
    assert len(cw.get("company/contacts")) == 1
    clock.advance(60)
    world.move_contact(person, b)
    world.deactivate(person)
    (shown,) = cw.get("company/contacts", conditions=f"company/id={connectwise.company_id(b)}")
    assert (shown["inactiveFlag"], shown["_info"]["lastUpdated"]) == (True, "2026-11-21T09:01:00Z")
    world.rename(a, "Alpha")
    assert "Alpha" in names(cw.get("company/companies"))
    world.delete(person)
    assert cw.get("company/contacts") == []


def test_the_demo_has_all_of_it() -> None:
    """Every kind of record is there, under ids of its own."""
    world = World.demo()
    with ConnectWiseStandIn(world) as stand_in:
        cw = Client(stand_in)
        for path in ("company/companies", "company/contacts", "company/configurations", "service/tickets",
                     "sales/opportunities", "system/members"):  # fmt: skip
            assert cw.get(f"{path}/count")["count"] > 5, path
        ticket = cw.get("service/tickets", pageSize=1)[0]
        assert {"board", "status", "company", "priority", "owner"} <= set(ticket)
        assert cw.get(f"service/tickets/{ticket['id']}/notes")
        assert set(stand_in.tables["companies"].ids).isdisjoint(world.autotask["Companies"].ids)
        kinds = {kind["name"] for one in cw.get("company/companies", pageSize=1000) for kind in one["types"]}
        assert kinds == {"Client", "Prospect", "Vendor", "Owner"}

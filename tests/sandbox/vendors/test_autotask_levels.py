"""The security level: each right by the words of its page, taken away and given back while the tenant runs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.autotask.levels import RIGHTS, SecurityLevel
from sandbox.world import ManualClock, World

EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}
REFUSED = "The logged in Resource does not have the adequate permissions to {} this entity type."


def access(psa: httpx.Client, entity: str) -> dict[str, str]:
    """What entityInformation says about each verb."""
    info = psa.get(f"{entity}/entityInformation").json()["info"]
    return {key.removeprefix("userAccessFor").lower(): value for key, value in info.items() if "Access" in key}


def listed(psa: httpx.Client, entity: str) -> list[dict[str, Any]]:
    answer = psa.post(f"{entity}/query", json=EVERYTHING)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize(
    ("thing", "right", "entity", "verb"),
    [
        ("Contracts", "view", "Contracts", "query"),
        ("Contract Visibility", "", "Contracts", "query"),
        ("Opportunities & Quotes", "add", "Opportunities", "create"),
        ("Opportunities & Quotes", "view", "Opportunities", "query"),
        ("Configuration Items & Subscriptions", "view", "ConfigurationItems", "query"),
        ("Configuration Items & Subscriptions", "edit", "ConfigurationItems", "update"),
        ("Tickets", "view", "Tickets", "query"),
        ("Tickets", "view", "TicketNotes", "query"),
        ("Tickets", "add", "Tickets", "create"),
        ("Resources/Users (HR)", "", "Resources", "query"),
        ("Resources/Users (HR)", "", "ResourceServiceDeskRoles", "query"),
        ("Configuration Items", "", "ConfigurationItems", "query"),
        ("Configuration Items", "", "ConfigurationItemTypes", "query"),
        ("Webhooks", "create", "TicketWebhooks", "create"),
        ("Service Desk", "", "DeletedTicketLogs", "query"),
    ],
)
def test_a_right_that_is_gone_is_a_500_and_a_none(
    autotask: AutotaskStandIn, psa: httpx.Client, thing: str, right: str, entity: str, verb: str
) -> None:
    """The permission text for that verb, None in entityInformation, and all well again once it is given back."""

    def asked() -> httpx.Response:
        if verb == "query":
            return psa.post(f"{entity}/query", json=EVERYTHING)
        return psa.request("POST" if verb == "create" else "PATCH", entity, json={})

    assert REFUSED.format(verb) not in asked().text
    autotask.level.take(thing, right)
    assert asked().json() == {"errors": [REFUSED.format(verb)]}
    assert access(psa, entity)[verb] == "None"
    autotask.level.give(thing, right)
    assert REFUSED.format(verb) not in asked().text
    assert access(psa, entity)[verb] == "All"


def test_a_to_do_needs_its_own_right(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """To-Dos Add is asked for under the company, where to-dos are written."""
    autotask.level.take("To-Dos", "add")
    assert psa.post("Companies/0/ToDos", json={}).json() == {"errors": [REFUSED.format("create")]}
    assert access(psa, "CompanyToDos")["create"] == "None"


@pytest.mark.parametrize(("value", "names"), [("None", ["Northwind IT", "V"]), ("Mine", ["Northwind IT", "V"])])
def test_a_class_of_companies_is_missing_without_a_word(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, value: str, names: list[str]
) -> None:
    """Without Customer & Cancelation their companies, people and deals are gone at status 200; the own company stays."""
    for name, kind in (("C", "Customer"), ("X", "Cancelation"), ("V", "Vendor")):
        world.add_contact(world.add_company(name, kind=kind), first=name)
    autotask.level.set("Customer & Cancelation", "View", value)
    assert [row["companyName"] for row in listed(psa, "Companies")] == names
    assert [row["firstName"] for row in listed(psa, "Contacts")] == ["V"]
    assert psa.get("Companies/176").json() == {"item": None}
    assert access(psa, "Companies")["query"] == "Restricted"
    assert psa.patch("Companies", json={"id": 176, "phone": "1"}).json()["errors"] == ["No matching records found."]


def test_mine_shows_and_changes_only_what_is_the_callers(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World
) -> None:
    """With Tickets View Mine the caller sees the tickets it made; with Edit Mine it may change no other."""
    company = world.add_company("C").psa_id
    body = {"companyID": company, "title": "T", "status": 1, "priority": 2}
    others = world.autotask["Tickets"].insert(body | {"creatorResourceID": world.owner()}, world.clock())
    own = psa.post("Tickets", json=body).json()["itemId"]
    autotask.level.set("Tickets", "edit", "mine")
    assert psa.patch("Tickets", json={"id": others, "title": "N"}).json() == {"errors": [REFUSED.format("update")]}
    assert psa.patch("Tickets", json={"id": own, "title": "N"}).status_code == 200
    autotask.level.set("Tickets", "view", "mine")
    assert [row["id"] for row in listed(psa, "Tickets")] == [own]
    assert access(psa, "Tickets") == {"create": "All", "delete": "None", "query": "Restricted", "update": "Restricted"}


def test_limited_visibility_hides_the_money_of_contracts(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World
) -> None:
    """Contracts are there, their columns about money are empty."""
    row = {"companyID": 0, "contractName": "Block", "setupFee": 50.0, "estimatedRevenue": 9.0}
    number = world.autotask["Contracts"].insert(row, world.clock())
    autotask.level.set("Contract Visibility", "View", "Limited")
    for shown in (listed(psa, "Contracts")[0], psa.get(f"Contracts/{number}").json()["item"]):
        assert (shown["contractName"], shown["setupFee"], shown["estimatedRevenue"]) == ("Block", None, None)


def test_a_secret_runs_out_unless_the_level_says_otherwise(
    autotask: AutotaskStandIn, psa: httpx.Client, clock: ManualClock
) -> None:
    """Without "Not required to change password" the 91st day is an empty 401, and no call told so before."""
    clock.advance(91 * 86_400)
    assert psa.get("Version").status_code == 200
    autotask.level.take("Password")
    refused = psa.get("Version")
    assert (refused.status_code, refused.content) == (401, b"")
    autotask.level.give("Password")
    assert psa.get("Version").status_code == 200


def test_a_level_that_may_not_log_in_gets_the_same_401(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Web Services API / Can login is a right as well, and looks like every failed sign-in."""
    autotask.level.take("Web Services API", "can login")
    assert psa.get("Version").status_code == 401


def test_rights_are_named_as_on_the_page() -> None:
    """A right or a value that is not on the page is refused with what there is."""
    level = SecurityLevel()
    with pytest.raises(ValueError, match="Tickets / View, Tickets / Add, Tickets / Edit"):
        level.take("tickets", "nonsense")
    with pytest.raises(ValueError, match="can be All, Mine, None"):
        level.set("tickets", "view", "Yes")
    for one in RIGHTS:
        level.take(one.thing, one.name)
        assert not level.has(one.thing, one.name)
    level.give_all()
    assert level.value("Contract Visibility") == "Full"


def test_impersonation_needs_its_tick(autotask: AutotaskStandIn, psa: httpx.Client, world: World) -> None:
    """Without the tick a create in somebody's name is refused; without the header it goes on."""
    autotask.level.take("Impersonation: Tickets")
    body = {"companyID": 0, "title": "T", "status": 1, "priority": 2}
    headers = {"ImpersonationResourceId": str(world.owner())}
    assert psa.post("Tickets", json=body, headers=headers).json() == {"errors": [REFUSED.format("create")]}
    assert psa.post("Tickets", json=body).status_code == 200


def test_the_stock_level_shows_in_the_type_of_the_user(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Who is under the stock level is told by the label of userType, and a copy has a label of its own."""

    def shown() -> str:
        fields = psa.get("Resources/entityInformation/fields").json()["fields"]
        labels = next(one for one in fields if one["name"] == "userType")["picklistValues"]
        own = psa.get(f"Resources/{autotask.user.resource_id}").json()["item"]["userType"]
        return str(next(one["label"] for one in labels if one["value"] == str(own)))

    assert shown() == "API User (system)"
    autotask.copy_level("API User (Gangway)")
    assert shown() == "API User (Gangway)"


def test_rights_and_lists_can_be_set_while_the_demo_runs(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """The page has the rights and the lists, its forms work, and a wrong order is refused with what there is."""
    control, token = f"{autotask.url}/__sandbox__/faults", {"X-Sandbox-Token": autotask.token}
    page = httpx.get(autotask.url, headers=token).text
    assert "Customer &amp; Cancelation" in page
    assert "29682834 Level II Support" in page
    form = {"do": "right", "thing": "Tickets", "name": "View", "value": "None"}
    assert httpx.post(control, data=form, headers=token).status_code == 303
    assert access(psa, "Tickets")["query"] == "None"
    autotask.level.give_all()
    for order in (
        {"do": "add", "entity": "Tickets", "field": "queueID", "label": "<b>Level III</b>"},
        {"do": "remove", "entity": "Tickets", "field": "status", "value": 8},
        {"do": "fill", "entity": "Opportunities", "field": "stage", "count": 101},
    ):
        assert httpx.post(control, json=order, headers=token).json() == {"ok": True}
    page = httpx.get(autotask.url, headers=token).text
    assert "&lt;b&gt;Level III&lt;/b&gt;" in page
    assert "8 In Progress" not in page
    number = psa.post("Tickets", json={"companyID": 0, "title": "T", "status": 1, "priority": 2}).json()["itemId"]
    order = {
        "do": "change",
        "table": "Tickets",
        "id": number,
        "columns": {"status": 5, "dueDateTime": "2026-12-01T09:00:00Z"},
    }
    assert httpx.post(control, json=order, headers=token).json() == {"ok": True}
    assert autotask.world.autotask["Tickets"].rows[number]["completedByResourceID"] == autotask.world.owner()
    assert psa.get(f"Tickets/{number}").json()["item"]["dueDateTime"] == "2026-12-01T09:00:00Z"
    wrong_orders: list[dict[str, Any]] = [
        {"do": "delete", "table": "Tickets", "id": 1},
        {"do": "insert", "table": "Tickets", "columns": [1]},
        {"do": "change", "table": "Tickets", "id": number, "columns": {"dueDateTime": "soon"}},
        {"do": "dance"},
        {"do": "right", "thing": "X"},
        {"do": "add", "entity": "Tickets", "field": "title"},
    ]
    for wrong in wrong_orders:
        assert httpx.post(control, json=wrong, headers=token).status_code == 400

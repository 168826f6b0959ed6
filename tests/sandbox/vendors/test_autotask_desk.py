"""Tickets, deals and to-dos: what they need, what is filled in, what people at the desk leave behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.world import Change, Client, ManualClock, World

EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}
ENGINEER = 29_682_885  # the first role, and by chance the first resource too


@pytest.fixture
def client(world: World) -> Client:
    return world.add_company("Contoso", "contoso.example")


def ticket(client: Client, **changes: Any) -> dict[str, Any]:
    return {"companyID": client.psa_id, "title": "Help", "status": 1, "priority": 2} | changes


def created(psa: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Create and read again."""
    answer = psa.post(path, json=body)
    assert answer.status_code == 200, answer.text
    short = {"Notes": "TicketNotes", "ToDos": "CompanyToDos"}.get(path.rpartition("/")[2], path)
    return dict(psa.get(f"{short}/{answer.json()['itemId']}").json()["item"])


def refusal(answer: httpx.Response) -> str:
    assert answer.status_code == 500, answer.text
    return " | ".join(answer.json()["errors"])


def test_an_assignment_needs_a_role_that_is_defined_for_the_person(
    psa: httpx.Client, client: Client, world: World
) -> None:
    """Neither without the other, and only a pair that the tenant knows; what is not touched is not checked."""
    first, second = world.autotask["Resources"].ids[:2]
    leader = ENGINEER + 1
    together = "When assigning a Resource, you must assign both"
    assert together in refusal(psa.post("Tickets", json=ticket(client, assignedResourceID=first)))
    assert together in refusal(psa.post("Tickets", json=ticket(client, assignedResourceRoleID=ENGINEER)))
    pair = {"assignedResourceID": first, "assignedResourceRoleID": leader}
    undefined = "The specified AssignedResourceID and AssignedRoleID combination is not currently defined"
    assert refusal(psa.post("Tickets", json=ticket(client, **pair))) == undefined
    row = created(psa, "Tickets", ticket(client, assignedResourceID=second, assignedResourceRoleID=leader))
    assert together in refusal(psa.patch("Tickets", json={"id": row["id"], "assignedResourceID": None}))
    for name in ("ResourceServiceDeskRoles", "ResourceRoleDepartments"):
        for one in world.autotask[name].where("resourceID", second):
            world.desk.change(name, one, isActive=False)
    given = {"id": row["id"], "assignedResourceID": second, "assignedResourceRoleID": leader}
    assert refusal(psa.patch("Tickets", json=given)) == undefined
    assert psa.patch("Tickets", json={"id": row["id"], "title": "Still"}).status_code == 200
    nobody = {"id": row["id"], "assignedResourceID": None, "assignedResourceRoleID": None}
    assert psa.patch("Tickets", json=nobody).status_code == 200
    roles = psa.post("ResourceServiceDeskRoles/query", json=EVERYTHING).json()["items"]
    assert {"resourceID": first, "roleID": ENGINEER, "isActive": True, "isDefault": True}.items() <= roles[0].items()
    assert psa.post("ResourceServiceDeskRoles", json={}).status_code == 404


def test_a_category_fills_in_and_insists(psa: httpx.Client, client: Client, world: World) -> None:
    """An alert gets its type and source from the category, and is refused without a queue, later too."""
    alert = ticket(client, ticketCategory=2)
    assert refusal(psa.post("Tickets", json=alert)) == "queueID is required"
    row = created(psa, "Tickets", alert | {"queueID": 8, "source": 4})
    assert (row["ticketType"], row["source"]) == (5, 4)
    assert refusal(psa.patch("Tickets", json={"id": row["id"], "queueID": None})) == "queueID is required"
    world.desk.insist(2)
    assert psa.post("Tickets", json=alert).status_code == 200
    plain = created(psa, "Tickets", ticket(client))
    assert (plain["ticketCategory"], plain["ticketType"]) == (1, None)
    (listed,) = psa.get("TicketCategories/2/FieldDefaults").json()["items"]
    assert (listed["ticketTypeID"], listed["sourceID"]) == (5, 8)


def test_numbers_of_tickets_count_by_the_day(
    psa: httpx.Client, client: Client, world: World, clock: ManualClock
) -> None:
    """TYYYYMMDD.NNNN, one series for the API and for people, beginning anew each day."""
    numbers = [created(psa, "Tickets", ticket(client))["ticketNumber"]]
    numbers.append(world.autotask["Tickets"].rows[world.desk.open_ticket(client, "By phone")]["ticketNumber"])
    clock.advance(86_400)
    numbers.append(created(psa, "Tickets", ticket(client))["ticketNumber"])
    assert numbers == ["T20261121.0001", "T20261121.0002", "T20261122.0001"]


def test_who_wrote_it_as_a_contact_is_ignored(psa: httpx.Client, client: Client, world: World) -> None:
    """createdByContactID is no read-only field, and yet what is written into it is gone."""
    person = world.add_contact(client).psa_id
    row = created(psa, "Tickets", ticket(client, createdByContactID=person))
    body = {"description": "D", "noteType": 1, "publish": 1, "createdByContactID": person}
    note = created(psa, f"Tickets/{row['id']}/Notes", body)
    assert (row["createdByContactID"], note["createdByContactID"]) == (None, None)
    fields = psa.get("TicketNotes/entityInformation/fields").json()["fields"]
    assert next(one for one in fields if one["name"] == "createdByContactID")["isReadOnly"] is False


def test_an_own_key_finds_the_ticket_again(psa: httpx.Client, client: Client) -> None:
    """externalID is kept and can be asked for, which is how a repeated create is avoided."""
    made = created(psa, "Tickets", ticket(client, externalID="gw-1"))
    created(psa, "Tickets", ticket(client))
    query = {"filter": [{"op": "eq", "field": "externalID", "value": "GW-1"}]}
    assert [row["id"] for row in psa.post("Tickets/query", json=query).json()["items"]] == [made["id"]]


def test_reopening_takes_the_completion_back(psa: httpx.Client, client: Client) -> None:
    """The completion date stands as long as the status does."""
    row = created(psa, "Tickets", ticket(client, status=5))
    assert row["completedDate"] == "2026-11-21T09:00:00Z"
    psa.patch("Tickets", json={"id": row["id"], "status": 8})
    assert psa.get(f"Tickets/{row['id']}").json()["item"]["completedDate"] is None


def test_notes_need_what_the_vendor_needs(psa: httpx.Client, client: Client) -> None:
    """A note without publish or type is refused, and so is one on a ticket that is not there."""
    body = {"description": "D", "noteType": 1, "publish": 1}
    row = created(psa, "Tickets", ticket(client))
    for lacking in ("description", "noteType", "publish"):
        answer = psa.post(f"Tickets/{row['id']}/Notes", json={k: v for k, v in body.items() if k != lacking})
        assert f"required field {lacking}" in refusal(answer)
    assert "ticketID of type: Ticket" in refusal(psa.post("Tickets/1/Notes", json=body))
    assert "[9] does not exist for publish" in refusal(
        psa.post(f"Tickets/{row['id']}/Notes", json=body | {"publish": 9})
    )
    note = created(psa, f"Tickets/{row['id']}/Notes", body)
    assert psa.patch("TicketNotes", json={"id": note["id"], "title": "N"}).status_code == 404
    assert psa.patch(f"Tickets/{row['id']}/Notes", json={"id": note["id"], "title": "N"}).status_code == 200
    assert psa.delete(f"Tickets/{row['id']}/Notes/{note['id']}").status_code == 405


DEAL = {
    "title": "Cloud", "stage": 1, "status": 1, "amount": 10.5, "cost": 5, "probability": 50, "useQuoteTotals": False,
    "createDate": "2026-11-21T00:00:00Z", "projectedCloseDate": "2026-12-01T00:00:00Z",
}  # fmt: skip


def test_a_deal_needs_all_its_flags(psa: httpx.Client, client: Client, world: World) -> None:
    """Each required field of an opportunity is asked for; the category is filled in; an API user owns none."""
    body = DEAL | {"companyID": client.psa_id, "ownerResourceID": world.owner()}
    for lacking in body:
        answer = psa.post("Opportunities", json={key: value for key, value in body.items() if key != lacking})
        assert f"required field {lacking}" in refusal(answer)
    assert "ownerResourceID" in refusal(
        psa.post("Opportunities", json=body | {"ownerResourceID": world.autotask["Resources"].ids[-1]})
    )
    row = created(psa, "Opportunities", body)
    assert (row["opportunityCategoryID"], row["amount"], row["cost"]) == (1, 10.5, 5.0)
    assert psa.patch("Opportunities", json={"id": row["id"], "status": 3}).status_code == 200


def test_a_to_do_stays_within_its_company(psa: httpx.Client, client: Client, world: World) -> None:
    """A to-do is written under its company and may mention that company's deals only; done means a date."""
    strange = world.desk.insert("Opportunities", DEAL | {"companyID": world.add_company("Other").psa_id})
    body: dict[str, Any] = {"actionType": 1, "assignedToResourceID": world.owner()}
    body |= {"startDateTime": "2026-11-22T09:00:00Z", "endDateTime": "2026-11-22T10:00:00Z"}
    under = f"Companies/{client.psa_id}/ToDos"
    assert "opportunityID of type: Opportunity" in refusal(psa.post(under, json=body | {"opportunityID": strange}))
    row = created(psa, under, body)
    assert row["completedDate"] is None
    assert psa.patch(under, json={"id": row["id"], "completedDate": "2026-11-22T10:00:00Z"}).status_code == 200


def test_devices_types_and_categories_can_be_edited(psa: httpx.Client, client: Client, world: World) -> None:
    """A new type is a new entry of the devices' list; a device keeps its company; contracts need their flags."""
    kind = created(psa, "ConfigurationItemTypes", {"name": "Access Point", "isActive": True})
    fields = psa.get("ConfigurationItems/entityInformation/fields").json()["fields"]
    picks = next(one for one in fields if one["name"] == "configurationItemType")["picklistValues"]
    assert [(one["value"], one["label"]) for one in picks][-1] == (str(kind["id"]), "Access Point")
    body = {"companyID": client.psa_id, "productID": 1, "isActive": True, "configurationItemType": kind["id"]}
    row = created(psa, "ConfigurationItems", body)
    other = world.add_company("Other").psa_id
    change = {"id": row["id"], "companyID": other, "configurationItemCategoryID": 2, "referenceTitle": "AP-1"}
    assert psa.patch("ConfigurationItems", json=change).status_code == 200
    row = psa.get(f"ConfigurationItems/{row['id']}").json()["item"]
    assert (row["companyID"], row["configurationItemCategoryID"]) == (client.psa_id, 2)
    assert "configurationItemCategoryID" in refusal(
        psa.patch("ConfigurationItems", json={"id": row["id"], "configurationItemCategoryID": 99})
    )
    assert "[99] does not exist" in refusal(
        psa.patch("ConfigurationItems", json={"id": row["id"], "configurationItemType": 99})
    )
    category = {"name": "Spare", "isActive": True, "displayColorRGB": 1}
    made = created(psa, "ConfigurationItemCategories", category)
    assert psa.patch("ConfigurationItemCategories", json={"id": made["id"], "name": "Spares"}).status_code == 200
    assert "contractName" in refusal(psa.post("Contracts", json={"companyID": client.psa_id}))


def test_people_at_the_desk_are_heard_and_move_dates(world: World, clock: ManualClock, client: Client) -> None:
    """What somebody does in Autotask itself fires watchers with the person, and moves the dates further up."""
    heard: list[Change] = []
    world.watchers.append(heard.append)
    tickets = world.autotask["Tickets"].rows
    someone = world.autotask["Resources"].ids[1]
    number = world.desk.open_ticket(client, "Help", by=someone)
    later = clock.advance(60)
    world.desk.write_note(number, "Looked at it", public=False)
    assert tickets[number]["lastActivityDate"] == later
    assert tickets[number]["lastTrackedModificationDateTime"] == later - timedelta(seconds=60)
    world.desk.change("Tickets", number, by=someone, status=5)
    assert (tickets[number]["completedDate"], tickets[number]["completedByResourceID"]) == (later, someone)
    world.desk.change("Companies", client.psa_id or 0, companyName="Contoso Ltd.")
    assert [(one.table, one.action, one.actor) for one in heard] == [
        ("Tickets", "Create", someone),
        ("TicketNotes", "Create", world.owner()),
        ("Tickets", "Update", someone),
        ("Companies", "Update", world.owner()),
    ]
    assert heard[2].before["status"] == 1


def test_a_deleted_ticket_is_in_the_log_of_deleted_tickets(psa: httpx.Client, world: World, client: Client) -> None:
    """A program cannot delete a ticket; a person can, and the log tells who and which."""
    number = world.desk.open_ticket(client, "Wrong")
    world.desk.write_note(number, "N")
    title = world.autotask["Tickets"].rows[number]["ticketNumber"]
    assert psa.delete(f"Tickets/{number}").status_code == 405
    world.desk.delete("Tickets", number)
    assert psa.get(f"Tickets/{number}").json() == {"item": None}
    assert psa.post("TicketNotes/query", json=EVERYTHING).json()["items"] == []
    (entry,) = psa.post("DeletedTicketLogs/query", json=EVERYTHING).json()["items"]
    assert entry == {
        "id": 1,
        "ticketID": number,
        "ticketNumber": title,
        "ticketTitle": "Wrong",
        "deletedByResourceID": world.owner(),
        "deletedDateTime": "2026-11-21T09:00:00Z",
    }

"""Creating, changing and deleting: where each entity is written, and how a bad write is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.world import Client, ManualClock, World


@pytest.fixture
def client(world: World) -> Client:
    return world.add_company("Contoso", "contoso.example")


def error(answer: httpx.Response) -> str:
    assert answer.status_code == 500, answer.text
    errors = answer.json()["errors"]
    assert all(isinstance(one, str) for one in errors)
    return " | ".join(errors)


def ticket(client: Client, **changes: Any) -> dict[str, Any]:
    return {"companyID": client.psa_id, "title": "Help", "status": 1, "priority": 2} | changes


def test_a_create_is_200_with_the_new_id(psa: httpx.Client, client: Client) -> None:
    """A create answers 200, never 201, and ignores names it does not know."""
    answer = psa.post("Tickets", json=ticket(client, nonsense=1, lastActivityDate="2001-01-01"))
    assert answer.status_code == 200
    row = psa.get(f"Tickets/{answer.json()['itemId']}").json()["item"]
    assert row["ticketNumber"] == "T20261121.0001"
    assert row["lastActivityDate"] == "2026-11-21T09:00:00Z"
    assert "nonsense" not in row


def test_property_names_and_quoted_numbers_are_forgiven(psa: httpx.Client, client: Client) -> None:
    """Property names are read in any case and numbers may be quoted."""
    body = {"CompanyID": str(client.psa_id), "TITLE": "x", "Status": "1", "Priority": "2"}
    assert psa.post("tickets", json=body).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"companyID": None}, "Value does not exist for the required field companyID. ; on record number [1]."),
        ({"priority": 3}, "Picklist value [3] does not exist for priority. ; on record number [1]."),
        ({"contactID": 5}, "Reference value on field: contactID of type: Contact does not exist or is invalid."),
        ({"title": "x" * 256}, "title must be less than or equal to 255 characters"),
        (
            {"assignedResourceID": 29682885},
            "Data violation: When assigning a Resource, you must assign both a "
            "assignedResourceID and assignedResourceRoleID",
        ),
    ],
)
def test_a_bad_ticket_is_refused_in_the_vendors_words(
    psa: httpx.Client, client: Client, changes: dict[str, Any], sentence: str
) -> None:
    """Validation failures are HTTP 500 with a list of sentences."""
    assert sentence in error(psa.post("Tickets", json=ticket(client, **changes)))


def test_several_faults_are_listed_together(psa: httpx.Client, client: Client) -> None:
    """One refusal lists every fault it found."""
    answer = psa.post("Tickets", json=ticket(client, title=None, priority=3))
    assert len(answer.json()["errors"]) == 2


def test_contacts_are_written_through_their_company_only(psa: httpx.Client, client: Client) -> None:
    """The root of Contacts has no write verbs and is a 404; the company's route creates and changes."""
    body = {"firstName": "Ada", "lastName": "Lovelace", "isActive": 1}
    for method in ("POST", "PATCH", "PUT"):
        assert psa.request(method, "Contacts", json=body).status_code == 404
    under = f"Companies/{client.psa_id}/Contacts"
    new_id = psa.post(under, json=body).json()["itemId"]
    assert psa.patch(under, json={"id": new_id, "title": "Countess"}).json() == {"itemId": new_id}
    listed = psa.get(under).json()
    assert [row["title"] for row in listed["items"]] == ["Countess"]
    assert listed["pageDetails"]["nextPageUrl"] is None
    assert psa.get(f"{under}/{new_id}").json()["item"]["companyID"] == client.psa_id
    assert psa.post(f"{under}/query", json={"filter": []}).status_code == 404
    assert psa.delete(f"{under}/{new_id}").json() == {"itemId": new_id}


def test_a_contact_is_active_by_number(psa: httpx.Client, client: Client, world: World) -> None:
    """Contacts.isActive is 0 or 1; true makes the parser stumble."""
    person = world.add_contact(client)
    under = f"Companies/{client.psa_id}/Contacts"
    refused = error(psa.patch(under, json={"id": person.psa_id, "isActive": True}))
    assert refused.startswith("Unexpected character encountered while parsing value: t.")
    assert psa.patch(under, json={"id": person.psa_id, "isActive": 0}).status_code == 200
    assert psa.get(f"Contacts/{person.psa_id}").json()["item"]["isActive"] == 0


def test_a_contact_keeps_its_company(psa: httpx.Client, client: Client, world: World) -> None:
    """A contact's company is set on create only, and another company's route does not reach it."""
    person, other = world.add_contact(client), world.add_company("Other")
    body = {"id": person.psa_id, "companyID": other.psa_id}
    psa.patch(f"Companies/{client.psa_id}/Contacts", json=body)
    assert psa.get(f"Contacts/{person.psa_id}").json()["item"]["companyID"] == client.psa_id
    assert "No matching records" in error(psa.patch(f"Companies/{other.psa_id}/Contacts", json=body))


def test_changes_go_to_the_collection_with_the_id_in_the_body(psa: httpx.Client, client: Client) -> None:
    """PATCH with the id in the path is a 405; on the collection it changes only what is named."""
    refused = psa.patch(f"Companies/{client.psa_id}", json={"phone": "1"})
    assert refused.status_code == 405
    assert refused.json() == {"Message": "The requested resource does not support http method 'PATCH'."}
    assert psa.patch("Companies", json={"id": client.psa_id, "phone": "1"}).status_code == 200
    row = psa.get(f"Companies/{client.psa_id}").json()["item"]
    assert (row["phone"], row["webAddress"]) == ("1", "contoso.example")


def test_put_empties_what_it_does_not_name(psa: httpx.Client, client: Client, world: World) -> None:
    """PUT nulls every omitted writable field, user-defined ones too."""
    udf = [{"name": "Portal Status", "value": 5}]
    psa.patch("Companies", json={"id": client.psa_id, "userDefinedFields": udf})
    row = psa.get(f"Companies/{client.psa_id}").json()["item"]
    assert {"name": "Portal Status", "value": "5"} in row["userDefinedFields"]
    body = {"id": client.psa_id, "companyName": "C", "companyType": 1, "phone": "1"}
    psa.put("Companies", json=body | {"ownerResourceID": world.owner()})
    row = psa.get(f"Companies/{client.psa_id}").json()["item"]
    assert row["webAddress"] is None
    assert {"name": "Portal Status", "value": None} in row["userDefinedFields"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "Tickets/7673", 405),
        ("DELETE", "Contacts/1", 405),
        ("POST", "Resources", 405),
        ("GET", "Companies", 405),
        ("GET", "Contacts", 404),
        ("POST", "InternalLocations", 404),
        ("POST", "Queues/query", 404),
        ("PATCH", "Companies/query", 405),
        ("DELETE", "Companies/0/Nonsense/1", 404),
        ("GET", "Companies/abc", 404),
        ("POST", "Companies/entityInformation", 405),
    ],
)
def test_wrong_verbs_and_wrong_paths_differ(psa: httpx.Client, method: str, path: str, status: int) -> None:
    """A known route with another verb is a 405; a route that does not exist is a 404."""
    assert psa.request(method, path, json={}).status_code == status


# From the public Swagger: what the root of each collection takes, and whether a row can be deleted there.
MATRIX = {
    "Companies Tickets Opportunities ConfigurationItems Contracts Departments Roles": ("POST PATCH PUT", False),
    "ConfigurationItemCategories": ("POST PATCH PUT", False),
    "ConfigurationItemTypes CompanyWebhooks TicketNoteWebhooks": ("POST PATCH PUT", True),
    "Contacts CompanyToDos TicketNotes": ("", False),
    "CompanyWebhookFields ContactWebhookUdfFields TicketWebhookExcludedResources": ("", False),
    "Resources TicketCategories OpportunityCategories": ("PATCH PUT", False),
    "InternalLocations DeletedTicketLogs": ("", False),
    "WebhookEventErrorLogs": ("", True),
}


@pytest.mark.parametrize("entities", MATRIX)
def test_the_verb_matrix_holds(psa: httpx.Client, entities: str) -> None:
    """A collection takes exactly its verbs at the root: others are 405, or 404 when it has none at all."""
    verbs, deletes = MATRIX[entities]
    for entity in entities.split():
        for method in ("POST", "PATCH", "PUT"):
            status = psa.request(method, entity, json={}).status_code
            assert status == (500 if method in verbs.split() else 405 if verbs else 404), (method, entity)
        assert psa.delete(f"{entity}/987654321").status_code == (500 if deletes else 405), entity
        assert psa.post(f"{entity}/query", json={"filter": []}).status_code == 200, entity
        assert psa.get(f"{entity}/entityInformation/fields").json()["fields"][0]["name"] == "id"


def test_ticket_note_webhooks_have_no_udf_fields(psa: httpx.Client) -> None:
    """Ticket notes have no user-defined fields, hence no such webhook collection."""
    assert psa.get("TicketNoteWebhookUdfFields/entityInformation").status_code == 404


def test_deleting_what_is_not_there(psa: httpx.Client, client: Client) -> None:
    """Deleting a missing row is a 500 that hides whether it existed."""
    refused = error(psa.delete(f"Companies/{client.psa_id}/Contacts/1"))
    assert refused.startswith("No matching records found. The logged in Resource may not")


def test_a_missing_row_is_200_with_null_by_default(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Both shapes of a missing row that clients report can be had."""
    answer = psa.get("Companies/999999")
    assert (answer.status_code, answer.json()) == (200, {"item": None})
    autotask.tenant.missing_is_404 = True
    assert psa.get("Companies/999999").status_code == 404


def test_inactive_people_cannot_be_referred_to(psa: httpx.Client, client: Client, world: World) -> None:
    """A reference to an inactive contact, or an assignment to an API user, is refused as invalid."""
    person = world.add_contact(client)
    world.deactivate(person)
    assert "contactID" in error(psa.post("Tickets", json=ticket(client, contactID=person.psa_id)))
    api_user = world.autotask["Resources"].ids[-1]
    assigned = ticket(client, assignedResourceID=api_user, assignedResourceRoleID=29682885)
    assert "assignedResourceID" in error(psa.post("Tickets", json=assigned))


def test_completing_a_ticket_stamps_it(psa: httpx.Client, client: Client, clock: ManualClock) -> None:
    """Status 5 sets the completion date; a note moves the ticket's activity date."""
    number = psa.post("Tickets", json=ticket(client)).json()["itemId"]
    clock.advance(60)
    note = {"description": "Done", "noteType": 1, "publish": 1}
    assert psa.post("TicketNotes", json=note).status_code == 404
    assert psa.post(f"Tickets/{number}/Notes", json=note).status_code == 200
    assert psa.get(f"Tickets/{number}").json()["item"]["lastActivityDate"] == "2026-11-21T09:01:00Z"
    psa.patch("Tickets", json={"id": number, "status": 5})
    assert psa.get(f"Tickets/{number}").json()["item"]["completedDate"] == "2026-11-21T09:01:00Z"


def test_impersonation_marks_both_people(psa: httpx.Client, client: Client, world: World) -> None:
    """A create on behalf of a resource records that resource and the API user; an API user cannot be one."""
    staff = world.autotask["Resources"].ids
    headers = {"ImpersonationResourceId": str(staff[1])}
    number = psa.post("Tickets", json=ticket(client), headers=headers).json()["itemId"]
    row = psa.get(f"Tickets/{number}").json()["item"]
    assert (row["creatorResourceID"], row["impersonatorCreatorResourceID"]) == (staff[1], staff[-1])
    headers = {"ImpersonationResourceId": str(staff[-1])}
    assert "permissions to create" in error(psa.post("Tickets", json=ticket(client), headers=headers))


def test_a_webhook_is_ready_once_it_has_a_field(psa: httpx.Client) -> None:
    """A webhook needs a field before it is ready; deleting it takes its children along."""
    hook = {"isActive": True, "name": "Gangway", "webhookUrl": "https://x.example/1", "secretKey": "s",
            "deactivationUrl": "https://x.example/2", "sendThresholdExceededNotification": False}  # fmt: skip
    number = psa.post("CompanyWebhooks", json=hook).json()["itemId"]
    assert psa.get(f"CompanyWebhooks/{number}").json()["item"]["isReady"] is False
    described = psa.get("CompanyWebhookFields/entityInformation/fields").json()["fields"]
    choices = next(one for one in described if one["name"] == "fieldID")["picklistValues"]
    assert {choice["label"]: choice["value"] for choice in choices}["CompanyName"] == "7"
    field = {"fieldID": 7, "isSubscribedField": True, "isDisplayAlwaysField": True, "webhookID": number}
    psa.post(f"CompanyWebhooks/{number}/Fields", json=field)
    row = psa.get(f"CompanyWebhooks/{number}").json()["item"]
    assert row["isReady"] is True
    assert row["webhookGUID"]
    assert psa.delete(f"CompanyWebhooks/{number}").status_code == 200
    assert psa.post("CompanyWebhookFields/query", json={"filter": []}).json()["items"] == []


def test_a_webhook_must_be_https_and_is_not_offered_twice(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Plain addresses are refused unless the switch allows them, and so is the same address again."""
    hook = {"isActive": True, "name": "G", "webhookUrl": "http://127.0.0.1/", "secretKey": "s",
            "deactivationUrl": "http://127.0.0.1/", "sendThresholdExceededNotification": False}  # fmt: skip
    assert "HTTPS" in error(psa.post("TicketWebhooks", json=hook))
    autotask.tenant.https_only_webhooks = False
    assert psa.post("TicketWebhooks", json=hook).status_code == 200
    assert "already exists" in error(psa.post("TicketWebhooks", json=hook))


def test_metadata_gives_picklists_as_text(psa: httpx.Client) -> None:
    """Picklist values and parents are strings in the metadata while rows hold numbers."""
    fields = {one["name"]: one for one in psa.get("tickets/EntityInformation/Fields").json()["fields"]}
    issue = fields["subIssueType"]
    assert issue["picklistParentValueField"] == "issueType"
    assert {"value": "101", "parentValue": "10"}.items() <= issue["picklistValues"][0].items()
    assert fields["title"]["length"] == 255
    assert fields["status"]["isRequired"] is True
    assert fields["companyID"]["dataType"] == "integer"
    assert fields["companyID"]["length"] == 0


def test_entity_information_tells_rights(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """entityInformation says what is possible at all and what this caller may do."""
    autotask.user.deny("Companies", "create")
    info = psa.get("Companies/entityInformation").json()["info"]
    assert (info["canCreate"], info["userAccessForCreate"]) == (True, "None")
    assert (info["canDelete"], info["userAccessForDelete"]) == (False, "None")
    assert info["supportsWebhookCallouts"] is True
    udfs = psa.get("Companies/entityInformation/userDefinedFields").json()["fields"]
    assert [one["name"] for one in udfs] == ["Contract Renewal", "Headcount", "Portal Status"]

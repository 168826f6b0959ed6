"""Passwords, where a value may leave the service, and the writing side of IT Glue."""

from __future__ import annotations

from typing import Any, Literal

import httpx
import pytest

from sandbox.itglue import ITGlueStandIn
from sandbox.world import Client, ManualClock, World
from sandbox.world.vault import add_password

JSON_API = {"content-type": "application/vnd.api+json"}


@pytest.fixture
def client(world: World) -> Client:
    return world.add_company("Contoso")


@pytest.fixture
def password(world: World, client: Client) -> int:
    assert client.itglue_id is not None
    return add_password(world, client.itglue_id, "Firewall", "Network", url="https://10.0.0.1/")


def body(kind: str, **attributes: Any) -> dict[str, Any]:
    spelled = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {"data": {"type": kind, "attributes": spelled}}


@pytest.mark.parametrize("query", ["", "?show_password=true", "?include=updater", "?filter[archived]=false"])
def test_a_list_of_passwords_never_has_values(
    client: Client, password: int, glue: httpx.Client, itglue: ITGlueStandIn, query: str
) -> None:
    """No list has a `password` key, whatever is asked, at the root and under an organisation."""
    for path in ("/passwords", f"/organizations/{client.itglue_id}/relationships/passwords"):
        records = glue.get(path + query).json()["data"]
        assert len(records) == 1
        assert "password" not in records[0]["attributes"]
        assert records[0]["attributes"]["password-category-name"] == "Network"
    assert itglue.account.value_reads == []


def test_a_single_password_has_its_value_unless_told_not_to(
    password: int, glue: httpx.Client, itglue: ITGlueStandIn, world: World
) -> None:
    """show_password defaults to true for one record, and every value that leaves is noted."""
    hidden = glue.get(f"/passwords/{password}?show_password=false").json()["data"]["attributes"]
    assert "password" not in hidden
    assert itglue.account.value_reads == []
    shown = glue.get(f"/passwords/{password}").json()["data"]["attributes"]
    assert shown["password"] == world.itglue["passwords"].rows[password]["password"]
    assert shown["is-live"] is True
    assert itglue.account.value_reads == [password]


@pytest.mark.parametrize(("mode", "expected"), [("absent", "nothing"), ("null", None), ("empty", "")])
def test_a_key_without_password_access_sees_no_value(
    password: int,
    glue: httpx.Client,
    itglue: ITGlueStandIn,
    mode: Literal["absent", "null", "empty"],
    expected: str | None,
) -> None:
    """Metadata stays readable; the value is absent, null or empty as the switch says."""
    itglue.account.without_access = mode
    answer = glue.get(f"/passwords/{password}", headers={"x-api-key": itglue.key_without_passwords})
    attributes = answer.json()["data"]["attributes"]
    assert attributes["username"] == "administrator"
    assert attributes.get("password", "nothing") == expected
    assert itglue.account.value_reads == []


def test_a_key_without_password_access_may_be_refused(password: int, glue: httpx.Client, itglue: ITGlueStandIn) -> None:
    """The fourth shape clients must bear: a 403, but only when the value was asked for."""
    itglue.account.without_access = "forbidden"
    headers = {"x-api-key": itglue.key_without_passwords}
    assert glue.get(f"/passwords/{password}", headers=headers).status_code == 403
    assert glue.get(f"/passwords/{password}?show_password=false", headers=headers).status_code == 200


def test_vaulted_values_cannot_be_read(world: World, client: Client, glue: httpx.Client) -> None:
    """A host-proof password carries a vault id and no value, even with Password Access."""
    assert client.itglue_id is not None
    number = add_password(world, client.itglue_id, "Safe", **{"vault-id": 1})
    attributes = glue.get(f"/passwords/{number}").json()["data"]["attributes"]
    assert (attributes["vault-id"], attributes["password"]) == (1, None)


def test_creating_a_password_echoes_the_value_only_on_demand(
    client: Client, glue: httpx.Client, clock: ManualClock
) -> None:
    """POST and PATCH default to show_password=false; a new value moves password-updated-at."""
    new = body("passwords", organization_id=client.itglue_id, name="VPN", password="s3cret", otp_secret="JBSW")
    made = glue.post("/passwords", json=new, headers=JSON_API)
    assert made.status_code == 201
    assert "password" not in made.json()["data"]["attributes"]
    assert made.json()["data"]["attributes"]["otp-enabled"] is True
    assert "otp-secret" not in made.json()["data"]["attributes"]
    clock.advance(60)
    path = f"/passwords/{made.json()['data']['id']}"
    changed = glue.patch(f"{path}?show_password=true", json=body("passwords", password="n3w"), headers=JSON_API)
    attributes = changed.json()["data"]["attributes"]
    assert (attributes["password"], attributes["name"]) == ("n3w", "VPN")
    assert attributes["password-updated-at"] == "2026-11-21T09:01:00.000Z"


def test_deleting_passwords(password: int, world: World, client: Client, glue: httpx.Client) -> None:
    """One delete is 204 and empty; a bulk delete is 200 with the deleted records."""
    assert client.itglue_id is not None
    second = add_password(world, client.itglue_id, "Second")
    answer = glue.delete(f"/passwords/{password}")
    assert (answer.status_code, answer.content) == (204, b"")
    bulk = {"data": [{"type": "passwords", "attributes": {"id": second}}]}
    answer = glue.request("DELETE", "/passwords", json=bulk, headers=JSON_API)
    assert [one["id"] for one in answer.json()["data"]] == [str(second)]
    assert glue.get("/passwords").json()["data"] == []


def test_categories_count_and_folders_are_nested(world: World, glue: httpx.Client) -> None:
    """Categories count their passwords; folders exist under an organisation only."""
    demo = World.demo(clock=world.clock)
    with ITGlueStandIn(demo) as stand_in, httpx.Client(base_url=stand_in.url, headers=stand_in.headers) as one:
        counts = {
            record["attributes"]["name"]: record["attributes"]["passwords-count"]
            for record in one.get("/password_categories").json()["data"]
        }
        assert counts["Network"] == 16
        owner = demo.itglue["password-folders"].rows[demo.itglue["password-folders"].ids[0]]["organization-id"]
        nested = one.get(f"/organizations/{owner}/relationships/password_folders").json()["data"]
        assert nested[0]["attributes"]["name"] == "Infrastructure"
        archived = one.get("/passwords?filter[archived]=true").json()["data"]
        assert {record["attributes"]["name"] for record in archived} == {"Old mail server"}


def test_synced_organisations_refuse_edits_but_for_three_fields(client: Client, glue: httpx.Client) -> None:
    """The PSA owns a synced record: anything but alert, description and quick notes is a 422."""
    path = f"/organizations/{client.itglue_id}"
    fine = body("organizations", alert="Call first", quick_notes="x")
    assert glue.patch(path, json=fine, headers=JSON_API).status_code == 200
    refused = glue.patch(path, json=body("organizations", name="Other"), headers=JSON_API)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["status"] == 422
    assert refused.json()["errors"][0]["source"]["pointer"] == "/data/attributes/name"


def test_synced_contacts_refuse_every_edit(world: World, client: Client, glue: httpx.Client) -> None:
    """A synced contact is a 422, one of IT Glue's own can be changed."""
    synced = world.add_contact(client)
    own = world.add_contact(client, "Own", "Contact", psa=False)
    change = body("contacts", title="Boss")
    assert glue.patch(f"/contacts/{synced.itglue_id}", json=change, headers=JSON_API).status_code == 422
    assert glue.patch(f"/contacts/{own.itglue_id}", json=change, headers=JSON_API).status_code == 200


def test_the_two_real_422_styles(glue: httpx.Client, client: Client) -> None:
    """A missing attribute has a snake pointer and no detail; a dangling reference dashes and a detail."""
    missing = glue.post("/passwords", json=body("passwords", name="x"), headers=JSON_API).json()["errors"]
    assert missing == [
        {
            "status": 422,
            "title": "Valid organization_id is required",
            "source": {"pointer": "data/attributes/organization_id"},
        }
    ]
    dangling = body("passwords", organization_id=client.itglue_id, name="x", password_category_id=1)
    error = glue.post("/passwords", json=dangling, headers=JSON_API).json()["errors"][0]
    assert error["detail"] == "must exist"
    assert error["source"]["pointer"] == "/data/attributes/password-category-id"


def test_a_body_needs_its_media_type(glue: httpx.Client) -> None:
    """A write without the JSON:API content type is a 415."""
    assert glue.post("/organizations", json=body("organizations", name="X")).status_code == 415


def test_deleted_organisations_linger(itglue: ITGlueStandIn, client: Client, glue: httpx.Client) -> None:
    """A bulk delete only marks organisations; they show until the service gets round to it."""
    bulk = {"data": [{"type": "organizations", "attributes": {"id": client.itglue_id}}]}
    assert glue.request("DELETE", "/organizations", json=bulk, headers=JSON_API).status_code == 200
    assert glue.get(f"/organizations/{client.itglue_id}").status_code == 200
    itglue.account.finish_deletions()
    assert glue.get(f"/organizations/{client.itglue_id}").status_code == 404


def test_writes_leave_a_log_without_the_records_id(client: Client, glue: httpx.Client) -> None:
    """The activity log names the record, not its id, and serves its first five pages only."""
    new = body("passwords", organization_id=client.itglue_id, name="VPN", password="s3cret")
    glue.post("/passwords", json=new, headers=JSON_API)
    entry = glue.get("/logs").json()["data"][0]
    assert entry["attributes"]["resource-name"] == "VPN"
    assert "resource-id" not in entry["attributes"]
    assert len(entry["id"]) == 18
    assert glue.get("/logs?page[number]=6").json()["data"] == []

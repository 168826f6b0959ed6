"""Zone discovery, the three headers, lockout, and rights: what a caller meets before any data."""

from __future__ import annotations

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn

EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}


def version(stand_in: AutotaskStandIn, **changes: str) -> httpx.Response:
    headers = stand_in.headers | changes
    return httpx.get(f"{stand_in.url}/ATServicesRest/V1.0/Version", headers=headers)


@pytest.mark.parametrize(
    "path",
    [
        "/atservicesrest/v1.0/zoneInformation",
        "/ATServicesRest/V1.0/ZoneInformation",
        "/ATServicesRest//V1.0/zoneInformation/",
        "/ATServicesRest/atservicesrest/v1.0/zoneInformation",
    ],
)
def test_the_zone_is_told_to_anyone_who_names_a_user(autotask: AutotaskStandIn, path: str) -> None:
    """Zone discovery needs no credentials, answers in any spelling, and its url ends in a slash."""
    answer = httpx.get(autotask.url + path, params={"user": autotask.username.upper()})
    assert answer.status_code == 200
    assert answer.json()["url"] == f"{autotask.url}/ATServicesRest/"
    assert answer.json()["ci"] == 30595


@pytest.mark.parametrize("params", [{"user": "nobody@example"}, {"user": ""}, {}])
def test_an_unknown_user_has_no_zone(autotask: AutotaskStandIn, params: dict[str, str]) -> None:
    """An unknown or blank user is a 500 with the vendor's sentence, not a 404."""
    answer = httpx.get(f"{autotask.url}/atservicesrest/v1.0/zoneInformation", params=params)
    assert answer.status_code == 500
    assert answer.json() == {"errors": ["Zone information could not be determined"]}


@pytest.mark.parametrize(
    "changes",
    [{"Secret": "wrong"}, {"UserName": "nobody@example"}, {"ApiIntegrationCode": "wrong"}, {"Secret": ""}],
)
def test_every_failed_sign_in_looks_alike(autotask: AutotaskStandIn, changes: dict[str, str]) -> None:
    """Whatever is wrong, the answer is an empty 401 with a Basic challenge."""
    answer = version(autotask, **changes)
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer.headers["content-length"] == "0"
    assert answer.headers["www-authenticate"].startswith("Basic Realm=")


def test_version_is_a_probe_that_needs_only_credentials(autotask: AutotaskStandIn) -> None:
    """The Version route answers a user who has no right to any entity."""
    for verb in ("query", "create", "update", "delete"):
        autotask.user.deny("*", verb)
    assert set(version(autotask).json()) == {"majorVersion", "minorVersion", "build", "customerType"}


def test_too_many_failures_lock_the_account_even_for_the_right_secret(autotask: AutotaskStandIn) -> None:
    """After ten failures in a row the right secret is refused too, until an administrator unlocks."""
    for _ in range(10):
        version(autotask, Secret="wrong")
    assert version(autotask).status_code == 401
    autotask.user.locked = False
    assert version(autotask).status_code == 200


def test_a_success_in_between_starts_the_count_again(autotask: AutotaskStandIn) -> None:
    """Only failures in a row count towards the lock."""
    for _ in range(2):
        for _ in range(9):
            version(autotask, Secret="wrong")
        assert version(autotask).status_code == 200


@pytest.mark.parametrize("switch", ["active", "may_use_api"])
def test_inactive_users_and_users_without_the_api_are_refused_alike(autotask: AutotaskStandIn, switch: str) -> None:
    """An inactive user and one without the API right both get the empty 401, yet have a zone."""
    setattr(autotask.user, switch, False)
    assert version(autotask).status_code == 401
    zone = httpx.get(f"{autotask.url}/atservicesrest/v1.0/zoneInformation?user={autotask.username}")
    assert zone.status_code == 200


@pytest.mark.parametrize("verb", ["query", "create", "update"])
def test_a_missing_right_is_a_500_that_names_the_verb(autotask: AutotaskStandIn, psa: httpx.Client, verb: str) -> None:
    """Permission failures are HTTP 500 with the vendor's sentence."""
    autotask.user.deny("Companies", verb)
    answer = {
        "query": lambda: psa.post("Companies/query", json=EVERYTHING),
        "create": lambda: psa.post("Companies", json={"companyName": "X"}),
        "update": lambda: psa.patch("Companies", json={"id": 0, "phone": "1"}),
    }[verb]()
    assert answer.status_code == 500
    expected = f"The logged in Resource does not have the adequate permissions to {verb} this entity type."
    assert answer.json() == {"errors": [expected]}


def test_a_line_of_business_gives_fewer_rows_and_no_error(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """A restricted user sees a shorter list with status 200, on queries, counts, single rows and their notes."""
    world = autotask.world
    company = world.add_company("C").psa_id
    made = []
    for association in (4, 5, None):
        row = {"companyID": company, "title": "T", "status": 1, "priority": 2}
        row["organizationalLevelAssociationID"] = association
        made.append(world.autotask["Tickets"].insert(row, world.clock()))
        world.autotask["TicketNotes"].insert({"ticketID": made[-1], "description": "N"}, world.clock())
    autotask.user.lines_of_business = frozenset({5})
    tickets = psa.post("Tickets/query", json=EVERYTHING).json()["items"]
    notes = psa.post("TicketNotes/query", json=EVERYTHING).json()["items"]
    assert [row["id"] for row in tickets] == made[1:]
    assert [row["ticketID"] for row in notes] == made[1:]
    assert psa.post("Tickets/query/count", json=EVERYTHING).json() == {"queryCount": 2}
    assert psa.get(f"Tickets/{made[0]}").json() == {"item": None}
    assert psa.get("Tickets/entityInformation").json()["info"]["userAccessForQuery"] == "Restricted"
    assert len(psa.post("Companies/query", json=EVERYTHING).json()["items"]) == 2  # companies are not cut
    assert psa.get("Companies/entityInformation").json()["info"]["userAccessForQuery"] == "All"


def test_impersonation_is_refused_on_queries(psa: httpx.Client) -> None:
    """The impersonation header belongs to writes; a query with it is a permission failure."""
    answer = psa.post("Companies/query", json=EVERYTHING, headers={"ImpersonationResourceId": "29682885"})
    assert answer.status_code == 500
    assert "adequate permissions to query" in answer.json()["errors"][0]


def test_a_moved_tenant_is_told_by_zone_discovery(autotask: AutotaskStandIn) -> None:
    """A tenant that moved refuses here while its zone names another server."""
    autotask.tenant.zone_url = "http://127.0.0.1:9"
    autotask.faults.set("wrong_region")
    assert version(autotask).status_code == 401
    zone = httpx.get(f"{autotask.url}/atservicesrest/v1.0/zoneInformation?user={autotask.username}")
    assert zone.json()["url"] == "http://127.0.0.1:9/ATServicesRest/"

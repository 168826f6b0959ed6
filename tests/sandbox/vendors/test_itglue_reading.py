"""IT Glue's reading side: keys, shapes, pages, filters, sorting, includes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.itglue import ITGlueStandIn
from sandbox.world import ManualClock, World


def names(glue: httpx.Client, query: str, path: str = "organizations") -> list[str]:
    answer = glue.get(f"/{path}?{query}")
    assert answer.status_code == 200, answer.text
    return [one["attributes"]["name"] for one in answer.json()["data"]]


@pytest.fixture
def three(world: World) -> World:
    world.add_company("Kub, Reynolds", domains=("kub.example",))
    world.add_company("kub", kind="Vendor")
    world.add_company("Fabrikam", active=False)
    return world


@pytest.mark.parametrize("headers", [{"x-api-key": "ITG.wrong"}, {}, {"Authorization": "Bearer ITG.x"}])
@pytest.mark.parametrize("status", [403, 401])
def test_a_wrong_key_is_refused(itglue: ITGlueStandIn, headers: dict[str, str], status: int) -> None:
    """A wrong or missing key is a 403 by default; the switch makes it the 401 of the tables."""
    itglue.account.refused_key_status = status
    answer = httpx.get(f"{itglue.url}/organizations", headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["status"] == status


@pytest.mark.parametrize("kind", ["revoked", "wrong_region"])
def test_another_region_looks_like_a_wrong_key(itglue: ITGlueStandIn, glue: httpx.Client, kind: str) -> None:
    """A right key on another region's host is answered exactly as a wrong key."""
    wrong = httpx.get(f"{itglue.url}/organizations", headers={"x-api-key": "ITG.wrong"})
    itglue.faults.set(kind)
    assert glue.get("/organizations").content == wrong.content


def test_records_have_the_documented_shape(three: World, glue: httpx.Client) -> None:
    """Ids are text, id attributes numbers, parent-id text, ancestor-ids a string of JSON, nulls present."""
    parent = three.add_company("Parent")
    three.add_company("Child", parent=parent)
    answer = glue.get("/organizations?filter[name]=Child")
    assert answer.headers["content-type"] == "application/vnd.api+json"
    record = answer.json()["data"][0]
    attributes = record["attributes"]
    assert record["type"] == "organizations"
    assert isinstance(record["id"], str)
    assert len(record["id"]) == 16
    assert isinstance(attributes["organization-type-id"], int)
    assert attributes["organization-type-name"] == "Customer"
    assert attributes["parent-id"] == str(parent.itglue_id)
    assert attributes["ancestor-ids"] == f"[{parent.itglue_id}]"
    assert attributes["alert"] is None
    assert attributes["created-at"] == "2026-11-21T09:00:00.000Z"
    assert record["relationships"] == {}
    assert "primary-domain" not in attributes


def test_lists_have_meta_and_links(three: World, glue: httpx.Client) -> None:
    """meta and links count pages; self echoes the page size and the filters that were understood."""
    page = glue.get("/organizations?page[size]=3&filter[primary]=false&filter[nonsense]=1").json()
    assert page["meta"] == {
        "current-page": 1,
        "next-page": None,
        "prev-page": None,
        "total-pages": 1,
        "total-count": 3,
        "filters": {},
    }
    echoed = parse_qs(urlsplit(page["links"]["self"]).query)
    assert echoed["page[size]"] == ["3"]
    assert echoed["filter[primary]"] == ["false"]
    assert "filter[nonsense]" not in echoed
    assert page["links"]["next"] is None
    page = glue.get("/organizations?page[size]=3&page[number]=2&sort=id").json()
    assert (page["meta"]["prev-page"], page["meta"]["next-page"], len(page["data"])) == (1, None, 1)
    assert [one["id"] for one in glue.get(page["links"]["first"]).json()["data"]] != []


def test_pages_are_50_and_at_most_1000(world: World, glue: httpx.Client) -> None:
    """The page size is 50 by default and never above 1000; beyond the end a page is empty."""
    for number in range(1_001):
        world.add_company(f"C{number}", psa=False)
    assert len(names(glue, "")) == 50
    assert len(names(glue, "page[size]=5000")) == 1_000
    assert names(glue, "page[number]=99") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter[name]=kub", ["kub"]),
        ("filter[name]=Kub", []),
        ("filter[name]=kub,Fabrikam", ["kub", "Fabrikam"]),
        (r"filter[name]=Kub\, Reynolds", ["Kub, Reynolds"]),
        ("filter%5Bname%5D=Fabrikam", ["Fabrikam"]),
        ("filter[primary]=true", ["Northwind IT"]),
        ("filter[primary]=1", ["Northwind IT"]),
        ("filter[exclude][name]=kub,Northwind IT", ["Kub, Reynolds", "Fabrikam"]),
        ("filter[psa_id]=0&filter[psa_integration_type]=autotask", ["Northwind IT"]),
        ("filter[psa-id]=0&filter[psa-integration-type]=autotask", ["Northwind IT"]),
        ("sort=name", ["Fabrikam", "Kub, Reynolds", "Northwind IT", "kub"]),
        ("sort=-name", ["kub", "Northwind IT", "Kub, Reynolds", "Fabrikam"]),
        ("sort=organization_status_name,-name&filter[primary]=false", ["kub", "Kub, Reynolds", "Fabrikam"]),
    ],
)
def test_filters_and_sorting(three: World, glue: httpx.Client, query: str, expected: list[str]) -> None:
    """Names are exact and case-sensitive, commas list, a backslash escapes them, both spellings work."""
    assert names(glue, query) == expected


def test_types_and_statuses_filter_by_id(three: World, glue: httpx.Client) -> None:
    """Types and statuses are lists of their own, found by exact name, and filter organisations by id."""
    vendor = glue.get("/organization_types?filter[name]=Vendor").json()["data"][0]
    inactive = glue.get("/organization_statuses?filter[name]=Inactive").json()["data"][0]
    assert vendor["type"] == "organization-types"
    assert names(glue, f"filter[organization_type_id]={vendor['id']}") == ["kub"]
    assert names(glue, f"filter[organization-status-id]={inactive['id']}") == ["Fabrikam"]
    assert "Fabrikam" not in names(glue, f"filter[exclude][organization_status_id]={inactive['id']}")


def test_changes_are_found_by_date_range(three: World, clock: ManualClock, glue: httpx.Client) -> None:
    """updated_at takes start,end with a star for an open end; the switch refuses what exceeds a week."""
    moved = three.add_company("Moved")
    clock.advance(86_400)
    three.rename(moved, "Moved again")
    assert names(glue, "filter[updated_at]=2026-11-22,*") == ["Moved again"]
    assert len(names(glue, "filter[updated_at]=*,2026-11-21T10:00:00Z")) == 4


def test_long_ranges_can_be_refused(itglue: ITGlueStandIn, glue: httpx.Client) -> None:
    """With the switch, a range longer than a week is an error."""
    itglue.account.refuse_long_ranges = True
    assert glue.get("/organizations?filter[updated_at]=2026-11-01,*").status_code == 400
    assert glue.get("/organizations?filter[updated_at]=2026-11-20,2026-11-22").status_code == 200


def test_psa_id_wants_its_type_and_may_not_work_at_all(three: World, itglue: ITGlueStandIn, glue: httpx.Client) -> None:
    """psa_id without the integration type is refused; the switch plays a service that ignores it."""
    assert glue.get("/organizations?filter[psa_id]=0").status_code == 400
    itglue.account.psa_filter_works = False
    assert len(names(glue, "filter[psa_id]=0&filter[psa_integration_type]=autotask")) == 4


@pytest.mark.parametrize("spelling", ["adapters_resources", "adapters-resources"])
def test_the_psa_link_comes_by_include_only(three: World, glue: httpx.Client, spelling: str) -> None:
    """The PSA's id is text in a top-level included record, and "0" is one."""
    three.add_company("Unlinked", linked=False)
    page = glue.get(f"/organizations?include={spelling}").json()
    links = {one["id"]: one["attributes"]["remote-id"] for one in page["included"]}
    remote: dict[str, Any] = {}
    for record in page["data"]:
        joined = record["relationships"]["adapters-resources"]["data"]
        remote[record["attributes"]["name"]] = [links[one["id"]] for one in joined]
    assert remote["Northwind IT"] == ["0"]
    assert remote["Unlinked"] == []
    assert glue.get("/adapters_resources").status_code == 404


def test_nested_routes_ignore_filters(world: World, glue: httpx.Client) -> None:
    """Under an organisation filters do nothing, and only its own records come."""
    mine, other = world.add_company("Mine"), world.add_company("Other")
    for first in ("Ada", "Ben"):
        world.add_contact(mine, first, "X", f"{first}@mine.example")
    world.add_contact(other, "Cleo", "Y")
    nested = f"organizations/{mine.itglue_id}/relationships/contacts"
    assert names(glue, "filter[first_name]=Ada", nested) == ["Ada X", "Ben X"]
    root = f"filter[organization_id]={mine.itglue_id}&filter[first-name]=Ada"
    assert names(glue, root, "contacts") == ["Ada X"]
    assert names(glue, "filter[primary_email]=Ben@mine.example", "contacts") == ["Ben X"]
    assert glue.get("/organizations/1/relationships/contacts").status_code == 404


def test_contacts_list_their_emails_and_phones(world: World, glue: httpx.Client) -> None:
    """E-mails and phones are lists of objects, possibly empty, and there is no primary-email attribute."""
    client = world.add_company("C")
    world.add_contact(client, "Ada", "L", "a@c.example", more_emails=("b@c.example",), phone="555-0100")
    world.add_contact(client, "No", "", None)
    ada, nobody = (one["attributes"] for one in glue.get("/contacts").json()["data"])
    assert [(one["value"], one["primary"]) for one in ada["contact-emails"]] == [
        ("a@c.example", True),
        ("b@c.example", False),
    ]
    assert ada["contact-phones"][0]["value"] == "5550100"
    assert ada["important"] is None
    assert "primary-email" not in ada
    assert (nobody["contact-emails"], nobody["last-name"]) == ([], None)


def test_quick_notes_are_cut_in_lists(three: World, glue: httpx.Client) -> None:
    """A list shows 250 characters of the quick notes, a single record all of them."""
    table = three.itglue["organizations"]
    table.update(table.ids[-1], {"quick-notes": "n" * 300}, three.clock())
    number = table.ids[-1]
    assert len(glue.get("/organizations?filter[name]=Fabrikam").json()["data"][0]["attributes"]["quick-notes"]) == 250
    assert len(glue.get(f"/organizations/{number}").json()["data"]["attributes"]["quick-notes"]) == 300


def test_users_include_invited_and_client_side_ones(glue: httpx.Client) -> None:
    """Never accepted invitations and MyGlue users stand in the same list; nobody is created or removed."""
    users = [one["attributes"] for one in glue.get("/users?sort=id").json()["data"]]
    assert any(one["invitation-accepted-at"] is None for one in users)
    assert sum(one["my-glue"] for one in users) == 2
    body = {"data": {"type": "users", "attributes": {"email": "x@example"}}}
    headers = {"content-type": "application/vnd.api+json"}
    assert glue.post("/users", json=body, headers=headers).status_code == 404
    number = glue.get("/users").json()["data"][0]["id"]
    assert glue.delete(f"/users/{number}").status_code == 404


def test_domains_are_list_only(three: World, glue: httpx.Client) -> None:
    """Domains can be listed and not shown."""
    record = glue.get("/domains?sort=-updated_at").json()["data"][0]
    assert record["attributes"]["organization-name"]
    assert glue.get(f"/domains/{record['id']}").status_code == 404


def test_what_does_not_exist(glue: httpx.Client) -> None:
    """Flexible assets want their type, documents have no global list, a trailing slash is another path."""
    assert glue.get("/flexible_assets").status_code == 422
    assert glue.get("/documents").status_code == 404
    assert glue.get("/organizations/").status_code == 404
    assert glue.get("/organizations/1").status_code == 404
    assert glue.get("/password_folders").status_code == 404


def test_the_budget_is_shared_by_all_keys(itglue: ITGlueStandIn, glue: httpx.Client, clock: ManualClock) -> None:
    """3,000 requests in five minutes for the account, then 429 without Retry-After until the window moves."""
    assert itglue.account.budget == 3_000
    itglue.account.budget = 2
    assert glue.get("/organizations").status_code == 200
    other = {"x-api-key": itglue.key_without_passwords}
    assert glue.get("/organizations", headers=other).status_code == 200
    refused = glue.get("/organizations")
    assert refused.status_code == 429
    assert "retry-after" not in refused.headers
    clock.advance(300)
    assert glue.get("/organizations").status_code == 200


def test_lists_go_wrong(three: World, itglue: ITGlueStandIn, glue: httpx.Client) -> None:
    """The same faults spoil JSON:API lists."""
    itglue.faults.set("shorter", times=1, value=1, on="organizations")
    page = glue.get("/organizations").json()
    assert (len(page["data"]), page["meta"]["total-count"]) == (1, 1)
    whole = glue.get("/organizations").json()
    itglue.faults.set("repeated_page", times=1)
    assert glue.get("/organizations?page[size]=2").json() == whole
    itglue.faults.set("no_right", on="contacts")
    assert glue.get("/contacts").status_code == 403
    itglue.faults.set("too_many", times=1, value=7)
    assert glue.get("/organizations").headers["retry-after"] == "7"
    assert itglue.calls("organizations") == 4

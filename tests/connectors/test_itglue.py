"""What only IT Glue has: regions, password access, PSA ids beside the rows, page numbers, time-outs."""

import json
from typing import Any

import httpx
import pytest

from connectors import discover
from domain.errors import AskOperator, Stop, Trouble, TryLater
from domain.ports import Kind
from tests.connectors.conformance import CANARY, FakeTime, ITGlueVendor, scope

RECENT = "2026-11-20T00:00:00.500Z"


def domain(organization: int, name: str) -> dict[str, Any]:
    return {"id": str(hash(name) % 9999), "attributes": {"organization-id": organization, "name": name}}


def password(**about: Any) -> dict[str, Any]:
    return {"id": "1", "type": "passwords", "attributes": {"name": "Router", **about}}


# --- the key -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "host"), [("US", "api"), ("EU", "api.eu"), ("AU", "api.au")])
def test_a_region_has_its_own_address(itglue: ITGlueVendor, time: FakeTime, region: str, host: str) -> None:
    itglue.open(time, region=region).staff(None)
    assert {request.url.host for request in itglue.requests} == {f"{host}.itglue.com"}
    assert itglue.requests[0].headers["x-api-key"] == f"ITG.{CANARY}"


def test_a_key_of_another_region_is_told_from_a_wrong_one(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.accepted_host = "api.eu.itglue.com"
    with pytest.raises(AskOperator, match="belongs to the EU region") as refused:
        itglue.open(time).test()
    assert (refused.value.trouble, refused.value.field) == (Trouble.WRONG_REGION, "region")


def test_a_key_refused_everywhere_is_wrong(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.accepted_host = "nowhere.example"
    with pytest.raises(AskOperator, match="every region") as refused:
        itglue.open(time).test()
    assert refused.value.trouble is Trouble.WRONG_KEY
    assert len(itglue.requests) == 3


def test_no_more_is_claimed_than_was_found_out(itglue: ITGlueVendor, time: FakeTime) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503 if "eu" in request.url.host else 403)

    itglue.proper_answer = answer  # type: ignore[method-assign]
    with pytest.raises(AskOperator, match="or belongs to another region"):
        itglue.open(time).test()
    assert (len(itglue.requests), time.slept) == (3, [])


def test_at_an_own_address_only_one_host_is_asked(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.accepted_host = "api.eu.itglue.com"
    with pytest.raises(AskOperator, match="or belongs to another region"):
        itglue.open(time, base_url="http://127.0.0.1:9000/").test()
    assert [str(request.url.copy_with(query=None)) for request in itglue.requests] == [
        "http://127.0.0.1:9000/organizations"
    ]


# --- the connection test -----------------------------------------------------------------------------


def test_a_good_connection_says_what_there_is(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.companies.append(itglue.company(1))
    itglue.add_contacts(2)
    itglue.lists["passwords"].append(password())
    found = itglue.open(time).test()
    assert found.account == "key Gangway, region US"
    assert found.counts == {"companies": 1, "users": 2, "staff": 0}
    assert (found.locked, found.notes) == ({}, ())
    assert CANARY not in repr(found)


@pytest.mark.parametrize("shown", [{"name": "Router"}, {"password": None}, {"password": ""}, None])
def test_a_key_without_password_access_is_recognised(
    itglue: ITGlueVendor, time: FakeTime, shown: dict[str, Any] | None
) -> None:
    itglue.lists["passwords"].append(password())
    itglue.shown = shown
    locked = itglue.open(time).test().locked
    assert set(locked) == {Kind.PASSWORDS}
    assert "Password Access" in locked[Kind.PASSWORDS]


@pytest.mark.parametrize("held", [[], [{"vault-id": 4}]])
def test_without_a_password_to_try_nothing_is_claimed(
    itglue: ITGlueVendor, time: FakeTime, held: list[dict[str, Any]]
) -> None:
    itglue.lists["passwords"] += [password(**about) for about in held]
    found = itglue.open(time).test()
    assert found.locked == {}
    assert "not checked" in found.notes[0]


# --- rows --------------------------------------------------------------------------------------------


def test_companies_carry_domains_and_psa_ids(itglue: ITGlueVendor, time: FakeTime) -> None:
    linked = {"adapters-resources": {"data": [{"id": "9001", "type": "adapters-resources"}]}}
    itglue.companies += [
        {**itglue.company(42), "relationships": linked},
        itglue.company(43),
    ]
    itglue.companies[1]["attributes"].update({"primary": True, "organization-status-name": "Inactive"})
    itglue.included = [
        {"id": "5", "type": "locations", "attributes": {"name": "HQ"}},
        {"id": "9001", "type": "adapters-resources", "attributes": {"remote-id": "0"}},
    ]
    itglue.lists["domains"] += [domain(42, "contoso.com"), domain(42, "contoso.net"), domain(7, "x.example")]
    contoso, own = itglue.open(time).companies(None).rows
    assert (contoso.domains, contoso.psa_ids) == (("contoso.com", "contoso.net"), ("0",))
    assert (own.is_own, own.is_active, own.domains, own.psa_ids) == (True, False, (), ())


def test_psa_ids_are_found_inside_the_record_too(itglue: ITGlueVendor, time: FakeTime) -> None:
    inside = [{"id": "9001", "type": "adapters-resources", "attributes": {"remote-id": 178}}]
    linked = {"adapters-resources": {"data": [{"id": "9001", "type": "adapters-resources"}]}}
    itglue.companies.append({**itglue.company(42), "relationships": linked, "included": inside})
    assert itglue.open(time).companies(None).rows[0].psa_ids == ("178",)


def test_domains_are_read_once_for_a_walk(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.companies += [itglue.company(number) for number in range(1, 1502)]
    itglue.lists["domains"] += [domain(number, f"c{number}.example") for number in range(1, 1002)]
    source = itglue.open(time)
    first = source.companies(None)
    second = source.companies(first.next)
    assert (first.rows[0].domains, second.rows[0].domains) == (("c1.example",), ("c1001.example",))
    asked = [request.url.path for request in itglue.requests]
    assert (asked.count("/domains"), asked.count("/organizations")) == (2, 2)


def test_domains_are_not_read_when_no_company_changed(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.companies.append(itglue.company(1))
    page = itglue.open(time).companies_changed(RECENT, None)
    assert (page.rows, page.total) == ((), 1)
    assert [request.url.path for request in itglue.requests] == ["/organizations"]


def test_the_primary_address_comes_first(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.add_contacts(3)
    first, second, third = (row["attributes"] for row in itglue.contacts)
    first["contact-emails"] = [{"value": "b@x.example", "primary": False}, {"value": "a@x.example", "primary": True}]
    second["contact-emails"] = [{"value": "c@x.example", "primary": None}, {"value": None}]
    third.update({"contact-emails": None, "last-name": None, "contact-type-name": "Terminated"})
    a, c, none = itglue.open(time).users(scope(), None).rows
    assert a.email == "a@x.example"
    assert c.email == "c@x.example"
    assert (none.email, none.last_name, none.is_active) == ("", "", False)


def test_people_of_clients_are_no_staff(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.lists["users"] += [
        {"id": "5", "attributes": {"first-name": "Grace", "last-name": None, "email": "g@msp.example"}},
        {"id": "6", "attributes": {"first-name": "Client", "my-glue": True}},
    ]
    assert [person.first_name for person in itglue.open(time).staff(None).rows] == ["Grace"]


# --- pages -------------------------------------------------------------------------------------------


def test_a_page_that_is_too_much_is_halved_and_the_read_goes_on_at_the_same_row(
    itglue: ITGlueVendor, time: FakeTime
) -> None:
    itglue.add_contacts(1500)
    source = itglue.open(time)
    first = source.all_users(None)
    itglue.too_much = 250
    pages = [first]
    while pages[-1].next is not None:
        pages.append(source.all_users(pages[-1].next))
    assert [int(row.id) for page in pages for row in page.rows] == list(range(1, 1501))
    assert [len(page.rows) for page in pages] == [1000, 250, 250]
    assert time.slept == []


def test_a_page_that_is_too_much_in_every_size_ends_in_try_later(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.add_contacts(3)
    itglue.too_much = 1
    with pytest.raises(TryLater):
        itglue.open(time).all_users(None)


def test_rows_that_slip_to_the_page_before_are_not_lost(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.add_contacts(2100)
    source = itglue.open(time)
    first = source.all_users(None)
    del itglue.contacts[10:13]
    second = source.all_users(first.next)
    third = source.all_users(second.next)
    assert [int(row.id) for page in (first, second, third) for row in page.rows] == list(range(1, 2101))
    assert third.next is None


def test_a_company_that_slipped_keeps_its_psa_id(itglue: ITGlueVendor, time: FakeTime) -> None:
    linked = {"adapters-resources": {"data": [{"id": "9001", "type": "adapters-resources"}]}}
    itglue.companies += [itglue.company(number) for number in range(1, 1501)]
    itglue.companies[1000]["relationships"] = linked
    usual = itglue.proper_answer

    def with_included(request: httpx.Request) -> httpx.Response:
        response = usual(request)
        body = json.loads(response.content)
        shown = [row["id"] for row in body["data"] if row.get("relationships")]
        beside = {"id": "9001", "type": "adapters-resources", "attributes": {"remote-id": "178"}}
        return httpx.Response(200, json={**body, "included": [beside] if shown else []})

    itglue.proper_answer = with_included  # type: ignore[method-assign]
    source = itglue.open(time)
    first = source.companies(None)
    del itglue.companies[5]
    late = next(row for row in source.companies(first.next).rows if row.id == "1001")
    assert late.psa_ids == ("178",)


def test_a_list_that_shrinks_by_a_page_is_read_anew(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.add_contacts(3000)
    source = itglue.open(time)
    first = source.all_users(None)
    del itglue.contacts[10:1200]
    with pytest.raises(Stop, match="start again"):
        source.all_users(first.next)


def test_many_changes_are_read_page_by_page_until_the_watermark(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.add_contacts(1000)
    itglue.add_contacts(300, changed="2026-11-21T00:00:00.000Z")
    source = itglue.open(time)
    first = source.all_users_changed(RECENT, None)
    second = source.all_users_changed(RECENT, first.next)
    assert (len(first.rows), len(second.rows), second.next, second.total) == (250, 50, None, 1300)


def test_no_address_ends_with_a_slash(itglue: ITGlueVendor, time: FakeTime) -> None:
    itglue.open(time).test()
    assert not [request for request in itglue.requests if request.url.path.endswith("/")]


def test_fields_and_offers_are_named_as_agreed() -> None:
    connector = discover()["itglue"]
    assert [field.label for field in connector.fields] == ["Region", "API key", "Key name"]
    assert connector.fields[0].choices == ("US", "EU", "AU")
    assert Kind.PASSWORDS in connector.offers


# --- groups ------------------------------------------------------------------------------------------


def _group(number: int, name: str | None, *users: int, **more: object) -> dict[str, object]:
    linked = [{"id": str(user), "type": "users"} for user in users]
    return {"id": str(number), "attributes": {"name": name, **more}, "relationships": {"users": {"data": linked}}}


def test_groups_come_with_their_members_a_thousand_a_call(itglue: ITGlueVendor, time: FakeTime) -> None:
    """1,500 groups, each with somebody: two calls, and no client's group or member among them."""
    itglue.lists["groups"] = [_group(number, f"Group {number}", 5, 6, 7) for number in range(1, 1501)]
    itglue.lists["groups"] += [_group(1501, "A client's", 6, **{"my-glue": True}), _group(1502, None)]
    itglue.included = [
        {"id": "5", "type": "users", "attributes": {"first-name": "Grace", "last-name": "Hopper", "my-glue": False}},
        {"id": "6", "type": "users", "attributes": {"first-name": "Client", "my-glue": True}},
    ]
    source = itglue.open(time)
    first = source.groups(None)
    second = source.groups(first.next)
    assert (len(first.rows), len(second.rows), second.next, len(itglue.requests)) == (1000, 501, None, 2)
    assert itglue.requests[0].url.params["include"] == "users"
    assert itglue.requests[0].url.params["sort"] == "created_at"  # groups are never sorted by id
    one = first.rows[0]
    assert (one.id, one.company_id, one.name) == ("1", None, "Group 1")
    assert (one.member_ids, one.member_names) == (("5", "7"), ("Grace Hopper", ""))
    assert (second.rows[-1].id, second.rows[-1].name, second.rows[-1].member_ids) == ("1502", "", ())

"""The query language: operators, forgiveness, pages and their addresses, counts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.world import ManualClock, World

EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}


def names(psa: httpx.Client, *conditions: dict[str, Any]) -> list[str]:
    answer = psa.post("Companies/query", json={"filter": list(conditions)})
    assert answer.status_code == 200, answer.text
    return [row["companyName"] for row in answer.json()["items"]]


@pytest.fixture
def five(world: World) -> World:
    for number in range(1, 6):
        world.add_company(f"Company {number}", f"c{number}.example", active=number != 5)
    return world


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"op": "eq", "field": "companyName", "value": "company 2"}, ["2"]),
        ({"op": "noteq", "field": "companyName", "value": "Company 2"}, ["1", "3", "4", "5"]),
        ({"op": "beginsWith", "field": "COMPANYNAME", "value": "Company"}, ["1", "2", "3", "4", "5"]),
        ({"op": "endsWith", "field": "companyName", "value": "3"}, ["3"]),
        ({"op": "contains", "field": "webAddress", "value": "4.EX"}, ["4"]),
        ({"op": "in", "field": "companyName", "value": ["Company 1", "Company 4"]}, ["1", "4"]),
        ({"op": "notIn", "field": "companyName", "value": ["Company 1", "Northwind IT"]}, ["2", "3", "4", "5"]),
        ({"op": "eq", "field": "isActive", "value": False}, ["5"]),
        ({"op": "eq", "field": "isActive", "value": "false"}, ["5"]),
        ({"op": "eq", "field": "isActive"}, ["5"]),
        ({"op": "eq", "field": "isActive", "value": 0}, ["5"]),
        ({"op": "eq", "field": "parentCompanyID", "value": None}, []),
        ({"op": "exist", "field": "parentCompanyID"}, []),
        ({"op": "gt", "field": "companyType", "value": "1"}, []),
    ],
)
def test_operators_compare_as_the_database_does(
    five: World, psa: httpx.Client, condition: dict[str, Any], expected: list[str]
) -> None:
    """Text is compared without case, null equals nothing, and booleans come in lenient spellings."""
    found = names(psa, condition, {"op": "gt", "field": "id", "value": 0})
    assert [name.removeprefix("Company ") for name in found] == expected


def test_groups_nest_and_the_top_level_is_and(five: World, psa: httpx.Client) -> None:
    """`or` and `and` hold items, nest, and stand beside plain conditions that must hold too."""
    either = [{"op": "eq", "field": "companyName", "value": f"Company {n}"} for n in (1, 5)]
    active = {"op": "and", "items": [{"op": "eq", "field": "isActive", "value": True}]}
    assert names(psa, {"op": "or", "items": either}, active) == ["Company 1"]


def test_an_unknown_operator_is_dropped_without_a_word(five: World, psa: httpx.Client) -> None:
    """A misspelt operator widens the result, and alone it finds nothing; both with status 200."""
    misspelt = {"op": "beginsw", "field": "companyName", "value": "Company 1"}
    assert len(names(psa, misspelt, {"op": "gt", "field": "id", "value": 0})) == 5
    assert names(psa, misspelt) == []


@pytest.mark.parametrize(
    ("entity", "field", "singular"),
    [("Companies", "nonsense", "Company"), ("Tickets", "creatorType", "Ticket"),
     ("Contacts", "solicitationOptOut", "Contact"), ("Resources", "defaultServiceDeskRoleID", "Resource")],
)  # fmt: skip
def test_an_unknown_or_hidden_field_is_a_500(psa: httpx.Client, entity: str, field: str, singular: str) -> None:
    """A filter on a field that does not exist or cannot be queried names the field and the entity."""
    answer = psa.post(f"{entity}/query", json={"filter": [{"op": "exist", "field": field}]})
    assert answer.status_code == 500
    assert answer.json() == {"errors": [f"Unable to find {field} in the {singular} Entity."]}


def test_words_against_numbers(psa: httpx.Client) -> None:
    """A word against an int column is a conversion error; against a long id it finds nothing."""
    answer = psa.post("Companies/query", json={"filter": [{"op": "eq", "field": "companyType", "value": "x"}]})
    assert answer.status_code == 500
    assert answer.json()["errors"] == ["Conversion failed when converting varchar 'x' to data type int"]
    assert names(psa, {"op": "eq", "field": "id", "value": "x"}) == []


def test_a_query_without_a_filter_is_refused_and_an_empty_one_matches_all(five: World, psa: httpx.Client) -> None:
    """The filter key is mandatory; an empty list in it means everything."""
    assert psa.post("Companies/query", json={}).status_code == 500
    assert len(names(psa)) == 6


@pytest.mark.parametrize("size", [0, 501, -1, "many"])
def test_a_page_size_out_of_range_is_a_500(psa: httpx.Client, size: object) -> None:
    """MaxRecords must lie between 1 and 500."""
    answer = psa.post("Companies/query", json=EVERYTHING | {"MaxRecords": size})
    assert answer.status_code == 500
    assert answer.json() == {"errors": ["maxCountOfRecordsToReturn must be between 1 and 500"]}


@pytest.mark.parametrize("ors", ["in", "or"])
def test_more_than_500_alternatives_are_refused(psa: httpx.Client, ors: str) -> None:
    """Members of `in` lists and items of `or` groups count towards the cap of 500."""
    one = {"op": "eq", "field": "id", "value": 1}
    many = {"op": "in", "field": "id", "value": list(range(501))} if ors == "in" else None
    condition = many or {"op": "or", "items": [one] * 501}
    answer = psa.post("Companies/query", json={"filter": [condition]})
    assert answer.status_code == 500
    assert "limited to 500 or fewer 'OR' conditions" in answer.json()["errors"][0]


def test_only_one_udf_may_be_asked_for(world: World, psa: httpx.Client) -> None:
    """A user-defined field is queried with `udf`, one a query, and its values are always text."""
    world.add_company("Big", userDefinedFields={"Headcount": "40.0000"})
    big = {"op": "gt", "field": "Headcount", "value": 10, "udf": True}
    assert names(psa, big) == ["Big"]
    both = [big, {"op": "exist", "field": "Portal Status", "udf": True}]
    assert psa.post("Companies/query", json={"filter": both}).status_code == 500
    row = psa.post("Companies/query", json={"filter": [big]}).json()["items"][0]
    assert {"name": "Headcount", "value": "40.0000"} in row["userDefinedFields"]
    assert {"name": "Portal Status", "value": None} in row["userDefinedFields"]


def test_include_fields_cut_the_rows(five: World, psa: httpx.Client) -> None:
    """IncludeFields leaves the other fields out altogether, in any case and with UDF names."""
    asked = EVERYTHING | {"IncludeFields": ["ID", "companyname", "Headcount"]}
    row = psa.post("Companies/query", json=asked).json()["items"][0]
    assert set(row) == {"id", "companyName", "userDefinedFields"}


def test_the_own_company_has_id_zero(psa: httpx.Client) -> None:
    """Company 0 is the MSP itself and comes first, and the JSON property names have any case."""
    rows = psa.post("companies/QUERY", json={"Filter": EVERYTHING["filter"], "maxrecords": 1}).json()["items"]
    assert (rows[0]["id"], rows[0]["companyName"]) == (0, "Northwind IT")
    assert psa.get("Companies/0").json()["item"]["id"] == 0


def test_a_post_is_continued_by_post_with_its_body(five: World, psa: httpx.Client) -> None:
    """The next page of a POST: same body by POST; GET is 405, and without a body 500."""
    body = EVERYTHING | {"MaxRecords": 4}
    first = psa.post("Companies/query", json=body).json()
    assert first["pageDetails"]["count"] == 4
    assert first["pageDetails"]["requestCount"] == 4
    following = first["pageDetails"]["nextPageUrl"]
    assert "search=" not in following
    refused = psa.get(following)
    assert refused.status_code == 405
    assert refused.json() == {"Message": "The requested resource does not support http method 'GET'."}
    empty = psa.post(following)
    assert empty.status_code == 500
    assert "queryModel" in empty.json()["errors"][0]
    second = psa.post(following, json=body).json()
    assert [row["companyName"] for row in second["items"]] == ["Company 4", "Company 5"]
    assert second["pageDetails"]["nextPageUrl"] is None
    assert second["pageDetails"]["prevPageUrl"] is not None


def test_a_get_is_continued_by_get(five: World, psa: httpx.Client) -> None:
    """The next page of a GET carries its search along, with lower-case escapes and the last id."""
    search = json.dumps(EVERYTHING | {"MaxRecords": 4})
    first = psa.get("Companies/query", params={"search": search}).json()
    following = first["pageDetails"]["nextPageUrl"]
    assert "%7b%22pageSize%22%3a4" in following
    paging = json.loads(parse_qs(urlsplit(following).query)["paging"][0])
    assert paging == {"pageSize": 4, "previousIds": [-1], "nextIds": [first["items"][-1]["id"]]}
    assert len(psa.get(following).json()["items"]) == 2


def test_a_long_address_is_not_found(psa: httpx.Client) -> None:
    """A GET query whose address passes about two thousand characters is a 404."""
    search = json.dumps({"filter": [{"op": "in", "field": "id", "value": list(range(400))}]})
    assert psa.get("Companies/query", params={"search": search}).status_code == 404


def test_pages_of_a_walk_join_without_gaps(world: World, psa: httpx.Client) -> None:
    """A thousand contacts come in pages of 500 in order of id, whatever happens to the first ones."""
    client = world.add_company("Many")
    people = [world.add_contact(client, "P", str(n), f"p{n}@many.example") for n in range(1_001)]
    first = psa.post("Contacts/query", json=EVERYTHING).json()
    world.delete(people[0])
    second = psa.post(first["pageDetails"]["nextPageUrl"], json=EVERYTHING).json()
    third = psa.post(second["pageDetails"]["nextPageUrl"], json=EVERYTHING).json()
    ids = [row["id"] for page in (first, second, third) for row in page["items"]]
    assert ids == [person.psa_id for person in people]
    assert third["pageDetails"]["nextPageUrl"] is None


def test_dates_are_utc_and_filters_see_changes(world: World, clock: ManualClock, psa: httpx.Client) -> None:
    """Dates end in Z with trimmed fractions, and an edit moves them by the world's clock."""
    client = world.add_company("Old name")
    clock.advance(3_600.25)
    since = {"op": "gt", "field": "lastTrackedModifiedDateTime", "value": f"{clock() - timedelta(minutes=1):%FT%T}"}
    assert names(psa, since) == []
    world.rename(client, "New name")
    assert names(psa, since) == ["New name"]
    row = psa.get(f"Companies/{client.psa_id}").json()["item"]
    assert row["createDate"] == "2026-11-21T09:00:00Z"
    assert row["lastActivityDate"] == "2026-11-21T10:00:00.25Z"


def test_counts_agree_with_rows(five: World, psa: httpx.Client, autotask: AutotaskStandIn) -> None:
    """`query/count` answers by GET and by POST, and is counted as a route of its own."""
    asked = {"filter": [{"op": "eq", "field": "isActive", "value": True}]}
    assert psa.post("Companies/query/count", json=asked).json() == {"queryCount": 5}
    by_get = psa.get("Companies/query/count", params={"search": json.dumps(asked)})
    assert by_get.json() == {"queryCount": 5}
    assert (autotask.calls("Companies/query/count"), autotask.calls("Companies/query")) == (2, 0)

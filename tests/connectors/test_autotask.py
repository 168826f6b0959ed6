"""What only Autotask has: zones, picklists, fields a tenant may lack, refusals in 500s."""

import json
from datetime import timedelta

import httpx
import pytest

from connectors import discover
from connectors.autotask import zone
from domain.errors import AskOperator, Trouble, TryLater
from domain.ports import Kind, Opening
from domain.psa import TicketChange
from tests.connectors.conformance import CANARY, AutotaskVendor, FakeTime, good, scope
from tests.connectors.desks import AutotaskDesk

RECENT = "2026-11-20T00:00:00Z"


def paths(vendor: AutotaskVendor) -> list[str]:
    return [request.url.path for request in vendor.requests]


def test_the_zone_is_asked_for_once_without_credentials(autotask: AutotaskVendor, time: FakeTime) -> None:
    source = autotask.open(time)
    source.all_users(None)
    source.staff(None)
    questions = [request for request in autotask.requests if request.url.path.endswith("zoneInformation")]
    assert len(questions) == 1
    assert questions[0].url.host == "webservices.autotask.net"
    assert questions[0].url.params["user"] == "abc1@CONTOSO.COM"
    assert "Secret" not in questions[0].headers
    assert autotask.requests[-1].url.host == "webservices15.autotask.net"
    assert autotask.requests[-1].headers["Secret"] == CANARY


@pytest.mark.parametrize(
    ("base", "asked"),
    [
        (None, "https://webservices.autotask.net/atservicesrest/v1.0/zoneInformation"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/atservicesrest/v1.0/zoneInformation"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/atservicesrest/v1.0/zoneInformation"),
        ("https://at.example/ATServicesRest", "https://at.example/ATServicesRest/v1.0/zoneInformation"),
        ("https://at.example/ATServicesRest/V1.0/", "https://at.example/ATServicesRest/v1.0/zoneInformation"),
    ],
)
def test_a_base_may_be_a_root_or_hold_the_path(base: str | None, asked: str) -> None:
    assert zone.question_url(base) == asked


@pytest.mark.parametrize("strange", ["https://autotask.net.evil.example/", "http://webservices1.autotask.net/"])
def test_credentials_are_not_sent_to_a_strange_zone(autotask: AutotaskVendor, time: FakeTime, strange: str) -> None:
    autotask.zone = strange
    with pytest.raises(AskOperator, match=r"outside autotask\.net"):
        autotask.open(time).test()
    assert len(autotask.requests) == 1


def test_a_tenant_that_moved_is_found_again(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(1)
    source = autotask.open(time)
    source.all_users(None)
    time.now += timedelta(hours=3)
    autotask.zone = "https://webservices24.autotask.net/ATServicesRest/"
    autotask.script.append(httpx.Response(401))
    assert len(source.all_users(None).rows) == 1
    assert autotask.requests[-1].url.host == "webservices24.autotask.net"


def test_a_refused_key_is_not_tried_again_where_nothing_moved(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(1)
    source = autotask.open(time)
    source.all_users(None)
    time.now += timedelta(hours=3)
    autotask.script.append(httpx.Response(401))
    asked = autotask.pages_asked
    for _ in range(2):
        with pytest.raises(AskOperator) as refused:
            source.all_users(None)
    assert refused.value.trouble is Trouble.WRONG_KEY
    assert autotask.pages_asked == asked + 1


def test_a_refused_key_stays_refused_when_the_zone_cannot_be_asked(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(1)
    source = autotask.open(time)
    source.all_users(None)
    time.now += timedelta(hours=3)
    usual = autotask.proper_answer

    def no_zone(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503) if request.url.path.endswith("zoneInformation") else usual(request)

    autotask.proper_answer = no_zone  # type: ignore[method-assign]
    autotask.script.append(httpx.Response(401))
    asked = autotask.pages_asked
    for _ in range(2):
        with pytest.raises(AskOperator) as refused:
            source.all_users(None)
    assert (refused.value.trouble, autotask.pages_asked) == (Trouble.WRONG_KEY, asked + 1)


# --- the connection test -----------------------------------------------------------------------------


def test_a_good_connection_says_what_there_is(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(3)
    autotask.companies += [autotask.company(number) for number in range(4)]
    found = autotask.open(time).test()
    assert found.account == "Limited Release (database 30595)"
    assert found.counts == {"companies": 4, "users": 3, "staff": 0}
    assert (found.locked, found.notes) == ({}, ())
    assert len(autotask.requests) == 4


def test_an_unknown_user_is_told_from_a_wrong_secret(autotask: AutotaskVendor, time: FakeTime) -> None:
    source = autotask.open(time)
    autotask.proper_answer = lambda request: httpx.Response(  # type: ignore[method-assign]
        500, json={"errors": ["Zone information could not be determined"]}
    )
    with pytest.raises(AskOperator, match="does not know this API username") as unknown:
        source.test()
    assert (unknown.value.trouble, unknown.value.field) == (Trouble.WRONG_KEY, "username")


def test_a_missing_right_is_named_with_its_path(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.denied = frozenset({"Resources"})
    found = autotask.open(time).test()
    assert set(found.locked) == {Kind.STAFF}
    assert "Resources/Users (HR)" in found.locked[Kind.STAFF]


def test_a_valid_user_without_any_right_is_told_apart(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.denied = frozenset({"Companies", "Contacts", "Resources"})
    with pytest.raises(AskOperator, match="credentials are right") as refused:
        autotask.open(time).test()
    assert refused.value.trouble is Trouble.NO_API_RIGHT


def test_a_lone_company_is_worth_a_word(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.companies.append(autotask.company(0))
    assert "lines of business" in autotask.open(time).test().notes[0]


# --- rows --------------------------------------------------------------------------------------------


def test_companies_carry_their_parent_and_the_own_one(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.companies += [
        {"id": 0, "companyName": "The MSP", "isActive": True, "companyType": None},
        {**autotask.company(5), "parentCompanyID": 0, "webAddress": " contoso.com ", "isActive": False},
        {"id": 6, "companyName": None},
    ]
    page = autotask.open(time).companies(None)
    own, contoso = page.rows
    assert (own.is_own, own.is_active) == (True, True)
    assert (contoso.is_own, contoso.is_active) == (False, False)
    assert (contoso.parent_id, contoso.web, contoso.modified) == ("0", "contoso.com", "2026-01-01T00:00:00Z")
    assert [(bad.id, bad.reason) for bad in page.bad] == [("6", "has no company name")]


def test_contacts_may_have_nulls_everywhere(autotask: AutotaskVendor, time: FakeTime) -> None:
    row = dict.fromkeys(autotask.contact(1, 7, RECENT))
    autotask.contacts.append({**row, "id": 1, "companyID": 7, "isActive": 0})
    (person,) = autotask.open(time).users(scope(), None).rows
    assert (person.first_name, person.email) == ("", "")
    assert person.is_active is False


def test_api_users_are_no_staff(autotask: AutotaskVendor, time: FakeTime) -> None:
    people = [
        {"id": 1, "firstName": "Grace", "lastName": "Hopper", "email": "g@msp.example", "licenseType": 1},
        {"id": 2, "firstName": "API", "lastName": "User", "licenseType": 7, "isActive": True},
        {"id": 3, "firstName": "Gone", "lastName": None, "licenseType": 3, "isActive": False},
    ]
    autotask._table = lambda entity: people  # type: ignore[method-assign]
    staff = autotask.open(time).staff(None).rows
    assert [(person.first_name, person.company_id, person.is_active) for person in staff] == [
        ("Grace", None, True),
        ("Gone", None, False),
    ]


# --- queries -----------------------------------------------------------------------------------------


def test_pages_are_walked_by_id_and_ask_only_for_what_is_read(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(600)
    source = autotask.open(time)
    source.all_users(source.all_users(None).next)
    first, second = [json.loads(r.content) for r in autotask.requests if r.url.path.endswith("/query")]
    assert first["filter"] == [{"op": "gt", "field": "id", "value": -1}]
    assert second["filter"] == [{"op": "gt", "field": "id", "value": 500}]
    assert first["MaxRecords"] == 500
    assert {"id", "companyID", "emailAddress"} <= set(first["IncludeFields"])
    assert "note" not in first["IncludeFields"]


def test_without_page_details_a_short_page_is_the_last(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.with_details = False
    autotask.add_contacts(501)
    source = autotask.open(time)
    first = source.all_users(None)
    assert first.next is not None
    assert source.all_users(first.next).next is None
    assert autotask.pages_asked == 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("The Autotask API thread threshold of 3 threads has been exceeded.", 5),
        ("The request threshold of 10000 requests has been exceeded.", 60),
    ],
)
def test_a_write_that_met_a_limit_waits_as_long_as_that_limit_lasts(
    autotask_desk: AutotaskDesk, time: FakeTime, text: str, seconds: float
) -> None:
    """A place among the three threads is free again soon; Autotask names no time with either."""
    autotask_desk.add_ticket(1)
    autotask_desk.torn.append(httpx.Response(429, json={"errors": [text]}))
    with pytest.raises(TryLater) as refused:
        autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(status="5"))
    assert refused.value.after == seconds


def test_a_refusal_that_comes_as_a_success_is_no_empty_list(autotask: AutotaskVendor, time: FakeTime) -> None:
    """200 with `errors` and no rows: taken for an empty company, its people would look gone."""
    autotask.add_contacts(1)
    text = "The logged in Resource does not have the adequate permissions to query this entity type."
    for said, trouble in ((text, Trouble.MISSING_RIGHT), ("Odd", Trouble.BAD_ANSWER)):
        autotask.script.append(good({"errors": [said]}))
        with pytest.raises(AskOperator) as refused:
            autotask.open(time).users(scope(), None)
        assert refused.value.trouble is trouble


def test_an_empty_page_that_promises_more_is_not_the_end(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(501)
    autotask.script.append(
        httpx.Response(200, json={"items": [], "pageDetails": {"nextPageUrl": "https://x.example"}})
    )
    with pytest.raises(TryLater, match="half-read"):
        autotask.open(time).all_users(None)


def test_a_row_deleted_meanwhile_is_no_half_read(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(501)
    source = autotask.open(time)
    first = source.all_users(None)
    del autotask.contacts[500]
    assert source.all_users(first.next).next is None


def test_a_tenant_without_one_of_the_change_fields_is_asked_by_the_other(
    autotask: AutotaskVendor, time: FakeTime
) -> None:
    autotask.lacking = frozenset({"lastModifiedDate"})
    autotask.add_contacts(1)
    autotask.add_contacts(1, changed=RECENT)
    source = autotask.open(time)
    assert [row.id for row in source.all_users_changed(RECENT, None).rows] == ["2"]
    asked = len(autotask.requests)
    source.all_users_changed(RECENT, None)
    assert len(autotask.requests) - asked == 3  # the lesson is kept: two counts, one page


def test_a_tenant_without_any_change_field_wants_a_full_sync(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.lacking = frozenset({"lastModifiedDate", "lastActivityDate"})
    with pytest.raises(AskOperator, match="full sync"):
        autotask.open(time).all_users_changed(RECENT, None)


def test_too_many_threads_are_waited_for_whatever_the_status(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(1)
    text = "The Autotask API thread threshold of 3 threads has been exceeded."
    autotask.script.append(httpx.Response(500, json={"errors": [text]}))
    assert len(autotask.open(time).all_users(None).rows) == 1
    assert time.slept == [5]


def test_the_hourly_limit_is_the_callers_to_wait(autotask: AutotaskVendor, time: FakeTime) -> None:
    autotask.add_contacts(1)
    autotask.script.append(httpx.Response(500, json={"errors": ["You have exceeded the request threshold."]}))
    with pytest.raises(TryLater) as told:
        autotask.open(time).all_users(None)
    assert told.value.after == pytest.approx(900)


# --- credentials -------------------------------------------------------------------------------------


def test_the_operators_identifier_stands_in_for_the_field(autotask: AutotaskVendor, time: FakeTime) -> None:
    given = {"username": "abc1@CONTOSO.COM", "secret": "s"}
    connector = discover()["autotask"]
    assert connector.check(given) == {}
    source = connector.open(given, Opening(None, time.clock, time.sleep, {"tracking": "VENDORWIDE"}))
    source.test()
    assert autotask.requests[-1].headers["ApiIntegrationCode"] == "VENDORWIDE"


def test_without_any_identifier_the_field_is_blamed(time: FakeTime) -> None:
    with pytest.raises(AskOperator) as missing:
        discover()["autotask"].open({"username": "a", "secret": "b"}, Opening(None, time.clock, time.sleep))
    assert missing.value.field == "tracking"


def test_a_tracking_identifier_has_a_shape() -> None:
    given = {"username": "a@b.example", "secret": "s", "tracking": "me@msp.example"}
    assert set(discover()["autotask"].check(given)) == {"tracking"}


def test_passwords_are_declined_in_words() -> None:
    connector = discover()["autotask"]
    assert Kind.PASSWORDS not in connector.offers
    assert "IT Glue" in connector.declines[Kind.PASSWORDS]
    titles = ["Create a new API user", "I have a user already", "The security level, right by right"]
    assert [guide.title for guide in connector.guides] == titles

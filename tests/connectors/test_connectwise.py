"""What only ConnectWise has: the site, the codebase, five entries, one refusal for every right, bare lists."""

from typing import Any

import httpx
import pytest

from connectors import discover
from connectors.connectwise import site
from domain.errors import AskOperator, Stop, Trouble, TryLater
from domain.ports import Kind
from tests.connectors.conformance import CANARY, ConnectWiseVendor, FakeTime, scope

RECENT = "2026-11-20T00:00:00Z"
SECURITY = "You do not have security permission to perform this action."


def refused(vendor: ConnectWiseVendor, time: FakeTime, **credentials: str) -> AskOperator:
    with pytest.raises(AskOperator) as told:
        vendor.open(time, **credentials).test()
    return told.value


def answering(vendor: ConnectWiseVendor, **by_end: httpx.Response | Exception) -> None:
    """Answer some paths, named by a word in them, in another way than the vendor would."""
    usual = vendor.proper_answer

    def answer(request: httpx.Request) -> httpx.Response:
        for word, response in by_end.items():
            if word in request.url.path:
                if isinstance(response, Exception):
                    raise response
                return response
        return usual(request)

    vendor.proper_answer = answer  # type: ignore[method-assign]


# --- the site and the codebase ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "host"),
    [
        ("na.myconnectwise.net", "api-na.myconnectwise.net"),
        ("https://EU.myconnectwise.net/v4_6_release/login", "api-eu.myconnectwise.net"),
        ("api-au.myconnectwise.net", "api-au.myconnectwise.net"),
        ("za", "api-za.myconnectwise.net"),
        ("staging.connectwisedev.com", "api-staging.connectwisedev.com"),
        ("cw.msp.example", "cw.msp.example"),
        ("cw.msp.example:8443", "cw.msp.example:8443"),
        ("", ""),
        ("Contoso", ""),
        ("user:word@na.myconnectwise.net", ""),
        ("na.myconnectwise.net@evil.example", ""),
        ("a..b", ""),
        ("https://[::1", ""),
    ],
)
def test_a_site_becomes_the_address_of_its_api(entered: str, host: str) -> None:
    assert site.host_of(entered) == host


@pytest.mark.parametrize("codebase", ["", "/", "..", "../x", "//evil.example", "a/b", "a b"])
def test_a_codebase_that_is_no_plain_word_is_not_believed(
    connectwise: ConnectWiseVendor, time: FakeTime, codebase: str
) -> None:
    """It came without keys, and the keys are sent to the address made of it."""
    connectwise.codebase = codebase
    assert refused(connectwise, time).field == "site"
    assert [request for request in connectwise.requests if "authorization" in request.headers] == []


def test_the_keys_travel_as_basic_with_the_client_id(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    source = connectwise.open(time)
    source.staff(None)
    first, second = connectwise.requests
    assert str(first.url) == "https://api-na.myconnectwise.net/login/companyinfo/contoso"
    assert not {"authorization", "clientid"} & set(first.headers)
    assert str(second.url).startswith("https://api-na.myconnectwise.net/v2026_3/apis/3.0/system/members?")
    wanted = httpx.BasicAuth(f"contoso+P{CANARY}", CANARY)._auth_header
    assert (second.headers["authorization"], second.headers["clientid"]) == (wanted, f"C{CANARY}")


@pytest.mark.parametrize("seconds", [0, 61])
def test_after_an_upgrade_the_codebase_is_asked_for_once(connectwise: ConnectWiseVendor, time: FakeTime, seconds: float) -> None:
    """However short before it was found: keys are not said to be refused for that."""
    connectwise.add_contacts(3)
    source = connectwise.open(time)
    source.all_users(None)
    connectwise.codebase = "v2026_4"
    time.sleep(seconds)
    connectwise.requests.clear()
    assert len(source.all_users(None).rows) == 3
    assert ["/".join(request.url.path.split("/")[1:3]) for request in connectwise.requests] == [
        "v2026_3/apis", "login/companyinfo", "v2026_4/apis",
    ]  # fmt: skip


def test_a_404_that_no_upgrade_explains_means_refused_keys(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    """The cloud answers 404 to bad keys; nothing further is sent with them."""
    connectwise.answers_keys = 404
    told = refused(connectwise, time)
    assert (told.trouble, told.field) == (Trouble.WRONG_KEY, "private_key")
    source = connectwise.open(time)
    for _ in range(3):
        with pytest.raises(AskOperator):
            source.companies(None)
    assert sum("authorization" in request.headers for request in connectwise.requests) == 2


# --- what is wrong -----------------------------------------------------------------------------------


def test_an_unknown_company_is_told(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    """`null` and 404 both mean that, in the cloud."""
    for answer in (httpx.Response(200, content=b"null"), httpx.Response(404, text="<html>")):
        answering(connectwise, companyinfo=answer)
        told = refused(connectwise, time)
        assert (told.field, "Company ID" in told.said) == ("company_id", True)


@pytest.mark.parametrize(
    ("info", "field"),
    [
        (httpx.Response(200, json={"version": "v2026.3.1"}), "company_id"),
        (httpx.Response(401, json={"code": "Unauthorized"}), "company_id"),
        (httpx.Response(404), "site"),
        (httpx.Response(200, text="<html>Welcome</html>"), "site"),
        (httpx.Response(302, headers={"Location": "https://x.example"}), "site"),
    ],
)
def test_on_an_own_server_a_404_is_told_apart(
    connectwise: ConnectWiseVendor, time: FakeTime, info: httpx.Response, field: str
) -> None:
    """Where there is a ConnectWise the company is unknown, elsewhere the site is wrong."""
    answering(connectwise, companyinfo=httpx.Response(404), info=info)
    assert refused(connectwise, time, site="cw.msp.example").field == field


def test_another_servers_page_is_no_connectwise(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    answering(connectwise, companyinfo=httpx.Response(200, text="<html>Welcome</html>"))
    told = refused(connectwise, time, site="www.msp.example")
    assert (told.field, told.trouble) == ("site", Trouble.MISCONFIGURED)


def test_a_silent_server_is_a_wrong_site_or_down(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    """The spelling of an own server is doubted, that of the cloud is not, and an operator's own address neither."""
    answering(connectwise, companyinfo=httpx.ConnectError("no such host"))
    assert refused(connectwise, time, site="cw.msp.example").field == "site"
    with pytest.raises(TryLater):
        connectwise.open(time).test()
    with pytest.raises(TryLater):
        connectwise.open(time, base_url="http://127.0.0.1:9", site="cw.msp.example").test()
    assert time.slept == []


def test_down_is_no_fault_of_the_entries(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    answering(connectwise, companyinfo=httpx.Response(503))
    with pytest.raises(TryLater, match="away"):
        connectwise.open(time, site="cw.msp.example").test()


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("said", ["Missing clientId header", "client id is not valid"])
def test_a_client_id_that_is_not_accepted_is_named(
    connectwise: ConnectWiseVendor, time: FakeTime, said: str, status: int
) -> None:
    answering(connectwise, company=httpx.Response(status, json={"code": "Forbidden", "message": said}))
    answering(connectwise, companyinfo=httpx.Response(200, json={"Codebase": "v2026_3/"}))
    told = refused(connectwise, time)
    assert (told.field, "Client ID" in told.said) == ("client_id", True)


def test_a_refusal_of_everything_that_does_not_say_why_may_be_the_client_id(
    connectwise: ConnectWiseVendor, time: FakeTime
) -> None:
    """What a server says without a client id is nowhere written down: a bare 403 leaves the right and the id open."""
    blank = httpx.Response(403, text="<html>Forbidden</html>")
    answering(connectwise, companies=blank, contacts=blank, members=blank)
    told = refused(connectwise, time)
    assert (told.field, "check the Client ID" in told.said) == ("client_id", True)


@pytest.mark.parametrize(
    "body",
    [{"code": "Unauthorized", "message": "Incorrect public/private key"}, {"code": "ConnectWiseApi", "message": "UserNotAuthenticated"}],
)
def test_401_means_refused_keys(connectwise: ConnectWiseVendor, time: FakeTime, body: dict[str, str]) -> None:
    answering(connectwise, companies=httpx.Response(401, json=body))
    told = refused(connectwise, time)
    assert (told.trouble, told.field) == (Trouble.WRONG_KEY, "private_key")


@pytest.mark.parametrize(
    ("path", "kind", "right"),
    [
        ("company/companies", Kind.COMPANIES, "Companies → Company Maintenance to Inquire"),
        ("company/contacts", Kind.USERS, "Companies → Contacts to Inquire"),
        ("system/members", Kind.STAFF, "System → Member Maintenance to Inquire"),
    ],
)
def test_a_missing_right_is_named(connectwise: ConnectWiseVendor, time: FakeTime, path: str, kind: Kind, right: str) -> None:
    """The vendor's sentence is the same for every right; ours says which one to add."""
    connectwise.denied = frozenset({path})
    locked = connectwise.open(time).test().locked
    assert set(locked) == {kind}
    assert right in locked[kind]
    assert SECURITY not in locked[kind]


def test_table_setup_is_named_though_nothing_of_now_needs_it(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.denied = frozenset({"company/companies/statuses", "company/companies/types"})
    connectwise.companies += [connectwise.company(1), connectwise.company(2)]
    found = connectwise.open(time).test()
    assert found.locked == {}
    assert "System → Table Setup to Inquire" in found.notes[0]


def test_without_any_right_all_are_named(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.denied = frozenset({"company", "system"})
    assert refused(connectwise, time).trouble is Trouble.NO_API_RIGHT


def test_a_good_connection_says_what_there_is(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.companies += [connectwise.company(1), connectwise.company(2), {**connectwise.company(3), "deletedFlag": True}]
    connectwise.add_contacts(4)
    found = connectwise.open(time).test()
    assert (found.account, found.counts) == ("Contoso IT", {"companies": 2, "users": 4, "staff": 0})
    assert (found.locked, found.notes) == ({}, ())
    assert len(connectwise.requests) == 5


# --- rows --------------------------------------------------------------------------------------------


def test_companies_carry_types_and_status(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.companies += [connectwise.company(number) for number in range(1, 6)]
    two, old, gone, idle, own = connectwise.companies
    two["types"].append({"id": 3, "name": "Vendor"})
    old["type"] = {"id": 1, "name": "Client"}
    del old["types"]
    gone["deletedFlag"] = True
    idle["status"] = {"id": 2, "name": "Closed down"}
    own["types"] = [{"id": 4, "name": "Owner"}]
    answering(connectwise, statuses=httpx.Response(200, json=[{"id": 1, "name": "Active"}, {"id": 2, "inactiveFlag": True}]))
    rows = connectwise.open(time).companies(None).rows
    assert [row.type_name for row in rows] == ["Client, Vendor", "Client", "Client", "Client", "Owner"]
    assert [row.is_active for row in rows] == [True, True, False, False, True]
    assert (rows[2].status_name, rows[3].status_name) == ("deleted", "Closed down")
    assert [row.is_own for row in rows] == [False] * 4 + [True]


def test_without_table_setup_the_names_of_statuses_tell(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.companies += [connectwise.company(1), connectwise.company(2)]
    connectwise.companies[1]["status"] = {"id": 2, "name": "Inactive"}
    connectwise.denied = frozenset({"company/companies/statuses"})
    source = connectwise.open(time)
    assert [row.is_active for row in source.companies(None).rows] == [True, False]
    asked = [request.url.path for request in connectwise.requests].count("/v2026_3/apis/3.0/company/companies/statuses")
    assert asked == 1, "what was refused once is not asked for again at every row"
    connectwise.denied = frozenset()
    connectwise.companies[1]["status"] = {"id": 2, "name": "Closed down"}
    assert len(source.companies(None).rows) == 2
    assert sum(request.url.path.endswith("/statuses") for request in connectwise.requests) == 2, "the next walk asks anew"


def test_addresses_are_found_among_the_communications(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.add_contacts(3)
    first, second, third = connectwise.contacts
    first["communicationItems"] = [
        {"value": "555", "communicationType": "Phone", "defaultFlag": True},
        {"value": "b@x.example", "communicationType": "Email", "defaultFlag": False},
        {"value": " a@x.example ", "communicationType": "Email", "defaultFlag": True},
    ]
    for key in ("communicationItems", "lastName"):
        del second[key]
    del third["company"]
    page = connectwise.open(time).all_users(None)
    a, none = page.rows
    assert a.email == "a@x.example"
    assert (none.email, none.last_name) == ("", "")
    assert [(bad.id, bad.reason) for bad in page.bad] == [("3", "does not say which company it belongs to")]


def test_members_have_their_chosen_address_first_and_api_members_are_no_staff(
    connectwise: ConnectWiseVendor, time: FakeTime
) -> None:
    members = [
        {"id": 1, "firstName": "Grace", "officeEmail": "g@msp.example", "homeEmail": "g@home.example", "defaultEmail": "Home"},
        {"id": 2, "firstName": "Api", "licenseClass": "A"},
        {"id": 3, "identifier": "old", "inactiveFlag": True},
    ]
    answering(connectwise, members=httpx.Response(200, json=members))
    grace, old = connectwise.open(time).staff(None).rows
    assert (grace.email, grace.company_id) == ("g@home.example", None)
    assert (old.is_active, old.email) == (False, "")


# --- lists -------------------------------------------------------------------------------------------


def asked(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


def test_pages_are_asked_for_by_id_and_with_the_fields_that_are_read(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.add_contacts(1001)
    source = connectwise.open(time)
    source.all_users(source.all_users(None).next)
    second = asked(connectwise.requests[-1])
    assert (second["conditions"], second["orderBy"], second["pageSize"], second["page"]) == ("id>1000", "id asc", "1000", "1")
    assert {"id", "company", "communicationItems", "_info"} <= set(second["fields"].split(","))


@pytest.mark.parametrize("rows", [999, 1000, 1001, 2000])
def test_without_link_headers_a_full_page_is_followed_by_a_count(
    connectwise: ConnectWiseVendor, time: FakeTime, rows: int
) -> None:
    connectwise.sends_links = False
    connectwise.add_contacts(rows)
    source, cursor, seen = connectwise.open(time), None, 0
    while True:
        page = source.all_users(cursor)
        seen, cursor = seen + len(page.rows), page.next
        if cursor is None:
            break
    assert seen == rows
    assert connectwise.pages_asked == -(-rows // 1000)


def test_changes_are_asked_for_in_whole_seconds_without_today(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.add_contacts(2, changed=RECENT)
    connectwise.open(time).all_users_changed("2026-11-20T00:00:00.900+00:00", None)
    assert {asked(request).get("conditions") for request in connectwise.requests[1:]} == {
        "lastUpdated>[2026-11-19T23:59:59Z]", None,
    }  # fmt: skip


def test_a_server_that_takes_no_times_is_asked_for_days(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    """From the day before: a row too many does no harm, one too few would be lost."""
    connectwise.takes_times = False
    connectwise.add_contacts(2)
    connectwise.add_contacts(1, changed=RECENT)
    source = connectwise.open(time)
    assert [row.id for row in source.all_users_changed(RECENT, None).rows] == ["3"]
    assert asked(connectwise.requests[-1])["conditions"] == "lastUpdated>[2026-11-19]"
    refusals = len(connectwise.requests)
    source.all_users_changed(RECENT, None)
    assert len(connectwise.requests) - refusals == 3  # it is remembered


def test_a_server_that_takes_no_choice_of_fields_is_asked_for_all(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    connectwise.takes_fields = False
    connectwise.add_contacts(2)
    source = connectwise.open(time)
    assert len(source.all_users(None).rows) == 2
    assert len(source.all_users(None).rows) == 2
    assert connectwise.pages_asked == 3


def test_a_question_refused_however_it_is_put_is_reported(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    answering(connectwise, contacts=httpx.Response(400, json={"code": "X", "message": "Bad\r\nconditions."}))
    with pytest.raises(AskOperator, match=r"Bad conditions\. Please report"):
        connectwise.open(time).all_users(None)


def test_a_page_that_was_promised_and_is_empty_is_asked_about(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    """Gone meanwhile is the end; still there is a half-read list."""
    connectwise.add_contacts(1005)
    source = connectwise.open(time)
    first = source.all_users(None)
    connectwise.script.append(lambda proper: connectwise.with_rows(proper, []))
    with pytest.raises(TryLater, match="half-read"):
        source.all_users(first.next)
    del connectwise.contacts[1000:]
    assert source.all_users(first.next) == source.all_users(first.next)
    assert source.all_users(first.next).next is None


def test_the_entries_are_named_as_agreed() -> None:
    connector = discover()["connectwise"]
    assert [field.label for field in connector.fields] == ["Site", "Company ID", "Public key", "Private key", "Client ID"]
    assert [field.name for field in connector.fields if field.secret] == ["private_key"]
    assert [field.name for field in connector.fields if field.private] == ["public_key", "client_id"]


@pytest.mark.parametrize(
    ("entry", "wrong"), [({"site": "Contoso"}, {"site"}), ({"company_id": "https://x/y"}, {"company_id"})]
)
def test_entries_of_a_wrong_shape_are_told_before_any_call(entry: dict[str, str], wrong: set[str]) -> None:
    good: dict[str, Any] = {
        "site": "na.myconnectwise.net", "company_id": "contoso", "public_key": "a", "private_key": "b", "client_id": "c",
    }  # fmt: skip
    assert set(discover()["connectwise"].check(good | entry)) == wrong


def test_a_scope_must_name_one_company(connectwise: ConnectWiseVendor, time: FakeTime) -> None:
    with pytest.raises(Stop):
        connectwise.open(time).users(scope("7) or (id>0"), None)
    assert connectwise.requests == []

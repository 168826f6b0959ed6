"""The same questions to every connector."""

import logging
import traceback

import httpx
import pytest

from connectors import discover
from domain.errors import AskOperator, GangwayError, Stop, Stranger, TryLater
from domain.ports import HasCompanies, HasGroups, HasPasswords, HasStaff, HasUsers, Kind, Page, UpstreamPerson
from tests.connectors.conformance import CANARY, VENDORS, FakeTime, Vendor, pages_of, scope

RECENT = "2026-11-20T00:00:00Z"


def names(pages: list[Page[UpstreamPerson]]) -> list[str]:
    return [row.id for page in pages for row in page.rows]


def test_every_connector_is_asked() -> None:
    assert set(discover()) == set(VENDORS)


def test_every_connector_has_companies_users_and_staff(vendor: Vendor, time: FakeTime) -> None:
    source = vendor.open(time)
    assert isinstance(source, HasCompanies)
    assert isinstance(source, HasUsers)
    assert isinstance(source, HasStaff)


def test_who_offers_passwords_has_them_and_who_declines_says_why(vendor: Vendor, time: FakeTime) -> None:
    connector = vendor.connector
    assert isinstance(vendor.open(time), HasPasswords) is (Kind.PASSWORDS in connector.offers)
    assert (Kind.PASSWORDS in connector.offers) is not (Kind.PASSWORDS in connector.declines)


def test_who_offers_groups_has_them_and_who_declines_says_why(vendor: Vendor, time: FakeTime) -> None:
    connector = vendor.connector
    assert isinstance(vendor.open(time), HasGroups) is (Kind.GROUPS in connector.offers)
    assert (Kind.GROUPS in connector.offers) is not (Kind.GROUPS in connector.declines)


def test_opening_calls_nobody(vendor: Vendor, time: FakeTime) -> None:
    vendor.open(time).close()
    assert vendor.requests == []


def test_two_pages_are_joined_without_a_gap(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(vendor.page_size + 1)
    pages = pages_of(vendor.open(time).all_users)
    assert names(pages) == [str(number) for number in range(1, vendor.page_size + 2)]
    assert [page.total for page in pages] == [vendor.page_size + 1 if vendor.tells_total else None] * 2
    assert pages[0].as_of == "2026-11-21T10:00:00Z"


@pytest.mark.parametrize(("pages", "extra"), [(1, 0), (2, 0), (2, -1), (1, 1)])
def test_a_read_costs_no_page_more_than_its_rows_fill(vendor: Vendor, time: FakeTime, pages: int, extra: int) -> None:
    rows = pages * vendor.page_size + extra
    vendor.add_contacts(rows)
    assert len(names(pages_of(vendor.open(time).all_users))) == rows
    assert vendor.pages_asked == -(-rows // vendor.page_size)


def test_an_empty_list_is_empty(vendor: Vendor, time: FakeTime) -> None:
    page = vendor.open(time).all_users(None)
    assert (page.rows, page.next, page.total) == ((), None, 0 if vendor.tells_total else None)


def test_a_page_that_comes_twice_stops_the_read(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(vendor.page_size * 3)
    source = vendor.open(time)
    first: list[httpx.Response] = []
    vendor.script += [lambda proper: first.append(proper) or proper, lambda proper: first[0]]  # type: ignore[func-returns-value]
    page = source.all_users(None)
    with pytest.raises(TryLater, match="same page twice"):
        source.all_users(page.next)


def test_a_list_that_ends_too_early_is_not_believed(vendor: Vendor, time: FakeTime) -> None:
    """Where the list itself says how long it is; otherwise the flow asks for the count after a whole read."""
    if not vendor.tells_total:
        page = vendor.open(time).all_users_changed("2026-11-21T10:00:00+00:00", None)
        assert page.total == 0
        return
    vendor.add_contacts(10)

    def cut(proper: httpx.Response) -> httpx.Response:
        return vendor.with_rows(proper, vendor.contacts[:4])

    vendor.script.append(cut)
    with pytest.raises(TryLater, match="half-read"):
        vendor.open(time).all_users(None)


def test_a_read_goes_on_at_any_page_in_a_new_source(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(vendor.page_size * 2 + 5)
    whole, cursor, seen = names(pages_of(vendor.open(time).all_users)), None, []
    while True:
        page = vendor.open(time).all_users(cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole


def test_a_damaged_cursor_stops(vendor: Vendor, time: FakeTime) -> None:
    with pytest.raises(Stop, match="Start the import again"):
        vendor.open(time).all_users("{nonsense")


# --- being told to wait ------------------------------------------------------------------------------


def test_a_pause_is_waited_out_as_told(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script.append(httpx.Response(429, headers={"Retry-After": "7"}))
    assert len(vendor.open(time).all_users(None).rows) == 3
    assert sum(time.slept) == pytest.approx(7)


def test_a_pause_given_as_a_date_is_waited_out(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script.append(httpx.Response(429, headers={"Retry-After": "Sat, 21 Nov 2026 10:00:09 GMT"}))
    assert len(vendor.open(time).all_users(None).rows) == 3
    assert sum(time.slept) == pytest.approx(9)


def test_a_long_pause_is_the_callers_to_wait_and_holds_the_whole_connection(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script.append(httpx.Response(429, headers={"Retry-After": "120"}))
    source = vendor.open(time)
    with pytest.raises(TryLater) as told:
        source.all_users(None)
    assert told.value.after == pytest.approx(120)
    calls = len(vendor.requests)
    with pytest.raises(TryLater):
        source.staff(None)
    assert (len(vendor.requests), time.slept) == (calls, [])
    time.sleep(120)
    assert len(source.all_users(None).rows) == 3


def test_a_pause_without_a_time_backs_off_ever_longer(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script += [httpx.Response(429)] * 2
    assert len(vendor.open(time).all_users(None).rows) == 3
    assert time.slept == [5, 10]


# --- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_not_repeated(vendor: Vendor, time: FakeTime, status: int) -> None:
    vendor.add_contacts(3)
    vendor.script.append(httpx.Response(status))
    with pytest.raises(AskOperator):
        vendor.open(time).all_users(None)
    assert (vendor.pages_asked, time.slept) == (1, [])


def test_after_a_refused_key_nothing_more_is_sent(vendor: Vendor, time: FakeTime) -> None:
    vendor.script.append(httpx.Response(401))
    vendor.add_contacts(1)
    source = vendor.open(time)
    with pytest.raises(AskOperator) as first:
        source.all_users(None)
    calls = len(vendor.requests)
    with pytest.raises(AskOperator) as second:
        source.companies(None)
    assert len(vendor.requests) == calls
    assert (second.value.said, second.value.trouble) == (first.value.said, first.value.trouble)


def test_a_500_in_words_is_repeated_unless_it_is_how_the_vendor_refuses(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script.append(httpx.Response(500, json=vendor.refusal("Conversion failed when converting varchar.")))
    if vendor.refuses_with_500:
        with pytest.raises(GangwayError, match="Conversion failed"):
            vendor.open(time).all_users(None)
        assert vendor.pages_asked == 1
    else:
        assert len(vendor.open(time).all_users(None).rows) == 3
        assert time.slept == [1]


def test_a_500_in_words_that_stays_is_told_in_them(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(3)
    vendor.script += [httpx.Response(500, json=vendor.refusal("Conversion failed when converting varchar."))] * 9
    with pytest.raises(GangwayError, match="Conversion failed"):
        vendor.open(time).all_users(None)
    assert vendor.pages_asked == (1 if vendor.refuses_with_500 else 5)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(503),
        httpx.Response(500, text="<html>Runtime Error</html>"),
        httpx.Response(200, content=b'{"items":[{"id":1,"companyID'),
        httpx.Response(200, text="<html>Sign in</html>"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
    ids=str,
)
def test_a_passing_failure_is_asked_again(vendor: Vendor, time: FakeTime, fault: httpx.Response | Exception) -> None:
    vendor.add_contacts(3)
    vendor.script += [fault, fault]
    assert len(vendor.open(time).all_users(None).rows) == 3
    assert time.slept == [1, 2]


@pytest.mark.parametrize("fault", [httpx.Response(503), httpx.Response(200, content=b'{"da'), httpx.ReadError("x")])
def test_a_lasting_failure_ends_in_try_later(vendor: Vendor, time: FakeTime, fault: httpx.Response | Exception) -> None:
    vendor.add_contacts(3)
    vendor.script += [fault] * 20
    with pytest.raises(TryLater, match="Nothing is lost"):
        vendor.open(time).all_users(None)
    assert vendor.pages_asked <= 5
    assert sum(time.slept) <= 30


# --- rows --------------------------------------------------------------------------------------------


def test_a_bad_row_is_named_and_the_rest_goes_on(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(4)
    del vendor.contacts[0]["id"]
    vendor.spoil_type(vendor.contacts[2])
    everything = list(vendor.contacts)
    vendor.script.append(lambda proper: vendor.with_rows(proper, everything))
    page = vendor.open(time).all_users(None)
    assert [row.id for row in page.rows] == ["2", "4"]
    assert [(bad.id, bad.reason) for bad in page.bad] == [
        ("", "has no id"),
        ("3", page.bad[1].reason),
    ]
    assert page.bad[1].reason.lower().replace("-", "").endswith("lastname: expected text, got int")


def test_only_the_companys_people_are_asked_for(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(2, company=7)
    vendor.add_contacts(2, company=8)
    page = vendor.open(time).users(scope("7"), None)
    assert {row.company_id for row in page.rows} == {"7"}
    assert page.total == (2 if vendor.tells_total else None)


def test_a_strangers_row_stops_everything(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(2, company=7)
    vendor.add_contacts(1, company=8)
    everyone = list(vendor.contacts)
    vendor.script.append(lambda proper: vendor.with_rows(proper, everyone))
    with pytest.raises(Stranger):
        vendor.open(time).users(scope("7"), None)


@pytest.mark.parametrize("forged", ["7,8", "", "7 or 1", "-1"])
def test_a_scope_that_names_no_single_company_opens_nothing(vendor: Vendor, time: FakeTime, forged: str) -> None:
    with pytest.raises(Stop):
        vendor.open(time).users(scope(forged), None)
    assert vendor.requests == []


# --- changes -----------------------------------------------------------------------------------------


def test_nothing_changed_costs_next_to_nothing(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(vendor.page_size * 3)
    source = vendor.open(time)
    source.staff(None)  # so that what every connection asks once does not count here
    before = len(vendor.requests)
    page = source.all_users_changed(RECENT, None)
    assert (page.rows, page.next, page.total) == ((), None, vendor.page_size * 3)
    assert len(vendor.requests) - before <= 2


def test_only_what_changed_is_read(vendor: Vendor, time: FakeTime) -> None:
    vendor.add_contacts(5)
    vendor.add_contacts(2, changed=RECENT)
    vendor.add_contacts(3, company=8, changed="2026-11-20T12:00:00Z")
    source = vendor.open(time)
    everyone, one = source.all_users_changed(RECENT, None), source.users_changed(scope("7"), RECENT, None)
    assert sorted(int(row.id) for row in everyone.rows) == [6, 7, 8, 9, 10]
    assert sorted(int(row.id) for row in one.rows) == [6, 7]
    assert (everyone.total, one.total) == (10, 7)


def test_changed_companies_come_with_the_count_of_all(vendor: Vendor, time: FakeTime) -> None:
    vendor.companies += [vendor.company(1), vendor.company(2, RECENT)]
    page = vendor.open(time).companies_changed(RECENT, None)
    assert [row.id for row in page.rows] == ["2"]
    assert page.total == 2


# --- secrets -----------------------------------------------------------------------------------------


def every_trace(error: GangwayError) -> str:
    """All that a log or a crash report could show of an error, chained ones too."""
    chain: list[BaseException] = [error]
    while (more := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(more)
    shown = [f"{each!r} {each} {vars(each)}" for each in chain]
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format()) + "".join(shown)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(401, json={"errors": [f"no such key {CANARY}"]}),
        httpx.Response(500, json={"errors": ["bad header $SENT"]}),
        httpx.Response(503, text=CANARY),
        httpx.ReadError(f"broke while sending {CANARY}"),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
    ],
    ids=["refused", "echoed", "away", "broken", "redirected"],
)
def test_the_key_is_in_no_log_error_address_or_representation(
    vendor: Vendor, time: FakeTime, fault: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.add_contacts(3)
    source = vendor.open(time)
    if isinstance(fault, httpx.Response) and b"$SENT" in fault.content:
        sent = fault.content.decode().replace("$SENT", " ".join(vendor.credentials.values()))
        fault = httpx.Response(500, content=sent.encode())
    vendor.script += [fault] * 9
    with pytest.raises(GangwayError) as failed:
        source.all_users(None)
    assert CANARY not in every_trace(failed.value)
    assert CANARY not in caplog.text
    assert CANARY not in repr(source)
    assert CANARY not in " ".join(str(request.url) for request in vendor.requests)
    assert "elsewhere" not in " ".join(str(request.url) for request in vendor.requests)


@pytest.mark.parametrize("damage", ["\n", "\u2013", "\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_quoted(
    vendor: Vendor, time: FakeTime, damage: str
) -> None:
    field = vendor.connector.secret_field
    with pytest.raises(AskOperator) as refused:
        vendor.open(time, **{field: f"{CANARY}{damage}{CANARY}"})
    assert CANARY not in every_trace(refused.value)


def test_each_missing_field_is_named(vendor: Vendor) -> None:
    needed = {field.name for field in vendor.connector.fields if field.required}
    assert set(vendor.connector.check({field.name: " " for field in vendor.connector.fields})) == needed
    assert vendor.connector.check(vendor.credentials) == {}
    spaced = {**vendor.credentials, vendor.connector.secret_field: "two words"}
    assert set(vendor.connector.check(spaced)) == {vendor.connector.secret_field}

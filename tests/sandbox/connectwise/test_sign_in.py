"""What a caller of ConnectWise meets before any data: the codebase, the keys, the client id, the rights."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.connectwise import ConnectWiseStandIn
from tests.sandbox.connectwise.conftest import Client


def test_the_codebase_is_told_to_anyone(connectwise: ConnectWiseStandIn) -> None:
    """Company discovery needs no keys, and the codebase ends in a slash."""
    answer = httpx.get(f"{connectwise.url}/login/companyinfo/Northwind", trust_env=False)
    assert answer.json()["Codebase"] == "v2026_3/"


@pytest.mark.parametrize(("how", "status", "body"), [("null", 200, "null"), ("404", 404, None)])
def test_an_unknown_company_is_nothing(connectwise: ConnectWiseStandIn, how: Any, status: int, body: str | None) -> None:
    """Both seen answers to an unknown company id can be had."""
    connectwise.server.unknown_company = how
    answer = httpx.get(f"{connectwise.url}/login/companyinfo/nobody", trust_env=False)
    assert answer.status_code == status
    assert body is None or answer.text == body


@pytest.mark.parametrize("wrong", [{"company": "other"}, {"public": "x"}, {"private": "x"}])
def test_bad_keys_are_404_in_the_cloud_and_401_elsewhere(connectwise: ConnectWiseStandIn, wrong: dict[str, str]) -> None:
    """The cloud hides behind 404; other servers answer 401 in one of two wordings."""
    caller = Client(connectwise, **wrong)
    assert caller.ask("GET", "company/companies").status_code == 404
    connectwise.server.refused_keys = "Unauthorized"
    answer = caller.ask("GET", "company/companies")
    assert (answer.status_code, answer.json()["code"]) == (401, "Unauthorized")
    connectwise.server.refused_keys = "UserNotAuthenticated"
    answer = caller.ask("GET", "company/companies")
    assert (answer.json()["code"], answer.json()["message"]) == ("ConnectWiseApi", "UserNotAuthenticated")


def test_an_inactive_member_is_refused(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """Right keys of an inactive API member open nothing."""
    connectwise.member.active = False
    assert cw.ask("GET", "company/companies").status_code == 404


def test_without_a_client_id_nothing_is_answered(connectwise: ConnectWiseStandIn) -> None:
    """A missing clientId header is 403, not 401."""
    caller = Client(connectwise, client_id="")
    assert caller.ask("GET", "company/companies").status_code == 403
    connectwise.server.needs_client_id = False
    assert caller.ask("GET", "company/companies").status_code == 200


def test_system_info_proves_nothing(connectwise: ConnectWiseStandIn) -> None:
    """It is answered without right keys, unless switched."""
    caller = Client(connectwise, private="wrong")
    assert caller.ask("GET", "system/info").json()["version"].startswith("v2026.3")
    connectwise.server.info_is_open = False
    assert caller.ask("GET", "system/info").status_code == 404


def test_after_an_upgrade_the_old_codebase_is_gone(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """Only the new codebase and the router answer."""
    assert cw.ask("GET", "company/companies", codebase="v2026_3").status_code == 200
    connectwise.server.upgrade("v2026_4")
    assert cw.ask("GET", "company/companies", codebase="v2026_3").status_code == 404
    assert cw.ask("GET", "company/companies", codebase="v2026_4").status_code == 200
    assert cw.ask("GET", "company/companies", codebase="v4_6_release").status_code == 200


@pytest.mark.parametrize(
    ("area", "path"),
    [
        ("Company Maintenance", "company/companies"),
        ("Contacts", "company/contacts"),
        ("Configurations", "company/configurations"),
        ("Member Maintenance", "system/members"),
        ("Service Tickets", "service/tickets"),
        ("Opportunities", "sales/opportunities"),
        ("Table Setup", "company/companies/types"),
        ("Table Setup", "company/companies/statuses"),
        ("Table Setup", "service/boards"),
        ("Table Setup", "service/boards/1/statuses"),
        ("Table Setup", "service/priorities"),
        ("Table Setup", "sales/opportunities/statuses"),
        ("Table Setup", "company/configurations/types"),
    ],
)
def test_each_right_opens_its_own_lists(connectwise: ConnectWiseStandIn, cw: Client, area: str, path: str) -> None:
    """Without the right the answer is the vendor's sentence, which does not say which right is meant."""
    connectwise.member.take(area, "inquire")
    answer = cw.ask("GET", path)
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "Security", "message": "You do not have security permission to perform this action.", "errors": None,
    }  # fmt: skip
    connectwise.member.give(area, "inquire")
    assert cw.ask("GET", path).status_code == 200


def test_basic_member_facts_and_type_names_need_less(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """The lighter twins answer where the full lists do not."""
    connectwise.member.take("Member Maintenance")
    connectwise.member.take("Table Setup")
    assert cw.get("system/info/members")[0]["fullName"] == "Nora Lindqvist"
    assert [one["name"] for one in cw.get("company/companies/info/types")][:3] == ["Client", "Prospect", "Vendor"]


def test_a_restricted_role_sees_less_without_an_error(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """Own-records levels make lists shorter with 200."""
    mine, other = (connectwise.world.add_company(name) for name in ("Mine", "Other"))
    for client in (mine, other):
        connectwise.world.add_contact(client, email="a@x.example")
    connectwise.member.companies = frozenset({connectwise.company_id(mine)})
    assert [one["name"] for one in cw.get("company/companies")] == ["Mine"]
    assert cw.get("company/contacts/count") == {"count": 1}


# --- the page ----------------------------------------------------------------------------------------


def ordered(stand_in: ConnectWiseStandIn, **order: Any) -> httpx.Response:
    headers = {"X-Sandbox-Token": stand_in.token}
    return httpx.post(f"{stand_in.url}/__sandbox__/faults", json=order, headers=headers, trust_env=False)


def test_the_page_takes_rights_and_gives_them_back(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """A program, or a person on the page, moves one verb of one area."""
    order = {"do": "right", "area": "Table Setup", "verb": "inquire"}
    assert ordered(connectwise, **order, value="None").status_code == 200
    assert cw.ask("GET", "service/boards").status_code == 403
    page = httpx.get(connectwise.url, headers={"X-Sandbox-Token": connectwise.token}, trust_env=False).text
    assert ordered(connectwise, **order, value="All").status_code == 200
    assert cw.ask("GET", "service/boards").status_code == 200
    assert "Security role" in page
    assert "value='Table Setup'" in page


def test_the_page_upgrades_and_changes_how_it_answers(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """What a test may set in Python can be set while the demo runs."""
    assert ordered(connectwise, do="upgrade", codebase="v2027_1").status_code == 200
    assert cw.ask("GET", "company/companies", codebase="v2026_3").status_code == 404
    assert ordered(connectwise, do="answer", name="refused_keys", value="Unauthorized").status_code == 200
    assert Client(connectwise, private="x").ask("GET", "company/companies").status_code == 401


def test_a_program_may_act_as_somebody_in_connectwise(connectwise: ConnectWiseStandIn, cw: Client) -> None:
    """Rows are added, changed and taken away with their dates moved."""
    ticket = {"summary": "By phone", "board": 2, "status": 21, "priority": 3, "closedFlag": False}
    company = connectwise.tables["companies"].ids[0]
    assert ordered(connectwise, do="insert", table="tickets", columns=ticket | {"company": company}).status_code == 200
    (shown,) = cw.get("service/tickets")
    connectwise.server.advance(60)
    note = {"ticketId": shown["id"], "text": "Called back", "internalAnalysisFlag": True}
    assert ordered(connectwise, do="insert", table="ticketNotes", columns=note).status_code == 200
    assert cw.get(f"service/tickets/{shown['id']}/notes")[0]["text"] == "Called back"
    assert cw.get(f"service/tickets/{shown['id']}")["_info"]["lastUpdated"] == "2026-11-21T09:01:00Z"
    order = {"do": "change", "table": "tickets", "id": shown["id"], "columns": {"requiredDate": "2026-12-01T10:00:00+00:00"}}
    assert ordered(connectwise, **order).status_code == 200
    assert cw.get("service/tickets")[0]["requiredDate"] == "2026-12-01T10:00:00Z"
    assert ordered(connectwise, do="delete", table="tickets", id=shown["id"]).status_code == 200
    assert cw.get("service/tickets") == []


@pytest.mark.parametrize(
    "order",
    [{"do": "dance"}, {"do": "right", "area": "x", "verb": "inquire"}, {"do": "right", "area": "Contacts", "verb": "x"},
     {"do": "upgrade", "codebase": "../x"}, {"do": "answer", "name": "member", "value": "x"}, {"do": "insert", "table": "x"},
     {"do": "change", "table": "tickets", "id": 1}],
)  # fmt: skip
def test_an_order_that_makes_no_sense_is_refused(connectwise: ConnectWiseStandIn, order: dict[str, Any]) -> None:
    assert ordered(connectwise, **order).status_code == 400

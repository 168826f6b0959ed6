"""Writes to ConnectWise, their refusals, and the callbacks that follow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from sandbox.connectwise import ConnectWiseStandIn, sign
from sandbox.world import World
from tests.sandbox.connectwise.conftest import Client

ODD: list[Any] = [None, 0, "x", [], {}, [[]], {"a": 1}, True]


@pytest.fixture
def company(connectwise: ConnectWiseStandIn, world: World) -> dict[str, int]:
    return {"id": connectwise.company_id(world.add_company("Contoso"))}


def test_a_ticket_gets_a_board_a_status_and_a_first_note(cw: Client, company: dict[str, int]) -> None:
    """What is not sent is filled in; the description becomes a note."""
    body = {"summary": "Printer", "company": company, "initialDescription": "It smokes.", "externalXRef": "G-1"}
    made = cw.ask("POST", "service/tickets", body).json()
    assert (made["board"]["name"], made["status"]["name"]) == ("Professional Services", "New")
    (note,) = cw.get(f"service/tickets/{made['id']}/notes")
    assert (note["text"], note["detailDescriptionFlag"]) == ("It smokes.", True)
    assert cw.get("service/tickets", conditions='externalXRef="G-1"')[0]["id"] == made["id"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"summary": None}, "MissingRequired", "summary"),
        ({"summary": "x" * 101}, "StringLength", "summary"),
        ({"company": {"id": 1}}, "NotFound", "company/id"),
        ({"status": {"id": 999}}, "NotFound", "status/id"),
        ({"board": {"id": 1}, "status": {"id": 21}}, "NotFound", "status/id"),
        ({"requiredDate": "soon"}, "InvalidDate", "requiredDate"),
    ],
)
def test_a_bad_ticket_is_refused_by_field(cw: Client, company: dict[str, int], changes: Any, code: str, field: str) -> None:
    """400 InvalidObject names each field; nothing is kept."""
    answer = cw.ask("POST", "service/tickets", {"summary": "Printer", "company": company} | changes)
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["message"]) == ("InvalidObject", "ticket object is invalid")
    assert [(one["code"], one["field"], one["resource"]) for one in answer.json()["errors"]] == [(code, field, "ticket")]
    assert cw.get("service/tickets/count") == {"count": 0}


def test_a_patch_is_a_list_of_bare_names(cw: Client, company: dict[str, int]) -> None:
    """References are replaced as a whole; a path with a slash, or an object instead of a list, is refused."""
    made = cw.ask("POST", "service/tickets", {"summary": "Printer", "company": company, "board": {"id": 2}}).json()
    path = f"service/tickets/{made['id']}"
    closed = cw.ask("PATCH", path, [{"op": "replace", "path": "status", "value": {"name": ">Closed"}}])
    assert closed.status_code in (200, 400)
    status = next(one for one in cw.get("service/boards/2/statuses") if one["closedStatus"])
    changed = cw.ask("PATCH", path, [{"op": "replace", "path": "status", "value": {"id": status["id"]}}]).json()
    assert (changed["closedFlag"], "closedDate" in changed) == (True, True)
    for bad in ([{"op": "replace", "path": "/summary", "value": "x"}], [{"op": "replace", "path": "status/id", "value": 1}],
                {"op": "replace"}, [{"op": "move", "path": "summary"}]):  # fmt: skip
        assert cw.ask("PATCH", path, bad).status_code == 400


def test_a_note_stands_under_a_tab_and_moves_its_ticket(cw: Client, company: dict[str, int], connectwise: ConnectWiseStandIn) -> None:
    """Without any of the three flags it is refused."""
    made = cw.ask("POST", "service/tickets", {"summary": "Printer", "company": company}).json()
    path = f"service/tickets/{made['id']}/notes"
    assert cw.ask("POST", path, {"text": "Hello"}).status_code == 400
    connectwise.server.advance(60)
    note = cw.ask("POST", path, {"text": "Hello", "internalAnalysisFlag": True}).json()
    assert (note["ticketId"], note["internalAnalysisFlag"]) == (made["id"], True)
    assert cw.get(f"service/tickets/{made['id']}")["_info"]["lastUpdated"] == "2026-11-21T09:01:00Z"
    assert cw.ask("GET", "service/tickets/99/notes").status_code == 404


def test_an_identifier_is_given_once(cw: Client, company: dict[str, int]) -> None:
    """A second company of the same identifier is ObjectExists."""
    answer = cw.ask("POST", "company/companies", {"identifier": "contoso", "name": "Another"})
    assert answer.json()["errors"][0]["code"] == "ObjectExists"


def test_rights_are_asked_by_verb(cw: Client, company: dict[str, int], connectwise: ConnectWiseStandIn) -> None:
    """A role may look and not add."""
    connectwise.member.take("Service Tickets", "add")
    assert cw.ask("POST", "service/tickets", {"summary": "x", "company": company}).status_code == 403
    assert cw.get("service/tickets") == []


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_bodies_are_answered_in_the_vendors_shape(cw: Client, company: dict[str, int], odd: Any) -> None:
    """Whatever is sent, the answer is a record or a refusal with a code."""
    made = cw.ask("POST", "service/tickets", {"summary": "Printer", "company": company}).json()
    bodies = [odd, {"summary": "x", "company": odd}, {"summary": "x", "company": company, "status": odd, "requiredDate": odd}]
    for path in ("service/tickets", "company/contacts", "company/companies", "sales/opportunities", "system/callbacks"):
        for body in bodies:
            answer = cw.ask("POST", path, body)
            assert answer.status_code in (201, 400), (path, body, answer.text)
            assert "id" in answer.json() or answer.json()["code"]
    for body in (odd, [odd], [{"op": "replace", "path": "summary", "value": odd}], [{"op": "add", "path": odd}]):
        assert cw.ask("PATCH", f"service/tickets/{made['id']}", body).status_code in (200, 400)


# --- callbacks ---------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    heard: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_changes_are_called_back_signed(
    connectwise: ConnectWiseStandIn, cw: Client, company: dict[str, int], listener: Any
) -> None:
    """Action and id in the address, the record as text in the body, signed with a key that is fetched from a URL."""
    url, heard = listener
    hook = {"url": f"{url}/hooks/1?x=y", "objectId": 1, "type": "ticket", "level": "owner", "description": "Gangway"}
    assert cw.ask("POST", "system/callbacks", hook).status_code == 201
    made = cw.ask("POST", "service/tickets", {"summary": "Printer", "company": company}).json()
    cw.ask("DELETE", f"service/tickets/{made['id']}")
    connectwise.callbacks.settle()
    assert [path for path, _, _ in heard] == [
        f"/hooks/1?x=y&action={action}&id={made['id']}" for action in ("added", "deleted")
    ]
    _, headers, body = heard[0]
    told = json.loads(body)
    assert (told["Action"], told["Type"], told["ID"]) == ("added", "ticket", made["id"])
    assert json.loads(told["Entity"])["summary"] == "Printer"
    assert json.loads(heard[1][2])["Entity"] is None
    key = httpx.get(told["Metadata"]["key_url"], trust_env=False).json()["signing_key"]
    assert headers["x-content-signature"] == sign(key, body)


def test_a_callback_hears_only_its_own_kind(connectwise: ConnectWiseStandIn, cw: Client, world: World, listener: Any) -> None:
    """Type and activity count; what the world changes is called back as well."""
    url, heard = listener
    for kind, inactive in (("contact", False), ("company", True)):
        body = {"url": url, "objectId": 1, "type": kind, "level": "owner", "inactiveFlag": inactive}
        assert cw.ask("POST", "system/callbacks", body).status_code == 201
    world.add_contact(world.add_company("C"), email="a@c.example")
    connectwise.callbacks.settle()
    assert [json.loads(body)["Type"] for _, _, body in heard] == ["contact"]
    assert len(cw.get("system/callbacks", conditions='url contains "127.0.0.1"')) == 2

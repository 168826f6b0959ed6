"""ConnectWise's service desk as a small vendor: bare lists, writes answered with the whole record, keys of its own for callouts."""

import base64
import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.psa import Feature, Happened, HasAssets, HasOpportunities, Hooked, NewOpportunity, NewTicket, Pick
from tests.connectors.conformance import LONG_AGO, ConnectWiseVendor, good
from tests.connectors.desks import Desk, Row, Write

KEY_URL = "https://api-na.myconnectwise.net/login/callbackkeys/1"
SIGNING_KEY = "5igning-k3y"
TYPES = {Hooked.COMPANIES: "company", Hooked.CONTACTS: "contact", Hooked.TICKETS: "ticket", Hooked.NOTES: "ticket"}


def _named(number: int, name: str, **more: Any) -> Row:
    return {"id": number, "name": name, **more}


def _lists() -> dict[str, list[Row]]:
    return {
        "service/boards": [_named(2, "Help Desk"), _named(1, "Alerts", inactiveFlag=True), _named(3, "P", projectFlag=True)],
        "service/boards/2/statuses": [_named(5, "Closed", sortOrder=9, closedStatus=True), _named(1, "New", sortOrder=0, defaultFlag=True)],
        "service/boards/2/types": [_named(8, "Request"), _named(9, "Old", inactiveFlag=True)],
        "service/priorities": [_named(1, "High", sortOrder=1), _named(2, "Normal", sortOrder=2, defaultFlag=True)],
        "sales/stages": [_named(1, "Quote", sequenceNumber=3)],
        "sales/opportunities/statuses": [_named(1, "Open"), _named(2, "Won", wonFlag=True), _named(3, "No", lostFlag=True)],
        "sales/opportunities/types": [{"id": 1, "description": "Products"}],
        "company/companies/types": [_named(1, "Client")],
        "company/companies/statuses": [_named(1, "Active")],
        "company/configurations/types": [_named(2, "Server")],
        "system/members": [
            _named(4, "", firstName="Grace", lastName="Hopper", officeEmail="g@msp.example", defaultEmail="Office"),
            _named(5, "", firstName="Gone", lastName="Away", inactiveFlag=True),
            _named(6, "", firstName="API", lastName="User", licenseClass="A"),
        ],
        "system/info/members": [_named(4, "", firstName="Grace", lastName="Hopper", defaultEmail="g@msp.example")],
    }


@dataclass
class ConnectWiseDesk(ConnectWiseVendor, Desk):
    """Writes: POST on the list, PATCH with operations and DELETE by id; every one is remembered but forecasts, which are parts."""

    tables: dict[str, list[Row]] = field(default_factory=_lists)
    forecasts: dict[int, list[Row]] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    torn: deque[httpx.Response | Exception] = field(default_factory=deque)
    closed_list, closed_pick, closed_feature = "company/configurations/types", Pick.ASSET_TYPES, Feature.ASSETS
    queue, other_queue, done_status, owner = "2", "1", "5", ("4", "Grace Hopper", "g@msp.example")
    sells = frozenset({HasOpportunities, HasAssets})
    features = frozenset(Feature) - {Feature.TODOS, Feature.CONTRACTS}
    sees_excess = False
    signs_with_our_secret = False
    calls_a_callout = 1
    page_sizes: Mapping[str, int] = field(default_factory=lambda: {"opportunities": 50})

    # --- answering --------------------------------------------------------------------------------

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == KEY_URL:
            assert "authorization" not in request.headers
            return good({"signing_key": SIGNING_KEY})
        name = request.url.path.partition("/apis/3.0/")[2]
        forecast = re.fullmatch(r"sales/opportunities/(\d+)/forecast", name)
        if forecast:
            return self._forecast(request, int(forecast[1]))
        return super().proper_answer(request) if request.method == "GET" else self._written(request, name)

    def _found(self, name: str, conditions: str) -> list[Row]:
        notes = re.fullmatch(r"service/tickets/(\d+)/notes", name)
        if notes:
            rows = [row for row in self.tables.get("notes", []) if row["ticketId"] == int(notes[1])]
        elif name in ("company/contacts", "company/companies"):
            return super()._found(name, conditions)
        else:
            rows = self.tables.setdefault(name, [])
        return [row for row in rows if all(_holds(row, each) for each in conditions.split(" and ") if each)]

    def _forecast(self, request: httpx.Request, opportunity: int) -> httpx.Response:
        if request.method == "POST":
            self.forecasts.setdefault(opportunity, []).extend(json.loads(request.content)["forecastItems"])
        return good({"id": opportunity, "forecastItems": self.forecasts.get(opportunity, [])})

    def _written(self, request: httpx.Request, name: str) -> httpx.Response:
        if any(name.startswith(start) for start in self.denied):
            return httpx.Response(403, json={"code": "Security", "message": "You do not have security permission."})
        self.writes.append(Write(request.method, name, json.loads(request.content or b"null")))
        refused = self.torn.popleft() if self.torn else None
        if isinstance(refused, httpx.Response):
            return refused
        answer = self._store(request.method, name, self.writes[-1].body)
        if refused is not None:
            raise refused
        return answer

    def _store(self, method: str, name: str, body: Any) -> httpx.Response:
        if method == "POST":
            notes = re.fullmatch(r"service/tickets/(\d+)/notes", name)
            table = self.tables.setdefault("notes" if notes else name, [])
            row = {"id": 1000 + len(table), **body, "_info": {"lastUpdated": LONG_AGO, "dateEntered": LONG_AGO}}
            table.append(row | ({"ticketId": int(notes[1])} if notes else {}))
            return httpx.Response(201, json=table[-1])
        path, _, row_id = name.rpartition("/")
        table = self.tables[path]
        row = next(row for row in table if row["id"] == int(row_id))
        if method == "DELETE":
            table.remove(row)
            return httpx.Response(204)
        row |= {step["path"]: step["value"] for step in body}
        return good(row)

    # --- what the questions want ------------------------------------------------------------------

    def reads(self) -> int:
        ends = ("/service/tickets", "/sales/opportunities", "/company/configurations", "/notes")
        return sum(request.method == "GET" and request.url.path.endswith(ends) for request in self.requests)

    def close_object(self, name: str) -> None:
        self.denied |= {name}

    def add_ticket(self, number: int, company: int = 7, changed: str = LONG_AGO, queue: str = "") -> None:
        row = {"id": number, "summary": f"Ticket {number}", "company": {"id": company}, "status": {"id": 1}}
        row |= {"board": {"id": int(queue or self.queue)}, "priority": {"id": 2}, "_info": {"lastUpdated": changed}}
        self.tables.setdefault("service/tickets", []).append(row)

    def add_note(self, number: int, ticket: int, *, for_client: bool) -> None:
        row = {"id": number, "ticketId": ticket, "text": f"Note {number}", "_info": {"lastUpdated": LONG_AGO}}
        row |= {"detailDescriptionFlag": for_client, "internalAnalysisFlag": not for_client, "member": {"id": 4}}
        self.tables.setdefault("notes", []).append(row)

    def add_opportunity(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        row = {"id": number, "name": f"Deal {number}", "company": {"id": company}, "stage": {"id": 1}, "status": {"id": 1}}
        self.tables.setdefault("sales/opportunities", []).append(row | {"_info": {"lastUpdated": changed}})

    def add_asset(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        row = {"id": number, "name": f"SRV-{number}", "company": {"id": company}, "type": {"id": 2}, "activeFlag": True}
        self.tables.setdefault("company/configurations", []).append(row | {"_info": {"lastUpdated": changed}})

    def new_ticket(self, key: str) -> NewTicket:
        return NewTicket(key, "Printer jams", "Since Monday.", status="1", queue="2", priority="2", assignee_id="4")

    def new_opportunity(self, key: str) -> NewOpportunity:
        text = "Ten of them."
        return NewOpportunity(key, "New laptops", "1", "1", "4", "", "2026-12-31", "1500.50", "900", text, contact_id="1")

    def callout(
        self, kind: Hooked, happened: Happened, item: int, secret: str, sequence: int
    ) -> tuple[dict[str, str], bytes]:
        action = {Happened.CREATED: "added", Happened.UPDATED: "updated", Happened.DELETED: "deleted"}[happened]
        told = {"Action": action, "ID": item, "Type": TYPES[kind], "CompanyId": "contoso", "MemberId": "GHopper"}
        body = json.dumps({**told, "Entity": '{"a":"b"}', "Metadata": {"key_url": KEY_URL}}).encode()
        return {"x-content-signature": sign(body)}, body


def sign(body: bytes, key: str = SIGNING_KEY) -> str:
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _holds(row: Row, condition: str) -> bool:
    found = re.fullmatch(r"([\w/]+)(=|!=|>| in )(.*)", condition)
    assert found, condition
    path, operator, value = found.groups()
    if path == "lastUpdated":
        return bool(row["_info"]["lastUpdated"] > value.strip("[]"))
    have: Any = row
    for part in path.split("/"):
        have = (have or {}).get(part)
    if operator == " in ":
        return str(have) in value.strip("()").split(",")
    if operator == ">":
        return bool(have > int(value))
    return (str(have) == value.strip('"')) is (operator == "=")

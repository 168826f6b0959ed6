"""What every connector is asked, and the small vendor behind each: answers built by hand from the vendors' pages.

A vendor here keeps rows in the vendor's own shape and answers the few calls a connector makes. `script` holds what the
next list calls get instead of their answer: a response, an exception, or a function of the proper response.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx

from domain.isolation import Link, Scope, scope_of
from domain.ports import Connector, Opening, Page

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HTTP_NOW = "Sat, 21 Nov 2026 10:00:00 GMT"
LONG_AGO = "2026-01-01T00:00:00Z"
CANARY = "canary-7h3-53cr37-v4lu3"

Row = TypeVar("Row")
Scripted = httpx.Response | Exception | Callable[[httpx.Response], httpx.Response]


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def pages_of(read: Callable[[str | None], Page[Row]]) -> list[Page[Row]]:
    """Every page of a read."""
    pages = [read(None)]
    while pages[-1].next is not None:
        pages.append(read(pages[-1].next))
    return pages


def rows_of(read: Callable[[str | None], Page[Row]]) -> list[Row]:
    """Every row of a read, page after page."""
    return [row for page in pages_of(read) for row in page.rows]


def scope(external_id: str = "7") -> Scope:
    return scope_of(Link("link", "connection", "company", external_id, "Contoso", 1))


def good(body: object, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"Date": HTTP_NOW, **headers})


@dataclass
class Vendor:
    """The common part of the small vendors."""

    connector: Connector
    credentials: dict[str, str]
    page_size: int
    tells_total = True  # whether a page says how many rows there are in all
    refuses_with_500 = False  # whether a 500 is how it says no, and asking again no use
    contacts: list[dict[str, Any]] = field(default_factory=list)
    companies: list[dict[str, Any]] = field(default_factory=list)
    script: deque[Scripted] = field(default_factory=deque)
    requests: list[httpx.Request] = field(default_factory=list)

    def open(self, time: FakeTime, *, base_url: str | None = None, **credentials: str) -> Any:
        return self.connector.open({**self.credentials, **credentials}, Opening(base_url, time.clock, time.sleep))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        proper = self.proper_answer(request)
        if not self.is_list(request) or not self.script:
            return proper
        scripted = self.script.popleft()
        if isinstance(scripted, Exception):
            raise scripted
        return scripted if isinstance(scripted, httpx.Response) else scripted(proper)

    @property
    def pages_asked(self) -> int:
        return sum(self.is_list(request) for request in self.requests)

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def is_list(self, request: httpx.Request) -> bool:
        """Whether the call asks for a page of contacts or companies."""
        raise NotImplementedError

    def refusal(self, text: str) -> dict[str, Any]:
        """A body with an `errors` array."""
        raise NotImplementedError

    def rows_of(self, body: dict[str, Any]) -> list[Any]:
        raise NotImplementedError

    def with_rows(self, response: httpx.Response, rows: list[Any]) -> httpx.Response:
        body = json.loads(response.content)
        self.rows_of(body)[:] = rows
        return good(body)

    def add_contacts(self, count: int, company: int = 7, changed: str = LONG_AGO) -> None:
        start = len(self.contacts) + 1
        self.contacts += [self.contact(start + nth, company, changed) for nth in range(count)]

    def contact(self, number: int, company: int, changed: str) -> dict[str, Any]:
        raise NotImplementedError

    def company(self, number: int, changed: str = LONG_AGO) -> dict[str, Any]:
        raise NotImplementedError

    def spoil_type(self, row: dict[str, Any]) -> None:
        """Make a field of a row a wrong type."""
        raise NotImplementedError


class AutotaskVendor(Vendor):
    """POST Contacts/query {"filter":[…],"MaxRecords":500} → {"items":[…],"pageDetails":{…}}, ascending by id."""

    tells_total = False
    refuses_with_500 = True

    zone = "https://webservices15.autotask.net/ATServicesRest/"
    denied: frozenset[str] = frozenset()  # objects whose reading is not allowed
    lacking: frozenset[str] = frozenset()  # fields this tenant does not have
    with_details = True

    def is_list(self, request: httpx.Request) -> bool:
        return request.url.path.endswith("/query")

    def refusal(self, text: str) -> dict[str, Any]:
        return {"errors": [text]}

    def rows_of(self, body: dict[str, Any]) -> list[Any]:
        rows: list[Any] = body["items"]
        return rows

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/zoneInformation"):
            return good({"zoneName": "Limited Release", "url": self.zone, "webUrl": "https://ww15", "ci": 30595})
        entity = path.split("/V1.0/")[1].split("/")[0]
        if entity in self.denied:
            text = "The logged in Resource does not have the adequate permissions to query this entity type."
            return httpx.Response(500, json=self.refusal(text))
        if path.endswith("/fields"):
            labels = [{"value": "1", "label": "Customer", "isActive": True}]
            return good({"fields": [{"name": "companyType", "isPickList": True, "picklistValues": labels}]})
        asked = json.loads(request.content)
        named = {name for name in self.lacking if name in request.content.decode()}
        if named:
            return httpx.Response(500, json=self.refusal(f"Unable to find {named.pop()} in the Contact Entity."))
        found = [row for row in self._table(entity) if all(_matches(row, each) for each in asked["filter"])]
        if path.endswith("/count"):
            return good({"queryCount": len(found)})
        return good(self._page(found, asked["MaxRecords"]))

    def _page(self, found: list[dict[str, Any]], size: int) -> dict[str, Any]:
        page = {"items": found[:size]}
        if not self.with_details:
            return page
        following = f"{self.zone}V1.0/x/query/next?paging=%7b%7d" if len(found) > size else None
        return {**page, "pageDetails": {"count": len(page["items"]), "requestCount": size, "nextPageUrl": following}}

    def _table(self, entity: str) -> list[dict[str, Any]]:
        return {"Contacts": self.contacts, "Companies": self.companies}.get(entity, [])

    def contact(self, number: int, company: int, changed: str) -> dict[str, Any]:
        return {
            "id": number,
            "companyID": company,
            "firstName": "Ada",
            "lastName": f"No {number}",
            "emailAddress": f"ada{number}@contoso.com",
            "isActive": 1,
            "lastActivityDate": changed,
            "lastModifiedDate": LONG_AGO,
            "unheardOf": {"new": True},
        }

    def company(self, number: int, changed: str = LONG_AGO) -> dict[str, Any]:
        return {
            "id": number,
            "companyName": f"Company {number}",
            "isActive": True,
            "companyType": 1,
            "lastActivityDate": changed,
            "lastTrackedModifiedDateTime": LONG_AGO,
        }

    def spoil_type(self, row: dict[str, Any]) -> None:
        row["lastName"] = 12


def _matches(row: dict[str, Any], condition: dict[str, Any]) -> bool:
    if condition["op"] == "or":
        return any(_matches(row, item) for item in condition["items"])
    have, value = row.get(condition["field"]), condition["value"]
    if have is None:
        return False
    if condition["op"] in ("in", "notIn"):
        return (have in value) is (condition["op"] == "in")
    return bool(
        {"gt": have > value, "gte": have >= value, "eq": have == value, "noteq": have != value}[condition["op"]]
    )


class ITGlueVendor(Vendor):
    """GET /contacts?page[size]=1000&page[number]=1 → {"data":[…],"meta":{"total-count":n},"links":{…}}."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lists: dict[str, list[dict[str, Any]]] = {
            "organizations": self.companies,
            "contacts": self.contacts,
            "users": [],
            "domains": [],
            "passwords": [],
        }
        self.included: list[dict[str, Any]] = []
        self.shown: dict[str, Any] | None = {"name": "Router", "password": CANARY}
        self.accepted_host = ""  # when set, the only host that knows the key
        self.heeds_organization = True
        self.too_much = 0  # page sizes above it end in 504

    def is_list(self, request: httpx.Request) -> bool:
        return request.url.path in ("/contacts", "/organizations")

    def refusal(self, text: str) -> dict[str, Any]:
        return {"errors": [{"status": 422, "title": text}]}

    def rows_of(self, body: dict[str, Any]) -> list[Any]:
        rows: list[Any] = body["data"]
        return rows

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        if self.accepted_host and request.url.host != self.accepted_host:
            return httpx.Response(403, json={"errors": [{"title": "Forbidden", "status": 403}]})
        name = request.url.path.strip("/")
        if name.startswith("passwords/"):
            return httpx.Response(403) if self.shown is None else good({"data": {"id": "1", "attributes": self.shown}})
        params = {unquote(key): value for key, value in request.url.params.items()}
        size, number = int(params["page[size]"]), int(params.get("page[number]", "1"))
        if self.too_much and size > self.too_much:
            return httpx.Response(504, text="<html>Gateway Time-out</html>")
        found = self.lists[name]
        if "filter[organization_id]" in params and self.heeds_organization:
            wanted = int(params["filter[organization_id]"])
            found = [row for row in found if row["attributes"]["organization-id"] == wanted]
        if params.get("sort") == "-updated_at":
            found = sorted(found, key=lambda row: str(row["attributes"]["updated-at"]), reverse=True)
        page = found[(number - 1) * size : number * size]
        meta = {"current-page": number, "total-count": len(found), "total-pages": -(-len(found) // size)}
        return good({"data": page, "meta": meta, "links": {}, "included": self.included})

    def contact(self, number: int, company: int, changed: str) -> dict[str, Any]:
        about = {
            "organization-id": company,
            "first-name": "Ada",
            "last-name": f"No {number}",
            "contact-type-name": None,
            "contact-emails": [{"value": f"ada{number}@contoso.com", "primary": True, "label-name": "Work"}],
            "updated-at": changed,
            "unheard-of": {"new": True},
        }
        return {"id": str(number), "type": "contacts", "attributes": about, "relationships": {}}

    def company(self, number: int, changed: str = LONG_AGO) -> dict[str, Any]:
        about = {"name": f"Company {number}", "organization-status-name": "Active", "updated-at": changed}
        return {"id": str(number), "type": "organizations", "attributes": about, "relationships": {}}

    def spoil_type(self, row: dict[str, Any]) -> None:
        row["attributes"]["last-name"] = 12


class ConnectWiseVendor(Vendor):
    """GET company/contacts?conditions=id>9&orderBy=id asc&pageSize=1000 → [{…},{…}], and a Link header while more follows."""

    tells_total = False

    codebase = "v2026_3"
    denied: frozenset[str] = frozenset()  # paths below which reading is not allowed
    takes_times = True
    takes_fields = True
    sends_links = True
    answers_keys = 200  # how every call with keys is answered, when not well

    def is_list(self, request: httpx.Request) -> bool:
        return request.url.path.endswith(("/company/contacts", "/company/companies"))

    def refusal(self, text: str) -> dict[str, Any]:
        return {"code": "Error", "message": text, "errors": [{"code": "Error", "message": text}]}

    def rows_of(self, body: Any) -> list[Any]:
        rows: list[Any] = body
        return rows

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "/login/companyinfo/" in path:
            return good({"CompanyName": "Contoso IT", "Codebase": f"{self.codebase}/"})
        if self.answers_keys != 200:
            return httpx.Response(self.answers_keys)
        root = f"/{self.codebase}/apis/3.0/"
        if root not in path:
            return httpx.Response(404, text="<html>404</html>")
        name = path.partition(root)[2]
        if any(name.startswith(start) for start in self.denied):
            text = "You do not have security permission to perform this action."
            return httpx.Response(403, json={"code": "Security", "message": text, "errors": None})
        params = dict(request.url.params)
        odd = (not self.takes_times and "T" in params.get("conditions", "")) or (not self.takes_fields and "fields" in params)
        if odd:
            return httpx.Response(400, json={"code": "InvalidConditions", "message": "Not so.", "errors": None})
        found = self._found(name.removesuffix("/count"), params.get("conditions", ""))
        if name.endswith("/count"):
            return good({"count": len(found)})
        size = int(params["pageSize"])
        more = {"Link": f'<{request.url}&page=2>; rel="next"'} if len(found) > size and self.sends_links else {}
        return good(found[:size], **more)

    def _found(self, name: str, conditions: str) -> list[dict[str, Any]]:
        rows = {"company/contacts": self.contacts, "company/companies": self.companies}.get(name, [])
        return [row for row in rows if all(_holds(row, each) for each in conditions.split(" and ") if each)]

    def contact(self, number: int, company: int, changed: str) -> dict[str, Any]:
        mail = {"id": number, "value": f"ada{number}@contoso.com", "communicationType": "Email", "defaultFlag": True}
        return {
            "id": number,
            "company": {"id": company, "name": "Contoso", "_info": {"company_href": "https://x"}},
            "firstName": "Ada",
            "lastName": f"No {number}",
            "inactiveFlag": False,
            "communicationItems": [mail],
            "unheardOf": {"new": True},
            "_info": {"lastUpdated": changed},
        }

    def company(self, number: int, changed: str = LONG_AGO) -> dict[str, Any]:
        return {
            "id": number,
            "identifier": f"C{number}",
            "name": f"Company {number}",
            "status": {"id": 1, "name": "Active"},
            "types": [{"id": 1, "name": "Client"}],
            "deletedFlag": False,
            "_info": {"lastUpdated": changed},
        }

    def spoil_type(self, row: dict[str, Any]) -> None:
        row["lastName"] = 12


def _holds(row: dict[str, Any], condition: str) -> bool:
    path, operator, value = re.fullmatch(r"([\w/]+)([=>])(.*)", condition).groups()  # type: ignore[union-attr]
    if path == "lastUpdated":
        return bool(row["_info"]["lastUpdated"] > value.strip("[]"))
    if path == "deletedFlag":
        return bool(row[path] is (value == "true"))
    have = row[path] if path == "id" else row["company"]["id"]
    return bool(have > int(value) if operator == ">" else have == int(value))


def _autotask(connector: Connector) -> Vendor:
    given = {"username": "abc1@CONTOSO.COM", "secret": CANARY, "tracking": f"T{CANARY}"}
    return AutotaskVendor(connector, given, 500)


def _itglue(connector: Connector) -> Vendor:
    return ITGlueVendor(connector, {"region": "US", "key": f"ITG.{CANARY}", "key_name": "Gangway"}, 1000)


def _connectwise(connector: Connector) -> Vendor:
    given = {
        "site": "na.myconnectwise.net", "company_id": "contoso", "public_key": f"P{CANARY}", "private_key": CANARY,
        "client_id": f"C{CANARY}",
    }  # fmt: skip
    return ConnectWiseVendor(connector, given, 1000)


# One line a connector; a test sees to it that none is missing.
VENDORS: dict[str, Callable[[Connector], Vendor]] = {
    "autotask": _autotask,
    "itglue": _itglue,
    "connectwise": _connectwise,
}

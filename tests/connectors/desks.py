"""A PSA's service desk behind each connector that has one: small vendors that also take writes, in the vendors' own shapes.

A desk keeps rows, answers reads, takes writes, and remembers both. `torn` holds what the next writes get: a response instead of
being taken, or an exception after they were taken.
"""

import base64
import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.ports import Connector
from domain.psa import (
    Feature,
    Happened,
    HasAssets,
    HasContracts,
    HasOpportunities,
    HasTodos,
    Hooked,
    NewOpportunity,
    NewTicket,
    NewTodo,
    Pick,
)
from tests.connectors.conformance import CANARY, LONG_AGO, VENDORS, AutotaskVendor, Vendor, good

Row = dict[str, Any]


@dataclass
class Write:
    method: str
    path: str
    body: Row


class Desk(Vendor):
    """What is asked of every desk. Rows are made by number; `changed` is their time of change, ISO."""

    torn: deque[httpx.Response | Exception]
    writes: list[Write]
    closed_list: str  # what to give `close` so that the to-do types are not opened
    closed_pick = Pick.TODO_TYPES  # the list that is missing then, and the feature that wants it
    closed_feature = Feature.TODOS
    queue: str  # one of its queues, and another
    other_queue: str
    sells: frozenset[type] = frozenset({HasOpportunities, HasTodos, HasContracts, HasAssets})
    features = frozenset(Feature)  # what it can serve
    sees_excess = True  # it tells which rights are held beyond the needed ones
    signs_with_our_secret = True  # its callouts; else with a key of its own
    calls_a_callout = 0  # what it costs to be sure of the first one
    page_sizes: Mapping[str, int] = {}  # of kinds that are read in smaller pages
    done_status = "5"  # what a ticket may be changed to
    owner = ("4", "Grace Hopper", "g@msp.example")  # the one active member of staff: id, name, e-mail
    contract_type = "Recurring Service"  # in its own words, of what `add_contract` makes
    refused_with = 400  # the status of a write that is refused in words

    def rows_a_page(self, kind: str) -> int:
        return self.page_sizes.get(kind, self.page_size)

    def add_ticket(self, number: int, company: int = 7, changed: str = LONG_AGO, queue: str = "") -> None:
        raise NotImplementedError

    def add_note(self, number: int, ticket: int, *, for_client: bool) -> None:
        raise NotImplementedError

    def add_opportunity(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        raise NotImplementedError

    def add_asset(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        raise NotImplementedError

    def add_contract(self, number: int, company: int = 7) -> None:
        raise NotImplementedError

    def close_object(self, name: str) -> None:
        """Take every right on an object away."""
        raise NotImplementedError

    def reads(self) -> int:
        """How many calls asked for rows, descriptions of lists left out."""
        raise NotImplementedError

    def new_ticket(self, key: str) -> NewTicket:
        raise NotImplementedError

    def new_opportunity(self, key: str) -> NewOpportunity:
        raise NotImplementedError

    def new_todo(self, key: str) -> NewTodo:
        raise NotImplementedError

    def callout(
        self, kind: Hooked, happened: Happened, item: int, secret: str, sequence: int
    ) -> tuple[dict[str, str], bytes]:
        """A signed callout: headers in lower case, body."""
        raise NotImplementedError


def value(number: object, label: str, **more: Any) -> Row:
    return {"value": str(number), "label": label, "isActive": True, "isDefaultValue": False, "parentValue": "", **more}


PICKS: dict[str, dict[str, list[Row]]] = {
    "Tickets": {
        "queueID": [value(8, "Monitoring", sortOrder=2), value(5, "Client Portal", sortOrder=1)],
        "status": [value(1, "New"), value(5, "Complete"), value(9, "Old", isActive=False)],
        "priority": [value(1, "High"), value(2, "Medium", isDefaultValue=True)],
        "ticketType": [value(1, "Service Request")],
        "ticketCategory": [value(1, "Standard")],
    },
    "TicketNotes": {
        "noteType": [value(13, "Workflow Rule Note"), value(1, "Task Summary"), value(3, "Task Notes")],
        "publish": [
            value(1, "All Autotask Users"),
            value(2, "Internal Project Team"),
            value(4, "Internal & Co-Managed"),
        ],
    },
    "Opportunities": {
        "stage": [value(1, "Qualified")],
        "status": [value(1, "Active"), value(2, "Lost"), value(3, "Closed"), value(0, "Not Ready")],
        "opportunityCategoryID": [value(1, "Standard")],
    },
    "Companies": {"companyType": [value(1, "Customer"), value(3, "Prospect")]},
    "ConfigurationItems": {"configurationItemType": [value(2, "Server")]},
    "CompanyToDos": {"actionType": [value(2, "Phone Call")]},
    "Contracts": {"contractType": [value(7, "Recurring Service")], "status": [value(1, "Active")]},
}
HOOK_FIELDS = {
    "Company": "CompanyName CompanyType IsActive WebAddress LastActivityDate",
    "Contact": "FirstName LastName EmailAddress CompanyID IsActive",
    "Ticket": "Title Status CompanyID QueueID TicketNumber LastActivityDate",
    "TicketNote": "Title Description TicketID Publish",
    "ConfigurationItem": "ReferenceTitle SerialNumber CompanyID IsActive",
}
# How the wire calls each kind.
ENTITY_TYPES = {
    Hooked.COMPANIES: "Account",
    Hooked.CONTACTS: "Contact",
    Hooked.TICKETS: "Ticket",
    Hooked.NOTES: "TicketNote",
    Hooked.ASSETS: "InstalledProduct",
}
CHILDREN = {"Notes": ("TicketNotes", "ticketID"), "ToDos": ("CompanyToDos", "companyID")}
API_RESOURCE = 77


@dataclass
class AutotaskDesk(AutotaskVendor, Desk):
    """Writes: POST and PATCH on the collection, children through their parent, DELETE by id; answers {"itemId":n}."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    picks: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: deepcopy(PICKS))
    writes: list[Write] = field(default_factory=list)
    torn: deque[httpx.Response | Exception] = field(default_factory=deque)
    info: dict[str, Row] = field(default_factory=dict)  # what entityInformation says beside the usual
    required: frozenset[str] = frozenset()  # fields of tickets that this tenant requires
    closed_list = "CompanyToDos"
    queue, other_queue = "5", "8"
    refused_with = 500

    def __post_init__(self) -> None:
        self.tables["ResourceServiceDeskRoles"] = [
            {"id": 1, "resourceID": 4, "roleID": 40, "isActive": True, "isDefault": False},
            {"id": 2, "resourceID": 4, "roleID": 41, "isActive": True, "isDefault": True},
            {"id": 3, "resourceID": 4, "roleID": 42, "isActive": False, "isDefault": True},
        ]
        self.tables["Resources"] = [
            {
                "id": 4,
                "firstName": "Grace",
                "lastName": "Hopper",
                "email": "g@msp.example",
                "isActive": True,
                "licenseType": 1,
            },
            {"id": 5, "firstName": "Gone", "lastName": "Away", "isActive": False, "licenseType": 1},
            {"id": API_RESOURCE, "firstName": "API", "lastName": "User", "isActive": True, "licenseType": 7},
        ]

    # --- answering --------------------------------------------------------------------------------

    def _table(self, entity: str) -> list[Row]:
        return self.tables.setdefault(entity, super()._table(entity))

    def proper_answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/zoneInformation"):
            return good({"zoneName": "Z", "url": self.zone, "webUrl": "https://ww15.autotask.net/", "ci": 30595})
        parts = path.split("/V1.0/")[1].split("/")
        if parts[0] in self.denied:
            verb = "query" if "query" in parts or request.method == "GET" else "create"
            text = f"The logged in Resource does not have the adequate permissions to {verb} this entity type."
            return httpx.Response(500, json=self.refusal(text))
        if parts[1:] == ["entityInformation"]:
            return good({"info": self._information(parts[0])})
        if path.endswith("/fields"):
            return good({"fields": self._described(parts[0])})
        if "query" in parts:
            return super().proper_answer(request)
        if request.method == "GET":
            found = [row for row in self._table(parts[0]) if row["id"] == int(parts[1])]
            return good({"item": found[0] if found else None})
        return self._written(request, parts)

    def _information(self, entity: str) -> Row:
        verbs = ("Query", "Create", "Update", "Delete")
        can = {f"can{verb}": True for verb in verbs} | {f"userAccessFor{verb}": "All" for verb in verbs}
        return {"name": entity, **can, **self.info.get(entity, {})}

    def _described(self, entity: str) -> list[Row]:
        if entity.endswith("WebhookFields"):
            names = HOOK_FIELDS[entity.removesuffix("WebhookFields")].split()
            values = [value(100 + nth, name) for nth, name in enumerate(names)]
            return [{"name": "fieldID", "isPickList": True, "picklistValues": values}]
        listed = {name: {"name": name, "picklistValues": values} for name, values in self.picks.get(entity, {}).items()}
        needed = {name: {**listed.get(name, {"name": name}), "isRequired": True} for name in self.required}
        return list((listed | (needed if entity == "Tickets" else {})).values())

    def _written(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        self.writes.append(Write(request.method, "/".join(parts), json.loads(request.content or b"{}")))
        refused = self.torn.popleft() if self.torn else None
        if isinstance(refused, httpx.Response):
            return refused
        row_id = self._store(request.method, parts, self.writes[-1].body)
        if refused is not None:
            raise refused
        return good({"itemId": row_id})

    def _store(self, method: str, parts: list[str], body: Row) -> int:
        if method == "DELETE":
            self._table(parts[0])[:] = [row for row in self._table(parts[0]) if row["id"] != int(parts[1])]
            return int(parts[1])
        if method == "PATCH":
            row: Row = next(row for row in self._table(self._place(parts)[0]) if row["id"] == body["id"])
            row |= body
            return int(row["id"])
        entity, parent = self._place(parts)
        table = self._table(entity)
        new = {"id": max([999, *(row["id"] for row in table)]) + 1, **body, **parent}
        if entity.endswith("Webhooks"):
            new |= {"webhookGUID": f"guid-{new['id']}", "ownerResourceID": API_RESOURCE, "isReady": False}
        table.append(new)
        self._make_ready(entity, parent)
        return int(new["id"])

    def _place(self, parts: list[str]) -> tuple[str, Row]:
        if len(parts) == 1:
            return parts[0], {}
        child = parts[2]
        if child in CHILDREN:
            entity, column = CHILDREN[child]
            return entity, {column: int(parts[1])}
        return parts[0].removesuffix("s") + child, {"webhookID": int(parts[1])}

    def _make_ready(self, entity: str, parent: Row) -> None:
        if not entity.endswith("WebhookFields"):
            return
        for row in self._table(entity.removesuffix("Fields") + "s"):
            row["isReady"] = row["isReady"] or row["id"] == parent["webhookID"]

    # --- what the questions want ------------------------------------------------------------------

    def reads(self) -> int:
        return sum("/query" in request.url.path for request in self.requests)

    def close_object(self, name: str) -> None:
        self.denied |= {name}

    def add_ticket(self, number: int, company: int = 7, changed: str = LONG_AGO, queue: str = "") -> None:
        row = {
            "id": number,
            "companyID": company,
            "ticketNumber": f"T20261121.{number:04d}",
            "title": f"Ticket {number}",
        }
        row |= {"status": 1, "queueID": int(queue or self.queue), "ticketCategory": 1, "priority": 2}
        self._table("Tickets").append(row | {"createDate": LONG_AGO, "lastActivityDate": changed, "externalID": None})

    def add_note(self, number: int, ticket: int, *, for_client: bool) -> None:
        row = {"id": number, "ticketID": ticket, "description": f"Note {number}", "publish": 1 if for_client else 2}
        self._table("TicketNotes").append(row | {"creatorResourceID": 4, "lastActivityDate": LONG_AGO})

    def add_opportunity(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        row = {"id": number, "companyID": company, "title": f"Deal {number}", "stage": 1, "status": 1}
        self._table("Opportunities").append(row | {"lastActivity": changed})

    def add_asset(self, number: int, company: int = 7, changed: str = LONG_AGO) -> None:
        row = {"id": number, "companyID": company, "referenceTitle": f"SRV-{number}", "isActive": True}
        self._table("ConfigurationItems").append(row | {"configurationItemType": 2, "lastModifiedTime": changed})

    def add_contract(self, number: int, company: int = 7) -> None:
        row = {"id": number, "companyID": company, "contractName": f"Contract {number}", "contractType": 7, "status": 1}
        self._table("Contracts").append(row)

    def new_ticket(self, key: str) -> NewTicket:
        return NewTicket(key, "Printer jams", "Since Monday.", status="1", queue="5", priority="2", assignee_id="4")

    def new_opportunity(self, key: str) -> NewOpportunity:
        return NewOpportunity(
            key, "New laptops", "1", "1", "4", "2026-12-01", "2026-12-31", "1500.50", "900", "Ten of them."
        )

    def new_todo(self, key: str) -> NewTodo:
        return NewTodo(key, "2", "Call about the offer", "4", "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z")

    def callout(
        self, kind: Hooked, happened: Happened, item: int, secret: str, sequence: int
    ) -> tuple[dict[str, str], bytes]:
        action = {Happened.CREATED: "Create", Happened.UPDATED: "Update", Happened.DELETED: "Delete"}[happened]
        told = {
            "Action": action,
            "Guid": "g-1",
            "EntityType": ENTITY_TYPES[kind],
            "Id": item,
            "Fields": {"Title": "A & B"},
        }
        told |= {"EventTime": "2026-11-21T09:59:58Z", "SequenceNumber": sequence, "PersonID": 4}
        body = re.sub(r"&", r"\\u0026", json.dumps(told)).encode()
        digest = hmac.new(secret.encode(), body, hashlib.sha1).digest()
        signature = f"sha1={base64.b64encode(digest).decode()}"
        return {"x-hook-signature": signature, "content-type": "application/json"}, body


def _autotask(connector: Connector) -> Desk:
    given = {"username": "abc1@CONTOSO.COM", "secret": CANARY, "tracking": f"T{CANARY}"}
    return AutotaskDesk(connector, given, 500)


def _connectwise(connector: Connector) -> Desk:
    from tests.connectors.connectwise_desk import ConnectWiseDesk  # it builds on this module

    return ConnectWiseDesk(connector, VENDORS["connectwise"](connector).credentials, 1000)


# One line a PSA; a test sees to it that none is missing.
DESKS: dict[str, Callable[[Connector], Desk]] = {"autotask": _autotask, "connectwise": _connectwise}

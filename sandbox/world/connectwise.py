"""The same clients as a ConnectWise MSP keeps them: other ids, other types and statuses, its own boards and deals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.world.clients import MSP_COMPANY
from sandbox.world.connectwise_lists import LAYOUTS, TYPE_OF_KIND, fill_lists
from sandbox.world.connectwise_service import fill_service
from sandbox.world.core import COMPANY_TYPES, Client, Person, World
from sandbox.world.tables import Change, Row, Table

_KINDS = {number: kind for kind, number in COMPANY_TYPES.items()}
_API_ONLY = 7
_EMAILS = ("emailAddress", "emailAddress2", "emailAddress3")


class ConnectWiseSide:
    """ConnectWise's tables over a world. They are filled when first asked for, then follow the world's people and companies.

    What is written through ConnectWise's own API stays here: the two PSAs do not know each other.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.watchers: list[Callable[[Change], None]] = []
        self._tables = {name: Table("connectwise", name, layout, self._emit) for name, layout in LAYOUTS.items()}
        self._ids: dict[tuple[str, int], int] = {}
        self._codes: set[str] = set()
        self._filled = False
        world.watchers.append(self._follow)

    @property
    def tables(self) -> dict[str, Table]:
        """Every table by name, filled."""
        with self.world.lock:
            if not self._filled:
                self._filled = True  # before the rows: filling reads the tables through this
                self._fill()
        return self._tables

    def company_id(self, client: Client) -> int:
        """The id here of a client that the world's PSA side has."""
        return self.id_of("Companies", client.psa_id or 0)

    def contact_id(self, person: Person) -> int:
        """The id here of a person that the world's PSA side has."""
        return self.id_of("Contacts", person.psa_id or 0)

    def id_of(self, table: str, psa_id: int) -> int:
        """The id here of a row of one of the world's PSA tables."""
        assert self.tables
        return self._ids[table, psa_id]

    def _emit(self, change: Change) -> None:
        for watcher in self.watchers:
            watcher(change)

    # --- filling ---

    def _fill(self) -> None:
        fill_lists(self._tables, self.world.clock())
        for source in ("Resources", "Companies", "Contacts"):
            rows = self.world.autotask[source].rows
            for psa_id in self.world.autotask[source].ids:
                self._take(source, psa_id, rows[psa_id], rows[psa_id].get("createDate") or self.world.clock())
        fill_service(self)

    def _take(self, source: str, psa_id: int, row: Row, at: datetime) -> None:
        match source:
            case "Companies":
                made = self._company(row) | {"identifier": self._code(row), "deletedFlag": False}
                self.keep(source, psa_id, "companies", made, at)
            case "Contacts":
                self.keep(source, psa_id, "contacts", self._contact(row), at)
            case "Resources":
                table = "apiMembers" if row.get("licenseType") == _API_ONLY else "members"
                self.keep(source, psa_id, table, _member(row), at)

    def keep(self, source: str, psa_id: int, table: str, row: Row, at: datetime) -> None:
        """Enter a row that stands for one of the world's PSA side."""
        self._ids[source, psa_id] = self._tables[table].insert(row | {"updatedBy": "zadmin"}, at)

    def _company(self, row: Row) -> Row:
        kind = "Owner" if row["id"] == MSP_COMPANY else TYPE_OF_KIND[_KINDS.get(row.get("companyType", 1), "Customer")]
        active = "Not-Approved" if kind == "Prospect" else "Active"
        status = active if row.get("isActive", True) else "Inactive"
        parent = row.get("parentCompanyID")
        return {
            "name": row["companyName"],
            "status": self.named("companyStatuses", status),
            "types": (self.named("companyTypes", kind),),
            "website": row.get("webAddress"),
            "city": row.get("city"),
            "state": row.get("state"),
            "phoneNumber": row.get("phone"),
            "parentCompany": None if parent is None else self._ids.get(("Companies", parent)),
        }

    def _code(self, row: Row) -> str:
        """The short code, unique: `ContosoLtd`."""
        base = re.sub(r"[^A-Za-z0-9]", "", row["companyName"])[:20] or "Company"
        code = base if base.lower() not in self._codes else f"{base}{row['id']}"
        self._codes.add(code.lower())
        return code

    def _contact(self, row: Row) -> Row:
        items: list[Row] = []
        for value in (row.get(column) for column in _EMAILS):
            if value is not None:
                items.append(_communication(row["id"], len(items), "Email", value))
        if row.get("phone"):
            items.append(_communication(row["id"], len(items), "Phone", row["phone"]))
        return {
            "firstName": row.get("firstName"),
            "lastName": row.get("lastName") or None,
            "company": self._ids.get(("Companies", row["companyID"])),
            "title": row.get("title") or None,
            "inactiveFlag": not row.get("isActive", 1),
            "communicationItems": items,
        }

    def named(self, table: str, name: str) -> int:
        """The id of a list entry by its name."""
        return next(one for one, row in self._tables[table].rows.items() if row["name"] == name)

    # --- following ---

    def _follow(self, change: Change) -> None:
        if not self._filled or change.source != "autotask" or change.table not in ("Companies", "Contacts", "Resources"):
            return
        here = self._ids.get((change.table, change.row_id))
        if change.action == "Create":
            self._take(change.table, change.row_id, dict(change.values), change.at)
        elif here is not None and change.action == "Delete":
            self._gone(change.table, here, change.at)
        elif here is not None:
            self._changed(change, here)

    def _changed(self, change: Change, here: int) -> None:
        row = self.world.autotask[change.table].rows[change.row_id]
        if change.table == "Companies":
            self._tables["companies"].update(here, self._company(row), change.at)
        elif change.table == "Contacts":
            self._tables["contacts"].update(here, self._contact(row), change.at)
        elif here in self._tables["members"].rows:
            self._tables["members"].update(here, _member(row), change.at)

    def _gone(self, source: str, here: int, at: datetime) -> None:
        """Deleted companies stay in the lists, flagged; people vanish."""
        if source == "Companies":
            gone: Row = {"deletedFlag": True, "dateDeleted": at, "deletedBy": "zadmin"}
            self._tables["companies"].update(here, gone, at)
        elif here in self._tables["contacts"].rows:
            self._tables["contacts"].delete(here, at)


def _communication(contact: int, place: int, kind: str, value: str) -> Row:
    types = {"Email": (1, "Email"), "Phone": (2, "Direct")}
    number, name = types[kind]
    item: Row = {"id": contact * 10 + place, "type": {"id": number, "name": name}, "value": value}
    item |= {"defaultFlag": place == 0 or kind == "Phone", "communicationType": kind}
    return item | ({"domain": f"@{value.split('@')[1]}"} if "@" in value else {})


def _member(row: Row) -> Row:
    first, last = row["firstName"], row["lastName"]
    shown: dict[str, Any] = {
        "identifier": f"{first[0]}{last}", "firstName": first, "lastName": last, "licenseClass": "F",
        "inactiveFlag": not row.get("isActive", True),
    }  # fmt: skip
    if shown["inactiveFlag"]:
        return shown | {"officeEmail": row.get("email"), "defaultEmail": "Office", "title": None}
    return shown | {"officeEmail": row.get("email"), "defaultEmail": "Office", "title": row.get("title")}

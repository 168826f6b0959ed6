"""Creates, changes and deletes ConnectWise records, with the refusals that name each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from sandbox.connectwise.callers import ApiMember
from sandbox.connectwise.catalogue import Resource
from sandbox.connectwise.problems import Refused, error, invalid, not_found
from sandbox.world import Row, Table

_NEVER_WRITTEN = {"id", "_info", "closedFlag", "closedDate", "enteredBy", "createdBy", "ticketId", "recordType"}
_LONGEST = {"summary": 100, "name": 100, "externalXRef": 100, "source": 50, "identifier": 25}


def read_body(body: bytes) -> Any:
    """The JSON of a write."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Refused(400, "InvalidJson", "The body is not JSON.") from problem


@dataclass(frozen=True, slots=True)
class Writer:
    """One caller writing one resource; `under` is the owner's id of a nested one."""

    tables: dict[str, Table]
    resource: Resource
    member: ApiMember
    now: datetime
    under: int | None = None

    @property
    def table(self) -> Table:
        """The resource's table."""
        return self.tables[self.resource.table]

    def create(self, body: Any) -> int:
        """Store a new record and return its id."""
        if not isinstance(body, dict):
            raise invalid(self.resource.one)
        row = self._columns(body)
        missing = [
            error("MissingRequired", f"The {name} field is required.", self.resource.one, name)
            for name in self.resource.required
            if row.get(name) in (None, "")
        ]
        if missing:
            raise invalid(self.resource.one, *missing)
        self._unique(row, None)
        row |= self._made(row)
        self._check(row)
        note = row.pop("initialDescription", None)
        made = self.table.insert(row | {"updatedBy": self.member.identifier}, self.now)
        if note and self.resource.table == "tickets":
            first: Row = {"ticketId": made, "text": note, "detailDescriptionFlag": True, "internalAnalysisFlag": False}
            first |= {"resolutionFlag": False, "dateCreated": self.now, "createdBy": self.member.identifier}
            self.tables["ticketNotes"].insert(first, self.now)
        self._touch_owner()
        return made

    def patch(self, row_id: int, body: Any) -> int:
        """Apply a list of operations; a path is a bare field name, and references are replaced as a whole."""
        row = self.existing(row_id)
        if not isinstance(body, list):
            raise Refused(400, "InvalidPatch", "A patch is a list of operations.")
        sent: Row = {}
        for step in body:
            if not isinstance(step, dict) or step.get("op") not in ("add", "replace", "remove"):
                raise Refused(400, "InvalidPatch", "An operation needs op (add, replace, remove), path and value.")
            name = str(step.get("path", ""))
            if name not in self.resource.fields:
                raise Refused(400, "InvalidPatch", f"{name} is not a field of {self.resource.one}.")
            sent[name] = None if step["op"] == "remove" else step.get("value")
        return self._update(row, self._columns(sent))

    def put(self, row_id: int, body: Any) -> int:
        """Replace the record: what is not sent is emptied."""
        row = self.existing(row_id)
        if not isinstance(body, dict):
            raise invalid(self.resource.one)
        kept = {"communicationItems", *_NEVER_WRITTEN}
        emptied = {name: None for name in self.resource.fields if name not in kept}
        return self._update(row, emptied | self._columns(body))

    def delete(self, row_id: int) -> None:
        """Take a record away; a company is only flagged."""
        self.existing(row_id)
        if self.resource.table == "companies":
            gone: Row = {"deletedFlag": True, "dateDeleted": self.now, "deletedBy": self.member.identifier}
            self.table.update(row_id, gone, self.now)
        else:
            self.table.delete(row_id, self.now)

    def existing(self, row_id: int) -> Row:
        """The record, which must belong to the owner of a nested route."""
        row = self.table.get(row_id)
        if row is None or (self.resource.under and row.get(self.resource.under) != self.under):
            raise not_found(f"{self.resource.one} {row_id}")
        return row

    def _update(self, row: Row, changes: Row) -> int:
        after = row | changes
        missing = [name for name in self.resource.required if after.get(name) in (None, "")]
        if missing:
            lines = [error("MissingRequired", f"The {one} field is required.", self.resource.one, one) for one in missing]
            raise invalid(self.resource.one, *lines)
        self._unique(after, row["id"])
        if "board" in changes and "status" not in changes and self.resource.table == "tickets":
            changes["status"] = self._first("boardStatuses", after["board"])
            after = row | changes
        self._check(after)
        changes |= self._closing(row, after)
        self.table.update(row["id"], changes | {"updatedBy": self.member.identifier}, self.now)
        self._touch_owner()
        return int(row["id"])

    def _columns(self, sent: Mapping[str, Any]) -> Row:
        """The columns a body names; unknown names are passed over."""
        row: Row = {}
        for name, value in sent.items():
            if name not in self.resource.fields or name in _NEVER_WRITTEN:
                continue
            row[name] = self._column(name, value)
        if self.resource.under and self.under is not None:
            row[self.resource.under] = self.under
        return row

    def _column(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if self.resource.target(name):
            many = name in self.resource.lists
            ids = [self._referred(name, one) for one in value] if many and isinstance(value, list) else None
            return tuple(ids) if ids is not None else self._referred(name, value)
        if name in self.resource.dates:
            return self._moment(name, value)
        longest = _LONGEST.get(name)
        if longest is not None and len(str(value)) > longest:
            said = f"The field {name} must be a string with a maximum length of {longest}."
            raise invalid(self.resource.one, error("StringLength", said, self.resource.one, name))
        return value

    def _referred(self, name: str, value: Any) -> int:
        """The id of `{"id": 5}`; for members and companies also of `{"identifier": "ADoe"}`."""
        table = self.tables[self.resource.target(name)]
        given = value if isinstance(value, dict) else {}
        if isinstance(given.get("id"), int) and given["id"] in table.rows:
            return int(given["id"])
        for key in ("identifier", "name"):
            if given.get("id") is None and given.get(key):
                for row in table.rows.values():
                    if row.get(key) == given[key] and self._fits(name, row):
                        return int(row["id"])
        said = f"{name} {given.get('id', value)!r} was not found"
        raise invalid(self.resource.one, error("NotFound", said, self.resource.one, f"{name}/id"))

    def _fits(self, name: str, row: Row) -> bool:
        return self.resource.target(name) != "companies" or not row.get("deletedFlag")

    def _moment(self, name: str, value: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError as problem:
            said = f"{value!r} is not a date."
            raise invalid(self.resource.one, error("InvalidDate", said, self.resource.one, name)) from problem
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def _unique(self, row: Row, row_id: int | None) -> None:
        if self.resource.table != "companies":
            return
        code = str(row.get("identifier", "")).lower()
        for other in self.table.rows.values():
            if other["id"] != row_id and str(other.get("identifier", "")).lower() == code:
                said = "A company with this identifier exists."
                raise invalid("company", error("ObjectExists", said, "company", "identifier"))

    def _made(self, row: Row) -> Row:
        """What ConnectWise fills in itself on create."""
        match self.resource.table:
            case "tickets":
                board = row.get("board") or next(one for one in self.tables["boards"].ids)
                made: Row = {"recordType": "ServiceTicket", "board": board, "enteredBy": self.member.identifier}
                made["status"] = row.get("status") or self._first("boardStatuses", board)
                made["priority"] = row.get("priority") or 3
                return made | {"closedFlag": bool(self.tables["boardStatuses"].rows[made["status"]]["closedStatus"])}
            case "ticketNotes":
                return {"dateCreated": self.now, "createdBy": self.member.identifier} | {
                    name: bool(row.get(name)) for name in ("detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag")
                }
            case "opportunities":
                return {"status": row.get("status") or 1, "stage": row.get("stage") or 1}
            case "companies":
                return {"deletedFlag": False, "types": row.get("types") or (), "status": row.get("status") or 1}
            case "callbacks":
                return {"inactiveFlag": bool(row.get("inactiveFlag"))}
        return {}

    def _first(self, table: str, board: int) -> int:
        return int(self.tables[table].where("board", board)[0])

    def _check(self, row: Row) -> None:
        """Statuses and types belong to their board; a note stands under at least one tab."""
        if self.resource.table == "tickets":
            for name, table in (("status", "boardStatuses"), ("type", "boardTypes")):
                value = row.get(name)
                if value is not None and self.tables[table].rows[value]["board"] != row["board"]:
                    said = f"{name} {value} is not on this board"
                    raise invalid("ticket", error("NotFound", said, "ticket", f"{name}/id"))
        flags = ("detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag")
        if self.resource.table == "ticketNotes" and not any(row.get(flag) for flag in flags):
            said = "One of the note's flags has to be set."
            raise invalid("serviceNote", error("InvalidField", said, "serviceNote", flags[0]))

    def _closing(self, before: Row, after: Row) -> Row:
        if self.resource.table != "tickets" or before.get("status") == after.get("status"):
            return {}
        closed = bool(self.tables["boardStatuses"].rows[after["status"]]["closedStatus"])
        return {"closedFlag": closed, "closedDate": self.now if closed else None}

    def _touch_owner(self) -> None:
        """A note moves its ticket's date."""
        if self.resource.table == "ticketNotes" and self.under is not None:
            self.tables["tickets"].update(self.under, {"updatedBy": self.member.identifier}, self.now)

"""Creates, changes and deletes IT Glue records; what the PSA owns may not be edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from sandbox.itglue.asking import dash
from sandbox.itglue.catalogue import Resource
from sandbox.itglue.companions import COMPANIONS, REFERENCES
from sandbox.itglue.problems import MEDIA_TYPE, Refused, must_exist, not_found, required
from sandbox.world import Row, Table, World

_NEVER_WRITTEN = {"id", "created-at", "updated-at", "resource-url", *COMPANIONS}


def read_data(content_type: str, body: bytes) -> Any:
    """The `data` of a write: an object, or a list for bulk calls."""
    if content_type.split(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refused(415, "Unsupported Media Type", detail=f"Content-Type must be {MEDIA_TYPE}")
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError as problem:
        raise Refused(400, "Bad Request", detail="The body is not JSON.") from problem
    data = document.get("data") if isinstance(document, dict) else None
    records = data if isinstance(data, list) else [data]
    if not all(isinstance(one, dict) for one in records):
        raise Refused(400, "Bad Request", detail="The body has no data.")
    return data


def attributes_of(data: Mapping[str, Any]) -> Row:
    """The attributes of one record, in dash spelling whichever was sent."""
    sent = data.get("attributes") or {}
    if not isinstance(sent, dict):
        raise Refused(400, "Bad Request", detail="attributes is not an object.")
    return {dash(str(key)): value for key, value in sent.items()}


def id_of(data: Mapping[str, Any]) -> int:
    """The id of one record of a bulk call: beside the attributes or among them."""
    given = data.get("id") or attributes_of(data).get("id")
    return int(str(given)) if str(given).isdigit() else -1


@dataclass(frozen=True, slots=True)
class Writer:
    """One caller writing one resource; `under` is the organisation of a nested route."""

    world: World
    resource: Resource
    now: datetime
    under: int | None = None
    may_write_values: bool = True

    @property
    def table(self) -> Table:
        """The resource's table."""
        return self.world.itglue[self.resource.type]

    def create(self, data: Mapping[str, Any]) -> int:
        """Store a new record and return its id."""
        sent = attributes_of(data)
        if self.under is not None:
            sent["organization-id"] = self.under
        for name in self.resource.required:
            if sent.get(name) in (None, ""):
                raise required(name)
        row = self._columns(sent)
        if self.resource.path == "contacts":
            row["name"] = f"{row.get('first-name') or ''} {row.get('last-name') or ''}".strip()
        return self._logged("create", self.table.insert(row, self.now))

    def update(self, row_id: int, data: Mapping[str, Any]) -> int:
        """Change what is sent and keep the rest; traits are replaced whole."""
        row = self.existing(row_id)
        sent = attributes_of(data)
        self._check_sync(row, sent)
        changes = self._columns(sent)
        if self.resource.path == "contacts":
            both = row | changes
            changes["name"] = f"{both.get('first-name') or ''} {both.get('last-name') or ''}".strip()
        self.table.update(row_id, changes, self.now)
        return self._logged("update", row_id)

    def delete(self, row_id: int) -> Row:
        """Take a record away and return it."""
        self.existing(row_id)
        self._logged("destroy", row_id)
        return self.table.delete(row_id, self.now)

    def existing(self, row_id: int) -> Row:
        """The record, which must belong to the organisation of the route when there is one."""
        row = self.table.get(row_id)
        if row is None or (self.under is not None and row.get("organization-id") != self.under):
            raise not_found()
        return row

    def _columns(self, sent: Row) -> Row:
        row = {
            name: value
            for name, value in sent.items()
            if name in self.resource.attributes and name not in _NEVER_WRITTEN and name not in self.resource.read_only
        }
        for name, table in REFERENCES.items():
            if name == "parent-id" and self.resource.path != "organizations":
                continue
            if row.get(name) is not None:
                row[name] = _known_id(self.world.itglue[table], name, row[name])
        self._split_lists(row)
        if self.resource.path == "passwords":
            self._secrets(row, sent)
        return row

    def _split_lists(self, row: Row) -> None:
        """Addresses and numbers are kept as plain tuples, the primary one first."""
        for name, column in (("contact-emails", "emails"), ("contact-phones", "phones")):
            if name in row:
                sent = row.pop(name)
                listed = [one for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
                listed.sort(key=lambda one: not one.get("primary"))
                row[column] = tuple(str(one["value"]) for one in listed if one.get("value"))

    def _secrets(self, row: Row, sent: Row) -> None:
        if "password" in sent:
            if not self.may_write_values:
                raise Refused(403, "Forbidden", detail="This API key has no Password Access.")
            row["password"] = sent["password"]
            # The rotation date: moves with the value, but callers may also set it themselves.
            row.setdefault("password-updated-at", self.now)
        if isinstance(row.get("password-updated-at"), str):
            row["password-updated-at"] = _moment("password-updated-at", row["password-updated-at"])
        if sent.get("otp-secret"):
            row["otp-enabled"] = True  # the secret itself can never be read again

    def _check_sync(self, row: Row, sent: Row) -> None:
        free = self.resource.open_to_sync
        if free is None or row.get("psa-id") is None:
            return
        for name in sent:
            if name not in free and name not in _NEVER_WRITTEN:
                detail = "cannot be changed on a synced record"
                raise Refused(422, "Unprocessable Entity", detail=detail, pointer=f"/data/attributes/{name}")

    def _logged(self, action: str, row_id: int) -> int:
        row = self.table.rows[row_id]
        entry: Row = {"level": "info", "action": action, "resource-type": self.resource.type}
        entry |= {"resource-name": row.get("name"), "organization-id": row.get("organization-id")}
        self.world.itglue["logs"].insert(entry, self.now)
        return row_id


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        pointer = f"/data/attributes/{name}"
        raise Refused(422, "Unprocessable Entity", detail="is invalid", pointer=pointer) from problem
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _known_id(table: Table, name: str, value: Any) -> int:
    if not str(value).isdigit() or table.get(int(value)) is None:
        raise must_exist(name)
    return int(value)

"""The seeded world: one set of client companies as Autotask and IT Glue each see it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sandbox.world.clock import Clock, ManualClock
from sandbox.world.desk import Desk
from sandbox.world.layouts import AUTOTASK, ITGLUE
from sandbox.world.tables import Change, Row, Table

COMPANY_TYPES = {
    "Customer": 1, "Lead": 2, "Prospect": 3, "Dead": 4, "Cancelation": 6, "Vendor": 7, "Partner": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Client:
    """One client company; either side may be missing. Note that `psa_id` 0 is the MSP itself."""

    psa_id: int | None
    itglue_id: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """One contact; either side may be missing."""

    psa_id: int | None
    itglue_id: int | None


class World:
    """Two vendors' tables over one clock. Hold `lock` while reading or writing tables directly."""

    def __init__(self, clock: Clock | None = None, *, seed: int = 1) -> None:
        self.clock: Clock = clock or ManualClock()
        self.random = Random(seed)
        self.lock = threading.RLock()
        self.watchers: list[Callable[[Change], None]] = []
        self.autotask = {n: Table("autotask", n, layout, self._emit) for n, layout in AUTOTASK.items()}
        self.itglue = {n: Table("itglue", n, layout, self._emit) for n, layout in ITGLUE.items()}
        self.desk = Desk(self)
        self._names: dict[tuple[str, str], int] = {}

    @classmethod
    def demo(cls, seed: int = 1, clock: Clock | None = None) -> World:
        """About forty awkward clients with people, passwords, tickets and devices."""
        from sandbox.world.demo import fill_demo  # the fillers build on this class

        world = cls(clock, seed=seed)
        fill_demo(world)
        return world

    @classmethod
    def bare(cls, clock: Clock | None = None, *, seed: int = 1) -> World:
        """The MSP, its staff and the account-wide lists, but no clients: a start for tests."""
        from sandbox.world.demo import fill_msp

        world = cls(clock, seed=seed)
        fill_msp(world)
        return world

    @classmethod
    def from_csv(
        cls, path: str | Path, contacts_per_company: int = 4, *, seed: int = 1, clock: Clock | None = None
    ) -> World:
        """Real organizations out of a CSV with the columns name, domain, city, state and type."""
        from sandbox.world.bulk import fill_from_csv

        world = cls.bare(clock, seed=seed)
        fill_from_csv(world, Path(path), contacts_per_company)
        return world

    def add_tickets(self, count: int, *, notes: int = 0, opened_days: int = 180) -> range:
        """Tickets by the thousand, over the companies there are; returns their ids."""
        from sandbox.world.bulk import fill_bulk_tickets  # the fillers build on this class

        return fill_bulk_tickets(self, count, notes=notes, opened_days=opened_days)

    def _emit(self, change: Change) -> None:
        for watcher in self.watchers:
            watcher(change)

    # -- companies -------------------------------------------------------------------------------------

    def add_company(
        self,
        name: str,
        web: str | None = None,
        *,
        kind: str = "Customer",
        active: bool = True,
        parent: Client | None = None,
        psa: bool = True,
        itglue: bool = True,
        linked: bool = True,
        itglue_name: str | None = None,
        domains: Sequence[str] = (),
        at: datetime | None = None,
        **columns: Any,
    ) -> Client:
        """Add a client on the sides asked for; `linked` gives the organisation its PSA id."""
        now = at or self.clock()
        with self.lock:
            psa_id = None
            if psa:
                parent_id = parent.psa_id if parent else None
                psa_id = self._add_account(name, web, kind, active, parent_id, now, columns)
            itglue_id = None
            if itglue:
                facts: Row = {"psa-id": psa_id if linked else None, "parent-id": parent and parent.itglue_id}
                itglue_id = self.add_organization(itglue_name or name, kind, active, now, facts)
                for domain in domains:
                    self.add_domain(itglue_id, domain, at=now)
        return Client(psa_id, itglue_id)

    def _add_account(
        self, name: str, web: str | None, kind: str, active: bool, parent: int | None, at: datetime, more: Row
    ) -> int:
        row: Row = {"companyName": name, "companyType": COMPANY_TYPES[kind], "isActive": active}
        row |= {"phone": "555-0100", "currencyID": 1, "parentCompanyID": parent}
        row |= {"webAddress": web, "ownerResourceID": self.owner()} | more
        return self.autotask["Companies"].insert(row, at)

    def add_organization(self, name: str, kind: str, active: bool, now: datetime, facts: Row) -> int:
        """Add an organisation to IT Glue only, with any further columns."""
        status = "Active" if active else "Inactive"
        row: Row = {"name": name, "primary": False, "logo": ""}
        row["organization-type-id"] = self.named("organization-types", kind)
        row["organization-status-id"] = self.named("organization-statuses", status)
        row["synced"] = facts.get("psa-id") is not None
        return self.itglue["organizations"].insert(row | facts, now)

    def add_domain(self, organization_id: int, name: str, *, at: datetime | None = None) -> int:
        """Track a domain under an organisation."""
        row: Row = {"organization-id": organization_id, "name": name, "registrar-name": "Example Registrar"}
        return self.itglue["domains"].insert(row, at or self.clock())

    def rename(self, client: Client, name: str) -> None:
        """Rename on both sides, as the PSA sync of IT Glue would."""
        self._write(client.psa_id, "Companies", {"companyName": name})
        self._write_glue(client.itglue_id, "organizations", {"name": name})

    def edit_company(self, client: Client, **columns: Any) -> None:
        """Change Autotask columns of a client: `webAddress`, `companyType`, `parentCompanyID` and so on."""
        self._write(client.psa_id, "Companies", columns)

    def merge(self, client: Client, into: Client) -> None:
        """Move a client's people to another one and delete what is left: its id vanishes upstream."""
        with self.lock:
            for row_id in list(self.autotask["Contacts"].where("companyID", client.psa_id)):
                self._write(row_id, "Contacts", {"companyID": into.psa_id})
            for table in ("contacts", "passwords", "configurations"):
                for row_id in list(self.itglue[table].where("organization-id", client.itglue_id)):
                    self._write_glue(row_id, table, {"organization-id": into.itglue_id})
            self.delete_company(client)

    def delete_company(self, client: Client) -> None:
        """Take the client and its people away, leaving no trace but the gap in the ids."""
        with self.lock:
            if client.psa_id is not None:
                self._drop_where(self.autotask["Contacts"], "companyID", client.psa_id)
                self.autotask["Companies"].delete(client.psa_id, self.clock())
            if client.itglue_id is not None:
                for table in ("contacts", "domains", "passwords", "configurations", "flexible-assets"):
                    self._drop_where(self.itglue[table], "organization-id", client.itglue_id)
                self.itglue["organizations"].delete(client.itglue_id, self.clock())

    def _drop_where(self, table: Table, column: str, value: int) -> None:
        for row_id in list(table.where(column, value)):
            table.delete(row_id, self.clock())

    # -- people ----------------------------------------------------------------------------------------

    def add_contact(
        self,
        client: Client,
        first: str = "Ada",
        last: str = "Lovelace",
        email: str | None = None,
        *,
        more_emails: Sequence[str] = (),
        phone: str = "",
        title: str = "",
        active: bool = True,
        psa: bool = True,
        itglue: bool = True,
        at: datetime | None = None,
        **columns: Any,
    ) -> Person:
        """Add a person to a client on the sides the client has."""
        now = at or self.clock()
        emails = tuple(e for e in (email, *more_emails) if e is not None)
        with self.lock:
            psa_id = itglue_id = None
            if psa and client.psa_id is not None:
                row: Row = {"companyID": client.psa_id, "firstName": first, "lastName": last}
                row |= {"isActive": int(active), "title": title, "phone": phone}
                row |= dict(zip(("emailAddress", "emailAddress2", "emailAddress3"), emails, strict=False))
                psa_id = self.autotask["Contacts"].insert(row | columns, now)
            if itglue and client.itglue_id is not None:
                row = {"organization-id": client.itglue_id, "first-name": first, "last-name": last or None}
                row |= {"name": f"{first} {last}".strip(), "title": title or None, "emails": emails}
                row |= {"phones": (phone,) if phone else (), "psa-id": psa_id}
                itglue_id = self.itglue["contacts"].insert(row, now)
        return Person(psa_id, itglue_id)

    def rename_contact(self, person: Person, first: str, last: str) -> None:
        """Give the person another name on both sides."""
        self._write(person.psa_id, "Contacts", {"firstName": first, "lastName": last})
        glue = {"first-name": first, "last-name": last, "name": f"{first} {last}"}
        self._write_glue(person.itglue_id, "contacts", glue)

    def change_email(self, person: Person, email: str) -> None:
        """Give the person another first address on both sides."""
        self._write(person.psa_id, "Contacts", {"emailAddress": email})
        self._write_glue(person.itglue_id, "contacts", {"emails": (email,)})

    def move_contact(self, person: Person, client: Client) -> None:
        """Move a person to another client, as the vendors' screens allow."""
        self._write(person.psa_id, "Contacts", {"companyID": client.psa_id})
        self._write_glue(person.itglue_id, "contacts", {"organization-id": client.itglue_id})

    def deactivate(self, person: Person) -> None:
        """Make a person inactive in Autotask; IT Glue has only the contact type to say so."""
        self._write(person.psa_id, "Contacts", {"isActive": 0})
        left = {"contact-type-id": self.named("contact-types", "Terminated")}
        self._write_glue(person.itglue_id, "contacts", left)

    def delete(self, person: Person) -> None:
        """Remove a person on both sides; neither vendor keeps a feed of that."""
        with self.lock:
            if person.psa_id is not None:
                self.autotask["Contacts"].delete(person.psa_id, self.clock())
            if person.itglue_id is not None:
                self.itglue["contacts"].delete(person.itglue_id, self.clock())

    # -- the account -----------------------------------------------------------------------------------

    def add_resource(self, first: str, last: str, email: str, *, license_type: int = 1, **more: Any) -> int:
        """Add a member of the MSP's staff in Autotask; licence type 7 is an API-only user."""
        row: Row = {"firstName": first, "lastName": last, "email": email, "userName": email.split("@")[0]}
        row |= {"licenseType": license_type, "isActive": True, "resourceType": "Employee", "userType": 10}
        with self.lock:
            return self.autotask["Resources"].insert(row | more, self.clock())

    def owner(self) -> int:
        """The first member of staff: who owns what nobody else does."""
        ids = self.autotask["Resources"].ids
        return ids[0] if ids else 0

    def named(self, table: str, name: str) -> int:
        """The id of an IT Glue list entry by its name, made when it is missing."""
        known = self._names.get((table, name))
        if known is None:
            with self.lock:
                known = self.itglue[table].insert({"name": name}, self.clock())
                self._names[(table, name)] = known
        return known

    def _write(self, row_id: int | None, table: str, changes: Row) -> None:
        if row_id is not None:
            with self.lock:
                self.autotask[table].update(row_id, changes, self.clock())

    def _write_glue(self, row_id: int | None, table: str, changes: Row) -> None:
        if row_id is not None:
            with self.lock:
                self.itglue[table].update(row_id, changes, self.clock())

"""Somebody at work in Autotask itself: writes that move dates, leave traces and are heard, as its screens would."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.world.tables import Row

if TYPE_CHECKING:
    from sandbox.world.core import Client, World

API_ONLY = 7  # the licence type of a resource that is only a way in for programs
COMPLETE = 5  # the one status that is the same for every tenant
_BELOW_A_COMPANY = ("Tickets", "Opportunities", "CompanyToDos")


def completion(before: Row, changes: Row, now: datetime, by: int | None) -> Row:
    """The stamps that a change of status brings along."""
    if "status" not in changes:
        return {}
    if changes["status"] != COMPLETE:
        return {"completedDate": None, "completedByResourceID": None}
    if before.get("status") == COMPLETE:
        return {}
    return {"completedDate": now, "completedByResourceID": by}


def aftermath(world: World, table: str, row: Row, now: datetime, by: int | None) -> None:
    """Activity moves dates further up: a note its ticket's, a ticket, deal or to-do its company's."""
    tables = world.autotask
    if table == "TicketNotes":
        tables["Tickets"].touch(row.get("ticketID", -1), "lastActivityDate", now)
        tables["Tickets"].touch(row.get("ticketID", -1), "lastActivityResourceID", by)
    if table == "Tickets":
        row["lastActivityResourceID"] = by
    if table in _BELOW_A_COMPANY:
        tables["Companies"].touch(row.get("companyID", -1), "lastActivityDate", now)


class Desk:
    """`by` is the resource who acts: the first member of staff unless somebody is named."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._serials: dict[str, int] = {}

    def insert(self, table: str, row: Row, *, by: int | None = None, at: datetime | None = None) -> int:
        """Add a row to any Autotask table and return its id. Nothing is checked: people can do more than programs."""
        world, now = self._world, at or self._world.clock()
        with world.lock:
            by = world.owner() if by is None else by
            made = {"creatorResourceID": by} if "creatorResourceID" not in row else {}
            row = made | row if table in (*_BELOW_A_COMPANY, "TicketNotes") else dict(row)
            if table == "Tickets":
                row = {"ticketNumber": self.ticket_number(now)} | row | completion({}, row, now, by)
            new_id = world.autotask[table].insert(row, now, actor=by)
            aftermath(world, table, row, now, by)
            return new_id

    def change(self, table: str, row_id: int, *, by: int | None = None, **columns: Any) -> None:
        """Change columns of a row: `change("Tickets", 7673, status=5)`."""
        world, now = self._world, self._world.clock()
        with world.lock:
            by = world.owner() if by is None else by
            row = world.autotask[table].rows[row_id]
            changes = columns | (completion(row, columns, now, by) if table == "Tickets" else {})
            world.autotask[table].update(row_id, changes, now, actor=by)
            aftermath(world, table, row, now, by)

    def delete(self, table: str, row_id: int, *, by: int | None = None) -> None:
        """Delete a row; of a ticket its notes go too, and the log of deleted tickets remembers it."""
        world, now = self._world, self._world.clock()
        with world.lock:
            by = world.owner() if by is None else by
            if table == "Tickets":
                for note in list(world.autotask["TicketNotes"].where("ticketID", row_id)):
                    world.autotask["TicketNotes"].delete(note, now, actor=by)
            row = world.autotask[table].delete(row_id, now, actor=by)
            if table == "Tickets":
                entry: Row = {"ticketID": row_id, "ticketNumber": row.get("ticketNumber")}
                entry |= {"ticketTitle": row.get("title"), "deletedByResourceID": by, "deletedDateTime": now}
                world.autotask["DeletedTicketLogs"].insert(entry, now)

    def open_ticket(
        self, client: Client, title: str, *, by: int | None = None, at: datetime | None = None, **columns: Any
    ) -> int:
        """Open a ticket for a client: new, of medium priority, in the first queue, unless columns say otherwise."""
        row: Row = {"companyID": client.psa_id, "title": title, "status": 1, "priority": 2, "queueID": 29_682_833}
        row |= {"ticketCategory": 1, "ticketType": 1, "source": 2}
        return self.insert("Tickets", row | columns, by=by, at=at)

    def write_note(
        self,
        ticket: int,
        text: str,
        *,
        title: str = "",
        public: bool = True,
        by: int | None = None,
        at: datetime | None = None,
    ) -> int:
        """Add a note to a ticket, for all to see or internal."""
        row: Row = {"ticketID": ticket, "title": title, "description": text, "noteType": 1}
        return self.insert("TicketNotes", row | {"publish": 1 if public else 2}, by=by, at=at)

    def insist(self, category: int, *fields: str) -> None:
        """Let a ticket category refuse tickets without these fields: `insist(2, "queueID")`; none lifts it."""
        with self._world.lock:
            self._world.autotask["TicketCategories"].touch(category, "_requires", fields)

    def ticket_number(self, now: datetime) -> str:
        """The next number of that day, `TYYYYMMDD.NNNN`."""
        day = f"T{now:%Y%m%d}"
        self._serials[day] = self._serials.get(day, 0) + 1
        return f"{day}.{self._serials[day]:04d}"

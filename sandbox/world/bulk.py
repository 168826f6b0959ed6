"""Fills a world with a lot: real organizations out of a CSV file with invented people, and tickets by the thousand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.world.clients import FIRST_NAMES, LAST_NAMES, MSP_COMPANY
from sandbox.world.desk import COMPLETE
from sandbox.world.tables import Row

if TYPE_CHECKING:
    from sandbox.world.core import World

COLUMNS = {"name", "domain", "city", "state", "type"}


def fill_from_csv(world: World, path: Path, contacts_per_company: int) -> None:
    """One client per line on both sides; nine in ten organisations are linked, one in five is renamed."""
    born = world.clock() - timedelta(days=300)
    with world.lock:
        for number, line in enumerate(_lines(path)):
            at = born + timedelta(minutes=number)
            name = line["name"][:100]
            client = world.add_company(
                name,
                line["domain"],
                linked=number % 10 != 0,
                itglue_name=f"{name}, {line['state']}" if number % 5 == 0 else name,
                domains=(line["domain"],),
                at=at,
                city=line["city"][:30],
                state=line["state"][:40],
            )
            if client.psa_id is not None and client.itglue_id is not None:
                _people(world, client.psa_id, client.itglue_id, line["domain"], contacts_per_company, at)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise FileNotFoundError(f"There is no CSV of organizations at {path}; give the path of one.")
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}.")
        yield from reader


def _people(world: World, company: int, organization: int, domain: str, count: int, at: datetime) -> None:
    # Straight into the tables: a quarter of a million people should take seconds.
    psa, glue = world.autotask["Contacts"], world.itglue["contacts"]
    for number in range(count):
        first = FIRST_NAMES[(company + number) % len(FIRST_NAMES)]
        last = LAST_NAMES[(company * 7 + number * 3) % len(LAST_NAMES)]
        email = f"{first}.{last}{number}@{domain}".lower()
        row = {"companyID": company, "firstName": first, "lastName": last, "isActive": 1}
        psa_id = psa.insert(row | {"emailAddress": email}, at)
        row = {"organization-id": organization, "first-name": first, "last-name": last}
        row |= {"name": f"{first} {last}", "emails": (email,), "phones": (), "psa-id": psa_id}
        glue.insert(row, at)


def fill_bulk_tickets(world: World, count: int, *, notes: int = 0, opened_days: int = 180) -> range:
    """So many tickets, evenly over the companies there are and over the days until now; returns their ids.

    One in three is complete, each has so many notes. Straight into the tables: 20,000 take less than a second.
    """
    with world.lock:
        companies = [one for one in world.autotask["Companies"].ids if one != MSP_COMPANY] or [MSP_COMPANY]
        tickets, written = world.autotask["Tickets"], world.autotask["TicketNotes"]
        begin = world.clock() - timedelta(days=opened_days)
        step = timedelta(days=opened_days) / max(count, 1)
        first = last = 0
        for number in range(count):
            at = begin + number * step
            row = _bulk_ticket(world, companies[number % len(companies)], number, at)
            last = tickets.insert(row, at)
            first = first or last
            for serial in range(notes):
                note = {"ticketID": last, "description": f"Note {serial}", "noteType": 1, "publish": 1}
                written.insert(note | {"creatorResourceID": world.owner()}, at)
        return range(first, last + 1) if count else range(0)


def _bulk_ticket(world: World, company: int, number: int, at: datetime) -> Row:
    status = (1, 8, COMPLETE)[number % 3]
    row: Row = {
        "companyID": company,
        "title": f"Ticket {number}",
        "status": status,
        "priority": (2, 1, 4, 5)[number % 4],
    }
    row |= {"queueID": (29_682_833, 29_682_834, 5)[number % 3], "ticketCategory": 1, "ticketType": 1, "source": 4}
    row |= {"ticketNumber": world.desk.ticket_number(at), "creatorResourceID": world.owner()}
    row |= {"description": f"What happened to {number}.", "completedDate": at if status == COMPLETE else None}
    return row

"""Fills a world with many real organizations out of a CSV file, with invented people in each."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.world.clients import FIRST_NAMES, LAST_NAMES

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

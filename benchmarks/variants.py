"""What is compared on the path of an import, each in a process of its own: `python -m benchmarks.variants gangway …`.

gangway  connects, maps, previews, approves and runs, with the real engine
floor    fetches the same pages, decodes them, and writes the same rows of the same tables with the driver's executemany
people   the same with the people alone: without the stored preview, which only a bot that asks first needs

Each prints one line of JSON: the seconds of the part that counts, and the rows it left.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import text

from benchmarks.office import DESK, Office, opened
from benchmarks.source import COMPANY, PAGE, Served
from bot.ids import new_id
from connectors.autotask.rows import ContactRow, fields_of
from domain.ports import Kind
from flows import connect, imports

TABLES = {
    "plan_item": "plan_id seq external_id label detail row match_key action reason target changes waits",
    "person": "id company_id kind email email_fold first_name last_name title role suspended created_at created_by_plan",
    "origin": "connection_id kind external_id company_id person_id link_id external_company_id fingerprint plan_id gone",
    "invitation": "id person_id company_id state generation invited_by invited_at sent_count trouble tries",
}


class Details(msgspec.Struct):
    nextPageUrl: str | None


class Listing(msgspec.Struct):
    items: list[ContactRow]
    pageDetails: Details


class Watch:
    """Seconds by the clock and of this process's own work, from now on. The second hardly feels what else the machine does."""

    def __init__(self) -> None:
        self._clock, self._work = time.perf_counter(), time.process_time()

    def told(self) -> dict[str, float]:
        return {"seconds": time.perf_counter() - self._clock, "cpu": time.process_time() - self._work}


def gangway(office: Office, source: str) -> dict[str, Any]:
    """Preview, approval, run."""
    office.mapped()
    before = Served(source, 0).asked()
    watch = Watch()
    office.approved(office.previewed())
    return watch.told() | {"calls": Served(source, 0).asked() - before}


def floor(office: Office, source: str, tables: tuple[str, ...]) -> dict[str, float]:
    """The same rows, without a question asked: page by page, one transaction each, as a crash demands."""
    connection, company = office.mapped()
    plan = _empty_plan(office, connection.id, company.id)
    link = _one(office, "select id from link")
    watch = Watch()
    write, close = _writer(office, tables)
    for rows in pages(source):
        write([_rows(number, row, plan, connection.id, company.id, link) for number, row in rows])
    close()
    return watch.told()


def pages(source: str) -> Iterator[list[tuple[int, ContactRow]]]:
    """Every page, decoded, its rows numbered."""
    last, number = -1, 0
    with httpx.Client(trust_env=False) as client:
        while True:
            asked = {"filter": [{"op": "gt", "field": "id", "value": last}, {"op": "eq", "field": "companyID", "value": COMPANY}]}
            body = msgspec.json.encode(asked | {"IncludeFields": fields_of(ContactRow), "MaxRecords": PAGE})
            found = msgspec.json.decode(client.post(f"{source}/ATServicesRest/V1.0/Contacts/query", content=body).content, type=Listing)
            yield list(enumerate(found.items, number))
            number += len(found.items)
            if found.pageDetails.nextPageUrl is None:
                return
            last = found.items[-1].id


def _rows(number: int, row: ContactRow, plan: str, connection: str, company: str, link: str) -> tuple[tuple[Any, ...], ...]:
    """What an import leaves of one contact, table by table."""
    person, mail, now = new_id(), row.email or "", NOW
    kept = {
        "id": str(row.id), "company_id": str(row.company_id), "first_name": row.first_name or "", "last_name": row.last_name or "",
        "email": mail, "title": row.title or "",
        "is_active": bool(row.is_active), "modified": row.modified,
    }  # fmt: skip
    fold, name = mail.casefold(), f"{row.first_name} {row.last_name}"
    said, external = msgspec.json.encode(kept).decode(), str(row.id)
    return (
        (plan, number, external, name, mail, said, fold, "new", "", person, "{}", False),
        (person, company, "end user", mail, fold, row.first_name, row.last_name, row.title or "", "client", False, now, plan),
        (connection, "end user", external, company, person, link, str(row.company_id), f"{hash(said):032x}", plan, False),
        (new_id(), person, company, "held", 1, "Benchmark", now, 0, "", 0),
    )


NOW = datetime.now(UTC).isoformat(" ")


def _writer(office: Office, tables: tuple[str, ...]) -> tuple[Callable[[list[tuple[tuple[Any, ...], ...]]], None], Callable[[], object]]:
    """Writes a page's rows in one transaction, with the driver alone."""
    held = office.store.engine.raw_connection()
    raw: Any = held.driver_connection
    mark = "?" if office.store.is_sqlite else "%s"
    statements = {name: f"insert into {name} ({', '.join(TABLES[name].split())}) values ({', '.join([mark] * len(TABLES[name].split()))})" for name in TABLES}  # noqa: S608

    def write(rows: list[tuple[tuple[Any, ...], ...]]) -> None:
        cursor = raw.cursor()
        if office.store.is_sqlite:
            cursor.execute("begin immediate")
        for nth, name in enumerate(TABLES):
            if name in tables:
                cursor.executemany(statements[name], [row[nth] for row in rows])
        raw.commit()

    return write, held.close


def _empty_plan(office: Office, connection: str, company: str) -> str:
    """A plan that the rows may point at."""
    with office.store.work() as work:
        link = work.links.of_company(connection, company)
    return imports.begin(office.context, DESK.actor, Kind.USERS, connect.one(office.context, connection), link, "Contoso").id


def _one(office: Office, question: str) -> Any:
    with office.store.engine.connect() as connection:
        return connection.scalar(text(question))


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("variant", choices=("gangway", "floor", "people"))
    wanted.add_argument("--source", required=True)
    wanted.add_argument("--database", required=True)
    wanted.add_argument("--home", required=True, type=Path)
    given = wanted.parse_args()
    with opened(given.database, given.home, given.source) as office:
        if given.variant == "gangway":
            told = gangway(office, given.source)
        else:
            told = floor(office, given.source, tuple(TABLES) if given.variant == "floor" else tuple(TABLES)[1:])
        left = {name: _one(office, f"select count(*) from {name}") for name in TABLES}  # noqa: S608
    print(json.dumps(told | {"left": left}))


if __name__ == "__main__":
    main()

"""The same job by dlt, in an environment of its own (requirements/bench.txt): `benchmarks/.venv/bin/python benchmarks/dlt_import.py …`.

Its REST client walks the same pages by id; the rows are merged by their keys into an SQLite file, through its SQLAlchemy
destination. With `--tables one` that is the contacts as they are, which is less than Gangway leaves; with `--tables same`
it is the four rows of each that Gangway leaves: preview, person, origin, invitation. It judges nothing and asks nobody.
"""

import argparse
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL", "NO_PROXY": "*"}

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator

COMPANY = 174
FIELDS = "id companyID firstName lastName emailAddress title isActive lastModifiedDate lastActivityDate"


def asked(last: int) -> dict[str, Any]:
    after = {"op": "gt", "field": "id", "value": last}
    return {"filter": [after, {"op": "eq", "field": "companyID", "value": COMPANY}], "IncludeFields": FIELDS.split(), "MaxRecords": 500}


class IdWalk(BasePaginator):
    """Goes on behind the last id of the page before."""

    def update_state(self, response: Any, data: list[Any] | None = None) -> None:
        self._has_next_page = response.json()["pageDetails"]["nextPageUrl"] is not None
        self._last = data[-1]["id"] if data else -1

    def update_request(self, request: Any) -> None:
        request.json = asked(self._last)


KEYS: dict[str, tuple[str, ...]] = {
    "plan_item": ("plan_id", "seq"), "person": ("id",), "origin": ("connection_id", "kind", "external_id"), "invitation": ("id",),
}  # fmt: skip


def rows_of(number: int, contact: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What Gangway leaves of one contact, table by table."""
    person, external, mail, now = uuid.uuid4().hex, str(contact["id"]), contact.get("emailAddress") or "", "2026-01-01T00:00:00Z"
    first, last, said = contact["firstName"], contact["lastName"], json.dumps(contact)
    return {
        "plan_item": {
            "plan_id": "p", "seq": number, "external_id": external, "label": f"{first} {last}", "detail": mail, "row": said,
            "match_key": mail.casefold(), "action": "new", "reason": "", "target": person, "changes": "{}", "waits": False,
        },
        "person": {
            "id": person, "company_id": "c", "kind": "end user", "email": mail, "email_fold": mail.casefold(), "first_name": first,
            "last_name": last, "title": contact.get("title") or "", "role": "client", "suspended": False, "created_at": now, "created_by_plan": "p",
        },
        "origin": {
            "connection_id": "k", "kind": "end user", "external_id": external, "company_id": "c", "person_id": person, "link_id": "l",
            "external_company_id": str(contact["companyID"]), "fingerprint": f"{hash(said):032x}", "plan_id": "p", "gone": False,
        },
        "invitation": {
            "id": uuid.uuid4().hex, "person_id": person, "company_id": "c", "state": "held", "generation": 1, "invited_by": "Benchmark",
            "invited_at": now, "sent_count": 0, "trouble": "", "tries": 0,
        },
    }  # fmt: skip


@dlt.resource(name="contacts", primary_key="id", write_disposition="merge")
def contacts(client: RESTClient) -> Iterator[Any]:
    yield from client.paginate("Contacts/query", method="POST", json=asked(-1), paginator=IdWalk())


@dlt.resource(name="all_rows")
def all_rows(client: RESTClient) -> Iterator[Any]:
    number = 0
    for page in client.paginate("Contacts/query", method="POST", json=asked(-1), paginator=IdWalk()):
        made = [rows_of(number + nth, contact) for nth, contact in enumerate(page)]
        number += len(made)
        for table, key in KEYS.items():
            hints = dlt.mark.make_hints(table_name=table, primary_key=key, write_disposition="merge")
            yield dlt.mark.with_hints([row[table] for row in made], hints, create_table_variant=True)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--source", required=True)
    wanted.add_argument("--home", required=True, type=Path)
    wanted.add_argument("--tables", choices=("one", "same"), required=True)
    given = wanted.parse_args()
    client = RESTClient(f"{given.source}/ATServicesRest/V1.0", data_selector="items")
    file = given.home / "dlt.db"
    pipeline = dlt.pipeline(
        "bench", destination=dlt.destinations.sqlalchemy(f"sqlite:///{file}"), dataset_name="main", pipelines_dir=str(given.home / "dlt")
    )
    began, work = time.perf_counter(), time.process_time()
    pipeline.run((all_rows if given.tables == "same" else contacts)(client))
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - work}
    with sqlite3.connect(file) as database:
        tables = KEYS if given.tables == "same" else ("contacts",)
        left = {table: database.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}  # noqa: S608
    print(json.dumps(told | {"left": left}))


if __name__ == "__main__":
    main()

"""The same job by dlt, in an environment of its own (requirements/bench.txt): `benchmarks/.venv/bin/python benchmarks/dlt_import.py …`.

Its REST client walks the same pages by id; the rows are merged by id into one table of an SQLite file, through its
SQLAlchemy destination. That is less than Gangway leaves: no preview, no origins, no invitations.
"""

import argparse
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL", "NO_PROXY": "*"}

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator

COMPANY = 174
FIELDS = "id companyID firstName lastName emailAddress emailAddress2 emailAddress3 title isActive lastModifiedDate lastActivityDate"


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


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--source", required=True)
    wanted.add_argument("--home", required=True, type=Path)
    given = wanted.parse_args()
    client = RESTClient(f"{given.source}/ATServicesRest/V1.0", data_selector="items")
    file = given.home / "dlt.db"

    @dlt.resource(name="contacts", primary_key="id", write_disposition="merge")
    def contacts() -> Any:
        yield from client.paginate("Contacts/query", method="POST", json=asked(-1), paginator=IdWalk())

    pipeline = dlt.pipeline(
        "bench", destination=dlt.destinations.sqlalchemy(f"sqlite:///{file}"), dataset_name="main", pipelines_dir=str(given.home / "dlt")
    )
    began, work = time.perf_counter(), time.process_time()
    pipeline.run(contacts())
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - work}
    with sqlite3.connect(file) as database:
        rows = database.execute("select count(*) from contacts").fetchone()[0]
    print(json.dumps(told | {"left": {"person": rows}}))


if __name__ == "__main__":
    main()

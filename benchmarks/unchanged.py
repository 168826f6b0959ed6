"""What a sync costs when nothing changed: `python -m benchmarks.unchanged`.

After an import, one sync reads everything (it is the first); the next finds nothing. Calls are counted by the source, written
rows by the database.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks import source
from benchmarks.measuring import folder, in_a_process, say
from benchmarks.office import opened
from benchmarks.source import Served
from benchmarks.variants import Watch

LARGE, SMALL = 50_000, 1_500
TABLES = ("person", "origin", "invitation", "plan_item", "plan")


@dataclass(frozen=True)
class Told:
    """The sync that read everything, and the one that had nothing to do."""

    whole: dict[str, float]
    nothing: dict[str, float]
    whole_calls: Counter[str]
    calls: Counter[str]
    changed: int  # rows of people and plans that are others than before


def once(url: str, home: Path) -> None:
    """In a process of its own: import, sync twice, tell as JSON."""
    with opened(f"sqlite:///{home / 'gangway.db'}", home, url) as office:
        connection, _ = office.mapped()
        office.approved(office.previewed())
        told = []
        for slot in ("first", "second"):
            before, rows = Served(url, 0).asked(), _rows(home)
            watch = Watch()
            wanted = f"{connection.id} {slot} users"
            office.context.jobs.enqueue("sync", f"sync-{slot}", wanted, connection.id)
            office.ear.wait(wanted)
            told.append([watch.told(), Served(url, 0).asked() - before, len(rows ^ _rows(home))])
    print(json.dumps(told))


def _rows(home: Path) -> set[tuple[object, ...]]:
    with create_engine(f"sqlite:///{home / 'gangway.db'}").connect() as database:
        return {(table, *row) for table in TABLES for row in database.execute(text(f"select * from {table}"))}  # noqa: S608


def measured(rows: int) -> Told:
    with folder() as home, source.running(rows) as served:
        told: Any = in_a_process(sys.executable, "-m", "benchmarks.unchanged", "--once", served.url, "--home", str(home)).values
    (whole, whole_calls, _), (nothing, calls, changed) = told
    return Told(whole, nothing, Counter(whole_calls), Counter(calls), changed)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    wanted.add_argument("--once")
    wanted.add_argument("--home", type=Path)
    given = wanted.parse_args()
    if given.once:
        once(given.once, given.home)
        return
    rows = SMALL if given.small else LARGE
    told = measured(rows)
    say(f"A sync with nothing changed, {rows:,} contacts", {
        "calls": f"{told.calls.total()} {dict(told.calls)}; reading everything took {told.whole_calls.total()}",
        "rows changed": told.changed,
        "time / reading everything": f"{told.nothing['seconds'] / told.whole['seconds']:.4f} by the clock",
    })  # fmt: skip


if __name__ == "__main__":
    main()

"""How long an import takes on its whole way, beside the least it could take and beside dlt: `python -m benchmarks.import_path`.

The variants take turns over the same source; ratios are of medians. Calls are counted by the source.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field
from math import ceil

from benchmarks import source
from benchmarks.measuring import DLT, Told, folder, middle, say, spread, variant
from sandbox import postgres

SMALL, LARGE = 1_200, 250_000


@dataclass
class Compared:
    """What every variant told, round by round."""

    rows: int
    told: dict[str, list[Told]] = field(default_factory=dict)

    def ratio(self, one: str, other: str, what: str = "seconds") -> float:
        return middle(self.told[one], what) / middle(self.told[other], what)

    @property
    def calls(self) -> Counter[str]:
        """Calls of Gangway's last round, by route."""
        return Counter(self.told["gangway"][-1].values["calls"])

    @property
    def least(self) -> int:
        return ceil(self.rows / source.PAGE)


def compared(rows: int, rounds: int, names: tuple[str, ...], on_postgres: bool = False) -> Compared:
    found = Compared(rows)
    with source.running(rows) as served:
        for _ in range(rounds):
            for name in names:
                found.told.setdefault(name, []).append(_once(name, served.url, on_postgres))
    return found


def _once(name: str, url: str, on_postgres: bool) -> Told:
    with folder() as home:
        if not on_postgres or name.startswith("dlt"):
            return variant(name, url, f"sqlite:///{home / 'gangway.db'}", home)
        with postgres.running() as server:
            return variant(name, url, server.url(server.create()), home)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    wanted.add_argument("--rows", type=int, default=LARGE)
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--postgres", action="store_true")
    wanted.add_argument("--without-dlt", action="store_true")
    given = wanted.parse_args()
    rows, rounds = (SMALL, 1) if given.small else (given.rows, given.rounds)
    names = ("floor", "people", "gangway", *(() if given.without_dlt or not DLT.exists() else ("dlt", "dlt one table")))
    found = compared(rows, rounds, names, given.postgres)
    lines: dict[str, object] = {}
    for name in names:
        lines[f"{name} / floor"] = (
            f"{found.ratio(name, 'floor'):.2f} by the clock ({spread(found.told[name], 'seconds')}), "
            f"{found.ratio(name, 'floor', 'cpu'):.2f} of the processor"
        )
    for name in (name for name in names if name.startswith("dlt")):
        lines[f"{name} / gangway"] = f"{found.ratio(name, 'gangway'):.2f} by the clock, {found.ratio(name, 'gangway', 'cpu'):.2f} of the processor"
    lines["calls / least possible"] = f"{found.calls.total() / found.least:.3f} ({dict(found.calls)}; least {found.least})"
    say(f"Whole path of an import: {rows:,} contacts, {rounds} rounds, {'PostgreSQL' if given.postgres else 'SQLite'}", lines)


if __name__ == "__main__":
    main()

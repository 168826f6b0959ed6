"""How much of IT Glue's call limit an import of passwords uses, and whether it is ever refused: `python -m benchmarks.passwords`.

IT Glue takes 3,000 calls in five minutes. The clock is accelerated: a wait is over at once and the clock moved on, so that
what is measured is the waiting that the limit demands, not the speed of this machine.
"""

import argparse
from dataclasses import dataclass

from benchmarks.measuring import folder, say
from connectors import discover
from domain.plan import PlanState
from domain.ports import Kind
from sandbox.itglue import ITGlueStandIn
from sandbox.world import ManualClock, World
from sandbox.world.vault import add_password
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys
from tests.flows.bench import bench

LIMIT, SPAN = 3_000, 300  # IT Glue's: calls, seconds
SHARE, WINDOW = 2_900, 302  # ours
SMALL, LARGE = 300, 2 * SHARE - 20  # a little less than whole windows: the list costs calls too


@dataclass(frozen=True)
class Used:
    entries: int
    calls: int  # all that reached the source
    windows: int  # of ours, each begun one counted whole
    refused: int  # answered 429
    twice: int  # values that were read more than once
    note: str

    @property
    def share(self) -> float:
        """Of what IT Glue would have taken in the time it took."""
        return self.calls / (self.windows * WINDOW * LIMIT / SPAN)


def measured(entries: int) -> Used:
    clock = ManualClock()
    world = World.bare(clock)
    client = world.add_company("Contoso", "contoso.com", domains=("contoso.com",))
    assert client.itglue_id is not None
    for number in range(entries):
        add_password(world, client.itglue_id, f"Entry {number}")
    with folder() as home, ITGlueStandIn(world, clock) as itglue:
        store = Store(f"sqlite:///{home / 'gangway.db'}", Vault(parse_master_keys(new_master_key())))
        migrate(store.engine)
        made = bench(store, discover(), {"itglue": itglue.url}, clock)
        made.two_eyes_are_enough()
        connection = made.connected("itglue", {"region": "US", "key": itglue.api_key, "key_name": "gangway"})
        company = made.company("Contoso", "contoso.com")
        made.listed(connection)
        made.mapped(connection, company, str(client.itglue_id))
        plan = made.preview(Kind.PASSWORDS, "Contoso")
        itglue.account.value_reads.clear()
        began, before = clock(), itglue.calls()
        done = made.approve(plan)
        seconds = (clock() - began).total_seconds()
        read = itglue.account.value_reads
        assert done.state is PlanState.DONE, done.note
        used = Used(entries, itglue.calls() - before, int(seconds // WINDOW) + 1, itglue.calls(status=429), len(read) - len(set(read)), done.note)
        store.close()
    return used


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    used = measured(SMALL if wanted.parse_args().small else LARGE)
    say(f"Passwords: {used.entries:,} values at IT Glue's limit", {
        "used / limit": f"{used.share:.3f} ({used.calls:,} calls in {used.windows} windows of {WINDOW} s)",
        "refused": used.refused, "values read twice": used.twice,
    })  # fmt: skip


if __name__ == "__main__":
    main()

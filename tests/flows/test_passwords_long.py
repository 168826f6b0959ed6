"""A long import of passwords against the stand-in: it uses IT Glue's allowance, is never refused, and reads each value once."""

import os
from collections import Counter

from domain.plan import PlanState
from domain.ports import Kind
from sandbox.world.vault import add_password
from tests.flows.conftest import Town

ENTRIES = int(os.environ.get("GANGWAY_PASSWORDS", "3200"))  # more than one window allows
SHARE, WINDOW = 2_900, 302


def test_a_long_import_uses_the_allowance_and_reads_each_value_once(town: Town) -> None:
    client = town.world.add_company("Contoso", "contoso.com", domains=("contoso.com",))
    assert client.itglue_id is not None
    wanted = [add_password(town.world, client.itglue_id, f"Entry {number}") for number in range(ENTRIES)]
    bench = town.bench
    with bench.store.write() as work:
        work.settings.put("four_eyes", [])
    connection = town.connect_itglue()
    company = bench.company("Contoso", "contoso.com")
    bench.listed(connection)
    bench.mapped(connection, company, str(client.itglue_id))
    plan = bench.preview(Kind.PASSWORDS, "Contoso")
    town.itglue.account.value_reads.clear()  # the connection test's one
    began = bench.clock()
    done = bench.approve(plan)
    assert (done.state, done.note) == (PlanState.DONE, f"{ENTRIES} passwords imported.")
    assert Counter(town.itglue.account.value_reads) == Counter(wanted)
    assert town.itglue.calls(status=429) == 0
    seconds = (bench.clock() - began).total_seconds()
    windows = round(seconds / WINDOW)
    assert windows == (ENTRIES + 10) // SHARE  # waited no longer than the share makes one wait
    with bench.store.work() as work:
        assert work.entries.search(company.id, "", None, 1)[1] == ENTRIES

"""Two clients mapped at a PSA that has a third company: where the flows of what a PSA holds are tried."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.company import Company
from domain.connection import Connection
from domain.psa import Choice, Feature, Pick
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.paper import Paper, connector


@dataclass
class Clients:
    """Contoso is mapped to 10, Fabrikam to 20; 30 is nobody's."""

    bench: Bench
    connection: Connection
    contoso: Company
    fabrikam: Company

    def sync(self, slot: str) -> None:
        self.bench.workshop.enqueue("sync", f"sync-{slot}", f"{self.connection.id} {slot}", self.connection.id)
        self.bench.workshop.run()


def clients(
    store: Store, clock: ManualClock, paper: Paper, feature: Feature, lists: Mapping[Pick, tuple[Choice, ...]]
) -> tuple[Bench, Connection, Company, Company]:
    """What a `Clients` is made of: the feature is switched on, and the lists are read."""
    made = bench(store, clock=clock, papers={"autotask": paper})
    for id_, name in (("10", "Contoso"), ("20", "Fabrikam"), ("30", "Nobody")):
        paper.company(id_, name, f"{name.casefold()}.com")
    connection = made.connected("autotask")
    made.listed(connection)
    contoso, fabrikam = made.company("Contoso", "contoso.com"), made.company("Fabrikam", "fabrikam.com")
    made.mapped(connection, contoso, "10")
    made.mapped(connection, fabrikam, "20")
    with store.write() as work:
        work.picks.put(connection.id, lists)
        work.syncs.put(replace(work.syncs.get(connection.id, feature, False), enabled=True))
    return made, connection, contoso, fabrikam


def another_psa(made: Bench, paper: Paper, lists: Mapping[Pick, tuple[Choice, ...]], feature: Feature) -> Connection:
    """ConnectWise beside what there is, with the feature switched on; nobody is mapped there yet."""
    made.context.connectors["connectwise"] = connector(paper, "connectwise", "ConnectWise PSA", True)  # type: ignore[index]
    for id_, name in (("c10", "Contoso"), ("c20", "Fabrikam")):
        paper.company(id_, name, f"{name.casefold()}.com")
    connection = made.connected("connectwise")
    made.listed(connection)
    with made.store.write() as work:
        work.picks.put(connection.id, lists)
        work.syncs.put(replace(work.syncs.get(connection.id, feature, False), enabled=True))
    return connection


def unmapped(made: Bench, connection: Connection, company: Company) -> None:
    """The mapping is removed by an admin."""
    with made.store.write() as work:
        link = work.links.of_company(connection.id, company.id)
        assert link is not None
        work.links.retire(link.id)

"""A PSA in memory with tickets, opportunities and lists, for the wizard."""

from dataclasses import dataclass

from domain.connection import Connection
from domain.psa import Pick
from flows import psa_lists
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.deals import Deals
from tests.flows.ticket_paper import LISTS, TicketPaper

MORE = {
    Pick.OPPORTUNITY_STAGES: {"1": "Lead", "2": "Proposal"},
    Pick.OPPORTUNITY_CATEGORIES: {"7": "Project"},
    Pick.COMPANY_TYPES: {"1": "Customer", "6": "Vendor", "2": "Lead"},
    Pick.COMPANY_STATUSES: {"60": "Gold", "61": "Blacklisted"},
}


@dataclass
class Psa(TicketPaper, Deals):
    """Its lists may be changed by a test: `lists[pick]` holds id → label."""


def psa_bench(store: Store) -> Bench:
    clock = ManualClock()
    paper = Psa(clock)
    paper.lists = {pick: dict(values) for pick, values in {**LISTS, **MORE}.items()}
    return bench(store, clock=clock, papers={"autotask": paper})


def paper_of(made: Bench) -> Psa:
    paper = made.papers["autotask"]
    assert isinstance(paper, Psa)
    return paper


def ready(made: Bench) -> Connection:
    """Connected, with its lists read."""
    connection = made.connected("autotask")
    psa_lists.refresh(made.context, made.admin, connection.id)
    return connection

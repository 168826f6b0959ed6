"""Contracts of a company, as its PSA has them: looked at, never kept."""

from dataclasses import dataclass

from domain.errors import TellPerson
from domain.isolation import LinkState, Scope, scope_of
from domain.psa import HasContracts, UpstreamContract
from domain.roles import Act
from flows import companies, connect
from flows.context import Context
from flows.desk import Desk

MOST = 200


@dataclass(frozen=True)
class Contracts:
    company: str
    psa: str
    rows: tuple[UpstreamContract, ...]


def of_company(context: Context, desk: Desk, company_id: str) -> Contracts:
    """Those of one company, latest end first. Raises TellPerson where no PSA of it tells contracts, TryLater, AskOperator."""
    desk.require(Act.LOOK)
    company = companies.one(context, desk, company_id).company
    titles = {connection.id: connection.title for connection in connect.live(context)}
    with context.store.work() as work:
        links = [link for link in work.links.of_one_company(company_id) if link.state is LinkState.ACTIVE]
    for link in (each for each in links if each.connection_id in titles):
        source = context.sources.of(link.connection_id)
        if isinstance(source, HasContracts):
            with connect.noting(context, link.connection_id):
                return Contracts(company.name, titles[link.connection_id], _read(source, scope_of(link)))
    raise TellPerson(f"{company.name} is not mapped to a PSA that shows contracts. Map it first.", remedy="map")


def _read(source: HasContracts, scope: Scope) -> tuple[UpstreamContract, ...]:
    rows: list[UpstreamContract] = []
    cursor: str | None = None
    while True:
        page = source.contracts(scope, cursor)
        rows += scope.keep(page.rows)
        cursor = page.next
        if cursor is None or len(rows) >= MOST:
            return tuple(sorted(rows, key=lambda row: row.ends, reverse=True)[:MOST])

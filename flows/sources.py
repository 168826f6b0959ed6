"""The sources of a company side by side: what each says and can do, which one owns the fields, and by which rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.company import Company
from domain.connection import Connection
from domain.errors import TellPerson
from domain.isolation import LinkState
from domain.ownership import Claim, owner
from domain.roles import Act
from flows import companies, connect
from flows.context import Context
from flows.desk import Desk
from storage.store import Work


@dataclass(frozen=True)
class SourceSays:
    """What one source says of a company. `people`: how many of the company's people it knows."""

    claim: Claim
    external_id: str
    state: LinkState
    name: str
    web: str
    people: int
    owns: bool


@dataclass(frozen=True)
class SideBySide:
    company: Company
    sources: tuple[SourceSays, ...]


def claims(context: Context, work: Work) -> Mapping[str, Claim]:
    """Every connection there ever was, by its id, as one that may have a say."""
    found = {}
    for connection in work.connections.all():
        connector = context.connectors.get(connection.source)
        title = connect.titled(context, connection).title
        found[connection.id] = Claim(connection.id, title, bool(connector and connector.is_psa), connection.created_at)
    return found


def able(context: Context, company_id: str, ability: type) -> tuple[Connection, ...]:
    """The live connections that a company is mapped at whose source has an ability (a protocol of domain.psa)."""
    with context.store.work() as work:
        mapped = {link.connection_id for link in work.links.of_one_company(company_id)}
    return tuple(each for each in connect.able(context, ability) if each.id in mapped)


def chosen(
    context: Context, company: Company, able: Sequence[Connection], connection_id: str, nothing: str
) -> Connection | None:
    """The connection that is asked for, or ("") the first; None where there is none. Raises as `no_more` says."""
    found = next((each for each in able if connection_id in ("", each.id)), None)
    if found is None and connection_id:
        raise no_more(context, company, connection_id, nothing)
    return found


def no_more(context: Context, company: Company, connection_id: str, nothing: str) -> TellPerson:
    """Why what was begun for one connection cannot go on there; `nothing`: what was not done, as a sentence."""
    with context.store.work() as work:
        connection = work.connections.get(connection_id)
        mapped = work.links.of_company(connection_id, company.id) is not None
    title = connect.titled(context, connection).title if connection else "the PSA"
    if mapped:
        return TellPerson(f"{title} takes none for {company.name} any more: it was disconnected, or switched off. {nothing}")
    return TellPerson(f"{company.name} is not mapped to {title} any more. {nothing}", remedy="map")


def of_company(context: Context, desk: Desk, company_id: str) -> SideBySide:
    """Raises NotAllowed in the same words for another's company and for none."""
    desk.require(Act.LOOK)
    company = companies.one(context, desk, company_id).company
    with context.store.work() as work:
        known = claims(context, work)
        links = work.links.of_one_company(company_id)
        first = owner([known[link.connection_id] for link in links if link.state is LinkState.ACTIVE])
        said = []
        for link in links:
            copy = work.upstream.get(link.connection_id, link.external_id)
            claim = known[link.connection_id]
            people = len(work.people.of_link(link.id))
            name, web = (copy.name, copy.web) if copy else (link.external_name, "")
            said.append(SourceSays(claim, link.external_id, link.state, name, web, people, claim == first))
    return SideBySide(company, tuple(sorted(said, key=lambda each: not each.owns)))

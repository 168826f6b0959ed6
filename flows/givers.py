"""Who can give what is to be imported: the connection to read from and, inside a company, the mapping that decides."""

from domain.company import Company
from domain.connection import Connection
from domain.errors import TellPerson
from domain.isolation import Link
from domain.ports import Kind
from domain.roles import Act
from flows import connect
from flows.context import Context
from flows.desk import Desk

OF_COMPANY = frozenset({Kind.USERS, Kind.PASSWORDS})  # what is read through the mapping of one company
_SO = {Kind.USERS: "so nobody can be imported", Kind.PASSWORDS: "so no passwords can be imported"}


def giver(context: Context, kind: Kind, source_words: str) -> Connection:
    """The connection to read from: the one named, else the only one that can give this kind."""
    if source_words.strip():
        connection = _named(context, kind, source_words)
        refuse_unable(context, connection, kind)
        return connection
    able = list(_able(context, kind).values())
    if not able:
        raise TellPerson(f"No connected source can give {kind.value}. Connect one first.", remedy="connect")
    if len(able) > 1:
        names = " or ".join(f"`from {connection.source}`" for connection in able)
        raise TellPerson(f"From which source? Add {names}.", remedy="source")
    refuse_unable(context, able[0], kind)
    return able[0]


def mapped_giver(context: Context, company: Company, kind: Kind, source_words: str) -> tuple[Connection, Link]:
    """The connection a company is mapped at: inside a company no choice of upstream company is offered, the mapping decides."""
    wanted = _named(context, kind, source_words) if source_words.strip() else None
    if wanted is not None:
        refuse_unable(context, wanted, kind)
    if not connect.live(context):
        raise TellPerson("No source is connected yet. Connect one first.", remedy="connect")
    able = _able(context, kind)
    if not able:
        raise TellPerson(f"No connected source can give {kind.value}. Connect one first.", remedy="connect")
    with context.store.work() as work:
        mapped = work.links.of_one_company(company.id)
    links = [link for link in mapped if link.connection_id in able]
    if wanted is not None:
        links = [link for link in links if link.connection_id == wanted.id]
    if not links:
        raise TellPerson(_unmapped(company, kind, wanted or (_only(able) if mapped else None)), remedy="map")
    open_ = [link for link in links if kind.value not in able[link.connection_id].locked]
    if not open_:
        refuse_unable(context, able[links[0].connection_id], kind)
    if len(open_) > 1:
        names = " or ".join(f"`from {able[link.connection_id].source}`" for link in open_)
        raise TellPerson(f"{company.name} is mapped at several sources. From which one? Add {names}.", remedy="source")
    return able[open_[0].connection_id], open_[0]


def refuse_early(context: Context, kind: Kind, source_words: str) -> None:
    """Raises TellPerson where no company could be imported from, so that nobody is asked which one in vain."""
    if source_words.strip():
        refuse_unable(context, _named(context, kind, source_words), kind)
        return
    able = list(_able(context, kind).values())
    if kind is Kind.PASSWORDS and not able:
        raise TellPerson("No connected source can give passwords. Connect one first.", remedy="connect")
    if able and all(kind.value in connection.locked for connection in able):
        refuse_unable(context, able[0], kind)


def mapped_companies(
    context: Context, desk: Desk, kind: Kind, connection_id: str, typed: str, limit: int = 100
) -> tuple[Company, ...]:
    """For a picker: companies that are mapped where this kind comes from, our own company first."""
    desk.require(Act.LOOK)
    able = _able(context, kind)
    wanted = [connection_id] if connection_id in able else list(able)
    with context.store.work() as work:
        mapped = {link.company_id for each in wanted for link in work.links.live(each)}
        own = work.companies.own()
        found, _ = work.companies.search(typed, desk.bound.id if desk.bound else None, 20 * limit)
    ours = [own] if own.id in mapped and desk.sees(own.id) and typed.strip().casefold() in own.name.casefold() else []
    return (*ours, *(company for company in found if company.id in mapped and company.id != own.id))[:limit]


def refuse_unable(context: Context, connection: Connection, kind: Kind) -> None:
    """Raises TellPerson where a connected source has no such thing, or its key does not open it."""
    connector = context.connectors[connection.source]
    if kind not in connector.offers:
        raise TellPerson(connector.declines.get(kind, f"{connector.title} has no {kind.value} to give."))
    if kind.value in connection.locked:
        test = f"`{context.words.command} test {connection.source}`"
        raise TellPerson(f"{connection.locked[kind.value]} When that is done, type {test}.")


def _named(context: Context, kind: Kind, words: str) -> Connection:
    """A source that never has such a thing says so, connected or not."""
    connector = connect.connector_named(context, words)
    if kind in connector.declines:
        raise TellPerson(connector.declines[kind])
    return connect.connection_of(context, words)


def _able(context: Context, kind: Kind) -> dict[str, Connection]:
    return {
        connection.id: connection
        for connection in connect.live(context)
        if connection.source in context.connectors and kind in context.connectors[connection.source].offers
    }


def _only(able: dict[str, Connection]) -> Connection | None:
    """Named where a mapping elsewhere would make "not mapped" look wrong."""
    return next(iter(able.values())) if len(able) == 1 else None


def _unmapped(company: Company, kind: Kind, where: Connection | None) -> str:
    at = f" at {where.title}" if where else ""
    return f"{company.name} is not mapped{at} yet, {_SO.get(kind, 'so nothing can be imported')}. Map it first."

"""The MSP's own company: a source says which of its companies it is, and what it is called."""

from collections.abc import Iterable
from datetime import datetime

from domain.isolation import Link
from domain.ports import UpstreamCompany
from flows.context import Context
from storage.store import Work


def learn(
    context: Context, work: Work, connection_id: str, upstream: Iterable[UpstreamCompany], now: datetime
) -> None:
    """Reserve the own company: nothing else may be mapped to it. Its name is taken over while nobody has given one here."""
    found = [company for company in upstream if company.is_own]
    if len(found) != 1:
        return
    own, theirs = work.companies.own(), found[0]
    link = Link(context.new_id(), connection_id, own.id, theirs.id, theirs.name, 1)
    work.links.add_many([link], "your own company", "system", now)
    name = theirs.name.strip()[:200]
    if own.is_unnamed and name:
        work.companies.rename(own.id, name, name.casefold())

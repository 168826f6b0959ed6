"""Which companies of a source are imported: the types and statuses an MSP chose, and how many pass them."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.judge_companies import Wanted
from domain.ports import Kind
from domain.psa import Pick
from domain.roles import Act
from domain.setup import CompaniesWanted
from flows import setups
from flows.context import Context
from flows.desk import Desk
from flows.sync_round import whole_key
from storage.store import Work


@dataclass(frozen=True)
class Passing:
    """How many of the source's companies a choice lets through. `total` 0: its list was not read yet."""

    passing: int
    total: int


def wanted(work: Work, connection_id: str) -> Wanted:
    """The filter as it is kept. Settings hold ids; rows say labels, so the ids are put into the source's words."""
    return _in_words(work, connection_id, setups.companies(work, connection_id))


def count(context: Context, desk: Desk, connection_id: str, chosen: CompaniesWanted) -> Passing:
    """What a choice would let through, among the source's active companies as last read."""
    desk.require(Act.LOOK)
    desk.whole_msp()
    with context.store.work() as work:
        filter_ = _in_words(work, connection_id, chosen)
        rows = [row for row in work.upstream.all(connection_id) if row.is_active and not row.is_own]
    return Passing(sum(not filter_.unwanted(row) for row in rows), len(rows))


def keep(work: Work, connection_id: str, chosen: CompaniesWanted) -> None:
    """Keep a choice. Where it changed, companies that are not mapped are news to the next sync again."""
    if chosen == setups.companies(work, connection_id):
        return
    setups.keep_companies(work, connection_id, chosen)
    mapped = {link.external_id for link in work.links.live(connection_id)}
    others = [row.id for row in work.upstream.all(connection_id) if row.id not in mapped]
    for start in range(0, len(others), 500):
        work.upstream.forget_fingerprints(connection_id, others[start : start + 500])
    work.settings.put(whole_key(connection_id, Kind.COMPANIES), "")  # an unchanged company shows only in the whole list


def _in_words(work: Work, connection_id: str, chosen: CompaniesWanted) -> Wanted:
    return Wanted(
        _labels(work, connection_id, Pick.COMPANY_TYPES, chosen.types),
        _labels(work, connection_id, Pick.COMPANY_STATUSES, chosen.statuses),
    )


def _labels(work: Work, connection_id: str, pick: Pick, ids: Collection[str]) -> frozenset[str] | None:
    """What is gone from the source's list keeps its last label: companies may still say it."""
    if not ids:
        return None
    every = (*work.picks.of(connection_id, pick), *work.picks.of(connection_id, pick, gone=True))
    return frozenset(choice.label for choice in every if choice.id in ids)

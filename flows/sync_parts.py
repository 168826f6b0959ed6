"""The parts of a sync, in the order in which they run: what each needs of a source, when it may begin, what reads it.

A further part is a line in `PARTS` and a function beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.connection import Connection
from domain.ports import HasCompanies, HasStaff, HasUsers, Kind
from domain.psa import Feature, HasAssets, HasOpportunities, HasTickets
from flows import asset_sync, opportunity_sync, setups, syncing, ticket_sync
from flows.context import Context, Steps
from flows.sync_round import Round, Synced, has_begun
from storage.store import Work

Reader = Callable[[Context, Steps, Any, Round], str]


def _at_once(_work: Work, _connection_id: str) -> bool:
    """A feature that was switched on needs nothing else."""
    return True


@dataclass(frozen=True)
class Part:
    """`ability`: the protocol a source must have. `read` brings our copy up to date and returns a sentence.

    `begun` says whether there is something to keep up to date: a sync never begins what a person did not.
    """

    kind: Synced
    ability: type
    read: Reader
    begun: Callable[[Work, str], bool] = _at_once

    def runs(self, work: Work, connection_id: str) -> bool:
        return setups.is_on(work, connection_id, self.kind) and self.begun(work, connection_id)

    def is_offered(self, context: Context, work: Work, connection: Connection) -> bool:
        """Kinds are listed where the source offers them, features once they are switched on."""
        if isinstance(self.kind, Kind):
            return self.kind in context.connectors[connection.source].offers
        return setups.is_on(work, connection.id, self.kind)


PARTS: Mapping[Synced, Part] = {
    part.kind: part
    for part in (
        Part(Kind.COMPANIES, HasCompanies, syncing.companies, partial(has_begun, Kind.COMPANIES)),
        Part(Kind.STAFF, HasStaff, syncing.staff, partial(has_begun, Kind.STAFF)),
        Part(Kind.USERS, HasUsers, syncing.users, partial(has_begun, Kind.USERS)),
        Part(Feature.TICKETS, HasTickets, ticket_sync.tickets),
        Part(Feature.OPPORTUNITIES, HasOpportunities, opportunity_sync.opportunities),
        Part(Feature.ASSETS, HasAssets, asset_sync.assets),
    )
}

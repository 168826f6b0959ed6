"""The facts of `/msp status` and the Home tab: one look at everything, as far as the reader may see it."""

from dataclasses import dataclass
from datetime import datetime

from domain.connection import Connection
from domain.plan import Plan
from flows.context import Context
from flows.desk import Desk
from flows.digest import Schedule
from flows.sync import SyncState


@dataclass(frozen=True)
class SourceFacts:
    connection: Connection
    mapped: int
    unmapped: int
    calls_last_hour: int
    syncs: tuple[SyncState, ...]


@dataclass(frozen=True)
class Facts:
    at: datetime
    companies: int
    needing_domain: int
    people: int
    pending: int
    expired: int
    bounced: int
    held_mail: int
    mail_works: bool
    sources: tuple[SourceFacts, ...]
    waiting: tuple[Plan, ...]  # for a decision
    running: tuple[Plan, ...]
    recent: tuple[Plan, ...]
    digests: tuple[Schedule, ...]


def facts(context: Context, desk: Desk) -> Facts:
    """In a bound channel: of its company only."""
    raise NotImplementedError

"""The facts of `/msp status` and the Home tab: one look at everything, as far as the reader may see it."""

from dataclasses import dataclass
from datetime import datetime

from domain import four_eyes
from domain.company import CompanyState
from domain.connection import Connection
from domain.four_eyes import Request
from domain.invitation import Badge
from domain.plan import Plan, PlanState
from domain.roles import Act
from flows import connect, digest, sync
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
    requests: tuple[Request, ...] = ()  # risky acts that wait for a second person


def facts(context: Context, desk: Desk) -> Facts:
    """In a bound channel: of its company only."""
    desk.require(Act.LOOK)
    now = context.clock()
    only = desk.bound.id if desk.bound else None
    sources = () if only else _sources(context)
    schedules = tuple(one for one in digest.every_schedule(context) if only is None or one.channel == desk.channel)
    with context.store.work() as work:
        badges = work.invitations.counts(now, only)
        return Facts(
            now,
            work.companies.count(only),
            work.companies.count(only, CompanyState.NEEDS_DOMAIN),
            work.people.count(only),
            badges.get(Badge.PENDING, 0),
            badges.get(Badge.EXPIRED, 0),
            badges.get(Badge.BOUNCED, 0),
            work.invitations.held() if only is None else 0,
            context.mailer is not None,
            sources,
            tuple(plan for plan in work.plans.in_state(PlanState.PROPOSED, company_id=only) if plan.is_to_decide)[:10],
            work.plans.in_state(PlanState.PREPARING, PlanState.APPROVED, PlanState.RUNNING, company_id=only, limit=10),
            work.plans.newest(only, 5),
            schedules,
            work.requests.open(now - four_eyes.LASTS, only, 10),
        )


def _sources(context: Context) -> tuple[SourceFacts, ...]:
    syncs = sync.states(context)
    found = []
    for connection in connect.live(context):
        with context.store.work() as work:
            _, unmapped = work.companies.search_unmapped(connection.id, "", None, 0)
            mapped = work.links.count(connection.id)
        own = tuple(state for state in syncs if state.connection_id == connection.id)
        found.append(SourceFacts(connection, mapped, unmapped, context.sources.used(connection.id), own))
    return tuple(found)

"""What an MSP decides about one connection: what is synced, which tickets, which defaults. Plain values with their rules.

The wizard, `/msp settings` and the syncs all read and write these; flows/setups.py keeps them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.psa import TicketsWanted
from domain.roles import Role


class Stage(StrEnum):
    """The stages of the stepper, in order. The values are what people read."""

    NEW = "New"
    TRIAGED = "Triaged"
    WORKING = "Working"
    WAITING = "Waiting"
    RESOLVED = "Resolved"


class AutoImport(StrEnum):
    """What becomes of the active contacts of a company that is newly here."""

    OFF = "off"
    PROPOSE = "propose"  # a plan waits for Approve
    SEND = "send"  # unasked: the operator chose so


@dataclass(frozen=True)
class People:
    """How contacts come in by themselves."""

    auto_import: AutoImport = AutoImport.OFF
    role: Role | None = None  # of those who come in so; required while auto-import is on
    since: str = ""  # when it was switched on, ISO: companies of before are left to people


@dataclass(frozen=True)
class Tickets:
    """Which tickets are synced and what their statuses mean. Ids are the PSA's."""

    queues: frozenset[str] = frozenset()  # empty: all
    categories: frozenset[str] = frozenset()  # empty: all
    without_statuses: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    client_comment_status: str = ""  # "": a client's comment changes no status
    stages: Mapping[Stage, frozenset[str]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)  # category → ticket type
    defaults: Mapping[str, str] = field(default_factory=dict)  # NewTicket's field → id, of tickets made here

    @property
    def wanted(self) -> TicketsWanted:
        return TicketsWanted(self.queues, self.categories, self.without_statuses)

    def stage_of(self, status: str) -> Stage | None:
        return next((stage for stage in Stage if status in self.stages.get(stage, ())), None)


@dataclass(frozen=True)
class Opportunities:
    """Defaults of new opportunities."""

    fallback_owner: str = ""  # who owns it when the person has no account in the PSA
    stage: str = ""
    category: str = ""
    close_days: int = 30


@dataclass(frozen=True)
class CompaniesWanted:
    """Which companies of a source are imported. Empty: all. Ids are the source's."""

    types: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()


def twice(stages: Mapping[Stage, Collection[str]]) -> frozenset[str]:
    """Statuses that stand in more than one stage: refused, a status has one stage."""
    seen: set[str] = set()
    double: set[str] = set()
    for statuses in stages.values():
        for status in set(statuses):
            (double if status in seen else seen).add(status)
    return frozenset(double)


def unmapped(stages: Mapping[Stage, Collection[str]], statuses: Collection[str]) -> tuple[str, ...]:
    """Statuses that are in no stage, in the order given."""
    mapped = {status for each in stages.values() for status in each}
    return tuple(status for status in statuses if status not in mapped)


def stepper(stage: Stage | None) -> str:
    """"●●○○○ Triaged"; a status without a stage shows no step at all."""
    steps = list(Stage)
    reached = steps.index(stage) + 1 if stage else 0
    return "●" * reached + "○" * (len(steps) - reached) + f" {stage.value if stage else 'no stage'}"

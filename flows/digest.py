"""Digests: what rots unseen, told to a channel at a chosen time, once per slot."""

from dataclasses import dataclass
from datetime import datetime

from domain.company import Company
from flows.context import Context, Steps
from flows.desk import Desk
from flows.invitations import PersonLine


@dataclass(frozen=True)
class Schedule:
    channel: str
    time: str  # "09:00", local
    days: tuple[int, ...]  # 0 is Monday
    zone: str
    say_all_clear: bool
    company: Company | None  # only this company's, as the channel is bound to it
    next_at: datetime | None


@dataclass(frozen=True)
class Report:
    """Each list is cut to what a message holds; the counts are whole."""

    channel: str
    company: Company | None
    since: datetime | None
    pending_by_age: tuple[tuple[str, int], ...]  # ("up to 2 days", 3), ("3 to 7 days", …), ("over 7 days", …)
    pending: tuple[PersonLine, ...]  # oldest first
    expired: tuple[PersonLine, ...]
    bounced: tuple[PersonLine, ...]
    accepted: tuple[PersonLine, ...]  # since the last digest
    needing_domain: tuple[Company, ...]
    unmapped: tuple[Company, ...]
    notes: tuple[str, ...]  # connection troubles, held mail, waiting plans: a sentence each
    counts: dict[str, int]  # pending, expired, bounced, accepted, needing_domain, unmapped

    @property
    def empty(self) -> bool:
        return not any(self.counts.values()) and not self.notes


def current(context: Context, desk: Desk, channel: str) -> Schedule | None:
    raise NotImplementedError


def schedule(
    context: Context, desk: Desk, channel: str, time: str, days: tuple[int, ...], zone: str, say_all_clear: bool
) -> Schedule:
    """Raises TellPerson with `field` "time", "days" or "zone"."""
    raise NotImplementedError


def stop(context: Context, desk: Desk, channel: str) -> str:
    raise NotImplementedError


def tick(context: Context) -> int:
    """What the clock calls: put off the digests whose slot has come; returns how many."""
    raise NotImplementedError


def post(context: Context, steps: Steps, argument: str) -> None:
    """Job "digest": argument is "<channel> <slot>"."""
    raise NotImplementedError


def compose(context: Context, channel: str) -> Report:
    """The report of a channel as things stand now."""
    raise NotImplementedError

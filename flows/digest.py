"""Digests: what rots unseen, told to a channel at a chosen time, once per slot."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from domain import mention
from domain.company import Company, CompanyState
from domain.errors import TellPerson
from domain.invitation import Badge
from domain.plan import PlanState
from domain.roles import Act
from domain.slots import Weekly, check_zone, last_slot, next_slot
from flows import connect
from flows.context import Context, Steps
from flows.desk import Desk
from flows.invitations import PersonLine, lines_of
from storage.digests import PostedDigest as PostedDigest
from storage.digests import StoredDigest
from storage.store import Work

SHOWN = 10  # lines of one kind in a message
GRACE = timedelta(hours=2)  # a slot missed for longer, with the bot down, is not made up for
AGES = (("up to 2 days", 0, 3), ("3 to 7 days", 3, 8), ("over 7 days", 8, 36500))


@dataclass(frozen=True)
class Schedule:
    channel: str
    time: str  # "09:00", local
    days: tuple[int, ...]  # 0 is Monday
    zone: str
    say_all_clear: bool
    company: Company | None  # only this company's, as the channel is bound to it
    next_at: datetime | None
    made_by: str = ""  # Slack user


@dataclass(frozen=True)
class Report:
    """Each list is cut to what a message holds; the counts are whole."""

    channel: str
    company: Company | None
    since: datetime  # `accepted` begins here: the last digest, else a week ago
    pending_by_age: tuple[tuple[str, int], ...]  # ("up to 2 days", 3), ("3 to 7 days", …), ("over 7 days", …)
    pending: tuple[PersonLine, ...]  # oldest first
    expired: tuple[PersonLine, ...]
    bounced: tuple[PersonLine, ...]
    accepted: tuple[PersonLine, ...]
    needing_domain: tuple[Company, ...]
    unmapped: tuple[Company, ...]
    notes: tuple[str, ...]  # connection troubles, held mail, waiting plans: a sentence each
    counts: dict[str, int]  # pending, expired, bounced, accepted, needing_domain, unmapped

    @property
    def empty(self) -> bool:
        return not any(self.counts.values()) and not self.notes


# --- schedules ---------------------------------------------------------------------------------------------------


def current(context: Context, desk: Desk, channel: str) -> Schedule | None:
    desk.require(Act.LOOK)
    with context.store.work() as work:
        stored = work.digests.get(channel)
        return None if stored is None else _schedule(context, work, stored)


def every_schedule(context: Context) -> tuple[Schedule, ...]:
    with context.store.work() as work:
        return tuple(_schedule(context, work, stored) for stored in work.digests.all())


def _schedule(context: Context, work: Work, stored: StoredDigest) -> Schedule:
    return Schedule(
        stored.channel,
        stored.time,
        stored.days,
        stored.zone,
        stored.say_all_clear,
        work.desks.bound(stored.channel),
        next_slot(_weekly(stored), context.clock()).at,
        stored.made_by,
    )


def _weekly(stored: StoredDigest) -> Weekly:
    hour, minute = stored.time.split(":")
    return Weekly(time(int(hour), int(minute)), frozenset(stored.days), stored.zone)


def schedule(
    context: Context, desk: Desk, channel: str, time: str, days: tuple[int, ...], zone: str, say_all_clear: bool
) -> Schedule:
    """Raises TellPerson with `field` "time", "days" or "zone"."""
    desk.require(Act.SCHEDULE)
    _check_time(time)
    if not days or not set(days) <= set(range(7)):
        raise TellPerson("Choose at least one day.", field="days")
    wrong = check_zone(zone)
    if wrong:
        raise TellPerson(wrong, field="zone")
    now = context.clock()
    stored = StoredDigest(channel, time, tuple(sorted(set(days))), zone, say_all_clear, "", now, desk.actor.user_id)
    passed = last_slot(_weekly(stored), now)
    stored = dataclasses.replace(
        stored, last_slot=passed.key if passed else ""
    )  # today's time may be over: not made up for
    with context.store.write() as work:
        before = work.digests.get(channel)
        if before is not None:
            stored = dataclasses.replace(stored, last_at=before.last_at)
        work.digests.put(stored)
        work.journal.write(now, desk.actor, "digest", f"A digest was scheduled for {mention.channel(channel)}.", subject=channel)
        return _schedule(context, work, stored)


def _check_time(text: str) -> None:
    try:
        hour, minute = text.split(":")
        time(int(hour), int(minute))
    except ValueError:
        raise TellPerson("Choose a time, such as 09:00.", field="time") from None


def stop(context: Context, desk: Desk, channel: str) -> str:
    desk.require(Act.SCHEDULE)
    with context.store.write() as work:
        there = work.digests.drop(channel)
        if there:
            said = f"The digest for {mention.channel(channel)} was stopped."
            work.journal.write(context.clock(), desk.actor, "digest", said, subject=channel)
    return "No more digests come here." if there else "No digest was scheduled here."


def tick(context: Context) -> int:
    """What the clock calls: put off the digests whose slot has come; returns how many."""
    now = context.clock()
    due = 0
    with context.store.work() as work:
        stored = work.digests.all()
    for one in stored:
        slot = last_slot(_weekly(one), now)
        if slot is not None and slot.key > one.last_slot and now - slot.at <= GRACE:
            context.jobs.enqueue(
                "digest", f"digest-{one.channel}-{slot.key}-{one.time}", f"{one.channel} {slot.key}", one.channel
            )
            due += 1
    return due


def post(context: Context, steps: Steps, argument: str) -> None:
    """Job "digest": argument is "<channel> <slot>"."""
    channel, _, slot = argument.partition(" ")
    if steps("take", partial(_take, context, channel, slot)):
        steps("post", partial(_post, context, channel))


def _take(context: Context, channel: str, slot: str) -> bool:
    with context.store.write() as work:
        return work.digests.take_slot(channel, slot)


def _post(context: Context, channel: str) -> bool:
    context.tell.digest(channel)
    with context.store.write() as work:
        work.digests.told(channel, context.clock())
    return True


# --- the posted message ------------------------------------------------------------------------------------------


def posted(context: Context, report: Report, placed: str, ts: str) -> None:
    """Remember where a channel's digest stands now, so that it follows what it tells of."""
    with context.store.write() as work:
        work.digests.remember(PostedDigest(report.channel, placed, ts, report.since))


def standing_at(context: Context, placed: str, ts: str) -> PostedDigest | None:
    """The posted digest that is this message, if it is the last one of its channel."""
    with context.store.work() as work:
        return next((one for one in work.digests.posted() if (one.placed, one.ts) == (placed, ts)), None)


def gone(context: Context, message: PostedDigest) -> None:
    """Somebody deleted it."""
    with context.store.write() as work:
        work.digests.forget(message)


def showing(context: Context, person_ids: Iterable[str]) -> tuple[PostedDigest, ...]:
    """The posted digests that may show one of these people: those of their companies, and those about all."""
    with context.store.work() as work:
        standing = work.digests.posted()
        found = [work.invitations.invitee(person_id) for person_id in person_ids] if standing else []
        theirs = {one.company.id for one in found if one is not None}
        bound = {message.channel: work.desks.bound(message.channel) for message in standing}
    return tuple(
        message for message in standing
        if theirs and ((company := bound[message.channel]) is None or company.id in theirs)
    )


# --- the report --------------------------------------------------------------------------------------------------


def compose(context: Context, channel: str, since: datetime | None = None) -> Report:
    """The report of a channel as things stand now. `since`: a posted one is drawn again, and keeps its beginning."""
    now = context.clock()
    with context.store.work() as work:
        stored = work.digests.get(channel)
        since = since or (stored.last_at if stored else None) or now - timedelta(days=7)
        company = work.desks.bound(channel)
        only = company.id if company else None
        badges = work.invitations.counts(now, only)
        accepted, accepted_count = work.invitations.accepted_since(since, only, SHOWN)
        needing, needing_count = work.companies.search("", only, SHOWN, state=CompanyState.NEEDS_DOMAIN)
        unmapped, unmapped_count = work.companies.unmapped_anywhere(only, SHOWN)
        edges = {days: now - timedelta(days=days) for _, *span in AGES for days in span}
        ages = [
            (name, work.invitations.invited_between(only, (edges[young], edges[old]), now)[0])
            for name, young, old in AGES
        ]
        return Report(
            channel,
            company,
            since,
            tuple(pair for pair in ages if pair[1]),
            _lines(context, work, only, Badge.PENDING),
            _lines(context, work, only, Badge.EXPIRED),
            _lines(context, work, only, Badge.BOUNCED),
            lines_of(context, work, accepted),
            needing,
            unmapped,
            _notes(context, work, only),
            {
                "pending": badges.get(Badge.PENDING, 0),
                "expired": badges.get(Badge.EXPIRED, 0),
                "bounced": badges.get(Badge.BOUNCED, 0),
                "accepted": accepted_count,
                "needing_domain": needing_count,
                "unmapped": unmapped_count,
            },
        )


def _lines(context: Context, work: Work, only: str | None, badge: Badge) -> tuple[PersonLine, ...]:
    found, _ = work.invitations.search(context.clock(), only, "", (badge,), SHOWN, oldest_first=True)
    return lines_of(context, work, found)


def _notes(context: Context, work: Work, only: str | None) -> tuple[str, ...]:
    notes = []
    waiting = [plan for plan in work.plans.in_state(PlanState.PROPOSED, company_id=only) if plan.is_to_decide]
    if waiting:
        notes.append("1 import waits for a decision." if len(waiting) == 1 else f"{len(waiting)} imports wait for a decision.")
    if only is None:
        for connection in work.connections.all():
            if connection.trouble and connection.trouble != "disconnected":
                notes.append(f"{connect.titled(context, connection).title}: {connection.trouble}")
        held = work.invitations.held()
        if held:
            notes.append(f"{held} invitations wait because no mail server is set up.")
    return tuple(notes)

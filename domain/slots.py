"""When scheduled things are due: one slot a chosen local day, whatever the clocks do, and one a span of time.

A slot has a key that is the same on every replica, so that whoever fires first takes it and the others find
it taken. A local time that the clocks skip is due at the first moment after the gap. One that they show
twice is due the first time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rapidfuzz import process

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Weekly:
    """A local time on chosen days (0 is Monday) in a named zone. Raises ValueError on no days, wrong days
    or a wrong zone.
    """

    time: time
    days: frozenset[int]
    zone: str

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("Choose at least one day, from 0 for Monday to 6 for Sunday.")
        if self.time.tzinfo is not None:
            raise ValueError("The time of a schedule is local: give it without a zone.")
        wrong = check_zone(self.zone)
        if wrong:
            raise ValueError(wrong)


@dataclass(frozen=True)
class Slot:
    """One due moment."""

    key: str  # the local date, YYYY-MM-DD: unique within a schedule
    at: datetime  # aware, UTC


def last_slot(schedule: Weekly, now: datetime) -> Slot | None:
    """The latest slot at or before `now` (aware). None only before the first slot of the calendar."""
    _refuse_naive(now)
    today = now.astimezone(UTC).date()
    for days_ago in range(-1, 10):  # a week, and a day on either side for zones and skipped days
        slot = _slot(schedule, today, -days_ago)
        if slot is not None and slot.at <= now:
            return slot
    return None


def next_slot(schedule: Weekly, now: datetime) -> Slot:
    """The earliest slot after `now` (aware)."""
    _refuse_naive(now)
    today = now.astimezone(UTC).date()
    for days_ahead in range(-2, 10):
        slot = _slot(schedule, today, days_ahead)
        if slot is not None and slot.at > now:
            return slot
    raise OverflowError("The calendar ends before the next slot.")


def every(interval_seconds: int, now: datetime) -> str:
    """The key of the span of `interval_seconds` that `now` (aware) lies in; the same all through it, a new
    one after it.
    """
    _refuse_naive(now)
    if interval_seconds < 1:
        raise ValueError("An interval is at least one second.")
    since_epoch = now - datetime(1970, 1, 1, tzinfo=UTC)
    return str(since_epoch // timedelta(seconds=interval_seconds))


def check_zone(name: str) -> str | None:
    """A sentence that says what is wrong with the name of a time zone, with the nearest right one; None
    where it is right.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones ("America") is an OSError
        near = process.extractOne(name, sorted(available_timezones()), processor=str.casefold, score_cutoff=75)
        hint = f"Did you mean {near[0]}?" if near else "Use a name such as Europe/Berlin."
        return f"“{name[:60]}” is not a time zone. {hint}"
    return None


def _slot(schedule: Weekly, today: date, offset: int) -> Slot | None:
    """The slot of the local date `offset` days from today; None where it is not chosen or the calendar has
    no such date.
    """
    try:
        day = today + offset * _DAY
        if day.weekday() not in schedule.days:
            return None
        return Slot(day.isoformat(), _moment(day, schedule.time, ZoneInfo(schedule.zone)))
    except OverflowError:
        return None


def _moment(day: date, local: time, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clocks of the zone show this local time or a later one of that
    day.
    """
    wall = datetime.combine(day, local.replace(fold=0), tzinfo=zone)
    first = wall.astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return first
    return _end_of_gap(wall.replace(fold=1).astimezone(UTC), first, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the clocks jump, found by halving. Clocks jump on whole seconds."""
    old = before.astimezone(zone).utcoffset()
    start = before.replace(microsecond=0)
    low, high = 0, int((after - start) / _SECOND) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if (start + middle * _SECOND).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return start + high * _SECOND


def _refuse_naive(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("A moment without a zone means different times in different places: give an aware one.")

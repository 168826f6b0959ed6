"""Slots: once a chosen local day, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.slots import Slot, Weekly, check_zone, every, last_slot, next_slot

DAILY = frozenset(range(7))
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "Asia/Kathmandu",
    "UTC",
    "America/Sao_Paulo",  # skipped midnight until 2018
    "Africa/Casablanca",  # moves back for Ramadan
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
moments = st.integers(0, 20 * 366 * 86_400).map(lambda s: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
schedules = st.builds(
    Weekly,
    time=st.times(),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    zone=st.sampled_from(ZONES),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def walk(schedule: Weekly, start: datetime, count: int) -> list[Slot]:
    slots = [next_slot(schedule, start)]
    while len(slots) < count:
        slots.append(next_slot(schedule, slots[-1].at))
    return slots


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", [time(0, 0), time(2, 15), time(2, 30), time(9, 0), time(23, 59)])
def test_every_chosen_local_day_of_five_years_has_exactly_one_slot(zone: str, clock: time) -> None:
    schedule = Weekly(clock, frozenset({0, 5, 6}), zone)
    slots = walk(schedule, utc(2014, 1, 1), 5 * 156)
    first = date.fromisoformat(slots[0].key)
    last = date.fromisoformat(slots[-1].key)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [slot.key for slot in slots] == [day.isoformat() for day in days if day.weekday() in {0, 5, 6}]
    assert all(earlier.at < later.at for earlier, later in pairwise(slots))


@given(schedules, moments)
def test_the_last_slot_is_due_and_the_next_is_not_and_none_lies_between(schedule: Weekly, now: datetime) -> None:
    last, following = last_slot(schedule, now), next_slot(schedule, now)
    assert last is not None
    assert last.at <= now < following.at
    assert last.key < following.key
    assert next_slot(schedule, last.at) == following
    assert last_slot(schedule, following.at) == following
    assert last_slot(schedule, following.at - timedelta(microseconds=1)) == last


@given(schedules, moments)
def test_a_slot_shows_its_local_time_or_is_the_first_moment_after_a_gap(schedule: Weekly, now: datetime) -> None:
    slot = next_slot(schedule, now)
    zone = ZoneInfo(schedule.zone)
    wanted = datetime.combine(date.fromisoformat(slot.key), schedule.time)
    local = slot.at.astimezone(zone)
    if local.replace(tzinfo=None, fold=0) == wanted:
        assert local.fold == 0, "of two equal local times the first counts"
    else:
        just_before = (slot.at - timedelta(seconds=1)).astimezone(zone)
        assert just_before.replace(tzinfo=None, fold=0) < wanted < local.replace(tzinfo=None, fold=0)
        assert just_before.utcoffset() != local.utcoffset()


@given(schedules, moments, st.sampled_from(ZONES))
def test_the_zone_in_which_now_is_told_does_not_matter(schedule: Weekly, now: datetime, zone: str) -> None:
    assert next_slot(schedule, now.astimezone(ZoneInfo(zone))) == next_slot(schedule, now)
    assert last_slot(schedule, now.astimezone(ZoneInfo(zone))) == last_slot(schedule, now)


@pytest.mark.parametrize(
    ("zone", "clock", "before", "key", "at"),
    [
        ("Europe/Berlin", time(2, 30), (2026, 3, 28, 12), "2026-03-29", (2026, 3, 29, 1, 0)),
        ("Europe/Berlin", time(2, 30), (2026, 10, 24, 12), "2026-10-25", (2026, 10, 25, 0, 30)),
        ("America/New_York", time(2, 59, 59), (2026, 3, 7, 20), "2026-03-08", (2026, 3, 8, 7, 0)),
        ("Australia/Lord_Howe", time(2, 15), (2026, 10, 3, 0), "2026-10-04", (2026, 10, 3, 15, 30)),
        ("America/Sao_Paulo", time(0, 0), (2018, 11, 3, 12), "2018-11-04", (2018, 11, 4, 3, 0)),
        ("Asia/Kathmandu", time(9, 0), (2026, 5, 5, 4), "2026-05-06", (2026, 5, 6, 3, 15)),
        ("UTC", time(0, 0), (2026, 5, 5, 4), "2026-05-06", (2026, 5, 6, 0, 0)),
    ],
)
def test_skipped_and_doubled_local_times_are_due_when_the_rule_says(
    zone: str, clock: time, before: tuple[int, ...], key: str, at: tuple[int, ...]
) -> None:
    assert next_slot(Weekly(clock, DAILY, zone), utc(*before)) == Slot(key, utc(*at))


def test_a_local_date_that_a_zone_left_out_still_has_its_slot_at_the_next_moment() -> None:
    slot = last_slot(Weekly(time(9, 0), frozenset({4}), "Pacific/Apia"), utc(2011, 12, 31, 12))
    assert slot == Slot("2011-12-30", utc(2011, 12, 30, 10))


def test_a_slot_is_due_at_its_very_moment() -> None:
    schedule = Weekly(time(9, 0), DAILY, "Europe/Berlin")
    assert last_slot(schedule, utc(2026, 1, 5, 8)) == Slot("2026-01-05", utc(2026, 1, 5, 8))
    assert next_slot(schedule, utc(2026, 1, 5, 8)).key == "2026-01-06"


def test_before_the_first_slot_of_the_calendar_there_is_none_and_after_its_end_it_says_so() -> None:
    schedule = Weekly(time(9, 0), DAILY, "UTC")
    assert last_slot(schedule, datetime.min.replace(tzinfo=UTC)) is None
    with pytest.raises(OverflowError):
        next_slot(schedule, datetime.max.replace(tzinfo=UTC))


@given(st.integers(1, 10**6), moments, st.integers(0, 10**6))
def test_moments_share_an_interval_key_exactly_when_they_lie_in_one_span(
    interval: int, now: datetime, later: int
) -> None:
    first, second = every(interval, now), every(interval, now + timedelta(seconds=later))
    assert int(second) - int(first) in {later // interval, later // interval + 1}
    assert every(interval, now + timedelta(seconds=interval)) == str(int(first) + 1)


def test_an_interval_key_is_the_number_of_whole_intervals_since_the_epoch() -> None:
    assert every(900, utc(1970, 1, 1, 0, 44, 59)) == "2"
    assert every(900, utc(1970, 1, 1, 0, 45)) == "3"
    with pytest.raises(ValueError, match="at least one second"):
        every(0, utc(2026, 1, 1))


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    schedule = Weekly(time(9), DAILY, "UTC")
    for ask in (
        lambda: last_slot(schedule, naive),
        lambda: next_slot(schedule, naive),
        lambda: every(9, naive),
    ):
        with pytest.raises(ValueError, match="aware"):
            ask()


@pytest.mark.parametrize(
    ("clock", "days", "zone"),
    [
        (time(9), frozenset(), "UTC"),
        (time(9), frozenset({7}), "UTC"),
        (time(9), DAILY, "Europe/Nowhere"),
        (time(9, tzinfo=UTC), DAILY, "UTC"),
    ],
)
def test_a_schedule_that_can_never_be_right_cannot_be_made(clock: time, days: frozenset[int], zone: str) -> None:
    with pytest.raises(ValueError):
        Weekly(clock, days, zone)


def test_a_wrong_zone_is_answered_with_the_nearest_right_one() -> None:
    assert check_zone("Europe/Berlin") is None
    assert check_zone("europe/berln") == "“europe/berln” is not a time zone. Did you mean Europe/Berlin?"


@given(st.text() | st.sampled_from(["America", "../etc/passwd", "/etc/passwd", "", "\0", "Europe/", "."]))
@settings(max_examples=40)
def test_no_text_breaks_the_zone_check(name: str) -> None:
    said = check_zone(name)
    assert said is None or "is not a time zone" in said

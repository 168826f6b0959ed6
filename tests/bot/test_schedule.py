"""The clock's table: each look is safe to repeat, and one that breaks stops no other."""

import logging

import pytest
from sqlalchemy import text

from bot.schedule import TABLE, Schedule, look_at_all
from storage.store import Store
from tests.flows.bench import Bench, bench


@pytest.fixture
def quick(quick_store: Store) -> Bench:
    return bench(quick_store)


def test_every_look_finds_an_empty_workspace_in_order_and_puts_nothing_off_but_a_pulse(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            look_at_all(quick.context)
    assert caplog.records == []
    assert {task.job for task in quick.workshop.known.values()} == {"pulse"}


def test_a_look_that_breaks_is_logged_and_stops_no_other(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Here everything breaks, since there is no database any more: each is logged, and all are tried."""
    quick.store.engine.dispose()
    with quick.store.write() as work:
        for table in ("company", "plan", "invitation", "digest", "connection"):
            work.session.execute(text(f"alter table {table} rename to {table}_away"))
    with caplog.at_level(logging.ERROR):
        look_at_all(quick.context)
    said = [record.getMessage() for record in caplog.records]
    for name in ("digests", "syncs", "unfinished imports", "queued invitations"):
        assert f"Looking for {name} failed" in said


def test_what_people_wait_for_is_looked_at_often() -> None:
    every = {timed.name: timed.seconds for timed in TABLE}
    assert len(every) == len(TABLE), "names are unique"
    assert every["digests"] <= 60, "a digest comes in its minute"
    assert every["unfinished imports"] <= 30
    assert every["queued invitations"] <= 60


def test_the_schedule_takes_the_table_and_stops_at_once(quick: Bench) -> None:
    schedule = Schedule(quick.context, "Europe/Vienna")
    schedule.start()
    schedule.stop()

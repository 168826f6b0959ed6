"""Every benchmark still measures what it says, in a small size. Times are looked at by nobody here: the machine is shared."""

import pytest

from benchmarks import acks, cold_start, import_path, matching, memory, passwords, unchanged
from benchmarks.variants import TABLES
from sandbox.postgres import NoPostgres

ROWS = 1_200


def test_all_variants_of_an_import_leave_the_same_rows_and_no_call_is_wasted() -> None:
    """Three pages are three calls; asking again at approval what changed since costs two counts."""
    found = import_path.compared(ROWS, 1, ("floor", "people", "gangway"))
    left = {name: told[0].values["left"] for name, told in found.told.items()}
    assert left["gangway"] == left["floor"] == dict.fromkeys(TABLES, ROWS)
    assert left["people"] == dict.fromkeys(TABLES, ROWS) | {"plan_item": 0}
    assert found.calls == {"Contacts/query": found.least, "Contacts/query/count": 2}


def test_the_import_is_measured_on_postgresql_too() -> None:
    try:
        found = import_path.compared(ROWS, 1, ("floor", "gangway"), on_postgres=True)
    except NoPostgres as reason:
        pytest.skip(str(reason))
    assert found.told["gangway"][0].values["left"] == found.told["floor"][0].values["left"] == dict.fromkeys(TABLES, ROWS)


def test_a_sync_with_nothing_changed_costs_two_counts_and_writes_nothing() -> None:
    told = unchanged.measured(unchanged.SMALL)
    assert told.calls == {"Contacts/query/count": 2}
    assert told.changed == 0
    assert told.whole_calls["Contacts/query"] == unchanged.SMALL // 500


def test_passwords_are_read_once_each_and_never_refused() -> None:
    used = passwords.measured(passwords.SMALL)
    assert (used.refused, used.twice, used.windows) == (0, 0, 1)
    assert passwords.SMALL <= used.calls <= passwords.SMALL + 10


def test_certain_matches_are_right_on_spoilt_names() -> None:
    told = matching.scored(1_000)
    assert told.wrong == 0
    assert told.recall > 0.7
    assert told.reach > 0.95


@pytest.mark.process
def test_people_who_type_during_an_import_are_all_acknowledged() -> None:
    quiet, busy, last = acks.measured(500, 3, 0.2, 1.0)
    assert quiet.refused == busy.refused == 0
    assert quiet.seconds
    assert "done" in last.lower()


@pytest.mark.process
def test_the_memory_of_the_running_bot_is_read() -> None:
    assert memory.peak(500) > 10_000


@pytest.mark.process
def test_both_starts_end_with_a_bot_that_is_connected() -> None:
    assert all(seconds > 0 for seconds in cold_start.measured(1))

"""The isolation rule, tried with random histories: company A never receives company B's people, tickets, deals or devices."""

from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from storage.store import Store
from tests.conftest import TRIES
from tests.flows.ground import Ground
from tests.flows.histories import MOVES, NAMES, History, Move, begin, papers, prepare

# What leads to people being written comes more often than what only disturbs.
_USUAL = ["map", "preview", "approve", "approve", "approve", "finish", "finish", "sync", "sync", "remap", "swap", "move", "relocate", "retry"]
MOVE = st.tuples(st.sampled_from([*_USUAL, *_USUAL, *MOVES]), st.integers(0, 19), st.integers(0, 19), st.integers(0, 19))
HISTORIES = 40 * TRIES


@pytest.fixture
def ground(quick_store: Store) -> Ground:
    return Ground(quick_store, begin, papers)


def history(ground: Ground) -> History:
    """A new one, in which the engine knows the jobs that were done before."""
    bench = ground.bench()
    bench.workshop.known = deepcopy(ground.made.workshop.known)
    return History(bench)


@pytest.mark.parametrize("part", range(2))
@settings(settings.get_profile("first-failure"), max_examples=HISTORIES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_ever_written_to_or_seen_by_a_company_but_through_its_own_mapping(ground: Ground, part: int, data: st.DataObject) -> None:
    here = history(ground)
    moves = data.draw(st.lists(MOVE, min_size=5, max_size=20))
    approved: list[Move] = [("approve", number, 0, 0) for number in range(4)]
    looks: list[Move] = [("look", number, 0, 0) for number in range(len(NAMES))]
    for move in [*moves, *approved, ("sync", 0, 1, 0), ("finish", 0, 0, 0), *looks]:
        here.go(move)
    event(f"written: {min(len(here.seen), 12)}")
    event(f"refusals: {min(here.refused, 3)}")


def test_histories_are_not_empty_of_events(quick_store: Store) -> None:
    """A history in which the usual goes right writes people and items and shows them: the property above is not true of nothing."""
    here = History(Ground(quick_store, prepare, papers).bench())
    for move in [("map", 0, 0, 0), ("preview", 0, 0, 0), ("approve", 0, 0, 0), ("sync", 0, 1, 0), ("finish", 0, 0, 0), ("look", 0, 0, 0)]:
        here.go(move)
    assert Counter(here.done)["approve"] == 1
    assert Counter(here.done)["look"] == 1
    assert Counter(row[0] for row in here.seen if len(row[0]) < 12 and row[0] in ("ticket", "opportunity", "asset")) == {"ticket": 1, "opportunity": 1, "asset": 1}
    assert len(here.seen) == 5


def test_a_look_finds_what_is_of_another(quick_store: Store) -> None:
    """The look itself sees: a ticket that stands in two companies' lists would be found."""
    here = History(Ground(quick_store, prepare, papers).bench())
    for move in [("map", 0, 0, 0), ("sync", 0, 1, 0), ("finish", 0, 0, 0)]:
        here.go(move)
    desk = here.bench.desk(bound=here.companies[0])
    mine = [row for row in here._items() if row[4] == here.companies[0].id]
    assert len(mine) == 3
    assert all(here._opens(desk, kind, id_) for kind, id_, *_ in mine)
    other = here.bench.desk(bound=here.companies[1])
    assert not any(here._opens(other, kind, id_) for kind, id_, *_ in mine)

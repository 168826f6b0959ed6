"""The isolation rule, tried with random histories: company A never receives company B's people."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from storage.store import Store
from tests.conftest import TRIES
from tests.flows.ground import Ground
from tests.flows.histories import MOVES, History, Move, prepare

# What leads to people being written comes more often than what only disturbs.
_USUAL = ["map", "preview", "preview", "approve", "approve", "approve", "finish", "finish", "remap", "move", "retry"]
MOVE = st.tuples(st.sampled_from([*_USUAL, *_USUAL, *MOVES]), st.integers(0, 19), st.integers(0, 19), st.integers(0, 19))
HISTORIES = 110 * TRIES


@pytest.fixture
def ground(quick_store: Store) -> Ground:
    return Ground(quick_store, prepare)


@pytest.mark.parametrize("part", range(2))
@settings(max_examples=HISTORIES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nobody_is_ever_written_to_a_company_but_through_its_own_mapping(ground: Ground, part: int, data: st.DataObject) -> None:
    history = History(ground.bench())
    for source in range(2):  # a world in which something is under way already
        history.go(("map", 0, source, source))
        history.go(("map", 1, source, source + 1))
        history.go(("preview", 0, source, 0))
        history.go(("preview", 1, source, 0))
    moves = data.draw(st.lists(MOVE, min_size=5, max_size=20))
    approved: list[Move] = [("approve", number, 0, 0) for number in range(4)]
    for move in [*moves, *approved, ("finish", 0, 0, 0)]:
        history.go(move)
    event(f"people written: {min(len(history.seen), 6)}")
    event(f"refusals: {min(history.refused, 3)}")


def test_histories_are_not_empty_of_events(ground: Ground) -> None:
    """A history in which the usual goes right writes people: the property above is not true of nothing."""
    history = History(ground.bench())
    for move in [("map", 0, 0, 0), ("preview", 0, 0, 0), ("approve", 0, 0, 0), ("finish", 0, 0, 0)]:
        history.go(move)
    assert Counter(history.done)["approve"] == 1
    assert len(history.seen) == 2

"""One small world and a clock moved by hand, for whichever stand-in is served over it."""

import pytest

from sandbox.world import ManualClock, World


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(clock: ManualClock) -> World:
    return World.bare(clock)

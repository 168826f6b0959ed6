"""Both stand-ins served on loopback over the small world."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn
from sandbox.itglue import ITGlueStandIn
from sandbox.world import World


@pytest.fixture
def autotask(world: World) -> Iterator[AutotaskStandIn]:
    with AutotaskStandIn(world) as stand_in:
        yield stand_in


@pytest.fixture
def psa(autotask: AutotaskStandIn) -> Iterator[httpx.Client]:
    """A signed-in client of the zone's base address."""
    base = f"{autotask.url}/ATServicesRest/V1.0/"
    with httpx.Client(base_url=base, headers=autotask.headers) as client:
        yield client


@pytest.fixture
def itglue(world: World) -> Iterator[ITGlueStandIn]:
    with ITGlueStandIn(world) as stand_in:
        yield stand_in


@pytest.fixture
def glue(itglue: ITGlueStandIn) -> Iterator[httpx.Client]:
    """A client with a key that has Password Access."""
    with httpx.Client(base_url=itglue.url, headers=itglue.headers) as client:
        yield client

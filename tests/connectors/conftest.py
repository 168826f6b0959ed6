"""Vendors on a mocked network and a clock that nobody waits for."""

from collections.abc import Iterator

import pytest
import respx

from connectors import discover
from tests.connectors.conformance import VENDORS, AutotaskVendor, ConnectWiseVendor, FakeTime, ITGlueVendor, Vendor
from tests.connectors.connectwise_desk import ConnectWiseDesk
from tests.connectors.desks import DESKS, AutotaskDesk, Desk


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def _on_the_network(vendor: Vendor) -> Iterator[Vendor]:
    with respx.mock(assert_all_called=False) as network:
        network.route().mock(side_effect=vendor.answer)
        yield vendor


@pytest.fixture(params=sorted(VENDORS))
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    """Each connector's vendor in turn."""
    yield from _on_the_network(VENDORS[request.param](discover()[request.param]))


@pytest.fixture
def autotask() -> Iterator[AutotaskVendor]:
    made = VENDORS["autotask"](discover()["autotask"])
    assert isinstance(made, AutotaskVendor)
    for _ in _on_the_network(made):
        yield made


@pytest.fixture
def itglue() -> Iterator[ITGlueVendor]:
    made = VENDORS["itglue"](discover()["itglue"])
    assert isinstance(made, ITGlueVendor)
    for _ in _on_the_network(made):
        yield made


@pytest.fixture(params=sorted(DESKS))
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Each PSA's service desk in turn."""
    made = DESKS[request.param](discover()[request.param])
    for _ in _on_the_network(made):
        yield made


@pytest.fixture
def autotask_desk() -> Iterator[AutotaskDesk]:
    made = DESKS["autotask"](discover()["autotask"])
    assert isinstance(made, AutotaskDesk)
    for _ in _on_the_network(made):
        yield made


@pytest.fixture
def connectwise_desk() -> Iterator[ConnectWiseDesk]:
    made = DESKS["connectwise"](discover()["connectwise"])
    assert isinstance(made, ConnectWiseDesk)
    for _ in _on_the_network(made):
        yield made


@pytest.fixture
def connectwise() -> Iterator[ConnectWiseVendor]:
    made = VENDORS["connectwise"](discover()["connectwise"])
    assert isinstance(made, ConnectWiseVendor)
    for _ in _on_the_network(made):
        yield made

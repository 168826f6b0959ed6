"""A vendor that is being served: start, stop, and the handles tests and the demo reach for."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sandbox.serving.door import app_for
from sandbox.serving.faults import Faults
from sandbox.serving.recorder import Calls
from sandbox.serving.runner import Runner
from sandbox.serving.vendor import Vendor
from sandbox.world import World


class StandIn:
    """Serves one vendor on loopback. After `stop` connections are refused; `start` takes the same port."""

    def __init__(self, vendor: Vendor, *, port: int = 0) -> None:
        self._vendor = vendor
        self._runner = Runner(app_for(vendor), port=port)

    def start(self) -> Self:
        """Listen, and return once requests are answered."""
        self._runner.start()
        return self

    def stop(self) -> None:
        """Refuse connections from now on."""
        self.faults.release()
        self._runner.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The root of the server, without a trailing slash."""
        return self._runner.url

    @property
    def page_url(self) -> str:
        """The link to the status page, token included."""
        return f"{self.url}/?token={self.token}"

    @property
    def token(self) -> str:
        """What opens the status page and the control route (header `X-Sandbox-Token`)."""
        return self._vendor.access.token

    @property
    def world(self) -> World:
        """The world being served."""
        return self._vendor.world

    @property
    def faults(self) -> Faults:
        """The fault switches."""
        return self._vendor.faults

    @property
    def calls(self) -> Calls:
        """The record of every call."""
        return self._vendor.calls

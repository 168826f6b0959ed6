"""Runs an ASGI app on a free loopback port in a thread of its own."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

_PATIENCE = 10.0


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready instead of being polled."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


class Runner:
    """Start and stop one app; the port stays the same across restarts."""

    def __init__(self, app: Any, *, port: int = 0) -> None:
        self._app = app
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.port = port

    @property
    def url(self) -> str:
        """The address of the app, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the port is being served."""
        return self._server is not None

    def start(self) -> None:
        """Listen, and return once requests are answered."""
        if self._server is not None:
            return
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        # The stand-ins write their own Date header: their clock may be moved. Broken-off answers are
        # asked for on purpose, so their tracebacks would only be noise.
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name=f"sandbox-{self.port}", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_PATIENCE):
            raise RuntimeError(f"nothing answered on 127.0.0.1:{self.port} within {_PATIENCE:.0f} s")

    def stop(self) -> None:
        """Close the port; what is under way gets a second to finish."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._server = self._thread = None

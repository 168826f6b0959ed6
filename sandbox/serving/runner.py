"""Runs an ASGI app on a free loopback port in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import uvicorn

_PATIENCE = 10.0


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, and stops when told instead of at its next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()

    def tell_to_stop(self) -> None:
        """End the serving from another thread, without waiting for idle connections."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)


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
        # The protocol is named because asyncio switches Nagle's delay off only for sockets that say TCP;
        # without it every small answer takes 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name=f"sandbox-{self.port}", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_PATIENCE):
            raise RuntimeError(f"nothing answered on 127.0.0.1:{self.port} within {_PATIENCE:.0f} s")

    def stop(self) -> None:
        """Close the port and whatever is connected to it."""
        if self._server is None or self._thread is None:
            return
        self._server.tell_to_stop()
        self._thread.join(_PATIENCE)
        self._server = self._thread = None

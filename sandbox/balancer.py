"""One address before several replicas, as a load balancer would give: each connection goes to the next one that answers."""

import itertools
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

_LOOPBACK = "127.0.0.1"
_PIECE = 65_536
_CONNECT_SECONDS = 2.0


class Balancer:
    """Passes connections on as they are. A port where nobody listens is skipped."""

    def __init__(self, port: int, behind: Sequence[int]) -> None:
        self._behind = tuple(behind)
        self._turn = itertools.count()
        self._door = socket.create_server((_LOOPBACK, port))
        self._thread = threading.Thread(target=self._serve, name="balancer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(visitor,), daemon=True).start()

    def _pass_on(self, visitor: socket.socket) -> None:
        with visitor:
            found = self._reach()
            if found is None:
                return
            with found:
                back = threading.Thread(target=_pour, args=(found, visitor), daemon=True)
                back.start()
                _pour(visitor, found)
                back.join()

    def _reach(self) -> socket.socket | None:
        first = next(self._turn)
        for step in range(len(self._behind)):
            with suppress(OSError):
                found = socket.create_connection((_LOOPBACK, self._behind[(first + step) % len(self._behind)]), _CONNECT_SECONDS)
                found.settimeout(None)
                return found
        return None


def _pour(source: socket.socket, into: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            into.sendall(piece)
    with suppress(OSError):
        into.shutdown(socket.SHUT_WR)

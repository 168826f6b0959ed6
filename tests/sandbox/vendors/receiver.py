"""A small web server that takes callouts: what arrived, in order, and what it answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.serving import Runner


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The payload."""
        return dict(json.loads(self.body))


class Receiver:
    """`answers` are given out one a request, then 200 for ever."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.answers: list[int] = []
        self._lock = threading.Lock()
        self._answering = threading.Event()
        self._answering.set()
        self._runner = Runner(Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])]))

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        with self._lock:
            self.arrivals.append(Arrival(request.url.path, dict(request.headers), body))
            status = self.answers.pop(0) if self.answers else 200
        await anyio.to_thread.run_sync(self._answering.wait)
        return Response(status_code=status)

    def dawdle(self) -> None:
        """Take what comes and answer nothing until `answer`."""
        self._answering.clear()

    def answer(self) -> None:
        """Answer whoever is still waiting, and everybody from now on."""
        self._answering.set()

    def __enter__(self) -> Self:
        self._runner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.answer()
        self._runner.stop()

    @property
    def url(self) -> str:
        return self._runner.url

    def said(self) -> list[dict[str, Any]]:
        """The payloads that came to the webhook's own address."""
        return [one.said for one in self.arrivals if one.path.startswith("/hook")]

    def numbers(self) -> list[int]:
        return [one["SequenceNumber"] for one in self.said()]

    def farewells(self) -> list[Arrival]:
        """What came to the deactivation address."""
        return [one for one in self.arrivals if one.path.startswith("/gone")]

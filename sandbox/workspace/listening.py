"""A person's event stream, read by tests that wait for what happens instead of sleeping."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx

from sandbox.workspace.state import Json


class Listening:
    """The person's event stream, held open; yields at each event until the time is up."""

    def __init__(self, http: httpx.Client, user: str, timeout: float, since: int | None) -> None:
        self._deadline = time.monotonic() + timeout
        asked = {"user": user} | ({} if since is None else {"since": str(since)})
        self._stream = http.stream("GET", "/client/events", params=asked, timeout=httpx.Timeout(10.0, read=timeout))

    def __enter__(self) -> Iterator[Json]:
        response = self._stream.__enter__()
        lines = response.iter_lines()
        next(lines)  # the greeting: from here on nothing is missed
        return self._events(lines)

    def __exit__(self, *_: object) -> None:
        self._stream.__exit__(None, None, None)

    def _events(self, lines: Iterator[str]) -> Iterator[Json]:
        try:
            for line in lines:
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))
                if time.monotonic() > self._deadline:
                    return
        except httpx.ReadTimeout:
            return

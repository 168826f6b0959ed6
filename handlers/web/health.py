"""What a monitor asks: is the process alive, and can it work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse


def alive(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


@dataclass(frozen=True)
class Readiness:
    """`ready` gives the parts that are not ready; nothing when all are."""

    ready: Callable[[], Sequence[str]]

    def answer(self, _request: Request) -> JSONResponse:
        waiting = list(self.ready())
        return JSONResponse({"ready": not waiting, "not_ready": waiting}, status_code=503 if waiting else 200)

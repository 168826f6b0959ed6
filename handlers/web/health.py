"""What a monitor asks: is the process alive, and can it work."""

import time
from collections.abc import Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from handlers.web.limits import Fresh


def alive(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


class Readiness:
    """`ready` gives the parts that are not ready, nothing when all are; `about` what else a monitor may want to know.

    Looked at once a second at most, however often it is asked for.
    """

    def __init__(
        self,
        ready: Callable[[], Sequence[str]],
        about: Callable[[], Mapping[str, object]] = dict,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = Fresh(lambda: (tuple(ready()), dict(about())), now)

    def answer(self, _request: Request) -> JSONResponse:
        waiting, about = self._look()
        told = {"ready": not waiting, "not_ready": list(waiting), **about}
        return JSONResponse(told, status_code=503 if waiting else 200)

"""The address that webhooks call: the raw body goes on unread, and the answer says no more than yes or no.

Nothing of a callout is logged: neither its address nor its body nor its headers.
"""

from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows import callouts
from flows.context import Context
from handlers.web.bodies import body
from handlers.web.limits import Limit

MOST_BYTES = 256 * 1024
PER_ADDRESS = (6000, timedelta(minutes=1))  # a source sends bursts, and a refusal counts against our webhook


def routes(context: Context, most: tuple[int, timedelta] = PER_ADDRESS) -> list[Route]:
    """`/hooks/<source>/<id>`, and where a source says that it switched the webhook off."""
    pages = HookPages(context, Limit(context.clock, *most))
    return [
        Route("/hooks/{source}/{id}", pages.take, methods=["POST"]),
        Route("/hooks/{source}/{id}/off", pages.off, methods=["POST"]),
    ]


class HookPages:
    def __init__(self, context: Context, limit: Limit) -> None:
        self._context = context
        self._limit = limit

    async def take(self, request: Request) -> Response:
        """200 once it is kept. 404 for an unknown webhook and for a wrong signature alike."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        sent = await body(request, MOST_BYTES)
        source, hook_id = _named(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        known = await run_in_threadpool(callouts.receive, self._context, source, hook_id, headers, sent)
        return Response(status_code=200 if known else 404)

    async def off(self, request: Request) -> Response:
        """The same answer to everybody: who calls here says nothing that is believed."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        await run_in_threadpool(callouts.deactivated, self._context, *_named(request))
        return Response(status_code=200)

    def _refused(self, request: Request) -> Response | None:
        address = request.client.host if request.client else ""
        wait = self._limit.wait(address)
        return Response(status_code=429, headers={"Retry-After": str(wait)}) if wait else None


def _named(request: Request) -> tuple[str, str]:
    return str(request.path_params["source"]), str(request.path_params["id"])

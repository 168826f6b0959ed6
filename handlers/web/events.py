"""Slack's signed HTTP events, for HTTP mode: Bolt verifies and dispatches, in a thread so that the pages go on.

Whoever is not Slack is refused for the price of one hash: a signature that does not fit, a timestamp older than five
minutes (a request that was recorded and is sent again), a body that is too long. What is signed and yet no body of Slack's
is answered with 400, and nobody behind the door sees it. Slack's own requests are never held up for their number: all of
them may come through one proxy.
"""

from collections.abc import Sequence

from slack_bolt import App, BoltRequest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handlers.web.bodies import body
from handlers.web.metrics import Acks
from handlers.web.slacks import is_slacks

_KNOCK = '{"type":"url_verification"}'  # stands for what Slack would not send: Bolt checks the signature, and no more
MOST = 1024 * 1024  # bytes; a full modal with everything typed stays far below


def events(app: App, acks: Acks) -> Route:
    """The route that takes everything from Slack."""

    async def take(request: Request) -> Response:
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return Response("", status_code=401)  # Bolt would break on it instead of refusing it
        sent = (await body(request, MOST)).decode(errors="replace")  # what is no text bears no signature that fits
        fits = is_slacks(sent, request.headers.get("content-type", "").partition(";")[0])
        asked = _asked(sent if fits else _KNOCK, request)
        asked.raw_body = sent  # what the signature is for
        with acks.timed():
            answer = await run_in_threadpool(app.dispatch, asked)
        if not fits and answer.status == 200:
            return Response("", status_code=400)
        kept = {name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"}
        return Response(answer.body, status_code=answer.status, headers=kept)

    return Route("/slack/events", take, methods=["POST"])


def _asked(body: str, request: Request) -> BoltRequest:
    headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
    return BoltRequest(body=body, query=str(request.url.query), headers=headers)

"""Slack's signed HTTP events, for HTTP mode: Bolt verifies and dispatches, in a thread so that the pages go on."""

from collections.abc import Sequence

from slack_bolt import App, BoltRequest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def events(app: App) -> Route:
    """The route that takes everything from Slack."""

    async def take(request: Request) -> Response:
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            return Response("", status_code=401)  # Bolt would break on it instead of refusing it
        body = (await request.body()).decode()
        headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
        answer = await run_in_threadpool(
            app.dispatch, BoltRequest(body=body, query=str(request.url.query), headers=headers)
        )
        kept = {name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"}
        return Response(answer.body, status_code=answer.status, headers=kept)

    return Route("/slack/events", take, methods=["POST"])

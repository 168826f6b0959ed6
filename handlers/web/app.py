"""Binds the web pages to their paths.

Endpoints are plain functions: Starlette runs them in its thread pool. No page logs its path, because a link's
token stands in it; the server's access log is off for the same reason.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.errors import GangwayError
from domain.invitation import LIFETIME
from domain.roles import SYSTEM
from flows import figures, invitations, overview
from flows.context import Context
from flows.desk import Desk
from handlers.web import hooks, private
from handlers.web.gate import PER_VISITOR, Outage, OwnForms, Pace
from handlers.web.health import Readiness, alive
from handlers.web.join import PER_ADDRESS, PER_LINK, Doors, JoinPages
from handlers.web.limits import Limit
from handlers.web.metrics import Watch, metrics
from handlers.web.page import SAFE, Press, SafeHeaders


def pages(
    context: Context, ready: Callable[[], Sequence[str]], more: Sequence[BaseRoute] = (), watch: Watch | None = None
) -> Starlette:
    """All pages. `ready` gives the parts that are not ready; `more` are routes beside them."""
    watch = watch or Watch()
    doors = Doors(partial(invitations.open_link, context), partial(invitations.accept, context))
    facts = partial(overview.facts, context, Desk(SYSTEM, "", None, None))
    figured = metrics(facts, partial(figures.figures, context), watch)
    return site(doors, ready, context.clock, [*private.routes(context), *hooks.routes(context), figured, *more], watch.about)


def site(
    doors: Doors,
    ready: Callable[[], Sequence[str]],
    clock: Callable[[], datetime],
    more: Sequence[BaseRoute] = (),
    about: Callable[[], Mapping[str, object]] = dict,
) -> Starlette:
    press = Press()
    join = JoinPages(doors, press, Limit(clock, *PER_ADDRESS), Limit(clock, *PER_LINK))
    return Starlette(
        routes=[
            Route("/join/{token}", join.show, methods=["GET"]),
            Route("/join/{token}", join.accept, methods=["POST"]),
            Route("/join-help", partial(_guide, press)),
            Route("/style.css", press.style),
            Route("/healthz", alive),
            Route("/readyz", Readiness(ready, about).answer),
            *more,
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Outage, press=press),
            Middleware(Pace, limit=Limit(clock, *PER_VISITOR)),
            Middleware(OwnForms),
        ],
        exception_handlers={
            HTTPException: partial(_refused, press),
            GangwayError: partial(_told, press),
            Exception: partial(_broken, press),
        },
    )


def _guide(press: Press, _request: Request) -> Response:
    return press.draw("guide.html", title="How to join", days=LIFETIME.days)


async def _refused(press: Press, _request: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    if status == 404:
        title, said = "There is no such page", "Perhaps the link was cut when it was copied."
    elif status == 413:
        title, said = "That is too much", "The file or the text is larger than this page takes. Nothing was changed."
    elif status == 405:
        title, said = "This page does not do that", "Open the link from the mail and use its button."
    else:
        title, said = "That did not work", "Nothing was changed."
    return press.notice(title, said, status=status, mark="bad", headers=headers)


async def _told(press: Press, _request: Request, error: Exception) -> Response:
    said = error.said if isinstance(error, GangwayError) else ""
    return press.notice("Not just now", said, status=503, mark="bad", headers={"Retry-After": "30"})


async def _broken(press: Press, _request: Request, _error: Exception) -> Response:
    """Made outside the middleware, so it brings the headers itself; the server logs the error."""
    return press.notice(
        "Something broke on our side",
        "Nothing was changed. Please try again in a minute; if it stays, tell whoever invited you.",
        status=500,
        mark="bad",
        headers=SAFE,
    )

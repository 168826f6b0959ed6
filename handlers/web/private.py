"""Binds the private pages to their paths."""

from functools import partial

from starlette.routing import Route

from flows import private
from flows.context import Context
from handlers.web.enter import EnterPages
from handlers.web.gate import PER_ADDRESS, PER_LINK, Gate
from handlers.web.limits import Limit
from handlers.web.page import Press
from handlers.web.reveal import RevealPages


def routes(context: Context) -> list[Route]:
    """`/reveal/<token>` and `/enter/<token>`."""
    gate = Gate(Press(), Limit(context.clock, *PER_ADDRESS), Limit(context.clock, *PER_LINK))
    reveal = RevealPages(gate, partial(private.look_reveal, context), partial(private.reveal, context))
    enter = EnterPages(
        gate, partial(private.look_enter, context), partial(private.enter_secret, context),
        partial(private.enter_credentials, context), {}, {},
    )
    return [
        Route("/reveal/{token}", reveal.show, methods=["GET"]),
        Route("/reveal/{token}", reveal.press, methods=["POST"]),
        Route("/enter/{token}", enter.show, methods=["GET"]),
        Route("/enter/{token}", enter.press, methods=["POST"]),
    ]

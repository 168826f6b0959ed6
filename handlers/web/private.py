"""Binds the private pages to their paths."""

from functools import partial

from starlette.routing import Route

from flows import private
from flows.context import Context
from flows.onetime import Kind
from flows.vaultfiles import MOST_SEALED
from handlers.web.enter import EnterPages
from handlers.web.files import FilePages
from handlers.web.gate import PER_ADDRESS, PER_LINK, Gate
from handlers.web.limits import Limit
from handlers.web.page import Press
from handlers.web.reveal import RevealPages


def routes(context: Context) -> list[Route]:
    """`/reveal/<token>` and `/enter/<token>`."""
    gate = Gate(Press(), Limit(context.clock, *PER_ADDRESS), Limit(context.clock, *PER_LINK))
    reveal = RevealPages(gate, partial(private.look_reveal, context), partial(private.reveal, context))
    files = FilePages.of(context)
    enter = EnterPages(
        gate, partial(private.look_enter, context), partial(private.enter_secret, context),
        partial(private.enter_credentials, context), {Kind.FILE: MOST_SEALED},
        {Kind.FILE: (files.draw_file, files.take_file), Kind.EXPORT: (files.draw_export, files.take_export)},
    )
    return [
        Route("/reveal/{token}", reveal.show, methods=["GET"]),
        Route("/reveal/{token}", reveal.press, methods=["POST"]),
        Route("/enter/{token}", enter.show, methods=["GET"]),
        Route("/enter/{token}", enter.press, methods=["POST"]),
    ]

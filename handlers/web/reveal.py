"""`/reveal/<token>`: shows a secret once. Opening only says what it is: a link preview must not use it up."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.errors import GangwayError
from flows.private import Revealed, Waiting
from handlers.web.gate import Gate


@dataclass(frozen=True)
class RevealPages:
    gate: Gate
    look: Callable[[str], Waiting]
    reveal: Callable[[str], Revealed]

    def show(self, request: Request) -> HTMLResponse:
        """GET and HEAD: never reveals."""
        slow = self.gate.too_often(request)
        if slow is not None:
            return slow
        try:
            waiting = self.look(self.gate.token(request))
        except GangwayError as error:
            return self.gate.refused(error)
        assert waiting.entry is not None
        return self.gate.press.draw("reveal.html", title="One-time page", waiting=waiting, entry=waiting.entry)

    def press(self, request: Request) -> HTMLResponse:
        """POST: the button."""
        slow = self.gate.too_often(request)
        if slow is not None:
            return slow
        try:
            shown = self.reveal(self.gate.token(request))
        except GangwayError as error:
            return self.gate.refused(error)
        return self.gate.press.draw("revealed.html", title="Shown once", shown=shown, entry=shown.entry)

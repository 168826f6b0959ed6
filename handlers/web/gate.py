"""What stands before every private page: how often it may be asked for, and what a link looks like at all."""

import re
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.errors import GangwayError, NotAllowed, TryLater
from domain.invitation import token_hash
from flows.onetime import Closed, State
from handlers.web.limits import Limit
from handlers.web.page import Press

PER_ADDRESS = (120, timedelta(minutes=1))  # an office may share one address
PER_LINK = (20, timedelta(minutes=1))
_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_TITLES = {
    State.USED: (410, "This link was used already"),
    State.EXPIRED: (410, "This link has expired"),
    State.UNKNOWN: (404, "There is no such link"),
}


@dataclass(frozen=True)
class Gate:
    press: Press
    by_address: Limit
    by_link: Limit

    def token(self, request: Request) -> str:
        """The token of a request's path. Raises Closed for what cannot be one."""
        token = str(request.path_params["token"])
        if not _SHAPE.fullmatch(token):
            raise Closed(State.UNKNOWN)
        return token

    def too_often(self, request: Request) -> HTMLResponse | None:
        address = request.client.host if request.client else ""
        wait = self.by_address.wait(address) or self.by_link.wait(token_hash(str(request.path_params["token"])))
        if not wait:
            return None
        said = f"This page was asked for too often. Try again in {wait} seconds. Nothing was changed."
        return self.notice("Too many requests", said, status=429, bad=True, headers={"Retry-After": str(wait)})

    def notice(
        self, title: str, *said: str, status: int = 200, bad: bool = False, headers: dict[str, str] | None = None
    ) -> HTMLResponse:
        mark = "bad" if bad else "good"
        return self.press.draw("private_notice.html", status, headers, title=title, said=said, mark=mark)

    def refused(self, error: GangwayError) -> HTMLResponse:
        """The page for a link that opens nothing, or not for this person."""
        if isinstance(error, Closed):
            status, title = _TITLES[error.state]
            return self.notice(title, error.said, status=status, bad=True)
        if isinstance(error, NotAllowed):
            return self.notice("This is not for you", error.said, status=403, bad=True)
        if isinstance(error, TryLater):
            said = (error.said, "Nothing was used up.")
            return self.notice("Not just now", *said, status=503, bad=True, headers={"Retry-After": "30"})
        return self.notice("That did not work", error.said, "Nothing was used up.", status=400, bad=True)

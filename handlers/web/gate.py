"""What stands before the pages: how often they may be asked for, whose forms they take, and what a link looks like at all.

And what is said while there is no database behind them.
"""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import GangwayError, NotAllowed, TryLater
from domain.invitation import token_hash
from flows import outages
from flows.onetime import Closed, State
from handlers.web.limits import Limit
from handlers.web.page import Press

log = logging.getLogger(__name__)

PER_ADDRESS = (120, timedelta(minutes=1))  # an office may share one address
PER_LINK = (20, timedelta(minutes=1))
PER_VISITOR = (600, timedelta(minutes=1))  # of one address, over all pages, those that are not there among them
# Asked by machines: monitors, which must not be refused and are answered from memory, and signed senders.
_MACHINES = ("/healthz", "/readyz", "/metrics", "/slack/", "/hooks/")
_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_TITLES = {
    State.USED: (410, "This link was used already"),
    State.EXPIRED: (410, "This link has expired"),
    State.UNKNOWN: (404, "There is no such link"),
}


class Pace:
    """Before every page: at most so many requests of one address."""

    def __init__(self, app: ASGIApp, limit: Limit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_MACHINES):
            wait = self._limit.wait(scope["client"][0] if scope.get("client") else "")
            if wait:
                said = f"Too many requests. Try again in {wait} seconds. Nothing was changed.\n"
                return await PlainTextResponse(said, 429, {"Retry-After": str(wait)})(scope, receive, send)
        return await self._app(scope, receive, send)


class Outage:
    """While the database is away, every page that needs it says so; the transaction that was open then is undone."""

    def __init__(self, app: ASGIApp, press: Press) -> None:
        self._app = app
        self._press = press

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or not outages.is_outage(error):
                raise
            log.warning("The database is away: a page said to try again")
            page = self._press.notice(
                "Not just now",
                "Gangway's database does not answer at the moment.",
                "Try again in a minute, with the same link.",
                status=503,
                mark="bad",
                headers={"Retry-After": "60"},
            )
            await page(scope, receive, send)


class OwnForms:
    """A button takes effect only when it was pressed on our own page: another site cannot make a browser press it.

    Browsers say where a request comes from (Sec-Fetch-Site, else Origin), and no site can make them say otherwise. What
    says neither is no browser, and cannot be made to carry anything that its owner did not give it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _is_own(Headers(scope=scope), scope["path"]):
            said = "This form was sent from another site. Open the link itself and press its button. Nothing was changed.\n"
            return await PlainTextResponse(said, 403)(scope, receive, send)
        return await self._app(scope, receive, send)


def _is_own(headers: Headers, path: str) -> bool:
    if path.startswith(_MACHINES):
        return True  # signed, every one of them
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    # Our pages send no referrer, so that older browsers say "null" for our own forms.
    return origin in (None, "null") or urlsplit(origin).netloc.casefold() == headers.get("host", "").casefold()


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

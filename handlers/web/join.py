"""The page an invitation's link opens. Opening only shows; the button accepts: mail scanners open links."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.invitation import LIFETIME, Door, token_hash
from flows.invitations import Welcome
from handlers.web.limits import Limit
from handlers.web.page import Press

PER_ADDRESS = (120, timedelta(minutes=1))  # an office may share one address
PER_LINK = (20, timedelta(minutes=1))
_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,200}")


@dataclass(frozen=True)
class Doors:
    """The two things one can do with a link, by its token."""

    open_link: Callable[[str], Welcome]
    accept: Callable[[str], Welcome]


@dataclass(frozen=True)
class JoinPages:
    doors: Doors
    press: Press
    by_address: Limit
    by_link: Limit

    def show(self, request: Request) -> HTMLResponse:
        """GET and HEAD: never accepts."""
        return self._answer(request, self.doors.open_link, just_now=False)

    def accept(self, request: Request) -> HTMLResponse:
        """POST: the button."""
        return self._answer(request, self.doors.accept, just_now=True)

    def _answer(self, request: Request, ask: Callable[[str], Welcome], just_now: bool) -> HTMLResponse:
        token = request.path_params["token"]
        address = request.client.host if request.client else ""
        wait = self.by_address.wait(address) or self.by_link.wait(token_hash(token))
        if wait:
            return self._slow_down(wait)
        if not _SHAPE.fullmatch(token):
            return self._draw(Welcome(Door.UNKNOWN), just_now)
        return self._draw(ask(token), just_now)

    def _slow_down(self, wait: int) -> HTMLResponse:
        return self.press.notice(
            "Too many requests",
            f"This page was asked for too often. Try again in {wait} seconds.",
            "Nothing was changed.",
            status=429,
            mark="bad",
            headers={"Retry-After": str(wait)},
        )

    def _draw(self, welcome: Welcome, just_now: bool) -> HTMLResponse:
        if welcome.door is Door.OPEN:
            return self.press.draw("join.html", title=f"Join {_company(welcome)}", welcome=welcome)
        if welcome.door is Door.ACCEPTED:
            return self._in(welcome, just_now)
        status, title, said = _closed(welcome)
        return self.press.notice(title, *said, status=status, mark="bad")

    def _in(self, welcome: Welcome, just_now: bool) -> HTMLResponse:
        company = _company(welcome)
        if just_now:
            return self.press.notice(
                f"You have joined {company}",
                f"{welcome.msp_name or 'The team that invited you'} sees that you have accepted. "
                "There is nothing more to do: you can close this page.",
                mark="good",
            )
        return self.press.notice(
            "Accepted already",
            f"This invitation to {company} was accepted already.",
            "There is nothing more to do: you can close this page.",
            mark="good",
        )


def _company(welcome: Welcome) -> str:
    return welcome.company_name or "your company"


def _closed(welcome: Welcome) -> tuple[int, str, tuple[str, str]]:
    """Status, title and sentences for a link that opens nothing."""
    asked = _whom(welcome)
    match welcome.door:
        case Door.REPLACED:
            return (
                410,
                "A newer invitation replaced this one",
                (
                    "A newer mail was sent to you, and only the link in the newest mail works.",
                    f"If you cannot find it, ask {asked} to re-invite you.",
                ),
            )
        case Door.EXPIRED:
            return (
                410,
                "This invitation has expired",
                (
                    f"An invitation works for {LIFETIME.days} days, and this one is older. You have not joined.",
                    f"Ask {asked} to re-invite you: you will get a new mail with a new link.",
                ),
            )
        case Door.UNINVITED:
            return (
                410,
                "This invitation was withdrawn",
                (
                    "The link in your mail does not work any more, and you have not joined.",
                    f"If that is a mistake, ask {asked}.",
                ),
            )
        case _:
            return (
                404,
                "This link is not an invitation",
                (
                    "Perhaps the link was cut when it was copied: open it from the mail itself.",
                    "If that does not help, ask whoever invited you to re-invite you.",
                ),
            )


def _whom(welcome: Welcome) -> str:
    if welcome.invited_by and welcome.msp_name:
        return f"{welcome.invited_by} of {welcome.msp_name}"
    return welcome.invited_by or welcome.msp_name or "whoever invited you"

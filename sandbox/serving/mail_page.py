"""The page of the sandbox's mailbox: a list of mails, and one mail shown without trusting it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.serving.access import Access, page
from sandbox.serving.status import shell

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class ShownMail(Protocol):
    """What the page needs to know of a mail."""

    @property
    def number(self) -> int:
        """Its place in the mailbox, counted from one."""

    @property
    def sender(self) -> str:
        """The envelope's sender."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients."""

    @property
    def received(self) -> datetime:
        """When it came."""

    @property
    def subject(self) -> str:
        """Its subject."""

    @property
    def text(self) -> str:
        """Its text part."""

    @property
    def html(self) -> str:
        """Its HTML part."""


def mail_app(access: Access, messages: Callable[[], Sequence[ShownMail]], clear: Callable[[], None]) -> Starlette:
    """The page's app."""

    async def listing(request: Request) -> Response:
        return access.refusal(request) or page(shell("Mailbox", _list(messages())))

    async def one(request: Request) -> Response:
        refusal = access.refusal(request)
        if refusal is not None:
            return refusal
        wanted = request.path_params["number"]
        mail = next((mail for mail in messages() if mail.number == wanted), None)
        if mail is None:
            return page(shell("Mailbox", "<h1>No such mail</h1><p><a href='/'>All mails</a></p>"), status=404)
        return page(shell(mail.subject, _shown(mail)), frames=True)

    async def empty(request: Request) -> Response:
        refusal = access.refusal(request)
        if refusal is not None:
            return refusal
        clear()
        return RedirectResponse("/", 303)

    return Starlette(
        routes=[
            Route("/", listing),
            Route("/mail/{number:int}", one),
            Route("/empty", empty, methods=["POST"]),
        ]
    )


def _list(mails: Sequence[ShownMail]) -> str:
    rows = "".join(
        f"<tr><td><a href='/mail/{mail.number}'>{escape(mail.subject) or '(no subject)'}</a></td>"
        f"<td>{escape(', '.join(mail.recipients))}</td><td class='tail'>{mail.received:%H:%M:%S}</td></tr>"
        for mail in reversed(mails)
    )
    table = f"<table><tr><th>Subject</th><th>To</th><th></th></tr>{rows}</table>"
    button = "<p><form method='post' action='/empty'><button>Empty the mailbox</button></form></p>"
    nothing = "<p>Nothing yet. Reload this page after an invitation was sent.</p>"
    lead = "<p class='lead'>Everything the sandbox mails ends up here and nowhere else.</p>"
    return f"<h1>Mailbox</h1>{lead}{table + button if mails else nothing}"


def _shown(mail: ShownMail) -> str:
    head = (
        f"<p><a href='/'>All mails</a></p><h1>{escape(mail.subject) or '(no subject)'}</h1>"
        f"<p class='lead'>From {escape(mail.sender)} to {escape(', '.join(mail.recipients))}, "
        f"{mail.received:%Y-%m-%d %H:%M:%S}</p>"
    )
    text = f"<h2>Text</h2><pre style='white-space:pre-wrap'>{_linked(mail.text)}</pre>" if mail.text else ""
    # No scripts and no forms in the mail's own HTML; its links open a new window.
    framed = escape("<base target='_blank'>" + mail.html, quote=True)
    frame = (
        "<h2>HTML</h2><iframe sandbox='allow-popups allow-popups-to-escape-sandbox' "
        f"title='HTML part' srcdoc='{framed}' "
        "style='width:100%;height:32rem;border:1px solid #8884;border-radius:8px;background:#fff'></iframe>"
    )
    return head + text + (frame if mail.html else "")


def _linked(text: str) -> str:
    """The text with every web address clickable, and everything else escaped."""
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        address = escape(match[0], quote=True)
        parts.append(escape(text[end : match.start()]))
        parts.append(f"<a href='{address}' rel='noreferrer noopener' target='_blank'>{address}</a>")
        end = match.end()
    return "".join(parts) + escape(text[end:])

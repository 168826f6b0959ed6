"""What every page shares: the templates, the style sheet and the headers that keep a page to itself."""

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = Path(__file__).parent

# A link's token stands in the path, so nothing may carry the address of a page elsewhere or keep the page.
SAFE: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",  # browsers heed it over TLS only
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SafeHeaders:
    """Puts the headers on every answer, also on those that no page made."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _put(message)
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def _put(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SAFE.items():
        headers[name] = value


class Press:
    """Draws pages from the templates; every value is escaped."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._style = (_HERE / "style.css").read_text("utf-8")

    def style(self, _request: Request) -> Response:
        return Response(self._style, media_type="text/css")

    def draw(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(**values)
        return HTMLResponse(html, status_code=status, headers=headers)

    def notice(
        self,
        title: str,
        *said: str,
        status: int = 200,
        mark: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """A page that only says something: a title and sentences. `mark` is "good", "bad" or nothing."""
        return self.draw("notice.html", status, headers, title=title, said=said, mark=mark)

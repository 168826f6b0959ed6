"""Who may see a sandbox page: the holder of its random token, from this machine, with strict headers."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

_LOCAL = {"127.0.0.1", "localhost", "::1"}


class Access:
    """One random token; a link carries it once, then a cookie does."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)

    def refusal(self, request: Request) -> Response | None:
        """What to answer a request that may not pass, or None when it may."""
        # A page elsewhere could resolve its own name to this machine; only loopback names are answered.
        if request.url.hostname not in _LOCAL:
            return PlainTextResponse("Only by a loopback address.", 403)
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            if not self._right(given):
                return PlainTextResponse("Wrong token.", 403)
            answer = RedirectResponse(request.url.path, 303)
            answer.set_cookie(self._cookie(request), self.token, httponly=True, samesite="strict")
            return answer
        if self._right(request.headers.get("x-sandbox-token", "")):
            return None
        if self._right(request.cookies.get(self._cookie(request), "")):
            return None
        return PlainTextResponse("Open this page by the link that carries its token.", 403)

    def _right(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode())

    def _cookie(self, request: Request) -> str:
        # Cookies are not kept apart by port, and several stand-ins share the host.
        return f"sandbox-{request.url.port or 80}"


def page(html: str, *, status: int = 200, frames: bool = False) -> HTMLResponse:
    """A page that loads nothing from anywhere, may not be framed and keeps its address to itself."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
    policy += "; frame-ancestors 'none'; img-src data:" + ("; frame-src 'self'" if frames else "")
    headers = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return HTMLResponse(html, status, headers)

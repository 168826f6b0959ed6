"""Who may talk to the person's side: the right token, from this very page, on this very address."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from sandbox.workspace.core import Core

COOKIE = "sandbox_token"
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
        "connect-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def same_token(core: Core, given: str) -> bool:
    """Whether a client token is this start's, compared in constant time."""
    return hmac.compare_digest(given.encode(), core.settings.tokens.client.encode())


def foreign(request: Request) -> str | None:
    """Why a request comes from elsewhere: another Host (DNS rebinding) or another page's Origin."""
    core: Core = request.app.state.core
    ours = urlsplit(core.settings.base_url)
    hosts = {f"{name}:{ours.port}" for name in ("127.0.0.1", "localhost")}
    if request.headers.get("host", "") not in hosts:
        return "foreign_host"
    origin = request.headers.get("origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        return "foreign_origin"
    return None


def admitted(request: Request) -> bool:
    """Whether the request carries this start's client token, in its header or cookie."""
    core: Core = request.app.state.core
    given = request.headers.get("x-sandbox-token") or request.cookies.get(COOKIE) or ""
    return same_token(core, given)

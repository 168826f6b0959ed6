"""The consent page of an installation: `GET /oauth/v2/authorize` answers with a code at once."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sandbox.workspace import guard
from sandbox.workspace.core import Core


async def authorize(request: Request) -> Response:
    """Agree on behalf of the workspace's first owner, and send the browser back with a code."""
    core: Core = request.app.state.core
    query = request.query_params
    if guard.foreign(request) is not None:
        return PlainTextResponse("Foreign request refused.", status_code=403)
    redirect = query.get("redirect_uri", "")
    if not core.settings.client_id or query.get("client_id") != core.settings.client_id:
        return PlainTextResponse("Invalid client_id parameter", status_code=400)
    if urlsplit(redirect).hostname not in ("127.0.0.1", "localhost"):
        return PlainTextResponse("redirect_uri did not match any configured URIs.", status_code=400)
    code = secrets.token_urlsafe(24)
    owner = next(user for user in core.state.users.values() if user.is_owner)
    core.oauth_codes[code] = owner.id
    answer = urlencode({"code": code, "state": query.get("state", "")})
    return RedirectResponse(f"{redirect}{'&' if '?' in redirect else '?'}{answer}", status_code=302)

"""Serving the workspace's web page: the token into a cookie, then plain files under a strict policy."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from sandbox.workspace import guard
from sandbox.workspace.core import Core

FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
          ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}


async def index(request: Request) -> Response:
    """The page itself. A token in the address becomes the cookie that its later requests carry."""
    core: Core = request.app.state.core
    if guard.foreign(request) is not None:
        return _plain("Foreign request refused.", 403)
    token = request.query_params.get("token")
    if token is not None:
        if not guard.same_token(core, token):
            return _plain("This token is not the workspace's. Open the address printed at start.", 403)
        page = _file("index.html")
        page.set_cookie(guard.COOKIE, token, httponly=True, samesite="strict", path="/")
        return page
    if not guard.admitted(request):
        return _plain("Open the address with the token, as printed when the workspace started.", 403)
    return _file("index.html")


async def asset(request: Request) -> Response:
    """A script or style sheet of the page; nothing secret is in them."""
    if guard.foreign(request) is not None:
        return _plain("Foreign request refused.", 403)
    return _file(request.path_params["name"])


def _file(name: str) -> Response:
    path = (FOLDER / name).resolve()
    if not path.is_relative_to(FOLDER.resolve()) or path.suffix not in _TYPES or not path.is_file():
        return _plain("Not found", 404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=guard.PAGE_HEADERS)


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers=guard.PAGE_HEADERS)

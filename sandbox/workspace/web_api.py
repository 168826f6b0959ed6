"""The Web API endpoint: finds the method, checks token and scope, meets the planned misfortune, answers."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.workspace.core import Core
from sandbox.workspace.encoding import Unreadable, arguments
from sandbox.workspace.faults import Misfortune
from sandbox.workspace.methods import chat, conversations, files, identity, people, views
from sandbox.workspace.methods.call import Call, Method, Refused
from sandbox.workspace.state import Json

METHODS: dict[str, Method] = {
    **identity.METHODS, **people.METHODS, **conversations.METHODS, **chat.METHODS, **views.METHODS, **files.METHODS,
}


async def endpoint(request: Request) -> Response:
    """Answer `/api/<method>`."""
    core: Core = request.app.state.core
    name = request.path_params["method"]
    try:
        args = await arguments(request)
    except Unreadable as unreadable:
        return _json(core, {"ok": False, "error": unreadable.code})
    token = _token(request, args, header_only=name == "apps.connections.open")
    args.pop("token", None)
    misfortune = core.faults.take_for(name)
    if misfortune is not None:
        return _suffer(core, name, args, misfortune)
    answer = await _answer(core, name, args, token, dict(request.headers))
    core.recorder.note(core.time.now(), "from_bot", name, args, answer)
    return _json(core, answer)


async def _answer(core: Core, name: str, args: Json, token: str, headers: dict[str, str]) -> Json:
    try:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        call = Call(core, args, headers)
        _authenticate(core, method, token)
        if method.scope is not None:
            call.need_scope(method.scope)
        return await method.handler(call)
    except Refused as refused:
        return refused.answer


def _authenticate(core: Core, method: Method, token: str) -> None:
    if method.caller == "none":
        return
    tokens = core.settings.tokens
    kinds = {"bot": tokens.bot, "app": tokens.app}
    if not token:
        raise Refused("not_authed")
    known = [kind for kind, value in kinds.items() if hmac.compare_digest(token.encode(), value.encode())]
    if not known:
        raise Refused("invalid_auth")
    if method.caller not in known:
        raise Refused("not_allowed_token_type")


def _token(request: Request, args: Json, *, header_only: bool) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return "" if header_only else str(args.get("token") or "")


def _suffer(core: Core, name: str, args: Json, misfortune: Misfortune) -> Response:
    core.recorder.note(core.time.now(), "from_bot", name, args, f"fault:{misfortune.kind}")
    if misfortune.kind == "ratelimited":
        after = {} if misfortune.retry_after is None else {"Retry-After": str(misfortune.retry_after)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=after)
    if misfortune.kind == "server_error":
        return PlainTextResponse("Server error", status_code=500)
    return _json(core, {"ok": False, "error": misfortune.error})


def _json(core: Core, answer: Json) -> Response:
    scopes = ",".join(sorted(core.settings.scopes))
    return JSONResponse(answer, headers={"x-oauth-scopes": scopes, "x-slack-req-id": "local"})

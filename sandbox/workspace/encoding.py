"""Reading a Web API request's arguments, however the client chose to send them."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from sandbox.workspace.state import Json

_JSON_ARGUMENTS = frozenset({"blocks", "attachments", "view", "metadata", "files", "message", "unfurls"})


class Unreadable(Exception):
    """The body is not what its content type says; `code` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def arguments(request: Request) -> Json:
    """The arguments of a call: query string, then form or JSON body over it."""
    found: Json = {key: _from_text(key, value) for key, value in request.query_params.items()}
    if request.method == "POST":
        found |= await _body(request)
    return {key: value for key, value in found.items() if value is not None}


async def _body(request: Request) -> Json:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        return _json_body(await request.body())
    if content_type in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
        form = await request.form()
        return {key: _from_text(key, value) for key, value in form.items() if isinstance(value, str)}
    return {}


def _json_body(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as broken:
        raise Unreadable("invalid_json") from broken
    if not isinstance(parsed, dict):
        raise Unreadable("json_not_object")
    return {key: _from_text(key, value) if isinstance(value, str) else value for key, value in parsed.items()}


def _from_text(key: str, value: str) -> Any:
    """Structured arguments arrive as JSON text in forms; what does not parse stays text, to be refused by name."""
    if key not in _JSON_ARGUMENTS or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def flag(args: Json, key: str, default: bool = False) -> bool:
    """A boolean argument, as JSON or as the texts "0"/"1"/"true"/"false"."""
    value = args.get(key, default)
    if isinstance(value, str):
        return value.lower() in ("1", "true", "yes")
    return bool(value)


def listing(args: Json, key: str) -> list[str]:
    """A list argument, as JSON, as JSON text or as text parted by commas."""
    value = args.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return [str(item) for item in value]
    text = str(value).strip()
    if text.startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except ValueError:
            return []
    return [part.strip() for part in text.split(",") if part.strip()]

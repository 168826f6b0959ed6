"""views.* and blocks.validate: modals, the Home tab, and Slack's own check of blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.workspace import view_store
from sandbox.workspace.methods.call import Call, Method, Refused, complaints
from sandbox.workspace.rules import Problem, check_blocks, check_message, check_view
from sandbox.workspace.slack_objects import view_object
from sandbox.workspace.state import Json, View

VIEW_BYTES_MOST = 250_000


async def open_(call: Call) -> Json:
    """Open a modal for the person of a trigger."""
    body = _body(call, "modal")
    _unused_external_id(call, body, None)
    user = _exchange(call)
    return _answer(await view_store.open_view(call.core, user, body))


async def push(call: Call) -> Json:
    """Put a modal on top of the person's open ones."""
    body = _body(call, "modal")
    _unused_external_id(call, body, None)
    user = _exchange(call)
    depth = len(call.core.state.stack(user))
    if depth == 0:
        raise Refused("not_found")
    if depth >= view_store.MOST_VIEWS:
        raise Refused("push_limit_reached")
    return _answer(await view_store.push_view(call.core, user, body))


async def update(call: Call) -> Json:
    """Change an open view by its id or its external id."""
    state = call.core.state
    if not call.text("view_id") and not call.text("external_id"):
        raise Refused("invalid_arguments", response_metadata={
            "messages": ["[ERROR] missing required field: view_id"]})
    view = state.views.get(call.text("view_id")) or state.view_by_external_id(call.text("external_id"))
    body = _body(call, None)
    if view is None:
        raise Refused("not_found")
    if view.body["type"] != body["type"]:
        raise complaints("invalid_arguments", [_wrong_type(view.body["type"])], "/view")
    _unused_external_id(call, body, view)
    _same_hash(call, view)
    return _answer(await view_store.update_view(call.core, view, body))


async def publish(call: Call) -> Json:
    """Show a person's Home tab."""
    call.need("user_id", "view")
    body = _body(call, "home")
    if not call.core.settings.home_tab:
        raise Refused("not_enabled")
    user = call.user("user_id")
    view = call.core.state.home(user.id)
    _unused_external_id(call, body, view)
    if view is not None:
        _same_hash(call, view)
    return _answer(await view_store.publish_home(call.core, user.id, body))


async def validate(call: Call) -> Json:
    """Slack's own check of blocks, a message or a view."""
    given = [key for key in ("blocks", "view", "message") if call.args.get(key) is not None]
    if len(given) != 1:
        raise _bad_argument("must provide exactly one of `blocks`, `view`, or `message`")
    key = given[0]
    value = call.args[key]
    if isinstance(value, str):
        raise _bad_argument(f"`{key}` must be valid JSON")
    checks: dict[str, Callable[[Any], list[Problem]]] = {
        "blocks": check_blocks, "view": check_view, "message": check_message}
    found = checks[key](value)
    if found:
        raise Refused(f"invalid_{key}", errors=[problem.as_json() for problem in found])
    return {"ok": True}


def _bad_argument(sentence: str) -> Refused:
    return Refused("invalid_arguments", response_metadata={"messages": [sentence]})


def _body(call: Call, kind: str | None) -> Json:
    call.need("view")
    body = call.args["view"]
    if not isinstance(body, dict):
        raise complaints("invalid_arguments", [Problem("failed_constraint", "must be an object", "")], "/view")
    if len(json.dumps(body, ensure_ascii=False).encode()) > VIEW_BYTES_MOST:
        raise Refused("view_too_large")
    problems = check_view(body)
    if kind is not None and body.get("type") != kind and not problems:
        problems = [_wrong_type(kind)]
    if problems:
        raise complaints("invalid_arguments", problems, "/view")
    return body


def _wrong_type(kind: str) -> Problem:
    return Problem("failed_constraint", f"must be a valid enum value: {kind}", "/type")


def _exchange(call: Call) -> str:
    trigger_id = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger_id:
        raise _bad_argument("[ERROR] missing required field: trigger_id")
    if call.core.faults.take_expired_trigger():
        raise Refused("expired_trigger_id")
    trigger = call.core.tickets.exchange(trigger_id)
    if isinstance(trigger, str):
        raise Refused(trigger)
    return trigger.user


def _unused_external_id(call: Call, body: Json, own: View | None) -> None:
    other = call.core.state.view_by_external_id(str(body.get("external_id") or ""))
    if other is not None and other is not own:
        raise Refused("duplicate_external_id")


def _same_hash(call: Call, view: View) -> None:
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refused("hash_conflict")


def _answer(view: View) -> Json:
    return {"ok": True, "view": view_object(view)}


METHODS = {
    "views.open": Method(open_),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
    "blocks.validate": Method(validate, caller="none"),
}

"""What a person does with a modal as a whole: submitting it and closing it."""

from __future__ import annotations

from sandbox.workspace import payloads, posting, view_store
from sandbox.workspace.core import Core
from sandbox.workspace.form_checks import complaints
from sandbox.workspace.rules import check_view
from sandbox.workspace.state import Json, View
from sandbox.workspace.view_state import merged

MODAL_TROUBLE = "We had some trouble connecting. Try again?"


async def submit(core: Core, view: View, state: Json) -> Json:
    """A person submits a modal: their client checks it first, then the bot decides."""
    view.values = merged(view.body["blocks"], view.values, state)
    errors = complaints(view)
    if errors:
        return {"ok": False, "errors": errors}
    answer = await core.delivery.ask("interactive", payloads.view_submission(core, view))
    if not answer.acked:
        return await _trouble(core, view)
    return await _obey(core, view, answer.payload or {})


async def close(core: Core, view: View, *, everything: bool) -> Json:
    """A person leaves a modal by Cancel, or the whole stack by its X."""
    everything = everything or bool(view.body.get("clear_on_close"))
    leaving = core.state.stack(view.user)[::-1] if everything else [view]
    if everything:
        await view_store.clear_stack(core, view)
    else:
        await view_store.close_view(core, view)
    for left in leaving:
        if left.body.get("notify_on_close"):
            await core.delivery.ask("interactive", payloads.view_closed(core, left, cleared=everything))
    return {"ok": True}


async def _obey(core: Core, view: View, payload: Json) -> Json:
    """Do what the ack of a submission asks for."""
    action = payload.get("response_action")
    if action is None:
        await view_store.close_view(core, view)
        return {"ok": True}
    if action == "clear":
        await view_store.clear_stack(core, view)
        return {"ok": True}
    if action == "errors":
        return await _show_errors(core, view, payload.get("errors"))
    if action in ("update", "push"):
        return await _show_view(core, view, str(action), payload.get("view"))
    return await _trouble(core, view)


async def _show_errors(core: Core, view: View, errors: object) -> Json:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return await _trouble(core, view)
    return {"ok": False, "errors": {key: str(text) for key, text in errors.items()}}


async def _show_view(core: Core, view: View, action: str, body: object) -> Json:
    """Update or push the view of an ack; one Slack would refuse shows only the trouble sentence."""
    if not isinstance(body, dict) or body.get("type") != "modal" or check_view(body):
        return await _trouble(core, view)
    other = core.state.view_by_external_id(str(body.get("external_id") or ""))
    if other is not None and (action == "push" or other is not view):
        return await _trouble(core, view)
    if action == "push" and len(core.state.stack(view.user)) >= view_store.MOST_VIEWS:
        return await _trouble(core, view)
    if view.id not in core.state.views:
        return await _trouble(core, view)
    if action == "push":
        await view_store.push_view(core, view.user, body)
    else:
        await view_store.update_view(core, view, body)
    return {"ok": True}


async def _trouble(core: Core, view: View) -> Json:
    await posting.toast(core, view.user, MODAL_TROUBLE, "error")
    return {"ok": False, "problem": MODAL_TROUBLE}

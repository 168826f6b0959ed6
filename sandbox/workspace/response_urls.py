"""The response_url endpoint: answers to commands and clicks, up to five within half an hour."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.workspace import cast, posting
from sandbox.workspace.core import Core
from sandbox.workspace.rules import check_message
from sandbox.workspace.state import Channel, Json, Message
from sandbox.workspace.tickets import ResponseUrl
from sandbox.workspace.view_store import with_ids


async def endpoint(request: Request) -> Response:
    """Answer a post to a response URL."""
    core: Core = request.app.state.core
    try:
        body = json.loads(await request.body())
    except ValueError:
        return _refusal("invalid_payload", 400)
    if not isinstance(body, dict):
        return _refusal("invalid_payload", 400)
    found = core.tickets.find_url(request.path_params["key"])
    core.recorder.note(core.time.now(), "from_bot", "response_url", body)
    if isinstance(found, str):
        return _refusal(found, 404)
    channel = core.state.channels[found.channel]
    refusal = _refused(channel, body)
    if refusal is not None:
        return refusal
    found.uses_left -= 1
    return await _carry_out(core, found, channel, body)


def _refused(channel: Channel, body: Json) -> Response | None:
    if channel.archived:
        return _refusal("is_archived", 403)
    if body.get("delete_original"):
        return None
    if not body.get("text") and not body.get("blocks") and not body.get("attachments"):
        return _refusal("no_text", 400)
    # The budget over all texts is not enforced here: Slack lets the same blocks through a response_url.
    problems = [p for p in check_message({k: body[k] for k in ("blocks", "attachments") if body.get(k)})
                if p.code != "msg_blocks_too_long"]
    if problems:
        said = [f"[ERROR] {p.message} [json-pointer:{p.pointer}]" for p in problems]
        return _refusal("invalid_blocks", 400, response_metadata={"messages": said})
    return None


async def _carry_out(core: Core, url: ResponseUrl, channel: Channel, body: Json) -> Response:
    original = channel.messages.get(url.message_ts or "")
    if body.get("delete_original"):
        if original is None:
            return _refusal("message_not_found", 404)
        await posting.remove(core, channel, original)
    elif body.get("replace_original") and url.message_ts is not None:
        if original is None:
            return _refusal("message_not_found", 404)
        original.text = str(body.get("text") or "")
        original.blocks = with_ids(body["blocks"]) if body.get("blocks") else None
        original.attachments = body.get("attachments") or None
        original.edited_ts = None if original.ephemeral_to else core.time.next_ts()
        await posting.changed(core, channel, original)
    else:
        await posting.post(core, channel, answer_message(core, url.user, channel, body))
    return PlainTextResponse("ok")


def answer_message(core: Core, user: str, channel: Channel, body: Json) -> Message:
    """The message of an answer: only the person sees it, unless it says `in_channel`."""
    thread_ts = body.get("thread_ts")
    return Message(
        ts=core.time.next_ts(), channel=channel.id, user=cast.BOT_USER_ID, text=str(body.get("text") or ""),
        blocks=with_ids(body["blocks"]) if body.get("blocks") else None,
        attachments=body.get("attachments") or None, from_bot=True, thread_ts=str(thread_ts) if thread_ts else None,
        ephemeral_to=None if body.get("response_type") == "in_channel" else user,
    )


def _refusal(error: str, status: int, **extra: object) -> Response:
    return JSONResponse({"ok": False, "error": error, **extra}, status_code=status)

"""files.*: the three steps of an upload, and the place the bytes go."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.workspace import cast, posting
from sandbox.workspace.core import Core
from sandbox.workspace.methods.call import Call, Method, Refused
from sandbox.workspace.state import Json, Message

_UPLOAD_BYTES_MOST = 50_000_000


async def upload_url(call: Call) -> Json:
    """Where to send the bytes of a file."""
    call.need("filename", "length")
    try:
        length = int(call.args["length"])
    except ValueError as wrong:
        raise Refused("invalid_arguments") from wrong
    if length <= 0:
        raise Refused("invalid_arguments", response_metadata={
            "messages": ["[ERROR] must be greater than 0 [json-pointer:/length]"]})
    if length > _UPLOAD_BYTES_MOST:
        raise Refused("file_upload_size_restricted")
    file_id = call.core.state.new_id("F")
    key = secrets.token_urlsafe(24)
    call.core.state.files[file_id] = {"id": file_id, "name": call.text("filename"), "length": length, "key": key,
                                      "content": None, "completed": False, "created": int(call.core.time.now())}
    return {"ok": True, "upload_url": f"{call.core.settings.base_url}/upload/v1/{key}", "file_id": file_id}


async def receive(request: Request) -> Response:
    """Take the raw bytes of a file."""
    core: Core = request.app.state.core
    key = request.path_params["key"]
    held = next((file for file in core.state.files.values() if file["key"] == key), None)
    if held is None:
        return PlainTextResponse("Not found", status_code=404)
    held["content"] = await _content(request)
    core.recorder.note(core.time.now(), "from_bot", "upload", held["content"].decode("utf-8", "replace"))
    return PlainTextResponse(f"OK - {len(held['content'])}")


async def _content(request: Request) -> bytes:
    # slack_sdk labels the raw bytes as a form, so only a real multipart body is taken apart.
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        for part in (await request.form()).values():
            if not isinstance(part, str):
                return await part.read()
    return await request.body()


async def complete(call: Call) -> Json:
    """Finish uploads and share them in a conversation, if one is named."""
    call.need("files")
    wanted = call.args["files"]
    if not isinstance(wanted, list):
        raise Refused("invalid_arguments")
    shown = [_finished(call, item) for item in wanted]
    if call.text("channel_id") or call.text("channels"):
        await _share(call, shown)
    return {"ok": True, "files": shown}


def _finished(call: Call, item: Json) -> Json:
    held = call.core.state.files.get(str(item.get("id")))
    if held is None or held["content"] is None or held["completed"]:
        raise Refused("file_not_found")
    held["completed"] = True
    held["title"] = item.get("title") or held["name"]
    base = call.core.settings.base_url
    return {
        "id": held["id"], "created": held["created"], "name": held["name"], "title": held["title"],
        "size": len(held["content"]), "user": cast.BOT_USER_ID, "mode": "hosted", "is_external": False,
        "filetype": held["name"].rpartition(".")[2], "url_private": f"{base}/files/{held['id']}/{held['name']}",
        "permalink": f"{base}/files/{held['id']}/{held['name']}",
    }


async def _share(call: Call, shown: list[Json]) -> None:
    channel = call.channel("channel_id" if call.text("channel_id") else "channels")
    if cast.BOT_USER_ID not in channel.members:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    await posting.post(call.core, channel, Message(
        ts=call.core.time.next_ts(), channel=channel.id, user=cast.BOT_USER_ID, text=call.text("initial_comment"),
        files=shown, from_bot=True, thread_ts=call.text("thread_ts") or None,
    ))


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, scope="files:write"),
    "files.completeUploadExternal": Method(complete, scope="files:write"),
}

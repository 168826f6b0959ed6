"""The person's protocol (docs/sandbox-client-protocol.md): what a client asks, and who it may speak for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.workspace import cast, clicks, guard, modals, speaking
from sandbox.workspace.clicks import Unacceptable
from sandbox.workspace.client_objects import client_channel, client_message, client_stack, client_user
from sandbox.workspace.core import Core
from sandbox.workspace.fault_requests import apply_fault
from sandbox.workspace.slack_objects import view_object
from sandbox.workspace.state import Channel, Json, View

Ask = Callable[[Core, Json], Awaitable[Json]]


async def boot(core: Core, _asked: Json) -> Json:
    """What a client needs to draw itself."""
    settings = core.settings
    return {
        "team": {"id": cast.TEAM_ID, "domain": cast.TEAM_DOMAIN, "name": cast.TEAM_NAME},
        "users": [client_user(user) for user in core.state.users.values()],
        "channels": [client_channel(channel, core.state) for channel in core.state.channels.values()],
        "commands": [asdict(command) for command in settings.commands], "links": settings.links,
    }


async def messages(core: Core, asked: Json) -> Json:
    """What a person sees in a channel without its replies, or in a thread, the first message first."""
    channel = _channel(core, asked)
    visible = core.state.visible_messages(_user(core, asked), channel)
    thread_ts = asked.get("thread_ts")
    if thread_ts:
        found = [m for m in visible if thread_ts in (m.ts, m.thread_ts)]
    else:
        found = [m for m in visible if m.thread_ts in (None, m.ts)]
    return {"messages": [client_message(m, channel) for m in found]}


async def message(core: Core, asked: Json) -> Json:
    """A person says something where they are a member."""
    channel, user = _channel(core, asked), _user(core, asked)
    if user not in channel.members:
        raise Unacceptable("not_in_channel", "This person is not a member of that channel.")
    if channel.archived:
        raise Unacceptable("is_archived", "That channel is archived.")
    return await speaking.say(core, user, channel, str(asked.get("text") or ""), asked.get("thread_ts"))


async def command(core: Core, asked: Json) -> Json:
    """A person gives a slash command."""
    channel, user = _channel(core, asked), _user(core, asked)
    return await speaking.command(core, user, channel, str(asked.get("command")), str(asked.get("text") or ""))


async def action(core: Core, asked: Json) -> Json:
    """A person presses or chooses something."""
    place = clicks.find_place(core, _user(core, asked), _part(asked, "container"))
    return await clicks.act(core, place, str(asked.get("block_id")), str(asked.get("action_id")),
                            _part(asked, "action"), _part(asked, "state"))


async def options(core: Core, asked: Json) -> Json:
    """A person searches an external select."""
    place = clicks.find_place(core, _user(core, asked), _part(asked, "container"))
    return await clicks.options(core, place, str(asked.get("block_id")), str(asked.get("action_id")),
                                str(asked.get("value") or ""))


async def submit(core: Core, asked: Json) -> Json:
    """A person submits a modal."""
    return await modals.submit(core, _view(core, asked), _part(asked, "state"))


async def close(core: Core, asked: Json) -> Json:
    """A person closes a modal."""
    return await modals.close(core, _view(core, asked), everything=bool(asked.get("all")))


async def home(core: Core, asked: Json) -> Json:
    """A person opens the Home tab."""
    return await speaking.open_home(core, _user(core, asked))


async def views(core: Core, asked: Json) -> Json:
    """What a person has open."""
    user = _user(core, asked)
    shown = core.state.home(user)
    return {"stack": client_stack(core.state, user), "home": view_object(shown) if shown else None}


async def read(core: Core, asked: Json) -> Json:
    """A person has read a channel."""
    channel, user = _channel(core, asked), _user(core, asked)
    channel.unread.pop(user, None)
    await core.feed.publish([user], "channel", channel=client_channel(channel, core.state))
    return {"ok": True}


async def log(core: Core, asked: Json) -> Json:
    """Everything that passed between the workspace and the bot."""
    records = core.recorder.all(asked.get("direction"), asked.get("name"))
    return {"records": [asdict(record) for record in records], "counts": core.recorder.counts()}


async def faults(core: Core, asked: Json) -> Json:
    """Plan a misfortune."""
    return apply_fault(core.faults, asked)


async def events(request: Request) -> Response:
    """A person's events as they happen."""
    core: Core = request.app.state.core
    refusal = _refusal(request)
    if refusal is not None:
        return refusal
    try:
        user = _user(core, dict(request.query_params))
        since = int(request.query_params.get("since") or request.headers.get("last-event-id") or core.feed.last)
    except Unacceptable as wrong:
        return _error(wrong.code, wrong.detail, 400)
    except ValueError:
        return _error("invalid_since", "`since` is the number of an event.", 400)
    return StreamingResponse(_stream(core, user, since), media_type="text/event-stream",
                             headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _stream(core: Core, user: str, since: int) -> AsyncIterator[str]:
    yield ": listening\n\n"
    async for event in core.feed.listen(user, since):
        if event is None:
            yield ": still here\n\n"
        else:
            yield f"id: {event['seq']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"


def _answering(ask: Ask) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        refusal = _refusal(request)
        if refusal is not None:
            return refusal
        core: Core = request.app.state.core
        try:
            return JSONResponse(await ask(core, await _asked(request)))
        except Unacceptable as wrong:
            return _error(wrong.code, wrong.detail, 404 if wrong.code.endswith("_not_found") else 400)

    return answer


async def _asked(request: Request) -> Json:
    if request.method == "GET":
        return dict(request.query_params)
    try:
        body = await request.json()
    except ValueError as wrong:
        raise Unacceptable("invalid_json", "The body is not JSON.") from wrong
    if not isinstance(body, dict):
        raise Unacceptable("invalid_json", "The body is not a JSON object.")
    return body


def _refusal(request: Request) -> Response | None:
    foreign = guard.foreign(request)
    if foreign is not None:
        return _error(foreign, "Only the workspace's own page and clients may ask this.", 403)
    if not guard.admitted(request):
        return _error("invalid_token", "The token is missing or not this workspace's.", 403)
    return None


def _error(code: str, detail: str, status: int) -> Response:
    return JSONResponse({"error": code, "detail": detail}, status_code=status)


def _user(core: Core, asked: Json) -> str:
    user = core.state.users.get(str(asked.get("user")))
    if user is None or user.is_bot:
        raise Unacceptable("user_not_found", "There is no such person.")
    return user.id


def _channel(core: Core, asked: Json) -> Channel:
    channel = core.state.find_channel(str(asked.get("channel")))
    if channel is None or not core.state.can_see(_user(core, asked), channel):
        raise Unacceptable("channel_not_found", "This person does not see that channel.")
    return channel


def _view(core: Core, asked: Json) -> View:
    view = core.state.views.get(str(asked.get("view_id")))
    if view is None or view.user != _user(core, asked) or view.body["type"] != "modal":
        raise Unacceptable("view_not_found", "That modal is not open for this person.")
    return view


def _part(asked: Json, key: str) -> Json:
    value = asked.get(key)
    return value if isinstance(value, dict) else {}


def routes() -> list[Route]:
    """The routes of the person's protocol."""
    gets: dict[str, Ask] = {"boot": boot, "messages": messages, "views": views, "log": log}
    posts: dict[str, Ask] = {"message": message, "command": command, "action": action, "options": options,
                             "submit": submit, "close": close, "home": home, "read": read, "faults": faults}
    return [
        *(Route(f"/client/{name}", _answering(ask), methods=["GET"]) for name, ask in gets.items()),
        *(Route(f"/client/{name}", _answering(ask), methods=["POST"]) for name, ask in posts.items()),
        Route("/client/events", events, methods=["GET"]),
    ]

"""A server that plays the local workspace from a script: it serves the page, answers from canned data, records what
the page asked, and lets a test push events. It knows the protocol document and nothing of the real server."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE = Path(__file__).resolve().parents[3] / "sandbox" / "workspace" / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Json = dict[str, Any]
Answer = Json | Callable[[Json], Json]


def person(ident: str, name: str, **more: Any) -> Json:
    first = name.split()[0].lower()
    return {
        "id": ident, "name": first, "real_name": name, "email": f"{first}@northwind.example", "title": "",
        "color": "3d7a8c", "is_admin": False, "is_owner": False, "is_restricted": False,
        "is_ultra_restricted": False, "is_stranger": False, "is_bot": False, "deleted": False,
        "tz": "Europe/London",
    } | more  # fmt: skip


def world() -> Json:
    users = [
        person("U0DANA", "Dana Reyes", title="Service desk lead", is_owner=True, is_admin=True, color="8c4f3d"),
        person("U0OMAR", "Omar Haddad", title="Technician", color="4f6d3d"),
        person("U0GUEST", "Grace Lim", title="Contractor", is_restricted=True, color="5b4b8a"),
        person("U0GANG", "Gangway", is_bot=True),
    ]
    channels: list[Json] = [
        {"id": "C0GEN", "name": "general", "kind": "channel", "topic": "Everything and everyone",
         "members": ["U0DANA", "U0OMAR", "U0GUEST", "U0GANG"], "archived": False},
        {"id": "C0ONB", "name": "onboarding", "kind": "channel", "topic": "New clients come on board here",
         "members": ["U0DANA", "U0OMAR", "U0GANG"], "archived": False, "unread": {"U0DANA": 2}},
        {"id": "G0SEC", "name": "security", "kind": "private", "topic": "",
         "members": ["U0DANA", "U0GANG"], "archived": False},
        {"id": "C0OLD", "name": "old-migration", "kind": "channel", "topic": "",
         "members": ["U0DANA", "U0OMAR"], "archived": True},
        {"id": "D0PAIR", "name": "", "kind": "im", "members": ["U0DANA", "U0OMAR"], "archived": False, "topic": ""},
    ]  # fmt: skip
    for user in users[:3]:
        channels.append(
            {"id": f"D0{user['id'][2:]}", "name": "", "kind": "im", "members": [user["id"], "U0GANG"],
             "im_with": user["id"], "archived": False, "topic": ""}
        )  # fmt: skip
    return {
        "team": {"id": "T0NORTH", "domain": "northwind", "name": "Northwind IT"},
        "users": users,
        "channels": channels,
        "commands": [{"command": "/msp", "description": "Clients, people and passwords on board",
                      "usage_hint": "connect | map | import | status | help"}],
        "links": [{"label": "Mailbox", "url": "http://127.0.0.1:9/mail"},
                  {"label": "Autotask stand-in", "url": "http://127.0.0.1:9/autotask"},
                  {"label": "IT Glue stand-in", "url": "http://127.0.0.1:9/itglue"}],
    }  # fmt: skip


class Guard:
    """Puts the strict policy on every answer, so that a test fails when the page would need more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), (b"content-security-policy", POLICY.encode())]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, guarded)


class FakeWorkspace:
    """Canned answers in ``answers`` (by request name), what was asked in ``asked``."""

    def __init__(self) -> None:
        self.world = world()
        self.messages: dict[str, list[Json]] = {}
        self.stack: list[Json] = []
        self.home: Json | None = None
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Json]] = []
        self.streams: list[Json] = []
        self._events: list[Json] = []
        self._changed = threading.Condition()
        self._listeners: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.refusing = False  # whether new event streams are turned away
        self._cut = 0
        self._base = time.time() - 3600
        self._count = 0

    # -- what a test does ---------------------------------------------------------------------------------------

    def ts(self) -> str:
        self._count += 1
        return f"{self._base + self._count * 20:.6f}"

    def say(self, channel: str, text: str = "", blocks: list[Json] | None = None, *, live: bool = False,
            user: str = "U0GANG", **more: Any) -> Json:  # fmt: skip
        """A message in a channel: there from the start, or arriving as an event."""
        message: Json = {"ts": self.ts(), "channel": channel, "user": user, "text": text, "blocks": blocks or []}
        if user == "U0GANG":
            message["bot"] = {"name": "Gangway", "icon": ""}
        message |= more
        self.messages.setdefault(channel, []).append(message)
        if live:
            self.push("message", message=message)
        return message

    def push(self, kind: str, **fields: Any) -> None:
        with self._changed:
            if kind == "message_deleted":  # a page that asks again, as after a lost connection, must not find it
                there = self.messages.get(fields["channel"], [])
                there[:] = [message for message in there if message["ts"] != fields["ts"]]
            self._events.append({"seq": len(self._events) + 1, "kind": kind, **fields})
        self._wake()

    def views(self, kind: str, *stack: Json) -> None:
        self.stack = list(stack)
        self.push(kind, view=stack[-1] if stack else None, stack=self.stack)

    def cut(self) -> None:
        """Break every event stream, as a restart of the server would."""
        self._cut += 1
        self._wake()

    def bodies(self, name: str) -> list[Json]:
        with self._changed:
            return [body for asked, body in self.asked if asked == name]

    def wait_for(self, name: str, count: int = 1) -> list[Json]:
        """The bodies of at least ``count`` requests of a name."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: sum(asked == name for asked, _ in self.asked) >= count, timeout=10)
            assert arrived, f"{count} × {name} expected, asked were {[asked for asked, _ in self.asked]}"
            return [body for asked, body in self.asked if asked == name]

    def wait_for_stream(self) -> None:
        """Until a page listens: what is pushed before that is not for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.refusing or self.streams, timeout=10), "no page listens"

    # -- the server ---------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if self._loop is not None:
            for event in list(self._listeners):
                self._loop.call_soon_threadsafe(event.set)

    def app(self) -> Starlette:
        async def index(_: Request) -> Response:
            return FileResponse(PAGE / "index.html")

        async def boot(_: Request) -> Response:
            return JSONResponse(self.world)

        async def messages(request: Request) -> Response:
            user, channel = request.query_params["user"], request.query_params["channel"]
            thread = request.query_params.get("thread_ts")
            rows = [m for m in self.messages.get(channel, []) if m.get("ephemeral_to") in (None, user)]
            if thread:
                rows = [m for m in rows if thread in (m["ts"], m.get("thread_ts"))]
            return JSONResponse({"messages": rows})

        async def views(_: Request) -> Response:
            return JSONResponse({"stack": self.stack, "home": self.home})

        return Starlette(
            routes=[
                Route("/", index),
                Mount("/page", StaticFiles(directory=PAGE)),
                Route("/client/boot", boot),
                Route("/client/messages", messages),
                Route("/client/views", views),
                Route("/client/events", self._stream),
                Route("/client/{name}", self._post, methods=["POST"]),
            ],
            middleware=[Middleware(Guard)],
        )

    async def _post(self, request: Request) -> Response:
        name, body = request.path_params["name"], await request.json()
        answer = self.answers.get(name, {"view": self.home} if name == "home" else {"ok": True})
        result = await asyncio.to_thread(answer, body) if callable(answer) else answer
        with self._changed:
            self.asked.append((name, body))
            self._changed.notify_all()
        return JSONResponse(result)

    async def _stream(self, request: Request) -> Response:
        self._loop = asyncio.get_running_loop()
        since = request.query_params.get("since")
        if self.refusing:
            return JSONResponse({"error": "starting", "detail": "Not yet."}, status_code=503)
        with self._changed:
            start = int(since) if since is not None else len(self._events)
            self.streams.append(dict(request.query_params))
            self._changed.notify_all()

        async def events() -> AsyncIterator[str]:
            mine, at, cut = asyncio.Event(), start, self._cut
            self._listeners.add(mine)
            try:
                yield ": here\n\n"
                while self._cut == cut:
                    mine.clear()
                    for event in self._events[at:]:
                        yield f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n"
                    at = len(self._events)
                    if self._cut == cut:
                        await mine.wait()
            finally:
                self._listeners.discard(mine)

        return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


class Running:
    """The fake workspace behind a real port."""

    def __init__(self, workspace: FakeWorkspace) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        config = uvicorn.Config(workspace.app(), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._workspace = workspace
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Running:
        self._socket.listen(64)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._workspace.cut()
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()

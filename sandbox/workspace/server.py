"""The workspace as a program: its routes, and a `Workspace` that runs them in a thread."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox.workspace import cast, client_api, oauth_page, page, response_urls, web_api
from sandbox.workspace.clock import Clock, Timekeeper
from sandbox.workspace.core import DEFAULT_EVENTS, DEFAULT_SCOPES, Command, Core, Settings, Tokens
from sandbox.workspace.delivery import Delivery
from sandbox.workspace.faults import Faults
from sandbox.workspace.feed import Feed
from sandbox.workspace.http_mode import RequestUrl
from sandbox.workspace.methods import files
from sandbox.workspace.mishaps import LoopRunner, effects
from sandbox.workspace.recorder import Recorder
from sandbox.workspace.socket_mode import Sockets
from sandbox.workspace.state import Json, State
from sandbox.workspace.tickets import Tickets

LOOPBACK = "127.0.0.1"
_START_SECONDS = 20.0
_PING_SECONDS = 10.0
_LOOK = 0.02  # seconds between two looks


def build(core: Core, runner: LoopRunner | None = None, ready: threading.Event | None = None) -> Starlette:
    """The workspace's application over its parts; `ready` is set once its loop runs."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if runner is not None:
            runner.loop = asyncio.get_running_loop()
        if ready is not None:
            ready.set()
        yield
        await core.delivery.close()

    app = Starlette(lifespan=lifespan, routes=[
        Route("/api/{method}", web_api.endpoint, methods=["GET", "POST"]),
        *(Route(f"/{kind}/{{team}}/{{key}}", response_urls.endpoint, methods=["POST"])
          for kind in ("commands", "actions", "app")),
        Route("/upload/v1/{key}", files.receive, methods=["POST", "PUT"]),
        Route("/oauth/v2/authorize", oauth_page.authorize, methods=["GET"]),
        Route("/health", _health, methods=["GET"]),
        WebSocketRoute("/link/", _link),
        WebSocketRoute("/link", _link),
        *client_api.routes(),
        Route("/", page.index, methods=["GET"]),
        Route("/page/{name:path}", page.asset, methods=["GET"]),
    ])
    app.state.core = core
    return app


async def _link(socket_: WebSocket) -> None:
    core: Core = socket_.app.state.core
    await core.sockets.serve(socket_)


async def _health(request: Request) -> Response:
    core: Core = request.app.state.core
    return JSONResponse({"ok": True, "sockets": core.sockets.count})


class Workspace:
    """A whole local Slack workspace. Start it, point a bot at `api_url`, act as its people with `Person`."""

    def __init__(
        self, *, clock: Clock = time.time, port: int = 0, users: Iterable[cast.CastPerson] = cast.PEOPLE,
        channels: Iterable[cast.CastChannel] = cast.CHANNELS, groups: Iterable[cast.CastGroup] = cast.GROUPS,
        scopes: Iterable[str] = DEFAULT_SCOPES, events: Iterable[str] = DEFAULT_EVENTS, command: str = "/msp",
        home_tab: bool = True, request_url: str | None = None, signing_secret: str = "",
        client_id: str = "", client_secret: str = "", links: Iterable[Json] = (),
    ) -> None:
        # Bound at once, so that the address is known before the start and nobody else can take it.
        self._socket = _bound(port)
        self.base_url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        settings = Settings(
            tokens=_tokens(), base_url=self.base_url, scopes=frozenset(scopes), events=frozenset(events),
            commands=(Command(command),), home_tab=home_tab, client_id=client_id, client_secret=client_secret,
            links=list(links),
        )
        timekeeper, recorder, self.faults = Timekeeper(clock), Recorder(), Faults()
        sockets = Sockets(timekeeper, self.faults, recorder)
        carrier = sockets if request_url is None else RequestUrl(
            request_url, signing_secret, timekeeper, self.faults, recorder)
        self.core = Core(
            settings=settings, state=State(users, channels, groups), time=timekeeper, feed=Feed(),
            recorder=recorder, tickets=Tickets(timekeeper), sockets=sockets,
            delivery=Delivery(carrier, timekeeper, recorder), faults=self.faults,
        )
        self._runner = LoopRunner()
        self.faults.attach(effects(self.core, self._runner))
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def api_url(self) -> str:
        """The Web API's base, for `WebClient(base_url=…)` and SLACK_API_URL."""
        return f"{self.base_url}/api/"

    @property
    def page_url(self) -> str:
        """The address to open in a browser; it carries this start's token."""
        return f"{self.base_url}/?token={self.client_token}"

    @property
    def bot_token(self) -> str:
        """The xoxb- token of this start."""
        return self.core.settings.tokens.bot

    @property
    def app_token(self) -> str:
        """The xapp- token of this start."""
        return self.core.settings.tokens.app

    @property
    def client_token(self) -> str:
        """The token of this start's page and `Person`s."""
        return self.core.settings.tokens.client

    @property
    def log(self) -> Recorder:
        """Everything that passed between workspace and bot."""
        return self.core.recorder

    @property
    def state(self) -> State:
        """The workspace's contents, for tests that look behind the protocol or change a person's roles."""
        return self.core.state

    def start(self) -> Workspace:
        """Serve in a background thread; returns when requests are answered."""
        ready = threading.Event()
        config = uvicorn.Config(
            build(self.core, self._runner, ready), log_level="error", access_log=False, ws="websockets-sansio",
            # One plain frame an envelope: the SDK's builtin client reads no compression and no fragments.
            ws_per_message_deflate=False, ws_ping_interval=_PING_SECONDS, ws_ping_timeout=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]},
                                        name="workspace", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise RuntimeError("The workspace did not start.")
        return self

    def stop(self) -> None:
        """Close every socket with a close frame, end every stream, and stop serving."""
        if self._server is None or self._thread is None:
            self._socket.close()
            return
        self._runner.run(_farewell(self.core))
        self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        self._server = self._thread = None

    def show_links(self, links: Iterable[Json]) -> None:
        """What the page's sidebar leads to beside the workspace: `{"label": "Mailbox", "url": "http://…"}` each."""
        self.core.settings.links[:] = links

    @property
    def sockets_opened(self) -> int:
        """How many sockets bots have opened so far, those closed since among them."""
        return self.core.sockets.opened

    def wait_for_app(self, timeout: float = 10.0, beyond: int = 0) -> None:
        """Return when the bot has connected a socket that is not one of the first `beyond`.

        The socket of a bot that was killed counts as open until its end is heard of. Raises TimeoutError.
        """
        loop = self._runner.loop
        if loop is None:
            raise RuntimeError("Start the workspace first.")
        waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(self._connected(beyond), timeout), loop)
        waiting.result(timeout + 1)

    async def _connected(self, beyond: int) -> None:
        while self.core.sockets.opened <= beyond or not self.core.sockets.count:
            await asyncio.sleep(_LOOK)

    def __enter__(self) -> Workspace:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


async def _farewell(core: Core) -> None:
    core.background.close()
    await core.delivery.close()
    await core.sockets.close()
    await core.feed.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((LOOPBACK, port))
    made.listen(128)
    return made


def _tokens() -> Tokens:
    return Tokens(
        bot=f"xoxb-{secrets.randbelow(10**12)}-{secrets.token_hex(16)}",
        app=f"xapp-1-{cast.APP_ID}-{secrets.randbelow(10**12)}-{secrets.token_hex(32)}",
        client=secrets.token_urlsafe(32),
    )

"""Starting and stopping: engine, clock, pages, Slack, in that order and back."""

import logging
import signal
import threading

import uvicorn
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from sqlalchemy.exc import SQLAlchemyError

from bot.schedule import Schedule, Timed, look_at_all
from bot.wiring import Bot
from handlers.web.app import pages
from handlers.web.events import events

log = logging.getLogger(__name__)


class Pages:
    """The web pages, in a thread of their own."""

    def __init__(self, bot: Bot, ready: "Readiness") -> None:
        more = [] if bot.settings.app_token else [events(bot.app)]
        site = pages(bot.context, ready.waiting, more)
        config = uvicorn.Config(
            site,
            host=bot.settings.listen_host,
            port=bot.settings.listen_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="pages", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def up(self) -> bool:
        return self._server.started

    @property
    def gone(self) -> bool:
        """Whether the server ended, as it does when its address is taken."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)


class Readiness:
    """Which parts cannot work right now."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.engine = False
        self.socket: SocketModeHandler | None = None

    def waiting(self) -> list[str]:
        parts = []
        try:
            self._bot.store.ping()
        except SQLAlchemyError:
            parts.append("database")
        if not self.engine:
            parts.append("engine")
        if self._bot.settings.app_token and (self.socket is None or not self.socket.client.is_connected()):
            parts.append("slack")
        return parts


def serve(bot: Bot) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code."""
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    ready = Readiness(bot)
    site = Pages(bot, ready)
    site.start()
    bot.engine.start(bot.context)
    ready.engine = True
    look_at_all(bot.context)
    schedule = Schedule(bot.context, bot.settings.zone, [Timed("old jobs", 3600, bot.engine.forget_old)])
    schedule.start()
    socket = _connect(bot)
    ready.socket = socket
    log.info(
        "Gangway is up: %s, pages on %s:%s", bot.settings.command, bot.settings.listen_host, bot.settings.listen_port
    )
    code = _wait(end, site)
    log.info("Gangway is stopping")
    if socket is not None:
        # Disconnects at once, and then waits for a ping that may be ten seconds away, for which nobody else should wait.
        threading.Thread(target=socket.close, name="farewell", daemon=True).start()
    schedule.stop()
    bot.engine.stop()
    site.stop()
    bot.sources.close()
    bot.store.close()
    return code


def _connect(bot: Bot) -> SocketModeHandler | None:
    if not bot.settings.app_token:
        return None
    socket = SocketModeHandler(bot.app, bot.settings.app_token)
    socket.connect()  # type: ignore[no-untyped-call]
    return socket


def _wait(end: threading.Event, site: Pages) -> int:
    """Until told to stop, or until the pages' address turns out to be taken."""
    while not end.wait(0.5):
        if site.gone:
            log.error("The web pages could not be served: is LISTEN's address taken by another program?")
            return 1
    return 0

"""Starting and stopping: engine, clock, pages, Slack, in that order and back."""

import logging
import signal
import threading
import time
from collections.abc import Mapping

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot import tuning
from bot.schedule import Schedule, Timed, look_at_all
from bot.slack_socket import TimedSocket
from bot.wiring import Bot
from handlers.web.app import pages
from handlers.web.events import events
from handlers.web.metrics import Budgets, Depth, Looks, Watch

log = logging.getLogger(__name__)

FINISH_WITHIN = 2.0  # seconds for what people pressed, when told to stop


class Pages:
    """The web pages, in a thread of their own."""

    def __init__(self, bot: Bot, ready: "Readiness") -> None:
        watch = Watch(ready.about, [Depth(ready.depth), Looks(ready.looks), Budgets(bot.sources.budgets)], bot.acks)
        more = [] if bot.settings.app_token else [events(bot.app, bot.acks)]
        site = pages(bot.context, ready.waiting, more, watch)
        config = uvicorn.Config(
            site,
            host=bot.settings.listen_host,
            port=bot.settings.listen_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
            limit_concurrency=500,  # connections held open cost memory, whoever holds them
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="pages", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def gone(self) -> bool:
        """Whether the server ended, as it does when its address is taken."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)


class Readiness:
    """Which parts cannot work right now, and what a monitor may know beside that."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.stopping = False
        self.schedule: Schedule | None = None
        self.socket: TimedSocket | None = None

    def waiting(self) -> list[str]:
        """Part by part; a replica that is about to end wants no more requests."""
        parts = ["stopping"] if self.stopping else []
        try:
            self._bot.store.ping()
        except SQLAlchemyError:
            parts.append("database")
        if not self._bot.engine.ready:
            parts.append("engine")
        if self.schedule is None or not self.schedule.running:
            parts.append("schedule")
        if self._bot.settings.app_token and (self.socket is None or not self.socket.client.is_connected()):
            parts.append("slack")
        return parts

    def about(self) -> Mapping[str, object]:
        """Without mail everything else works and no restart helps, so that mail makes nobody unready."""
        lacking = [] if self._bot.context.mailer is not None else ["mail: SMTP_URL is not set"]
        return {"lacking": lacking, "replica": self._bot.engine.replica[:8]}

    def depth(self) -> Mapping[str, int]:
        return self._bot.engine.depth() if self._bot.engine.ready else {}

    def looks(self) -> Mapping[str, int]:
        return {} if self.schedule is None else dict(self.schedule.looks)


def serve(bot: Bot) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code."""
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    ready = Readiness(bot)
    site = Pages(bot, ready)
    site.start()
    bot.engine.start(bot.context)
    look_at_all(bot.context)
    schedule = Schedule(bot.context, bot.settings.zone, [Timed("old jobs", 3600, bot.engine.forget_old)])
    schedule.start()
    ready.schedule = schedule
    socket = _connect(bot)
    ready.socket = socket
    tuning.settle()
    log.info(
        "Gangway is up: %s, pages on %s:%s, replica %s",
        bot.settings.command, bot.settings.listen_host, bot.settings.listen_port, bot.engine.replica[:8],
    )  # fmt: skip
    code = _wait(end, site)
    began = time.monotonic()
    log.info("Gangway is stopping")
    ready.stopping = True
    if socket is not None:
        # Says farewell at once, and then waits for Slack's, for which nobody else should wait.
        threading.Thread(target=socket.close, name="farewell", daemon=True).start()
    schedule.stop()
    _let_finish(bot)
    bot.engine.stop()
    site.stop()
    bot.sources.close()
    bot.store.close()
    log.info("Gangway has stopped after %.1f s", time.monotonic() - began)
    return code


def _let_finish(bot: Bot) -> None:
    """What people pressed and Slack was answered for is done to its end, if it ends soon."""
    done = threading.Event()

    def drain() -> None:
        bot.listeners.shutdown(wait=True)  # first: whatever was answered is in the hands then
        bot.hands.shutdown(wait=True)
        done.set()

    threading.Thread(target=drain, name="drain", daemon=True).start()
    if not done.wait(FINISH_WITHIN):
        log.warning("Something that a person asked for is still under way and is cut off")


def _connect(bot: Bot) -> TimedSocket | None:
    if not bot.settings.app_token:
        return None
    socket = TimedSocket(bot.app, bot.settings.app_token, bot.acks)
    socket.connect()  # type: ignore[no-untyped-call]
    return socket


def _wait(end: threading.Event, site: Pages) -> int:
    """Until told to stop, or until the pages' address turns out to be taken."""
    while not end.wait(0.5):
        if site.gone:
            log.error("The web pages could not be served: is LISTEN's address taken by another program?")
            return 1
    return 0

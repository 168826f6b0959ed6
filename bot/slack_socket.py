"""Socket Mode: the next line to Slack is open before the last one ends, and one that breaks is replaced at once.

slack_sdk's own client over the same websocket library ends the old line first, and then waits up to ten seconds for that end
before it opens the next: each time Slack renews a line, which it does every few hours, nobody was heard for so long.
"""

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from time import time
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.base_handler import BaseSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from websocket import WebSocketApp, WebSocketException

from handlers.web.metrics import Acks

log = logging.getLogger(__name__)

OPENS_WITHIN = 10.0  # seconds for a new line
STAYS_FOR = 4.0  # seconds that a line that was followed by another is kept: Slack waits 3 for the answers it still expects by it
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 20.0  # seconds between two tries while Slack cannot be reached
PING_EVERY, PONG_WITHIN = 10, 8  # seconds
ANSWERERS = 10


class Line:
    """One websocket, read in a thread of its own. `heard` gets each text; `news` is set when it opens, ends or will end."""

    def __init__(self, url: str, heard: "Callable[[Line, str], None]", news: threading.Event) -> None:
        self.open = self.ended = self.leaving = self._unwanted = False
        self.settled = threading.Event()
        self._news = news
        self._app = WebSocketApp(url, on_open=self._opened, on_message=lambda _, text: heard(self, text))
        threading.Thread(target=self._run, name="slack line", daemon=True).start()

    def send(self, text: str) -> None:
        """Raises WebSocketException where the line has ended."""
        self._app.send(text)

    def close(self) -> None:
        """End it, also where it is about to open."""
        self._unwanted = True
        self._app.close()

    def leave(self) -> None:
        """Slack will end it soon: another is wanted."""
        self.leaving = True
        self._news.set()

    def _opened(self, app: WebSocketApp) -> None:
        if self._unwanted:
            app.close()
            return
        self.open = True
        self.settled.set()

    def _run(self) -> None:
        try:
            self._app.run_forever(ping_interval=PING_EVERY, ping_timeout=PONG_WITHIN)
        finally:
            self.open, self.ended = False, True
            self.settled.set()
            self._news.set()


class SlackSocket(BaseSocketModeClient):
    """What slack_sdk's clients are, in the way described above."""

    def __init__(self, app_token: str, web_client: WebClient) -> None:
        self.app_token, self.web_client, self.logger = app_token, web_client, log
        self.message_listeners = []
        self.socket_mode_request_listeners = []
        self.message_workers = ThreadPoolExecutor(ANSWERERS, thread_name_prefix="slack")
        self._end = threading.Event()
        self._line: Line | None = None
        self._news = threading.Event()
        self._answering = threading.local()

    def is_connected(self) -> bool:
        return self._line is not None and self._line.open

    def connect(self) -> None:
        """Open the first line and keep one open from now on. Raises SlackApiError where Slack refuses the token."""
        self._renew()
        threading.Thread(target=self._keep, name="slack socket", daemon=True).start()

    def disconnect(self) -> None:
        if self._line is not None:
            self._line.close()

    def close(self) -> None:
        self._end.set()
        self._news.set()
        self.disconnect()
        self.message_workers.shutdown(wait=False)

    def send_message(self, message: str) -> None:
        """By the line that the question came by; by the next one, where that has ended meanwhile."""
        line: Line = self._answering.line
        try:
            line.send(message)
        except (WebSocketException, OSError):
            if self._line is None or self._line is line:
                raise
            self._line.send(message)

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._end.is_set():
            line = self._line
            if line is not None and line.open and not line.leaving:
                self._news.wait()
                self._news.clear()
            elif self._renewed():
                pause = FIRST_PAUSE
            else:
                self._end.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _renewed(self) -> bool:
        try:
            return self._renew()
        except (SlackClientError, OSError, HTTPException) as error:
            log.warning("Slack gives no new line (%s); trying again", type(error).__name__)
            return False

    def _renew(self) -> bool:
        """Open a line and let it take the place of the last one; whether it opened."""
        line = Line(self.issue_new_wss_url(), self._heard, self._news)
        line.settled.wait(OPENS_WITHIN)
        if self._end.is_set() or not line.open:
            line.close()
            log.warning("A new line to Slack did not open; trying again")
            return False
        last, self._line = self._line, line
        if last is not None:
            log.info("A new line to Slack is open")
            timer = threading.Timer(STAYS_FOR, last.close)
            timer.daemon = True
            timer.start()
        return True

    def _heard(self, line: Line, text: str) -> None:
        message = json.loads(text) if text.startswith("{") else {}
        if message.get("type") == "disconnect":
            line.leave()
        elif not self._end.is_set():
            self.message_workers.submit(self._answer, line, message, text)

    def _answer(self, line: Line, message: dict[str, Any], text: str) -> None:
        self._answering.line = line
        self.run_message_listeners(message, text)


class TimedSocket(BaseSocketModeHandler):
    """Bolt behind the socket, with a note of how long each answer took."""

    def __init__(self, app: App, app_token: str, acks: Acks) -> None:
        self.app = app
        self.client = SlackSocket(app_token, app.client)
        self.client.socket_mode_request_listeners.append(self.handle)
        self._acks = acks

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        with self._acks.timed():
            began = time()
            send_response(client, req, run_bolt_app(self.app, req), began)

"""What jobs and timers say: the flows' announcer, drawn in Slack. Telling is not the work, so it fails nobody."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from domain.connection import Connection
from domain.errors import GangwayError
from flows import connect
from flows.context import Context
from handlers import plans, slack
from handlers.digest import post_digest
from handlers.views import doors, kit

log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds between two redraws of one message while it is not final
_TRIES = 4
_KEPT = 1000


class SlackAnnouncer:
    """Implements domain.ports.Announcer. `attend` gives it the context, which holds the announcer itself."""

    def __init__(
        self, client: WebClient, now: Callable[[], float] = time.monotonic, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = slack.honour_limits(client)
        self._context: Context | None = None
        self._now, self._wait = now, wait
        self._lock = threading.Lock()
        self._drawn: OrderedDict[str, float] = OrderedDict()
        self._reading: dict[str, list[Callable[[], None]]] = {}

    def attend(self, context: Context) -> None:
        self._context = context

    def plan(self, plan_id: str, final: bool = False) -> None:
        """Redraw a plan's message. Not final: at most once a second, and dropped when Slack will not have it."""
        context = self._context
        if context is None or not (final or self._is_due(plan_id)):
            return
        if final:
            self._insist(lambda: plans.redraw(self._client, context, plan_id))
        else:
            self._try(lambda: plans.nudge(self._client, context, plan_id))

    def person(self, person_id: str) -> None:
        """Lists are drawn anew when somebody looks; nothing stands open that must change by itself."""

    def digest(self, channel: str) -> None:
        context = self._context
        if context is not None:
            self._insist(lambda: post_digest(self._client, context, channel))

    def notice(self, connection_id: str, text: str) -> None:
        """One sentence to a connection's people: in its channel, else to who connected it."""
        context = self._context
        if context is None:
            return
        found = next((each for each in connect.connections(context) if each.id == connection_id), None)
        if found is None:
            log.warning("A notice for a connection that is gone was dropped.")
            return
        self._tell(found, text, [doors.integrations()])

    def question(self, connection_id: str, question_id: str, text: str) -> None:
        """The same, with the two answers to a list that shrank."""
        context = self._context
        found = None if context is None else next((c for c in connect.connections(context) if c.id == connection_id), None)
        if found is not None:
            self._tell(found, text, doors.shrunk(question_id))

    def _tell(self, connection: Connection, text: str, buttons: list[kit.Block]) -> None:
        line = f"*{kit.said(connection.title)}*: {kit.sentence(text)}"
        message = kit.message(line, [kit.section(line), *kit.actions(*buttons)])
        place = connection.channel or connection.created_by
        self._insist(lambda: slack.post(self._client, place, message, connection.created_by))

    def mapping(self, connection_id: str) -> None:
        """A source's company list has been read: redraw the tables that wait for it."""
        with self._lock:
            waiting = self._reading.pop(connection_id, [])
        for redraw in waiting:
            self._try(redraw)

    def when_read(self, connection_id: str, redraw: Callable[[], None]) -> None:
        """Call this once when the source's company list has been read."""
        with self._lock:
            waiting = self._reading.setdefault(connection_id, [])
            waiting.append(redraw)
            del waiting[:-20]

    def _is_due(self, plan_id: str) -> bool:
        with self._lock:
            now, last = self._now(), self._drawn.get(plan_id)
            if last is not None and now - last < _EVERY:
                return False
            self._drawn[plan_id] = now
            self._drawn.move_to_end(plan_id)
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
            return True

    def _try(self, act: Callable[[], object]) -> bool:
        """False when it may work later."""
        try:
            act()
        except SlackApiError as error:
            log.warning("Slack would not be told: %s", slack.reason(error))
            return not slack.is_passing(error)
        except (URLError, OSError, HTTPException) as error:
            log.warning("Slack could not be told: %s", type(error).__name__)
            return False
        except GangwayError as error:
            log.warning("There was nothing to tell: %s", type(error).__name__)
        return True

    def _insist(self, act: Callable[[], object]) -> None:
        """Outcomes matter: try again for a while before giving up."""
        for attempt in range(_TRIES):
            if attempt:
                self._wait(2.0**attempt)
            if self._try(act):
                return
        log.error("An outcome could not be told to Slack; it stands in the history.")

"""What jobs and timers say: the flows' announcer, drawn in Slack. Telling is not the work, so it fails nobody."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from domain.connection import Connection
from domain.errors import GangwayError
from domain.roles import SYSTEM
from flows import connect, imports
from flows import digest as digests
from flows.context import Context
from handlers import asked, home, plans, progress, slack, ticket_places
from handlers.digest import follow, post_digest
from handlers.later import Later, timer
from handlers.views import doors, kit
from handlers.watching import Watchers

log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds between two redraws of one message while it is not final
_TRIES = 4
_KEPT = 1000
_GATHER = 2.0  # seconds in which the changes of people are gathered before digests follow


class SlackAnnouncer:
    """Implements domain.ports.Announcer. `attend` gives it the context, which holds the announcer itself."""

    def __init__(
        self,
        client: WebClient,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        start: Callable[[float, Callable[[], None]], None] = timer,
    ) -> None:
        self._client = slack.honour_limits(client)
        self._context: Context | None = None
        self._now, self._wait = now, wait
        self._lock = threading.Lock()
        self._drawn: OrderedDict[str, float] = OrderedDict()
        self._reading: dict[str, list[Callable[[], None]]] = {}
        self._team = ""
        self.watchers = Watchers()
        self._people = Later(self._follow, _GATHER, start)

    def attend(self, context: Context) -> None:
        self._context = context

    def plan(self, plan_id: str, final: bool = False) -> None:
        """Redraw a plan's message. Not final: at most once a second, and dropped when Slack will not have it."""
        context = self._context
        if context is None or not (final or self._is_due(plan_id)):
            return
        if final:
            self._insist(lambda: plans.redraw(self._client, context, plan_id))
            self._beside(lambda: self._homes(context, plan_id))
        else:
            self._try(lambda: plans.nudge(self._client, context, plan_id))

    def person(self, person_id: str) -> None:
        """The digests that show this person follow; lists are drawn anew when somebody looks."""
        if self._context is not None:
            self._people.ask(person_id)

    def _follow(self, person_ids: frozenset[str]) -> None:
        context = self._context
        if context is not None:
            self._beside(lambda: [self._try(partial(follow, self._client, context, message))
                                  for message in digests.showing(context, person_ids)])

    def _homes(self, context: Context, plan_id: str) -> None:
        """The Home tabs of those who asked and decided show the plan too."""
        self._team = self._team or str(self._client.auth_test()["team_id"])
        plan = imports.drawn(context, plan_id)
        for user in {plan.requested_by, plan.decided_by} - {"", SYSTEM.user_id}:
            home.publish(self._client, context, user, self._team)

    def ticket(self, ticket_id: str) -> None:
        """Its cards for everybody and their threads; then the cards that somebody has just pressed in."""
        context = self._context
        if context is not None:
            self._insist(lambda: ticket_places.redraw(self._client, context, ticket_id))
            for redraw in self.watchers.of(ticket_id):
                self._beside(redraw)

    def opportunity(self, opportunity_id: str) -> None:
        for redraw in self.watchers.of(opportunity_id):
            self._beside(redraw)

    def digest(self, channel: str) -> None:
        context = self._context
        if context is not None:
            self._insist(lambda: post_digest(self._client, context, channel))

    def whisper(self, user_id: str, channel: str, text: str) -> None:
        """What a person did on a private page, told to them alone."""
        message = kit.message(kit.sentence(text), [kit.section(kit.sentence(text))])
        self._insist(lambda: slack.private(self._client, channel, user_id, message))

    def sync(self, connection_id: str, ended: bool = False) -> None:
        """The message that shows a sync follows it; its end is told with patience."""
        context = self._context
        if context is None:
            return
        if ended:
            self._insist(lambda: progress.redraw(self._client, context, connection_id, ended=True))
        else:
            self._try(lambda: progress.redraw(self._client, context, connection_id))

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

    def request(self, request_id: str) -> None:
        context = self._context
        if context is not None:
            self._insist(lambda: asked.tell(self._client, context, request_id))

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

    def _beside(self, act: Callable[[], object]) -> None:
        """What only follows along: whatever goes wrong with it is written down, and what it follows goes on."""
        try:
            self._try(act)
        except Exception as error:
            log.error("What should have followed did not: %s", type(error).__name__, exc_info=error)

    def _insist(self, act: Callable[[], object]) -> None:
        """Outcomes matter: try again for a while before giving up."""
        for attempt in range(_TRIES):
            if attempt:
                self._wait(2.0**attempt)
            if self._try(act):
                return
        log.error("An outcome could not be told to Slack; it stands in the history.")

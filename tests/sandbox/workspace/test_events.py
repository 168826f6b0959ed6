"""Events: what people say reaches the bot where it is a member, and is sent again until acknowledged."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from slack_bolt import App
from slack_sdk import WebClient

from sandbox.workspace import cast
from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.core import DEFAULT_SCOPES
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import home
from .test_socket_mode import Socket

Json = dict[str, Any]


@pytest.fixture
def heard(bot: App) -> queue.Queue[Json]:
    """Every message event the bot's listeners got."""
    seen: queue.Queue[Json] = queue.Queue()
    bot.event("message")(lambda body: seen.put(body))
    return seen


def test_what_a_person_says_reaches_the_bot_where_it_is_a_member(heard: queue.Queue[Json], tess: Person) -> None:
    ts = tess.say("Hello all", channel="#onboarding")
    body = heard.get(timeout=5)
    event = body["event"]
    assert (event["text"], event["ts"], event["channel"], event["channel_type"]) == (
        "Hello all", ts, ONBOARDING, "channel")
    assert event["client_msg_id"]
    assert body["type"] == "event_callback"
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == cast.BOT_USER_ID
    tess.say("Just us", channel="@bot")
    assert heard.get(timeout=5)["event"]["channel_type"] == "im"


def test_the_bot_hears_nothing_where_it_is_not_or_has_no_scope(workspace: Workspace, tess: Person) -> None:
    tess.say("Out of earshot", channel="#random")
    assert workspace.log.all("to_bot", "events_api") == []
    with Workspace(scopes=set(DEFAULT_SCOPES) - {"channels:history"}) as deaf:
        person = Person(deaf.base_url, deaf.client_token, "tess")
        person.say("Unheard", channel="#onboarding")
        assert deaf.log.all("to_bot", "events_api") == []
        person.close()


def test_a_mention_is_an_event_of_its_own(bot: App, tess: Person) -> None:
    seen: queue.Queue[Json] = queue.Queue()
    bot.event("message")(lambda: None)
    bot.event("app_mention")(lambda event: seen.put(event))
    tess.say(f"<@{cast.BOT_USER_ID}> status", channel="#onboarding")
    assert seen.get(timeout=5)["text"].endswith("status")


def test_the_bot_does_not_hear_itself_through_bolt(
        heard: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    client.chat_postMessage(channel=ONBOARDING, text="My own words")
    tess.say("Other words", channel="#onboarding")
    assert heard.get(timeout=5)["event"]["text"] == "Other words"


def test_opening_the_home_tab_tells_the_bot_with_the_last_view(bot: App, client: WebClient, tess: Person) -> None:
    seen: queue.Queue[Json] = queue.Queue()
    bot.event("app_home_opened")(lambda event: seen.put(event))
    assert tess.home() is None
    first = seen.get(timeout=5)
    assert (first["tab"], first["user"]) == ("home", tess.id)
    assert first["channel"].startswith("D")
    assert "view" not in first
    client.views_publish(user_id=tess.id, view=home())
    assert tess.home()
    assert seen.get(timeout=5)["view"]["type"] == "home"


@pytest.fixture
def socket(workspace: Workspace) -> Iterator[Socket]:
    made = Socket(workspace)
    yield made
    made.raw.close()


def test_an_unacknowledged_event_comes_again_at_once_after_one_and_after_five_minutes(
        socket: Socket, tess: Person, clock: SteppedClock) -> None:
    tess.say("Anyone?", channel="#onboarding")
    first = socket.read()
    assert (first["retry_attempt"], first["retry_reason"], first["accepts_response_payload"]) == (0, "", False)
    for attempt, wait in enumerate([0, 60, 300], start=1):
        clock.advance(3.1)
        clock.advance(wait)
        again = _patiently(socket, clock)
        assert (again["retry_attempt"], again["retry_reason"]) == (attempt, "timeout")
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        assert again["envelope_id"] != first["envelope_id"]
    socket.ack(again)


def _patiently(socket: Socket, clock: SteppedClock) -> Json:
    """Read the next envelope, letting time pass while it is not there yet."""
    socket.raw.settimeout(0.1)
    for _ in range(50):
        try:
            return socket.read()
        except websocket.WebSocketTimeoutException:
            clock.advance(60)
    raise AssertionError("no retry came")


def test_an_acknowledged_event_does_not_come_again(
        heard: queue.Queue[Json], workspace: Workspace, tess: Person, clock: SteppedClock) -> None:
    tess.say("Once", channel="#onboarding")
    heard.get(timeout=5)
    workspace.log.wait_for("from_bot", "ack:events_api")
    clock.advance(3600)
    assert len(workspace.log.all("to_bot", "events_api")) == 1


def test_people_see_each_other_s_words_as_they_come(tess: Person, person: Callable[[str], Person]) -> None:
    person("tom").say("Morning", channel="#onboarding")
    assert tess.wait_for_message("#onboarding", "Morning")["user"] == cast.TOM.id

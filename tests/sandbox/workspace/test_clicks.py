"""Buttons, choices and external selects: the payload of each, and what comes back."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from sandbox.workspace import cast
from sandbox.workspace.clicks import CLICK_TROUBLE
from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.finding import NotThere
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, button, field, home, modal, option, section, select

Json = dict[str, Any]


@pytest.fixture
def clicked(bot: App) -> queue.Queue[Json]:
    """Every block_actions payload the bot got, acknowledged."""
    seen: queue.Queue[Json] = queue.Queue()

    @bot.action({"type": "block_actions", "action_id": "go"})
    def note(ack: Ack, body: Json) -> None:
        ack()
        seen.put(body)

    return seen


def test_a_button_in_a_message_brings_the_whole_message(
        clicked: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="Choose",
                                 blocks=[actions(button("Approve", "go", value="42", style="primary"))])["ts"]
    assert tess.press(tess.last("#onboarding"), "Approve")
    body = clicked.get(timeout=5)
    assert body["container"] == {"type": "message", "message_ts": ts, "channel_id": ONBOARDING,
                                 "is_ephemeral": False}
    assert body["message"]["text"] == "Choose"
    assert body["channel"] == {"id": ONBOARDING, "name": "onboarding"}
    assert body["user"] == {"id": cast.TESS.id, "username": "tess", "name": "tess", "team_id": cast.TEAM_ID}
    assert (body["enterprise"], body["is_enterprise_install"]) == (None, False)
    assert body["response_url"].startswith("http://127.0.0.1:")
    action = body["actions"][0]
    assert (action["type"], action["value"], action["style"]) == ("button", "42", "primary")
    assert action["text"]["text"] == "Approve"
    assert action["action_ts"]


def test_a_button_on_the_home_tab_brings_the_view_and_no_response_url(
        clicked: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    client.views_publish(user_id=tess.id, view=home(section("Pending", accessory=button("Open", "go"))))
    assert tess.press(tess.wait_for_home("Pending"), "Open")
    body = clicked.get(timeout=5)
    assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
    assert body["view"]["type"] == "home"
    assert "response_url" not in body
    assert "channel" not in body


CHOICES: dict[str, tuple[Json, Any, str, Any]] = {
    "static select": (select("Red", "Blue"), "Blue", "selected_option", "blue"),
    "radio buttons": ({"type": "radio_buttons", "options": [option("Red"), option("Blue")]}, "Red",
                      "selected_option", "red"),
    "checkboxes": ({"type": "checkboxes", "options": [option("Red"), option("Blue")]}, ["Red", "Blue"],
                   "selected_options", ["red", "blue"]),
    "multi select": ({"type": "multi_static_select", "options": [option("Red"), option("Blue")]}, ["Blue"],
                     "selected_options", ["blue"]),
    "users select": ({"type": "users_select"}, "tom", "selected_user", cast.TOM.id),
    "several users": ({"type": "multi_users_select"}, ["tom", "nina"], "selected_users",
                      [cast.TOM.id, cast.NINA.id]),
    "channel select": ({"type": "channels_select"}, "#onboarding", "selected_channel", ONBOARDING),
    "conversation select": ({"type": "conversations_select"}, "#onboarding", "selected_conversation", ONBOARDING),
    "date": ({"type": "datepicker"}, "2027-01-31", "selected_date", "2027-01-31"),
    "time": ({"type": "timepicker"}, "09:30", "selected_time", "09:30"),
    "moment": ({"type": "datetimepicker"}, 1_800_000_000, "selected_date_time", 1_800_000_000),
}


def _values(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_values(item) for item in answer]
    return answer["value"] if isinstance(answer, dict) else answer


def test_every_kind_of_choice_brings_its_answer_in_action_and_state(
        clicked: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    for name, (element, answer, key, expected) in CHOICES.items():
        block = section(name, block_id="choice", accessory=element | {"action_id": "go"})
        client.chat_postMessage(channel=ONBOARDING, text=name, blocks=[block])
        assert tess.choose(tess.last("#onboarding"), name, answer), name
        body = clicked.get(timeout=5)
        assert _values(body["actions"][0][key]) == expected, name
        assert _values(body["state"]["values"]["choice"]["go"][key]) == expected, name


def test_an_overflow_entry_is_pressed_like_a_button(
        clicked: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    menu = {"type": "overflow", "action_id": "go", "options": [option("Edit"), option("Remove", "rm-7")]}
    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[section("Row", accessory=menu)])
    assert tess.press(tess.last("#onboarding"), "Remove")
    assert clicked.get(timeout=5)["actions"][0]["selected_option"]["value"] == "rm-7"


def test_among_buttons_of_one_label_the_nearest_to_some_words_is_pressed(
        clicked: queue.Queue[Json], client: WebClient, tess: Person) -> None:
    rows = [section(name, accessory=button("Confirm", "go", value=name)) for name in ("Contoso", "Fabrikam")]
    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=rows)
    assert tess.press(tess.last("#onboarding"), "Confirm", near="Fabrikam")
    assert clicked.get(timeout=5)["actions"][0]["value"] == "Fabrikam"


def test_a_click_nobody_answers_shows_a_warning(
        bot: App, client: WebClient, tess: Person, clock: SteppedClock) -> None:
    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[actions(button("Orphan", "nobody"))])

    @bot.action("nobody")
    def never(body: Json) -> None:
        clock.advance(3.1)
        raise RuntimeError("before ack")

    outcome = tess.press(tess.last("#onboarding"), "Orphan")
    assert outcome.problem == CLICK_TROUBLE
    assert tess.wait_for_event("toast")["text"] == CLICK_TROUBLE


def test_an_external_select_offers_what_the_bot_answers(
        bot: App, client: WebClient, workspace: Workspace, tess: Person) -> None:
    asked: queue.Queue[Json] = queue.Queue()

    @bot.options("company")
    def search(ack: Ack, payload: Json) -> None:
        asked.put(payload)
        names = [name for name in ("Contoso", "Fabrikam") if name.lower().startswith(payload["value"].lower())]
        ack(options=[option(name) for name in names])

    external = {"type": "external_select", "action_id": "company", "min_query_length": 0}
    client.views_open(trigger_id=workspace.core.tickets.trigger(tess.id),
                      view=modal(field("Company", "company", external)))
    view = tess.wait_for_view("Company")
    assert tess.options(view, "Company", "") == ["Contoso", "Fabrikam"]
    assert tess.options(view, "Company", "fab") == ["Fabrikam"]
    tess.fill(view, {"Company": "Contoso"})
    payload = asked.get(timeout=5)
    assert payload["type"] == "block_suggestion"
    assert (payload["action_id"], payload["block_id"], payload["value"]) == ("company", "company", "")
    assert payload["container"]["type"] == "view"
    assert "trigger_id" not in payload


@pytest.mark.parametrize("answer", [
    {"options": [option(str(n)) for n in range(101)]},
    {"options": [option("x" * 76)]},
    {"options": [], "option_groups": []},
])
def test_options_slack_would_refuse_are_not_offered(bot: App, client: WebClient, tess: Person, answer: Json) -> None:
    bot.options("company")(lambda ack: ack(**answer))
    external = {"type": "external_select", "action_id": "company"}
    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[section("Pick", accessory=external)])
    assert tess.options(tess.last("#onboarding"), "Pick", "c") == []


def test_nobody_presses_what_they_do_not_see(client: WebClient, person: Callable[[str], Person]) -> None:
    client.chat_postMessage(channel="C0LEADERS4", text="Secret", blocks=[actions(button())])
    secret = person("olivia").last("#leadership")
    with pytest.raises(NotThere, match="channel_not_found"):
        person("tess").press(secret, "Go")
    client.chat_postEphemeral(channel=ONBOARDING, user=cast.TESS.id, text="x", blocks=[actions(button())])
    with pytest.raises(NotThere, match="message_not_found"):
        person("tom").press(person("tess").last("#onboarding"), "Go")


def test_an_element_that_is_gone_cannot_be_pressed(client: WebClient, tess: Person) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[actions(button())])["ts"]
    before = tess.last("#onboarding")
    client.chat_update(channel=ONBOARDING, ts=ts, text="Done")
    with pytest.raises(NotThere, match="element_not_found"):
        tess.press(before, "Go")
    with pytest.raises(NotThere, match="no button 'Dance'"):
        tess.press(before, "Dance")

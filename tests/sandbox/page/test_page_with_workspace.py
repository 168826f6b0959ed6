"""The page against the real workspace with a small Bolt app: the two sides of the protocol mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from sandbox.workspace.server import Workspace
from tests.sandbox.page.kit import actions, button, entry, plain, section

pytestmark = pytest.mark.browser


def form(*more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "connect",
        "title": plain("Connect Autotask"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            *more,
            entry("API username", "plain_text_input", "user"),
            entry("Company", "external_select", "company", min_query_length=1),
            actions(button("Test connection", "test")),
        ],
    }


def listen(app: App) -> None:
    """A bot just large enough to use every kind of exchange once."""

    @app.command("/msp")
    def command(ack: Any, body: Any, client: WebClient, respond: Any) -> None:
        ack()
        if body["text"] == "map":
            respond(text="Map", blocks=[section("*Contoso*"), actions(button("Confirm", "confirm"))])
        else:
            client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.options("v")
    def companies(ack: Any, payload: Any) -> None:
        ack(options=[{"text": plain(f"{payload['value']} {n}"), "value": str(n)} for n in range(30)])

    @app.action("test")
    def test(ack: Any, body: Any, client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=form(section("Tested")))

    @app.view("connect")
    def connect(ack: Any, view: Any, body: Any, client: WebClient) -> None:
        if view["state"]["values"]["user"]["v"]["value"] != "good":
            ack(response_action="errors", errors={"user": "Autotask does not know this user."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text="Connected *Autotask*")

    @app.action("confirm")
    def confirm(ack: Any, respond: Any) -> None:
        ack()
        respond(replace_original=True, text="Confirmed")

    @app.event("message")
    def heard(event: Any, say: Any) -> None:
        say(text=f"Heard: {event['text']}", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def home(event: Any, client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Good morning")]})


@pytest.fixture
def page(page_context: BrowserContext) -> Iterator[Page]:
    with Workspace() as workspace:
        app = App(client=WebClient(token=workspace.bot_token, base_url=workspace.api_url))
        listen(app)
        handler: Any = SocketModeHandler(app, workspace.app_token)
        handler.connect()
        workspace.wait_for_app()
        opened = page_context.new_page()
        opened.goto(workspace.page_url)
        expect(opened.locator("#app")).to_have_attribute("data-ready", "true")
        yield opened
        page_context.close()
        handler.close()


def test_a_modal_from_command_to_message(page: Page) -> None:
    """A command opens a form; it is searched, tested, corrected and saved; its entries survive the update."""
    assert "token" not in page.url
    page.get_by_role("button", name="/msp connect autotask").click()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Connect Autotask")
    dialog.get_by_label("API username").fill("bad")
    dialog.get_by_label("Company").fill("Con")
    page.get_by_role("option", name="Con 3", exact=True).click()
    dialog.get_by_role("button", name="Test connection").click()
    expect(dialog.get_by_text("Tested")).to_be_visible()
    expect(dialog.get_by_label("API username")).to_have_value("bad")
    expect(dialog.get_by_label("Company")).to_have_value("Con 3")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Autotask does not know this user.")).to_be_visible()
    dialog.get_by_label("API username").fill("good")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("article")).to_contain_text("Connected Autotask")


def test_an_ephemeral_with_a_button_and_an_unknown_command(page: Page) -> None:
    """A pressed button's message is replaced; a command nobody knows is refused in one sentence, told once."""
    box = page.get_by_label("Message Gangway")
    box.fill("/msp map")
    box.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Only visible to you")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("article")).to_contain_text("Confirmed")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    box.fill("/nope")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("/nope is not a valid command.")


def test_talk_threads_people_and_home(page: Page) -> None:
    """What is said reaches the bot, its reply counts in the channel; a guest sees less; Home is published on opening."""
    page.get_by_role("button", name="general").click()
    box = page.get_by_label("Message #general")
    box.fill("hello @Tess Tran <b>")
    box.press("Enter")
    page.get_by_role("button", name="1 reply").click()
    expect(page.get_by_text("Heard: hello @Tess Tran <b>")).to_be_visible()
    page.get_by_role("button", name="You are").click()
    page.get_by_role("menuitemradio", name="Gus Guest").click()
    expect(page.get_by_role("button", name="general")).to_have_count(0)
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("Good morning")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Good morning")).to_be_visible()

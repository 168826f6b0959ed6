"""Connecting by the private page: its button in the form, its address kept over redraws, and the form without secrets."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from flows import connect as flow
from handlers import register
from handlers.views import connect as views
from tests.handlers.browsing import browse
from tests.handlers.samples import assert_drawable
from tests.handlers.test_source_views import connector
from tests.handlers.whole import GOOD, ROOM, Whole, whole

ADDRESS = "http://gangway.test/enter/Zm9vYmFyYmF6LXF1eC0xMjM0NTY3ODkw"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        yield running


def addressed(view: object) -> str:
    found = re.search(r"http://gangway\.test/enter/[A-Za-z0-9_-]+", repr(view))
    assert found
    return found[0]


def test_the_form_keeps_its_link_when_it_is_redrawn(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "connect autotask", channel=ROOM)
    first = adam.wait_for_view("Enter it on a private page")
    adam.press(first, "Create a new user")
    again = adam.wait_for_view("Hide the guide")
    assert addressed(first) == addressed(again)


def test_the_page_connects_and_tells_in_slack(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "connect autotask", channel=ROOM)
    address = addressed(adam.wait_for_view("Enter it on a private page"))
    fields = {"region": "EU", "username": "api@northwind.example", "secret": GOOD}
    [page] = browse(bot.context, ("POST", address, {"data": fields}))
    assert page.status_code == 200
    adam.wait_for_message(ROOM, "is connected", "private page")
    assert [each.source for each in flow.live(bot.context)] == ["autotask"]
    assert GOOD not in repr(adam.messages(ROOM)) + repr(adam.stack())


def test_without_secrets_in_slack_the_form_has_no_field_but_the_button() -> None:
    shown = views.modal(views.Form(connector(), "C0MSP", guide=0, link=ADDRESS, takes_secrets=False))
    assert_drawable(shown)
    assert not [block for block in shown["blocks"] if block["type"] == "input"]
    assert "submit" not in shown
    assert views.link_of(shown) == ADDRESS
    assert "Test connection" not in repr(shown)


def test_a_form_of_before_the_switch_is_refused(tmp_path: Path, bot: Whole) -> None:
    strict = replace(bot.context, words=replace(bot.context.words, credentials_in_slack=False))
    app = App(client=WebClient(token=bot.workspace.bot_token, base_url=bot.workspace.api_url))
    register(app, strict)
    form = views.modal(views.Form(connector("Autotask PSA"), "C0MSP"))
    meta, block = "autotask||C0MSP", views.block_of("secret")
    state = {"values": {block: {views.VALUE: {"type": "plain_text_input", "value": GOOD}}}}
    user = next(str(each["id"]) for each in app.client.users_list()["members"] if each["name"] == "adam")
    view = form | {"id": "V1", "private_metadata": meta, "state": state}
    body = {"type": "view_submission", "user": {"id": user}, "team": {"id": "T0NORTHWND"}, "view": view, "api_app_id": "A0GANGWAY1"}
    answer = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert "not taken in Slack" in answer.body
    assert not flow.live(strict)

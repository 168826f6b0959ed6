"""Submitting and closing modals, and what each kind of ack does."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from sandbox.workspace import cast
from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.modals import MODAL_TROUBLE
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .samples import field, modal, option, plain, section

Json = dict[str, Any]
Open = Callable[..., Json]


@pytest.fixture
def opened(workspace: Workspace, client: WebClient) -> Open:
    """Opens a modal for Tess."""
    def open_(view: Json) -> Json:
        found: Json = client.views_open(trigger_id=workspace.core.tickets.trigger(cast.TESS.id), view=view)["view"]
        return found

    return open_


def test_a_submission_brings_every_input_empty_ones_as_null(bot: App, opened: Open, tess: Person) -> None:
    submitted: queue.Queue[Json] = queue.Queue()

    @bot.view("form")
    def take(ack: Ack, body: Json) -> None:
        ack()
        submitted.put(body)

    boxes = {"type": "checkboxes", "action_id": "a", "options": [option("One")]}
    chosen = {"type": "static_select", "action_id": "a", "options": [option("US"), option("EU")],
              "initial_option": option("EU")}
    opened(modal(field(), field("Note", "note", optional=True), field("Boxes", "boxes", boxes, optional=True),
                 field("Region", "region", chosen),
                 field("Count", "count", {"type": "number_input", "action_id": "a", "is_decimal_allowed": False,
                                          "initial_value": "7"})))
    assert tess.submit(answers={"Name": "Zed"})
    body = submitted.get(timeout=5)
    values = body["view"]["state"]["values"]
    assert values["name"]["typed"]["value"] == "Zed"
    assert values["note"]["typed"] == {"type": "plain_text_input", "value": None}
    assert values["boxes"]["a"] == {"type": "checkboxes", "selected_options": []}
    assert values["region"]["a"]["selected_option"]["value"] == "eu"
    assert values["count"]["a"]["value"] == "7"
    assert body["response_urls"] == []
    assert "trigger_id" in body
    assert tess.view() is None


def test_errors_stand_under_their_inputs_and_the_modal_stays(bot: App, opened: Open, tess: Person) -> None:
    bot.view("form")(lambda ack: ack(response_action="errors", errors={"name": "Too short"}))
    opened(modal())
    outcome = tess.submit(answers={"Name": "Z"})
    assert outcome.errors == {"Name": "Too short"}
    assert tess.view() is not None


def test_the_client_itself_refuses_what_the_inputs_forbid(bot: App, opened: Open, workspace: Workspace,
                                                          tess: Person) -> None:
    def typed(kind: str, **extra: Any) -> Json:
        return {"type": kind, "action_id": "a", **extra}

    opened(modal(field(), field("Short", "short", typed("plain_text_input", max_length=3)),
                 field("Long", "long", typed("plain_text_input", min_length=3)),
                 field("Mail", "mail", typed("email_text_input")), field("Page", "page", typed("url_text_input")),
                 field("Days", "days", typed("number_input", is_decimal_allowed=False, min_value="1",
                                             max_value="9"))))
    outcome = tess.submit(answers={"Short": "four", "Long": "ab", "Mail": "x", "Page": "x", "Days": "12"})
    assert set(outcome.errors) == {"Name", "Short", "Long", "Mail", "Page", "Days"}
    assert outcome.errors["Name"] == "Please complete this required field."
    assert workspace.log.all("to_bot", "interactive") == []


def test_an_ack_may_update_push_and_clear(bot: App, opened: Open, tess: Person) -> None:
    acks = iter([
        {"response_action": "update", "view": modal(title="Updated")},
        {"response_action": "push", "view": modal(title="Pushed")},
        {"response_action": "clear"},
    ])
    bot.view("form")(lambda ack: ack(**next(acks)))
    opened(modal())
    assert tess.submit(answers={"Name": "a"})
    assert tess.wait_for_view("Updated")
    assert tess.submit()
    assert tess.wait_for_view("Pushed")
    assert len(tess.stack()) == 2
    assert tess.submit(answers={"Name": "b"})
    assert tess.stack() == []


def test_closing_a_pushed_view_by_an_empty_ack_leaves_the_one_below(bot: App, opened: Open, tess: Person) -> None:
    acks: list[Json] = [{"response_action": "push", "view": modal(title="Pushed")}, {}]
    bot.view("form")(lambda ack: ack(**acks.pop(0)))
    opened(modal())
    tess.submit(answers={"Name": "a"})
    tess.submit(tess.wait_for_view("Pushed"), {"Name": "b"})
    assert [view["title"]["text"] for view in tess.stack()] == ["Form"]


TROUBLES: dict[str, Json] = {
    "a title over 24 characters": {"response_action": "update", "view": modal(title="x" * 25)},
    "a home view": {"response_action": "push", "view": {"type": "home", "blocks": []}},
    "no view": {"response_action": "update"},
    "errors for no input": {"response_action": "errors", "errors": {"elsewhere": "x"}},
    "an unknown action": {"response_action": "explode"},
}


def test_an_ack_slack_cannot_use_shows_the_trouble_sentence_and_tells_the_bot_nothing(
        bot: App, opened: Open, workspace: Workspace, tess: Person) -> None:
    current: list[Json] = []
    bot.view("form")(lambda ack: ack(**current[-1]))
    opened(modal())
    for name, answer in TROUBLES.items():
        current.append(answer)
        assert tess.submit(answers={"Name": "a"}).problem == MODAL_TROUBLE, name
    assert len(workspace.log.all("to_bot", "interactive")) == len(TROUBLES)
    assert tess.view() is not None


def test_a_submission_nobody_acks_shows_the_trouble_sentence(
        bot: App, opened: Open, tess: Person, clock: SteppedClock) -> None:
    @bot.view("form")
    def fail(body: Json) -> None:
        clock.advance(4)
        raise RuntimeError("before ack")

    opened(modal())
    assert tess.submit(answers={"Name": "a"}).problem == MODAL_TROUBLE
    assert tess.view() is not None


def test_a_view_that_asked_for_it_tells_of_its_closing(bot: App, opened: Open, tess: Person) -> None:
    closed: queue.Queue[Json] = queue.Queue()

    @bot.view_closed("form")
    def note(ack: Ack, body: Json) -> None:
        ack()
        closed.put(body)

    opened(modal(notify_on_close=True))
    tess.cancel()
    first = closed.get(timeout=5)
    assert (first["type"], first["is_cleared"]) == ("view_closed", False)
    assert "trigger_id" not in first
    opened(modal(notify_on_close=True))
    tess.cancel(everything=True)
    assert closed.get(timeout=5)["is_cleared"] is True


def test_a_view_that_did_not_ask_closes_silently(bot: App, opened: Open, workspace: Workspace, tess: Person) -> None:
    opened(modal())
    tess.cancel()
    assert tess.view() is None
    assert workspace.log.all("to_bot", "interactive") == []


def test_an_input_that_dispatches_is_sent_as_it_is_filled_in(bot: App, opened: Open, tess: Person) -> None:
    seen: queue.Queue[Json] = queue.Queue()

    @bot.action("typed")
    def note(ack: Ack, body: Json) -> None:
        ack()
        seen.put(body)

    view = opened(modal(field(dispatch_action=True), field("Other", "other", {
        "type": "plain_text_input", "action_id": "typed2", "initial_value": "before"})))
    tess.fill(view, {"Name": "Zed"})
    body = seen.get(timeout=5)
    assert body["actions"][0]["value"] == "Zed"
    assert body["view"]["state"]["values"]["other"]["typed2"]["value"] == "before"


def test_response_urls_come_with_a_submission_that_chose_a_channel(bot: App, opened: Open, tess: Person) -> None:
    submitted: queue.Queue[Json] = queue.Queue()

    @bot.view("form")
    def take(ack: Ack, body: Json, respond: Any) -> None:
        ack()
        respond("Posted from the modal")
        submitted.put(body)

    chooser = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    opened(modal(section(), field("Where", "where", chooser), submit=plain("Go")))
    assert tess.submit(answers={"Where": "#onboarding"})
    assert submitted.get(timeout=5)["response_urls"][0]["block_id"] == "where"
    assert tess.wait_for_message("#onboarding", "Posted from the modal")

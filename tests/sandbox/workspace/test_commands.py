"""Slash commands: what the bot gets, and what the person sees."""

from __future__ import annotations

import re
import threading
from typing import Any

from slack_bolt import Ack, App, Respond

from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, button, section


def test_a_command_reaches_the_bot_with_every_field_slack_sends(bot: App, tess: Person, workspace: Workspace) -> None:
    bot.command("/msp")(lambda ack: ack())
    assert tess.command("/msp", "import users contoso", channel="#onboarding")
    payload = workspace.log.all("to_bot", "slash_commands")[0].content
    assert set(payload) == {"token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name",
                            "command", "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id"}
    assert (payload["command"], payload["text"]) == ("/msp", "import users contoso")
    assert (payload["channel_id"], payload["channel_name"]) == (ONBOARDING, "onboarding")
    assert payload["is_enterprise_install"] == "false"
    assert re.fullmatch(r"\d+\.\d+\.[0-9a-f]{32}", payload["trigger_id"])


def test_an_acked_text_is_shown_to_the_person_alone(bot: App, tess: Person, person: Any) -> None:
    bot.command("/msp")(lambda ack: ack("Only for you"))
    assert tess.command("/msp", channel="#onboarding")
    shown = tess.wait_for_message("#onboarding", "Only for you")
    assert shown["ephemeral_to"] == tess.id
    assert person("tom").messages("#onboarding") == []


def test_an_ack_in_channel_is_shown_to_everyone(bot: App, tess: Person, person: Any) -> None:
    bot.command("/msp")(lambda ack: ack(text="For all", response_type="in_channel"))
    assert tess.command("/msp", channel="#onboarding")
    assert "ephemeral_to" not in person("tom").wait_for_message("#onboarding", "For all")


def test_without_an_app_the_person_reads_dispatch_failed(workspace: Workspace, tess: Person) -> None:
    outcome = tess.command("/msp", "help")
    assert not outcome
    assert outcome.problem == '/msp failed with the error "dispatch_failed"'


def test_without_an_ack_in_three_seconds_the_person_reads_operation_timeout(
        bot: App, tess: Person, clock: SteppedClock) -> None:
    arrived, release = threading.Event(), threading.Event()

    @bot.command("/msp")
    def slow(ack: Ack) -> None:
        arrived.set()
        clock.advance(3.1)
        release.wait(5)
        ack()

    outcome = tess.command("/msp")
    release.set()
    assert arrived.is_set()
    assert outcome.problem == '/msp failed with the error "operation_timeout"'


def test_a_command_nobody_registered_is_not_valid(workspace: Workspace, tess: Person) -> None:
    assert tess.command("/nonsense").problem == "/nonsense is not a valid command."


def test_an_ack_with_blocks_slack_refuses_shows_an_error(bot: App, tess: Person) -> None:
    bot.command("/msp")(lambda ack: ack(blocks=[{"type": "section"}], text="x"))
    assert tess.command("/msp").problem == '/msp failed with the error "invalid_blocks"'


def test_a_response_url_takes_five_posts_and_no_sixth(bot: App, tess: Person) -> None:
    statuses: list[tuple[int, str]] = []
    done = threading.Event()

    @bot.command("/msp")
    def answer(ack: Ack, respond: Respond) -> None:
        ack()
        for number in range(6):
            sent = respond(f"Post {number}")
            statuses.append((sent.status_code, sent.body))
        done.set()

    tess.command("/msp", channel="#onboarding")
    assert done.wait(5)
    assert [status for status, _ in statuses] == [200] * 5 + [404]
    assert "used_url" in statuses[-1][1]
    assert len(tess.messages("#onboarding", "Post")) == 5


def test_a_response_url_is_dead_after_thirty_minutes(bot: App, tess: Person, clock: SteppedClock) -> None:
    answers: list[str] = []
    done = threading.Event()

    @bot.command("/msp")
    def answer(ack: Ack, respond: Respond) -> None:
        ack()
        clock.advance(30 * 60 + 1)
        answers.append(respond("Too late").body)
        done.set()

    tess.command("/msp")
    assert done.wait(5)
    assert "expired_url" in answers[0]


def test_a_response_url_refuses_blocks_slack_would_refuse(bot: App, tess: Person) -> None:
    sent: list[Any] = []
    done = threading.Event()

    @bot.command("/msp")
    def answer(ack: Ack, respond: Respond) -> None:
        ack()
        sent.append(respond(text="x", blocks=[section("y" * 3001)]))
        sent.append(respond(text="", blocks=[]))
        done.set()

    tess.command("/msp")
    assert done.wait(5)
    assert sent[0].status_code == 400
    assert "invalid_blocks" in sent[0].body
    assert "no_text" in sent[1].body


def test_a_click_may_replace_and_delete_its_ephemeral_message(bot: App, tess: Person) -> None:
    bot.command("/msp")(lambda ack: ack(blocks=[actions(button("Next", "next"))], text="Menu"))

    @bot.action("next")
    def replace(ack: Ack, respond: Respond) -> None:
        ack()
        respond(replace_original=True, text="Page two", blocks=[actions(button("Away", "away"))])

    @bot.action("away")
    def away(ack: Ack, respond: Respond) -> None:
        ack()
        respond(delete_original=True)

    tess.command("/msp", channel="#onboarding")
    menu = tess.wait_for_message("#onboarding", "Menu")
    assert tess.press(menu, "Next")
    second = tess.wait_for_message("#onboarding", "Page two")
    assert second["ts"] == menu["ts"]
    assert second["ephemeral_to"] == tess.id
    assert tess.press(second, "Away")
    assert tess.wait_for(lambda: not tess.messages("#onboarding", "Page two"))
    assert "Menu" not in words(tess.messages("#onboarding"))

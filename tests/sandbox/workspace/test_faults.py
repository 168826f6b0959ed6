"""Misfortune on demand, planned from Python and over the client protocol."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, button, modal
from .test_web_api import error_of

Post = Callable[..., httpx.Response]


@pytest.fixture
def plan(workspace: Workspace) -> Post:
    """Plans a fault over the client protocol."""
    def post(**fault: Any) -> httpx.Response:
        return httpx.post(f"{workspace.base_url}/client/faults", json=fault, trust_env=False,
                          headers={"X-Sandbox-Token": workspace.client_token})

    return post


def test_a_rate_limit_answers_429_with_retry_after(workspace: Workspace, client: WebClient) -> None:
    workspace.faults.rate_limit("users.info", times=1, retry_after=30)
    with pytest.raises(SlackApiError) as caught:
        client.users_info(user="U0TESSTE03")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "30"
    assert client.users_info(user="U0TESSTE03")["ok"]


def test_a_rate_limit_may_lack_retry_after(workspace: Workspace, client: WebClient) -> None:
    workspace.faults.rate_limit(retry_after=None)
    with pytest.raises(SlackApiError) as caught:
        client.auth_test()
    assert "Retry-After" not in caught.value.response.headers


def test_the_sdk_s_own_retry_gets_past_a_rate_limit(workspace: Workspace, client: WebClient) -> None:
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    workspace.faults.rate_limit("chat.postMessage", times=2, retry_after=0)
    assert client.chat_postMessage(channel=ONBOARDING, text="x")["ok"]
    assert len(workspace.log.calls("chat.postMessage")) == 3


def test_a_server_error_is_no_json(workspace: Workspace, client: WebClient) -> None:
    workspace.faults.server_error("chat.postMessage")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=ONBOARDING, text="x")
    assert caught.value.response.status_code == 500


def test_any_error_can_be_had_and_the_call_does_nothing(
        workspace: Workspace, client: WebClient, tess: Person) -> None:
    workspace.faults.fail("chat.postMessage", "fatal_error", times=2)
    for _ in range(2):
        assert error_of(client.chat_postMessage, channel=ONBOARDING, text="x") == "fatal_error"
    assert tess.messages("#onboarding") == []
    workspace.faults.fail("chat.postMessage", "fatal_error")
    workspace.faults.clear()
    assert client.chat_postMessage(channel=ONBOARDING, text="x")["ok"]


def test_an_envelope_can_come_twice(bot: App, workspace: Workspace, client: WebClient, tess: Person) -> None:
    seen: queue.Queue[str] = queue.Queue()

    @bot.action("go")
    def note(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        seen.put(body["trigger_id"])

    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[actions(button())])
    workspace.faults.duplicate("interactive")
    assert tess.press(tess.last("#onboarding"), "Go")
    assert seen.get(timeout=5) == seen.get(timeout=5)


def test_a_delayed_ack_is_too_late_for_the_person(bot: App, workspace: Workspace, tess: Person) -> None:
    bot.command("/msp")(lambda ack: ack("Never shown"))
    workspace.faults.delay_acks(seconds=5)
    assert tess.command("/msp", channel="#onboarding").problem == '/msp failed with the error "operation_timeout"'
    assert tess.messages("#onboarding") == []
    assert tess.command("/msp", channel="#onboarding")


def test_triggers_can_be_expired_before_and_after_they_are_made(workspace: Workspace, client: WebClient) -> None:
    made = workspace.core.tickets.trigger("U0TESSTE03")
    workspace.faults.expire_triggers()
    assert error_of(client.views_open, trigger_id=made, view=modal()) == "expired_trigger_id"
    workspace.faults.expire_triggers(times=1)
    fresh = workspace.core.tickets.trigger("U0TESSTE03")
    assert error_of(client.views_open, trigger_id=fresh, view=modal()) == "expired_trigger_id"
    assert client.views_open(trigger_id=fresh, view=modal())["ok"]


def test_channels_close_bots_leave_and_messages_go(
        workspace: Workspace, client: WebClient, tess: Person) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="x")["ts"]
    workspace.faults.delete_message("#onboarding", ts)
    assert error_of(client.chat_update, channel=ONBOARDING, ts=ts, text="y") == "message_not_found"
    workspace.faults.remove_bot("#onboarding")
    assert error_of(client.conversations_history, channel=ONBOARDING) == "not_in_channel"
    workspace.faults.invite_bot("#onboarding")
    workspace.faults.archive("#onboarding")
    assert tess.wait_for_event("channel")["channel"]["id"] == ONBOARDING
    assert error_of(client.chat_postMessage, channel=ONBOARDING, text="x") == "is_archived"
    workspace.faults.archive("#onboarding", archived=False)
    assert client.chat_postMessage(channel=ONBOARDING, text="x")["ok"]


def test_faults_are_planned_over_the_client_protocol_too(plan: Post, client: WebClient) -> None:
    assert plan(fault="rate_limit", method="auth.test", retry_after=7).json() == {"ok": True}
    with pytest.raises(SlackApiError) as caught:
        client.auth_test()
    assert caught.value.response.headers["Retry-After"] == "7"
    assert plan(fault="archive", channel="#random").json() == {"ok": True}
    assert client.conversations_info(channel="C0RANDOM08")["channel"]["is_archived"] is True


def test_a_fault_request_that_makes_no_sense_is_explained(plan: Post) -> None:
    for fault in ({"fault": "sing"}, {"fault": "attach"}, {"fault": "archive", "channel": "#nowhere"},
                  {"fault": "rate_limit", "colour": "red"}, {"fault": "fail"}):
        answer = plan(**fault)
        assert answer.status_code == 400
        assert set(answer.json()) == {"error", "detail"}

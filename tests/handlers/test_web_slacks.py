"""Slack's door in HTTP mode takes bodies of Slack's shapes; any other one is refused quietly, and breaks nothing."""

import asyncio
import copy
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette

from handlers import once
from handlers.web.events import events
from handlers.web.metrics import Acks
from handlers.web.slacks import is_slacks
from tests.handlers.test_web_gate import SECRET, asked, signed

WHO: dict[str, Any] = {"user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1", "domain": "northwind"}, "enterprise": None}
VIEW = {"id": "V1", "type": "modal", "callback_id": "saved", "private_metadata": "", "blocks": [], "state": {"values": {"a": {"a": {"type": "x"}}}}}
BODIES: dict[str, dict[str, Any]] = {
    "event": {
        "type": "event_callback", "event_id": "Ev1", "team_id": "T1", "authorizations": [{"team_id": "T1", "enterprise_id": None}],
        "event": {"type": "message", "channel": "C1", "channel_type": "im", "user": "U1", "text": "hello", "message": {"user": "U1"}},
    },
    "click": {
        "type": "block_actions", **WHO, "trigger_id": "1.2", "container": {"type": "message"}, "channel": {"id": "C1"},
        "message": {"ts": "1.1", "user": "U2"}, "state": {"values": {}}, "actions": [{"action_id": "go", "block_id": "b", "type": "button"}],
    },
    "form": {"type": "view_submission", **WHO, "view": VIEW, "response_urls": []},
    "picker": {"type": "block_suggestion", **WHO, "action_id": "pick", "block_id": "b", "value": "con", "view": VIEW},
}  # fmt: skip


@pytest.fixture(scope="module")
def door() -> Starlette:
    """Slack's door with a listener of every kind behind it."""
    slack = App(signing_secret=SECRET, authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1"), process_before_response=True)
    once.bind(slack)
    for kind in (slack.command("/msp"), slack.action("go"), slack.view("saved"), slack.options("pick"), slack.event("message")):
        kind(_acknowledge)
    return Starlette(routes=[events(slack, Acks())])


def _acknowledge(ack: Any) -> None:
    ack()


def sent(body: dict[str, Any]) -> str:
    return json.dumps(body) if body.get("type") == "event_callback" else urlencode({"payload": json.dumps(body)})


def answer(door: Starlette, content: str, secret: str = SECRET, kind: str = "application/x-www-form-urlencoded") -> httpx.Response:
    method, path, more = signed("", body=content, secret=secret)
    more["headers"]["content-type"] = kind
    return asyncio.run(asked(door, [(method, path, more)]))[0]


@pytest.mark.parametrize("name", BODIES)
def test_what_slack_sends_is_taken(door: Starlette, name: str) -> None:
    assert answer(door, sent(BODIES[name])).status_code == 200


WRONG = [
    "", "hello", "x=1", "payload=", "payload=hello", "payload=[]", "payload=5", "payload=null", "{", "{}", '{"type": 5}', '{"type":', "[" * 100_000,
    '{"a":' * 50_000, '{"type":"event_callback","event":"message"}', '{"type":"event_callback","event":{}}',
    '{"type":"block_actions","actions":[]}', '{"type":"block_actions","actions":{}}', '{"type":"block_actions","actions":[{}]}',
    '{"type":"event_callback","event":null}', '{"type":"view_submission","view":null}', '{"type":"block_actions","user":5}', '{"type":"view_submission","view":"V1"}', '{"type":"x","authorizations":{"0":1}}',
    '{"type":"x","response_urls":[5]}', '{"type":"view_submission","view":{"callback_id":"saved","state":{"values":[]}}}',
]  # fmt: skip


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
@pytest.mark.parametrize("content", WRONG, ids=lambda content: content[:60])
def test_a_signed_body_that_is_none_of_slacks_is_refused_quietly(
    door: Starlette, caplog: pytest.LogCaptureFixture, content: str, kind: str
) -> None:
    caplog.set_level(logging.INFO)
    assert answer(door, content, kind=kind).status_code == 400
    assert [record for record in caplog.records if record.name.startswith(("slack_bolt", "handlers"))] == []
    assert answer(door, content, "another-secret", kind).status_code == 401, "who did not sign it is told nothing more"


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_in_a_body_the_door_does_not_break(door: Starlette, data: st.DataObject) -> None:
    body = copy.deepcopy(BODIES[data.draw(st.sampled_from(sorted(BODIES)))])
    for _ in range(data.draw(st.integers(1, 2))):
        *path, key = data.draw(st.sampled_from([*places(body)]))
        inner: Any = body
        for step in path:
            inner = inner[step]
        inner[key] = data.draw(st.sampled_from([None, 5, True, "", "x", [], {}, [5], ["x"], {"id": 5}, [{}], [None]]))
    assert answer(door, sent(body)).status_code in (200, 400, 404)


def test_what_slack_may_leave_out_or_send_as_nothing_is_taken() -> None:
    for body in (
        {"type": "block_actions", **WHO, "actions": [{"action_id": "go"}], "channel": None, "message": None, "state": None, "view": None},
        {"type": "view_closed", "view": {**VIEW, "state": None}, "user": WHO["user"], "team": None},
        {"type": "event_callback", "event": {"type": "app_home_opened", "user": "U1", "view": {"id": "V1"}}},
        {"type": "event_callback", "event": {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}},
        {"type": "event_callback", "event": {"type": "channel_created", "channel": {"id": "C1"}}},
        {"type": "shortcut", "callback_id": "x", "user": {"id": "U1"}},
    ):  # fmt: skip
        assert is_slacks(json.dumps(body), "application/json"), body
    assert is_slacks("ssl_check=1&token=x", "application/x-www-form-urlencoded")
    assert is_slacks("command=%2Fmsp&text=&user_id=U1", "application/x-www-form-urlencoded")

"""What stands before every page: other sites' forms, floods, and requests that only look as if Slack had sent them."""

import asyncio
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette

from domain.invitation import Door
from flows.invitations import Welcome
from handlers.web.app import site
from handlers.web.events import MOST, events
from handlers.web.gate import PER_VISITOR
from handlers.web.health import Readiness
from handlers.web.join import Doors
from handlers.web.limits import Fresh
from handlers.web.metrics import Acks
from handlers.web.page import SAFE
from tests.handlers.test_web_join import TOKEN, Clock

SECRET = "a-signing-secret"
HOST = "gangway.test"


class Desk:
    """A page with a button, and Slack's door beside it, with a count of what took effect."""

    def __init__(self) -> None:
        self.accepted = 0
        self.commands: list[str] = []
        self.clock = Clock()
        slack = App(signing_secret=SECRET, authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1"), process_before_response=True)

        @slack.command("/msp")
        def command(ack: Any, body: dict[str, Any]) -> None:
            self.commands.append(body["text"])
            ack()

        self.app = site(Doors(self._open, self._accept), list, self.clock, [events(slack, Acks())])

    def _open(self, _token: str) -> Welcome:
        return Welcome(Door.OPEN)

    def _accept(self, _token: str) -> Welcome:
        self.accepted += 1
        return Welcome(Door.ACCEPTED)

    def ask(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        return asyncio.run(asked(self.app, requests))

    def press(self, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(("POST", f"/join/{TOKEN}", {"headers": named}))[0].status_code


async def asked(app: Starlette, requests: Any) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        return [await client.request(method, path, **more) for method, path, more in requests]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- other sites' forms


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"sec_fetch_site": "cross-site", "origin": f"http://{HOST}"},
        {"origin": "https://evil.example"}, {"origin": f"http://{HOST}.evil.example"}, {"origin": f"http://{HOST}@evil.example"},
    ],
)  # fmt: skip
def test_a_button_pressed_by_another_site_takes_no_effect(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.press(**headers) == 403
    assert desk.accepted == 0


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {"sec_fetch_site": "same-origin", "origin": "null"}, {"origin": f"http://{HOST}"}, {"origin": "null"}, {}],
)
def test_our_own_button_takes_effect_in_new_browsers_and_old(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.press(**headers) == 200
    assert desk.accepted == 1


@pytest.mark.parametrize("path", ["/join/x", "/enter/x", "/reveal/x", "/nothing"])
def test_the_refusal_covers_every_page_and_keeps_to_itself(desk: Desk, path: str) -> None:
    [answer] = desk.ask(("POST", path, {"headers": {"sec-fetch-site": "cross-site"}}))
    assert answer.status_code == 403
    assert {name: answer.headers[name] for name in SAFE} == dict(SAFE)


def test_looking_from_another_site_is_allowed_because_it_does_nothing(desk: Desk) -> None:
    [answer] = desk.ask(("GET", f"/join/{TOKEN}", {"headers": {"sec-fetch-site": "cross-site"}}))
    assert answer.status_code == 200
    assert desk.accepted == 0


# --- floods


def test_one_address_may_ask_only_so_often_whatever_it_asks_for(desk: Desk) -> None:
    most, _ = PER_VISITOR
    paths = ["/style.css", "/join-help", "/nothing", "/.env"]
    answers = desk.ask(*[("GET", paths[number % 4], {}) for number in range(most + 1)])
    assert [answer.status_code for answer in answers].count(429) == 1
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].headers["cache-control"] == "no-store"
    [alive] = desk.ask(("GET", "/healthz", {}))
    assert alive.status_code == 200, "a monitor is never refused"


def test_monitors_are_answered_from_memory_within_a_second() -> None:
    looks, clock = [0], [100.0]

    def look() -> int:
        looks[0] += 1
        return looks[0]

    fresh = Fresh(look, lambda: clock[0])
    assert [fresh(), fresh(), fresh()] == [1, 1, 1]
    clock[0] += 1.0
    assert fresh() == 2


def test_readiness_looks_anew_after_a_second_and_says_what_else_is_known() -> None:
    parts, clock = ["database"], [0.0]
    ready = Readiness(lambda: list(parts), lambda: {"replica": "r1"}, lambda: clock[0])
    assert ready.answer(None).status_code == 503  # type: ignore[arg-type]
    parts.clear()
    assert ready.answer(None).status_code == 503  # type: ignore[arg-type]
    clock[0] = 1.0
    answer = ready.answer(None)  # type: ignore[arg-type]
    assert (answer.status_code, bytes(answer.body)) == (200, b'{"ready":true,"not_ready":[],"replica":"r1"}')


# --- Slack's door


def signed(text: str, at: float | None = None, secret: str = SECRET, body: str | None = None) -> tuple[str, str, dict[str, Any]]:
    content = body if body is not None else urlencode({"command": "/msp", "text": text, "team_id": "T1", "user_id": "U1"})
    stamp = str(int(time.time() if at is None else at))
    mark = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{content}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": mark, "content-type": "application/x-www-form-urlencoded"}
    return "POST", "/slack/events", {"content": content, "headers": headers}


def test_a_signed_request_is_taken(desk: Desk) -> None:
    assert [answer.status_code for answer in desk.ask(signed("status"))] == [200]
    assert desk.commands == ["status"]


def test_a_request_that_was_recorded_and_comes_again_after_five_minutes_is_refused(desk: Desk) -> None:
    for age in (301, 3600, -3600):
        assert desk.ask(signed("old", time.time() - age))[0].status_code == 401
    assert desk.commands == []


def test_what_slack_did_not_sign_is_refused(desk: Desk) -> None:
    method, path, right = signed("status")
    headers = right["headers"]
    wrong = [
        signed("status", secret="another-secret"),
        (method, path, right | {"content": right["content"].replace("status", "export")}),
        (method, path, right | {"headers": headers | {"x-slack-request-timestamp": str(int(headers["x-slack-request-timestamp"]) + 1)}}),
        (method, path, right | {"headers": {name: value for name, value in headers.items() if name != "x-slack-signature"}}),
        (method, path, right | {"headers": {name: value for name, value in headers.items() if name != "x-slack-request-timestamp"}}),
        (method, path, right | {"headers": headers | {"x-slack-request-timestamp": "soon"}}),
        (method, path, right | {"headers": headers | {"x-slack-request-timestamp": b"\xb2"}}),
        (method, path, right | {"content": b"\xff\xfe"}),
    ]
    assert {answer.status_code for answer in desk.ask(*wrong)} == {401}
    assert desk.commands == []


def test_a_body_that_slack_would_not_send_is_not_read_to_its_end(desk: Desk) -> None:
    assert desk.ask(signed("", body="x" * (MOST + 1)))[0].status_code == 413


def test_slack_is_held_up_neither_by_its_number_nor_by_where_it_comes_from(desk: Desk) -> None:
    most, _ = PER_VISITOR
    method, path, more = signed("status")
    more["headers"]["sec-fetch-site"] = "cross-site"
    assert {answer.status_code for answer in desk.ask(*[(method, path, more)] * (most + 1))} == {200}

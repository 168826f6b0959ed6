"""HTTP mode and installation: signed POSTs to a Bolt app behind a real server, and OAuth's exchange."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from slack_bolt import Ack, App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.workspace.http_mode import RequestUrl
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, button, modal
from .test_web_api import error_of

SECRET = "a-signing-secret"


class Served:
    """A Bolt app behind its own HTTP server, and a workspace that posts to it."""

    def __init__(self, secret: str = SECRET) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/slack/events"
        self.workspace = Workspace(request_url=self.url, signing_secret=secret).start()
        self.app = App(client=WebClient(token=self.workspace.bot_token, base_url=self.workspace.api_url),
                       signing_secret=SECRET)
        self._server = uvicorn.Server(uvicorn.Config(self._routes(), log_level="error"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self.tess = Person(self.workspace.base_url, self.workspace.client_token, "tess")

    def stop(self) -> None:
        self.tess.close()
        self.workspace.stop()
        self._server.should_exit = True
        self._thread.join(10)

    def _routes(self) -> Starlette:
        handler = SlackRequestHandler(self.app)

        async def events(request: Request) -> Response:
            return await handler.handle(request)

        return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.stop()


def test_commands_clicks_submissions_and_events_arrive_signed(served: Served) -> None:
    heard = threading.Event()
    served.app.event("message")(lambda: heard.set())

    @served.app.command("/msp")
    def command(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        ack("Plain text answer")
        client.chat_postMessage(channel=body["channel_id"], text="Menu", blocks=[actions(button())])

    @served.app.action("go")
    def click(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal())

    served.app.view("form")(lambda ack: ack(response_action="errors", errors={"name": "No"}))
    tess = served.tess
    assert tess.command("/msp", "a & b", channel="#onboarding")
    assert tess.wait_for_message("#onboarding", "Plain text answer")["ephemeral_to"] == tess.id
    assert tess.press(tess.wait_for_message("#onboarding", "Menu"), "Go")
    tess.wait_for_view("Form")
    assert tess.submit(answers={"Name": "x"}).errors == {"Name": "No"}
    tess.say("hello", channel="#onboarding")
    assert heard.wait(5)


def test_an_unhandled_or_unsigned_request_is_no_ack(served: Served) -> None:
    assert served.tess.command("/msp").problem == '/msp failed with the error "dispatch_failed"'
    stranger = Served(secret="another-secret")
    stranger.app.command("/msp")(lambda ack: ack())
    assert stranger.tess.command("/msp").problem == '/msp failed with the error "dispatch_failed"'
    stranger.stop()


def test_the_request_url_is_verified_by_a_challenge(served: Served) -> None:
    core = served.workspace.core

    async def verify() -> bool:
        carrier = RequestUrl(served.url, SECRET, core.time, core.faults, core.recorder)
        answer = await carrier.verify()
        await carrier.close()
        return answer

    assert asyncio.run(verify())


def test_an_installation_ends_with_the_bot_s_token() -> None:
    with Workspace(client_id="111.222", client_secret="shh") as workspace:
        back = "http://127.0.0.1:9/slack/oauth_redirect"
        asked = {"client_id": "111.222", "redirect_uri": back, "state": "s1", "scope": "chat:write"}
        consent = httpx.get(f"{workspace.base_url}/oauth/v2/authorize", params=asked, trust_env=False)
        query = parse_qs(urlsplit(consent.headers["location"]).query)
        assert (consent.status_code, query["state"]) == (302, ["s1"])
        client = WebClient(base_url=workspace.api_url)
        code = query["code"][0]
        right = {"client_id": "111.222", "code": code}
        assert error_of(client.oauth_v2_access, client_secret="wrong", **right) == "bad_client_secret"
        answer = client.oauth_v2_access(client_secret="shh", **right)
        assert answer["access_token"] == workspace.bot_token
        assert answer["team"]["name"] == "Northwind IT"
        assert error_of(client.oauth_v2_access, client_secret="shh", **right) == "invalid_code"
        for foreign in ("https://evil.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/"):
            elsewhere = httpx.get(f"{workspace.base_url}/oauth/v2/authorize", trust_env=False,
                                  params=asked | {"redirect_uri": foreign})
            assert elsewhere.status_code == 400


def test_a_workspace_without_an_app_says_so_in_every_way(workspace: Workspace, client: WebClient,
                                                         tess: Person) -> None:
    client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[actions(button())])
    assert not tess.press(tess.last("#onboarding"), "Go")
    client.views_open(trigger_id=workspace.core.tickets.trigger(tess.id), view=modal())
    assert not tess.submit(answers={"Name": "x"})

"""A running workspace, the real Slack clients against it, and people to act in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

ONBOARDING = "C0ONBOARD2"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def workspace(clock: SteppedClock) -> Iterator[Workspace]:
    running = Workspace(clock=clock).start()
    yield running
    # The server takes a moment to wind down, which the next test need not wait for.
    threading.Thread(target=running.stop, daemon=True).start()


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture
def bot(workspace: Workspace, client: WebClient) -> Iterator[App]:
    """A Bolt app connected over Socket Mode; tests add their listeners to it."""
    app = App(client=client)
    handler = SocketModeHandler(app, workspace.app_token)
    handler.connect()
    workspace.wait_for_app()
    yield app
    # Closing may sleep through a ping interval inside the SDK; the workspace's own close frame ends the socket.
    threading.Thread(target=handler.close, daemon=True).start()


@pytest.fixture
def person(workspace: Workspace) -> Iterator[Callable[[str], Person]]:
    """Makes people by handle."""
    made: list[Person] = []

    def make(name: str) -> Person:
        made.append(Person(workspace.base_url, workspace.client_token, name))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def tess(person: Callable[[str], Person]) -> Person:
    return person("tess")

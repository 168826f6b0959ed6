"""The bot's line to Slack: renewed without a gap, replaced when it breaks, and asked for in moderation."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack_socket import TimedSocket
from handlers.web.metrics import Acks
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

SOON = 5.0  # seconds; slack_sdk's own client takes ten, mostly
OPENING = "apps.connections.open"


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with Workspace() as running:
        yield running


def handler(workspace: Workspace, token: str = "", ready: threading.Event | None = None) -> TimedSocket:
    app = App(client=WebClient(token=workspace.bot_token, base_url=workspace.api_url))

    @app.command("/msp")
    def answer(ack: Ack) -> None:
        if ready is not None:
            ready.wait(SOON)
        ack("Heard")

    return TimedSocket(app, token or workspace.app_token, Acks())


@pytest.fixture
def tess(workspace: Workspace) -> Iterator[Person]:
    """Somebody who types, with the bot listening."""
    socket = handler(workspace)
    socket.connect()  # type: ignore[no-untyped-call]
    assert socket.client.is_connected()
    person = Person(workspace.base_url, workspace.client_token, "tess")
    yield person
    person.close()
    socket.close()  # type: ignore[no-untyped-call]


def test_while_slack_warns_of_an_end_nobody_types_in_vain(workspace: Workspace, tess: Person) -> None:
    for _ in range(3):
        before = workspace.sockets_opened
        workspace.faults.disconnect("warning")
        answers = [tess.command("/msp") for _ in range(10)]
        assert [answer.problem for answer in answers if not answer] == []
        workspace.wait_for_app(SOON, beyond=before)


def test_a_line_that_slack_renews_and_ends_is_replaced_at_once(workspace: Workspace, tess: Person) -> None:
    for _ in range(4):
        before = workspace.sockets_opened
        workspace.faults.disconnect("refresh_requested")
        workspace.wait_for_app(SOON, beyond=before)
        assert tess.command("/msp")
    assert len(workspace.log.calls(OPENING)) == 5, "one line each"


def test_a_line_that_breaks_is_replaced_at_once(workspace: Workspace, tess: Person) -> None:
    before = workspace.sockets_opened
    workspace.faults.drop_sockets()
    workspace.wait_for_app(SOON, beyond=before)
    assert tess.command("/msp")


def test_while_slack_gives_no_line_it_is_asked_for_one_again_and_less_often(workspace: Workspace, tess: Person) -> None:
    workspace.faults.server_error(OPENING, 3)
    before = workspace.sockets_opened
    workspace.faults.drop_sockets()
    workspace.wait_for_app(4 * SOON, beyond=before)
    assert tess.command("/msp")
    asked = [record.at for record in workspace.log.all("from_bot", OPENING)][1:]
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert len(waits) == 3
    assert waits[2] > waits[0]


def test_a_token_that_slack_refuses_is_an_error_at_once(workspace: Workspace) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        handler(workspace, "xapp-1-wrong").connect()  # type: ignore[no-untyped-call]


def test_what_came_by_a_line_that_is_left_is_still_answered(workspace: Workspace) -> None:
    """The answer is ready only when the next line is open already."""
    ready = threading.Event()
    socket = handler(workspace, ready=ready)
    socket.connect()  # type: ignore[no-untyped-call]
    with closing(Person(workspace.base_url, workspace.client_token, "tess")) as tess, ThreadPoolExecutor(1) as pool:
        typed = pool.submit(tess.command, "/msp")
        workspace.log.wait_for("to_bot", "slash_commands")
        before = workspace.sockets_opened
        workspace.faults.disconnect("warning")
        workspace.wait_for_app(SOON, beyond=before)
        ready.set()
        assert typed.result()
    socket.close()  # type: ignore[no-untyped-call]

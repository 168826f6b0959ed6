"""Socket Mode on the wire: hello, envelopes, acks, pongs, several sockets, farewells; and the builtin adapter."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import websocket
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler as BuiltinHandler
from slack_sdk import WebClient

from sandbox.workspace import cast
from sandbox.workspace.person import Outcome, Person
from sandbox.workspace.server import Workspace

Json = dict[str, Any]


class Socket:
    """A bare socket that reads frames one by one."""

    def __init__(self, workspace: Workspace) -> None:
        opened = WebClient(base_url=workspace.api_url).apps_connections_open(app_token=workspace.app_token)
        self.url: str = opened["url"]
        self.raw = websocket.create_connection(self.url, timeout=5, http_no_proxy=["127.0.0.1"])
        self.hello = self.read()

    def read(self) -> Json:
        found: Json = json.loads(self.raw.recv())
        return found

    def ack(self, envelope: Json, **extra: Any) -> None:
        self.raw.send(json.dumps({"envelope_id": envelope["envelope_id"], **extra}))

    def farewell(self) -> tuple[int, bytes]:
        opcode, data = self.raw.recv_data()
        return opcode, data


class Asking:
    """A person giving a command in the background, while the test plays the bot."""

    def __init__(self, person: Person, text: str = "") -> None:
        self._outcomes: list[Outcome] = []
        self._thread = threading.Thread(target=lambda: self._outcomes.append(person.command("/msp", text)))
        self._thread.start()

    def outcome(self) -> Outcome:
        self._thread.join(8)
        return self._outcomes[0]


@pytest.fixture
def socket(workspace: Workspace) -> Iterator[Socket]:
    made = Socket(workspace)
    yield made
    made.raw.close()


def test_hello_comes_first_and_counts_the_connections(workspace: Workspace, socket: Socket) -> None:
    assert socket.hello["type"] == "hello"
    assert socket.hello["num_connections"] == 1
    assert socket.hello["connection_info"] == {"app_id": cast.APP_ID}
    assert set(socket.hello["debug_info"]) == {"host", "build_number", "approximate_connection_time"}
    assert Socket(workspace).hello["num_connections"] == 2


def test_a_socket_address_works_once(socket: Socket) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(socket.url, timeout=5, http_no_proxy=["127.0.0.1"])


def test_an_envelope_is_one_plain_text_frame(workspace: Workspace, socket: Socket, tess: Person) -> None:
    asking = Asking(tess, "x" * 70_000)
    frame = socket.raw.recv_frame()
    assert (frame.fin, frame.rsv1, frame.opcode, frame.mask_value) == (1, 0, websocket.ABNF.OPCODE_TEXT, 0)
    envelope = json.loads(frame.data)
    assert set(envelope) == {"envelope_id", "type", "payload", "accepts_response_payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    socket.ack(envelope)
    assert asking.outcome()


@pytest.mark.parametrize("extra", [{}, {"payload": {}}, {"payload": None}])
def test_an_ack_with_an_empty_payload_is_an_ack(socket: Socket, tess: Person, extra: Json) -> None:
    asking = Asking(tess)
    socket.ack(socket.read(), **extra)
    assert asking.outcome()
    assert tess.messages("#general") == []


def test_what_is_no_ack_is_ignored(socket: Socket, tess: Person) -> None:
    asking = Asking(tess)
    envelope = socket.read()
    socket.raw.send("not json")
    socket.raw.send("[1]")
    socket.ack({"envelope_id": "unknown"})
    socket.ack(envelope)
    assert asking.outcome()


def test_a_ping_is_answered_with_its_own_payload(socket: Socket) -> None:
    socket.raw.ping("session:123.456")
    opcode, data = socket.raw.recv_data(control_frame=True)
    assert (opcode, data) == (websocket.ABNF.OPCODE_PONG, b"session:123.456")


def test_each_envelope_goes_to_one_of_several_sockets(workspace: Workspace, socket: Socket, tess: Person) -> None:
    other = Socket(workspace)
    seen = []
    for turn, receiver in enumerate([socket, other, socket, other]):
        asking = Asking(tess, str(turn))
        envelope = receiver.read()
        seen.append(envelope["payload"]["text"])
        receiver.ack(envelope)
        assert asking.outcome()
    assert seen == ["0", "1", "2", "3"]


def test_an_eleventh_socket_is_turned_away(workspace: Workspace) -> None:
    sockets = [Socket(workspace) for _ in range(10)]
    assert sockets[-1].hello["num_connections"] == 10
    assert Socket(workspace).hello == {"type": "disconnect", "reason": "too_many_websockets",
                                       "debug_info": {"host": "applink-local"}}


def test_a_warning_leaves_the_socket_open_and_a_refresh_closes_it(workspace: Workspace, socket: Socket) -> None:
    workspace.faults.disconnect("warning")
    assert socket.read()["reason"] == "warning"
    workspace.faults.disconnect("refresh_requested")
    assert socket.read()["reason"] == "refresh_requested"
    assert socket.farewell()[0] == websocket.ABNF.OPCODE_CLOSE


def test_stopping_sends_a_close_frame(workspace: Workspace, socket: Socket) -> None:
    workspace.stop()
    assert socket.farewell()[0] == websocket.ABNF.OPCODE_CLOSE


def test_a_dropped_socket_ends_without_a_close_frame(workspace: Workspace, socket: Socket) -> None:
    workspace.faults.drop_sockets()
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        socket.raw.recv_frame()


def test_a_bolt_app_comes_back_after_its_socket_was_dropped(bot: App, workspace: Workspace, tess: Person) -> None:
    bot.command("/msp")(lambda ack: ack("Back"))
    workspace.faults.drop_sockets()
    workspace.wait_for_app(20)
    assert tess.command("/msp", channel="#onboarding")


def test_the_sdk_s_builtin_adapter_works_too(workspace: Workspace, client: WebClient, tess: Person) -> None:
    app = App(client=client)
    handler = BuiltinHandler(app, workspace.app_token)

    @app.command("/msp")
    def answer(ack: Ack) -> None:
        ack("Heard by the builtin adapter")

    handler.connect()
    workspace.wait_for_app()
    assert tess.command("/msp", "x" * 2000, channel="#onboarding")
    assert tess.wait_for_message("#onboarding", "Heard by the builtin adapter")
    threading.Thread(target=handler.close, daemon=True).start()

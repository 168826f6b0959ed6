"""Socket Mode: the bot's sockets, one envelope to one of them, and its acknowledgements."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.workspace import cast
from sandbox.workspace.answers import ACK_SECONDS, Answer, Outcome, Parcel
from sandbox.workspace.background import Background
from sandbox.workspace.clock import Timekeeper
from sandbox.workspace.faults import Faults
from sandbox.workspace.recorder import Recorder
from sandbox.workspace.state import Json

MOST_SOCKETS = 10
_HOST = "applink-local"
_SERVICE_RESTART = 1012


@dataclass(eq=False)
class _Link:
    socket: WebSocket
    dropped: asyncio.Event = field(default_factory=asyncio.Event)
    retiring: bool = False

    async def send(self, content: Json) -> bool:
        """Send one text frame; False when the other end has gone."""
        try:
            await self.socket.send_text(json.dumps(content, ensure_ascii=False))
        except (WebSocketDisconnect, RuntimeError):
            return False
        return True


@dataclass
class _Waiting:
    kind: str
    answer: asyncio.Future[Answer]


class Sockets:
    """The app's sockets. Carries each parcel to one of them, in turn."""

    def __init__(self, time: Timekeeper, faults: Faults, recorder: Recorder) -> None:
        self._time = time
        self._faults = faults
        self._recorder = recorder
        self._links: list[_Link] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._background = Background()
        self.opened = 0  # sockets so far, those closed since among them

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._links)

    def ticket(self) -> str:
        """A one-use ticket for the socket URL that `apps.connections.open` hands out."""
        made = secrets.token_urlsafe(24)
        self._tickets.add(made)
        return made

    async def serve(self, socket: WebSocket) -> None:
        """Hold one socket from hello to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self._links) >= MOST_SOCKETS:
            await _Link(socket).send(_farewell("too_many_websockets"))
            await socket.close()
            return
        link = _Link(socket)
        self._links.append(link)
        self.opened += 1
        try:
            await link.send(self._hello())
            await self._until_gone(link)
        finally:
            self._forget(link)

    async def carry(self, parcel: Parcel) -> Answer:
        """Send one envelope to one socket and wait for its acknowledgement."""
        envelope = _envelope(parcel)
        envelope_id = str(envelope["envelope_id"])
        waiting = _Waiting(parcel.kind, asyncio.get_running_loop().create_future())
        self._waiting[envelope_id] = waiting
        try:
            if not await self._send_to_one(envelope, parcel.kind):
                return Answer(Outcome.UNREACHED)
            return await self._await_ack(waiting)
        finally:
            self._waiting.pop(envelope_id, None)

    def drop_all(self) -> None:
        """Cut every socket without a word."""
        for link in list(self._links):
            link.dropped.set()
            self._forget(link)

    def disconnect_all(self, reason: str) -> None:
        """Ask every socket to reconnect; all but a `warning` are closed after it."""
        for link in list(self._links):
            link.retiring = True
            self._background.spawn(self._dismiss(link, reason))

    async def close(self) -> None:
        """Close every socket with a proper close frame."""
        self._background.close()
        for link in list(self._links):
            await _close_quietly(link.socket)

    async def _dismiss(self, link: _Link, reason: str) -> None:
        await link.send(_farewell(reason))
        if reason != "warning":
            await _close_quietly(link.socket)

    async def _send_to_one(self, envelope: Json, kind: str) -> bool:
        twice = self._faults.take_duplicate(kind)
        while (link := self._next_link()) is not None:
            if await link.send(envelope):
                if twice:
                    await link.send(envelope)
                return True
            self._forget(link)
        return False

    def _next_link(self) -> _Link | None:
        fresh = [link for link in self._links if not link.retiring] or self._links
        if not fresh:
            return None
        chosen = fresh[0]
        self._links.remove(chosen)
        self._links.append(chosen)
        return chosen

    async def _await_ack(self, waiting: _Waiting) -> Answer:
        patience = asyncio.ensure_future(self._time.patience(ACK_SECONDS))
        either: set[asyncio.Future[Any]] = {waiting.answer, patience}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        return waiting.answer.result() if waiting.answer.done() else Answer(Outcome.LATE)

    async def _until_gone(self, link: _Link) -> None:
        reading = asyncio.ensure_future(self._read(link))
        cut = asyncio.ensure_future(link.dropped.wait())
        try:
            await asyncio.wait({reading, cut}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            cut.cancel()

    async def _read(self, link: _Link) -> None:
        while True:
            try:
                text = await link.socket.receive_text()
            except (WebSocketDisconnect, RuntimeError):
                return
            try:
                ack = json.loads(text)
            except ValueError:
                continue
            if isinstance(ack, dict):
                self._take_ack(ack)

    def _take_ack(self, ack: Json) -> None:
        waiting = self._waiting.get(str(ack.get("envelope_id")))
        kind = waiting.kind if waiting else "unknown"
        payload = ack.get("payload") or None
        self._recorder.note(self._time.now(), "from_bot", f"ack:{kind}", payload)
        if waiting is None or waiting.answer.done():
            return
        delay = self._faults.take_ack_delay()
        answer = Answer(Outcome.ACKED, payload if isinstance(payload, dict) else None)
        if delay >= ACK_SECONDS:
            waiting.answer.set_result(Answer(Outcome.LATE))
        elif delay > 0:
            self._background.spawn(self._settle_later(waiting, answer, delay))
        else:
            waiting.answer.set_result(answer)

    async def _settle_later(self, waiting: _Waiting, answer: Answer, delay: float) -> None:
        await self._time.patience(delay)
        if not waiting.answer.done():
            waiting.answer.set_result(answer)

    def _forget(self, link: _Link) -> None:
        if link in self._links:
            self._links.remove(link)

    def _hello(self) -> Json:
        return {
            "type": "hello", "num_connections": len(self._links),
            "debug_info": {"host": _HOST, "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": cast.APP_ID},
        }


def _envelope(parcel: Parcel) -> Json:
    made: Json = {"envelope_id": str(uuid4()), "type": parcel.kind, "payload": parcel.payload,
                  "accepts_response_payload": parcel.accepts_response}
    if parcel.kind == "events_api":
        made |= {"retry_attempt": parcel.retry_attempt, "retry_reason": parcel.retry_reason}
    return made


def _farewell(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}


async def _close_quietly(socket: WebSocket) -> None:
    try:
        await socket.close(_SERVICE_RESTART)
    except (WebSocketDisconnect, RuntimeError):
        return

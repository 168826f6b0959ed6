"""HTTP mode: signed POSTs to the bot's request URL, answered like socket acknowledgements."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.workspace.answers import ACK_SECONDS, Answer, Outcome, Parcel
from sandbox.workspace.clock import Timekeeper
from sandbox.workspace.faults import Faults
from sandbox.workspace.recorder import Recorder
from sandbox.workspace.state import Json

_FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class RequestUrl:
    """Carries each parcel as a signed POST to one URL."""

    def __init__(self, url: str, signing_secret: str, timekeeper: Timekeeper, faults: Faults,
                 recorder: Recorder) -> None:
        self._url = url
        self._secret = signing_secret
        self._time = timekeeper
        self._faults = faults
        self._recorder = recorder
        # The environment's proxies would capture loopback traffic.
        self._client = httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(10.0))

    async def carry(self, parcel: Parcel) -> Answer:
        """POST one parcel; twice when a duplicate was asked for, the first answer counting."""
        first = await self._deliver(parcel)
        if self._faults.take_duplicate(parcel.kind):
            await self._deliver(parcel)
        return first

    async def verify(self) -> bool:
        """Send Slack's `url_verification` challenge and check that it comes back."""
        body = json.dumps({"type": "url_verification", "token": "legacy", "challenge": "is-it-you"}).encode()
        response = await self._client.post(self._url, content=body, headers=self._headers(body, "application/json"))
        return response.status_code == httpx.codes.OK and "is-it-you" in response.text

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _deliver(self, parcel: Parcel) -> Answer:
        body, content_type = _encode(parcel)
        headers = self._headers(body, content_type)
        if parcel.retry_attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.retry_attempt), "X-Slack-Retry-Reason": parcel.retry_reason}
        posting = asyncio.ensure_future(self._client.post(self._url, content=body, headers=headers))
        patience = asyncio.ensure_future(self._time.patience(ACK_SECONDS))
        either: set[asyncio.Future[Any]] = {posting, patience}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        patience.cancel()
        if not posting.done():
            posting.cancel()
            return Answer(Outcome.LATE)
        if isinstance(posting.exception(), httpx.HTTPError):
            return Answer(Outcome.UNREACHED)
        return self._read(posting.result(), parcel.kind)

    def _read(self, response: httpx.Response, kind: str) -> Answer:
        if response.status_code != httpx.codes.OK:
            return Answer(Outcome.UNREACHED)
        payload = _decode(response)
        self._recorder.note(self._time.now(), "from_bot", f"ack:{kind}", payload)
        if self._faults.take_ack_delay() >= ACK_SECONDS:
            return Answer(Outcome.LATE)
        return Answer(Outcome.ACKED, payload)

    def _headers(self, body: bytes, content_type: str) -> dict[str, str]:
        # The receiver checks the age by its own clock, so this one follows the wall, not the workspace.
        timestamp = str(int(time.time()))
        return {
            "Content-Type": content_type, "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }


def _encode(parcel: Parcel) -> tuple[bytes, str]:
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload).encode(), "application/json"
    if parcel.kind == "slash_commands":
        return urlencode(parcel.payload).encode(), _FORM
    return urlencode({"payload": json.dumps(parcel.payload)}).encode(), _FORM


def _decode(response: httpx.Response) -> Json | None:
    text = response.text.strip()
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) and found else None

"""Hands things to the bot: interactions once, events again until they are acknowledged."""

from __future__ import annotations

from sandbox.workspace.answers import Answer, Carrier, Parcel
from sandbox.workspace.background import Background
from sandbox.workspace.clock import Timekeeper
from sandbox.workspace.recorder import Recorder
from sandbox.workspace.state import Json

RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)


class Delivery:
    """Sends by whichever carrier the workspace uses, and records what it sends."""

    def __init__(self, carrier: Carrier, time: Timekeeper, recorder: Recorder) -> None:
        self._carrier = carrier
        self._time = time
        self._recorder = recorder
        self._background = Background()

    async def ask(self, kind: str, payload: Json) -> Answer:
        """Deliver an interaction and wait for the answer."""
        return await self._carry(Parcel(kind, payload, accepts_response=payload.get("type") != "view_closed"))

    def tell(self, payload: Json) -> None:
        """Deliver an event in the background, with Slack's retries: at once, after 1 and after 5 minutes."""
        self._background.spawn(self._insist(payload))

    async def close(self) -> None:
        """Give up what is still under way."""
        self._background.close()
        await self._carrier.close()

    async def _insist(self, payload: Json) -> None:
        answer = await self._carry(Parcel("events_api", payload, accepts_response=False))
        for attempt, wait in enumerate(RETRY_AFTER_SECONDS, start=1):
            if answer.acked:
                return
            await self._time.sleep_until(self._time.now() + wait)
            answer = await self._carry(Parcel("events_api", payload, False, attempt, "timeout"))

    async def _carry(self, parcel: Parcel) -> Answer:
        self._recorder.note(self._time.now(), "to_bot", parcel.kind, parcel.payload,
                            {"retry_attempt": parcel.retry_attempt})
        return await self._carrier.carry(parcel)

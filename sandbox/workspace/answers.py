"""What became of something the workspace sent the bot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sandbox.workspace.state import Json

ACK_SECONDS = 3.0


class Outcome(StrEnum):
    """How a delivery ended: acknowledged in time, too late or never, or nobody there to take it."""

    ACKED = "acked"
    LATE = "late"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class Answer:
    """The outcome and, when acknowledged with one, the payload of the ack."""

    outcome: Outcome
    payload: Json | None = None

    @property
    def acked(self) -> bool:
        """Whether the bot acknowledged in time."""
        return self.outcome is Outcome.ACKED


@dataclass(frozen=True)
class Parcel:
    """One thing for the bot. `kind` is slash_commands, interactive or events_api."""

    kind: str
    payload: Json
    accepts_response: bool = True
    retry_attempt: int = 0
    retry_reason: str = ""


class Carrier(Protocol):
    """A way to reach the bot: its sockets, or its request URL."""

    async def carry(self, parcel: Parcel) -> Answer:
        """Deliver one parcel and wait for its acknowledgement."""
        ...

    async def close(self) -> None:
        """Stop; whoever is connected is told so."""
        ...

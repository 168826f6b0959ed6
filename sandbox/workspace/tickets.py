"""The short-lived things the workspace hands the bot: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sandbox.workspace.clock import Timekeeper

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """Permission to open one modal for one person."""

    user: str
    expires: float
    exchanged: bool = False


@dataclass
class ResponseUrl:
    """Where the bot may answer an interaction, and the message it came from."""

    user: str
    channel: str
    message_ts: str | None
    expires: float
    uses_left: int = RESPONSE_URL_USES


class Tickets:
    """Issues triggers and response URLs and says whether one is still good."""

    def __init__(self, time: Timekeeper) -> None:
        self._time = time
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """A new trigger id, good for three seconds and one use."""
        number = str(secrets.randbelow(10**13)).zfill(13)
        made = f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[made] = Trigger(user, self._time.now() + TRIGGER_SECONDS)
        return made

    def exchange(self, trigger_id: str) -> Trigger | str:
        """The trigger, now used up; or Slack's error for why it is no good."""
        found = self._triggers.get(trigger_id)
        if found is None:
            return "invalid_trigger_id"
        if found.exchanged:
            return "exchanged_trigger_id"
        if self._time.now() >= found.expires:
            return "expired_trigger_id"
        found.exchanged = True
        return found

    def expire_triggers(self) -> None:
        """Make every trigger handed out so far expired."""
        for trigger in self._triggers.values():
            trigger.expires = self._time.now()

    def response_url(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """The key of a new response URL, good for thirty minutes and five posts."""
        key = secrets.token_urlsafe(24)
        self._urls[key] = ResponseUrl(user, channel, message_ts, self._time.now() + RESPONSE_URL_SECONDS)
        return key

    def find_url(self, key: str) -> ResponseUrl | str:
        """The response URL of a key; or Slack's error for why it is no good."""
        found = self._urls.get(key)
        if found is None:
            return "invalid_url"
        if self._time.now() >= found.expires:
            return "expired_url"
        if found.uses_left <= 0:
            return "used_url"
        return found

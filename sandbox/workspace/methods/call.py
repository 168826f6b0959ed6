"""What a Web API method gets and gives: the call, its refusal, and the table entry that names it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sandbox.workspace import cast
from sandbox.workspace.core import Core
from sandbox.workspace.rules import Problem
from sandbox.workspace.state import Channel, Json, User

_CONVERSATION_SCOPE = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


class Refused(Exception):
    """`ok: false` with Slack's error code and whatever goes with it."""

    def __init__(self, error: str, **extra: object) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **extra}


@dataclass
class Call:
    """One call of a method, already authenticated."""

    core: Core
    args: Json
    headers: dict[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """An argument as text; absent is empty."""
        value = self.args.get(key)
        return "" if value is None else str(value)

    def need(self, *keys: str) -> None:
        """Refuse a call that lacks one of these arguments."""
        missing = [key for key in keys if self.args.get(key) in (None, "")]
        if missing:
            raise Refused("invalid_arguments", response_metadata={
                "messages": [f"[ERROR] missing required field: {key}" for key in missing]})

    def need_scope(self, scope: str) -> None:
        """Refuse a call whose token lacks a scope."""
        scopes = self.core.settings.scopes
        if scope not in scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(scopes)))

    def channel(self, key: str = "channel") -> Channel:
        """The conversation of an argument, as far as the bot may know of it."""
        found = self.core.state.find_channel(self.text(key))
        hidden = found is not None and found.kind != "channel" and cast.BOT_USER_ID not in found.members
        if found is None or hidden:
            raise Refused("channel_not_found")
        return found

    def user(self, key: str = "user") -> User:
        """The person of an argument, by id."""
        found = self.core.state.users.get(self.text(key))
        if found is None:
            raise Refused("user_not_found")
        return found

    def need_conversation_scope(self, channel: Channel, action: str) -> None:
        """Refuse unless the token has the scope for this kind of conversation, such as `groups:read`."""
        self.need_scope(f"{_CONVERSATION_SCOPE[channel.kind]}:{action}")

    def page(self, items: Sequence[Json], default: int = 100) -> tuple[list[Json], Json]:
        """One page of a list by `limit` and `cursor`, and the response_metadata that leads on."""
        try:
            limit = int(self.args.get("limit") or 0) or default  # SDKs send Slack's own default for "no limit", which is 0
            start = int(base64.b64decode(self.text("cursor") or base64.b64encode(b"0"), validate=True))
        except (ValueError, binascii.Error) as wrong:
            raise Refused("invalid_cursor" if self.text("cursor") else "invalid_limit") from wrong
        if not 0 < limit <= 1000 or start < 0:
            raise Refused("invalid_limit")
        more = start + limit < len(items)
        cursor = base64.b64encode(str(start + limit).encode()).decode() if more else ""
        return list(items[start:start + limit]), {"next_cursor": cursor}


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    """How a method is called: its handler, the scope it needs, and the kind of token it takes."""

    handler: Handler
    scope: str | None = None
    caller: str = "bot"  # whose token it takes: bot, app, or none for the few methods that need none


def complaints(error: str, problems: Sequence[Problem], prefix: str = "") -> Refused:
    """Slack's refusal of blocks or views, naming each problem and where it is."""
    said = [f"{problem.message} [json-pointer:{prefix}{problem.pointer}]" for problem in problems]
    return Refused(error, errors=said, response_metadata={"messages": [f"[ERROR] {line}" for line in said]})

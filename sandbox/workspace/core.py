"""The workspace's parts, held together for those that work on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.workspace.background import Background
from sandbox.workspace.clock import Timekeeper
from sandbox.workspace.delivery import Delivery
from sandbox.workspace.faults import Faults
from sandbox.workspace.feed import Feed
from sandbox.workspace.recorder import Recorder
from sandbox.workspace.socket_mode import Sockets
from sandbox.workspace.state import Channel, Json, State
from sandbox.workspace.tickets import Tickets

DEFAULT_SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "chat:write.public",
    "commands", "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
    "mpim:history", "mpim:read", "mpim:write", "reactions:write", "team:read", "usergroups:read", "users:read",
    "users:read.email",
)
DEFAULT_EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im",
                  "message.mpim")


@dataclass(frozen=True)
class Command:
    """A slash command as the client offers it."""

    command: str
    description: str = "Gangway"
    usage_hint: str = "help"


@dataclass(frozen=True)
class Tokens:
    """The secrets of one start."""

    bot: str
    app: str
    client: str


@dataclass
class Settings:
    """How this workspace is set up. `base_url` has no trailing slash."""

    tokens: Tokens
    base_url: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    home_tab: bool = True
    client_id: str = ""
    client_secret: str = ""
    links: list[Json] = field(default_factory=list)


@dataclass
class Core:
    """Everything a request may need."""

    settings: Settings
    state: State
    time: Timekeeper
    feed: Feed
    recorder: Recorder
    tickets: Tickets
    sockets: Sockets
    delivery: Delivery
    faults: Faults
    background: Background = field(default_factory=Background)
    oauth_codes: dict[str, str] = field(default_factory=dict)
    message_values: dict[tuple[str, str, str], Json] = field(default_factory=dict)

    def audience(self, channel: Channel) -> list[str]:
        """The people who may read a channel."""
        return [user for user in self.state.users if self.state.can_see(user, channel)]

"""What the workspace holds in memory: people, channels, messages, views. No protocol, no I/O."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.workspace import cast

Json = dict[str, Any]
ID_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass
class User:
    """A person (or the bot) of the workspace; roles may change while it runs."""

    id: str
    name: str
    real_name: str
    email: str
    title: str
    color: str
    is_admin: bool
    is_owner: bool
    is_restricted: bool
    is_ultra_restricted: bool
    deleted: bool
    team_id: str
    tz: str
    is_bot: bool = False

    @property
    def is_stranger(self) -> bool:
        """Whether they belong to another organisation and are here through Slack Connect."""
        return self.team_id != cast.TEAM_ID


@dataclass
class Message:
    """One message. `ephemeral_to` names the only person who can see it."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    files: list[Json] | None = None
    metadata: Json | None = None
    from_bot: bool = False
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    thread_ts: str | None = None
    reactions: list[Json] = field(default_factory=list)


@dataclass
class Channel:
    """One conversation; `kind` is channel, private, im or mpim."""

    id: str
    name: str
    kind: str
    members: list[str]
    topic: str = ""
    archived: bool = False
    im_with: str | None = None
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)

    def replies(self, thread_ts: str) -> list[Message]:
        """The messages of a thread after its first, oldest first."""
        return [m for m in self.messages.values() if m.thread_ts == thread_ts and m.ts != thread_ts]


@dataclass
class View:
    """One modal or Home view as a person has it open. `values` is what stands in its inputs."""

    id: str
    user: str
    body: Json
    values: Json
    hash: str
    root: str
    previous: str | None = None

    @property
    def external_id(self) -> str:
        """The bot's own name for the view, or an empty string."""
        return str(self.body.get("external_id") or "")


class State:
    """Everything in the workspace, with the look-ups its other parts need."""

    def __init__(self, people: Iterable[cast.CastPerson], channels: Iterable[cast.CastChannel],
                 groups: Iterable[cast.CastGroup]) -> None:
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups = {group.id: group for group in groups}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.files: dict[str, Json] = {}
        self.scheduled: dict[str, int] = {}
        self._add_bot()
        for person in people:
            self.users[person.id] = User(**asdict(person))
            self.direct_channel(person.id)
        for channel in channels:
            self._add_channel(channel)

    def _add_bot(self) -> None:
        bot = cast.CastPerson(cast.BOT_USER_ID, cast.APP_NAME.lower(), cast.APP_NAME, "", "", "1a202c")
        self.users[bot.id] = User(**asdict(bot), is_bot=True)

    def _add_channel(self, channel: cast.CastChannel) -> None:
        members = [*channel.members, *([cast.BOT_USER_ID] if channel.bot_is_member else [])]
        self.channels[channel.id] = Channel(channel.id, channel.name, channel.kind, members, channel.topic,
                                            channel.archived)

    def new_id(self, letter: str) -> str:
        """An identifier in Slack's manner, such as V0K3…, not used before."""
        return letter + "0" + "".join(secrets.choice(ID_LETTERS) for _ in range(9))

    def direct_channel(self, user: str) -> Channel:
        """The bot's direct-message channel with a person, made when it is first asked for."""
        for channel in self.channels.values():
            if channel.im_with == user:
                return channel
        made = Channel(self.new_id("D"), "", "im", [user, cast.BOT_USER_ID], im_with=user)
        self.channels[made.id] = made
        return made

    def group_channel(self, users: list[str]) -> Channel:
        """The bot's group message with several people, made when it is first asked for."""
        members = sorted({*users, cast.BOT_USER_ID})
        for channel in self.channels.values():
            if channel.kind == "mpim" and sorted(channel.members) == members:
                return channel
        names = "--".join(self.users[user].name for user in members)
        made = Channel(self.new_id("G"), f"mpdm-{names}-1", "mpim", members)
        self.channels[made.id] = made
        return made

    def find_channel(self, reference: str) -> Channel | None:
        """A channel by id, by `#name` or by bare name."""
        found = self.channels.get(reference)
        if found is not None:
            return found
        name = reference.removeprefix("#")
        return next((c for c in self.channels.values() if name and c.name == name), None)

    def can_see(self, user: str, channel: Channel) -> bool:
        """Whether a person may read a channel: its members, and any full member for a public one."""
        person = self.users.get(user)
        if person is None or person.deleted:
            return False
        outsider = person.is_restricted or person.is_ultra_restricted or person.is_stranger
        return user in channel.members or (channel.kind == "channel" and not outsider)

    def visible_messages(self, user: str, channel: Channel) -> list[Message]:
        """What a person sees in a channel, oldest first, other people's ephemerals left out."""
        if not self.can_see(user, channel):
            return []
        return [m for m in sorted(channel.messages.values(), key=lambda m: m.ts)
                if m.ephemeral_to in (None, user)]

    def stack(self, user: str) -> list[View]:
        """The modals a person has open, bottom first."""
        return [self.views[view_id] for view_id in self.stacks.get(user, [])]

    def home(self, user: str) -> View | None:
        """A person's Home tab as last published, if it ever was."""
        view_id = self.homes.get(user)
        return self.views[view_id] if view_id else None

    def view_by_external_id(self, external_id: str) -> View | None:
        """The open view the bot knows by `external_id`."""
        return next((v for v in self.views.values() if external_id and v.external_id == external_id), None)

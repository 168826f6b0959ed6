"""Putting messages into channels, changing and removing them, and telling everyone concerned."""

from __future__ import annotations

from uuid import uuid4

from sandbox.workspace import cast, payloads
from sandbox.workspace.client_objects import client_channel, client_message
from sandbox.workspace.core import Core
from sandbox.workspace.slack_objects import message_object
from sandbox.workspace.state import Channel, Json, Message

_EVENT_OF_KIND = {"channel": ("message.channels", "channels:history"), "private": ("message.groups", "groups:history"),
                  "im": ("message.im", "im:history"), "mpim": ("message.mpim", "mpim:history")}
_CHANNEL_TYPE = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


async def post(core: Core, channel: Channel, message: Message) -> None:
    """Put a message into its channel."""
    channel.messages[message.ts] = message
    if message.ephemeral_to is None:
        for member in channel.members:
            if member not in (message.user, cast.BOT_USER_ID):
                channel.unread[member] = channel.unread.get(member, 0) + 1
    await _publish(core, channel, message, "message")
    await _refresh_parent(core, channel, message)
    if message.ephemeral_to is None:
        _tell_bot(core, channel, message_object(message, channel) | _fresh(message))
        _tell_of_mention(core, channel, message)


async def changed(core: Core, channel: Channel, message: Message) -> None:
    """Tell everyone that a message has changed."""
    await _publish(core, channel, message, "message_changed")
    if message.ephemeral_to is None:
        _tell_bot(core, channel, {"type": "message", "subtype": "message_changed", "hidden": True,
                                  "message": message_object(message, channel), "ts": core.time.next_ts()})


async def remove(core: Core, channel: Channel, message: Message) -> None:
    """Take a message out of its channel."""
    channel.messages.pop(message.ts, None)
    audience = [message.ephemeral_to] if message.ephemeral_to else core.audience(channel)
    await core.feed.publish(audience, "message_deleted", channel=channel.id, ts=message.ts)
    await _refresh_parent(core, channel, message)
    if message.ephemeral_to is None:
        _tell_bot(core, channel, {"type": "message", "subtype": "message_deleted", "hidden": True,
                                  "deleted_ts": message.ts, "ts": core.time.next_ts(),
                                  "previous_message": message_object(message, channel)})


async def channel_changed(core: Core, channel: Channel) -> None:
    """Tell everyone that a channel was archived, joined or left."""
    audience = {*core.audience(channel), *channel.members}
    await core.feed.publish(audience, "channel", channel=client_channel(channel, core.state))


async def toast(core: Core, user: str, text: str, level: str = "warning") -> None:
    """Show one person a passing notice."""
    await core.feed.publish([user], "toast", text=text, level=level)


async def _publish(core: Core, channel: Channel, message: Message, kind: str) -> None:
    audience = [message.ephemeral_to] if message.ephemeral_to else core.audience(channel)
    await core.feed.publish(audience, kind, message=client_message(message, channel))


async def _refresh_parent(core: Core, channel: Channel, message: Message) -> None:
    parent = channel.messages.get(message.thread_ts or "")
    if parent is not None and parent.ts != message.ts:
        await _publish(core, channel, parent, "message_changed")


def _fresh(message: Message) -> Json:
    return {} if message.from_bot else {"client_msg_id": str(uuid4())}


def _tell_bot(core: Core, channel: Channel, content: Json) -> None:
    name, scope = _EVENT_OF_KIND[channel.kind]
    if name not in core.settings.events or scope not in core.settings.scopes:
        return
    if cast.BOT_USER_ID not in channel.members:
        return
    core.delivery.tell(payloads.event(core, content | {
        "channel": channel.id, "channel_type": _CHANNEL_TYPE[channel.kind], "event_ts": content["ts"],
    }))


def _tell_of_mention(core: Core, channel: Channel, message: Message) -> None:
    if message.from_bot or channel.kind == "im" or f"<@{cast.BOT_USER_ID}>" not in message.text:
        return
    if "app_mention" not in core.settings.events or "app_mentions:read" not in core.settings.scopes:
        return
    if cast.BOT_USER_ID in channel.members:
        content = message_object(message, channel) | {"type": "app_mention", "channel": channel.id,
                                                      "event_ts": message.ts}
        core.delivery.tell(payloads.event(core, content))

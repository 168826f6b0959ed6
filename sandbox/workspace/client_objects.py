"""The workspace's things in the shapes of the person's client protocol (docs/sandbox-client-protocol.md)."""

from __future__ import annotations

from sandbox.workspace import cast
from sandbox.workspace.slack_objects import view_object
from sandbox.workspace.state import Channel, Json, Message, State, User


def client_user(user: User) -> Json:
    """A person as the client draws them."""
    return {
        "id": user.id, "name": user.name, "real_name": user.real_name, "email": user.email, "title": user.title,
        "color": user.color, "is_admin": user.is_admin, "is_owner": user.is_owner,
        "is_restricted": user.is_restricted, "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": user.is_stranger, "is_bot": user.is_bot, "deleted": user.deleted, "tz": user.tz,
    }


def client_channel(channel: Channel, state: State) -> Json:
    """A conversation as the client lists it; a direct message goes by the person's name."""
    name = state.users[channel.im_with].real_name if channel.im_with else channel.name
    found: Json = {"id": channel.id, "name": name, "kind": channel.kind, "members": list(channel.members),
                   "archived": channel.archived, "topic": channel.topic, "unread": dict(channel.unread)}
    if channel.im_with:
        found["im_with"] = channel.im_with
    return found


def client_message(message: Message, channel: Channel) -> Json:
    """A message as the client draws it."""
    found: Json = {"ts": message.ts, "channel": message.channel, "user": message.user, "text": message.text,
                   "blocks": message.blocks or []}
    if message.from_bot:
        found["bot"] = {"name": cast.APP_NAME, "icon": ""}
    replies = channel.replies(message.ts)
    optional: Json = {"ephemeral_to": message.ephemeral_to, "edited": message.edited_ts,
                      "thread_ts": message.thread_ts, "reply_count": len(replies) or None,
                      "files": message.files, "attachments": message.attachments,
                      "reactions": message.reactions or None}
    return found | {key: value for key, value in optional.items() if value}


def client_stack(state: State, user: str) -> list[Json]:
    """The modals a person has open, bottom first."""
    return [view_object(view) for view in state.stack(user)]

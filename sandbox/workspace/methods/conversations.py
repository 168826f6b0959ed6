"""conversations.* and reactions.add: channels and what was said in them."""

from __future__ import annotations

from sandbox.workspace import cast, posting
from sandbox.workspace.encoding import flag, listing
from sandbox.workspace.methods.call import Call, Method, Refused
from sandbox.workspace.slack_objects import channel_object, message_object
from sandbox.workspace.state import Channel, Json, Message

_KIND_OF_TYPE = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}
_SCOPE_OF_TYPE = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read",
                  "mpim": "mpim:read"}


async def list_(call: Call) -> Json:
    """The conversations of the wanted types: all public ones, others where the bot is."""
    types = listing(call.args, "types") or ["public_channel"]
    for wanted in types:
        if wanted not in _KIND_OF_TYPE:
            raise Refused("invalid_types")
        call.need_scope(_SCOPE_OF_TYPE[wanted])
    kinds = {_KIND_OF_TYPE[wanted] for wanted in types}
    no_archived = flag(call.args, "exclude_archived")
    found = [channel_object(channel) for channel in call.core.state.channels.values()
             if channel.kind in kinds and _known(channel) and not (no_archived and channel.archived)]
    page, metadata = call.page(found)
    return {"ok": True, "channels": page, "response_metadata": metadata}


async def info(call: Call) -> Json:
    """One conversation."""
    call.need("channel")
    channel = call.channel()
    call.need_conversation_scope(channel, "read")
    found = channel_object(channel)
    if not flag(call.args, "include_num_members"):
        found.pop("num_members", None)
    return {"ok": True, "channel": found}


async def members(call: Call) -> Json:
    """Who is in a conversation."""
    call.need("channel")
    channel = call.channel()
    call.need_conversation_scope(channel, "read")
    page, metadata = call.page([{"id": member} for member in channel.members])
    return {"ok": True, "members": [item["id"] for item in page], "response_metadata": metadata}


async def open_(call: Call) -> Json:
    """The direct or group message with some people."""
    if call.text("channel"):
        channel = call.channel()
        return {"ok": True, "channel": _opened(call, channel), "already_open": True, "no_op": True}
    users = listing(call.args, "users")
    if not users:
        raise Refused("users_list_not_supplied")
    call.need_scope("im:write" if len(users) == 1 else "mpim:write")
    for user_id in users:
        user = call.core.state.users.get(user_id)
        if user is None:
            raise Refused("user_not_found")
        if user.deleted:
            raise Refused("user_disabled")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
    if len(users) > 8:
        raise Refused("too_many_users")
    state = call.core.state
    channel = state.direct_channel(users[0]) if len(users) == 1 else state.group_channel(users)
    return {"ok": True, "channel": _opened(call, channel)}


async def join(call: Call) -> Json:
    """Bring the bot into a public channel."""
    call.need("channel")
    channel = call.channel()
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if cast.BOT_USER_ID in channel.members:
        return {"ok": True, "channel": channel_object(channel), "warning": "already_in_channel",
                "response_metadata": {"warnings": ["already_in_channel"]}}
    channel.members.append(cast.BOT_USER_ID)
    await posting.channel_changed(call.core, channel)
    return {"ok": True, "channel": channel_object(channel)}


async def history(call: Call) -> Json:
    """What was said in a conversation, newest first, threads' replies left out."""
    call.need("channel")
    channel = _readable(call)
    lasting = [m for m in _lasting(channel) if m.thread_ts in (None, m.ts)]
    found = [message_object(m, channel) for m in _within(call, lasting)]
    page, metadata = call.page(found[::-1])
    return {"ok": True, "messages": page, "has_more": bool(metadata["next_cursor"]), "pin_count": 0,
            "response_metadata": metadata}


async def replies(call: Call) -> Json:
    """A thread, its first message and the replies, oldest first."""
    call.need("channel", "ts")
    channel = _readable(call)
    parent = channel.messages.get(call.text("ts"))
    if parent is None or parent.ephemeral_to:
        raise Refused("thread_not_found")
    thread = [parent, *channel.replies(parent.thread_ts or parent.ts)]
    page, metadata = call.page([message_object(m, channel) for m in thread])
    return {"ok": True, "messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


async def react(call: Call) -> Json:
    """Put an emoji on a message."""
    call.need("channel", "timestamp", "name")
    channel = call.channel()
    message = channel.messages.get(call.text("timestamp"))
    if message is None or message.ephemeral_to:
        raise Refused("message_not_found")
    if channel.archived:
        raise Refused("is_archived")
    name = call.text("name").strip(":")
    known = next((r for r in message.reactions if r["name"] == name), None)
    if known is not None and cast.BOT_USER_ID in known["users"]:
        raise Refused("already_reacted")
    if known is None:
        known = {"name": name, "users": [], "count": 0}
        message.reactions.append(known)
    known["users"].append(cast.BOT_USER_ID)
    known["count"] = len(known["users"])
    await posting.changed(call.core, channel, message)
    return {"ok": True}


def _known(channel: Channel) -> bool:
    return channel.kind == "channel" or cast.BOT_USER_ID in channel.members


def _opened(call: Call, channel: Channel) -> Json:
    return channel_object(channel) if flag(call.args, "return_im") else {"id": channel.id}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_conversation_scope(channel, "history")
    if cast.BOT_USER_ID not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _lasting(channel: Channel) -> list[Message]:
    return sorted((m for m in channel.messages.values() if not m.ephemeral_to), key=lambda m: m.ts)


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """The messages between `oldest` and `latest`; their own moments count only when `inclusive`."""
    try:
        oldest = float(call.text("oldest") or 0)
        latest = float(call.text("latest") or "inf")
    except ValueError as wrong:
        raise Refused("invalid_ts_oldest") from wrong
    if flag(call.args, "inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


METHODS = {
    "conversations.list": Method(list_),
    "conversations.info": Method(info),
    "conversations.members": Method(members),
    "conversations.open": Method(open_),
    "conversations.join": Method(join, scope="channels:join"),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
    "reactions.add": Method(react, scope="reactions:write"),
}

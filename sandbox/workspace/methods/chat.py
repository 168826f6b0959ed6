"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from sandbox.workspace import cast, posting
from sandbox.workspace.core import Core
from sandbox.workspace.methods.call import Call, Method, Refused, complaints
from sandbox.workspace.rules import check_message
from sandbox.workspace.slack_objects import message_object
from sandbox.workspace.state import Channel, Json, Message
from sandbox.workspace.view_store import with_ids

TEXT_KEPT = 40_000
UPDATE_TEXT_MOST = 4_000


async def post_message(call: Call) -> Json:
    """Post as the bot."""
    call.need("channel")
    channel = _target(call)
    _may_post(call, channel)
    message = _composed(call, channel)
    await posting.post(call.core, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_object(message, channel)}


async def post_ephemeral(call: Call) -> Json:
    """Post to one person only."""
    call.need("channel", "user")
    channel = call.channel()
    _may_post(call, channel, ephemeral=True)
    if call.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    message = _composed(call, channel)
    message.ephemeral_to = call.text("user")
    await posting.post(call.core, channel, message)
    return {"ok": True, "message_ts": message.ts}


async def update(call: Call) -> Json:
    """Change one of the bot's own messages."""
    call.need("channel", "ts")
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    if len(call.text("text")) > UPDATE_TEXT_MOST:
        raise Refused("msg_too_long")
    _check(call)
    _rewrite(call, message)
    message.edited_ts = call.core.time.next_ts()
    await posting.changed(call.core, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "text": message.text,
            "message": message_object(message, channel)}


async def delete(call: Call) -> Json:
    """Delete one of the bot's own messages."""
    call.need("channel", "ts")
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    await posting.remove(call.core, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


async def permalink(call: Call) -> Json:
    """A link to a message."""
    call.need("channel", "message_ts")
    channel = call.channel()
    ts = call.text("message_ts")
    if ts not in channel.messages or channel.messages[ts].ephemeral_to:
        raise Refused("message_not_found")
    base = call.core.settings.base_url
    return {"ok": True, "channel": channel.id, "permalink": f"{base}/archives/{channel.id}/p{ts.replace('.', '')}"}


async def schedule(call: Call) -> Json:
    """Note a message for later."""
    call.need("channel", "post_at")
    channel = _target(call)
    _may_post(call, channel)
    try:
        post_at = int(call.args["post_at"])
    except ValueError as wrong:
        raise Refused("invalid_time") from wrong
    if post_at <= call.core.time.now():
        raise Refused("time_in_past")
    if post_at > call.core.time.now() + 120 * 24 * 3600:
        raise Refused("time_too_far")
    message = _composed(call, channel)
    scheduled_id = call.core.state.new_id("Q")
    call.core.state.scheduled[scheduled_id] = post_at
    call.core.background.spawn(_post_later(call.core, channel, message, scheduled_id))
    return {"ok": True, "channel": channel.id, "scheduled_message_id": scheduled_id, "post_at": post_at,
            "message": message_object(message, channel)}


async def _post_later(core: Core, channel: Channel, message: Message, scheduled_id: str) -> None:
    await core.time.sleep_until(core.state.scheduled[scheduled_id])
    if core.state.scheduled.pop(scheduled_id, None) is not None and not channel.archived:
        message.ts = core.time.next_ts()
        await posting.post(core, channel, message)


async def unschedule(call: Call) -> Json:
    """Forget a message noted for later."""
    call.need("channel", "scheduled_message_id")
    if call.core.state.scheduled.pop(call.text("scheduled_message_id"), None) is None:
        raise Refused("invalid_scheduled_message_id")
    return {"ok": True}


def _target(call: Call) -> Channel:
    """The conversation to post to: an id, a name, or a person whose direct messages are meant."""
    person = call.core.state.users.get(call.text("channel"))
    if person is None:
        return call.channel()
    if person.is_bot or person.deleted:
        raise Refused("channel_not_found")
    return call.core.state.direct_channel(person.id)


def _may_post(call: Call, channel: Channel, *, ephemeral: bool = False) -> None:
    if channel.archived:
        raise Refused("is_archived")
    if cast.BOT_USER_ID in channel.members:
        return
    if ephemeral or "chat:write.public" not in call.core.settings.scopes:
        raise Refused("not_in_channel")


def _composed(call: Call, channel: Channel) -> Message:
    text = call.text("text") or call.text("markdown_text")
    if not text and not call.args.get("blocks") and not call.args.get("attachments"):
        raise Refused("no_text")
    _check(call)
    thread_ts = call.text("thread_ts") or None
    if thread_ts is not None and thread_ts not in channel.messages:
        raise Refused("thread_not_found")
    return Message(
        ts=call.core.time.next_ts(), channel=channel.id, user=cast.BOT_USER_ID, text=text[:TEXT_KEPT],
        blocks=_blocks(call), attachments=call.args.get("attachments") or None,
        metadata=call.args.get("metadata") or None, from_bot=True, thread_ts=thread_ts,
    )


def _check(call: Call) -> None:
    if call.text("markdown_text") and (call.text("text") or call.args.get("blocks")):
        raise Refused("markdown_text_conflict")
    for key, error in (("blocks", "invalid_blocks_format"), ("attachments", "invalid_attachments")):
        if call.args.get(key) and not isinstance(call.args[key], list):
            raise Refused(error)
    problems = check_message({key: call.args[key] for key in ("blocks", "attachments") if call.args.get(key)})
    if not problems:
        return
    budget = [problem for problem in problems if problem.code == "msg_blocks_too_long"]
    if len(budget) == len(problems):
        raise Refused("msg_blocks_too_long")
    raise complaints("invalid_blocks", [problem for problem in problems if problem not in budget])


def _rewrite(call: Call, message: Message) -> None:
    """Slack's rule: text alone takes the blocks away, neither leaves the message as it is."""
    args = call.args
    given = {key for key in ("text", "blocks", "attachments", "markdown_text") if args.get(key) is not None}
    if given - {"attachments"}:
        text = call.text("text") or call.text("markdown_text")
        if not text and not args.get("blocks") and not args.get("attachments"):
            raise Refused("no_text")
        message.text, message.blocks = text, _blocks(call)
    if "attachments" in given:
        message.attachments = args["attachments"] or None
    if args.get("metadata") is not None:
        message.metadata = args["metadata"] or None


def _blocks(call: Call) -> list[Json] | None:
    return with_ids(call.args["blocks"]) if call.args.get("blocks") else None


def _own_message(call: Call, channel: Channel, error: str) -> Message:
    message = channel.messages.get(call.text("ts"))
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    if not message.from_bot:
        raise Refused(error)
    return message


METHODS = {
    "chat.postMessage": Method(post_message, scope="chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, scope="chat:write"),
    "chat.update": Method(update, scope="chat:write"),
    "chat.delete": Method(delete, scope="chat:write"),
    "chat.getPermalink": Method(permalink),
    "chat.scheduleMessage": Method(schedule, scope="chat:write"),
    "chat.deleteScheduledMessage": Method(unschedule, scope="chat:write"),
}

"""The workspace's things in the shapes Slack's Web API and payloads give them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.workspace import cast
from sandbox.workspace.state import Channel, Json, Message, State, User, View


def user_object(user: User, *, with_email: bool) -> Json:
    """A user as `users.info` gives it."""
    offset = datetime.now(UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    profile: Json = {
        "real_name": user.real_name, "real_name_normalized": user.real_name, "display_name": user.name,
        "display_name_normalized": user.name, "title": user.title, "phone": "", "skype": "", "status_text": "",
        "status_emoji": "", "team": user.team_id, "avatar_hash": user.color,
    }
    if with_email and user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": cast.BOT_ID, "api_app_id": cast.APP_ID}
    found: Json = {
        "id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted, "color": user.color,
        "real_name": user.real_name, "tz": user.tz, "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0, "profile": profile,
        "is_bot": user.is_bot, "is_app_user": False, "updated": 0,
    }
    if not user.deleted:
        found |= {
            "is_admin": user.is_admin, "is_owner": user.is_owner,
            "is_primary_owner": user.is_owner, "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
        }
    if user.is_stranger:
        found["is_stranger"] = True
    return found


def channel_object(channel: Channel) -> Json:
    """A conversation as `conversations.info` gives it."""
    found: Json = {
        "id": channel.id, "created": channel.created, "is_archived": channel.archived,
        "is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim", "is_org_shared": False,
        "context_team_id": cast.TEAM_ID, "updated": channel.created,
    }
    if channel.kind == "im":
        return found | {"user": channel.im_with, "is_user_deleted": False, "priority": 0}
    return found | {
        "name": channel.name, "name_normalized": channel.name, "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private", "is_private": channel.kind != "channel", "is_general":
        channel.name == "general", "is_member": cast.BOT_USER_ID in channel.members, "is_shared": False,
        "is_ext_shared": False, "creator": cast.BOT_USER_ID, "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0}, "unlinked": 0, "previous_names": [],
    }


def message_object(message: Message, channel: Channel) -> Json:
    """A message as history, payloads and `chat.postMessage` give it."""
    found: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text,
                   "team": cast.TEAM_ID}
    if message.from_bot:
        found |= {"bot_id": cast.BOT_ID, "app_id": cast.APP_ID, "bot_profile": bot_profile()}
    optional: Json = {
        "blocks": message.blocks, "attachments": message.attachments, "files": message.files,
        "metadata": message.metadata, "thread_ts": message.thread_ts, "reactions": message.reactions or None,
    }
    found |= {key: value for key, value in optional.items() if value is not None}
    if message.ephemeral_to:
        found["is_ephemeral"] = True
    if message.edited_ts:
        found["edited"] = {"user": message.user, "ts": message.edited_ts}
    replies = channel.replies(message.ts)
    if replies:
        found |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts,
                  "reply_users": sorted({reply.user for reply in replies})}
    elif message.thread_ts and message.thread_ts != message.ts:
        parent = channel.messages.get(message.thread_ts)
        found["parent_user_id"] = parent.user if parent else None
    return found


def bot_profile() -> Json:
    """The app's bot as messages carry it."""
    return {"id": cast.BOT_ID, "app_id": cast.APP_ID, "name": cast.APP_NAME, "user_id": cast.BOT_USER_ID,
            "icons": {}, "deleted": False, "updated": 0, "team_id": cast.TEAM_ID}


def view_object(view: View) -> Json:
    """A view as `views.open` answers and payloads carry it, its state included."""
    body = view.body
    found: Json = {
        "id": view.id, "team_id": cast.TEAM_ID, "type": body["type"], "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata") or "", "callback_id": body.get("callback_id") or "",
        "external_id": view.external_id, "state": {"values": view.values}, "hash": view.hash,
        "title": _text(body.get("title")) or {"type": "plain_text", "text": "View Title", "emoji": True},
        "close": _text(body.get("close")), "submit": _text(body.get("submit")),
        "clear_on_close": bool(body.get("clear_on_close")), "notify_on_close": bool(body.get("notify_on_close")),
        "submit_disabled": bool(body.get("submit_disabled")),
        "root_view_id": view.root, "previous_view_id": view.previous, "app_id": cast.APP_ID,
        "bot_id": cast.BOT_ID, "app_installed_team_id": cast.TEAM_ID,
    }
    return found


def _text(text: Json | None) -> Json | None:
    return {"emoji": True, **text} if text else None


def channel_label(state: State, channel: Channel) -> str:
    """What payloads call a channel: its name, or Slack's stand-in for unnamed kinds."""
    if channel.id not in state.channels:
        return ""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)

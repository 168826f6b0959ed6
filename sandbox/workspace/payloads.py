"""The payloads Slack sends an app: commands, interactions and events."""

from __future__ import annotations

import secrets
from uuid import uuid4

from sandbox.workspace import cast
from sandbox.workspace.core import Core
from sandbox.workspace.slack_objects import channel_label, message_object, view_object
from sandbox.workspace.state import Channel, Json, Message, View

# The long-deprecated verification token is in every payload, though nobody should check it.
_VERIFICATION_TOKEN = "legacy-verification-token"  # noqa: S105


def slash_command(core: Core, user: str, channel: Channel, command: str, text: str) -> Json:
    """The flat form of a slash command."""
    key = core.tickets.response_url(user, channel.id)
    person = core.state.users[user]
    return {
        "token": _VERIFICATION_TOKEN, "team_id": cast.TEAM_ID, "team_domain": cast.TEAM_DOMAIN,
        "channel_id": channel.id, "channel_name": channel_label(core.state, channel), "user_id": user,
        "user_name": person.name, "command": command, "text": text, "api_app_id": cast.APP_ID,
        "is_enterprise_install": "false", "response_url": response_url(core, "commands", key),
        "trigger_id": core.tickets.trigger(user),
    }


def response_url(core: Core, kind: str, key: str) -> str:
    """The full address of a response URL."""
    return f"{core.settings.base_url}/{kind}/{cast.TEAM_ID}/{key}"


def interaction(core: Core, kind: str, user: str, *, trigger: bool) -> Json:
    """What every interactive payload begins with."""
    person = core.state.users[user]
    made: Json = {
        "type": kind,
        "team": {"id": cast.TEAM_ID, "domain": cast.TEAM_DOMAIN},
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": cast.APP_ID, "token": _VERIFICATION_TOKEN, "enterprise": None,
        "is_enterprise_install": False,
    }
    if trigger:
        made["trigger_id"] = core.tickets.trigger(user)
    return made


def message_container(message: Message, channel: Channel) -> Json:
    """Where an interaction took place, when in a message."""
    made: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel,
                  "is_ephemeral": message.ephemeral_to is not None}
    if message.thread_ts:
        made["thread_ts"] = message.thread_ts
    return {"container": made, "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": message_object(message, channel)}


def view_container(view: View) -> Json:
    """Where an interaction took place, when in a modal or on the Home tab."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_object(view)}


def view_submission(core: Core, view: View) -> Json:
    """A submitted modal."""
    return interaction(core, "view_submission", view.user, trigger=True) | {
        "view": view_object(view), "response_urls": _response_urls(core, view),
    }


def view_closed(core: Core, view: View, *, cleared: bool) -> Json:
    """A closed modal, for a view that asked to be told."""
    return interaction(core, "view_closed", view.user, trigger=False) | {
        "view": view_object(view), "is_cleared": cleared,
    }


def event(core: Core, content: Json) -> Json:
    """The Events API wrapper around one event."""
    now = int(core.time.now())
    return {
        "token": _VERIFICATION_TOKEN, "team_id": cast.TEAM_ID, "context_team_id": cast.TEAM_ID,
        "context_enterprise_id": None, "api_app_id": cast.APP_ID, "event": content, "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(), "event_time": now,
        "authorizations": [{"enterprise_id": None, "team_id": cast.TEAM_ID, "user_id": cast.BOT_USER_ID,
                            "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False, "event_context": f"4-{uuid4().hex}",
    }


def _response_urls(core: Core, view: View) -> list[Json]:
    found = []
    for block in view.body["blocks"]:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        answer = view.values.get(block["block_id"], {}).get(element["action_id"], {})
        channel = answer.get("selected_conversation") or answer.get("selected_channel")
        if channel:
            key = core.tickets.response_url(view.user, channel)
            found.append({"response_url": response_url(core, "app", key), "channel_id": channel,
                          "block_id": block["block_id"], "action_id": element["action_id"]})
    return found

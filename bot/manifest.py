"""The Slack app's manifest, made from the same facts as the bot: `app.yaml` is this, written out."""

from collections.abc import Mapping
from typing import Any

import yaml

NAME = "Gangway"
DESCRIPTION = "Brings a managed service provider's clients and people on board, from Slack."
LONG_DESCRIPTION = (
    "Gangway connects the systems a managed service provider already keeps its clients in and brings companies, "
    "staff and end users over: every change is previewed, approved by a person and written down. It maps companies "
    "to their sources so that no company ever receives another's people, sends and follows up invitations, and "
    "tells each channel on its own schedule what waits for someone."
)
USAGE = "connect | import | map | users | invites | digest | status | help"

# Each with what it is for; nothing is asked for that the bot does not do.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "answer when mentioned",
    "channels:read": "name the public channels that are bound to a company or get a digest",
    "chat:write": "post previews, outcomes and digests",
    "chat:write.public": "post a digest in a public channel without being invited first",
    "commands": "the slash command",
    "files:write": "send an export of the audit trail to the Admin who asks for it",
    "groups:read": "the same for private channels it is in",
    "im:history": "answer in the direct message with a person",
    "im:write": "tell a person directly where a channel cannot be reached",
    "users:read": "who is an owner, admin or guest: roles follow from it",
    "users:read.email": "recognise the MSP's own staff by e-mail address",
}
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")


def manifest(command: str, http_url: str | None = None) -> dict[str, Any]:
    """The manifest as Slack reads it.

    `command` is the slash command with its slash. Without `http_url` the app speaks Socket Mode; with it Slack posts
    to `<http_url>/slack/events`.
    """
    address = f"{http_url.rstrip('/')}/slack/events" if http_url else None
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#0b5d57",
        },
        "features": _features(command, address),
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": _settings(address),
    }


def as_yaml(command: str, http_url: str | None = None) -> str:
    return yaml.safe_dump(manifest(command, http_url), sort_keys=False, allow_unicode=True, width=100)


def _features(command: str, address: str | None) -> dict[str, Any]:
    slash = {
        "command": command,
        "description": "Companies, people, invitations: connect, import, map",
        "usage_hint": USAGE,
        "should_escape": False,
    }
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "slash_commands": [slash | ({"url": address} if address else {})],
    }


def _settings(address: str | None) -> dict[str, Any]:
    events: dict[str, Any] = {"bot_events": sorted(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if address:
        events["request_url"] = address
        interactivity |= {"request_url": address, "message_menu_options_url": address}
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": address is None,
        "token_rotation_enabled": False,
    }

"""The manifest is what `app.yaml` says, keeps Slack's limits and asks for no more than the bot uses."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.manifest import EVENTS, SCOPES, as_yaml, manifest

ROOT = Path(__file__).parents[2]
BOTH = [manifest("/msp"), manifest("/client-desk", "https://bot.example.com/")]

# What Slack's own manifest schema allows, as far as this manifest goes.
KNOWN = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "slash_commands", "shortcuts"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "oauth_config": {"scopes", "redirect_urls"},
    "oauth_config.scopes": {"bot", "user", "bot_optional"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "settings.event_subscriptions": {"bot_events", "request_url", "user_events"},
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}
# An event is delivered only to an app that may read what it tells of.
NEEDED_BY_EVENT = {"app_mention": "app_mentions:read", "message.im": "im:history"}


def test_app_yaml_is_the_manifest() -> None:
    text = (ROOT / "app.yaml").read_text("utf-8")
    assert text == as_yaml("/msp")
    assert yaml.safe_load(text) == manifest("/msp")


@pytest.mark.parametrize("made", BOTH)
def test_lengths_are_within_slack_s_limits(made: dict[str, Any]) -> None:
    about, features = made["display_information"], made["features"]
    assert 1 <= len(about["name"]) <= 35
    assert 1 <= len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert 1 <= len(features["bot_user"]["display_name"]) <= 80
    [slash] = features["slash_commands"]
    assert slash["command"].startswith("/")
    assert 2 <= len(slash["command"]) <= 32
    assert 1 <= len(slash["description"]) <= 2000
    assert 1 <= len(slash["usage_hint"]) <= 1000
    assert len(made["oauth_config"]["scopes"]["bot"]) <= 255
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


@pytest.mark.parametrize("made", BOTH)
def test_there_is_no_key_slack_does_not_know(made: dict[str, Any]) -> None:
    for path, known in KNOWN.items():
        part = made
        for key in filter(None, path.split(".")):
            part = part[key]
        assert set(part) <= known, path


def test_socket_mode_needs_no_address_and_http_names_one_everywhere() -> None:
    socket, http = BOTH
    assert socket["settings"]["socket_mode_enabled"] is True
    assert "slack/events" not in yaml.safe_dump(socket)
    address = "https://bot.example.com/slack/events"
    assert http["settings"]["socket_mode_enabled"] is False
    assert http["settings"]["event_subscriptions"]["request_url"] == address
    assert http["settings"]["interactivity"]["request_url"] == address
    assert http["settings"]["interactivity"]["message_menu_options_url"] == address
    assert http["features"]["slash_commands"][0]["url"] == address


def test_the_home_tab_buttons_and_events_are_switched_on() -> None:
    for made in BOTH:
        assert made["features"]["app_home"]["home_tab_enabled"] is True
        assert made["settings"]["interactivity"]["is_enabled"] is True
        assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


def test_every_event_has_the_scope_it_needs_and_every_scope_a_reason() -> None:
    assert {NEEDED_BY_EVENT[event] for event in EVENTS if event in NEEDED_BY_EVENT} <= set(SCOPES)
    assert all(SCOPES.values())
    assert not [scope for scope in SCOPES if scope.endswith((":write.customize", "admin", "channels:history"))]

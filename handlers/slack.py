"""Our thin door to Slack's Web API: post, update, tell in private, each with another way where the first is closed."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from domain.errors import TryLater
from handlers.views import kit

log = logging.getLogger(__name__)

# The channel will not take our message, whatever we say: tell the person another way, and why.
_CLOSED = {
    "not_in_channel": "I am not a member of {channel}: add me with `/invite`, then it works there too.",
    "channel_not_found": "I cannot see that channel: add me with `/invite`, then it works there too.",
    "is_archived": "{channel} is archived.",
    "is_inactive": "{channel} is archived.",  # what chat.update says of an archived channel
    "external_channel_migrating": "{channel} is being moved between workspaces.",
    "access_denied": "I may not post in {channel}.",
    "restricted_action": "Posting in {channel} is restricted.",
    "restricted_action_read_only_channel": "{channel} is read-only.",
    "restricted_action_thread_only_channel": "{channel} allows replies only.",
    "restricted_action_non_threadable_channel": "Posting in {channel} is restricted.",
    "no_permission": "I may not post in {channel}.",
    "user_not_in_channel": "You are not a member of {channel}.",
}
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "invalid_ts"})
# Slack's own troubles; "" is an answer without a word. Its error pages are no JSON and are known by their status.
_PASSING = frozenset(
    {"", "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_TRIGGER = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
_VIEW_GONE = frozenset({"not_found", "view_not_found"})


@dataclass(frozen=True)
class Shown:
    """A modal as it was drawn last: Slack gives each drawing a hash of its own. Without one it is the drawing of the moment."""

    id: str
    hash: str = ""

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Shown":
        return cls(str(view["id"]), str(view.get("hash") or ""))


@dataclass(frozen=True)
class Placed:
    """Where a message stands."""

    channel: str
    ts: str


def honour_limits(client: WebClient) -> WebClient:
    """Waits as told on 429. Every client that Bolt makes for a request copies this."""
    if not any(isinstance(each, RateLimitErrorRetryHandler) for each in client.retry_handlers):
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=3))
    return client


def reason(error: SlackApiError) -> str:
    """Slack's word for what went wrong."""
    return str(error.response.get("error", "")) if error.response is not None else ""


def is_passing(error: SlackApiError) -> bool:
    """Whether the same call may work in a moment."""
    status = getattr(error.response, "status_code", 0) or 0
    return status >= 500 or reason(error) in _PASSING


def is_closed(error: SlackApiError) -> bool:
    """Whether the channel will not take our message, whatever we say."""
    return reason(error) in _CLOSED


def is_gone(error: SlackApiError) -> bool:
    """Whether the message was deleted, or can never be edited again."""
    return reason(error) in _GONE


def direct(client: WebClient, user: str, message: Mapping[str, Any]) -> Placed:
    """A direct message."""
    answer = client.chat_postMessage(channel=user, unfurl_links=False, **message)
    return Placed(str(answer["channel"]), str(answer["ts"]))


def post(client: WebClient, channel: str, message: Mapping[str, Any], instead_to: str) -> Placed:
    """Post in a channel; where it is closed to us, the person gets it directly, with a sentence why."""
    try:
        answer = client.chat_postMessage(channel=channel, unfurl_links=False, **message)
    except SlackApiError as error:
        if reason(error) not in _CLOSED or not instead_to:
            raise
        return _instead(client, instead_to, message, channel, reason(error))
    return Placed(str(answer["channel"]), str(answer["ts"]))


def update(client: WebClient, at: Placed, message: Mapping[str, Any], instead_to: str) -> Placed:
    """Redraw a message; one that is gone is posted anew where it stood, or told directly. Returns where it stands."""
    try:
        client.chat_update(channel=at.channel, ts=at.ts, **message)
    except SlackApiError as error:
        if reason(error) in _GONE:
            return post(client, at.channel, message, instead_to)
        if reason(error) not in _CLOSED or not instead_to:
            raise
        return _instead(client, instead_to, message, at.channel, reason(error))
    return at


def private(client: WebClient, channel: str, user: str, message: Mapping[str, Any]) -> None:
    """For one person's eyes in a channel; where that cannot be shown, as a direct message."""
    if channel and not channel.startswith("D"):
        try:
            client.chat_postEphemeral(channel=channel, user=user, **message)
        except SlackApiError as error:
            log.info("An ephemeral message became a direct one: %s", reason(error))
        else:
            return
    direct(client, user, message)


def _instead(client: WebClient, user: str, message: Mapping[str, Any], channel: str, why: str) -> Placed:
    """The message as a direct one, after a line that says why it comes this way and stays when the message changes."""
    text = f"{_CLOSED[why].format(channel=f'<#{channel}>')} So I tell you here."
    direct(client, user, kit.message(text, [kit.section(text)]))
    return direct(client, user, message)


def open_view(client: WebClient, trigger: str, view: Mapping[str, Any], push: bool = False) -> Shown | None:
    """Open (or push) a modal; None when the trigger is used up, or Slack in trouble, and another way is needed."""
    call: Callable[..., Any] = client.views_push if push else client.views_open
    try:
        answer = call(trigger_id=trigger, view=view)
    except SlackApiError as error:
        if reason(error) in _TRIGGER or reason(error) == "push_limit_reached" or is_passing(error):
            log.info("A modal could not be opened: %s", reason(error))
            return None
        raise
    return Shown.of(answer["view"])


def update_view(client: WebClient, view_id: str, view: dict[str, Any]) -> bool:
    """Redraw a modal; False when it has been closed."""
    try:
        client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        if reason(error) not in _VIEW_GONE:
            raise
        return False
    return True


def update_same_view(client: WebClient, shown: Shown, view: dict[str, Any]) -> Shown | None:
    """Redraw a modal as it was `shown`, if it is still open; None when it was drawn anew since."""
    over = {"hash": shown.hash} if shown.hash else {}
    try:
        answer = client.views_update(view_id=shown.id, view=view, **over)
    except SlackApiError as error:
        if reason(error) == "hash_conflict":
            return None
        if reason(error) not in _VIEW_GONE:
            raise
        return shown
    return Shown.of(answer["view"])


def user_of(client: WebClient, user: str) -> Mapping[str, Any] | None:
    """What Slack says of a person now; None for one it does not know. Raises TryLater when Slack does not answer."""
    try:
        answer = client.users_info(user=user)
    except SlackApiError as error:
        if reason(error) in ("user_not_found", "user_not_visible", "users_not_found"):
            return None
        raise TryLater("Slack does not say who you are just now, so nothing was done. Try again soon.") from error
    except (URLError, OSError) as error:
        raise TryLater("Slack does not answer just now, so nothing was done. Try again soon.") from error
    found: Mapping[str, Any] = answer["user"]
    return found

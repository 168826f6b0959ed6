"""Who asks: one request from Slack in the words our handlers need, and the person's standing read anew each time.

A role is never remembered: whoever was a technician when a button was drawn may be a guest when it is pressed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient

from domain.errors import NotAllowed
from domain.roles import SlackStanding
from flows import desk as desks
from flows.context import Context
from flows.desk import Desk
from handlers import slack
from handlers.views import kit


@dataclass
class Ask:
    """One command, click, submitted modal or event. `acked` says whether Slack has had its answer."""

    context: Context
    client: WebClient
    body: Mapping[str, Any]
    team: str
    send_ack: Callable[..., Any]
    respond: Callable[..., Any]
    acked: bool = False
    spent: bool = False  # the trigger opens one modal, once
    opened: slack.Shown | None = None  # the modal, as it was drawn first
    about: tuple[str, str] = ("", "")  # connection and company it is about, for the button that mends a refusal
    _standing: SlackStanding | None = field(default=None, repr=False)

    def ack(self, *args: Any, **answer: Any) -> None:
        """Answer Slack, once; later calls do nothing."""
        if not self.acked:
            self.acked = True
            self.send_ack(*args, **answer)

    @property
    def user(self) -> str:
        found = self.body.get("user_id") or self.body.get("user") or self.body.get("event", {}).get("user") or ""
        return str(found["id"]) if isinstance(found, Mapping) else str(found)

    @property
    def view(self) -> Mapping[str, Any]:
        return self.body.get("view") or {}

    @property
    def meta(self) -> str:
        """What the modal keeps for us: opaque ids and page numbers."""
        return str(self.view.get("private_metadata") or "")

    @property
    def channel(self) -> str:
        """Where it happened; in a modal the last word of what it keeps, by our convention `… <channel>`."""
        found = self.body.get("channel_id") or self.body.get("channel") or ""
        if isinstance(found, Mapping):
            found = found.get("id", "")
        return str(found or (self.meta.split("|")[-1] if self.view.get("type") == "modal" else ""))

    @property
    def trigger(self) -> str:
        return str(self.body.get("trigger_id") or "")

    @property
    def action(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (self.body.get("actions") or [{}])[0]
        return found

    @property
    def value(self) -> str:
        """What the pressed button or chosen option carries: an opaque id."""
        action = self.action
        chosen = action.get("selected_option")
        return str((chosen or action).get("value") or "")

    @property
    def typed(self) -> str:
        """What a person has typed into a picker so far."""
        return str(self.body.get("value") or "")

    @property
    def state(self) -> Mapping[str, Any]:
        """What stands in the inputs of the modal or message."""
        found: Mapping[str, Any] = self.view.get("state") or self.body.get("state") or {}
        return found

    @property
    def message(self) -> slack.Placed | None:
        """The message in which something was pressed, unless it is an ephemeral one (those cannot be edited so)."""
        container = self.body.get("container") or {}
        if container.get("type") != "message" or container.get("is_ephemeral"):
            return None
        return slack.Placed(str(container["channel_id"]), str(container["message_ts"]))

    def desk(self, channel: str | None = None) -> Desk:
        """The desk of whoever asks. Raises NotAllowed for strangers, guests and bots."""
        if self._standing is None:
            self._standing = standing(self.client, self.user, self.team)
        desk = desks.sit(self.context, self._standing, self.channel if channel is None else channel)
        if self._standing.is_stranger or desk.actor.role is None:
            raise NotAllowed("Gangway is only for the full members of this workspace. Nothing was done.")
        return desk

    def answer(self, message: Mapping[str, Any], replace: bool = False) -> None:
        """Tell only the person who asked, where they are; `replace` redraws the (ephemeral) message they pressed in."""
        if self.body.get("response_url"):
            sent = self.respond(replace_original=replace, response_type="ephemeral", **message)
            if getattr(sent, "status_code", 200) == 200:
                return
        slack.private(self.client, self.channel, self.user, message)

    def open(self, view: Mapping[str, Any]) -> str | None:
        """Open a modal, or stack it on the one that is open. None: the trigger is used up, tell it another way."""
        self.spent, spent = True, self.spent
        push = self.view.get("type") == "modal"
        self.opened = None if spent or not self.trigger else slack.open_view(self.client, self.trigger, view, push)
        return None if self.opened is None else self.opened.id

    def show(self, view: Mapping[str, Any]) -> None:
        """Open a modal, or say that it could not be opened."""
        if self.open(view) is None:
            self.say("Slack did not open that in time. Try once more.")

    def say(self, text: str, *blocks: kit.Block) -> None:
        """A private sentence (ready mrkdwn), with blocks below it."""
        self.answer(kit.message(text, [kit.section(text), *blocks]))


def standing(client: WebClient, user: str, team: str) -> SlackStanding:
    """What Slack says of a person now. Unknown, deleted, of another workspace or a bot: a stranger."""
    found = slack.user_of(client, user) if user else None
    if found is None:
        return SlackStanding(user, user or "somebody", is_stranger=True)
    profile = found.get("profile") or {}
    guest = found.get("is_restricted") or found.get("is_ultra_restricted")
    return SlackStanding(
        user,
        str(profile.get("real_name") or found.get("real_name") or found.get("name") or user),
        email=str(profile.get("email") or ""),
        is_admin=bool(found.get("is_admin") or found.get("is_owner") or found.get("is_primary_owner")),
        is_guest=bool(guest),
        is_stranger=_is_stranger(found, team),
        zone=str(found.get("tz") or ""),
    )


def _is_stranger(found: Mapping[str, Any], team: str) -> bool:
    teams = {str(found.get("team_id") or ""), *(found.get("enterprise_user") or {}).get("teams", ())}
    elsewhere = bool(team) and team not in teams
    return elsewhere or any(found.get(flag) for flag in ("deleted", "is_bot", "is_stranger"))

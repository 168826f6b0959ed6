"""What a person does inside messages and views: buttons, choices, and searching an external select."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.workspace import payloads, posting
from sandbox.workspace.answers import Answer
from sandbox.workspace.core import Core
from sandbox.workspace.rules import check_options
from sandbox.workspace.state import Channel, Json, Message, View
from sandbox.workspace.view_state import ANSWER_KEYS, all_options, answer_of, elements_of, merged

CLICK_TROUBLE = "This app didn't respond to the click. Try again?"


class Unacceptable(Exception):
    """A client asked for what its person cannot do; `code` and a sentence say why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Place:
    """Where a person acts: a view of theirs, or a message in a channel."""

    user: str
    view: View | None = None
    message: Message | None = None
    channel: Channel | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks that stand there."""
        if self.view is not None:
            return list(self.view.body["blocks"])
        return list(self.message.blocks or []) if self.message else []

    def payload(self) -> Json:
        """Its part of a payload."""
        if self.view is not None:
            return payloads.view_container(self.view)
        if self.message is None or self.channel is None:
            raise Unacceptable("no_container", "An action needs a message or a view.")
        return payloads.message_container(self.message, self.channel)


def find_place(core: Core, user: str, container: Json) -> Place:
    """The message or view a client names, if its person can see it."""
    if container.get("type") == "view":
        view = core.state.views.get(str(container.get("view_id")))
        if view is None or view.user != user:
            raise Unacceptable("view_not_found", "That view is not open for this person.")
        return Place(user, view=view)
    channel = core.state.channels.get(str(container.get("channel")))
    if channel is None or not core.state.can_see(user, channel):
        raise Unacceptable("channel_not_found", "This person does not see that channel.")
    message = channel.messages.get(str(container.get("ts")))
    if message is None or message.ephemeral_to not in (None, user):
        raise Unacceptable("message_not_found", "That message is not there for this person.")
    return Place(user, message=message, channel=channel)


def find_element(place: Place, block_id: str, action_id: str) -> Json:
    """The element a client names by its ids."""
    for block in place.blocks:
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return element
    raise Unacceptable("element_not_found", f"There is no element {action_id} in block {block_id}.")


async def act(core: Core, place: Place, block_id: str, action_id: str, action: Json, state: Json) -> Json:
    """A person presses or chooses something."""
    element = find_element(place, block_id, action_id)
    done = _done(core, element, block_id, action)
    values = _values(core, place, state, block_id, action_id, done)
    payload = payloads.interaction(core, "block_actions", place.user, trigger=True) | place.payload()
    payload |= {"state": {"values": values}, "actions": [done]}
    if place.message is not None:
        key = core.tickets.response_url(place.user, place.message.channel, place.message.ts)
        payload["response_url"] = payloads.response_url(core, "actions", key)
    answer = await core.delivery.ask("interactive", payload)
    if answer.acked:
        return {"ok": True}
    await posting.toast(core, place.user, CLICK_TROUBLE)
    return {"ok": False, "problem": CLICK_TROUBLE}


async def options(core: Core, place: Place, block_id: str, action_id: str, value: str) -> Json:
    """A person types into an external select; an answer Slack would refuse shows nothing to choose from."""
    element = find_element(place, block_id, action_id)
    if "external_select" not in str(element["type"]):
        raise Unacceptable("not_external", "Only external selects search.")
    payload = payloads.interaction(core, "block_suggestion", place.user, trigger=False) | place.payload()
    payload |= {"block_id": block_id, "action_id": action_id, "value": value}
    return _offered(await core.delivery.ask("interactive", payload))


def _offered(answer: Answer) -> Json:
    payload = answer.payload or {}
    if not answer.acked or ("options" in payload) == ("option_groups" in payload):
        return {"options": [], "problem": "Result loading failed"}
    problems = check_options(payload)
    if problems:
        return {"options": [], "problem": "Result loading failed", "detail": [str(p.as_json()) for p in problems]}
    return {key: payload[key] for key in ("options", "option_groups") if key in payload}


def _done(core: Core, element: Json, block_id: str, action: Json) -> Json:
    kind = element["type"]
    done: Json = {"type": kind, "action_id": element["action_id"], "block_id": block_id,
                  "action_ts": core.time.next_ts()}
    if kind in ANSWER_KEYS:
        key, initial = ANSWER_KEYS[kind]
        extra = {name: element[name] for name in (initial, "placeholder") if name in element}
        return done | extra | {key: answer_of(element, action)[key]}
    if kind == "overflow":
        return done | {"selected_option": _overflow_choice(element, action)}
    return done | {name: element[name] for name in ("text", "value", "style", "url") if name in element}


def _overflow_choice(element: Json, action: Json) -> Json:
    wanted = (action.get("selected_option") or {}).get("value")
    for option in all_options(element):
        if option.get("value") == wanted:
            return option
    raise Unacceptable("option_not_found", "The menu has no such entry.")


def _values(core: Core, place: Place, state: Json, block_id: str, action_id: str, done: Json) -> Json:
    """The state after this action, kept so that the next one starts from it."""
    acted: Json = {}
    if done["type"] in ANSWER_KEYS:
        key = ANSWER_KEYS[done["type"]][0]
        acted = {block_id: {action_id: {"type": done["type"], key: done[key]}}}
    if place.view is not None:
        place.view.values = merged(place.blocks, place.view.values, state, acted)
        return place.view.values
    if place.message is None:
        return {}
    kept = (place.user, place.message.channel, place.message.ts)
    values = merged(place.blocks, core.message_values.get(kept, {}), state, acted)
    core.message_values[kept] = values
    return values

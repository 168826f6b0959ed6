"""A person of the workspace for tests: says, presses, fills in and waits over the client protocol.

    tess = Person(workspace.base_url, workspace.client_token, "tess")
    tess.command("/msp", "connect", channel="#onboarding")
    form = tess.wait_for_view("Connect")
    tess.fill(form, {"API username": "api@northwind.example", "Region": "EU"})
    assert tess.submit(form)
    tess.press(tess.wait_for_message("#onboarding", "new"), "Approve")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from sandbox.workspace import finding
from sandbox.workspace.finding import Found, NotThere, words
from sandbox.workspace.listening import Listening
from sandbox.workspace.state import Json
from sandbox.workspace.view_state import ANSWER_KEYS, is_list_answer, merged

T = TypeVar("T")
_ACK_WAIT_SECONDS = 15.0


@dataclass(frozen=True)
class Outcome:
    """What the person saw at once: nothing amiss, a problem in Slack's words, or errors by input label."""

    ok: bool
    problem: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.ok


class Person:
    """One person at their client. `user` is an id, a handle or a full name; channels go by id or #name."""

    def __init__(self, base_url: str, token: str, user: str) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"X-Sandbox-Token": token}, trust_env=False,
                                  timeout=_ACK_WAIT_SECONDS)
        boot = self._get("boot")
        self._people: list[Json] = boot["users"]
        self._channels: list[Json] = boot["channels"]
        self.id = self._person_id(user)
        self._typed: dict[str, Json] = {}

    def close(self) -> None:
        """Put the client away."""
        self._http.close()

    def command(self, command: str, text: str = "", *, channel: str = "#general") -> Outcome:
        """Give a slash command; returns when it is acknowledged, or with what Slack shows instead."""
        return self._outcome(self._post("command", channel=self.channel_id(channel), command=command, text=text))

    def say(self, text: str, *, channel: str, thread_ts: str | None = None) -> str:
        """Say something; gives its ts."""
        said = self._post("message", channel=self.channel_id(channel), text=text, thread_ts=thread_ts)
        return str(said["ts"])

    def messages(self, channel: str, containing: str = "", thread_ts: str | None = None) -> list[Json]:
        """The messages this person sees, oldest first, those with certain words if given."""
        asked = {"user": self.id, "channel": self.channel_id(channel)}
        found = self._get("messages", **asked, **({"thread_ts": thread_ts} if thread_ts else {}))["messages"]
        return [message for message in found if containing in words(message)]

    def last(self, channel: str) -> Json:
        """The newest message this person sees."""
        found = self.messages(channel)
        if not found:
            raise NotThere(f"Nothing was said in {channel}.")
        return found[-1]

    def press(self, where: Json, label: str, *, near: str | None = None) -> Outcome:
        """Press the button or menu entry with a label in a message or view, agreeing if it asks to confirm."""
        found = finding.button(where["blocks"], label, near)
        action: Json = {"type": found.element["type"]}
        if found.option is not None:
            action["selected_option"] = found.option
        return self._act(where, found, action)

    def choose(self, where: Json, label: str, answer: Any) -> Outcome:
        """Choose in a select (or tick boxes) outside an input: it goes to the bot at once."""
        found = finding.field(where["blocks"], label)
        entry = self._entry(where, found, answer)
        self._remember(where, found, entry)
        return self._act(where, found, entry)

    def options(self, where: Json, label: str, typed: str) -> list[str]:
        """What an external select offers for some typed characters."""
        return [words(option["text"]) for option in self._offered(where, finding.field(where["blocks"], label), typed)]

    def fill(self, view: Json, answers: dict[str, Any]) -> None:
        """Fill in inputs by their labels: text, an option's words, a list of them, a date, a person, a channel."""
        for label, answer in answers.items():
            found = finding.field(view["blocks"], label)
            entry = self._entry(view, found, answer)
            self._remember(view, found, entry)
            if found.block.get("dispatch_action"):
                self._act(view, found, entry)

    def submit(self, view: Json | None = None, answers: dict[str, Any] | None = None) -> Outcome:
        """Submit a modal (the top one unless given), filling in `answers` first."""
        view = view or self._top()
        if answers:
            self.fill(view, answers)
        return self._outcome(self._post("submit", view_id=view["id"], state=self._state(view)), view)

    def cancel(self, view: Json | None = None, *, everything: bool = False) -> None:
        """Leave a modal by Cancel, or all of them by the X."""
        self._post("close", view_id=(view or self._top())["id"], all=everything)

    def view(self) -> Json | None:
        """The modal on top, if any is open."""
        stack = self.stack()
        return stack[-1] if stack else None

    def stack(self) -> list[Json]:
        """The open modals, bottom first."""
        return list(self._get("views", user=self.id)["stack"])

    def home(self) -> Json | None:
        """Open the Home tab; gives it as last published, which the bot may be about to renew."""
        shown: Json | None = self._post("home")["view"]
        return shown

    def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """Wait until `predicate()` is truthy and give what it gave; looks again at every event."""
        with self._listening(timeout) as events:
            if seen := predicate():
                return seen
            for _ in events:
                if seen := predicate():
                    return seen
        raise TimeoutError(f"Nothing came within {timeout} s. {self._sight()}")

    def wait_for_message(self, channel: str, *containing: str, timeout: float = 10.0) -> Json:
        """Wait for a message with all these words; gives the newest such message."""
        def look() -> Json | None:
            found = [m for m in self.messages(channel) if all(part in words(m) for part in containing)]
            return found[-1] if found else None

        return _present(self.wait_for(look, timeout))

    def wait_for_view(self, *containing: str, timeout: float = 10.0) -> Json:
        """Wait until the modal on top has all these words."""
        def look() -> Json | None:
            view = self.view()
            return view if view and all(part in words(view) for part in containing) else None

        return _present(self.wait_for(look, timeout))

    def wait_for_home(self, *containing: str, timeout: float = 10.0) -> Json:
        """Wait until the Home tab has all these words."""
        def look() -> Json | None:
            view: Json | None = self._get("views", user=self.id)["home"]
            return view if view and all(part in words(view) for part in containing) else None

        return _present(self.wait_for(look, timeout))

    def wait_for_event(self, kind: str, *, since: int = 0, timeout: float = 10.0) -> Json:
        """Wait for an event of a kind (toast, message_deleted …) later than number `since`."""
        with self._listening(timeout, since) as events:
            for event in events:
                if event and event["kind"] == kind:
                    return event
        raise TimeoutError(f"No {kind} within {timeout} s. {self._sight()}")

    def channel_id(self, name: str) -> str:
        """A channel's id by id or #name; `@bot` is the direct message with the bot."""
        if name == "@bot":
            return next(str(c["id"]) for c in self._channels if c.get("im_with") == self.id)
        wanted = name.removeprefix("#")
        for channel in self._channels:
            if wanted in (channel["id"], channel["name"]):
                return str(channel["id"])
        return name

    def _act(self, where: Json, found: Found, action: Json) -> Outcome:
        return self._outcome(self._post(
            "action", container=_container(where), block_id=found.block["block_id"],
            action_id=found.element["action_id"], action=action, state=self._state(where)))

    def _entry(self, where: Json, found: Found, answer: Any) -> Json:
        kind = found.element["type"]
        if is_list_answer(kind):
            value: Any = [self._chosen(where, found, item) for item in answer or []]
        else:
            value = None if answer is None else self._chosen(where, found, answer)
        return {"type": kind, ANSWER_KEYS[kind][0]: value}

    def _chosen(self, where: Json, found: Found, answer: Any) -> Any:
        kind = str(found.element["type"])
        if isinstance(answer, dict):
            return answer
        if "external_select" in kind:
            return finding.pick(self._offered(where, found, str(answer)), str(answer))
        if "static_select" in kind or kind in ("radio_buttons", "checkboxes"):
            return finding.option(found.element, str(answer))
        if "users_select" in kind:
            return self._person_id(str(answer))
        if "channels_select" in kind or "conversations_select" in kind:
            return self.channel_id(str(answer))
        return answer if kind == "datetimepicker" else str(answer)

    def _offered(self, where: Json, found: Found, typed: str) -> list[Json]:
        offered = self._post("options", container=_container(where), block_id=found.block["block_id"],
                             action_id=found.element["action_id"], value=typed)
        grouped = [option for group in offered.get("option_groups") or [] for option in group["options"]]
        return [*(offered.get("options") or []), *grouped]

    def _remember(self, where: Json, found: Found, entry: Json) -> None:
        typed = self._typed.setdefault(_key(where), {})
        typed.setdefault(found.block["block_id"], {})[found.element["action_id"]] = entry

    def _state(self, where: Json) -> Json:
        """What stands in the inputs: what the server knows, then what was typed here."""
        shown = where.get("state", {}).get("values", {})
        return merged(where["blocks"], shown, self._typed.get(_key(where), {}))

    def _top(self) -> Json:
        view = self.view()
        if view is None:
            raise NotThere("No modal is open.")
        return view

    def _outcome(self, answer: Json, view: Json | None = None) -> Outcome:
        labels = {b["block_id"]: words(b["label"]) for b in (view or {}).get("blocks", []) if b["type"] == "input"}
        errors = {labels.get(block_id, block_id): text for block_id, text in (answer.get("errors") or {}).items()}
        return Outcome(bool(answer.get("ok")), answer.get("problem"), errors)

    def _person_id(self, name: str) -> str:
        for person in self._people:
            if name in (person["id"], person["name"], person["real_name"]):
                return str(person["id"])
        raise NotThere(f"There is no person {name!r}.")

    def _listening(self, timeout: float, since: int | None = None) -> Listening:
        return Listening(self._http, self.id, timeout, since)

    def _sight(self) -> str:
        view = self.view()
        return f"Modal on top: {words(view)!r}" if view else "No modal is open."

    def _get(self, name: str, **asked: str) -> Json:
        return _read(self._http.get(f"/client/{name}", params=asked))

    def _post(self, name: str, **asked: Any) -> Json:
        return _read(self._http.post(f"/client/{name}", json={"user": self.id, **asked}))


def _container(where: Json) -> Json:
    if "root_view_id" in where:
        return {"type": "view", "view_id": where["id"]}
    return {"type": "message", "channel": where["channel"], "ts": where["ts"]}


def _key(where: Json) -> str:
    return str(where["id"]) if "root_view_id" in where else f"{where['channel']}/{where['ts']}"


def _present(found: Json | None) -> Json:
    if found is None:
        raise NotThere("Nothing was found.")
    return found


def _read(response: httpx.Response) -> Json:
    answer: Json = response.json()
    if response.is_error:
        raise NotThere(f"{answer.get('error')}: {answer.get('detail')}")
    return answer

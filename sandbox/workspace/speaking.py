"""What a person does with words: saying something, giving a slash command, opening the Home tab."""

from __future__ import annotations

from uuid import uuid4

from sandbox.workspace import payloads, posting
from sandbox.workspace.answers import Answer, Outcome
from sandbox.workspace.core import Core
from sandbox.workspace.response_urls import answer_message
from sandbox.workspace.rules import check_message
from sandbox.workspace.slack_objects import view_object
from sandbox.workspace.state import Channel, Json, Message


async def say(core: Core, user: str, channel: Channel, text: str, thread_ts: str | None = None) -> Json:
    """A person posts a message."""
    message = Message(ts=core.time.next_ts(), channel=channel.id, user=user, text=text, thread_ts=thread_ts,
                      blocks=[_rich_text(text)])
    await posting.post(core, channel, message)
    return {"ok": True, "ts": message.ts}


async def command(core: Core, user: str, channel: Channel, name: str, text: str) -> Json:
    """A person gives a slash command and sees what comes of it."""
    if name not in {known.command for known in core.settings.commands}:
        return {"ok": False, "problem": f"{name} is not a valid command."}
    payload = payloads.slash_command(core, user, channel, name, text)
    answer = await core.delivery.ask("slash_commands", payload)
    problem = _command_problem(name, answer)
    if problem is None and answer.payload:
        problem = await _show_answer(core, user, channel, name, answer.payload)
    if problem is not None:
        await posting.toast(core, user, problem, "error")
        return {"ok": False, "problem": problem}
    return {"ok": True}


async def open_home(core: Core, user: str) -> Json:
    """A person opens the Home tab: they see what was last published, and the bot hears of it."""
    view = core.state.home(user)
    shown = view_object(view) if view is not None and core.settings.home_tab else None
    if "app_home_opened" in core.settings.events:
        event: Json = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": core.time.next_ts(),
                       "channel": core.state.direct_channel(user).id}
        if shown is not None:
            event["view"] = shown
        core.delivery.tell(payloads.event(core, event))
    return {"view": shown}


def _command_problem(name: str, answer: Answer) -> str | None:
    if answer.outcome is Outcome.LATE:
        return f'{name} failed with the error "operation_timeout"'
    if answer.outcome is Outcome.UNREACHED:
        return f'{name} failed with the error "dispatch_failed"'
    return None


async def _show_answer(core: Core, user: str, channel: Channel, name: str, payload: Json) -> str | None:
    if not payload.get("text") and not payload.get("blocks") and not payload.get("attachments"):
        return None
    if check_message({key: payload[key] for key in ("blocks", "attachments") if payload.get(key)}):
        return f'{name} failed with the error "invalid_blocks"'
    await posting.post(core, channel, answer_message(core, user, channel, payload))
    return None


def _rich_text(text: str) -> Json:
    return {"type": "rich_text", "block_id": uuid4().hex[:5], "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}]}

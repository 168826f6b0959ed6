"""Short spellings of Block Kit, and views the tests share."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def md(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str | None = None, **more: Any) -> Json:
    return {"text": plain(text), "value": value or text.lower(), **more}


def button(text: str, action_id: str = "press", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str, block_id: str = "section", **more: Any) -> Json:
    return {"type": "section", "block_id": block_id, "text": md(text), **more}


def actions(*elements: Json, block_id: str = "actions") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def entry(label: str, kind: str, block_id: str, **more: Any) -> Json:
    """An input block; what belongs to the block itself is told apart from what belongs to the element."""
    own: Json = {key: more.pop(key) for key in ("optional", "hint", "dispatch_action") if key in more}
    element = {"type": kind, "action_id": "v", **more}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **own}


def modal(*blocks: Json, view_id: str = "V1", title: str = "Connect Autotask", submit: str | None = "Save") -> Json:
    view: Json = {"id": view_id, "type": "modal", "title": plain(title), "blocks": list(blocks), "hash": "1"}
    if submit:
        view |= {"submit": plain(submit), "close": plain("Cancel")}
    return view

"""Small blocks and views for the tests."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello", **extra: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **extra}


def button(label: str = "Go", action_id: str = "go", **extra: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), **extra}


def actions(*elements: Json, **extra: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **extra}


def option(label: str, value: str | None = None, **extra: Any) -> Json:
    return {"text": plain(label), "value": value or label.lower(), **extra}


def select(*labels: str, action_id: str = "choice", **extra: Any) -> Json:
    return {"type": "static_select", "action_id": action_id, "options": [option(label) for label in labels], **extra}


def field(label: str = "Name", block_id: str = "name", element: Json | None = None, **extra: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label),
            "element": element or {"type": "plain_text_input", "action_id": "typed"}, **extra}


def modal(*blocks: Json, title: str = "Form", callback_id: str = "form", **extra: Any) -> Json:
    return {"type": "modal", "callback_id": callback_id, "title": plain(title), "submit": plain("Save"),
            "blocks": list(blocks) or [field()], **extra}


def home(*blocks: Json, **extra: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **extra}

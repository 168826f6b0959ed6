"""What Slack's own client refuses to submit: empty required inputs, wrong lengths, things that are no number."""

from __future__ import annotations

import re

from sandbox.workspace.state import Json, View
from sandbox.workspace.view_state import ANSWER_KEYS

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def complaints(view: View) -> dict[str, str]:
    """What the client writes under each input it will not send, by block_id."""
    found: dict[str, str] = {}
    for block in view.body["blocks"]:
        if block["type"] == "input":
            complaint = _complaint(block, view.values[block["block_id"]][block["element"]["action_id"]])
            if complaint is not None:
                found[block["block_id"]] = complaint
    return found


def _complaint(block: Json, entry: Json) -> str | None:
    element = block["element"]
    answer = entry[ANSWER_KEYS[element["type"]][0]]
    if answer in (None, [], ""):
        return None if block.get("optional") else "Please complete this required field."
    if isinstance(answer, list):
        most = element.get("max_selected_items") or element.get("max_files")
        return f"Please select no more than {most} items." if most and len(answer) > most else None
    if isinstance(answer, str):
        return _text_complaint(element, answer)
    return None


def _text_complaint(element: Json, answer: str) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        return _length_complaint(element, answer)
    if kind == "email_text_input" and not _EMAIL.fullmatch(answer):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _URL.fullmatch(answer):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number_complaint(element, answer)
    return None


def _length_complaint(element: Json, answer: str) -> str | None:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    if len(answer) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(answer) > most else None


def _number_complaint(element: Json, answer: str) -> str | None:
    pattern = _DECIMAL if element.get("is_decimal_allowed") else _WHOLE
    if not pattern.fullmatch(answer):
        return "Please enter a valid number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and float(answer) < float(low):
        return f"Please enter a number no less than {low}."
    if high is not None and float(answer) > float(high):
        return f"Please enter a number no greater than {high}."
    return None

"""Slack's Block Kit rules as pure functions: what Slack would refuse, and where.

`check_message`, `check_view`, `check_blocks` and `check_options` take what a bot would send and give a
list of problems, empty when Slack would take it. They need nothing else of the workspace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.workspace.rules import limits, tables, texts
from sandbox.workspace.rules.blocks import block
from sandbox.workspace.rules.problems import Json, Notebook, Problem

__all__ = ["Problem", "check_blocks", "check_message", "check_options", "check_view", "total_text"]


def check_blocks(blocks: Any, surface: str = "message", at: str = "") -> list[Problem]:
    """The problems of a list of blocks on a surface: message, modal or home. `at` prefixes their pointers."""
    found = Notebook()
    most = limits.MESSAGE_BLOCKS_MAX_ITEMS if surface == "message" else limits.VIEW_BLOCKS_MAX_ITEMS
    inside = found.items(blocks, at, most, least=0)
    for index, thing in enumerate(inside):
        block(found, thing, f"{at}/{index}", surface)
    known = [thing for thing in inside if isinstance(thing, dict)]
    _unique_ids(found, known, at)
    _one_focus(found, known, at)
    _totals(found, known, at)
    return found.problems


def check_message(payload: Any) -> list[Problem]:
    """The problems of a message payload: its blocks, those of its attachments, and the length of it all."""
    found = Notebook()
    if not found.is_object(payload, ""):
        return found.problems
    if payload.get("blocks"):
        found.problems += check_blocks(payload["blocks"], "message", "/blocks")
        if total_text(payload["blocks"]) > limits.MESSAGE_TOTAL_TEXT_MAX_LENGTH:
            most = limits.MESSAGE_TOTAL_TEXT_MAX_LENGTH
            found.problems.append(Problem(
                "msg_blocks_too_long", f"no more than {most} characters over all blocks allowed", "/blocks"))
    if payload.get("attachments"):
        _attachments(found, payload["attachments"])
    return found.problems


def check_view(view: Any) -> list[Problem]:
    """The problems of a modal or Home view."""
    found = Notebook()
    if not found.is_object(view, ""):
        return found.problems
    if not found.one_of(view.get("type"), "/type", frozenset({"modal", "home"})):
        return found.problems
    surface = str(view["type"])
    found.optional_length(view, "callback_id", "", limits.VIEW_CALLBACK_ID_MAX_LENGTH)
    found.optional_length(view, "external_id", "", limits.VIEW_EXTERNAL_ID_MAX_LENGTH)
    found.optional_length(view, "private_metadata", "", limits.VIEW_PRIVATE_METADATA_MAX_LENGTH)
    (_modal_frame if surface == "modal" else _home_frame)(found, view)
    if view.get("blocks") is None:
        found.missing("", "blocks")
    else:
        found.problems += check_blocks(view["blocks"], surface, "/blocks")
    return found.problems


def check_options(answer: Any) -> list[Problem]:
    """The problems of an answer to an external select: up to 100 options, or groups of them; none is legal."""
    found = Notebook()
    if not found.is_object(answer, ""):
        return found.problems
    if answer.get("option_groups"):
        texts.option_groups(found, answer["option_groups"], "/option_groups")
    if answer.get("options"):
        texts.options(found, answer["options"], "/options", limits.SELECT_OPTIONS_MAX_ITEMS)
    return found.problems


def total_text(blocks: Any) -> int:
    """How many characters all the texts of some blocks have together."""
    return sum(len(text) for text in _texts(blocks))


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def _modal_frame(found: Notebook, view: Json) -> None:
    texts.required_text(found, view, "title", "", limits.VIEW_TITLE_MAX_LENGTH)
    texts.optional_text(found, view, "submit", "", limits.VIEW_SUBMIT_MAX_LENGTH)
    texts.optional_text(found, view, "close", "", limits.VIEW_CLOSE_MAX_LENGTH)
    blocks = view.get("blocks")
    inputs = [b for b in blocks if isinstance(b, dict) and b.get("type") == "input"] if isinstance(blocks, list) else []
    if inputs and view.get("submit") is None:
        found.missing("", "submit")


def _home_frame(found: Notebook, view: Json) -> None:
    for field in ("submit", "close"):
        if view.get(field) is not None:
            found.failed(f"/{field}", f"{field} is not allowed in a home view", type="not_allowed")


def _attachments(found: Notebook, attachments: Any) -> None:
    inside = found.items(attachments, "/attachments", limits.MESSAGE_ATTACHMENTS_MAX_ITEMS)
    for index, attachment in enumerate(inside):
        if found.is_object(attachment, f"/attachments/{index}") and attachment.get("blocks"):
            found.problems += check_blocks(attachment["blocks"], "message", f"/attachments/{index}/blocks")


def _elements(thing: Json) -> list[tuple[str, Json]]:
    """The interactive elements of a block with their pointers inside it."""
    single = [(f"/{key}", thing[key]) for key in ("element", "accessory") if isinstance(thing.get(key), dict)]
    rows = thing.get("elements")
    several = [(f"/elements/{index}", item) for index, item in enumerate(rows)] if isinstance(rows, list) else []
    return [(at, item) for at, item in [*single, *several] if isinstance(item, dict)]


def _unique_ids(found: Notebook, blocks: list[Json], at: str) -> None:
    seen_blocks: set[str] = set()
    for index, thing in enumerate(blocks):
        block_id = thing.get("block_id")
        if block_id is not None and str(block_id) in seen_blocks:
            found.failed(f"{at}/{index}/block_id", f"block_id \"{block_id}\" already exists", type="unique")
        seen_blocks.add(str(block_id))
        seen_actions: set[str] = set()
        for where, element in _elements(thing):
            action_id = element.get("action_id")
            if action_id is not None and str(action_id) in seen_actions:
                found.failed(f"{at}/{index}{where}/action_id", f"action_id \"{action_id}\" already exists",
                             type="unique")
            seen_actions.add(str(action_id))


def _one_focus(found: Notebook, blocks: list[Json], at: str) -> None:
    focused = [f"{at}/{index}{where}" for index, thing in enumerate(blocks)
               for where, element in _elements(thing) if element.get("focus_on_load")]
    for where in focused[1:]:
        found.failed(f"{where}/focus_on_load", "only one element may have focus_on_load", type="unique")


def _totals(found: Notebook, blocks: list[Json], at: str) -> None:
    markdown = sum(len(str(b.get("text") or "")) for b in blocks if b.get("type") == "markdown")
    if markdown > limits.MARKDOWN_TOTAL_TEXT_MAX_LENGTH:
        found.failed(at, f"markdown blocks must be less than {limits.MARKDOWN_TOTAL_TEXT_MAX_LENGTH + 1} "
                         "characters together", type="max_length", got=markdown)
    plain_tables = [index for index, b in enumerate(blocks) if b.get("type") == "table"]
    for index in plain_tables[1:]:
        found.failed(f"{at}/{index}", "only one table is allowed", type="max_items", expected=1)
    cells = sum(tables.content_length(b) for b in blocks if b.get("type") == "data_table")
    if cells > limits.DATA_TABLE_CONTENT_MAX_LENGTH:
        found.failed(at, f"data_table cells must be less than {limits.DATA_TABLE_CONTENT_MAX_LENGTH + 1} "
                         "characters together", type="max_length", got=cells)

"""Finding things in blocks the way a person does: by the words they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.workspace.state import Json
from sandbox.workspace.view_state import ANSWER_KEYS, all_options, elements_of

_DECORATION = re.compile(r"(:[a-z0-9_+-]+:)|^\W+|[^\w)?!.…]+$")


class NotThere(LookupError):
    """What was looked for is not there; the message lists what is."""


@dataclass(frozen=True)
class Found:
    """One element in its block; `option` when it is an entry of an overflow menu."""

    block: Json
    element: Json
    option: Json | None = None


def words(thing: object) -> str:
    """Everything readable in a message, view, block or text object, line by line."""
    return "\n".join(_lines(thing))


def same_words(visible: str, wanted: str) -> bool:
    """Whether two labels say the same, emoji and decoration beside the words left aside."""
    return visible == wanted or _bare(visible).casefold() == _bare(wanted).casefold()


def button(blocks: list[Json], label: str, near: str | None = None) -> Found:
    """The button or menu entry with a label; `near` picks the one closest below some words."""
    entries = [(index, name, found) for index, name, found in _pressables(blocks) if same_words(name, label)]
    if not entries:
        there = ", ".join(sorted({name for _, name, _ in _pressables(blocks)}))
        raise NotThere(f"There is no button {label!r}; there are: {there or 'none'}.")
    if near is None:
        return entries[0][2]
    ranked = [(distance, found) for index, _, found in entries
              if (distance := _distance(blocks, index, near)) is not None]
    if not ranked:
        raise NotThere(f"There is no button {label!r} near {near!r}.")
    return min(ranked, key=lambda pair: pair[0])[1]


def buttons(blocks: list[Json]) -> list[str]:
    """The labels of everything that can be pressed."""
    return [name for _, name, _ in _pressables(blocks)]


def field(blocks: list[Json], label: str) -> Found:
    """The input with a label; failing that, the choice beside those words or with that placeholder."""
    named = list(_fields(blocks))
    for name, found in named:
        if same_words(name, label):
            return found
    for name, found in named:
        if found.block["type"] != "input" and label.casefold() in name.casefold():
            return found
    raise NotThere(f"There is no input {label!r}; there are: {', '.join(name for name, _ in named) or 'none'}.")


def fields(blocks: list[Json]) -> list[str]:
    """The labels of the inputs."""
    return [words(block["label"]) for block in blocks if block["type"] == "input"]


def option(element: Json, label: str) -> Json:
    """The option of a select, of radio buttons or of checkboxes with a label."""
    return pick(all_options(element), label)


def pick(options: list[Json], label: str) -> Json:
    """The option with a label among some."""
    for candidate in options:
        if same_words(words(candidate["text"]), label):
            return candidate
    there = ", ".join(words(candidate["text"]) for candidate in options[:20])
    raise NotThere(f"There is no option {label!r}; there are: {there or 'none'}.")


def _bare(label: str) -> str:
    return _DECORATION.sub("", label.strip()).strip()


def _lines(thing: object) -> Iterator[str]:
    if isinstance(thing, list):
        for item in thing:
            yield from _lines(item)
    elif isinstance(thing, dict):
        for key in ("title", "text", "label", "fields", "caption", "rows", "elements", "element", "options",
                    "option_groups", "accessory", "blocks", "placeholder", "hint", "description", "alt_text",
                    "initial_value", "value_text", "submit", "close"):
            if isinstance(thing.get(key), str):
                yield thing[key]
            elif thing.get(key):
                yield from _lines(thing[key])


def _pressables(blocks: list[Json]) -> Iterator[tuple[int, str, Found]]:
    for index, block in enumerate(blocks):
        for element in elements_of(block):
            if element["type"] == "button":
                yield index, words(element["text"]), Found(block, element)
            elif element["type"] == "overflow":
                for entry in element["options"]:
                    yield index, words(entry["text"]), Found(block, element, entry)


def _fields(blocks: list[Json]) -> Iterator[tuple[str, Found]]:
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in ANSWER_KEYS:
                beside = [block.get("label"), block.get("text"), element.get("placeholder")]
                for name in (words(text) for text in beside if text):
                    yield name, Found(block, element)


def _distance(blocks: list[Json], index: int, near: str) -> int | None:
    for back in range(index + 1):
        if near.casefold() in words(blocks[index - back]).casefold():
            return back
    return None

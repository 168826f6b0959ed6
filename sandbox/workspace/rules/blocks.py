"""The rules of blocks, one function a kind, and the surfaces each kind may stand on."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.workspace.rules import elements, limits, tables, texts
from sandbox.workspace.rules.problems import Json, Notebook

_EVERYWHERE = frozenset({"message", "modal", "home"})
_NOT_MODAL = frozenset({"message", "home"})
_MESSAGE = frozenset({"message"})
_MODAL = frozenset({"modal"})

SURFACES: dict[str, frozenset[str]] = {
    "actions": _EVERYWHERE, "card": _EVERYWHERE, "context": _EVERYWHERE, "divider": _EVERYWHERE,
    "header": _EVERYWHERE, "image": _EVERYWHERE, "input": _EVERYWHERE, "rich_text": _EVERYWHERE,
    "section": _EVERYWHERE, "video": _EVERYWHERE, "alert": _MODAL, "carousel": _NOT_MODAL,
    "container": _NOT_MODAL, "data_table": _NOT_MODAL, "data_visualization": _NOT_MODAL, "table": _NOT_MODAL,
    "context_actions": _MESSAGE, "file": _MESSAGE, "markdown": _MESSAGE, "plan": _MESSAGE, "task_card": _MESSAGE,
}


def block(found: Notebook, thing: object, at: str, surface: str) -> None:
    """One block on a surface: message, modal or home."""
    if not found.is_object(thing, at) or not isinstance(thing, dict):
        return
    kind = thing.get("type")
    if kind is None:
        found.missing(at, "type")
        return
    if not found.one_of(kind, f"{at}/type", SURFACES.keys()):
        return
    if surface not in SURFACES[str(kind)]:
        allowed = sorted(name for name, surfaces in SURFACES.items() if surface in surfaces)
        found.failed(f"{at}/type", f"unsupported type: {kind} (in a {surface})", type="enum", expected=allowed,
                     got=kind)
        return
    if thing.get("block_id") is not None:
        found.length(thing["block_id"], f"{at}/block_id", limits.BLOCK_ID_MAX_LENGTH, least=1)
    _CHECKS.get(str(kind), _nothing)(found, thing, at)


def _nothing(_found: Notebook, _thing: Json, _at: str) -> None:
    """Kinds whose inside has no rule known here."""


def _section(found: Notebook, thing: Json, at: str) -> None:
    if thing.get("text") is None and thing.get("fields") is None:
        found.failed(at, "must provide text or fields", type="required")
    texts.optional_text(found, thing, "text", at, limits.SECTION_TEXT_MAX_LENGTH, plain=False)
    if thing.get("fields") is not None:
        for index, field in enumerate(found.items(thing["fields"], f"{at}/fields", limits.SECTION_FIELDS_MAX_ITEMS)):
            texts.text(found, field, f"{at}/fields/{index}", limits.SECTION_FIELDS_ITEM_MAX_LENGTH, plain=False)
    if thing.get("accessory") is not None:
        elements.element(found, thing["accessory"], f"{at}/accessory", elements.IN_SECTION)


def _header(found: Notebook, thing: Json, at: str) -> None:
    texts.required_text(found, thing, "text", at, limits.HEADER_TEXT_MAX_LENGTH)


def _actions(found: Notebook, thing: Json, at: str) -> None:
    inside = found.items(thing.get("elements"), f"{at}/elements", limits.ACTIONS_ELEMENTS_MAX_ITEMS)
    for index, element in enumerate(inside):
        elements.element(found, element, f"{at}/elements/{index}", elements.IN_ACTIONS)


def _context(found: Notebook, thing: Json, at: str) -> None:
    inside = found.items(thing.get("elements"), f"{at}/elements", limits.CONTEXT_ELEMENTS_MAX_ITEMS)
    for index, element in enumerate(inside):
        where = f"{at}/elements/{index}"
        if isinstance(element, dict) and element.get("type") == "image":
            elements.image(found, element, where)
        else:
            texts.text(found, element, where, limits.TEXT_MAX_LENGTH, plain=False)


def _context_actions(found: Notebook, thing: Json, at: str) -> None:
    inside = found.items(thing.get("elements"), f"{at}/elements", limits.CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS)
    for index, element in enumerate(inside):
        if found.is_object(element, f"{at}/elements/{index}"):
            found.one_of(element.get("type"), f"{at}/elements/{index}/type",
                         frozenset({"feedback_buttons", "icon_button"}))


def _image(found: Notebook, thing: Json, at: str) -> None:
    elements.image(found, thing, at)
    texts.optional_text(found, thing, "title", at, limits.IMAGE_TITLE_MAX_LENGTH)


def _input(found: Notebook, thing: Json, at: str) -> None:
    texts.required_text(found, thing, "label", at, limits.INPUT_LABEL_MAX_LENGTH)
    texts.optional_text(found, thing, "hint", at, limits.INPUT_HINT_MAX_LENGTH)
    found.require(thing, at, "element")
    if thing.get("element") is not None:
        elements.element(found, thing["element"], f"{at}/element", elements.IN_INPUT)


def _markdown(found: Notebook, thing: Json, at: str) -> None:
    found.require(thing, at, "text")
    if thing.get("text") is not None:
        found.length(thing["text"], f"{at}/text", limits.MARKDOWN_TEXT_MAX_LENGTH, least=1)


def _rich_text(found: Notebook, thing: Json, at: str) -> None:
    kinds = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})
    for index, element in enumerate(found.items(thing.get("elements"), f"{at}/elements", 10_000)):
        where = f"{at}/elements/{index}"
        if not found.is_object(element, where) or not found.one_of(element.get("type"), f"{where}/type", kinds):
            continue
        if element.get("indent") is not None:
            found.between(element["indent"], f"{where}/indent", limits.RICH_TEXT_LIST_INDENT_MIN,
                          limits.RICH_TEXT_LIST_INDENT_MAX)


def _video(found: Notebook, thing: Json, at: str) -> None:
    found.require(thing, at, "alt_text", "title", "video_url", "thumbnail_url")
    found.optional_length(thing, "alt_text", at, limits.VIDEO_ALT_TEXT_MAX_LENGTH)
    texts.optional_text(found, thing, "title", at, limits.VIDEO_TITLE_MAX_LENGTH)
    texts.optional_text(found, thing, "description", at, limits.VIDEO_DESCRIPTION_MAX_LENGTH)


def _alert(found: Notebook, thing: Json, at: str) -> None:
    texts.required_text(found, thing, "text", at, limits.ALERT_TEXT_MAX_LENGTH, plain=False)


def _card(found: Notebook, thing: Json, at: str) -> None:
    for field, most in (("title", limits.CARD_TITLE_MAX_LENGTH), ("subtitle", limits.CARD_SUBTITLE_MAX_LENGTH),
                        ("body", limits.CARD_BODY_MAX_LENGTH)):
        texts.optional_text(found, thing, field, at, most, plain=False)
    if thing.get("actions") is not None:
        inside = found.items(thing["actions"], f"{at}/actions", limits.CARD_ACTIONS_MAX_ITEMS)
        for index, element in enumerate(inside):
            elements.element(found, element, f"{at}/actions/{index}", elements.IN_ACTIONS)


def _carousel(found: Notebook, thing: Json, at: str) -> None:
    inside = found.items(thing.get("elements"), f"{at}/elements", limits.CAROUSEL_ELEMENTS_MAX_ITEMS)
    for index, card in enumerate(inside):
        if found.is_object(card, f"{at}/elements/{index}"):
            _card(found, card, f"{at}/elements/{index}")


def _container(found: Notebook, thing: Json, at: str) -> None:
    texts.optional_text(found, thing, "title", at, limits.CONTAINER_TITLE_MAX_LENGTH, plain=False)
    inside = found.items(thing.get("child_blocks"), f"{at}/child_blocks", limits.CONTAINER_CHILD_BLOCKS_MAX_ITEMS)
    for index, child in enumerate(inside):
        block(found, child, f"{at}/child_blocks/{index}", "message")


def _plan(found: Notebook, thing: Json, at: str) -> None:
    found.require(thing, at, "title")
    if thing.get("tasks") is not None:
        found.items(thing["tasks"], f"{at}/tasks", limits.PLAN_TASKS_MAX_ITEMS, least=0)


def _task_card(found: Notebook, thing: Json, at: str) -> None:
    found.require(thing, at, "task_id", "title")


_CHECKS: dict[str, Callable[[Notebook, Json, str], None]] = {
    "section": _section, "header": _header, "actions": _actions, "context": _context, "image": _image,
    "input": _input, "markdown": _markdown, "rich_text": _rich_text, "video": _video, "alert": _alert,
    "card": _card, "carousel": _carousel, "container": _container, "context_actions": _context_actions,
    "plan": _plan, "task_card": _task_card, "table": tables.table, "data_table": tables.data_table,
}

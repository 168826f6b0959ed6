"""The rules of interactive elements, and which block may hold which."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.workspace.rules import limits, texts
from sandbox.workspace.rules.problems import Json, Notebook

_SELECT_KINDS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
SELECTS = frozenset({*_SELECT_KINDS, *(f"multi_{kind}" for kind in _SELECT_KINDS)})
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
_TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"})

IN_ACTIONS = frozenset({*_SELECT_KINDS, *_PICKERS, *SELECTS, "button", "checkboxes", "overflow", "radio_buttons",
                        "workflow_button"})
IN_SECTION = IN_ACTIONS | {"image"}
IN_INPUT = frozenset({*SELECTS, *_PICKERS, *_TYPED, "checkboxes", "radio_buttons", "file_input"})
_ON_EVERY_CHARACTER = frozenset({"on_enter_pressed", "on_character_entered"})


def element(found: Notebook, thing: object, at: str, allowed: frozenset[str]) -> None:
    """One element in a block that holds the `allowed` kinds."""
    if not found.is_object(thing, at) or not isinstance(thing, dict):
        return
    kind = thing.get("type")
    if kind is None:
        found.missing(at, "type")
        return
    if not found.one_of(kind, f"{at}/type", allowed):
        return
    if kind != "image":
        found.optional_length(thing, "action_id", at, limits.ACTION_ID_MAX_LENGTH)
        texts.confirmation(found, thing, at)
    check = _CHECKS.get(str(kind))
    if check is not None:
        check(found, thing, at)


def _button(found: Notebook, thing: Json, at: str) -> None:
    texts.required_text(found, thing, "text", at, limits.BUTTON_TEXT_MAX_LENGTH)
    found.optional_length(thing, "value", at, limits.BUTTON_VALUE_MAX_LENGTH)
    found.optional_length(thing, "accessibility_label", at, limits.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH)
    if thing.get("url") is not None:
        found.address(thing["url"], f"{at}/url", limits.BUTTON_URL_MAX_LENGTH)
    if thing.get("style") is not None:
        found.one_of(thing["style"], f"{at}/style", frozenset({"primary", "danger"}), "style")


def _select(found: Notebook, thing: Json, at: str) -> None:
    texts.optional_text(found, thing, "placeholder", at, limits.SELECT_PLACEHOLDER_MAX_LENGTH)
    kind = str(thing["type"])
    if "static" in kind:
        _static_choice(found, thing, at)
    elif thing.get("options") is not None or thing.get("option_groups") is not None:
        found.failed(at, f"options are not allowed in {kind}", type="not_allowed")
    if thing.get("min_query_length") is not None:
        found.between(thing["min_query_length"], f"{at}/min_query_length", limits.SELECT_MIN_QUERY_LENGTH_MIN, None)
    if thing.get("max_selected_items") is not None:
        found.between(thing["max_selected_items"], f"{at}/max_selected_items",
                      limits.MULTI_SELECT_MAX_SELECTED_ITEMS_MIN, None)


def _static_choice(found: Notebook, thing: Json, at: str) -> None:
    has_options, has_groups = thing.get("options") is not None, thing.get("option_groups") is not None
    if has_options and has_groups:
        found.failed(at, "only one of options and option_groups is allowed", type="exclusive")
    elif has_options:
        texts.options(found, thing["options"], f"{at}/options", limits.SELECT_OPTIONS_MAX_ITEMS)
    elif has_groups:
        texts.option_groups(found, thing["option_groups"], f"{at}/option_groups")
    else:
        found.missing(at, "options")
    _initial_known(found, thing, at)


def _initial_known(found: Notebook, thing: Json, at: str) -> None:
    """An initial option must be one of the options, word for word."""
    groups = thing.get("option_groups")
    grouped = [o for g in groups if isinstance(g, dict) for o in g.get("options") or []] if groups else []
    known = {_key(option) for option in [*(thing.get("options") or []), *grouped] if isinstance(option, dict)}
    initial = thing.get("initial_options") or ([thing["initial_option"]] if thing.get("initial_option") else [])
    for chosen in initial:
        if isinstance(chosen, dict) and _key(chosen) not in known:
            field = "initial_options" if thing.get("initial_options") else "initial_option"
            found.failed(f"{at}/{field}", f"must match one of the options: {chosen.get('value')}", type="enum")


def _key(option: Json) -> tuple[str, str]:
    label = option.get("text")
    return str(option.get("value")), str(label.get("text") if isinstance(label, dict) else label)


def _boxes(found: Notebook, thing: Json, at: str) -> None:
    most = (limits.CHECKBOXES_OPTIONS_MAX_ITEMS if thing["type"] == "checkboxes"
            else limits.RADIO_BUTTONS_OPTIONS_MAX_ITEMS)
    texts.options(found, thing.get("options"), f"{at}/options", most, plain=False)
    _initial_known(found, thing, at)


def _overflow(found: Notebook, thing: Json, at: str) -> None:
    texts.options(found, thing.get("options"), f"{at}/options", limits.OVERFLOW_OPTIONS_MAX_ITEMS, url=True)


def _typed(found: Notebook, thing: Json, at: str) -> None:
    texts.optional_text(found, thing, "placeholder", at, limits.PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH)
    _dispatch_config(found, thing, at)
    if thing["type"] == "number_input":
        if not isinstance(thing.get("is_decimal_allowed"), bool):
            found.missing(at, "is_decimal_allowed")
        return
    least, most = thing.get("min_length"), thing.get("max_length")
    if least is not None:
        found.between(least, f"{at}/min_length", limits.PLAIN_TEXT_INPUT_MIN_LENGTH_MIN,
                      limits.PLAIN_TEXT_INPUT_MIN_LENGTH_MAX)
    if most is not None:
        found.between(most, f"{at}/max_length", limits.PLAIN_TEXT_INPUT_MAX_LENGTH_MIN,
                      limits.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        found.failed(at, "min_length must not exceed max_length", type="order")
    initial = thing.get("initial_value")
    if isinstance(initial, str) and thing["type"] == "plain_text_input":
        found.length(initial, f"{at}/initial_value",
                     most if isinstance(most, int) else limits.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX)


def _dispatch_config(found: Notebook, thing: Json, at: str) -> None:
    config = thing.get("dispatch_action_config")
    if config is None or not found.is_object(config, f"{at}/dispatch_action_config"):
        return
    where = f"{at}/dispatch_action_config/trigger_actions_on"
    most = limits.DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MAX_ITEMS
    for index, word in enumerate(found.items(config.get("trigger_actions_on"), where, most)):
        found.one_of(word, f"{where}/{index}", _ON_EVERY_CHARACTER, "value")


def _picker(found: Notebook, thing: Json, at: str) -> None:
    texts.optional_text(found, thing, "placeholder", at, limits.SELECT_PLACEHOLDER_MAX_LENGTH)


def _file_input(found: Notebook, thing: Json, at: str) -> None:
    if thing.get("max_files") is not None:
        found.between(thing["max_files"], f"{at}/max_files", limits.FILE_INPUT_MAX_FILES_MIN,
                      limits.FILE_INPUT_MAX_FILES_MAX)


def image(found: Notebook, thing: Json, at: str) -> None:
    """An image, as an element or as a block."""
    found.require(thing, at, "alt_text")
    found.optional_length(thing, "alt_text", at, limits.IMAGE_ALT_TEXT_MAX_LENGTH)
    if (thing.get("image_url") is None) == (thing.get("slack_file") is None):
        found.failed(at, "must provide exactly one of image_url and slack_file", type="exclusive")
    if thing.get("image_url") is not None:
        found.address(thing["image_url"], f"{at}/image_url", limits.IMAGE_IMAGE_URL_MAX_LENGTH)


_CHECKS: dict[str, Callable[[Notebook, Json, str], None]] = {
    "button": _button, "workflow_button": _button, "overflow": _overflow, "image": image,
    "checkboxes": _boxes, "radio_buttons": _boxes, "file_input": _file_input,
    **dict.fromkeys(_PICKERS, _picker), **dict.fromkeys(_TYPED, _typed), **dict.fromkeys(SELECTS, _select),
}

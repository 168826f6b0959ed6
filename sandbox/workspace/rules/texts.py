"""The rules of text objects, confirmation dialogs and options: the small parts of elements."""

from __future__ import annotations

from sandbox.workspace.rules import limits
from sandbox.workspace.rules.problems import Json, Notebook

_PLAIN = frozenset({"plain_text"})
_EITHER = frozenset({"plain_text", "mrkdwn"})


def text(found: Notebook, thing: object, at: str, most: int, *, plain: bool) -> None:
    """A text object of at least one character; `plain` forbids mrkdwn."""
    if not found.is_object(thing, at) or not isinstance(thing, dict):
        return
    if thing.get("type") is None:
        found.missing(at, "type")
    else:
        found.one_of(thing["type"], f"{at}/type", _PLAIN if plain else _EITHER)
    if thing.get("text") is None:
        found.missing(at, "text")
    else:
        found.length(thing["text"], f"{at}/text", most, least=limits.TEXT_MIN_LENGTH)


def optional_text(found: Notebook, thing: Json, field: str, at: str, most: int, *, plain: bool = True) -> None:
    """A text object that may be left out."""
    if thing.get(field) is not None:
        text(found, thing[field], f"{at}/{field}", most, plain=plain)


def required_text(found: Notebook, thing: Json, field: str, at: str, most: int, *, plain: bool = True) -> None:
    """A text object that must be there."""
    found.require(thing, at, field)
    optional_text(found, thing, field, at, most, plain=plain)


def confirmation(found: Notebook, element: Json, at: str) -> None:
    """The dialog that asks before an action, if the element has one."""
    dialog = element.get("confirm")
    at = f"{at}/confirm"
    if dialog is None or not found.is_object(dialog, at):
        return
    required_text(found, dialog, "title", at, limits.CONFIRMATION_TITLE_MAX_LENGTH)
    required_text(found, dialog, "text", at, limits.CONFIRMATION_TEXT_MAX_LENGTH, plain=False)
    required_text(found, dialog, "confirm", at, limits.CONFIRMATION_CONFIRM_MAX_LENGTH)
    required_text(found, dialog, "deny", at, limits.CONFIRMATION_DENY_MAX_LENGTH)
    if dialog.get("style") is not None:
        found.one_of(dialog["style"], f"{at}/style", frozenset({"primary", "danger"}), "style")


def options(found: Notebook, things: object, at: str, most: int, *, plain: bool = True, url: bool = False) -> None:
    """A list of options, at least one of them; their values must differ."""
    seen: set[str] = set()
    for index, option in enumerate(found.items(things, at, most)):
        where = f"{at}/{index}"
        if not found.is_object(option, where):
            continue
        required_text(found, option, "text", where, limits.OPTION_TEXT_MAX_LENGTH, plain=plain)
        found.require(option, where, "value")
        if option.get("value") is not None:
            found.length(option["value"], f"{where}/value", limits.OPTION_VALUE_MAX_LENGTH, least=1)
            if option["value"] in seen:
                found.failed(f"{where}/value", f"duplicate option value: {option['value']}", type="unique")
            seen.add(str(option["value"]))
        optional_text(found, option, "description", where, limits.OPTION_DESCRIPTION_MAX_LENGTH, plain=plain)
        _option_url(found, option, where, allowed=url)


def option_groups(found: Notebook, things: object, at: str) -> None:
    """A list of groups of options."""
    for index, group in enumerate(found.items(things, at, limits.SELECT_OPTION_GROUPS_MAX_ITEMS)):
        where = f"{at}/{index}"
        if found.is_object(group, where):
            required_text(found, group, "label", where, limits.OPTION_GROUP_LABEL_MAX_LENGTH)
            options(found, group.get("options"), f"{where}/options", limits.OPTION_GROUP_OPTIONS_MAX_ITEMS)


def _option_url(found: Notebook, option: Json, at: str, *, allowed: bool) -> None:
    if option.get("url") is None:
        return
    if allowed:
        found.address(option["url"], f"{at}/url", limits.OPTION_URL_MAX_LENGTH)
    else:
        found.failed(f"{at}/url", "url is only available in overflow menus", type="not_allowed")

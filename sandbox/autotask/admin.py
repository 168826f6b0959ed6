"""The administrator's part of the stand-in's page: the rights of the API user's level, and the tenant's lists.

Orders come through the control route, from the page's forms or from a program:

    {"do": "right", "thing": "Tickets", "name": "View", "value": "None"}
    {"do": "add", "entity": "Tickets", "field": "queueID", "label": "Level III"}
    {"do": "remove", "entity": "Tickets", "field": "status", "value": 8}
    {"do": "fill", "entity": "Tickets", "field": "queueID", "count": 101}
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from sandbox.autotask.levels import RIGHTS, SecurityLevel
from sandbox.autotask.picklists import Picklists

_EDITED = (
    ("Tickets", "status"),
    ("Tickets", "queueID"),
    ("Tickets", "priority"),
    ("Tickets", "ticketCategory"),
    ("Tickets", "source"),
    ("Opportunities", "stage"),
    ("ConfigurationItems", "configurationItemType"),
)


def obey(level: SecurityLevel, picklists: Picklists, order: Mapping[str, Any]) -> None:
    """Carry one order out; raises ValueError with what is wrong about it."""

    def word(key: str) -> str:
        return str(order.get(key) or "")

    where = word("entity"), word("field")
    if order.get("do") == "right":
        level.set(word("thing"), word("name"), word("value"))
        return
    if picklists.of(*where) is None:
        raise ValueError(f"there is no list {'.'.join(where)}")
    if order.get("do") == "add":
        picklists.add(*where, word("label") or "Unnamed")
    elif order.get("do") == "remove":
        picklists.remove(*where, word("value"))
    elif order.get("do") == "fill":
        picklists.fill(*where, int(word("count") or 0))
    else:
        raise ValueError(f"nobody knows how to {word('do')!r}")


def section(level: SecurityLevel, picklists: Picklists, control: str) -> str:
    """The forms, as safe HTML."""
    rights = "".join(_right(level, number, control) for number in range(len(RIGHTS)))
    lists = "".join(_list(picklists, entity, field, control) for entity, field in _EDITED)
    return (
        f"<h2>Security level: {escape(level.name)}</h2><table>{rights}</table>"
        f"<h2>Lists of the tenant</h2><table>{lists}</table>"
    )


def _right(level: SecurityLevel, number: int, control: str) -> str:
    one = RIGHTS[number]
    now = level.value(one.thing, one.name)
    hidden = _hidden(do="right", thing=one.thing, name=one.name)
    buttons = "".join(
        f"<button class='{'on' if value == now else ''}' name='value' value='{escape(value)}'>{escape(value)}</button> "
        for value in one.values
    )
    return (
        f"<tr><td>{escape(one.tab)} › {escape(one.section)}</td><td><b>{escape(one.thing)}</b> {escape(one.name)}</td>"
        f"<td class='tail'><form method='post' action='{control}'>{hidden}{buttons}</form></td></tr>"
    )


def _list(picklists: Picklists, entity: str, field: str, control: str) -> str:
    name = f"{escape(entity)}.{escape(field)}"
    options = "".join(
        f"<option value='{escape(one.value)}'>{escape(one.value)} {escape(one.label)}</option>"
        for one in picklists.of(entity, field) or ()
    )
    form = f"<form method='post' action='{control}'>"
    return (
        f"<tr><td><b>{name}</b></td><td class='tail'>{form}{_hidden(do='remove', entity=entity, field=field)}"
        f"<select name='value' aria-label='{name}'>{options}</select> <button>remove</button></form> "
        f"{form}{_hidden(do='add', entity=entity, field=field)}"
        f"<input name='label' placeholder='label' aria-label='new entry of {name}'> <button>add</button></form></td></tr>"
    )


def _hidden(**values: str) -> str:
    return "".join(f"<input type='hidden' name='{key}' value='{escape(value)}'>" for key, value in values.items())

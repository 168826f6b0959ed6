"""The administrator's part of the stand-in's page: the level's rights, the tenant's lists, and people at work.

Orders come through the control route, from the page's forms or from a program:

    {"do": "right", "thing": "Tickets", "name": "View", "value": "None"}
    {"do": "add", "entity": "Tickets", "field": "queueID", "label": "Level III"}
    {"do": "remove", "entity": "Tickets", "field": "status", "value": 8}
    {"do": "fill", "entity": "Tickets", "field": "queueID", "count": 101}

A program may act as somebody at the desk as well, in any table (`by` names the resource):

    {"do": "insert", "table": "TicketNotes", "columns": {"ticketID": 7673, "description": "…", "publish": 1}}
    {"do": "change", "table": "Tickets", "id": 7673, "columns": {"status": 5}, "by": 29682886}
    {"do": "delete", "table": "Tickets", "id": 7673}
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from sandbox.autotask.catalogue import entities
from sandbox.autotask.levels import RIGHTS, SecurityLevel
from sandbox.autotask.picklists import Picklists
from sandbox.autotask.problems import Refused
from sandbox.autotask.values import for_column
from sandbox.world import Row, World

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


def act(world: World, order: Mapping[str, Any]) -> bool:
    """Do what somebody at the desk would; False when the order is another one."""
    acts = {"insert", "change", "delete"}
    if order.get("do") not in acts:
        return False
    table, columns = str(order.get("table")), order.get("columns") or {}
    rows = world.autotask.get(table)
    by = int(order["by"]) if order.get("by") else None
    row_id = int(order.get("id") or 0)
    if rows is None or not isinstance(columns, dict) or (order["do"] != "insert" and rows.get(row_id) is None):
        raise ValueError(f"there is no {table} {row_id}")
    columns = _typed(table, columns)
    if order["do"] == "insert":
        world.desk.insert(table, columns, by=by)
    elif order["do"] == "change":
        world.desk.change(table, row_id, by=by, **columns)
    else:
        world.desk.delete(table, row_id, by=by)
    return True


def _typed(table: str, columns: Mapping[str, Any]) -> Row:
    """Dates arrive as text and are kept as moments."""
    entity = entities()[table.lower()]
    row: Row = {}
    for name, value in columns.items():
        column = entity.find(name)
        try:
            row[name] = value if column is None else for_column(column.name, value, column.kind)
        except Refused as refused:
            raise ValueError(str(refused)) from refused
    return row


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

"""The administrator's part of the stand-in's page: the rights of the security role, upgrades, answers, and people at work.

Orders come through the control route, from the page's forms or from a program:

    {"do": "right", "area": "Table Setup", "verb": "inquire", "value": "None"}       "All" gives it back
    {"do": "upgrade", "codebase": "v2026_4"}
    {"do": "answer", "name": "refused_keys", "value": "Unauthorized"}

A program may act as somebody in ConnectWise as well, in any table; ids stand for references:

    {"do": "insert", "table": "ticketNotes", "columns": {"ticketId": 60481, "text": "…", "internalAnalysisFlag": true}}
    {"do": "change", "table": "tickets", "id": 60481, "columns": {"status": 24}}
    {"do": "delete", "table": "tickets", "id": 60481}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from sandbox.connectwise.callers import AREAS, VERBS
from sandbox.connectwise.catalogue import OF_TABLE
from sandbox.world import Row

if TYPE_CHECKING:
    from sandbox.connectwise.service import ConnectWise

# How the service may be seen to answer, by the name of its switch.
ANSWERS: dict[str, dict[str, Any]] = {
    "refused_keys": {"404": "404", "Unauthorized": "Unauthorized", "UserNotAuthenticated": "UserNotAuthenticated"},
    "unknown_company": {"null": "null", "404": "404"},
    "needs_client_id": {"yes": True, "no": False},
    "info_is_open": {"yes": True, "no": False},
    "takes_times": {"yes": True, "no": False},
    "sends_links": {"yes": True, "no": False},
}


def obey(server: ConnectWise, order: Mapping[str, Any]) -> None:
    """Carry one order out; raises ValueError with what is wrong about it."""

    def word(key: str) -> str:
        return str(order.get(key) or "")

    match order.get("do"):
        case "right":
            move = server.member.take if word("value") == "None" else server.member.give
            move(word("area"), word("verb"))
        case "upgrade":
            if not word("codebase").replace("_", "").isalnum():
                raise ValueError("a codebase is named like v2026_4")
            server.upgrade(word("codebase"))
        case "answer":
            values = ANSWERS.get(word("name"), {})
            if word("value") not in values:
                raise ValueError(f"{word('name')!r} cannot be {word('value')!r}; there are {ANSWERS}")
            setattr(server, word("name"), values[word("value")])
        case "insert" | "change" | "delete":
            with server.world.lock:
                _act(server, order)
        case other:
            raise ValueError(f"nobody knows how to {other!r}")


def _act(server: ConnectWise, order: Mapping[str, Any]) -> None:
    table = server.tables.get(str(order.get("table")))
    columns, row_id = order.get("columns") or {}, int(order.get("id") or 0)
    if table is None or not isinstance(columns, dict) or (order["do"] != "insert" and table.get(row_id) is None):
        raise ValueError(f"there is no {order.get('table')} {row_id}")
    row = _typed(table.name, columns)
    if order["do"] == "insert":
        table.insert(row, server.now())
        if table.name == "ticketNotes" and row.get("ticketId") in server.tables["tickets"].rows:
            server.tables["tickets"].update(row["ticketId"], {}, server.now())  # a note moves its ticket
    elif order["do"] == "change":
        table.update(row_id, row, server.now())
    else:
        table.delete(row_id, server.now())


def _typed(table: str, columns: Mapping[str, Any]) -> Row:
    """Dates arrive as text and are kept as moments."""
    dates = OF_TABLE[table].dates if table in OF_TABLE else ()
    return {
        name: datetime.fromisoformat(value) if name in dates and isinstance(value, str) else value
        for name, value in columns.items()
    }


def section(server: ConnectWise, control: str) -> str:
    """The forms, as safe HTML."""
    rights = "".join(_area(server, area, control) for area in AREAS)
    answers = "".join(_answer(server, name, control) for name in ANSWERS)
    upgrade = (
        f"<tr><td><b>Codebase</b></td><td>{escape(server.codebase)}</td><td class='tail'>{_form(control, do='upgrade')}"
        "<input name='codebase' placeholder='v2026_4' aria-label='codebase'> <button>upgrade</button></form></td></tr>"
    )
    return f"<h2>Security role</h2><table>{rights}</table><h2>How it answers</h2><table>{upgrade}{answers}</table>"


def _area(server: ConnectWise, area: str, control: str) -> str:
    forms = ""
    for verb in VERBS:
        held = (area, verb) in server.member.rights
        forms += f"{_form(control, do='right', area=area, verb=verb)}{escape(verb)} "
        forms += "".join(
            f"<button class='{'on' if (value == 'All') is held else ''}' name='value' value='{value}'>{value}</button> "
            for value in ("All", "None")
        )
        forms += "</form>"
    return f"<tr><td><b>{escape(area)}</b></td><td class='tail'>{forms}</td></tr>"


def _answer(server: ConnectWise, name: str, control: str) -> str:
    now = getattr(server, name)
    buttons = "".join(
        f"<button class='{'on' if value == now else ''}' name='value' value='{escape(word)}'>{escape(word)}</button> "
        for word, value in ANSWERS[name].items()
    )
    form = f"{_form(control, do='answer', name=name)}{buttons}</form>"
    return f"<tr><td><b>{escape(name.replace('_', ' '))}</b></td><td></td><td class='tail'>{form}</td></tr>"


def _form(control: str, **values: str) -> str:
    hidden = "".join(f"<input type='hidden' name='{key}' value='{escape(value)}'>" for key, value in values.items())
    return f"<form method='post' action='{control}'>{hidden}"

"""What the doctor's own buttons mend: a part that is off, auto-import, its role, a filter that lets nothing through."""

import dataclasses
from typing import Any

from domain.errors import TellPerson
from domain.psa import Feature
from domain.roles import Act, Role
from domain.setup import AutoImport
from flows import connect, preflight, setups, sync
from flows.context import Context
from flows.desk import Desk
from flows.doctor_tickets import FILTERS
from flows.sync_parts import PARTS
from flows.sync_round import put_off

ROLES = (Role.CLIENT, Role.VIEWER, Role.TECHNICIAN)  # of imported contacts: an administrator is made by hand


def turn_on(context: Context, desk: Desk, connection_id: str, part: str) -> str:
    """Switch the sync of a part on, and begin it."""
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    kind = next((each for each in PARTS if each.value == part), None)
    if kind is None:
        raise TellPerson("There is no such part any more. Ask the doctor again.")
    sync.toggle(context, desk, connection_id, kind, True)
    put_off(context, connection_id, _slot(context), part)
    return f"The sync of {part} at {connection.title} is on, and has begun."


def auto_import(context: Context, desk: Desk, connection_id: str, role: Role | None = None) -> str:
    """Switch auto-import on, by proposals that wait for Approve; with `role` that becomes the default role."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    if role is not None and role not in ROLES:
        raise TellPerson("Nobody is imported with that role. Choose another.", field="role")
    with context.store.write() as work:
        chosen = setups.people(work, connection_id)
        new = dataclasses.replace(chosen, role=role or chosen.role)
        if chosen.auto_import is AutoImport.OFF:
            new = dataclasses.replace(new, auto_import=AutoImport.PROPOSE, since=context.clock().isoformat())
        if new.role is None:
            raise TellPerson("Choose the default role first.")
        setups.keep_people(work, connection_id, new)
        said = f"Auto-import from {connection.title} is on, as {new.role.value}."
        work.journal.write(context.clock(), desk.actor, "set-up", said, subject=connection_id)
    return f"{said} What is new waits for Approve." if new.auto_import is AutoImport.PROPOSE else said


def unfilter(context: Context, desk: Desk, connection_id: str, names: str) -> str:
    """Take these filters of tickets off, and read them anew."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    off = [name for name in names.split(",") if name in FILTERS]
    with context.store.write() as work:
        chosen = setups.tickets(work, connection_id)
        taken: dict[str, Any] = dict.fromkeys(off, frozenset())
        setups.keep_tickets(work, connection_id, dataclasses.replace(chosen, **taken))
        words = " and ".join(FILTERS[name][0] for name in off)
        said = f"{words} at {connection.title} lets everything through now."
        work.journal.write(context.clock(), desk.actor, "set-up", said, subject=connection_id)
    put_off(context, connection_id, _slot(context), Feature.TICKETS.value)
    preflight.after_change(context, connection_id)
    return f"{said} The tickets are being read."


def _slot(context: Context) -> str:
    return f"doctor-{context.clock().isoformat()}"

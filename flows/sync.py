"""Periodic and asked-for syncs: what changed upstream is taken over, what is new is proposed, what is missing is asked about.

Reading costs a handful of calls when nothing changed, whatever the number of companies: the source is asked for what was
modified since the last read, over all companies at once, and every row is sorted out by its scope. Once a day the whole
list is read, since deletions are invisible otherwise. Nothing is ever removed by a sync.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from domain.errors import GangwayError, TellPerson
from domain.ports import HasCompanies, HasStaff, HasUsers, Kind, Source
from domain.roles import Act
from domain.slots import every
from flows import connect, sync_settling, syncing
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp
from flows.sync_guard import believe_key
from flows.sync_round import Round, has_begun

EVERY_SECONDS = 3600
QUIET_SECONDS = 120  # the same sync does not run twice within this time
ABLE = {Kind.COMPANIES: HasCompanies, Kind.STAFF: HasStaff, Kind.USERS: HasUsers}


@dataclass(frozen=True)
class SyncState:
    connection_id: str
    kind: Kind
    enabled: bool
    last_at: datetime | None
    last_note: str
    next_at: datetime | None


def states(context: Context) -> tuple[SyncState, ...]:
    """Every kind of every connection that can be synced, in the order of the sync."""
    found = []
    for connection in connect.live(context):
        for kind in ABLE:
            if kind in context.connectors[connection.source].offers:
                with context.store.work() as work:
                    known = work.syncs.get(connection.id, kind)
                next_at = (
                    (known.last_at + timedelta(seconds=EVERY_SECONDS)) if known.last_at and known.enabled else None
                )
                found.append(SyncState(connection.id, kind, known.enabled, known.last_at, known.last_note, next_at))
    return tuple(found)


def ask(context: Context, desk: Desk, connection_id: str) -> str:
    """`/msp sync`: start now, or say that it just ran or is running. Returns the sentence."""
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    now = context.clock()
    with context.store.write() as work:
        key = f"sync asked:{connection_id}"
        last = work.settings.get(key, "")
        ago = (now - datetime.fromisoformat(last)).total_seconds() if last else QUIET_SECONDS
        if ago < QUIET_SECONDS:
            wait = round(QUIET_SECONDS - ago)
            raise TellPerson(f"{connection.title} is being synced or was just now. Ask again in {wait} seconds.")
        work.settings.put(key, now.isoformat())
        work.journal.write(now, desk.actor, "sync", f"{connection.title} is synced now.", subject=connection_id)
    slot = now.isoformat()
    context.jobs.enqueue("sync", f"sync-{connection_id}-{slot}", f"{connection_id} {slot}", connection_id)
    return f"{connection.title} is being synced. What changed is told here; `{context.words.command} status` shows the result."


def answer(context: Context, desk: Desk, question_id: str, *, believe: bool) -> str:
    """The answer to a list that shrank: keep everything, or (once) believe it. Returns the sentence of what was done."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    now = context.clock()
    with context.store.write() as work:
        asked = work.settings.get(f"question:{question_id}", None)
        if not asked or work.settings.get(f"open question:{asked[0]}:{asked[1]}", "") != question_id:
            raise TellPerson("This question was answered already, or the list is whole again. Nothing was changed.")
        connection_id, kind = asked
        work.settings.put(f"open question:{connection_id}:{kind}", "")
        work.settings.put(believe_key(connection_id, kind), believe)
        said = f"The {kind} that are missing are believed to be gone." if believe else "Everything was kept."
        work.journal.write(now, desk.actor, "shrink guard", said, subject=connection_id)
    if not believe:
        return "Everything was kept. The next sync asks again if they are still missing."
    context.jobs.enqueue("sync", f"sync-{connection_id}-{question_id}", f"{connection_id} {question_id}", connection_id)
    return f"The missing {kind} are marked as gone by a sync that has just begun. Nothing is deleted."


def toggle(context: Context, desk: Desk, connection_id: str, kind: Kind, on: bool) -> None:
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    with context.store.write() as work:
        work.syncs.put(dataclasses.replace(work.syncs.get(connection_id, kind), enabled=on))
        said = f"The sync of {kind.value} is {'on' if on else 'off'}."
        work.journal.write(context.clock(), desk.actor, "sync", said, subject=connection_id)


def tick(context: Context) -> int:
    """What the clock calls: put off the syncs whose slot has come; returns how many."""
    now = context.clock()
    due = 0
    for connection in connect.live(context):
        with context.store.work() as work:
            known = [work.syncs.get(connection.id, kind) for kind in ABLE]
        last = max((one.last_at for one in known if one.last_at), default=connection.created_at)
        if any(one.enabled for one in known) and (now - last).total_seconds() >= EVERY_SECONDS:
            slot = every(EVERY_SECONDS, now)
            context.jobs.enqueue("sync", f"sync-{connection.id}-{slot}", f"{connection.id} {slot}", connection.id)
            due += 1
    return due


def run(context: Context, steps: Steps, argument: str) -> None:
    """Job "sync": argument is "<connection id> <slot>"."""
    connection_id, _, slot = argument.partition(" ")
    try:
        connection = connect.one(context, connection_id)
        source = context.sources.of(connection_id)
    except GangwayError:
        return  # disconnected meanwhile: there is nothing to sync and nobody to tell
    for kind, ability in ABLE.items():
        if not isinstance(source, ability) or not steps(f"on {kind}", partial(_is_on, context, connection_id, kind)):
            continue
        try:
            note = _run_kind(context, steps, source, Round(connection, kind, slot))
        except GaveUp as error:
            note = error.said
            connect.note_trouble(context, connection_id, error.said)
        sync_settling.leave(context, steps, Round(connection, kind, slot))
        steps(f"noted {kind}", partial(_note, context, connection_id, kind, note))


def _run_kind(context: Context, steps: Steps, source: Source, round_: Round) -> str:
    match round_.kind:
        case Kind.COMPANIES:
            assert isinstance(source, HasCompanies)
            note = syncing.companies(context, steps, source, round_)
        case Kind.STAFF:
            assert isinstance(source, HasStaff)
            note = syncing.staff(context, steps, source, round_)
        case _:
            assert isinstance(source, HasUsers)
            note = syncing.users(context, steps, source, round_)
    connect.note_trouble(context, round_.connection.id, "")
    return note


def _is_on(context: Context, connection_id: str, kind: Kind) -> bool:
    """Switched on, and something of this kind was ever imported: a sync never begins what a person did not."""
    with context.store.work() as work:
        return work.syncs.get(connection_id, kind).enabled and has_begun(work, connection_id, kind)


def _note(context: Context, connection_id: str, kind: Kind, note: str) -> bool:
    with context.store.write() as work:
        known = work.syncs.get(connection_id, kind)
        work.syncs.put(dataclasses.replace(known, last_at=context.clock(), last_note=note))
    return True

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
from domain.roles import Act
from domain.slots import every
from flows import connect, preflight, setups, sync_settling
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp
from flows.sync_guard import believe_key
from flows.sync_parts import PARTS
from flows.sync_round import Round, Synced, put_off
from storage.store import Work
from storage.syncs import StoredSync

EVERY_SECONDS = 3600
QUIET_SECONDS = 120  # the same sync does not run twice within this time


@dataclass(frozen=True)
class SyncState:
    connection_id: str
    kind: Synced
    enabled: bool
    last_at: datetime | None
    last_note: str
    next_at: datetime | None
    failed: bool = False  # the last one; `good_at` is then of the last that did not, None when there was none
    good_at: datetime | None = None


def states(context: Context) -> tuple[SyncState, ...]:
    """Every part of every connection that can be synced, in the order of the sync."""
    found = []
    for connection in connect.live(context):
        with context.store.work() as work:
            kinds = [kind for kind, part in PARTS.items() if part.is_offered(context, work, connection)]
            found += [_state(work, _known(work, connection.id, kind)) for kind in kinds]
    return tuple(found)


def _state(work: Work, one: StoredSync) -> SyncState:
    next_at = one.last_at + timedelta(seconds=EVERY_SECONDS) if one.last_at and one.enabled else None
    good = work.settings.get(_failed_key(one.connection_id, one.kind), None)
    good_at = datetime.fromisoformat(good) if good else one.last_at if good is None else None
    return SyncState(
        one.connection_id, _synced(one.kind), one.enabled, one.last_at, one.last_note, next_at, good is not None, good_at
    )


def _known(work: Work, connection_id: str, kind: Synced) -> StoredSync:
    return work.syncs.get(connection_id, kind, setups.is_on(work, connection_id, kind))


def _synced(name: str) -> Synced:
    return next(kind for kind in PARTS if kind.value == name)


def ask(context: Context, desk: Desk, connection_id: str, only: Synced | None = None) -> str:
    """`/msp sync`: start all parts or (`only`) one now, or say that it just ran or is running. Returns the sentence."""
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    what = f"{connection.title}: {only.value}" if only else connection.title
    now = context.clock()
    with context.store.write() as work:
        wait = max(_wait(work, connection_id, each, now) for each in {"", only.value if only else ""})
        if wait > 0:
            raise TellPerson(f"{what} is being synced or was just now. Ask again in {round(wait)} seconds.")
        work.settings.put(_asked_key(connection_id, only.value if only else ""), now.isoformat())
        work.journal.write(now, desk.actor, "sync", f"{what} is synced now.", subject=connection_id)
    put_off(context, connection_id, now.isoformat(), only.value if only else "")
    return f"{what} is being synced. What changed is told here; `{context.words.command} status` shows the result."


def _asked_key(connection_id: str, part: str) -> str:
    return f"sync asked:{connection_id}:{part}" if part else f"sync asked:{connection_id}"


def _failed_key(connection_id: str, kind: str) -> str:
    """Where stands, while the last sync of a part failed, when the last good one was; "" when there was none."""
    return f"sync failed:{connection_id}:{kind}"


def _wait(work: Work, connection_id: str, part: str, now: datetime) -> float:
    """How many seconds until this may be asked for again."""
    last = work.settings.get(_asked_key(connection_id, part), "")
    return QUIET_SECONDS - (now - datetime.fromisoformat(last)).total_seconds() if last else 0.0


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
    put_off(context, connection_id, question_id)
    return f"The missing {kind} are marked as gone by a sync that has just begun. Nothing is deleted."


def toggle(context: Context, desk: Desk, connection_id: str, kind: Synced, on: bool) -> None:
    desk.require(Act.SCHEDULE)
    desk.whole_msp()
    with context.store.write() as work:
        work.syncs.put(dataclasses.replace(work.syncs.get(connection_id, kind), enabled=on))
        said = f"The sync of {kind.value} is {'on' if on else 'off'}."
        work.journal.write(context.clock(), desk.actor, "sync", said, subject=connection_id)
    preflight.after_change(context, connection_id)


def tick(context: Context) -> int:
    """What the clock calls: put off the syncs whose slot has come; returns how many."""
    now = context.clock()
    due = 0
    for connection in connect.live(context):
        with context.store.work() as work:
            known = [_known(work, connection.id, kind) for kind in PARTS]
        last = min((one.last_at for one in known if one.last_at and one.enabled), default=connection.created_at)
        if any(one.enabled for one in known) and (now - last).total_seconds() >= EVERY_SECONDS:
            put_off(context, connection.id, every(EVERY_SECONDS, now))
            due += 1
    return due


def run(context: Context, steps: Steps, argument: str) -> None:
    """Job "sync": argument is "<connection id> <slot>", and perhaps the one part that was asked for."""
    connection_id, _, rest = argument.partition(" ")
    slot, _, only = rest.partition(" ")
    try:
        connection = connect.one(context, connection_id)
        source = context.sources.of(connection_id)
    except GangwayError:
        return  # disconnected meanwhile: there is nothing to sync and nobody to tell
    trouble: str | None = None  # the first part's: one word of it stands until all parts work again
    for kind, part in PARTS.items():
        if only not in ("", kind.value) or not isinstance(source, part.ability):
            continue
        if not steps(f"on {kind}", partial(_runs, context, connection_id, kind)):
            continue
        round_ = Round(connection, kind, slot)
        failed = False
        try:
            note = part.read(context, steps, source, round_)
            trouble = trouble or ""
        except GaveUp as error:
            note, failed = error.said, True
            trouble = trouble or note
        sync_settling.leave(context, steps, round_)
        steps(f"noted {kind}", partial(_note, context, connection_id, kind, note, failed))
        context.tell.sync(connection_id)
    if trouble is not None:
        connect.note_trouble(context, connection_id, trouble)
    context.tell.sync(connection_id, ended=not only and _was_asked_for(context, connection_id, slot))


def _was_asked_for(context: Context, connection_id: str, slot: str) -> bool:
    """Whether this is the run that a person asked for last: only its end is the end of what they were shown."""
    with context.store.work() as work:
        return bool(work.settings.get(_asked_key(connection_id, ""), "") == slot)


def _runs(context: Context, connection_id: str, kind: Synced) -> bool:
    with context.store.work() as work:
        return PARTS[kind].runs(work, connection_id)


def _note(context: Context, connection_id: str, kind: Synced, note: str, failed: bool) -> bool:
    with context.store.write() as work:
        known = work.syncs.get(connection_id, kind)
        good = work.settings.get(_failed_key(connection_id, kind), None)
        if failed and good is None:
            work.settings.put(_failed_key(connection_id, kind), known.last_at.isoformat() if known.last_at else "")
        elif not failed and good is not None:
            work.settings.put(_failed_key(connection_id, kind), None)
        work.syncs.put(dataclasses.replace(known, last_at=context.clock(), last_note=note))
    return True

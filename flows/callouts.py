"""Callouts of webhooks: believed only with the right signature, kept once, and worked off in order as one read an item.

Receiving does no more than keep: whoever calls gets an answer within milliseconds. A callout says which item changed and is
believed no further: what the item holds is read from the source, under the same rules as by a sync.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from domain.errors import GangwayError, NotAllowed, TellPerson
from domain.hooking import Refresh, merged
from domain.psa import Callout, Happened, HasHooks, Hooked
from domain.slots import every
from flows import connect, hook_orders, hooks, rounds, ticket_sync
from flows.context import Context, Steps
from flows.patience import GaveUp, patiently, quietly
from storage.hooks import StoredHook
from storage.store import Work

JOB = "callouts"
GATHER_SECONDS = 1.0  # one change at a source calls out several times: they become one read
AT_ONCE = 1000  # callouts of one round
SINGLY = 25  # items of a kind that are read one by one; of more than these the changed ones are asked for together
LATE = timedelta(seconds=30)  # a callout that waits longer lost its job
KNOWN_FOR = timedelta(days=7)
LOOK_SECONDS = 300

Refresher = Callable[[Context, str, Refresh], object]  # connection id, and what is to be read


def _ticket(context: Context, connection_id: str, wanted: Refresh) -> None:
    ticket_sync.refresh(context, connection_id, wanted.item_id, said_gone=wanted.deleted)


def _note(context: Context, connection_id: str, wanted: Refresh) -> None:
    ticket_sync.refresh_note(context, connection_id, wanted.item_id, wanted.parent_id)


# What reads one item anew. Of other kinds the changed ones are asked for together.
REFRESHERS: Mapping[Hooked, Refresher] = {Hooked.TICKETS: _ticket, Hooked.NOTES: _note}


def receive(context: Context, source: str, hook_id: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep what a webhook calls out. False for an unknown webhook and for a wrong signature alike, after the same work."""
    if source not in context.connectors:
        return False
    with context.store.work() as work:
        hook = _known(work, source, hook_id)
        tried = hook or work.hooks.any_of(source)  # the signature is tried on something, known or not
        secret = work.hooks.secret(tried.id) if tried else ""
    if tried is None:
        return False
    try:
        callout = _read(context, tried, headers, body, secret)
    except TellPerson:
        return False
    if hook is None:
        return False
    _take(context, hook, callout)
    return True


def deactivated(context: Context, source: str, hook_id: str) -> None:
    """Somebody says, unsigned, that a webhook was switched off: no more than a reason to look, and not often."""
    with context.store.work() as work:
        hook = _known(work, source, hook_id)
    if hook is not None:
        _look(context, hook)


def _known(work: Work, source: str, hook_id: str) -> StoredHook | None:
    """The webhook of that id at that source. An id that none of ours can be is not even looked for."""
    hook = work.hooks.get(hook_id if hook_id.isascii() and hook_id.isprintable() else "")
    connection = work.connections.get(hook.connection_id) if hook else None
    return hook if connection is not None and connection.source == source else None


def _look(context: Context, hook: StoredHook) -> None:
    """Once in a while for each kind: what is switched off right after another one was mended is noticed too."""
    hook_orders.begin(context, hook.connection_id, f"off-{hook.kind}-{every(LOOK_SECONDS, context.clock())}")


def _read(context: Context, hook: StoredHook, headers: Mapping[str, str], body: bytes, secret: str) -> Callout | None:
    """What it says; None for a right signature over words nobody understands. Raises NotAllowed for a wrong one."""
    source = context.sources.of(hook.connection_id)
    if not isinstance(source, HasHooks):
        raise NotAllowed("There is no such webhook.")
    try:
        plain = {name: value for name, value in headers.items() if value.isascii()}  # no signature is anything else
        return source.read_callout(hook.kind, plain, body, secret)
    except NotAllowed:
        raise
    except TellPerson:
        return None


def _take(context: Context, hook: StoredHook, callout: Callout | None) -> None:
    now = context.clock()
    if callout is None:
        hooks.poll(context, hook.connection_id, hook.kind, f"unread-{every(LOOK_SECONDS, now)}")
        return
    if callout.happened is Happened.DEACTIVATED:
        _look(context, hook)
        return
    with context.store.write() as work:
        kept = work.hooks.keep(hook, callout, now)
    if kept.gap and kept.is_new:
        hooks.poll(context, hook.connection_id, hook.kind, f"gap-{hook.id}-{callout.sequence}")
    begin(context, hook.connection_id)


def begin(context: Context, connection_id: str) -> None:
    """Have what waits worked off."""
    rounds.ask(context, JOB, connection_id, hook_orders.lane(connection_id))


def tick(context: Context) -> int:
    """What the clock calls: take up callouts whose job was lost, and forget old ones; returns how many were taken up."""
    now = context.clock()
    with context.store.work() as work:
        late = work.hooks.waiting(now - LATE)
    for connection_id in late:
        begin(context, connection_id)
    with context.store.write() as work:
        work.hooks.prune(now - KNOWN_FOR)
    return sum(late.values())


# --- working off -----------------------------------------------------------------------------------------------------


def work_off(
    context: Context, steps: Steps, argument: str, refreshers: Mapping[Hooked, Refresher] = REFRESHERS
) -> None:
    """Job "callouts": argument is "<connection id> <number of the round>"."""
    steps.wait(GATHER_SECONDS)
    connection_id = rounds.begin(context, steps, JOB, argument)
    number = argument.rpartition(" ")[2]
    waiting = steps("waiting", partial(_waiting, context, connection_id))
    todo = [Refresh(Hooked(kind), item, of, tuple(map(tuple, answers)), gone) for kind, item, of, answers, gone in waiting]
    alone = _alone(todo, refreshers)
    together = _together([refresh for refresh in todo if refresh not in alone], refreshers)
    for kind in together:
        hooks.poll(context, connection_id, kind, f"callouts-{number}")
    polled = [refresh for refresh in todo if refresh.kind in together and refresh not in alone]
    steps("polled", partial(_done, context, [each for refresh in polled for each in refresh.answers]))
    for position, refresh in enumerate(todo):
        if (refresh in alone or refresh.kind not in together) and not _refreshed(context, steps, connection_id, refresh, position, refreshers):
            steps("given up", partial(_done, context, [each for rest in todo[position:] for each in rest.answers]))
            return
    if sum(len(refresh.answers) for refresh in todo) >= AT_ONCE:
        begin(context, connection_id)


def _together(todo: Sequence[Refresh], refreshers: Mapping[Hooked, Refresher]) -> list[Hooked]:
    """Kinds of which all changed items are asked for in one read: it is cheaper, or there is no other way."""
    named = [refresh.kind for refresh in todo]
    return [kind for kind in Hooked if kind in named and (kind not in refreshers or named.count(kind) > SINGLY)]


def _alone(todo: Sequence[Refresh], refreshers: Mapping[Hooked, Refresher]) -> list[Refresh]:
    """A few deletions, whatever changed beside them: a read of the changed items never tells that one is gone."""
    gone = [refresh for refresh in todo if refresh.deleted and refresh.kind in refreshers]
    named = [refresh.kind for refresh in gone]
    return [refresh for refresh in gone if named.count(refresh.kind) <= SINGLY]


def _refreshed(
    context: Context, steps: Steps, connection_id: str, refresh: Refresh, position: int,
    refreshers: Mapping[Hooked, Refresher],
) -> bool:
    """False when the credentials are to blame: what waits is then left to the sync, which tells people and tries once."""
    def read() -> Mapping[str, Any]:
        refreshers[refresh.kind](context, connection_id, refresh)
        _done(context, refresh.answers)
        return {}

    try:
        patiently(steps, f"{refresh.kind} {position}", read, quietly)
    except GaveUp as error:
        if error.connection_trouble:
            steps("trouble", partial(_trouble, context, connection_id, error.said))
            return False
        steps(f"left {position}", partial(_done, context, refresh.answers))
    return True


def _waiting(context: Context, connection_id: str) -> list[Any]:
    with context.store.work() as work:
        heard = work.hooks.open(connection_id, AT_ONCE)
    return [[each.kind, each.item_id, each.parent_id, each.answers, each.deleted] for each in merged(heard)]


def _done(context: Context, answered: Sequence[Sequence[object]]) -> int:
    with context.store.write() as work:
        work.hooks.done(answered)
    return len(answered)


def _trouble(context: Context, connection_id: str, said: str) -> bool:
    try:
        connect.note_trouble(context, connection_id, said)
    except GangwayError:
        return False
    return True

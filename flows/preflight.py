"""The permission preflight: which rights at a source the switched-on features need, and which of them are there.

Asked by a person, after every change of what is switched on, and weekly by the clock; the clock tells only what changed.
A sync asks too before it believes that something is gone: a lost right looks like a mass deletion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain.connection import Connection
from domain.errors import GangwayError
from domain.ports import HasCompanies, HasStaff, HasUsers, Source
from domain.psa import (
    Feature,
    HasAssets,
    HasContracts,
    HasHooks,
    HasOpportunities,
    HasRights,
    HasTickets,
    HasTodos,
    Held,
    Right,
)
from domain.roles import Act
from flows import connect, hook_orders, hooks, rounds, setups
from flows.context import Context, Steps
from flows.desk import Desk
from flows.patience import GaveUp, patiently, quietly
from storage.store import Work

JOB = "preflight"
EVERY = timedelta(days=7)
WRONG = (Held.MISSING, Held.CUT)
_ABLE: Mapping[Feature, type] = {
    Feature.COMPANIES: HasCompanies,
    Feature.USERS: HasUsers,
    Feature.STAFF: HasStaff,
    Feature.TICKETS: HasTickets,
    Feature.OPPORTUNITIES: HasOpportunities,
    Feature.ASSETS: HasAssets,
}
_BESIDE: Mapping[Feature, type] = {Feature.TODOS: HasTodos, Feature.CONTRACTS: HasContracts}  # of tickets and opportunities


@dataclass(frozen=True)
class Preflight:
    """`can_tell` is False for a source that does not say which rights its user has."""

    title: str
    features: frozenset[Feature]
    rights: tuple[Right, ...]
    can_tell: bool = True

    def of(self, *held: Held) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.held in held)


def run(context: Context, desk: Desk, connection_id: str) -> Preflight:
    """Ask now, and remember. Raises as a source does."""
    desk.require(Act.LOOK)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    source = context.sources.of(connection_id)
    on = features(context, connection, source)
    if not isinstance(source, HasRights):
        return Preflight(connection.title, on, (), can_tell=False)
    found = Preflight(connection.title, on, (*source.rights(on), *_room(context, connection, source, on)))
    _remember(context, connection_id, found.rights)
    return found


def features(context: Context, connection: Connection, source: Source) -> frozenset[Feature]:
    """What is switched on and this source can do."""
    with context.store.work() as work:
        on = {
            feature
            for feature, ability in _ABLE.items()
            if isinstance(source, ability) and setups.is_on(work, connection.id, feature.value)
        }
    if on & {Feature.TICKETS, Feature.OPPORTUNITIES}:
        on |= {feature for feature, ability in _BESIDE.items() if isinstance(source, ability)}
    if isinstance(source, HasHooks) and not hooks.unreachable(context, connection.source):
        on.add(Feature.HOOKS)
    return frozenset(on)


def _room(context: Context, connection: Connection, source: Source, on: frozenset[Feature]) -> tuple[Right, ...]:
    """Whether as many webhooks as are needed can still be made, where the source says how many."""
    if Feature.HOOKS not in on or not isinstance(source, HasHooks):
        return ()
    with context.store.work() as work:
        there = {hook.kind for hook in work.hooks.of(connection.id) if hook.external_id}
    needed = len(set(hooks.wanted(context, connection, source)) - there)
    room = source.hook_room() if needed else None
    if room is None or not room.may or room.left is None or room.left >= needed:
        return ()
    said = f"{needed} more webhooks are needed, and only {room.left} more may be made."
    path = "Security level → the largest number of webhooks: 25, or remove webhooks that nobody uses"
    return (Right("Room for webhooks", path, (Feature.HOOKS,), Held.CUT, said),)


# --- by itself -------------------------------------------------------------------------------------------------------


def after_change(context: Context, connection_id: str) -> None:
    """What is switched on changed: look at the rights and webhooks it needs now, and tell what is missing."""
    rounds.ask(context, JOB, connection_id, hook_orders.lane(connection_id))


def tick(context: Context) -> int:
    """What the clock calls: look weekly; returns at how many sources."""
    now = context.clock()
    due = 0
    for connection in connect.live(context):
        with context.store.work() as work:
            kept = work.settings.get(_key(connection.id), {})
        last = datetime.fromisoformat(kept["at"]) if kept else connection.created_at
        if now - last >= EVERY and isinstance(context.sources.of(connection.id), HasRights):
            after_change(context, connection.id)
            due += 1
    return due


def look(context: Context, steps: Steps, argument: str) -> None:
    """Job "preflight": argument is "<connection id> <number of the round>"."""
    connection_id = rounds.begin(context, steps, JOB, argument)
    try:
        connection = connect.one(context, connection_id)
        source = context.sources.of(connection_id)
    except GangwayError:
        return
    if isinstance(source, HasHooks):
        hook_orders.begin(context, connection_id, f"change-{argument.rpartition(' ')[2]}")
    if not isinstance(source, HasRights):
        return
    try:
        news = patiently(steps, "rights", partial(_looked, context, connection), quietly)["news"]
    except GaveUp:
        steps("not asked", partial(_put_off, context, connection_id))
        return  # the sync says what is wrong with the connection
    if news:
        context.tell.notice(connection_id, news)


def _looked(context: Context, connection: Connection) -> Mapping[str, Any]:
    source = context.sources.of(connection.id)
    assert isinstance(source, HasRights)
    on = features(context, connection, context.sources.of(connection.id))
    rights = (*source.rights(on), *_room(context, connection, context.sources.of(connection.id), on))
    return {"news": _news(connection.title, _remember(context, connection.id, rights), rights)}


def _put_off(context: Context, connection_id: str) -> bool:
    """It could not be asked: again in a day, not in a minute."""
    with context.store.write() as work:
        kept = _kept(work, connection_id)
        at = context.clock() - EVERY + timedelta(days=1)
        work.settings.put(_key(connection_id), {**kept, "at": at.isoformat()})
    return True


def _news(title: str, before: Mapping[str, str], rights: Sequence[Right]) -> str:
    """What is told unasked: rights that were not known to be missing, and that what was missing is there."""
    gone = [right for right in rights if right.held in WRONG and before.get(right.name) not in WRONG]
    back = [right.name for right in rights if right.held is Held.FOUND and before.get(right.name) in WRONG]
    lines = [f"{right.name} is {right.held}: {right.path}. {_needed(right)}" for right in gone]
    said = [f"Rights of the API user at {title} that what is switched on needs:", *lines] if lines else []
    return "\n".join([*said, *([f"There again: {', '.join(back)}."] if back else [])])


def _needed(right: Right) -> str:
    return f"Needed for {', '.join(feature.value for feature in right.needed_for)}." if right.needed_for else ""


# --- what a sync asks ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lack:
    """A right that explains why an answer shrank. `is_new`: it was there the last time, and nobody has accepted its loss."""

    name: str
    said: str
    is_missing: bool
    is_new: bool


def lack(context: Context, connection: Connection, part: str) -> Lack | None:
    """Asked before it is believed that something is gone: whether the credentials still see all of it."""
    source = context.sources.of(connection.id)
    if not isinstance(source, HasRights):
        return None
    feature = Feature(part)
    try:
        rights = source.rights(frozenset({feature}))
    except GangwayError:
        return None
    wrong = [right for right in rights if right.held in WRONG and feature in right.needed_for]
    if not wrong:
        return None
    with context.store.work() as work:
        kept = _kept(work, connection.id)
    right = next((one for one in wrong if one.held is Held.MISSING), wrong[0])
    was_there = kept["rights"].get(right.name) not in WRONG and bool(kept["rights"])
    is_new = was_there or right.name in kept["lost"]
    return Lack(right.name, f"the right {right.name} is {right.held}. Set {right.path}", right.held is Held.MISSING, is_new)


def accept(context: Context, connection_id: str, name: str) -> None:
    """A person said that what is missing is really gone: this right is as it is meant to be."""
    with context.store.write() as work:
        kept = {"at": context.clock().isoformat(), **_kept(work, connection_id)}
        lost = [one for one in kept["lost"] if one != name]
        work.settings.put(_key(connection_id), {**kept, "rights": {**kept["rights"], name: Held.CUT.value}, "lost": lost})


# --- remembering -----------------------------------------------------------------------------------------------------


def _remember(context: Context, connection_id: str, rights: Sequence[Right]) -> Mapping[str, str]:
    """Keep how each right is held; returns how they were. A loss is remembered as one until the right is there again;
    a kind that was locked is open from then on."""
    with context.store.write() as work:
        kept = _kept(work, connection_id)
        before: Mapping[str, str] = kept["rights"]
        now = {right.name: right.held.value for right in rights if right.held is not Held.EXCESS}
        fresh = [name for name, held in now.items() if held in WRONG and before.get(name) == Held.FOUND]
        lost = [name for name in {*kept["lost"], *fresh} if now.get(name, Held.MISSING) != Held.FOUND]
        at = context.clock().isoformat()
        work.settings.put(_key(connection_id), {"at": at, "rights": {**before, **now}, "lost": sorted(lost)})
        work.connections.unlock(connection_id, _open(rights))
    return before


def _open(rights: Sequence[Right]) -> frozenset[str]:
    """Kinds that can be read: a right to them was found, and none is missing. What no call tells opens nothing."""
    held: dict[str, set[Held]] = {}
    for right in rights:
        for feature in right.needed_for:
            held.setdefault(feature.value, set()).add(right.held)
    return frozenset(kind for kind, found in held.items() if Held.FOUND in found and Held.MISSING not in found)


def _kept(work: Work, connection_id: str) -> Mapping[str, Any]:
    """How each right was held the last time ("rights"), and which were lost since and not accepted ("lost")."""
    found: Mapping[str, Any] = work.settings.get(_key(connection_id), {"rights": {}, "lost": []})
    return found


def _key(connection_id: str) -> str:
    return f"preflight:{connection_id}"

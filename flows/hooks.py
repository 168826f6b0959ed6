"""Our webhooks at a source: provided, looked after, and mended; where they cannot be, we ask for changes instead and say so.

Providing is one job: look what is there, decide (domain/hooking.py), do one thing a step. It may be run at any time and as
often as one likes: our own id stands in each webhook's address and is written down first, so that a lost answer or a crash
finds again what it made. The clock runs the same job every 15 minutes: that is the look after what switched itself off.
"""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from domain import hooking
from domain.connection import Connection
from domain.errors import GangwayError, TellPerson
from domain.hooking import NEEDED_BY, Deed, Do, HookState
from domain.psa import HasHooks, Hook, Hooked, HookWanted
from domain.roles import Act
from domain.slots import every
from flows import connect, hook_orders, hook_state, setups
from flows.context import Context, Steps
from flows.desk import Desk
from flows.hook_state import Outcome
from flows.patience import GaveUp, patiently, quietly
from flows.sync_round import put_off

LOOK_EVERY = timedelta(minutes=15)
SILENT_AFTER = timedelta(hours=1)


def ask(context: Context, desk: Desk, connection_id: str) -> str:
    """The button `Provision webhooks`: begin, and whisper the outcome. Returns the sentence for now."""
    desk.require(Act.CONNECT)
    desk.whole_msp()
    connection = connect.one(context, connection_id)
    if not isinstance(context.sources.of(connection_id), HasHooks):
        raise TellPerson(f"{connection.title} has no webhooks. It is asked for changes every hour instead.")
    now = context.clock()
    with context.store.write() as work:
        work.journal.write(now, desk.actor, "webhooks", f"Webhooks at {connection.title} are provisioned.", subject=connection_id)
    hook_orders.begin(context, connection_id, now.isoformat(), desk.actor.user_id, desk.channel)
    return f"The webhooks at {connection.title} are looked at and put right. You are told here what came of it."


def wanted(context: Context, connection: Connection, source: HasHooks) -> tuple[Hooked, ...]:
    """The kinds that the switched-on features need."""
    with context.store.work() as work:
        on = {feature for feature in NEEDED_BY.values() if setups.is_on(work, connection.id, feature.value)}
    return hooking.wanted(source.hook_kinds, on)


def unreachable(context: Context, source_name: str) -> str:
    """Why a source cannot call us; "" when it can."""
    return hooking.unreachable(context.words.public_url, source_name in context.words.near)


def amiss(context: Context, connection: Connection, source: HasHooks) -> tuple[Deed, ...]:
    """What providing would do now; () when all is as it should be, or nobody could call us. Changes nothing."""
    if unreachable(context, connection.source):
        return ()
    with context.store.work() as work:
        ours = [hook.ours for hook in work.hooks.of(connection.id)]
    deeds = hooking.decide(
        connection.source, [context.words.public_url], ours, source.hooks(), wanted(context, connection, source)
    )
    return tuple(deed for deed in deeds if deed.do is not Do.KEEP)


# --- the job ---------------------------------------------------------------------------------------------------------


def provide(context: Context, steps: Steps, argument: str) -> None:
    """Job "hooks": argument is "<connection id>|<slot>|<who asked>|<where>"; the last two are "" for the clock."""
    connection_id, slot, user, channel = argument.split("|")
    try:
        connection = connect.one(context, connection_id)
        source = context.sources.of(connection_id)
    except GangwayError:
        return  # disconnected meanwhile
    if not isinstance(source, HasHooks):
        return
    outcome = _provided(context, steps, connection, source)
    news = steps("noted", partial(hook_state.note, context, connection, outcome))
    if user:
        context.tell.whisper(user, channel, hook_state.sentence(connection.title, outcome))
    elif news:
        context.tell.notice(connection_id, news)
    for kind in steps("behind", partial(_behind, context, connection, source, outcome)):
        poll(context, connection_id, Hooked(kind), f"hooks-{slot.replace(' ', '-')}")


def _provided(context: Context, steps: Steps, connection: Connection, source: HasHooks) -> Outcome:
    outcome = Outcome(polls=unreachable(context, connection.source))
    try:
        deeds = patiently(steps, "look", partial(_look, context, connection, source, not outcome.polls), quietly)["deeds"]
        makes = [deed for deed in map(_deed, deeds) if deed.do in (Do.MAKE, Do.RENEW)]
        room = patiently(steps, "room", partial(_room, source), quietly) if makes else {}
    except GaveUp as error:
        return dataclasses.replace(outcome, polls=outcome.polls or error.said)
    refused = _crowded_out(connection, makes, room)
    if makes and not room["may"]:
        outcome = dataclasses.replace(outcome, polls=room["said"] or f"The API user may not create webhooks at {connection.title}.")
    for number, deed in enumerate(map(_deed, deeds)):
        if deed.kind in refused and deed.do in (Do.MAKE, Do.RENEW):
            steps(f"no room {number}", partial(_refused, context, connection, deed, refused[deed.kind]))
            outcome = dataclasses.replace(outcome, refused=(*outcome.refused, (deed.kind, refused[deed.kind])))
            continue
        name = f"{deed.do} {deed.kind} {number}"
        try:
            patiently(steps, name, partial(_do, context, connection, source, deed), quietly)
        except GaveUp as error:
            steps(f"refused {number}", partial(_refused, context, connection, deed, error.said))
            outcome = dataclasses.replace(outcome, refused=(*outcome.refused, (deed.kind, error.said)))
            if error.connection_trouble:
                break  # the credentials are to blame: each further try would count against them
        else:
            outcome = _with(outcome, deed)
    return outcome


def _crowded_out(connection: Connection, makes: list[Deed], room: Mapping[str, Any]) -> dict[Hooked, str]:
    if not makes:
        return {}
    if not room["may"]:
        return {deed.kind: room["said"] for deed in makes}
    left = room["left"] if room["left"] is not None else len(makes)
    said = f"{connection.title} lets the API user make no further webhook. Raise the limit in its security level, or remove unused ones."
    return {deed.kind: said for deed in makes[left:]}


def _with(outcome: Outcome, deed: Deed) -> Outcome:
    match deed.do:
        case Do.MAKE:
            return dataclasses.replace(outcome, created=(*outcome.created, deed.kind))
        case Do.RENEW:
            return dataclasses.replace(outcome, created=(*outcome.created, deed.kind), again=(*outcome.again, deed.kind))
        case Do.MEND:
            return dataclasses.replace(outcome, mended=(*outcome.mended, deed.kind), again=(*outcome.again, deed.kind))
        case Do.KEEP:
            return dataclasses.replace(outcome, kept=(*outcome.kept, deed.kind))
        case Do.DROP:
            return dataclasses.replace(outcome, removed=outcome.removed + 1)


def _look(context: Context, connection: Connection, source: HasHooks, can_be_reached: bool) -> Mapping[str, Any]:
    """What is to be done. Where nobody could call us, only what we left there before is removed."""
    with context.store.work() as work:
        ours = work.hooks.of(connection.id)
        former = work.settings.get(hook_orders.bases_key(connection.id), [])
    today = context.words.public_url
    bases = [today, *(base for base in former if base != today)]
    if not can_be_reached and not ours:
        return {"deeds": []}
    kinds = wanted(context, connection, source) if can_be_reached else ()
    deeds = hooking.decide(connection.source, bases, [hook.ours for hook in ours], source.hooks(), kinds)
    with context.store.write() as work:
        work.settings.put(hook_orders.bases_key(connection.id), bases[:5])
        dropped = {deed.our_id for deed in deeds if deed.do is Do.DROP}
        work.hooks.forget([hook.id for hook in ours if hook.kind not in kinds and hook.id.casefold() not in dropped])
    return {"deeds": [_plain(deed) for deed in deeds]}


def _room(source: HasHooks) -> Mapping[str, Any]:
    return dataclasses.asdict(source.hook_room())


def _do(context: Context, connection: Connection, source: HasHooks, deed: Deed) -> Mapping[str, Any]:
    match deed.do:
        case Do.MAKE | Do.RENEW:
            our_id, want = _written_down(context, connection, deed)
            _found(context, our_id, source.make_hook(want))
        case Do.MEND:
            assert deed.hook is not None
            our_id, want = _written_down(context, connection, deed)
            _found(context, our_id, source.mend_hook(deed.hook, want))
        case Do.KEEP:
            assert deed.hook is not None
            _found(context, deed.our_id, deed.hook)
        case Do.DROP:
            assert deed.hook is not None
            source.drop_hook(deed.hook)
            _forget_dropped(context, connection, source, deed)
    return {}


def _written_down(context: Context, connection: Connection, deed: Deed) -> tuple[str, HookWanted]:
    """The webhook as we want it, written down before the source hears of it; the same one when asked again."""
    kind, base = deed.kind, context.words.public_url
    with context.store.write() as work:
        there = next((hook for hook in work.hooks.of(connection.id) if hook.kind is kind), None)
        if there is not None and deed.do is Do.RENEW and there.id == deed.our_id:
            work.hooks.forget([there.id])
            there = None
        if there is None:
            there = work.hooks.want(connection.id, kind, context.new_id(), context.new_token(), context.clock())
        secret = work.hooks.secret(there.id)
    url = hooking.address(base, connection.source, there.id)
    return there.id, HookWanted(kind, f"Gangway {kind.value}", url, hooking.farewell(base, connection.source, there.id), secret)


def _found(context: Context, our_id: str, hook: Hook) -> None:
    with context.store.write() as work:
        work.hooks.found(our_id, hook)


def _forget_dropped(context: Context, connection: Connection, source: HasHooks, deed: Deed) -> None:
    kinds = wanted(context, connection, source) if not unreachable(context, connection.source) else ()
    if deed.kind not in kinds:
        with context.store.write() as work:
            work.hooks.forget([hook.id for hook in work.hooks.of(connection.id) if hook.kind is deed.kind])


def _refused(context: Context, connection: Connection, deed: Deed, said: str) -> bool:
    with context.store.write() as work:
        for hook in work.hooks.of(connection.id):
            if hook.kind is deed.kind:
                work.hooks.refused(hook.id, said)
    return True


# --- what is behind --------------------------------------------------------------------------------------------------


def tick(context: Context) -> int:
    """What the clock calls: have the webhooks of each source looked at every 15 minutes; returns how many."""
    now = context.clock()
    due = 0
    for connection in connect.live(context):
        with context.store.work() as work:
            last = hook_state.looked_at(work, connection.id) or connection.created_at
        if now - last >= LOOK_EVERY and isinstance(context.sources.of(connection.id), HasHooks):
            hook_orders.begin(context, connection.id, every(round(LOOK_EVERY.total_seconds()), now))
            due += 1
    return due


def poll(context: Context, connection_id: str, kind: Hooked, slot: str) -> None:
    """Read what changed of a kind, once for this slot: callouts of it are missing, or may be."""
    put_off(context, connection_id, slot, NEEDED_BY[kind].value)


def _behind(context: Context, connection: Connection, source: HasHooks, outcome: Outcome) -> list[Hooked]:
    """Kinds without a working webhook, those that were just put right, and those of which nothing was heard for long."""
    with context.store.work() as work:
        ours = {hook.kind: hook for hook in work.hooks.of(connection.id) if hook.state is HookState.LIVE}
    now = context.clock()
    behind = []
    for kind in wanted(context, connection, source):
        heard = max(ours[kind].made_at, ours[kind].last_at or ours[kind].made_at) if kind in ours else None
        if heard is None or now - heard >= SILENT_AFTER or kind in (*outcome.mended, *outcome.created):
            behind.append(kind)
    return behind


def _plain(deed: Deed) -> dict[str, Any]:
    return {"do": deed.do, "kind": deed.kind, "id": deed.our_id, "hook": deed.hook and dataclasses.asdict(deed.hook)}


def _deed(plain: Mapping[str, Any]) -> Deed:
    hook = Hook(**{**plain["hook"], "kind": Hooked(plain["hook"]["kind"])}) if plain["hook"] else None
    return Deed(Do(plain["do"]), Hooked(plain["kind"]), plain["id"], hook)

"""The shrink guard: an empty, half-read or much smaller answer removes and freezes nothing. People are told and asked."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from domain.isolation import LinkState
from domain.plan import too_much_smaller
from domain.roles import SYSTEM
from flows import preflight
from flows.context import Context, Steps
from flows.sync_round import Round, Seen, person_kind


def guard(context: Context, steps: Steps, round_: Round, seen: Seen, known: Callable[[], tuple[int, int]]) -> str:
    """The sentence that stops the sync when the answer shrank too much, or a right was lost; "" when it may be believed."""
    if not seen.whole:
        return ""
    before, after = steps("shrink", lambda: list(known()))
    lack = steps("rights", partial(_lack, context, round_)) if after < before else {}
    doubtful = too_much_smaller(before, after) or lack.get("is_missing") or lack.get("is_new")
    if not doubtful or (not lack.get("is_missing") and steps("believed", partial(_believed, context, round_))):
        if lack and doubtful:
            steps("accepted", partial(_accept, context, round_, lack["name"]))
        steps("answered", partial(_close_question, context, round_))
        return ""
    said = f"{round_.connection.title} answered with only {after} of the {before} {round_.kind.value} known here. Nothing was removed or changed."
    if not lack:
        said += " Are they really gone, or may the API user no longer see them?"
    elif lack["is_missing"]:
        said += f" The API user may no longer see them: {lack['said']}. The next sync goes on by itself."
        steps("told", partial(_tell_once, context, round_, lack["name"], said))
        return said
    else:
        said += f" The API user may no longer see all of them: {lack['said']}. Or are they really gone?"
    steps("asked", partial(_ask, context, round_, said))
    return said


def _lack(context: Context, round_: Round) -> dict[str, Any]:
    found = preflight.lack(context, round_.connection, round_.kind.value)
    return dataclasses.asdict(found) if found else {}


def _accept(context: Context, round_: Round, name: str) -> bool:
    preflight.accept(context, round_.connection.id, name)
    return True


def _tell_once(context: Context, round_: Round, name: str, said: str) -> bool:
    """Each lost right once, until the list is whole again."""
    with context.store.write() as work:
        if work.settings.get(_told_key(round_), "") == name:
            return False
        work.settings.put(_told_key(round_), name)
        work.journal.write(context.clock(), SYSTEM, "shrink guard", said, subject=round_.connection.id)
    context.tell.notice(round_.connection.id, said)
    return True


def _told_key(round_: Round) -> str:
    return f"told of a right:{round_.connection.id}:{round_.kind}"


def _ask(context: Context, round_: Round, said: str) -> bool:
    """Ask once; the next sync that meets the same loss does not ask again while nobody has answered."""
    question_id = context.new_id()
    with context.store.write() as work:
        if work.settings.get(_question_key(round_), ""):
            return False
        work.settings.put(_question_key(round_), question_id)
        work.settings.put(f"question:{question_id}", [round_.connection.id, round_.kind.value])
        work.journal.write(context.clock(), SYSTEM, "shrink guard", said, subject=round_.connection.id)
    context.tell.question(round_.connection.id, question_id, said)
    return True


def _question_key(round_: Round) -> str:
    return f"open question:{round_.connection.id}:{round_.kind}"


def believe_key(connection_id: str, kind: str) -> str:
    """The setting that lifts the guard for one sync."""
    return f"believe:{connection_id}:{kind}"


def _believed(context: Context, round_: Round) -> bool:
    """Whether a person said that they are really gone; that holds for one sync."""
    with context.store.write() as work:
        key = believe_key(round_.connection.id, round_.kind.value)
        believed = bool(work.settings.get(key, False))
        work.settings.put(key, False)
    return believed


def _close_question(context: Context, round_: Round) -> bool:
    with context.store.write() as work:
        work.settings.put(_question_key(round_), "")
        work.settings.put(_told_key(round_), "")
    return True


def known_companies(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        linked = {link.external_id for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE}
        return len(linked), len(linked & work.upstream.seen_by(round_.connection.id, round_.id))


def known_people(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        known = set(work.people.known_ids(round_.connection.id, person_kind(round_)))
        return len(known), len(known & set(work.sightings.of(round_.id)))

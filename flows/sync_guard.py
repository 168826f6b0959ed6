"""The shrink guard: an empty, half-read or much smaller answer removes and freezes nothing. People are told and asked."""

from collections.abc import Callable
from functools import partial

from domain.isolation import LinkState
from domain.plan import too_much_smaller
from domain.roles import SYSTEM
from flows.context import Context, Steps
from flows.sync_round import Round, Seen, person_kind


def guard(context: Context, steps: Steps, round_: Round, seen: Seen, known: Callable[[], tuple[int, int]]) -> str:
    """The sentence that stops the sync when the answer shrank too much; "" when it may be believed."""
    if not seen.whole:
        return ""
    before, after = steps("shrink", lambda: list(known()))
    if not too_much_smaller(before, after) or steps("believed", partial(_believed, context, round_)):
        steps("answered", partial(_close_question, context, round_))
        return ""
    said = (
        f"{round_.connection.title} answered with only {after} of the {before} {round_.kind.value} known here. Nothing was removed "
        f"or changed. Are they really gone, or may the API user no longer see them?"
    )
    steps("asked", partial(_ask, context, round_, said))
    return said


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
    return True


def known_companies(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        linked = {link.external_id for link in work.links.live(round_.connection.id) if link.state is LinkState.ACTIVE}
        return len(linked), len(linked & work.upstream.seen_by(round_.connection.id, round_.id))


def known_people(context: Context, round_: Round) -> tuple[int, int]:
    with context.store.work() as work:
        known = set(work.people.known_ids(round_.connection.id, person_kind(round_)))
        return len(known), len(known & set(work.sightings.of(round_.id)))

"""Reading a list for a sync: what changed since the last read, or all of it when that is due, page by page."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain.plan import too_much_smaller
from domain.ports import Page
from flows.context import Context, Steps
from flows.patience import GaveUp, patiently, quietly
from flows.sync_round import Round, Seen, whole_key

OVERLAP = timedelta(minutes=5)
WHOLE_EVERY = timedelta(hours=24)


def walk(
    context: Context,
    steps: Steps,
    round_: Round,
    whole: Callable[[str | None], Page[Any]],
    changed: Callable[[str, str | None], Page[Any]] | None,
    keep: Callable[[Page[Any]], int],
) -> Seen:
    """Read the changed rows, or all of them when that is due; `keep` stores a page and says how many rows are news."""
    since = steps("since", partial(last_read, context, round_)) if changed is not None else ""
    seen = pages(steps, "changed", partial(changed, since), keep) if since and changed is not None else None
    known = steps("known", partial(_known, context, round_))
    if seen is None or (seen["total"] is not None and seen["total"] < known):
        seen = pages(steps, "whole", whole, keep)  # fewer than before: only the whole list says who is missing
        _refuse_half(steps, round_, seen, changed)
        result = Seen(seen["rows"], seen["total"], True, seen["changed"])
    else:
        result = Seen(seen["rows"], seen["total"], False, seen["changed"])
    steps("as of", partial(_remember, context, round_, seen["as_of"], result))
    return result


def _refuse_half(
    steps: Steps, round_: Round, seen: Mapping[str, Any], changed: Callable[[str, str | None], Page[Any]] | None
) -> None:
    """A source that counts more rows than it gave was read by half: that says nothing about who is gone."""
    if changed is None or not seen["as_of"]:
        return
    counted = patiently(steps, "counted", lambda: {"total": changed(seen["as_of"], None).total}, quietly)["total"]
    if counted is not None and seen["rows"] < counted:
        raise GaveUp(
            f"{round_.connection.title} gave only {seen['rows']} of its {counted} {round_.kind.value}. "
            "Nothing was changed; the next sync tries again."
        )


def pages(
    steps: Steps, name: str, read: Callable[[str | None], Page[Any]], keep: Callable[[Page[Any]], int]
) -> Mapping[str, Any]:
    """Every page of a read, a step each. Returns rows, changed, total and as_of together."""
    cursor: str | None = None
    told: dict[str, Any] = {"rows": 0, "changed": 0, "total": None, "as_of": ""}
    number = 0
    while True:
        number += 1
        page = patiently(steps, f"{name} {number}", partial(_one_page, read, keep, cursor), quietly)
        told["rows"] += page["rows"]
        told["changed"] += page["changed"]
        told["total"] = page["total"] if page["total"] is not None else told["total"]
        told["as_of"] = told["as_of"] or page["as_of"]
        cursor = page["next"]
        if cursor is None:
            return told


def _one_page(
    read: Callable[[str | None], Page[Any]], keep: Callable[[Page[Any]], int], cursor: str | None
) -> Mapping[str, Any]:
    page = read(cursor)
    changed = keep(page)
    rows = len(page.rows) + len(page.bad)
    return {"next": page.next, "rows": rows, "changed": changed, "total": page.total, "as_of": page.as_of}


def last_read(context: Context, round_: Round) -> str:
    """From when to ask for changes; "" when the whole list is due."""
    with context.store.work() as work:
        known = work.syncs.get(round_.connection.id, round_.kind)
        whole_at = work.settings.get(whole_key(round_.connection.id, round_.kind), "")
    due = not whole_at or context.clock() - datetime.fromisoformat(whole_at) >= WHOLE_EVERY
    return "" if due or not known.as_of else (datetime.fromisoformat(known.as_of) - OVERLAP).isoformat()


def _known(context: Context, round_: Round) -> int:
    with context.store.work() as work:
        return work.syncs.get(round_.connection.id, round_.kind).known


def _remember(context: Context, round_: Round, as_of: str, seen: Seen) -> bool:
    """Remember how far was read, but not a shrunken answer: the next sync must see the same loss again."""
    total = seen.rows if seen.whole else seen.total
    with context.store.write() as work:
        known = work.syncs.get(round_.connection.id, round_.kind)
        if total is not None and too_much_smaller(known.known, total):
            return False
        work.syncs.put(
            dataclasses.replace(known, as_of=as_of or known.as_of, known=total if total is not None else known.known)
        )
        if seen.whole:
            work.settings.put(whole_key(round_.connection.id, round_.kind), context.clock().isoformat())
    return True

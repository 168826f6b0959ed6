"""Running an import of passwords: each value is read, sealed and stored at once, and is nowhere else.

A batch is one remembered step, an entry one transaction: after a death the run goes on at the entry it was at, and only
values that were on their way are read a second time. What a step takes and gives holds ids and counts, never a value.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from domain.errors import AskOperator, SkipRecord, Stop, TryLater
from domain.isolation import Scope, scope_of, still_holds
from domain.judge_passwords import print_of, state
from domain.plan import Action, Plan, PlanItem, Verdict, count
from domain.ports import HasPasswords, Kind, UpstreamPassword
from domain.secret import Entry, Secret
from flows.context import Context, Steps
from flows.judging import upstream_password
from flows.locks import locked
from flows.patience import GaveUp, patiently
from flows.reading import every_item
from storage.store import Work

BATCH = 50
PARENT = "Was part of"
KEPT = "What was imported before stays; preview again for the rest."
MOVED = "The mapping was changed while this ran, so it was stopped."


def write(context: Context, steps: Steps, plan: Plan, say: Callable[[str], None]) -> None:
    """Take over every new and changed entry. Raises GaveUp with what stopped it; what was stored before stays."""
    after, number = -1, 0
    try:
        while True:
            number += 1
            work = partial(_batch, context, plan, after)
            told = patiently(steps, f"values {number}", work, lambda said, _wait: say(said))
            context.tell.plan(plan.id)
            if told["last"] is None:
                break
            after = told["last"]
    except GaveUp as error:
        _recount(context, plan.id)
        raise GaveUp(f"{error.said} {KEPT}", error.connection_trouble) from None
    _recount(context, plan.id)


def _batch(context: Context, plan: Plan, after: int) -> Mapping[str, Any]:
    with context.store.work() as work:
        items = work.plans.batch(plan.id, after, BATCH)
        there = work.entries.by_external(plan.connection_id, [item.external_id for item in items])
        scope = _scope(work, plan)
    if not items:
        return {"last": None}
    to_do = [item for item in items if item.verdict.action in (Action.NEW, Action.CHANGED)]
    _take_over_all(context, plan, scope, [item for item in to_do if not _is_stored(plan, item, there.get(item.external_id))])
    with context.store.write() as work:
        work.plans.note(plan.id, done_rows=items[-1].seq + 1, note="")
    return {"last": items[-1].seq, "done": len(to_do)}


def _scope(work: Work, plan: Plan) -> Scope:
    """The scope of the very version of the mapping that was approved."""
    link = work.links.get(plan.link_id or "")
    if link is None or not still_holds(plan.link_version, link):
        raise Stop(MOVED)
    return scope_of(link)


def _is_stored(plan: Plan, item: PlanItem, entry: Entry | None) -> bool:
    """Whether this run has stored it already, before it was interrupted."""
    return entry is not None and entry.plan_id == plan.id and entry.fingerprint == print_of(upstream_password(item.row))


def _take_over_all(context: Context, plan: Plan, scope: Scope, items: Sequence[PlanItem]) -> None:
    """As many values on their way together as the source allows: one after the other, distance alone would set the pace."""
    source = context.sources.of(plan.connection_id)
    assert isinstance(source, HasPasswords)
    with ThreadPoolExecutor(source.values_at_once, "values") as pool:
        for start in range(0, len(items), source.values_at_once):
            _take_over(context, plan, scope, items[start : start + source.values_at_once], source, pool)


def _take_over(
    context: Context,
    plan: Plan,
    scope: Scope,
    items: Sequence[PlanItem],
    source: HasPasswords,
    pool: ThreadPoolExecutor,
) -> None:
    """A few entries; those that came are stored also when the source is too busy for another one of them."""
    scope.keep(upstream_password(item.row) for item in items)
    asked = [(item, pool.submit(source.password_value, scope, item.external_id)) for item in items]
    busy: TryLater | None = None
    for item, answer in asked:
        try:
            secret = answer.result()
        except SkipRecord as skipped:
            with context.store.write() as work:
                _leave(work, plan, item, Verdict(Action.HELD, skipped.said, item.verdict.target))
        except TryLater as later:
            busy = later
        except AskOperator as refused:
            raise locked(context, plan.connection_id, Kind.PASSWORDS, refused) from None
        else:
            _store(context, plan, scope, item, secret)
    if busy is not None:
        raise busy


def _store(context: Context, plan: Plan, scope: Scope, item: PlanItem, secret: Secret) -> None:
    """Sealed and stored in one transaction that looks once more whether it may be."""
    row = upstream_password(item.row)
    if row.embedded_in:
        secret = dataclasses.replace(secret, fields={**secret.fields, PARENT: row.embedded_in})
    with context.store.write() as work:
        if _scope(work, plan) != scope:
            raise Stop(MOVED)
        entry = work.entries.by_external(plan.connection_id, [row.id]).get(row.id)
        conflict = _conflict(scope, entry)
        if conflict:
            _leave(work, plan, item, Verdict(Action.CONFLICT, conflict, item.verdict.target))
        else:
            if entry is not None:
                work.before.keep(plan.id, entry.id)
            work.entries.put(_entry(context, plan, scope, row, entry.id if entry else item.verdict.target), secret)
        work.plans.note(plan.id, done_rows=item.seq + 1, note="")


def _conflict(scope: Scope, entry: Entry | None) -> str:
    """Why what stands here now must not be overwritten; "" where it may be."""
    if entry is None:
        return ""
    if entry.company_id != scope.company_id:
        return "It came here meanwhile under another company and is kept there. Remove it there first."
    return "Changed here by hand after the preview: what is here stays." if entry.touched else ""


def _leave(work: Work, plan: Plan, item: PlanItem, verdict: Verdict) -> None:
    """Not imported: the reason stands with the row from now on, and the rest goes on."""
    work.plans.judge(plan.id, {item.seq: verdict})
    work.plans.note(plan.id, done_rows=item.seq + 1, note="")


def _entry(context: Context, plan: Plan, scope: Scope, row: UpstreamPassword, entry_id: str) -> Entry:
    return Entry(
        id=entry_id,
        company_id=scope.company_id,
        name=row.name.strip(),
        username=row.username,
        url=row.url,
        category=row.category,
        folder=row.folder,
        state=state(row),
        has_password=False,  # these three are known from the secret when it is stored
        has_otp=False,
        has_notes=False,
        updated_at=context.clock(),
        updated_by=plan.source_title,
        connection_id=plan.connection_id,
        external_id=row.id,
        link_id=scope.link_id,
        external_company_id=scope.external_id,
        fingerprint=print_of(row),
        plan_id=plan.id,
    )


def _recount(context: Context, plan_id: str) -> None:
    """Rows that were left on the way count as held or in conflict now."""
    counts = count(item.verdict for item in every_item(context, plan_id))
    with context.store.write() as work:
        work.plans.note(plan_id, counts=dataclasses.asdict(counts))

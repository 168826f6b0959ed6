"""Preparing a plan: read the source page by page, keep what was read, judge every row, propose.

Each page is one remembered step and one transaction; a page read twice after a crash leaves the same rows.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from domain import judge_companies, judge_groups, judge_passwords, judge_people
from domain.errors import AskOperator, GangwayError, Stop
from domain.isolation import Scope, scope_of
from domain.plan import BY_HAND, Counts, Plan, PlanItem, PlanState, Verdict, count, digest, fingerprint
from domain.ports import (
    BadRow,
    HasCompanies,
    HasGroups,
    HasPasswords,
    HasStaff,
    HasUsers,
    Kind,
    Page,
    UpstreamCompany,
    UpstreamGroup,
    UpstreamPassword,
    UpstreamPerson,
)
from flows import giving_up, judging, own
from flows.context import Context, Steps
from flows.imports import drawn
from flows.locks import locked
from flows.patience import GaveUp, patiently
from storage.store import Work

BATCH = 500
SECRET = frozenset({"password", "notes", "otp_seed", "otp_secret"})  # what a stored row never has
_JUDGED_AT_ONCE = (Kind.STAFF, Kind.USERS)
Staged = tuple[str, str, str, Mapping[str, object], str]
AnyPage = Page[UpstreamCompany] | Page[UpstreamPerson] | Page[UpstreamPassword] | Page[UpstreamGroup]


def prepare(context: Context, steps: Steps, plan_id: str) -> None:
    """Job "prepare": from PREPARING to PROPOSED, or to FAILED with a sentence."""
    plan = drawn(context, plan_id)
    if plan.state is not PlanState.PREPARING:
        context.tell.plan(plan_id, final=True)  # a process died between the last write and the last word
        return
    try:
        counts = None
        if steps("copied", lambda: _is_copied(context, plan_id)) is False:
            counts = _read(context, steps, plan)
        if counts is None:
            counts = judging.judge_all(context, steps, plan)
        steps("propose", lambda: _propose(context, plan_id, counts))
    except GaveUp as error:
        giving_up.note(context, plan, error)
        _fail(context, plan_id, error.said)
    except GangwayError as error:
        _fail(context, plan_id, error.said)
    context.tell.plan(plan_id, final=True)


def _is_copied(context: Context, plan_id: str) -> bool:
    """A narrowed or typed plan was given its rows when it was made: nothing is read again."""
    with context.store.work() as work:
        plan = work.plans.get(plan_id)
        if plan is None or (plan.selection is None and plan.connection_id != BY_HAND):
            return False
        return work.plans.staged(plan_id) > 0


def _read(context: Context, steps: Steps, plan: Plan) -> Counts | None:
    """Read all of it; the counts, where every row could be judged as it came."""
    counts = Counts() if plan.kind in _JUDGED_AT_ONCE else None
    cursor: str | None = None
    rows = 0
    number = 0
    while True:
        number += 1
        told = patiently(
            steps, f"page {number}", partial(_page, context, plan.id, cursor, rows), partial(_waiting, context, plan.id)
        )
        cursor, rows = told["next"], told["rows"]
        if counts is not None:
            counts = counts.plus(Counts(**told["counts"]))
        context.tell.plan(plan.id)
        if cursor is None:
            return counts


def _waiting(context: Context, plan_id: str, said: str, seconds: float) -> None:
    with context.store.write() as work:
        work.plans.note(plan_id, note=f"{said} Going on by itself in about {_span(seconds)}.")
    context.tell.plan(plan_id)


def _span(seconds: float) -> str:
    return f"{round(seconds)} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"


def _page(context: Context, plan_id: str, cursor: str | None, seen: int) -> Mapping[str, Any]:
    """Read one page and keep it; `seen` rows were kept before it."""
    plan = drawn(context, plan_id)
    page = read_page(context, plan, cursor)
    kept = [staged(row) for row in page.rows] + [_bad(row, seen + number) for number, row in enumerate(page.bad)]
    if plan.selection is not None:
        kept = [row for row in kept if row[0] in set(plan.selection)]
    with context.store.write() as work:
        work.plans.drop_items_from(plan_id, seen)
        numbered = [(seen + number, *row) for number, row in enumerate(kept)]
        verdicts = _judge_at_once(context, work, plan, page, numbered) if plan.kind in _JUDGED_AT_ONCE else {}
        work.plans.stage(plan_id, numbered, verdicts)
        rows = seen + len(kept)
        known = {"read_rows": rows, "note": ""}
        if page.total is not None:
            known["read_total"] = page.total
        if cursor is None:
            known["as_of"] = page.as_of
        work.plans.note(plan_id, **known)
        if plan.kind is Kind.COMPANIES:
            companies = [row for row in page.rows if isinstance(row, UpstreamCompany)]
            work.upstream.put(
                plan.connection_id,
                [(row, row.name.casefold(), fingerprint(dataclasses.asdict(row))) for row in companies],
                plan_id,
            )
            own.learn(context, work, plan.connection_id, companies, context.clock())
            if page.next is None:
                work.upstream.prune(plan.connection_id, plan_id)
    return {"next": page.next, "rows": rows, "counts": dataclasses.asdict(count(verdicts.values()))}


def _judge_at_once(
    context: Context, work: Work, plan: Plan, page: AnyPage, kept: Sequence[tuple[int, *Staged]]
) -> dict[int, Verdict]:
    """People need nothing of the rows behind them to be judged, so they are kept with their verdicts."""
    people = {row.id: row for row in page.rows if isinstance(row, UpstreamPerson)}
    firsts = {key: (seq, label) for seq, _, label, *_, key in reversed(kept) if key}
    firsts |= work.plans.firsts(plan.id, list(firsts))
    good = {seq: (people[external_id], key) for seq, external_id, _, _, row, key in kept if "bad" not in row}
    verdicts = judging.judge_people_now(context, work, plan, good, firsts)
    bad = {seq: judging.bad(plan, row) for seq, _, _, _, row, _ in kept if "bad" in row}
    return verdicts | bad


def read_page(context: Context, plan: Plan, cursor: str | None) -> AnyPage:
    """One page of what the plan is about, through its scope and no other way."""
    source = context.sources.of(plan.connection_id)
    if plan.kind is Kind.COMPANIES:
        assert isinstance(source, HasCompanies)
        return source.companies(cursor)
    if plan.kind is Kind.STAFF:
        assert isinstance(source, HasStaff)
        return source.staff(cursor)
    if plan.kind is Kind.GROUPS:
        assert isinstance(source, HasGroups)
        return source.groups(cursor)
    scope = plan_scope(context, plan)
    if plan.kind is Kind.PASSWORDS:
        assert isinstance(source, HasPasswords)
        try:
            records = source.passwords(scope, cursor)
        except AskOperator as refused:
            raise locked(context, plan.connection_id, Kind.PASSWORDS, refused) from None
        scope.keep(records.rows)
        return records
    assert isinstance(source, HasUsers)
    page = source.users(scope, cursor)
    scope.keep(page.rows)
    return page


def plan_scope(context: Context, plan: Plan) -> Scope:
    """The scope of the link the plan was made under, if that very version still holds. Raises GaveUp otherwise."""
    with context.store.work() as work:
        link = work.links.get(plan.link_id or "")
    if link is None or link.version != plan.link_version or link.connection_id != plan.connection_id:
        raise GaveUp("The mapping was changed while this was prepared. Nothing was changed; preview again.")
    return scope_of(link)


def staged(row: UpstreamCompany | UpstreamPerson | UpstreamPassword | UpstreamGroup) -> Staged:
    """(external id, label, detail, row, match key)"""
    values = dict(vars(row))
    if isinstance(row, UpstreamCompany):
        return (
            row.id,
            judge_companies.label(row),
            row.web or ", ".join(row.domains[:2]),
            values,
            judge_companies.match_key(row),
        )
    if isinstance(row, UpstreamPassword):
        if SECRET & values.keys():
            raise Stop("A password's record came with its secret. Nothing was stored; please report this to us.")
        return row.id, judge_passwords.label(row), judge_passwords.detail(row), values, judge_passwords.match_key(row)
    if isinstance(row, UpstreamGroup):
        return row.id, judge_groups.label(row), judge_groups.detail(row), values, judge_groups.match_key(row)
    detail = f"{row.email} · {row.title}" if row.email and row.title else row.email or row.title
    return row.id, judge_people.label(row), detail, values, judge_people.match_key(row)


def _bad(row: BadRow, number: int) -> Staged:
    """A row that could not be understood is kept as such, so that nobody wonders where it went."""
    return (
        f"?{row.id or number}",
        f"record {row.id}" if row.id else "a record without an id",
        "",
        {"bad": row.reason},
        "",
    )


def _propose(context: Context, plan_id: str, total: Counts) -> bool:
    plan = drawn(context, plan_id)
    fingerprint_ = plan_digest(context, plan_id)
    now = context.clock()
    with context.store.write() as work:
        values: dict[str, Any] = {"counts": dataclasses.asdict(total), "digest": fingerprint_}
        if total.to_do or total.pickable:  # what is told to be picked can be, so the preview has to stay open for that
            return work.plans.move(plan_id, PlanState.PREPARING, PlanState.PROPOSED, **values)
        note = (
            "Nothing to do: everything is up to date."
            if not total.held + total.conflict
            else "Nothing to import now; see the reasons."
        )
        if plan.connection_id == BY_HAND and plan.note:
            note = f"{note} {plan.note}"  # what of the text was left out
        return work.plans.move(plan_id, PlanState.PREPARING, PlanState.DONE, note=note, finished_at=now, **values)


def plan_digest(context: Context, plan_id: str) -> str:
    """The digest of a plan's items as they are stored now, computed without holding them all."""
    plan = drawn(context, plan_id)
    with context.store.work() as work:
        return digest(work.plans.lines(plan_id), plan.link_id, plan.link_version)


def every_item(context: Context, plan_id: str) -> Iterator[PlanItem]:
    after = -1
    while True:
        with context.store.work() as work:
            items = work.plans.batch(plan_id, after, BATCH)
        if not items:
            return
        yield from items
        after = items[-1].seq


def _fail(context: Context, plan_id: str, said: str) -> None:
    now = context.clock()
    with context.store.write() as work:
        work.plans.move(plan_id, PlanState.PREPARING, PlanState.FAILED, note=said, finished_at=now)

"""Running an approved plan: check that it still holds, write it page by page, invite, tell.

Each page is one transaction and one remembered step; a page written twice leaves the same rows. The mapping is checked
inside every one of these transactions, so a run can never go on under a changed mapping.
"""

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

from domain import judge_companies
from domain.errors import GangwayError
from domain.isolation import Link, still_holds
from domain.plan import BY_HAND, Action, Plan, PlanItem, PlanState, Verdict, fingerprint
from domain.ports import HasCompanies, HasUsers, Kind, UpstreamCompany
from domain.roles import SYSTEM, Actor
from flows import giving_up, groups, made, passwords, run_people, starting, sync_mapped, undo
from flows.context import Context, Steps
from flows.imports import drawn
from flows.patience import GaveUp, patiently
from flows.reading import AnyPage, plan_digest, plan_scope, read_page
from storage.store import Work
from storage.upstream import company as upstream_company

BATCH = 1000


def apply(context: Context, steps: Steps, plan_id: str) -> None:
    """Job "apply": from APPROVED over RUNNING to DONE; VOID when it no longer holds, FAILED with what was kept."""
    plan = drawn(context, plan_id)
    if plan.state not in (PlanState.APPROVED, PlanState.RUNNING):
        _say_how_it_ended(context, plan)  # a process died between the last write and the last word
        return
    try:
        held = patiently(
            steps, "check", lambda: _check(context, plan), partial(_say_waiting, context, plan_id)
        )
        void = held["void"] or starting.start(context, steps, plan, partial(_say_waiting, context, plan_id))
        if void:
            _end(context, plan, PlanState.APPROVED, PlanState.VOID, void)
        else:
            _write(context, steps, plan)
            steps("finish", lambda: _finish(context, plan_id))
            _put_off_the_rest(context, plan)
    except GaveUp as error:
        giving_up.note(context, plan, error)
        _stop(context, plan, error.said)
    except GangwayError as error:
        _stop(context, plan, error.said)
    context.tell.plan(plan_id, final=True)


# --- does it still hold? -----------------------------------------------------------------------------------------


def _check(context: Context, plan: Plan) -> Mapping[str, Any]:
    """{"void": the reason, or ""}: the mapping, the stored items and the source are all as they were approved."""
    if drawn(context, plan.id).state is PlanState.RUNNING:
        return {"void": ""}  # it was checked before it began, and what differs now may be its own doing
    if plan.link_id is not None:
        with context.store.work() as work:
            if not still_holds(plan.link_version, work.links.get(plan.link_id)):
                return {"void": "The mapping was changed after this was approved. Nothing was changed; preview again."}
    if plan_digest(context, plan.id) != plan.digest:
        return {"void": "The stored preview is not the one that was approved. Nothing was changed; preview again."}
    asks_the_source = not plan.undo_of and plan.connection_id != BY_HAND
    if asks_the_source and plan.decided_by != SYSTEM.user_id and _source_moved(context, plan):
        return {"void": f"{plan.source_title} changed after this preview was made. Nothing was changed; preview again."}
    return {"void": ""}


def _source_moved(context: Context, plan: Plan) -> bool:
    """Whether the source says something else now than when it was read.

    What fits one page is read again, and so is all that a source without a clock gave. More than that is asked for by
    modification date, which costs a call or two.
    Records of passwords are all read again: no date can be asked for, and their lists are cheap beside their values.
    """
    source = context.sources.of(plan.connection_id)
    is_short = (plan.read_total or plan.read_rows) <= source.page_size
    if is_short or not plan.as_of or plan.kind in (Kind.STAFF, Kind.PASSWORDS, Kind.GROUPS):
        return _reread_differs(context, plan)
    page: AnyPage
    cursor: str | None = None
    while True:
        if plan.kind is Kind.COMPANIES:
            assert isinstance(source, HasCompanies)
            page = source.companies_changed(plan.as_of, cursor)
        else:
            assert isinstance(source, HasUsers)
            page = source.users_changed(plan_scope(context, plan), plan.as_of, cursor)
        if _differs(context, plan, page) or _other_total(plan, page.total):
            return True
        cursor = page.next
        if cursor is None:
            return False


def _reread_differs(context: Context, plan: Plan) -> bool:
    cursor: str | None = None
    seen = 0
    while True:
        page = read_page(context, plan, cursor)
        seen += len(page.rows) + len(page.bad)
        if _differs(context, plan, page):
            return True
        cursor = page.next
        if cursor is None:
            return plan.selection is None and seen != plan.read_rows


def _other_total(plan: Plan, total: int | None) -> bool:
    """Whether rows came or went: the source counts others than were read, or counted fewer at the end of the read."""
    if plan.selection is not None or total is None:
        return False
    read = plan.read_rows if plan.read_total is None else plan.read_total
    return total != read or plan.read_rows > read


def _differs(context: Context, plan: Plan, page: AnyPage) -> bool:
    with context.store.work() as work:
        known = work.plans.by_external(plan.id, [row.id for row in page.rows])
    for row in page.rows:
        if row.id not in known:
            if plan.selection is None:
                return True
        elif fingerprint(dataclasses.asdict(row)) != fingerprint(known[row.id].row):
            return True
    return False


# --- writing -----------------------------------------------------------------------------------------------------


def _write(context: Context, steps: Steps, plan: Plan) -> None:
    if plan.kind is Kind.PASSWORDS and not plan.undo_of:
        passwords.write(context, steps, plan, partial(_say, context, plan.id))
        return
    after, number = -1, 0
    while True:
        number += 1
        write = undo.write_batch if plan.undo_of else _write_batch
        told = steps(f"write {number}", partial(write, context, plan, after))
        if "stop" in told:
            raise GaveUp(told["stop"])
        context.tell.plan(plan.id)
        if told["last"] is None:
            return
        after = told["last"]


def _write_batch(context: Context, plan: Plan, after: int) -> Mapping[str, Any]:
    with context.store.write() as work:
        items = work.plans.batch(plan.id, after, BATCH)
        if not items:
            return {"last": None}
        if plan.link_id is not None and not still_holds(plan.link_version, work.links.get(plan.link_id)):
            return {
                "stop": "The mapping was changed while this ran, so it was stopped. What was imported before stays; preview again for the rest."
            }
        if plan.kind is Kind.COMPANIES:
            left = _write_companies(context, work, plan, items)
        elif plan.kind is Kind.GROUPS:
            left = groups.write(work, plan, items)
        else:
            left = run_people.write(context, work, plan, items)
        if left:  # the outcome counts what was done
            work.plans.judge(plan.id, left)
            work.plans.note(plan.id, counts=dataclasses.asdict(work.plans.tally(plan.id)))
        work.plans.note(plan.id, done_rows=items[-1].seq + 1)
    return {"last": items[-1].seq}


def _write_companies(context: Context, work: Work, plan: Plan, items: tuple[PlanItem, ...]) -> dict[int, Verdict]:
    """Returns what could not be written as approved, by the rows' numbers."""
    now = context.clock()
    rows = {item.seq: upstream_company(dict(item.row)) for item in items if "bad" not in item.row}
    left = _not_free(work, plan, items, rows)
    items = tuple(item for item in items if item.seq not in left)
    new = [item for item in items if item.verdict.action is Action.NEW or item.verdict.waits]
    fresh = [made.company(item.verdict.target, rows[item.seq]) for item in new]
    work.companies.add_many([(company, company.name.casefold()) for company in fresh], now, plan.id)
    changed = [item for item in items if item.verdict.action is Action.CHANGED]
    joined = [item for item in changed if not item.verdict.changes]
    links = [_new_link(context, plan, rows[item.seq], item.verdict.target) for item in (*new, *joined)]
    work.links.add_many(links, "imported", plan.decided_by, now)
    for item in changed:
        _change_company(work, plan, item, rows[item.seq])
    return left


def _not_free(
    work: Work, plan: Plan, items: tuple[PlanItem, ...], rows: Mapping[int, UpstreamCompany]
) -> dict[int, Verdict]:
    """Rows whose web address, company or record got another place since: by hand, for runs start one at a time."""
    to_do = [item for item in items if item.verdict.action in (Action.NEW, Action.CHANGED) or item.verdict.waits]
    webs = {item.seq: judge_companies.match_key(rows[item.seq]) for item in to_do}
    owners = work.companies.by_domains([web for web in webs.values() if web])
    mapped = work.links.of_upstreams(plan.connection_id, [rows[item.seq].id for item in to_do])
    joined = [item.verdict.target for item in to_do if item.verdict.action is Action.CHANGED and not item.verdict.changes]
    there, taken = work.companies.of(joined), work.links.of_companies(plan.connection_id, joined)
    left = {}
    for item in to_do:
        target, link, owner = item.verdict.target, mapped.get(rows[item.seq].id), owners.get(webs[item.seq])
        why = ""
        if link is not None and (target != link.company_id):
            why = "Was mapped to another company after the preview."
        elif owner is not None and owner.id != target and (item.verdict.action is Action.NEW or "web address" in item.verdict.changes):
            why = f"{owner.name} has this web address since the preview."
        elif target in joined and link is None and (target not in there or target in taken):
            why = "The company it belongs to was mapped otherwise or removed after the preview."
        elif item.verdict.changes and link is None:
            why = "Is not mapped any more."
        if why:
            left[item.seq] = Verdict(Action.HELD, f"{why} Preview again.", target)
    return left


def _new_link(context: Context, plan: Plan, row: UpstreamCompany, company_id: str) -> Link:
    return Link(context.new_id(), plan.connection_id, company_id, row.id, row.name, 1)


def _change_company(work: Work, plan: Plan, item: PlanItem, row: UpstreamCompany) -> None:
    link = work.links.of_upstream(plan.connection_id, row.id)
    if link is None:
        return
    if "name" in item.verdict.changes:
        work.companies.rename(link.company_id, row.name.strip(), row.name.strip().casefold())
        work.links.rename(link.id, row.name)
    domain = judge_companies.usable_domain(row) if "web address" in item.verdict.changes else None
    if domain is not None and work.companies.by_domain(domain.ascii) is None:
        work.companies.set_domain(link.company_id, domain.ascii, row.web.strip())


# --- the end -----------------------------------------------------------------------------------------------------


def _finish(context: Context, plan_id: str) -> bool:
    plan = drawn(context, plan_id)
    now = context.clock()
    who = Actor(plan.decided_by, plan.decided_by_name, None)
    with context.store.write() as work:
        said, counts = undo.finished(work, plan) if plan.undo_of else (_outcome(plan), plan.counts)
        ended = {"finished_at": now, "note": said, "counts": dataclasses.asdict(counts)}
        if not work.plans.move(plan_id, PlanState.RUNNING, PlanState.DONE, **ended):
            return False
        what = "undo" if plan.undo_of else "import"
        waiting = f" {counts.waiting} of them wait for a domain." if counts.waiting and not plan.undo_of else ""
        said = f"{plan.kind.value} from {plan.source_title}: {said}{waiting}"
        work.journal.write(now, who, what, said, plan.company_id, plan_id)
    return True


def _say_how_it_ended(context: Context, plan: Plan) -> None:
    if plan.state is PlanState.DONE:
        _put_off_the_rest(context, plan)
    context.tell.plan(plan.id, final=True)


_NOUNS = {
    Kind.COMPANIES: ("company", "companies"),
    Kind.STAFF: ("staff", "staff"),
    Kind.PASSWORDS: ("password", "passwords"),
    Kind.GROUPS: ("group", "groups"),
}


def _outcome(plan: Plan) -> str:
    """What the run did, in a sentence. How many wait for a domain changes later: the message counts them anew."""
    counts = plan.counts
    new = counts.new + counts.waiting
    one, many = _NOUNS.get(plan.kind, ("person", "people"))
    parts = [f"{new} {one if new == 1 else many} imported"]
    parts += [f"{counts.changed} changed"] if counts.changed else []
    left = counts.held - counts.waiting + counts.conflict
    parts += [f"{left} left out, with the reasons under See all changes"] if left else []
    return ", ".join(parts) + "."


def _put_off_the_rest(context: Context, plan: Plan) -> None:
    """New companies want suggestions at every source, and what is synced of companies; new people want their mail."""
    if plan.kind is Kind.COMPANIES:
        sync_mapped.ask(context, plan.connection_id)
        for connection in _connections(context):
            context.jobs.enqueue("suggest", f"suggest-{connection}-{plan.id}", connection, connection)
    elif plan.kind in (Kind.STAFF, Kind.USERS):
        context.jobs.enqueue("deliver", f"deliver-{plan.id}", plan.id, "mail")


def _connections(context: Context) -> list[str]:
    with context.store.work() as work:
        return [connection.id for connection in work.connections.all() if connection.trouble != "disconnected"]


def _say_waiting(context: Context, plan_id: str, said: str, _wait: float) -> None:
    _say(context, plan_id, said)


def _say(context: Context, plan_id: str, said: str) -> None:
    with context.store.write() as work:
        work.plans.note(plan_id, note=f"{said} Going on by itself.")
    context.tell.plan(plan_id)


def _end(context: Context, plan: Plan, before: PlanState, after: PlanState, said: str) -> bool:
    now = context.clock()
    with context.store.write() as work:
        moved = work.plans.move(plan.id, before, after, note=said, finished_at=now)
        if moved:
            who = Actor(plan.decided_by, plan.decided_by_name, None)
            work.journal.write(now, who, "import stopped", said, plan.company_id, plan.id)
        return moved


def _stop(context: Context, plan: Plan, said: str) -> None:
    if not _end(context, plan, PlanState.APPROVED, PlanState.FAILED, said):
        _end(context, plan, PlanState.RUNNING, PlanState.FAILED, said)


def broke(context: Context, plan_id: str, reference: str) -> None:
    """A job broke in a way nobody foresaw: the plan ends with a sentence and the number under which the log has it."""
    plan = drawn(context, plan_id)
    kept = "What was imported before stays; preview again for the rest."
    if plan.undo_of:
        kept = "What was taken back before stays taken back; press Undo on the run again for the rest."
    said = f"Something broke on our side (reference {reference}). {kept}"
    for before in (PlanState.PREPARING, PlanState.APPROVED, PlanState.RUNNING):
        _end(context, plan, before, PlanState.FAILED, said)
    context.tell.plan(plan_id, final=True)

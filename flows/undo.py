"""Taking a whole run back: a plan of its own, previewed, approved and run as any other.

`propose` judges every item of the run against what stands there now; `write_batch` judges again inside the very
transaction that takes away, so that nothing goes that was touched between the preview and the run.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain import four_eyes, judge_people
from domain import undo as rules
from domain.errors import NotAllowed, TellPerson
from domain.invitation import InvitationState
from domain.plan import Action, Counts, Plan, PlanItem, PlanState, count, digest
from domain.ports import Kind
from domain.roles import Act
from flows import imports, judging
from flows.context import Context
from flows.desk import Desk
from flows.undo_judging import fold, judged, verdicts_of
from storage.store import Work

BATCH = 500
SHOWN = 5


def propose(context: Context, desk: Desk, plan_id: str) -> Plan:
    """The plan that takes a run back, waiting for approval at once. Raises TellPerson where that is not possible."""
    desk.require(Act.IMPORT)
    original = imports.one(context, desk, plan_id)
    now = context.clock()
    rules.may_begin(original, _standing(context, plan_id), now)
    items = judged(context, original)
    counts = count(item.verdict for item in items)
    plan = _plan(context, desk, original, counts, len(items))
    if not counts.to_do:
        plan = dataclasses.replace(plan, state=PlanState.VOID, note=_nothing(items), finished_at=now)
    with context.store.write() as work:
        if not work.plans.add_undo(dataclasses.replace(plan, needs_second=_needs_second(work, counts))):
            raise TellPerson("This run is being undone already. A run is undone once.")
        work.plans.stage(plan.id, [(one.seq, one.external_id, one.label, one.detail, one.row, "") for one in items])
        work.plans.judge(plan.id, {one.seq: one.verdict for one in items})
        work.plans.note(plan.id, digest=digest(work.plans.lines(plan.id), None, 0))
        said = f"An undo of {original.kind.value} from {original.source_title} was asked for: {rules.outcome(counts)}"
        work.journal.write(now, desk.actor, "undo asked for", said, plan.company_id, plan.id, {"undo_of": plan_id})
    return imports.drawn(context, plan.id)


def _standing(context: Context, plan_id: str) -> Plan | None:
    """The undo that holds the run's place. A preview nobody decided on in time gives it up."""
    now = context.clock()
    with context.store.write() as work:
        found = work.plans.undos([plan_id]).get(plan_id)
        if found is None or found.state is not PlanState.PROPOSED or not four_eyes.too_old(found.requested_at, now):
            return found
        note = "Nobody decided within 24 hours, so this is void. Nothing was changed."
        work.plans.move(found.id, PlanState.PROPOSED, PlanState.VOID, note=note, finished_at=now)
    context.tell.plan(found.id, final=True)
    return None


def _nothing(items: Sequence[PlanItem]) -> str:
    named = "; ".join(f"{item.label}: {item.verdict.reason}" for item in items[:SHOWN])
    more = f" … and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return f"Nothing can be taken back. {named}{more}"


def _needs_second(work: Work, counts: Counts) -> bool:
    risky = four_eyes.needs_second(four_eyes.Risky.UNDO, work.settings.four_eyes(), counts.to_do)
    return risky or (work.settings.second_person() and counts.to_do > 0)


def possible(context: Context, plans: Sequence[Plan]) -> frozenset[str]:
    """Ids of the runs that can be taken back now."""
    now = context.clock()
    able = [plan.id for plan in plans if rules.possible(plan, now)]
    with context.store.work() as work:
        return frozenset(able) - frozenset(work.plans.undos(able)) if able else frozenset()


def _plan(context: Context, desk: Desk, original: Plan, counts: Counts, rows: int) -> Plan:
    return Plan(
        id=context.new_id(),
        kind=original.kind,
        connection_id=original.connection_id,
        source_title=original.source_title,
        company_id=original.company_id,
        company_name=original.company_name,
        link_id=None,  # it takes away what came, whatever the mapping has become
        link_version=0,
        state=PlanState.PROPOSED,
        requested_by=desk.actor.user_id,
        requested_by_name=desk.actor.name,
        requested_at=context.clock(),
        needs_second=False,
        counts=counts,
        digest="",  # when its rows are stored
        read_rows=rows,
        undo_of=original.id,
    )


# --- taking back -------------------------------------------------------------------------------------------------

def write_batch(context: Context, plan: Plan, after: int) -> Mapping[str, Any]:
    """One transaction. Done already (a process died before it could remember), it changes nothing."""
    told: list[Callable[[], None]] = []
    with context.store.write() as work:
        items = work.plans.batch(plan.id, after, BATCH)
        if not items:
            return {"last": None}
        fresh = work.plans.get(plan.id)
        if fresh is not None and fresh.done_rows <= items[0].seq:
            told = _take_back(context, work, fresh, items)
            work.plans.note(plan.id, done_rows=items[-1].seq + 1)
    for tell in told:
        tell()
    return {"last": items[-1].seq}


def _take_back(context: Context, work: Work, plan: Plan, items: Sequence[PlanItem]) -> list[Callable[[], None]]:
    original = work.plans.get(plan.undo_of)
    if original is None:
        raise NotAllowed(imports.NOT_THERE)
    first = work.plans.by_external(original.id, [item.external_id for item in items])
    present = verdicts_of(context, work, original, list(first.values()), hold=True)
    verdicts = {
        item.seq: rules.bolder(item.verdict, present[first[item.external_id].seq])
        for item in items
        if item.external_id in first
    }
    work.plans.judge(plan.id, verdicts)
    gone = [item for item in items if verdicts[item.seq].action is Action.NEW]
    back = [item for item in items if verdicts[item.seq].action is Action.CHANGED]
    if plan.kind is Kind.COMPANIES:
        return _take_companies(context, work, original, gone, back)
    if plan.kind is Kind.GROUPS:
        work.groups.remove([item.verdict.target for item in gone])
        return []
    if plan.kind is Kind.PASSWORDS:
        work.before.restore(original.id, [item.verdict.target for item in back])
        work.undoing.remove_entries([item.verdict.target for item in gone])
        work.undoing.sweep_folders(original.company_id or work.companies.own().id)
        return []
    return _take_people(context, work, original, gone, back, first)


def _take_people(
    context: Context,
    work: Work,
    original: Plan,
    gone: Sequence[PlanItem],
    back: Sequence[PlanItem],
    first: Mapping[str, PlanItem],
) -> list[Callable[[], None]]:
    work.groups.leave([item.verdict.target for item in gone], original.id)
    work.undoing.remove_people([item.verdict.target for item in gone])
    kind = judging.person_kind(original)
    for item in back:
        _restore_person(context, work, item)
        if judge_people.adds_source(first[item.external_id].verdict):
            origin = work.people.by_external(original.connection_id, kind, [item.external_id]).get(item.external_id)
            if origin is not None and origin[1].plan_id == original.id:
                work.undoing.remove_origin(origin[1])
    people = [item.verdict.target for item in (*gone, *back)]
    return [lambda person_id=person_id: context.tell.person(person_id) for person_id in people[:100]]  # type: ignore[misc]


def _restore_person(context: Context, work: Work, item: PlanItem) -> None:
    person = work.people.get(item.verdict.target)
    if person is None or not item.verdict.changes:
        return
    old = {name: pair[1] for name, pair in item.verdict.changes.items()}
    email = old.get("e-mail", person.email)
    folded = fold(email) if "e-mail" in old else person.email_fold
    first, last = old.get("first name", person.first_name), old.get("last name", person.last_name)
    title = old.get("title", person.title)
    work.people.change_many(
        [dataclasses.replace(person, email=email, email_fold=folded, first_name=first, last_name=last, title=title)]
    )
    invitation = work.invitations.of_person(person.id) if "e-mail" in old else None
    if invitation is not None and invitation.state not in (InvitationState.ACCEPTED, InvitationState.UNINVITED):
        # The link at the address of the run is dead; the one they had before gets a new link.
        work.invitations.renew(invitation, InvitationState.QUEUED if context.mailer else InvitationState.HELD)


def _take_companies(
    context: Context, work: Work, original: Plan, gone: Sequence[PlanItem], back: Sequence[PlanItem]
) -> list[Callable[[], None]]:
    voided: list[str] = []
    work.undoing.remove_companies([item.verdict.target for item in gone])
    for item in back:
        changes, company_id = item.verdict.changes, item.verdict.target
        if "name" in changes:
            work.companies.rename(company_id, changes["name"][1], changes["name"][1].casefold())
        if "web address" in changes:
            work.companies.set_domain(company_id, changes["web address"][1] or None, changes["web address"][1])
        if not changes:
            link = work.links.of_upstream(original.connection_id, item.external_id)
            if link is not None and link.company_id == company_id:
                voided += work.plans.void_of_link(link.id, "The mapping was taken back.", context.clock())
                work.undoing.remove_link(link.id)
    return [lambda plan_id=plan_id: context.tell.plan(plan_id, final=True) for plan_id in voided]  # type: ignore[misc]


def forget(context: Context) -> None:
    """What the clock calls: what runs replaced in the vault is kept no longer than it can be given back."""
    now = context.clock()
    with context.store.write() as work:
        for company_id in work.before.forget(now - rules.WINDOW, now - four_eyes.LASTS):
            work.undoing.sweep_folders(company_id)


def finished(work: Work, plan: Plan) -> tuple[str, Counts]:
    """What the undo did, in a sentence, and its counts: rows touched since the preview were kept after all."""
    counts = work.plans.tally(plan.id)
    return rules.outcome(counts), counts

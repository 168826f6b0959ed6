"""Groups of the MSP's own people: judging what a source has, writing it, and taking it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import judge_groups
from domain.group import Group, fold, tidy
from domain.person import Person, PersonKind
from domain.plan import Action, Plan, PlanItem, Verdict
from domain.ports import UpstreamGroup
from flows.context import Context
from storage.store import Work

CHANGED_HERE = "Cannot be taken back: who was in it before was not kept. Import groups again to follow the source."


def upstream_group(row: Mapping[str, Any]) -> UpstreamGroup:
    """The staged row as the value it was made from (JSON turned its tuples into lists)."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return UpstreamGroup(**values)


def judge(
    context: Context, work: Work, plan: Plan, items: Sequence[PlanItem], twins: Mapping[str, Sequence[int]]
) -> dict[int, Verdict]:
    rows = {item.seq: upstream_group(item.row) for item in items}
    by_id = work.groups.by_external(plan.connection_id, [row.id for row in rows.values()])
    by_name = work.groups.by_name(work.companies.own().id, [fold(row.name) for row in rows.values()])
    members = work.groups.members([group.id for group in (*by_id.values(), *by_name.values())])
    listed = work.plans.by_external(plan.id, [group.external_id or "" for group in by_name.values()])
    people = _people(work, plan, list(rows.values()))
    verdicts = {}
    for seq, row in rows.items():
        there, holder = by_id.get(row.id), by_name.get(fold(row.name))
        group = there or holder
        known = judge_groups.Known(
            by_id=there,
            by_name=holder,
            is_name_free=_is_free(plan, holder, listed),
            members=members.get(group.id, ()) if group else (),
            here={id_: people[id_] for id_ in row.member_ids if id_ in people},
            twin_label=_earlier(work, plan, row, seq, twins),
        )
        verdicts[seq] = judge_groups.judge(row, known, plan.source_title, context.new_id())
    return verdicts


def _people(work: Work, plan: Plan, rows: Sequence[UpstreamGroup]) -> dict[str, Person]:
    """Upstream id → the person of ours, of everybody in these groups; the MSP's own only."""
    own = work.companies.own().id
    wanted = sorted({id_ for row in rows for id_ in row.member_ids})
    found = work.people.by_external(plan.connection_id, PersonKind.STAFF, wanted)
    return {id_: person for id_, (person, _origin) in found.items() if person.company_id == own}


def _is_free(plan: Plan, holder: Group | None, listed: Mapping[str, PlanItem]) -> bool:
    """Whether what has the name came from this source and is gone there; a narrowed list cannot tell."""
    if holder is None or holder.connection_id != plan.connection_id or plan.selection is not None:
        return False
    return holder.external_id not in listed


def _earlier(work: Work, plan: Plan, row: UpstreamGroup, seq: int, twins: Mapping[str, Sequence[int]]) -> str:
    """The label of an earlier row with the same name; "" for the first one itself."""
    numbers = twins.get(judge_groups.match_key(row), (seq,))
    if numbers[0] == seq:
        return ""
    return next(item.label for item in work.plans.batch(plan.id, numbers[0] - 1, 1))


def write(work: Work, plan: Plan, items: Sequence[PlanItem]) -> dict[int, Verdict]:
    """Groups with their members. Returns what could not be written as approved, by the rows' numbers."""
    own = work.companies.own().id
    touched = [item for item in items if item.verdict.action in (Action.NEW, Action.CHANGED)]
    rows = {item.seq: upstream_group(item.row) for item in touched}
    people = _people(work, plan, list(rows.values()))
    named = work.groups.by_name(own, [fold(row.name) for row in rows.values()])
    known = work.groups.by_external(plan.connection_id, [row.id for row in rows.values()])
    left = {}
    for item in touched:
        row = rows[item.seq]
        there = [group for group in (named.get(fold(row.name)), known.get(row.id)) if group is not None]
        if any(group.id != item.verdict.target for group in there):
            left[item.seq] = Verdict(Action.HELD, "Another group has its name or its record since the preview. Preview again.")
            continue
        group = Group(item.verdict.target, own, tidy(row.name), plan.connection_id, row.id, plan.id)
        work.groups.put(group, [people[id_].id for id_ in row.member_ids if id_ in people])
    return left


def undo_verdicts(work: Work, original: Plan, items: Sequence[PlanItem]) -> dict[int, Verdict]:
    """Item number → what happens to it when its run is taken back."""
    standing = work.groups.of([item.verdict.target for item in items])
    return {item.seq: _undone(original, item, standing.get(item.verdict.target)) for item in items}


def _undone(original: Plan, item: PlanItem, now: Group | None) -> Verdict:
    if now is None:
        return Verdict(Action.UNCHANGED, "Is not here any more.")
    if item.verdict.action is Action.CHANGED:
        return Verdict(Action.HELD, CHANGED_HERE, now.id)
    if now.plan_id != original.id:
        return Verdict(Action.HELD, "Was here before this run, or was changed by a later one.", now.id)
    return Verdict(Action.NEW, "Came with this run; nobody who was in it goes.", now.id)

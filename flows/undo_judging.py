"""Judging a run's items for its undo: look up what stands there now, ask the domain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from domain import judge_people
from domain import undo as rules
from domain.plan import Action, Plan, PlanItem, Verdict
from domain.ports import Kind
from flows import groups, judging, made
from flows.connect import titled
from flows.context import Context
from flows.reading import every_item
from storage.people import Origin
from storage.store import Work
from storage.undoing import CompanyStanding, LinkStanding, PersonStanding, is_live

BATCH = 500
_DID = (Action.NEW, Action.CHANGED)

def judged(context: Context, original: Plan) -> list[PlanItem]:
    """What the run did, row by row, with what would happen to each."""
    found: list[PlanItem] = []
    did = (item for item in every_item(context, original.id) if item.verdict.action in _DID or item.verdict.waits)
    for batch in _batches(did):
        with context.store.work() as work:
            verdicts = verdicts_of(context, work, original, batch, hold=False)
        for item in batch:
            found.append(replace(item, seq=len(found), verdict=verdicts[item.seq]))
    return found


def _batches(items: Iterator[PlanItem]) -> Iterator[list[PlanItem]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def verdicts_of(context: Context, work: Work, original: Plan, items: Sequence[PlanItem], hold: bool) -> dict[int, Verdict]:
    """`items` are the run's own. Item number → what happens to it now."""
    if original.kind is Kind.COMPANIES:
        return _companies(work, original, items, hold)
    if original.kind in (Kind.USERS, Kind.STAFF):
        return _people(context, work, original, items, hold)
    if original.kind is Kind.PASSWORDS:
        return _entries(work, original, items, hold)
    return groups.undo_verdicts(work, original, items)


def _people(context: Context, work: Work, original: Plan, items: Sequence[PlanItem], hold: bool) -> dict[int, Verdict]:
    company_id = original.company_id or work.companies.own().id
    kind = judging.person_kind(original)
    standing = work.undoing.people([item.verdict.target for item in items], hold)
    titles = {connection.id: titled(context, connection).title for connection in work.connections.all()}
    verdicts = {}
    for item in items:
        there = standing.get(item.verdict.target)
        if there is not None and there.person.company_id != company_id:
            there = None  # never another company's, whatever a stored row says
        now = None if there is None else _person_now(work, original, item, there, titles)
        if now is not None and "groups" in item.verdict.changes:
            said = "Was put into groups, which is not taken back."
            verdicts[item.seq] = Verdict(Action.HELD, said, item.verdict.target)
        elif item.verdict.action is Action.NEW:
            left = made.person(item.verdict.target, judging.upstream_person(item.row), company_id, kind, original.role)
            verdicts[item.seq] = rules.judge_made_person(original, left, now)
        else:
            added = judge_people.adds_source(item.verdict)
            verdicts[item.seq] = rules.judge_changed_person(original, item.verdict.changes, added, now)
    return verdicts


def _person_now(
    work: Work, original: Plan, item: PlanItem, there: PersonStanding, titles: Mapping[str, str]
) -> rules.PersonNow:
    since = tuple(
        sorted(
            {
                titles.get(origin.connection_id, "another source")
                for origin in there.origins
                if not _is_of(origin, original, item) or origin.plan_id != original.id
            }
        )
    )
    if item.verdict.action is Action.CHANGED:  # only whether this very origin was told of again matters
        mine = next((origin for origin in there.origins if _is_of(origin, original, item)), None)
        since = () if mine is not None and mine.plan_id == original.id else (original.source_title,)
    holder = ""
    if "e-mail" in item.verdict.changes:
        key = fold(item.verdict.changes["e-mail"][0])
        found = work.people.by_email(there.person.company_id, [key]).get(key)
        holder = found.name if found is not None and found.id != there.person.id else ""
    return rules.PersonNow(there.person, there.made_by, there.invitation, since, there.things, holder)


def _is_of(origin: Origin, original: Plan, item: PlanItem) -> bool:
    return (origin.connection_id, origin.external_id) == (original.connection_id, item.external_id)


def fold(address: str) -> str:
    return judge_people.match_key(judging.upstream_person({"id": "", "company_id": None, "email": address}))


def _companies(work: Work, original: Plan, items: Sequence[PlanItem], hold: bool) -> dict[int, Verdict]:
    standing = work.undoing.companies([item.verdict.target for item in items], hold)
    verdicts = {}
    for item in items:
        there = standing.get(item.verdict.target)
        now = None if there is None else _company_now(original, item, there)
        if item.verdict.action is Action.CHANGED:
            verdicts[item.seq] = rules.judge_changed_company(original, item.verdict.changes, now)
        else:
            left = made.company(item.verdict.target, made.company_row(item.row))
            verdicts[item.seq] = rules.judge_made_company(original, left, now)
    return verdicts


def _company_now(original: Plan, item: PlanItem, there: CompanyStanding) -> rules.CompanyNow:
    links = tuple(
        rules.LinkNow(
            one.link.id, one.link.external_name, _is_by(original, one), one.used, _is_here(original, item, one)
        )
        for one in there.links
        if item.verdict.action is not Action.CHANGED or is_live(one.link)
    )
    return rules.CompanyNow(there.company, there.made_by, links, there.things)


def _is_here(original: Plan, item: PlanItem, one: LinkStanding) -> bool:
    there = (one.link.connection_id, one.link.external_id) == (original.connection_id, item.external_id)
    return there and is_live(one.link)


def _is_by(original: Plan, one: LinkStanding) -> bool:
    return one.reason == "imported" and one.decided_by == original.decided_by


def _entries(work: Work, original: Plan, items: Sequence[PlanItem], hold: bool) -> dict[int, Verdict]:
    verdicts, ids = {}, [item.verdict.target for item in items]
    if hold:
        work.before.hold(ids)
    kept = work.before.kept(original.id, ids)
    for item in items:
        now = work.entries.get(item.verdict.target) if item.verdict.target else None
        if now is not None and now.company_id != (original.company_id or work.companies.own().id):
            now = None
        if item.verdict.action is Action.NEW:
            verdicts[item.seq] = rules.judge_made_entry(original, now)
        else:
            verdicts[item.seq] = rules.judge_changed_entry(original, now, item.verdict.target in kept)
    return verdicts

"""Judging a plan's rows, batch by batch: look up what is known, ask the domain, keep the verdict."""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from domain import judge_companies, judge_passwords, judge_people
from domain.isolation import Link, LinkState
from domain.matching import Managed, Match, Taken, match_new
from domain.ownership import Claim, overruled_by
from domain.person import PersonKind
from domain.plan import BY_HAND, Action, Counts, Plan, PlanItem, Verdict, count
from domain.ports import Kind, UpstreamPassword, UpstreamPerson
from flows import company_filter, groups, sources
from flows.context import Context, Steps
from flows.judging_by_hand import judge_rows
from storage.people import Origin
from storage.store import Work
from storage.upstream import company as upstream_company

BATCH = 500


def judge_all(context: Context, steps: Steps, plan: Plan) -> Counts:
    """Judge every row; returns the counts. Each batch is one remembered step."""
    with context.store.work() as work:
        twins = work.plans.twins(plan.id)
    likenesses = likenesses_of(context, plan) if plan.kind is Kind.COMPANIES else {}
    total, after, number = Counts(), -1, 0
    while True:
        number += 1
        told = steps(f"judge {number}", partial(_judge_batch, context, plan, after, twins, likenesses))
        if told["last"] is None:
            return total
        after = told["last"]
        total = total.plus(Counts(**told["counts"]))


def _judge_batch(
    context: Context,
    plan: Plan,
    after: int,
    twins: Mapping[str, Sequence[int]],
    likenesses: Mapping[str, judge_companies.Likeness],
) -> Mapping[str, Any]:
    with context.store.write() as work:
        items = work.plans.batch(plan.id, after, BATCH)
        if not items:
            return {"last": None}
        unread = {item.seq: bad(plan, item.row) for item in items if "bad" in item.row}
        good = [item for item in items if "bad" not in item.row]
        verdicts = judge_items(context, work, plan, good, twins, likenesses) | unread
        work.plans.judge(plan.id, verdicts)
    return {"last": items[-1].seq, "counts": dataclasses.asdict(count(verdicts.values()))}


def judge_items(
    context: Context,
    work: Work,
    plan: Plan,
    items: Sequence[PlanItem],
    twins: Mapping[str, Sequence[int]],
    likenesses: Mapping[str, judge_companies.Likeness],
) -> dict[int, Verdict]:
    """Judge rows that could be read by what is known now; nothing is kept. Item number → what would happen to it."""
    if plan.kind is Kind.COMPANIES:
        return _judge_companies(context, work, plan, items, twins, likenesses)
    if plan.kind is Kind.PASSWORDS:
        return _judge_passwords(context, work, plan, items, twins)
    if plan.kind is Kind.GROUPS:
        return groups.judge(context, work, plan, items, twins)
    if plan.connection_id == BY_HAND:
        return judge_rows(context, work, plan, items, twins)
    return _judge_people(context, work, plan, items, twins)


def bad(plan: Plan, row: Mapping[str, object]) -> Verdict:
    """A row that could not be understood is held; typed rows say themselves where they stand."""
    why = str(row["bad"])
    if plan.connection_id == BY_HAND:
        return Verdict(Action.HELD, why)
    return Verdict(Action.HELD, f"Could not be read: {why.rstrip('.')}. Correct it in {plan.source_title}.")


# --- people ------------------------------------------------------------------------------------------------------


def person_kind(plan: Plan) -> PersonKind:
    return PersonKind.STAFF if plan.kind is Kind.STAFF else PersonKind.END_USER


def upstream_person(row: Mapping[str, Any]) -> UpstreamPerson:
    """The staged row as the value it was made from. A typed row has more to say than a source's, which is left out."""
    return msgspec.convert(row, UpstreamPerson)


def _judge_people(
    context: Context, work: Work, plan: Plan, items: Sequence[PlanItem], twins: Mapping[str, Sequence[int]]
) -> dict[int, Verdict]:
    firsts = _first_labels(work, plan.id, {item.match_key: twins[item.match_key] for item in items if item.match_key in twins})
    return judge_people_now(
        context,
        work,
        plan,
        {item.seq: (upstream_person(item.row), item.match_key) for item in items},
        {key: (twins[key][0], label) for key, label in firsts.items()},
    )


def judge_people_now(
    context: Context,
    work: Work,
    plan: Plan,
    rows: Mapping[int, tuple[UpstreamPerson, str]],
    firsts: Mapping[str, tuple[int, str]],
) -> dict[int, Verdict]:
    """Judge people by what is known of them now. `rows`: number → (row, match key); `firsts`: match key → (number, label)
    of the first row of the plan that has it, where that may be another one.
    """
    kind = person_kind(plan)
    company_id = plan.company_id or work.companies.own().id
    by_id = work.people.by_external(plan.connection_id, kind, [row.id for row, _ in rows.values()])
    by_email = work.people.by_email(company_id, [key for _, key in rows.values() if key])
    origins = work.people.origins([person.id for person in by_email.values()])
    claims = sources.claims(context, work)
    theirs_all = work.people.origins([person.id for person, _ in by_id.values()]) if len(claims) > 1 else {}
    verdicts = {}
    for seq, (row, key) in rows.items():
        person, origin = by_id.get(row.id, (None, None))
        same = by_email.get(key)
        theirs = origins.get(same.id, ()) if same else ()
        first, label = firsts.get(key, (seq, ""))
        known = judge_people.Known(
            by_id=person if origin is not None and origin.company_id == company_id else None,
            by_email=same,
            email_ids=tuple(
                o.external_id
                for o in theirs
                if o.connection_id == plan.connection_id and not o.gone and o.external_id != row.id
            ),
            email_sources=tuple(sorted({claims[o.connection_id].title for o in theirs})),
            twin_label=label if first != seq else "",
            moved_from=origin.company_id if origin is not None and origin.company_id != company_id else "",
            owner=_owner(claims, theirs_all.get(person.id, ()), plan.connection_id) if person is not None else "",
            will_own=bool(theirs) and not _owner(claims, theirs, plan.connection_id, joins=True),
        )
        verdicts[seq] = judge_people.judge(row, known, plan.source_title, context.new_id()).verdict
    return verdicts


def _owner(claims: Mapping[str, Claim], origins: Sequence[Origin], connection_id: str, joins: bool = False) -> str:
    """The source whose word on a person counts before this one's (which `joins` the others); one that has lost them has no say."""
    there = {each.connection_id for each in origins if not each.gone} | ({connection_id} if joins else set())
    return overruled_by([claims[each] for each in there if each in claims], connection_id)


def _first_labels(work: Work, plan_id: str, twins: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Match key → the label of the first row that has it."""
    return {key: item.label for key, seqs in twins.items() for item in work.plans.batch(plan_id, seqs[0] - 1, 1)}


# --- passwords ---------------------------------------------------------------------------------------------------


def upstream_password(row: Mapping[str, Any]) -> UpstreamPassword:
    """The staged record as the value it was made from (JSON turned its tuples into lists)."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return UpstreamPassword(**values)


def _judge_passwords(
    context: Context, work: Work, plan: Plan, items: Sequence[PlanItem], twins: Mapping[str, Sequence[int]]
) -> dict[int, Verdict]:
    assert plan.company_id is not None
    entries = work.entries.by_external(plan.connection_id, [item.external_id for item in items])
    chosen = set(plan.selection or ())
    verdicts = {}
    for item in items:
        row = upstream_password(item.row)
        is_twin = row.id in twins and twins[row.id][0] != item.seq
        known = judge_passwords.Known(entries.get(row.id), row.id in chosen, is_twin)
        verdicts[item.seq] = judge_passwords.judge(row, known, plan.company_id, plan.source_title, context.new_id())
    return verdicts


# --- companies ---------------------------------------------------------------------------------------------------


def managed(context: Context, work: Work, connection_id: str) -> tuple[Managed, ...]:
    """Our companies as matching sees them, with what other mappings tell of their ids at PSAs and at this source."""
    psas = {
        c.id for c in work.connections.all() if c.source in context.connectors and context.connectors[c.source].is_psa
    }
    psa_ids: dict[str, set[str]] = {}
    ids_here: dict[str, set[str]] = {}
    for link in work.links.every_live():
        if link.connection_id in psas and link.connection_id != connection_id:
            psa_ids.setdefault(link.company_id, set()).add(link.external_id)
        elif connection_id in psas and link.connection_id != connection_id:
            carried = work.upstream.get(link.connection_id, link.external_id)
            ids_here.setdefault(link.company_id, set()).update(carried.psa_ids if carried else ())
    return tuple(
        Managed(
            company.id,
            company.name,
            company.domain,
            frozenset(psa_ids.get(company.id, ())),
            frozenset(ids_here.get(company.id, ())),
            company.is_own,
        )
        for company in (*work.companies.all_clients(), work.companies.own())
    )


def taken(work: Work, connection_id: str) -> Taken:
    """What is settled at a source: mapped, or marked as not to be mapped."""
    links = work.links.live(connection_id)
    marked = work.links.not_mapped(connection_id)
    return Taken(frozenset(link.company_id for link in links) | marked, frozenset(link.external_id for link in links))


def likenesses_of(context: Context, plan: Plan) -> dict[str, judge_companies.Likeness]:
    """Upstream id → the company of ours it seems to be, for those not mapped yet."""
    with context.store.work() as work:
        ours = managed(context, work, plan.connection_id)
        upstream = work.upstream.all(plan.connection_id)
        settled = taken(work, plan.connection_id)
    names = {company.id: company.name for company in ours}
    found = match_new([row for row in upstream if not row.is_own], ours, settled, plan.source_title)
    return {external_id: _likeness(match, names) for external_id, match in found.items() if match.suggestions}


def _likeness(match: Match, names: Mapping[str, str]) -> judge_companies.Likeness:
    best = match.suggestions[0]
    doubt = f"; {best.detail}" if best.detail else ""
    return judge_companies.Likeness(
        best.company_id, names[best.company_id], best.words + doubt, match.company_id is not None
    )


def _judge_companies(
    context: Context,
    work: Work,
    plan: Plan,
    items: Sequence[PlanItem],
    twins: Mapping[str, Sequence[int]],
    likenesses: Mapping[str, judge_companies.Likeness],
) -> dict[int, Verdict]:
    rows = {item.seq: upstream_company(dict(item.row)) for item in items}
    links = work.links.of_upstreams(plan.connection_id, [row.id for row in rows.values()])
    linked = work.companies.of([link.company_id for link in links.values()])
    keys = {seq: judge_companies.match_key(row) for seq, row in rows.items()}
    owners = work.companies.by_domains([key for key in keys.values() if key])
    chosen = set(plan.selection or ())
    firsts = _first_labels(work, plan.id, {key: twins[key] for key in keys.values() if key in twins})
    wanted = company_filter.wanted(work, plan.connection_id)
    claims = sources.claims(context, work)
    everywhere = work.links.by_company(list(linked)) if len(claims) > 1 else {}
    verdicts = {}
    for seq, row in rows.items():
        link = links.get(row.id)
        owner = owners.get(keys[seq])
        known = judge_companies.Known(
            linked=linked.get(link.company_id) if link else None,
            linked_name=link.external_name if link else "",
            likeness=likenesses.get(row.id),
            domain_owner=owner.name if owner and (link is None or owner.id != link.company_id) else "",
            twin_label=_other(firsts, twins, keys[seq], seq, items),
            chosen=row.id in chosen,
            unwanted=wanted.unwanted(row),
            owner=_company_owner(claims, everywhere.get(link.company_id, ()), plan.connection_id) if link else "",
        )
        verdicts[seq] = judge_companies.judge(row, known, plan.source_title, context.new_id())
    return verdicts


def _company_owner(claims: Mapping[str, Claim], links: Sequence[Link], connection_id: str) -> str:
    active = [claims[link.connection_id] for link in links if link.state is LinkState.ACTIVE]
    return overruled_by(active, connection_id)


def _other(
    firsts: Mapping[str, str], twins: Mapping[str, Sequence[int]], key: str, seq: int, items: Sequence[PlanItem]
) -> str:
    """Any other row with the same web address: neither of two owners may win by coming first."""
    if key not in twins:
        return ""
    if twins[key][0] != seq:
        return firsts[key]
    second = [item.label for item in items if item.seq == twins[key][1]]
    return second[0] if second else "another company of this list"

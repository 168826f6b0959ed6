"""Judging rows that were typed or pasted: look up what is known of them here, ask the domain."""

from collections.abc import Mapping, Sequence

from domain import by_hand, judge_people
from domain.errors import NotAllowed
from domain.plan import Plan, PlanItem, Verdict
from domain.ports import UpstreamPerson
from flows.context import Context
from storage.store import Work


def judge_rows(
    context: Context, work: Work, plan: Plan, items: Sequence[PlanItem], twins: Mapping[str, Sequence[int]]
) -> dict[int, Verdict]:
    company = work.companies.get(plan.company_id or "")
    if company is None:
        raise NotAllowed("The company is not here any more. Nothing was changed.")
    rows = {item.seq: _row(item) for item in items}
    keys = {seq: _key(row) for seq, row in rows.items()}
    there = work.people.by_email(company.id, [key for key in keys.values() if key])
    groups = work.groups.of_people([person.id for person in there.values()])
    chosen = set(plan.selection or ())
    verdicts = {}
    for item in items:
        key = keys[item.seq]
        first = twins.get(key, (item.seq,))[0]
        label = "" if first == item.seq else next(each.label for each in work.plans.batch(plan.id, first - 1, 1))
        person = there.get(key)
        in_ = groups.get(person.id, ()) if person else ()
        known = by_hand.Known(company, person, label, item.external_id in chosen, in_)
        verdicts[item.seq] = by_hand.judge(rows[item.seq], known, context.new_id())
    return verdicts


def _row(item: PlanItem) -> by_hand.Row:
    told = {name: str(item.row.get(name, "")) for name in ("email", "first_name", "last_name", "title", "names_company")}
    return by_hand.Row(
        int(str(item.row.get("line", 0))), told["email"], told["first_name"], told["last_name"], told["title"], told["names_company"],
        groups=named_groups(item.row),
    )


def named_groups(row: Mapping[str, object]) -> tuple[str, ...]:
    """The groups a typed row wants its person in."""
    named = row.get("groups", ())
    return tuple(str(name) for name in named) if isinstance(named, (list, tuple)) else ()


def _key(row: by_hand.Row) -> str:
    return judge_people.match_key(UpstreamPerson("", None, email=row.email))

"""People by typed addresses or pasted CSV: the same preview, approval and run as from a source, without a source."""

from dataclasses import asdict, replace
from typing import Any

from domain import by_hand, judge_people
from domain.errors import TellPerson
from domain.plan import BY_HAND, Counts, Plan, PlanState
from domain.ports import Kind, UpstreamPerson
from domain.roles import Act
from flows import companies
from flows.context import Context
from flows.desk import Desk


def propose(context: Context, desk: Desk, company_words: str, text: str, is_csv: bool) -> Plan:
    """Store a plan with its rows; `imports.posted` starts the judging. Raises TellPerson with field "rows"."""
    desk.require(Act.IMPORT)
    company = companies.meant(context, desk, company_words)
    if company.is_own:
        raise TellPerson(f"Your own people are staff: use `{context.words.command} import staff`.")
    written = by_hand.pasted(text) if is_csv else by_hand.typed(text)
    plan = Plan(
        id=context.new_id(),
        kind=Kind.USERS,
        connection_id=BY_HAND,
        source_title=by_hand.PASTED if is_csv else by_hand.TYPED,
        company_id=company.id,
        company_name=company.name,
        link_id=None,
        link_version=0,
        state=PlanState.PREPARING,
        requested_by=desk.actor.user_id,
        requested_by_name=desk.actor.name,
        requested_at=context.clock(),
        needs_second=False,
        counts=Counts(),
        read_rows=len(written.rows),
        read_total=len(written.rows),
        note=written.note,
    )
    with context.store.write() as work:
        work.plans.add(replace(plan, needs_second=work.settings.second_person()))
        work.plans.stage(plan.id, [_staged(number, row) for number, row in enumerate(written.rows)])
    return plan


def _staged(number: int, row: by_hand.Row) -> tuple[int, str, str, str, dict[str, Any], str]:
    if row.bad:
        return number, f"?{number}", f"line {row.line}", "", {"bad": row.bad}, ""
    person = UpstreamPerson(str(number), None, row.first, row.last, row.email, title=row.title)
    groups = f"Groups: {', '.join(row.groups)}" if row.groups else ""
    detail = " · ".join(part for part in (row.email, row.title, groups) if part)
    told = asdict(person) | {"line": row.line, "names_company": row.company, "groups": list(row.groups)}
    return number, person.id, judge_people.label(person), detail, told, judge_people.match_key(person)

"""The nothing-lost report of a password import: what came along, what changed its shape, what stayed behind."""

from domain.errors import TellPerson
from domain.nothing_lost import Record, Report, report
from domain.plan import Action, Plan, PlanItem
from domain.ports import Kind, UpstreamPassword
from flows import imports
from flows.context import Context
from flows.desk import Desk
from flows.judging import upstream_password
from flows.reading import every_item

_COMES = (Action.NEW, Action.CHANGED, Action.UNCHANGED)


def nothing_lost(context: Context, desk: Desk, plan_id: str) -> tuple[Plan, Report]:
    """Every record of the plan, counted as the plan stands now. Raises NotAllowed as for looking at the plan."""
    plan = imports.one(context, desk, plan_id)
    if plan.kind is not Kind.PASSWORDS:
        raise TellPerson("Only an import of passwords has this report.")
    return plan, report(_record(plan, item) for item in every_item(context, plan_id))


def newest(context: Context, desk: Desk, company_id: str) -> str | None:
    """The id of the newest password plan of a company that has a report; None where there is none to see."""
    if not desk.sees(company_id):
        return None
    with context.store.work() as work:
        return work.plans.newest_read(Kind.PASSWORDS, company_id)


def _record(plan: Plan, item: PlanItem) -> Record:
    why = plan.advised(item.verdict.reason)
    if "bad" in item.row:
        return Record(UpstreamPassword(item.external_id, None, item.label), False, why)
    return Record(upstream_password(item.row), item.verdict.action in _COMES, why)

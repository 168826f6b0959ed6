"""A source sent a row of another company: the run was stopped, and the attempt is written down, for monitors to count."""

from domain.plan import Plan
from domain.roles import SYSTEM
from flows.context import Context
from flows.figures import REFUSED


def note(context: Context, plan: Plan) -> None:
    """Under the company whose run it was; the stranger is named nowhere."""
    said = f"{plan.source_title} sent a row that belongs to another company. The run was stopped."
    with context.store.write() as work:
        work.journal.write(context.clock(), SYSTEM, REFUSED, said, plan.company_id, plan.id)

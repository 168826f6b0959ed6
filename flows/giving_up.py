"""A plan's job gave up: its connection learns of the trouble, and the attempt to mix companies is written down."""

from domain.plan import Plan
from domain.roles import SYSTEM
from flows.connect import note_trouble
from flows.context import Context
from flows.figures import REFUSED
from flows.patience import GaveUp


def note(context: Context, plan: Plan, error: GaveUp) -> None:
    """What others than those who wait for the plan are to know; the plan's own end is its job's to write."""
    if error.connection_trouble:
        note_trouble(context, plan.connection_id, error.said)
    if error.stranger:
        _note_stranger(context, plan)


def _note_stranger(context: Context, plan: Plan) -> None:
    """A source sent a row of another company: under the company whose run it was, for monitors to count.

    The stranger is named nowhere.
    """
    said = f"{plan.source_title} sent a row that belongs to another company. The run was stopped."
    with context.store.write() as work:
        work.journal.write(context.clock(), SYSTEM, REFUSED, said, plan.company_id, plan.id)

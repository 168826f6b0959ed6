"""The table of jobs: the name a flow puts off, the function that does it, and what is said when it breaks."""

from collections.abc import Mapping

from bot.engine import Job
from flows import (
    assets,
    callouts,
    delivery,
    digest,
    doctor,
    hooks,
    mapping,
    preflight,
    pushing,
    reading,
    runs,
    sync,
    sync_mapped,
    ticket_work,
    todos,
)
from flows.context import Context

JOBS: Mapping[str, Job] = {
    "prepare": reading.prepare,
    "apply": runs.apply,
    "refresh": mapping.refresh,
    "suggest": mapping.suggestions,
    "deliver": delivery.deliver,
    "digest": digest.post,
    "sync": sync.run,
    "mapped": sync_mapped.work_off,
    "ticket": ticket_work.write,
    "push": pushing.work_off,
    "todo": todos.work_off,
    "asset": assets.work_off,
    "hooks": hooks.provide,
    "callouts": callouts.work_off,
    "preflight": preflight.look,
    "pulse": doctor.pulse,
}


def failed(context: Context, job: str, argument: str, reference: str) -> None:
    """A job broke in a way nobody foresaw: its people are told, with the number under which the log has it."""
    if job in ("prepare", "apply"):
        runs.broke(context, argument, reference)
    elif job == ticket_work.JOB:
        ticket_work.broke(context, argument, reference)

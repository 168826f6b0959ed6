"""The doctor: everything that commonly goes wrong, looked at now, each with a finding in words and what mends it.

The clock and the engine of jobs are seen by a pulse: the clock writes the time down and puts a small job off, which writes
it down too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.plan import PlanState
from domain.roles import Act
from domain.slots import every
from flows import connect, doctor_sources
from flows.context import Context, Steps
from flows.desk import Desk
from flows.findings import Finding, Health, Mend, Remedy

JOB = "pulse"
PULSE_SECONDS = 300
SLOW = timedelta(minutes=10)
STUCK = timedelta(minutes=30)
_CLOCK, _JOBS = "pulse of the clock", "pulse of the jobs"


def examine(context: Context, desk: Desk, missing_scopes: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Look at everything, the worst first. `missing_scopes` are Slack's, as the caller knows them."""
    desk.require(Act.LOOK)
    desk.whole_msp()
    there = connect.live(context)
    found = [_slack(missing_scopes), _database(context), _mail(context), _clock(context), _jobs(context), _plans(context)]
    if not there:
        remedy = Remedy(Mend.CONNECT, "Connect a source")
        found.append(Finding("", "Sources", Health.DOUBTFUL, "Nothing is connected yet.", (remedy,)))
    for connection in there:
        found += doctor_sources.examine(context, desk, connection)
    order = (Health.BAD, Health.DOUBTFUL, Health.OFF, Health.GOOD)
    return tuple(sorted(found, key=lambda finding: order.index(finding.health)))


def _slack(missing: Sequence[str]) -> Finding:
    if not missing:
        return Finding("", "Slack", Health.GOOD, "The app has every right in Slack that it needs.")
    said = f"The app lacks the scopes {', '.join(missing)}. Update it from app.yaml and reinstall it to the workspace."
    return Finding("", "Slack", Health.BAD, said)


def _database(context: Context) -> Finding:
    context.store.ping()
    return Finding("", "Database", Health.GOOD, "It answers.")


def _mail(context: Context) -> Finding:
    with context.store.work() as work:
        held = work.invitations.held()
    waiting = f" {held:,} invitations wait." if held else ""
    if context.mailer is None:
        said = f"No mail server is set up, so nobody can be invited.{waiting} An operator sets SMTP_URL and MAIL_FROM."
        return Finding("", "Mail", Health.BAD, said)
    if held:
        return Finding("", "Mail", Health.DOUBTFUL, f"The mail server refused us.{waiting} They are tried again by themselves.")
    return Finding("", "Mail", Health.GOOD, "A mail server is set up, and nothing waits.")


def _clock(context: Context) -> Finding:
    last = _beat(context, _CLOCK)
    if last is None or context.clock() - last > SLOW:
        said = "Nothing scheduled happens: no sync, no digest, no reminder. Restart the bot; if it stays, look at its log."
        return Finding("", "Schedule", Health.BAD, said)
    return Finding("", "Schedule", Health.GOOD, "Syncs, digests and reminders are looked at every minute.")


def _jobs(context: Context) -> Finding:
    last = _beat(context, _JOBS)
    with context.store.work() as work:
        late = sum(work.hooks.waiting(context.clock() - SLOW).values())
    if last is None or context.clock() - last > SLOW + timedelta(seconds=PULSE_SECONDS):
        said = "Work that was put off is not done: imports and syncs stand still. Restart the bot; nothing is lost by that."
        return Finding("", "Jobs", Health.BAD, said)
    if late:
        return Finding("", "Jobs", Health.DOUBTFUL, f"{late:,} changes that sources told us about wait for more than ten minutes.")
    return Finding("", "Jobs", Health.GOOD, "Work that is put off gets done.")


def _plans(context: Context) -> Finding:
    now = context.clock()
    with context.store.work() as work:
        busy = work.plans.in_state(PlanState.PREPARING, PlanState.APPROVED, PlanState.RUNNING, limit=100)
    stuck = [plan for plan in busy if now - (plan.decided_at or plan.requested_at) > STUCK]
    if stuck:
        said = f"{len(stuck)} imports are at work for more than half an hour. `{context.words.command} history` shows them."
        return Finding("", "Imports", Health.DOUBTFUL, said)
    return Finding("", "Imports", Health.GOOD, f"{len(busy)} at work, none for long." if busy else "None is stuck.")


# --- the pulse -------------------------------------------------------------------------------------------------------


def tick(context: Context) -> None:
    """What the clock calls: it beats, and asks the engine of jobs for a beat."""
    _note(context, _CLOCK)
    slot = every(PULSE_SECONDS, context.clock())
    context.jobs.enqueue(JOB, f"{JOB}-{slot}", slot, JOB)


def pulse(context: Context, steps: Steps, _argument: str) -> None:
    """Job "pulse"."""
    steps("beat", lambda: _note(context, _JOBS))


def _note(context: Context, name: str) -> bool:
    with context.store.write() as work:
        work.settings.put(name, context.clock().isoformat())
    return True


def _beat(context: Context, name: str) -> datetime | None:
    with context.store.work() as work:
        last = work.settings.get(name, "")
    return datetime.fromisoformat(last) if last else None

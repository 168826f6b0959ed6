"""Companies that were just mapped: what is switched on at their source is read soon, not only with the next scheduled sync.

Mappings are confirmed one after the other, and for each of them everything of a source is read: one round for all waits
until nobody has mapped for a while, and what was synced just now has had its rest by then.
"""

from datetime import datetime
from functools import partial

from domain.psa import Feature
from flows import rounds, setups
from flows.context import Context, Steps
from flows.sync import QUIET_SECONDS
from flows.sync_round import put_off
from storage.store import Work

JOB = "mapped"
MOST = 10  # rests: who maps for longer sees the first ones come meanwhile
_OF_COMPANIES = (Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS)  # people come by an import that is asked for


def ask(context: Context, connection_id: str) -> None:
    """A company was mapped: have what is switched on read for it, by and by. Tells nobody."""
    with context.store.write() as work:
        if not _parts(work, connection_id):
            return
        work.settings.put(_key(connection_id), context.clock().isoformat())
    rounds.ask(context, JOB, connection_id, f"{connection_id}|{JOB}")


def work_off(context: Context, steps: Steps, argument: str) -> None:
    """Job "mapped": argument is "<connection id> <number of the round>"."""
    connection_id, _, number = argument.rpartition(" ")
    for rest in range(MOST):
        steps.wait(QUIET_SECONDS)
        if steps(f"rested {rest}", partial(_is_quiet, context, connection_id)):
            break
    rounds.begin(context, steps, JOB, argument)
    for part in steps("parts", partial(_found, context, connection_id)):
        put_off(context, connection_id, f"{JOB}-{number}", part)


def _is_quiet(context: Context, connection_id: str) -> bool:
    with context.store.work() as work:
        last = datetime.fromisoformat(work.settings.get(_key(connection_id), ""))
    return (context.clock() - last).total_seconds() >= QUIET_SECONDS


def _found(context: Context, connection_id: str) -> list[str]:
    with context.store.work() as work:
        return _parts(work, connection_id)


def _parts(work: Work, connection_id: str) -> list[str]:
    return [feature.value for feature in _OF_COMPANIES if setups.is_on(work, connection_id, feature)]


def _key(connection_id: str) -> str:
    return f"mapped last:{connection_id}"

"""The clock: one table of timed jobs. A firing only looks what is due and puts it off; schedules live in our tables."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from flows import (
    auto_import,
    callouts,
    delivery,
    digest,
    doctor,
    hooks,
    imports,
    preflight,
    pushing,
    requests,
    sync,
    ticket_work,
    undo,
)
from flows.context import Context

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timed:
    name: str
    seconds: int
    look: Callable[[Context], object]


TABLE = (
    Timed("digests", 10, digest.tick),
    Timed("syncs", 60, sync.tick),
    Timed("unfinished imports", 15, imports.sweep),
    Timed("requests for a second person", 60, requests.sweep),
    Timed("old values that no undo needs", 600, undo.forget),
    Timed("queued invitations", 30, delivery.sweep),
    Timed("people of companies that are new", 15, auto_import.tick),
    Timed("opportunities on their way", 60, pushing.sweep),
    Timed("tickets on their way", 30, ticket_work.sweep),
    Timed("webhooks", 60, hooks.tick),
    Timed("callouts whose job was lost", 30, callouts.tick),
    Timed("rights at the sources", 3600, preflight.tick),
    Timed("the doctor's pulse", 60, doctor.tick),
)


class Schedule:
    """Fires the table. Several replicas may fire alike: what they put off has one key, so it runs once."""

    def __init__(self, context: Context, zone: str, more: Sequence[Timed] = ()) -> None:
        self.looks = Counter[str]()  # how often each was looked for
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(TABLE) + len(more))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300},
            timezone=zone,
        )
        for timed in (*TABLE, *more):
            self._scheduler.add_job(self._fire, "interval", seconds=timed.seconds, args=[timed, context], id=timed.name)

    def start(self) -> None:
        self._scheduler.start()

    def _fire(self, timed: Timed, context: Context) -> None:
        _look(timed, context)
        self.looks[timed.name] += 1

    @property
    def running(self) -> bool:
        return bool(self._scheduler.running)

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)


def look_at_all(context: Context) -> None:
    """One look at everything, as at the start: what was decided before a crash goes on at once."""
    for timed in TABLE:
        _look(timed, context)


def _look(timed: Timed, context: Context) -> None:
    try:
        timed.look(context)
    except Exception as error:
        log.error("Looking for %s failed", timed.name, exc_info=error)

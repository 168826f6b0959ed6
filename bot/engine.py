"""The engine of long work: DBOS, durable on SQLite (its own file) and on PostgreSQL.

A job is a plain function of flows/; this room remembers its steps, so that a restart goes on behind the last one. Jobs of
one partition (a connection, the mail) run one after the other, over all replicas.
"""

import json
import logging
import sqlite3
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos._serialization import Serializer
from sqlalchemy import Engine as Database

from bot import log as logs
from bot.adopter import EVERY, Adopter
from flows.context import Context, Steps
from storage.store import is_away

log = logging.getLogger(__name__)

Job = Callable[[Context, Steps, str], None]
Failed = Callable[[Context, str, str, str], None]

QUEUE = "jobs"
VERSION = "1"  # grows only when the order of a job's steps changes
_POLL = 0.2
KEPT_FOR = timedelta(days=7)
MOST_OUTAGES = 20  # of one job between two of its steps
LEAVE_WITHIN = 4.0  # seconds for the steps under way when told to stop


class Json(Serializer):
    """JSON, never pickle: what the engine stores can be read by people and runs nothing when loaded."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=_plain)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "gangway_json"


def _named(argument: str, workflow: str) -> str:
    """What the log calls a run. An argument of more than ids may hold what a person wrote: then the workflow names it."""
    return workflow if argument.startswith("{") else argument


def _plain(value: Any) -> Any:
    """An exception that the engine stores keeps its kind and no words: words may hold what nobody should keep."""
    if isinstance(value, BaseException):
        return {"error": type(value).__name__}
    raise TypeError(f"{type(value).__name__} is not for a step's result")


class Leaving(BaseException):
    """The process is about to end: a job is left between two steps, where the next process takes it up.

    Not an Exception, so that neither a job nor the engine takes it for a failure of the job.
    """


class Away(Leaving):
    """The database went away under a job, which goes on behind its last step once it is back."""


class Floor:
    """Where the steps of jobs are done. Once closed no step begins, and whoever closes it waits for those under way."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._busy = 0
        self.closed = False

    @contextmanager
    def step(self) -> Iterator[None]:
        """Raises Leaving once closed."""
        with self._change:
            if self.closed:
                raise Leaving
            self._busy += 1
        try:
            yield
        finally:
            with self._change:
                self._busy -= 1
                self._change.notify_all()

    def close(self, seconds: float) -> bool:
        """Whether all steps ended within that time."""
        with self._change:
            self.closed = True
            return self._change.wait_for(lambda: not self._busy, seconds)


class Underway:
    """Which jobs run in this process. One that is taken up again may for a moment run twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = Counter[str]()

    @contextmanager
    def job(self, workflow: str) -> Iterator[None]:
        with self._lock:
            self._times[workflow] += 1
        try:
            yield
        finally:
            with self._lock:
                self._times[workflow] -= 1
                self._times = +self._times

    def all(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._times)


class Outages:
    """How often the database went away under each job since it last got on.

    Work that itself brings the database down would do so again and again; a job of many hours may outlast many outages.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = Counter[str]()

    def another(self, workflow: str) -> bool:
        """Whether the job may be tried once more."""
        with self._lock:
            self._times[workflow] += 1
            return self._times[workflow] <= MOST_OUTAGES

    def over(self, workflow: str) -> None:
        """It got on, or ended."""
        with self._lock:
            self._times.pop(workflow, None)


@dataclass(frozen=True)
class DurableSteps:
    """What a job sees of the engine. `got_on` is called when a step was done and remembered, not when it was found done."""

    floor: Floor
    got_on: Callable[[], None]

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        is_new = threading.Event()

        def done() -> Any:
            result = _unless_away(work)
            is_new.set()
            return result

        with self.floor.step():
            result = DBOS.run_step({"name": name}, done)
        if is_new.is_set():
            self.got_on()
        return result

    def wait(self, seconds: float) -> None:
        if self.floor.closed:
            raise Leaving
        DBOS.sleep(seconds)


def _unless_away(work: Callable[[], Any]) -> Any:
    """A step that breaks is remembered as broken, but one under which the database went away is done again."""
    try:
        return work()
    except Exception as error:
        if is_away(error):
            raise Away from error
        raise


class Engine:
    """Runs jobs. One per process: DBOS is one per process."""

    def __init__(
        self, database: Database, home: Path, jobs: Mapping[str, Job], failed: Failed, look_every: float = EVERY
    ) -> None:
        self._database = database
        self._home = home
        self._jobs = jobs
        self._failed = failed
        self._look_every = look_every
        self._context: Context | None = None
        self.replica = "local" if database.dialect.name == "sqlite" else uuid.uuid4().hex
        self._floor = Floor()
        self._adopter: Adopter | None = None
        self._perform: Callable[..., Any] | None = None
        self._up = False
        self._underway = Underway()
        self._outages = Outages()

    def start(self, context: Context) -> None:
        """Launch: unfinished work of this process's predecessor goes on."""
        self._context = context
        DBOS(config=self._config())

        def job(name: str, argument: str) -> None:  # a function of its own: the engine marks what it registers
            self._run(name, argument)

        self._perform = DBOS.workflow(name="job")(job)
        DBOS.launch()
        DBOS.register_queue(QUEUE, partition_concurrency=1, worker_concurrency=8, polling_interval_sec=_POLL)
        if self._database.dialect.name == "postgresql":
            self._adopter = Adopter(self._database, self.replica, QUEUE, self._underway.all, self._look_every)
            self._adopter.start()
        self._up = True

    @property
    def ready(self) -> bool:
        """Whether it takes work, and the other replicas can see that it does."""
        return self._up and (self._adopter is None or self._adopter.holds)

    def stop(self) -> None:
        """Let the steps under way end, for a moment; what is between two steps is left for the next process."""
        self._up = False
        if self._adopter is not None:
            self._adopter.stop()
        if not self._floor.close(LEAVE_WITHIN):
            log.warning("A step was still under way; it is done again by whoever takes over")
        DBOS.destroy(destroy_registry=True)

    def depth(self) -> Mapping[str, int]:
        """How many jobs wait and run, over all replicas."""
        there = DBOS.list_workflows(status=["ENQUEUED", "PENDING"], load_input=False, load_output=False)
        running = sum(flow.status == "PENDING" for flow in there)
        return {"waiting": len(there) - running, "running": running}

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        """Run job(argument) once for this key, however often it is asked for."""
        assert self._perform is not None, "the engine has not been started"
        with SetWorkflowID(key), SetEnqueueOptions(queue_partition_key=partition):
            DBOS.enqueue_workflow(QUEUE, self._perform, job, argument)

    def forget_old(self, _context: Context) -> int:
        """Forget jobs that ended a week ago, with their steps; returns how many. Their keys were used up long before."""
        before = (datetime.now(UTC) - KEPT_FOR).isoformat()
        ended = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000, load_input=False, load_output=False
        )
        DBOS.delete_workflows([flow.workflow_id for flow in ended])
        return len(ended)

    def _run(self, job: str, argument: str) -> None:
        assert self._context is not None
        workflow = str(DBOS.workflow_id)
        with self._underway.job(workflow), logs.about(job=job, run=_named(argument, workflow), workflow=workflow, replica=self.replica[:8]):
            log.info("Job %s begins or goes on", job)
            began = time.monotonic()
            try:
                self._jobs[job](self._context, DurableSteps(self._floor, partial(self._outages.over, workflow)), argument)
                log.info("Job %s ended after %.1f s", job, time.monotonic() - began)
                self._outages.over(workflow)
            except (Away, Exception) as error:
                if self._floor.closed:
                    raise Leaving from error  # what broke was taken down around it
                if (isinstance(error, Away) or is_away(error)) and self._outages.another(workflow):
                    log.warning("The database went away; job %s goes on by itself when it is back", job)
                    raise Leaving from error
                reference = uuid.uuid4().hex[:8]
                log.error("Job %s failed (reference %s)", job, reference, exc_info=error)
                self._outages.over(workflow)
                self._failed(self._context, job, argument, reference)

    def _config(self) -> DBOSConfig:
        config = DBOSConfig(
            name="gangway",
            application_version=VERSION,
            executor_id=self.replica,
            serializer=Json(),
            log_level="WARNING",
            notification_listener_polling_interval_sec=_POLL,
        )
        if self._database.dialect.name == "sqlite":
            file = self._home / "engine.db"
            with sqlite3.connect(file) as connection:
                connection.execute("pragma journal_mode=wal")
            config["system_database_url"] = f"sqlite:///{file}"
        else:
            config["system_database_url"] = self._database.url.render_as_string(hide_password=False)
            config["dbos_system_schema"] = "engine"
        return config

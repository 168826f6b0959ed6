"""The engine of long work: DBOS, durable on SQLite (its own file) and on PostgreSQL.

A job is a plain function of flows/; this room remembers its steps, so that a restart goes on behind the last one. Jobs of
one partition (a connection, the mail) run one after the other, over all replicas.
"""

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos._serialization import Serializer
from sqlalchemy import Engine as Database
from sqlalchemy import text

from flows.context import Context, Steps

log = logging.getLogger(__name__)

Job = Callable[[Context, Steps, str], None]
Failed = Callable[[Context, str, str, str], None]

QUEUE = "jobs"
VERSION = "1"  # grows only when the order of a job's steps changes
_POLL = 0.2
KEPT_FOR = timedelta(days=7)


class Json(Serializer):
    """JSON, never pickle: what the engine stores can be read by people and runs nothing when loaded."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=_plain)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "gangway_json"


def _plain(value: Any) -> Any:
    """An exception that the engine stores keeps its kind and no words: words may hold what nobody should keep."""
    if isinstance(value, BaseException):
        return {"error": type(value).__name__}
    raise TypeError(f"{type(value).__name__} is not for a step's result")


class DurableSteps:
    """What a job sees of the engine."""

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        return DBOS.run_step({"name": name}, work)

    def wait(self, seconds: float) -> None:
        DBOS.sleep(seconds)


class Engine:
    """Runs jobs. One per process: DBOS is one per process."""

    def __init__(self, database: Database, home: Path, jobs: Mapping[str, Job], failed: Failed) -> None:
        self._database = database
        self._home = home
        self._jobs = jobs
        self._failed = failed
        self._context: Context | None = None
        self._replica = "local" if database.dialect.name == "sqlite" else uuid.uuid4().hex
        self._adopter: _Adopter | None = None
        self._perform: Callable[..., Any] | None = None

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
            self._adopter = _Adopter(self._database, self._replica)
            self._adopter.start()

    def stop(self) -> None:
        if self._adopter is not None:
            self._adopter.stop()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=3)

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
        try:
            self._jobs[job](self._context, DurableSteps(), argument)
        except Exception as error:
            reference = uuid.uuid4().hex[:8]
            log.error("Job %s failed (reference %s)", job, reference, exc_info=error, extra={"run": argument})
            self._failed(self._context, job, argument, reference)

    def _config(self) -> DBOSConfig:
        config = DBOSConfig(
            name="gangway",
            application_version=VERSION,
            executor_id=self._replica,
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


class _Adopter:
    """Takes over the work of a replica that died: each replica holds a session lock of its name; a free lock is a dead one."""

    EVERY = 5.0

    def __init__(self, database: Database, replica: str) -> None:
        self._database = database
        self._replica = replica
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="adopter", daemon=True)

    def start(self) -> None:
        # Without a transaction: one left open for as long as the process lives would hold up the database's housekeeping.
        self._held = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._held.execute(text("select pg_advisory_lock(hashtext(:name))"), {"name": self._replica})
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join(self.EVERY)
        self._held.close()

    def _watch(self) -> None:
        while not self._end.wait(self.EVERY):
            try:
                self._adopt()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("Looking for orphaned work failed: %s", type(error).__name__)

    def _adopt(self) -> None:
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        owners = {flow.executor_id for flow in pending if flow.executor_id and flow.executor_id != self._replica}
        for owner in owners:
            with self._database.connect() as connection:
                free = connection.scalar(text("select pg_try_advisory_lock(hashtext(:name))"), {"name": owner})
                if not free:
                    continue
                for flow in pending:
                    if flow.executor_id == owner:
                        DBOS.resume_workflow(flow.workflow_id, queue_name=flow.queue_name or QUEUE)
                connection.execute(text("select pg_advisory_unlock(hashtext(:name))"), {"name": owner})

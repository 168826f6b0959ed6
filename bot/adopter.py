"""Who of several replicas lives, on PostgreSQL: each holds a session lock of its name, and a name whose lock is free is dead.

What a dead replica had begun goes back into the queue, for whoever is free. The lock is held until the process ends, not
only until it is told to stop: what still runs in it must not be begun elsewhere.
"""

import logging
import threading

from dbos import DBOS
from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two looks
# A host that is lost says no farewell. PostgreSQL notices after 5 + 3 * 2 seconds, not after the hours it waits by default.
_KEEPALIVE = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")


class Adopter:
    def __init__(self, database: Database, replica: str, queue: str) -> None:
        self._database = database
        self._replica = replica
        self._queue = queue
        self._held: Connection | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="adopter", daemon=True)

    def start(self) -> None:
        """Raises SQLAlchemyError when the lock cannot be taken."""
        self._hold()
        self._thread.start()

    def stop(self) -> None:
        """Adopt nothing any more. The lock stays until the process ends."""
        self._end.set()
        self._thread.join(EVERY)

    @property
    def holds(self) -> bool:
        """Whether the others can see that this replica lives."""
        return self._held is not None

    def _hold(self) -> None:
        # Without a transaction: one left open for as long as the process lives would hold up the database's housekeeping.
        connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        for setting in _KEEPALIVE:
            connection.execute(text(f"set {setting}"))
        connection.execute(text("select pg_advisory_lock(hashtext(:name))"), {"name": self._replica})
        self._held = connection

    def _watch(self) -> None:
        while not self._end.wait(EVERY):
            try:
                self._keep()
                self._adopt()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("Looking for orphaned work failed: %s", type(error).__name__)

    def _keep(self) -> None:
        """A database that was restarted has forgotten the lock: take it anew before somebody thinks us dead."""
        if self._held is not None:
            try:
                self._held.execute(text("select 1"))
                return
            except SQLAlchemyError:
                lost, self._held = self._held, None
                lost.invalidate()
                lost.close()
        self._hold()
        log.warning("The replica's lock was lost with its connection, and is held again")

    def _adopt(self) -> None:
        for owner in _owners() - {self._replica}:
            # For the length of the transaction only: an error here cannot leave the lock of a dead one held.
            with self._database.begin() as connection:
                free = connection.scalar(text("select pg_try_advisory_xact_lock(hashtext(:name))"), {"name": owner})
                if not free:
                    continue
                # Looked at again under the lock: another replica may have been quicker, and its work is under way.
                left = _pending(owner)
                for workflow in left:
                    DBOS.resume_workflow(workflow, queue_name=self._queue)
                if left:
                    log.info("Took over %d jobs of a replica that is gone (%s)", len(left), owner[:8])


def _owners() -> set[str]:
    found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {flow.executor_id for flow in found if flow.executor_id}


def _pending(owner: str) -> list[str]:
    found = DBOS.list_workflows(status="PENDING", executor_id=owner, load_input=False, load_output=False)
    return [flow.workflow_id for flow in found]

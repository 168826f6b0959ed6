"""Who of several replicas lives, on PostgreSQL: each holds a session lock of its name, and a name whose lock is free is dead.

What a dead replica had begun goes back into the queue, for whoever is free. The lock is held until the process ends, not
only until it is told to stop: what still runs in it must not be begun elsewhere. A database that was restarted has forgotten
every lock, so nobody is thought dead until all had time to take theirs anew.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection

from dbos import DBOS
from sqlalchemy import Connection, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two looks
GRACE = 3  # looks after a restart of the database in which nobody is adopted
# A host that is lost says no farewell. PostgreSQL notices after 5 + 3 * 2 seconds, not after the hours it waits by default.
_KEEPALIVE = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3")


class Adopter:
    """`running`: the jobs under way in this process; what is its own and not among them was left. `every`: seconds between two looks."""

    def __init__(
        self, database: Database, replica: str, queue: str, running: Callable[[], Collection[str]], every: float
    ) -> None:
        self._database = database
        self._replica = replica
        self._queue = queue
        self._running = running
        self._every = every
        self._held: Connection | None = None
        self._holding = threading.Lock()
        self._nobody_before = 0.0  # the monotonic clock, when all had time to take their locks anew
        self._idle: set[str] = set()  # what was ours and not under way at the last look
        self._end = threading.Event()
        # Two threads: the engine waits long and longer for a database that is away, and the lock must not wait with it.
        self._threads = [
            threading.Thread(target=self._watch, args=(look,), name=name, daemon=True)
            for name, look in (("holder", self._keep), ("adopter", self._adopt))
        ]

    def start(self) -> None:
        """Raises SQLAlchemyError when the lock cannot be taken."""
        self._hold()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Adopt nothing any more. The lock stays until the process ends."""
        self._end.set()
        for thread in self._threads:
            thread.join(self._every)

    @property
    def holds(self) -> bool:
        """Whether the others can see that this replica lives."""
        return self._held is not None

    def _keep(self) -> None:
        """A database that was restarted has forgotten the lock: take it anew before somebody thinks us dead.

        Raises SQLAlchemyError while the database is away.
        """
        with self._holding:
            if self._held is not None:
                try:
                    self._held.execute(text("select 1"))
                    return
                except SQLAlchemyError:
                    lost, self._held = self._held, None
                    lost.invalidate()
                    lost.close()
            self._hold()
            self._nobody_before = time.monotonic() + GRACE * self._every
        log.warning("The replica's lock was lost with its connection, and is held again")

    def _hold(self) -> None:
        # Without a transaction: one left open for as long as the process lives would hold up the database's housekeeping.
        connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        for setting in _KEEPALIVE:
            connection.execute(text(f"set {setting}"))
        connection.execute(text("select pg_advisory_lock(hashtext(:name))"), {"name": self._replica})
        self._held = connection

    def _watch(self, look: Callable[[], None]) -> None:
        while not self._end.wait(self._every):
            try:
                look()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("Looking for orphaned work failed: %s", type(error).__name__)

    def _adopt(self) -> None:
        self._keep()
        owners = _owners()
        self._take_up_own()
        for owner in owners - {self._replica}:
            # For the length of the transaction only: an error here cannot leave the lock of a dead one held.
            with self._database.begin() as connection:
                if not self.holds or time.monotonic() < self._nobody_before:
                    return
                free = connection.scalar(text("select pg_try_advisory_xact_lock(hashtext(:name))"), {"name": owner})
                if not free:
                    continue
                # Looked at again under the lock: another replica may have been quicker, and its work is under way.
                left = _pending(owner)
                for workflow in left:
                    DBOS.resume_workflow(workflow, queue_name=self._queue)
                if left:
                    log.info("Took over %d jobs of a replica that is gone (%s)", len(left), owner[:8])

    def _take_up_own(self) -> None:
        """Jobs left when the database went away, or given to us in that moment. Two looks: one may be just beginning."""
        idle = set(_pending(self._replica)) - set(self._running())
        for workflow in idle & self._idle:
            DBOS.resume_workflow(workflow, queue_name=self._queue)
        if idle & self._idle:
            log.info("Went on with %d jobs of before the database went away", len(idle & self._idle))
        self._idle = idle - self._idle


def _owners() -> set[str]:
    found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {flow.executor_id for flow in found if flow.executor_id}


def _pending(owner: str) -> list[str]:
    """The jobs that a replica has begun and not ended."""
    found = DBOS.list_workflows(status="PENDING", executor_id=owner, load_input=False, load_output=False)
    return [flow.workflow_id for flow in found]

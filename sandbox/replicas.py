"""Several bots behind one Slack app, on one PostgreSQL: started, killed, restarted one after the other, and looked at."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import psycopg

from sandbox import postgres
from sandbox.balancer import Balancer
from sandbox.town import ROOT, Town, free_port
from sandbox.workspace.server import Workspace
from sandbox.world import World
from storage.vault import new_master_key

T = TypeVar("T")
PATIENCE = 60.0
_LOOK = 0.05  # seconds between two looks
_STOP_SECONDS = 20
_browser = build_opener(ProxyHandler({}))  # no proxy: all of this is on this machine


@dataclass
class Replica:
    """One bot's process. `id` is what it calls itself once it is up."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    id: str = ""

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def asked(self, path: str) -> tuple[int, str]:
        """Status and text of one of its pages; (0, "") when nobody answers."""
        try:
            with _browser.open(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


@dataclass
class Replicas:
    """The town's bots. Everything that is asked of the database is read only, but for `digest_is_due`."""

    town: Town
    database: str
    ports: tuple[int, ...]
    settings: dict[str, str]
    log: Path
    all: list[Replica] = field(default_factory=list)

    # --- starting and ending -------------------------------------------------------------------------

    def start(self, number: int) -> None:
        """Start the replica of that place, and return once it is ready."""
        self.all[number] = self._launched(number)
        self.until_ready(self.all[number])

    def _launched(self, number: int) -> Replica:
        home, port = self.town.home / f"replica-{number + 1}", self.ports[number]
        home.mkdir(parents=True, exist_ok=True)
        environment = self.town.environment() | self.settings | {"GANGWAY_HOME": str(home), "LISTEN": f"127.0.0.1:{port}"}
        with self.log.open("ab") as out:
            process = subprocess.Popen([sys.executable, "-m", "bot"], cwd=ROOT, env=environment, stdout=out, stderr=out)
        return Replica(f"replica {number + 1}", port, process)

    def start_all(self) -> None:
        """All at once, as an orchestrator does."""
        self.all = [self._launched(number) for number in range(len(self.ports))]
        for replica in self.all:
            self.until_ready(replica)

    def until_ready(self, replica: Replica) -> None:
        def look() -> bool:
            if not replica.lives:
                raise RuntimeError(f"{replica.name} ended with code {replica.process.returncode} instead of starting.")
            status, text = replica.asked("/readyz")
            replica.id = str(json.loads(text).get("replica", "")) if status == 200 else ""
            return bool(replica.id)

        self.until(look)

    def kill(self, replica: Replica) -> None:
        """As a lost power supply would."""
        replica.process.kill()
        replica.process.wait(10)

    def restart(self, number: int) -> float:
        """As a rolling upgrade does: SIGTERM, wait, start its successor. Returns the seconds it took to stop."""
        began = time.monotonic()
        old = self.all[number].process
        old.send_signal(signal.SIGTERM)
        if old.wait(_STOP_SECONDS) != 0:
            raise RuntimeError(f"{self.all[number].name} ended with code {old.returncode}.")
        took = time.monotonic() - began
        self.start(number)
        return took

    def stop(self) -> None:
        there = [replica.process for replica in self.all if replica.lives]
        for process in there:
            process.terminate()
        for process in there:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    # --- looking -------------------------------------------------------------------------------------

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            return list(connection.execute(question.encode(), values))

    def at_work(self, job: str) -> Replica | None:
        """The living replica that a job is running in right now."""
        running = self.rows(
            "select executor_id from engine.workflow_status where status = 'PENDING' and workflow_uuid like %s", f"{job}-%"
        )
        names = {str(owner)[:8] for (owner,) in running}
        return next((one for one in self.all if one.id in names and one.lives), None)

    def until(self, look: Callable[[], T | None], seconds: float = PATIENCE) -> T:
        """What `look` finds in the end. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(_LOOK)
        raise TimeoutError(f"It did not happen within {seconds:.0f} seconds.")

    def digest_is_due(self) -> None:
        """Forget that the last slot was told, as if its hour had just come: nobody waits for the clock."""
        with psycopg.connect(self.database) as connection:
            connection.execute("update digest set last_slot = ''")

    @contextmanager
    def watched(self) -> Iterator[Counter[str]]:
        """Counts, for as long as the block lasts, how often two jobs of one partition ran at once. It should stay empty."""
        together, end = Counter[str](), threading.Event()

        def watch() -> None:
            with psycopg.connect(self.database, autocommit=True) as connection:
                while not end.wait(_LOOK):
                    for partition, number in connection.execute(
                        "select queue_partition_key, count(*) from engine.workflow_status "
                        "where status = 'PENDING' group by 1 having count(*) > 1"
                    ):
                        together[str(partition)] = max(together[str(partition)], int(number))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield together
        finally:
            end.set()
            thread.join(5)


@contextmanager
def running(
    world: World, home: Path | None = None, count: int = 3, page_port: int = 0, log: Path | None = None,
    signing_secret: str = "",
) -> Iterator[Replicas]:
    """A town with PostgreSQL and that many bots behind one address. Raises NoPostgres.

    With a signing secret, Slack sends signed requests to that address (HTTP mode) instead of keeping sockets.
    """
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running())
        database = server.url(server.create())
        town = Town(world, home=home, page_port=page_port)
        settings = {"DATABASE_URL": database, "GANGWAY_KEYS": new_master_key(), "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
        if signing_secret:
            settings |= {"SLACK_SIGNING_SECRET": signing_secret, "SLACK_APP_TOKEN": ""}
            events = f"http://127.0.0.1:{town.pages_port}/slack/events"
            town.workspace.stop()
            town.workspace = Workspace(port=page_port, request_url=events, signing_secret=signing_secret)
        stack.callback(town.stop)
        town.start(bot=False)
        ports = tuple(free_port() for _ in range(count))
        made = Replicas(town, database, ports, settings, log or town.home / "bots.log")
        balancer = Balancer(town.pages_port, ports)
        stack.callback(balancer.stop)
        balancer.start()
        stack.callback(made.stop)
        made.start_all()
        yield made

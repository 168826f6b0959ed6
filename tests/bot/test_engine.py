"""The engine, in processes of its own that are killed: what was put off is done, step by step, whoever dies."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import psycopg
import pytest

from bot.engine import MOST_OUTAGES, Floor, Leaving, Outages
from sandbox.postgres import Postgres
from tests.bot.worker import STEPS

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds on a busy machine


class Worker:
    """One process; what it says is read line by line, so nothing here waits by the clock."""

    def __init__(self, url: str, home: Path, diary: Path) -> None:
        command = [sys.executable, "-m", "tests.bot.worker", url, str(home), str(diary)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.until("up")

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def ask(self, job: str, key: str, argument: str, partition: str = "p") -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{job} {key} {argument} {partition}\n")
        self._process.stdin.flush()

    def until(self, *said: str) -> None:
        """Read on until all of these were said; a worker that is silent for good is ended, so that nobody waits for it."""
        left = set(said)
        patience = threading.Timer(PATIENCE, self._process.kill)
        patience.start()
        try:
            for line in self._out:
                left.discard(line.strip())
                if not left:
                    return
        finally:
            patience.cancel()
        raise AssertionError(f"the worker ended without saying {left}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.close()
        for _ in self._out:
            pass
        return self._process.wait(20)


class Shop:
    """Where workers are started, and what they wrote down."""

    def __init__(self, url: str, folder: Path, stack: ExitStack) -> None:
        self.url, self.folder, self._stack = url, folder, stack
        self.diary = folder / "diary"

    def worker(self) -> Worker:
        made = Worker(self.url, self.folder, self.diary)
        self._stack.callback(made.kill)
        return made

    def counted(self, argument: str) -> Counter[str]:
        lines = self.diary.read_text().splitlines()
        return Counter(line.split()[1] for line in lines if line.split()[0] == argument)


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with ExitStack() as stack:
        yield Shop(database_url, tmp_path, stack)


def test_a_job_whose_process_was_killed_goes_on_behind_its_last_step(shop: Shop) -> None:
    first = shop.worker()
    first.ask("count", "key-1", "a")
    first.until("a 12")
    first.kill()
    second = shop.worker()
    second.until("a done")
    counted = shop.counted("a")
    assert counted["done"] == 1
    assert all(counted[str(number)] >= 1 for number in range(STEPS)), "no step is lost"
    assert sum(counted.values()) <= STEPS + 2, "at most the step in flight is done twice"


def test_a_key_is_done_once_however_often_it_is_asked_for_and_by_whom(shop: Shop) -> None:
    first = shop.worker()
    for _ in range(3):
        first.ask("count", "key-1", "a")
    first.until("a done")
    assert first.stop() == 0
    second = shop.worker()
    second.ask("count", "key-1", "a")
    second.ask("count", "key-2", "b")
    second.until("b done")
    assert shop.counted("a")["done"] == 1
    assert shop.counted("a")["0"] == 1


def test_jobs_of_one_partition_run_one_after_the_other_and_of_two_side_by_side(shop: Shop) -> None:
    worker = shop.worker()
    for argument, partition in (("a", "p"), ("b", "p"), ("c", "q")):
        worker.ask("count", f"key-{argument}", argument, partition)
    worker.until("a done", "b done", "c done")
    lines = [line.split()[0] for line in shop.diary.read_text().splitlines()]
    in_p = [argument for argument in lines if argument in "ab"]
    assert in_p == sorted(in_p) or in_p == sorted(in_p, reverse=True), "a and b do not mix"
    first_of_c, last_of_p = lines.index("c"), len(lines) - 1 - lines[::-1].index(in_p[-1])
    assert first_of_c < last_of_p, "c does not wait for them"


def test_a_job_that_breaks_is_told_with_a_reference_and_leaves_no_words_behind(shop: Shop) -> None:
    worker = shop.worker()
    worker.ask("fail", "key-1", "x")
    worker.until("x failed True")
    worker.ask("count", "key-2", "a")
    worker.until("a done")
    assert worker.stop() == 0
    kept = b"".join(path.read_bytes() for path in shop.folder.iterdir() if path.is_file())
    assert b"CANARY" not in kept
    if shop.url.startswith("postgresql"):
        with psycopg.connect(shop.url) as connection:
            assert "CANARY" not in repr(connection.execute("select * from engine.workflow_status").fetchall())


def test_the_log_of_a_job_names_ids_and_never_what_a_person_wrote(shop: Shop) -> None:
    worker = shop.worker()
    worker.ask("count", "key-1", "plan-1")
    worker.until("Job count begins or goes on run=plan-1")
    worker.ask("count", "todo-1", '{"key":"1","text":"CANARY"}', "q")
    worker.until("Job count begins or goes on run=todo-1")


def test_a_job_told_to_stop_is_left_between_two_steps_and_taken_up_without_repeating_one(shop: Shop) -> None:
    first = shop.worker()
    first.ask("count", "key-1", "a")
    first.until("a 5")
    assert first.stop() == 0
    before = sum(shop.counted("a").values())
    assert before < STEPS, "it did not wait for the whole job"
    second = shop.worker()
    second.until("a done")
    assert set(shop.counted("a").values()) == {1}


def test_a_replica_whose_lock_was_lost_takes_it_anew(postgres: Postgres, tmp_path: Path) -> None:
    """A database that is restarted forgets the lock; without it the others would think a living replica dead."""
    name = postgres.create()
    with ExitStack() as stack, psycopg.connect(postgres.url(name), autocommit=True) as connection:
        shop = Shop(postgres.url(name), tmp_path, stack)
        worker = shop.worker()
        [(pid, lock)] = connection.execute(_LOCKS).fetchall()
        connection.execute("select pg_terminate_backend(%s)", (pid,))
        for _ in range(200):
            if connection.execute(_HOLDERS, (lock, pid)).fetchall():
                break
            connection.execute("select pg_sleep(0.1)")
        else:
            raise AssertionError("the lock was not taken anew")
        worker.ask("count", "key-1", "a")
        worker.until("a done")


_LOCKS = """select pid, objid from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and query like '%hashtext%' and pid <> pg_backend_pid()"""
_HOLDERS = "select pid from pg_locks where locktype = 'advisory' and granted and objid = %s and pid <> %s"


def test_no_step_begins_once_the_floor_is_closed_and_whoever_closes_it_waits() -> None:
    floor = Floor()
    inside, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with floor.step():
            inside.set()
            go_on.wait(10)

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(10)
    assert not floor.close(0.01), "a step is under way"
    with pytest.raises(Leaving), floor.step():
        pass
    go_on.set()
    assert floor.close(10)
    worker.join()


def test_a_job_is_given_up_after_many_outages_that_no_step_of_it_came_between() -> None:
    """A job of many hours may outlast many outages; one that itself brings the database down gets no further."""
    outages = Outages()
    for _ in range(MOST_OUTAGES * 3):
        assert outages.another("long")
        outages.over("long")
    assert [outages.another("fatal") for _ in range(MOST_OUTAGES + 1)] == [True] * MOST_OUTAGES + [False]
    assert outages.another("long"), "each is counted for itself"


def test_a_step_that_is_done_clears_the_count_of_outages(postgres: Postgres, tmp_path: Path) -> None:
    """Two steps that outlast many outages each: together more than a job may meet with, and it still comes to its end."""
    with ExitStack() as stack:
        worker = Shop(postgres.url(postgres.create()), tmp_path, stack).worker()
        worker.ask("flicker", "key-1", "a")
        worker.until("a done")

"""A process of its own with a whole import in it: `python -m tests.faults.worker <PostgreSQL url> <people> <moments>`.

It previews, approves and mails by itself. At each of the moments (numbers of statements that its jobs made, "12,40") it
says "at" and waits for a line, so that the server can be stopped right there; when it notices, it says "away". A job that
breaks is "broken". At the end: what its people were told, whom it mailed, and "end".
"""

import logging
import sys
import tempfile
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy import event

from bot.engine import Engine, Job
from bot.jobs import JOBS, failed
from domain.approval import Choice
from domain.ports import Kind
from flows import imports
from flows.context import Context, Steps
from storage.store import Store
from tests.conftest import open_store
from tests.flows.bench import bench
from tests.flows.test_import_people import contoso

LOOK_EVERY = 0.3  # seconds


class Noticed(logging.Handler):
    """Any warning while the server is away: somebody met it."""

    def emit(self, record: logging.LogRecord) -> None:
        if "connection" in record.getMessage() or record.name.startswith("bot"):
            print("away", flush=True)


class Jobs:
    """The jobs, with a count of the statements that they make, and a word when one of them came to its end."""

    def __init__(self, store: Store, moments: list[int]) -> None:
        self._moments = moments
        self._made = 0
        self._within = threading.local()
        self._ended = SimpleQueue[str]()
        event.listen(store.engine, "after_cursor_execute", self._statement)

    def table(self) -> dict[str, Job]:
        return {name: partial(self._perform, name, job) for name, job in JOBS.items()}

    def until_ended(self, name: str) -> None:
        while self._ended.get() != name:
            pass

    def _perform(self, name: str, job: Job, context: Context, steps: Steps, argument: str) -> None:
        self._within.job = True
        try:
            job(context, steps, argument)
        finally:
            self._within.job = False
        self._ended.put(name)

    def _statement(self, *_: Any) -> None:
        if getattr(self._within, "job", False):
            self._made += 1
            if self._made in self._moments:
                print("at", flush=True)
                sys.stdin.readline()


def broken(context: Context, job: str, argument: str, reference: str) -> None:
    print("broken", job, flush=True)
    failed(context, job, argument, reference)


def main(url: str, people: int, moments: list[int]) -> None:
    store = open_store(url)
    made = bench(store)
    made.two_eyes_are_enough()
    contoso(made)
    for number in range(people):
        made.papers["autotask"].person(str(number), "10", f"p{number:04}@contoso.com")
    jobs = Jobs(store, moments)
    with tempfile.TemporaryDirectory() as home:
        engine = Engine(store.engine, Path(home), jobs.table(), broken, LOOK_EVERY)
        context = replace(made.context, jobs=engine)
        engine.start(context)
        for name in ("dbos", "bot"):
            logging.getLogger(name).addHandler(Noticed(logging.WARNING))
        plan = imports.propose(context, made.admin, Kind.USERS, "Contoso", "")
        imports.posted(context, plan.id, "C1", "1.1")
        jobs.until_ended("prepare")
        imports.decide(context, made.admin, plan.id, Choice.APPROVE)
        jobs.until_ended("apply")
        jobs.until_ended("deliver")
        engine.stop()
    print("told", *dict.fromkeys(state for _, _, state in made.ear.plans))
    print("mailed", *(mail.to for mail in made.post.sent))
    print("end", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(word) for word in sys.argv[3].split(",") if word])

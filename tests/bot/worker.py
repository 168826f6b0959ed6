"""A process of its own with an engine in it: `python -m tests.bot.worker <database url> <folder> <diary>`.

Its job "count" writes a line into the diary for each step it does; "done" when it is through. In "flicker" the database
goes away under each of two steps, more than half as often as a job may meet with; "fail" breaks. The process ends when its
standard input does.
"""

import logging
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any, cast

from sqlalchemy.exc import OperationalError

from bot.engine import MOST_OUTAGES, Engine
from bot.log import Stamp
from flows.context import Context, Steps
from storage.store import make_engine

STEPS = 40
LOOK_EVERY = 0.2  # seconds; nobody waits long for work that was left


_SAYING = threading.Lock()


def say(line: str) -> None:
    """In one piece: two jobs that speak at once must not share a line."""
    with _SAYING:
        print(line, flush=True)


class Saying(logging.Handler):
    """What the engine logs of its jobs is said too, with the run that it is about."""

    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record))


def _log() -> None:
    handler = Saying()
    handler.addFilter(Stamp())
    handler.setFormatter(logging.Formatter("%(message)s%(mark)s"))
    engine = logging.getLogger("bot.engine")
    engine.addHandler(handler)
    engine.setLevel(logging.INFO)


def main(url: str, home: str, diary: str) -> None:
    _log()
    pause = threading.Event()
    away = Counter[str]()

    def write(line: str) -> None:
        with Path(diary).open("a") as out:
            out.write(line + "\n")

    def count(_context: Context, steps: Steps, argument: str) -> None:
        for number in range(STEPS):

            def step(number: int = number) -> int:
                write(f"{argument} {number}")
                say(f"{argument} {number}")
                pause.wait(0.02)
                return number

            assert steps(f"step {number}", step) == number
        write(f"{argument} done")
        say(f"{argument} done")

    def flicker(_context: Context, steps: Steps, argument: str) -> None:
        for name in ("first", "second"):

            def step(name: str = name) -> None:
                if away[name] <= MOST_OUTAGES // 2:
                    away[name] += 1
                    raise OperationalError(None, None, RuntimeError(), connection_invalidated=True)

            steps(name, step)
        say(f"{argument} done")

    def fail(_context: Context, steps: Steps, argument: str) -> None:
        raise ZeroDivisionError("CANARY-in-an-error")

    def failed(_context: Context, job: str, argument: str, reference: str) -> None:
        say(f"{argument} failed {bool(reference)}")

    jobs = {"count": count, "flicker": flicker, "fail": fail}
    engine = Engine(make_engine(url), Path(home), jobs, failed, look_every=LOOK_EVERY)
    engine.start(cast(Context, _Nothing()))
    say("up")
    for line in sys.stdin:
        job, key, argument, partition = line.split()
        engine.enqueue(job, key, argument, partition)
    engine.stop()


class _Nothing:
    """The context that no job here looks at."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


if __name__ == "__main__":
    main(*sys.argv[1:])

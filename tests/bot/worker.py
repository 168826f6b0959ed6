"""A process of its own with an engine in it: `python -m tests.bot.worker <database url> <folder> <diary>`.

Its one job "count" writes a line into the diary for each step it does; "done" when it is through. The process ends when
its standard input does.
"""

import logging
import sys
import threading
from pathlib import Path
from typing import Any, cast

from bot.engine import Engine
from bot.log import Stamp
from flows.context import Context, Steps
from storage.store import make_engine

STEPS = 40


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

    def fail(_context: Context, steps: Steps, argument: str) -> None:
        raise ZeroDivisionError("CANARY-in-an-error")

    def failed(_context: Context, job: str, argument: str, reference: str) -> None:
        say(f"{argument} failed {bool(reference)}")

    engine = Engine(make_engine(url), Path(home), {"count": count, "fail": fail}, failed)
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

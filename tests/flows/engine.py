"""The engine of long work, in the test's own thread, and killable: it remembers finished steps as the real one does.

A job that was killed is begun anew from the top; steps it finished are not done again, what they returned is read back
(through JSON, as stored). A step whose name differs from the one remembered at its place is an error, as in the real one:
a job's steps must come in the same order each time.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.jobs import JOBS
from bot.jobs import failed as tell_of_failure
from flows.context import Context


class Killed(BaseException):
    """The process dies here."""


class Unremembered(Exception):
    """A job asked for other steps than the last time."""


@dataclass
class Task:
    """One job, and what its finished steps returned."""

    job: str
    argument: str
    partition: str
    steps: list[tuple[str, str]] = field(default_factory=list)


class Workshop:
    """The `Jobs` of a context. Jobs run one after the other when `run` is called.

    `kill_at` counts moments at which a process may die inside jobs: before a step is remembered, after it is, and while
    it waits. At that moment `Killed` is raised, once.
    """

    def __init__(self, wait: Callable[[float], object], jobs: Mapping[str, Any] = JOBS) -> None:
        self.context: Context | None = None
        self.waited: list[float] = []
        self.kill_at: int | None = None
        self.moments = 0
        self.known: dict[str, Task] = {}
        self.asked: list[str] = []  # every key, however often
        self.errors: list[Exception] = []
        self.loud = True  # errors nobody foresaw end the test
        self.in_step = False
        self.jobs = jobs
        self._wait = wait
        self.queue: deque[str] = deque()

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        assert not self.in_step, "the real engine takes no job inside a step"
        self.asked.append(key)
        if key not in self.known:
            self.known[key] = Task(job, argument, partition)
            self.queue.append(key)

    def dies_at(self, moment: int | None) -> None:
        """Count moments anew, to die at that one; None: at none."""
        self.moments, self.kill_at = 0, moment

    def run(self, most: int = 1000) -> None:
        """Do everything that was put off, and what that puts off in turn; or `most` jobs of it."""
        while self.queue and most:
            self._perform(self.known[self.queue[0]])
            self.queue.popleft()
            most -= 1

    def repeat(self, key: str, remembered: int) -> None:
        """Do a job again as after a lost memory: only so many of its steps are known."""
        task = self.known[key]
        del task.steps[remembered:]
        self._perform(task)

    def moment(self) -> None:
        """A place where the process may die."""
        self.moments += 1
        if self.moments == self.kill_at:
            raise Killed

    def pending(self) -> list[str]:
        return [self.known[key].job for key in self.queue]

    def waiting(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._wait(seconds)

    def _perform(self, task: Task) -> None:
        assert self.context is not None
        try:
            self.jobs[task.job](self.context, _Steps(self, task), task.argument)
        except Exception as error:
            self.errors.append(error)
            tell_of_failure(self.context, task.job, task.argument, "00000000")
            if self.loud:
                raise


class _Steps:
    """What one attempt at a job sees."""

    def __init__(self, workshop: Workshop, task: Task) -> None:
        self._workshop = workshop
        self._task = task
        self._at = 0

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        place = self._at
        self._at += 1
        if place < len(self._task.steps):
            before, told = self._task.steps[place]
            if before != name:
                raise Unremembered(f"step {place} of {self._task.job} was {before!r} and is {name!r} now")
            return json.loads(told)
        self._workshop.in_step = True
        try:
            told = json.dumps(work())
        finally:
            self._workshop.in_step = False
        self._workshop.moment()  # done, and not remembered
        self._task.steps.append((name, told))
        self._workshop.moment()
        return json.loads(told)

    def wait(self, seconds: float) -> None:
        def work() -> None:
            self._workshop.waiting(seconds)

        self(f"wait {self._at}", work)

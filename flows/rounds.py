"""Work that is asked for often and done together: whoever asks before a round has begun to look is served by that round.

A round's job has a number. It is raised when the round begins to look, so that whoever asks afterwards gets the next one.
"""

from functools import partial

from flows.context import Context, Steps


def ask(context: Context, job: str, subject: str, partition: str) -> None:
    """Have job("<subject> <number>") done. What it is to find must be committed before this is called."""
    with context.store.work() as work:
        number = work.settings.get(_key(job, subject), 0)
    context.jobs.enqueue(job, f"{job}-{subject}-{number}", f"{subject} {number}", partition)


def begin(context: Context, steps: Steps, job: str, argument: str) -> str:
    """The first step of a round; returns its subject."""
    subject, _, number = argument.rpartition(" ")
    steps("turn", partial(_turn, context, job, subject, int(number)))
    return subject


def _turn(context: Context, job: str, subject: str, number: int) -> bool:
    with context.store.write() as work:
        work.settings.put(_key(job, subject), max(work.settings.get(_key(job, subject), 0), number + 1))
    return True


def _key(job: str, subject: str) -> str:
    return f"round:{job}:{subject}"

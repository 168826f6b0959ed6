"""Calling a source from a job: what is remembered, what is waited for, and what ends the job.

No exception leaves a step: the engine would store it. A step returns plain values; here they become errors again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import AskOperator, GangwayError, Stop, Stranger, TryLater, Unsure
from flows.context import Steps

TRIES = 13  # so twelve waits: none is followed by nothing
FIRST_WAIT = 5.0
LONGEST_WAIT = 900.0
LOOK_AFTER = 120.0  # what a source had not answered for 90 seconds may yet be written by it


class GaveUp(GangwayError):
    """The job cannot go on; `said` is the sentence for people. `connection_trouble`: the credentials are to blame.

    `stranger`: the source sent a row of another company. `unsure`: what was to be written may have arrived.
    """

    def __init__(
        self, said: str, connection_trouble: bool = False, stranger: bool = False, unsure: bool = False
    ) -> None:
        super().__init__(said)
        self.connection_trouble = connection_trouble
        self.stranger = stranger
        self.unsure = unsure


class _Unconfirmed(TryLater):
    """A write that finds its own earlier one is to be done again, by and by."""


def finding(work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Do a write that first looks for what it may have written before: one that was not confirmed is done again."""
    try:
        return work()
    except Unsure as error:
        raise _Unconfirmed(error.said, LOOK_AFTER) from None


def patiently(
    steps: Steps, name: str, work: Callable[[], Mapping[str, Any]], waiting: Callable[[str, float], None]
) -> Mapping[str, Any]:
    """Do a step that calls a source. A busy source is waited for, over restarts too; `waiting` tells people how long.

    Raises GaveUp where waiting does not help, or helped nothing for long.
    """
    wait, unsure = FIRST_WAIT, False
    for attempt in range(TRIES):
        found = steps(f"{name} {attempt}" if attempt else name, lambda: _contained(work))
        unsure = unsure or bool(found.get("unsure"))
        if "later" in found:
            if attempt + 1 == TRIES:
                break
            # Longer and longer also where it named a time: a limit of an hour outlasts a dozen short waits.
            seconds = min(max(found["later"] or 0.0, wait), LONGEST_WAIT)
            waiting(found["said"], seconds)
            steps.wait(seconds)
            wait = min(wait * 2, LONGEST_WAIT)
        elif "stop" in found:
            raise GaveUp(found["stop"], bool(found.get("credentials")), bool(found.get("stranger")), unsure)
        else:
            return dict(found)
    raise GaveUp("The source kept us waiting for too long. Try again later.", unsure=unsure)


def quietly(_said: str, _seconds: float) -> None:
    """For what nobody waits for, or what shows by itself that it is under way: nothing is said of a wait."""


def _contained(work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return work()
    except TryLater as error:
        return {"later": error.after, "said": error.said, "unsure": isinstance(error, _Unconfirmed)}
    except AskOperator as error:
        return {"stop": error.said, "credentials": True}
    except Stop as error:
        return {"stop": error.said, "stranger": isinstance(error, Stranger), "unsure": isinstance(error, Unsure)}
    except GangwayError as error:
        return {"stop": error.said}

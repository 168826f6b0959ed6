"""Waiting for a source from a job: longer and longer, each wait followed by a try, and an end that is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.errors import TryLater
from flows.patience import LONGEST_WAIT, TRIES, GaveUp, patiently


@dataclass
class Steps:
    """A job's steps; what was done, in its order: "try" or the seconds of a wait."""

    done: list[str | float] = field(default_factory=list)

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        self.done.append("try")
        return work()

    def wait(self, seconds: float) -> None:
        self.done.append(seconds)


def source_that_answers_at(nth: int, after: float | None = None) -> Callable[[], Mapping[str, Any]]:
    """Busy until it is asked for the nth time; `after` is how long it says that one should wait."""
    asked: list[int] = []

    def work() -> Mapping[str, Any]:
        asked.append(1)
        if len(asked) < nth:
            raise TryLater("Autotask is away.", after)
        return {"rows": 3}

    return work


def test_the_longest_wait_is_followed_by_one_more_try() -> None:
    """A source that is back after the last wait is read; nothing was waited for in vain."""
    steps = Steps()
    told: list[float] = []
    assert patiently(steps, "page", source_that_answers_at(TRIES), lambda _said, seconds: told.append(seconds)) == {"rows": 3}
    assert steps.done[-2:] == [LONGEST_WAIT, "try"]
    assert told == [each for each in steps.done if each != "try"]


def test_a_source_that_names_a_minute_again_and_again_is_waited_for_longer_than_an_hour() -> None:
    """A tenant whose calls of the hour are used up answers nobody until the hour has moved on."""
    steps = Steps()
    assert patiently(steps, "page", source_that_answers_at(TRIES, 60.0), lambda _said, _seconds: None) == {"rows": 3}
    waits = [float(each) for each in steps.done if each != "try"]
    assert waits[0] == 60
    assert sum(waits) > 3600


def test_who_gives_up_has_just_tried_and_says_what_to_do() -> None:
    steps = Steps()
    with pytest.raises(GaveUp, match="Try again later"):
        patiently(steps, "page", source_that_answers_at(TRIES + 1), lambda _said, _seconds: None)
    assert steps.done.count("try") == TRIES
    assert steps.done[0] == steps.done[-1] == "try"

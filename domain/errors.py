"""Errors, grouped by what happens next.

Every error carries `said`: one sentence in plain words that says what happened and what to do next. It never holds a
secret, and never names a company the reader may not see.
"""

from enum import StrEnum


class GangwayError(Exception):
    """Something a person will be told about."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class TryLater(GangwayError):
    """The other side is busy or away: the same call may work later.

    `after` is the wait in seconds the other side asked for, or None where it said nothing.
    """

    def __init__(self, said: str, after: float | None = None) -> None:
        super().__init__(said)
        self.after = after


class Trouble(StrEnum):
    """What exactly an operator has to mend."""

    WRONG_KEY = "wrong key"
    WRONG_REGION = "wrong region"
    NO_API_RIGHT = "no API right"
    MISSING_RIGHT = "missing right"
    NOT_FOUND = "not found"
    BAD_ANSWER = "bad answer"
    MISCONFIGURED = "misconfigured"


class AskOperator(GangwayError):
    """Only a person with access to the source or to our settings can mend it. Never retried: a repeated 401 locks accounts."""

    def __init__(self, said: str, trouble: Trouble, field: str | None = None) -> None:
        super().__init__(said)
        self.trouble = trouble
        self.field = field  # the connector's field name to blame, where one is to blame


class NotAsked(AskOperator):
    """Refused for what was refused before: the source was not called this time."""


class TellPerson(GangwayError):
    """The person asked for something that cannot be done as asked: bad input, a missing step, not allowed.

    `remedy` names what the handler may offer as a button, e.g. "map", "connect", "import companies".
    """

    def __init__(self, said: str, remedy: str | None = None, field: str | None = None) -> None:
        super().__init__(said)
        self.remedy = remedy
        self.field = field


class NotAllowed(TellPerson):
    """The person may not do this. Same words whether a thing is another's or does not exist."""


class SkipRecord(GangwayError):
    """This one record cannot be had; the rest goes on. `said` is the reason that the report shows."""


class Stop(GangwayError):
    """Going on would do harm: the whole run stops and says so."""


class Unsure(Stop):
    """Nobody knows whether a write arrived. What finds its own earlier write may be done again."""


class Stranger(Stop):
    """A row claims another company than the one it was asked for: the isolation rule stops the run."""

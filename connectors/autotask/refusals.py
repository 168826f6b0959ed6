"""Autotask's refusals, read. It answers nearly everything with 500 and says in `errors` what it meant."""

import re

from connectors.autotask import levels, refused_writes, words, zone
from domain.errors import AskOperator, GangwayError, Trouble, TryLater

THREADS_AFTER = 5.0  # a place among the three is free again soon
LIMIT_AFTER = 900.0  # the hourly limit blocks the whole tenant until the window has moved on


class UnknownField(AskOperator):
    """The tenant's Autotask does not have a field that a query named; `name` is in lower case."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This Autotask does not have the field {name}. Please report this to us.", Trouble.BAD_ANSWER)
        self.name = name


VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}  # as the refusals say them


def judge(endpoint: str, verb: str, status: int, text: str, said: str) -> GangwayError:
    """What a final refusal means; `text` is Autotask's own, `said` the same, fit to be shown.

    401: an empty body for every failed authentication, whatever its cause.
    500: {"errors":["The logged in Resource does not have the adequate permissions to query this entity type."]}
    """
    lowered = text.lower()
    if status == 401:
        return AskOperator(words.REFUSED, Trouble.WRONG_KEY)
    if "threshold" in lowered:
        return TryLater(words.PAUSE, THREADS_AFTER if "threads has been" in lowered else LIMIT_AFTER)
    if status == 404:
        return AskOperator(words.WRONG_PLACE, Trouble.NOT_FOUND)
    if endpoint == zone.ENDPOINT:
        return _zone_refusal(status, lowered)
    if status == 403 or "adequate permissions" in lowered:
        return AskOperator(levels.missing(endpoint, verb), Trouble.MISSING_RIGHT)
    if verb != "query" and status != 405:
        return refused_writes.refusal(text, said)
    return _query_refusal(endpoint, status, lowered, said)


def _zone_refusal(status: int, lowered: str) -> GangwayError:
    if status == 500 and "zone" in lowered:
        return AskOperator(words.UNKNOWN_USER, Trouble.WRONG_KEY, "username")
    return AskOperator(words.NO_ZONE, Trouble.BAD_ANSWER)


def _query_refusal(endpoint: str, status: int, lowered: str, said: str) -> GangwayError:
    unknown = re.search(r"unable to find (\w+) in the", lowered)
    if unknown:
        return UnknownField(unknown.group(1))
    detail = f": {said}" if said else "."
    return AskOperator(
        f"Autotask refused to answer about {endpoint} ({status}){detail} Please report this to us.",
        Trouble.BAD_ANSWER,
    )

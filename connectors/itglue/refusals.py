"""IT Glue's refusals, read."""

from connectors.itglue import words
from domain.errors import AskOperator, GangwayError, Trouble, TryLater


def judge(endpoint: str, status: int, said: str) -> GangwayError:
    """What a final refusal means; `said` is IT Glue's own text, fit to be shown.

    A wrong key is answered with 403 by the general part of the vendor's page and with 401 by its tables, so both count;
    elsewhere than at the organisations, which any key opens, a 403 is about that list.
    """
    if endpoint == "passwords" and status in (401, 403):
        return AskOperator(words.PASSWORDS_LOCKED, Trouble.MISSING_RIGHT)
    if status == 401 or (status == 403 and endpoint == "organizations"):
        return AskOperator(words.REFUSED, Trouble.WRONG_KEY, words.MASKED)
    if status == 403:
        return AskOperator(words.missing_right(endpoint), Trouble.MISSING_RIGHT)
    if status == 404:
        return AskOperator(words.WRONG_PLACE, Trouble.NOT_FOUND)
    detail = f": {said}" if said else "."
    if status >= 500:  # never about what was asked: those are 400 and 422
        return TryLater(f"IT Glue failed to answer about {endpoint} ({status}){detail} Try again later.")
    return AskOperator(
        f"IT Glue refused to answer about {endpoint} ({status}){detail} Please report this to us.",
        Trouble.BAD_ANSWER,
    )

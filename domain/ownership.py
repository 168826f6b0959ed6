"""Two sources for one company or person: which one owns the fields, by one rule that people can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

RULE = "The PSA's word counts before that of other sources; of two alike, that of the one that was connected first."
REMOVAL = "A source takes away only what it brought: what another one brought stays."


@dataclass(frozen=True)
class Claim:
    """A source that has something to say of a company or a person."""

    connection_id: str
    title: str
    is_psa: bool
    since: datetime  # when it was connected


def owner(claims: Sequence[Claim]) -> Claim | None:
    """Who owns the fields; None where no source has a say."""
    return min(claims, key=lambda claim: (not claim.is_psa, claim.since, claim.connection_id), default=None)


def overruled_by(claims: Sequence[Claim], connection_id: str) -> str:
    """The title of the source whose word counts before this one's; "" where this one owns the fields itself."""
    first = owner(claims)
    return "" if first is None or first.connection_id == connection_id else first.title

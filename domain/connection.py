"""A connection: one set of credentials for a source. The credentials themselves are not here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Connection:
    id: str
    source: str  # the connector's name
    title: str  # what people read, e.g. "Autotask PSA"
    shown: Mapping[str, str]  # the fields that are no secret, e.g. region, key name
    last_four: str
    account: str
    counts: Mapping[str, int]
    locked: Mapping[str, str]  # kind → the sentence that says which right to add
    trouble: str  # the sentence of the last failure; "" while all is well
    created_by: str
    channel: str
    created_at: datetime
    tested_at: datetime

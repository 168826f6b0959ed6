"""Secrets: what a vault entry hides, and what may be seen of it.

`Secret` never shows itself: its repr, and so every log line and exception that meets it, is a row of dots.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, repr=False)
class Secret:
    """Everything of an entry that is encrypted: notes and extra fields too, since people write passwords into them."""

    password: str = ""
    notes: str = ""
    otp_seed: str = ""  # base32, or an otpauth:// address
    fields: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def packed(self) -> bytes:
        """For sealing, and for nothing else."""
        return json.dumps([self.password, self.notes, self.otp_seed, dict(self.fields)], ensure_ascii=False).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Secret":
        password, notes, seed, fields = json.loads(packed)
        return cls(password, notes, seed, fields)


class EntryState(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Entry:
    """A vault entry without its secret: all that lists, cards and reports may show."""

    id: str
    company_id: str
    name: str
    username: str
    url: str
    category: str
    folder: tuple[str, ...]  # from the top, as named
    state: EntryState
    has_password: bool
    has_otp: bool
    has_notes: bool
    updated_at: datetime
    updated_by: str  # a person's name, or the source's title
    connection_id: str | None = None  # None: made here by hand or by a file
    external_id: str | None = None
    link_id: str | None = None
    external_company_id: str | None = None
    fingerprint: str = ""  # of the upstream metadata last taken over
    plan_id: str = ""
    touched: bool = False  # changed here by hand since it came

"""Opportunities: who owns a new one, when it closes, what may be changed here and what the PSA alone decides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.errors import TellPerson
from domain.psa import Choice
from domain.setup import Opportunities

TITLE_LIMIT = 128
MOST = Decimal("999999999.99")
_PLAIN = re.compile(r"(\d+)(?:[.,](\d{1,2}))?", re.ASCII)
_GROUPED = re.compile(r"([1-9]\d{0,2})((?P<by>[ '.,])\d{3}(?:(?P=by)\d{3})*)(?:(?!(?P=by))[.,](\d{1,2}))?", re.ASCII)
_EITHER = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)  # thousands to some, decimals to others
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})


class OpportunityState(StrEnum):
    HERE = "here"  # made here and not pushed
    PUSHING = "pushing"
    UPSTREAM = "upstream"  # stands in the PSA, which has the say


# What the PSA alone decides once the opportunity stands there.
READ_ONLY: Mapping[str, str] = {  # field → what people call it
    "material_cost": "Material Cost", "labor_cost": "Labor Cost", "starts": "Expected Start Date", "response": "Customer Response",
}  # fmt: skip


@dataclass(frozen=True)
class Opportunity:
    """One opportunity. Amounts are decimal text, dates ISO; ids of lists and people are the PSA's."""

    id: str
    connection_id: str
    company_id: str
    link_id: str
    external_company_id: str
    title: str
    external_id: str | None = None
    description: str = ""
    stage: str = ""
    status: str = ""
    category: str = ""
    owner_id: str = ""
    contact_id: str = ""
    amount: str = "0"
    material_cost: str = "0"
    labor_cost: str = "0"
    starts: str = ""
    closes: str = ""
    response: str = ""
    note: str = ""
    read_at: datetime | None = None
    key: str = ""
    made_by: str = ""
    trouble: str = ""
    state: OpportunityState = OpportunityState.UPSTREAM

    @property
    def cost(self) -> str:
        return f"{money(self.material_cost) + money(self.labor_cost):f}"


def owner_of(email: str, person: str, owners: Sequence[Choice], chosen: Opportunities) -> tuple[str, str]:
    """Who owns a new opportunity, and the remark that goes with it.

    The person's own account in the PSA, found by e-mail; the fallback owner exactly when there is none.
    """
    folded = email.strip().casefold()
    own = next((owner for owner in owners if owner.is_active and folded and owner.email.casefold() == folded), None)
    if own is not None:
        return own.id, ""
    fallback = next((owner for owner in owners if owner.id == chosen.fallback_owner and owner.is_active), None)
    if fallback is None:
        raise TellPerson(
            "You have no account in the PSA under your Slack e-mail address, and no fallback owner is set. "
            "Ask an Admin to choose a Fallback owner in the setup."
        )
    return fallback.id, f"{fallback.label} owns it: {person} has no account in the PSA."


def closing(starts: date, days: int) -> date:
    """The projected close: so many days after the start."""
    return starts + timedelta(days=days)


def today(now: datetime, zone: str) -> date:
    """The day it is where the MSP is."""
    return now.astimezone(ZoneInfo(zone)).date()


def money(text: str) -> Decimal:
    """Of decimal text; zero for nothing. Raises ValueError for what is no amount."""
    try:
        found = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite():
        raise ValueError(text)
    return found.quantize(Decimal("0.01")).normalize() + 0


def amount(text: str, field: str) -> str:
    """What was typed as an amount, as decimal text. Raises TellPerson with the field to blame.

    Thousands and decimals as written on either side of the ocean; what could be read both ways is asked for again.
    """
    typed = text.strip().translate(_SPACES) or "0"
    if plain := _PLAIN.fullmatch(typed):
        whole, cents = plain.groups()
    elif _EITHER.fullmatch(typed):
        raise TellPerson("Write it without thousands separators, such as 1500.00.", field=field)
    elif grouped := _GROUPED.fullmatch(typed):
        whole, cents = re.sub(r"\D", "", grouped[1] + grouped[2]), grouped[4]
    else:
        raise TellPerson("Type an amount, such as 1250 or 1,250.50.", field=field)
    found = Decimal(f"{whole}.{cents or '0'}")
    if found > MOST:
        raise TellPerson("Type an amount between 0 and 999,999,999.99.", field=field)
    return f"{money(str(found)):f}"


def day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise TellPerson("Choose a date.", field=field) from None

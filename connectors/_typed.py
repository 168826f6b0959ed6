"""What people typed into our forms, as sources take it; raises TellPerson with the field to blame."""

from decimal import Decimal, InvalidOperation

from connectors._paging import iso
from domain.errors import TellPerson


def sum_of(text: str, field: str) -> Decimal:
    """A sum of money; 0 for nothing."""
    try:
        found = Decimal(text.strip() or "0")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise TellPerson(f"The {field} is not a number. Enter it as 1250 or 1250.50.", field=field)
    return found


def midnight_of(text: str, field: str) -> str:
    """A day as its midnight, "2026-11-22T00:00:00Z"."""
    found = iso(text)
    if not found:
        raise TellPerson("That date is not readable. Choose it anew.", field=field)
    return f"{found[:10]}T00:00:00Z"

"""Amounts as people type them: both usual ways of writing are understood, and what could mean two things is refused."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import TellPerson
from domain.opportunity import MOST, amount

WAYS = [",.", ".,", " ,", " .", "'.", "’.", "\u00a0,", "\u202f,", "',"]  # thousands, decimals


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1,500.00", "1500"), ("1.500,00", "1500"), ("1 500,00", "1500"), ("1'500.00", "1500"), ("1500", "1500"),
        ("1500,5", "1500.5"), ("1500.50", "1500.5"), ("0,50", "0.5"), ("0.05", "0.05"), ("1.500.000", "1500000"),
        ("1,500,000", "1500000"), ("1 500", "1500"), ("1’500", "1500"), ("1.234.567,8", "1234567.8"), ("", "0"), (" 7 ", "7"),
    ],
)  # fmt: skip
def test_the_usual_ways_of_writing_are_understood(typed: str, kept: str) -> None:
    assert amount(typed, "amount") == kept


@pytest.mark.parametrize("typed", ["1.500", "1,500", "12,345", "999.999", "0.500", "0,005"])
def test_what_could_mean_two_things_is_asked_for_again(typed: str) -> None:
    """Nothing is silently a thousandth of what was meant."""
    with pytest.raises(TellPerson, match=r"Write it without thousands separators, such as 1500\.00\.") as refused:
        amount(typed, "labor_cost")
    assert refused.value.field == "labor_cost"


@pytest.mark.parametrize(
    "typed",
    [
        "a lot", "-1", "1e3", "NaN", "Infinity", "1,50,000", "1.500.00", "1,500,00", "1,500.000", "1 500 00", "15 00", "1'5",
        "1.500'00", "1,500.00.00", "1500.005", ".", ",5,", "1,", "1.", "٣", "0.500.000", "1 500.000,00", "$5", "1_000", "1..5",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(TellPerson, match="Type an amount, such as 1250 or"):
        amount(typed, "amount")


def test_the_most_is_the_most() -> None:
    assert amount("999.999.999,99", "amount") == str(MOST)
    with pytest.raises(TellPerson, match="between 0 and"):
        amount("1.000.000.000,00", "amount")


@given(st.integers(0, int(MOST * 100)), st.sampled_from(WAYS), st.booleans())
@example(150_000, ".,", True)
def test_what_is_written_out_in_any_way_comes_back(cents: int, way: str, grouped: bool) -> None:
    whole = f"{cents // 100:,}".replace(",", way[0] if grouped else "")
    assert Decimal(amount(f"{whole}{way[1]}{cents % 100:02}", "amount")) == Decimal(cents) / 100


@given(st.text(alphabet="0123456789., '", max_size=12))
def test_whatever_is_typed_is_kept_digit_by_digit_or_refused(typed: str) -> None:
    """No digit is lost and none moves: what is kept has the digits that were typed, or it is asked for again."""
    try:
        kept = amount(typed, "amount")
    except TellPerson:
        return
    digits = "".join(each for each in typed if each.isdigit()).lstrip("0")
    assert digits.rstrip("0") == kept.replace(".", "").lstrip("0").rstrip("0")
    assert Decimal(kept) * 100 >= int(digits or "0")

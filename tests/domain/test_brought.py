"""What came through a mapping is named as it is: how many of what, and what becomes of it."""

import pytest

from domain.brought import fates, listed


@pytest.mark.parametrize(("came", "said"), [
    ({}, ""),
    ({"people": 1}, "1 person"),
    ({"people": 2, "opportunities": 1}, "2 people and 1 opportunity"),
    ({"people": 1200, "assets": 1, "passwords": 3}, "1,200 people, 1 asset and 3 passwords"),
])
def test_things_are_counted_in_words(came: dict[str, int], said: str) -> None:
    assert listed(came) == said


@pytest.mark.parametrize(("came", "said"), [
    ({}, ["Nothing had come from Contoso."]),
    ({"people": 1}, ["1 person came from Contoso: they stay here, with that origin noted."]),
    ({"passwords": 1}, ["1 password came from Contoso: it stays here, with that origin noted."]),
    ({"tickets": 1}, ["1 ticket came from Contoso: it is not shown here any more."]),
    (
        {"people": 3, "passwords": 2, "tickets": 4},
        ["3 people and 2 passwords came from Contoso: they stay here, with that origin noted.", "4 tickets came from Contoso: they are not shown here any more."],
    ),
])
def test_what_stays_and_what_is_shown_no_more_are_told_apart(came: dict[str, int], said: list[str]) -> None:
    assert list(fates(came, "Contoso")) == said

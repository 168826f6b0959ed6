"""Ids differ, and those made later sort later."""

from bot.ids import new_id


def test_ids_are_of_one_length_and_differ() -> None:
    made = [new_id() for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert {len(each) for each in made} == {32}
    assert all(each == each.lower() and int(each, 16) for each in made)


def test_later_ones_sort_behind() -> None:
    """By the millisecond; within one, chance decides."""
    made = [new_id() for _ in range(10_000)]
    assert [each[:12] for each in made] == sorted(each[:12] for each in made)

"""Plans: the digest covers everything that will happen, and an answer that shrank is not believed."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plan import ONLY_SOME, Action, Counts, Verdict, count, digest, fingerprint, too_much_smaller

ACTIONS = st.sampled_from(list(Action))


def test_the_link_its_version_and_every_byte_of_the_rows_belong_to_the_digest() -> None:
    made = [([b"a"], "l1", 1), ([b"a"], "l1", 2), ([b"a"], "l2", 1), ([b"a"], None, 1), ([], "l1", 1), ([b"a", b"a"], "l1", 1), ([b"b"], "l1", 1)]
    assert len({digest(*each) for each in made}) == len(made)


def test_the_rows_may_come_in_pieces_of_any_length() -> None:
    assert digest([b"one\n", b"two\n"], "l1", 1) == digest([b"one\ntwo\n"], "l1", 1)


def test_a_row_that_only_got_a_new_date_has_the_same_fingerprint() -> None:
    assert fingerprint({"a": 1, "modified": "x"}) == fingerprint({"modified": "y", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def test_a_row_that_came_back_from_json_has_the_same_fingerprint() -> None:
    assert fingerprint({"emails": ("a", "b")}) == fingerprint({"emails": ["a", "b"]})


@given(st.lists(st.tuples(ACTIONS, st.booleans()), max_size=30))
def test_every_row_is_counted_once(made: list[tuple[Action, bool]]) -> None:
    verdicts = [Verdict(action, waits=waits and action is Action.HELD) for action, waits in made]
    counts = count(verdicts)
    assert counts.total == len(made)
    assert counts.to_do == counts.new + counts.changed + counts.waiting <= counts.total
    half = len(verdicts) // 2
    assert count(verdicts[:half]).plus(count(verdicts[half:])) == counts


def test_nothing_counted_is_nothing_to_do() -> None:
    assert Counts().to_do == 0


@given(st.integers(1, 10_000))
def test_an_empty_answer_is_never_believed(before: int) -> None:
    assert too_much_smaller(before, 0)


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_an_answer_that_grew_is_always_believed(before: int, more: int) -> None:
    assert not too_much_smaller(before, before + more)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_who_is_believed_with_a_smaller_loss_is_believed_with_a_lesser(before: int, after: int) -> None:
    after = min(before, after)
    if not too_much_smaller(before, after):
        assert not too_much_smaller(before, after + 1)


@pytest.mark.parametrize(("before", "after", "stops"), [(10, 8, False), (10, 7, True), (1000, 950, False), (1000, 949, True), (2, 1, True), (0, 0, False)])
def test_a_fifth_or_fifty_rows_are_the_limit(before: int, after: int, stops: bool) -> None:
    assert too_much_smaller(before, after) is stops


@pytest.mark.parametrize("action", Action)
def test_a_row_can_be_picked_where_its_reason_says_so_and_nowhere_else(action: Action) -> None:
    left_out = action in (Action.HELD, Action.CONFLICT)
    assert Verdict(action, f"Pick it under {ONLY_SOME} if it belongs here.").pickable is left_out
    assert not Verdict(action, "Inactive: not imported.").pickable
    assert count([Verdict(action, f"Left out unless picked under {ONLY_SOME}.")]).pickable == left_out

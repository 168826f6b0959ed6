"""What an import does with each person: every row gets a verdict, and every row left out a reason that says what to do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.judge_people import Known, judge, label, match_key
from domain.person import Person, PersonKind
from domain.plan import Action
from domain.ports import UpstreamPerson
from domain.roles import Role

ROW = UpstreamPerson("x1", "10", "Ada", "Lovelace", "ada@contoso.com", title="Analyst")
PERSON = Person("p1", "c", PersonKind.END_USER, "ada@contoso.com", "ada@contoso.com", "Ada", "Lovelace", "Analyst", Role.CLIENT)
OTHER = replace(PERSON, id="p2", first_name="Eve")
PEOPLE = st.none() | st.sampled_from([PERSON, OTHER])
ROWS = st.builds(
    UpstreamPerson,
    st.just("x1"),
    st.just("10"),
    st.sampled_from(["Ada", "", " ", "Augusta"]),
    st.sampled_from(["Lovelace", ""]),
    st.sampled_from(["ada@contoso.com", "ADA@contoso.com", "new@contoso.com", "", "  ", "no address", "a@b", "Ada <ada@contoso.com>"]),
    title=st.sampled_from(["Analyst", "", "Boss"]),
    is_active=st.booleans(),
)
KNOWN = st.builds(
    Known,
    by_id=PEOPLE,
    by_email=PEOPLE,
    email_ids=st.sampled_from([(), ("x9",)]),
    email_sources=st.sampled_from([(), ("IT Glue",)]),
    twin_label=st.sampled_from(["", "Bob"]),
    moved_from=st.sampled_from(["", "fabrikam"]),
)


@given(ROWS, KNOWN)
def test_every_row_gets_a_verdict_and_what_is_left_out_gets_a_reason(row: UpstreamPerson, known: Known) -> None:
    verdict = judge(row, known, "Autotask PSA", "new").verdict
    if verdict.action in (Action.HELD, Action.CONFLICT):
        assert verdict.reason.endswith(".")
        assert not verdict.changes
    if verdict.action is Action.CHANGED:
        assert verdict.target in ("p1", "p2")
    if verdict.action is Action.NEW:
        assert verdict.target == "new"


@given(ROWS, KNOWN)
def test_nobody_new_is_invited_who_is_inactive_known_moved_or_has_no_address(row: UpstreamPerson, known: Known) -> None:
    if judge(row, known, "Autotask PSA", "new").verdict.action is Action.NEW:
        assert row.is_active
        assert match_key(row)
        assert known.by_id is None
        assert known.by_email is None
        assert not known.moved_from
        assert not known.twin_label


@given(ROWS, KNOWN)
def test_an_empty_field_never_wipes_what_we_have(row: UpstreamPerson, known: Known) -> None:
    for _old, new in judge(row, known, "Autotask PSA", "new").verdict.changes.values():
        assert new.strip()


@given(ROWS, KNOWN)
def test_somebody_who_moved_is_always_a_conflict_whatever_else_is_true(row: UpstreamPerson, known: Known) -> None:
    moved = replace(known, moved_from="fabrikam")
    verdict = judge(row, moved, "Autotask PSA", "new").verdict
    assert verdict.action is Action.CONFLICT
    assert "fabrikam" not in verdict.reason


def test_a_row_equal_to_what_we_have_is_unchanged() -> None:
    assert judge(ROW, Known(by_id=PERSON), "Autotask PSA", "new").verdict.action is Action.UNCHANGED


def test_another_spelling_of_the_same_address_is_no_change() -> None:
    row = replace(ROW, email="Ada@CONTOSO.com")
    assert judge(row, Known(by_id=PERSON), "Autotask PSA", "new").verdict.action is Action.UNCHANGED


def test_an_address_that_belongs_to_somebody_else_is_a_conflict() -> None:
    row = replace(ROW, email="eve@contoso.com")
    verdict = judge(row, Known(by_id=PERSON, by_email=OTHER), "Autotask PSA", "new").verdict
    assert (verdict.action, verdict.target) == (Action.CONFLICT, "p1")
    assert "Eve Lovelace" in verdict.reason


def test_a_second_source_fills_what_is_empty_and_changes_nothing_else() -> None:
    ours = replace(PERSON, title="")
    row = replace(ROW, first_name="Augusta")
    verdict = judge(row, Known(by_email=ours, email_sources=("IT Glue",)), "Autotask PSA", "new").verdict
    assert verdict.action is Action.CHANGED
    assert verdict.changes == {"title": ("", "Analyst")}


@pytest.mark.parametrize(
    ("row", "shown"),
    [(ROW, "Ada Lovelace"), (replace(ROW, first_name="", last_name=""), "ada@contoso.com"), (UpstreamPerson("x1", "10"), "record x1")],
)
def test_a_row_is_called_by_the_best_name_it_has(row: UpstreamPerson, shown: str) -> None:
    assert label(row) == shown

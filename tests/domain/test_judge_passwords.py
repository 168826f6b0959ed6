"""What becomes of each password's record, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.judge_passwords import Known, judge, print_of
from domain.plan import Action, Verdict
from domain.ports import UpstreamPassword
from domain.secret import Entry, EntryState

ROW = UpstreamPassword(
    "1", "7", "Router", "admin", "https://10.0.0.1/", "Network", ("Sites", "HQ"),
    rotated="2026-01-01T00:00:00Z", modified="2026-01-02T00:00:00Z",
)  # fmt: skip


def entry(row: UpstreamPassword = ROW, **about: object) -> Entry:
    """The entry that a row became."""
    made = Entry(
        "e1", "c1", row.name, row.username, row.url, row.category, row.folder, EntryState.ACTIVE, True, False, False,
        datetime(2026, 1, 3, tzinfo=UTC), "IT Glue", "k1", row.id, "l1", "7", print_of(row), "p1",
    )  # fmt: skip
    return replace(made, **about)  # type: ignore[arg-type]


def judged(row: UpstreamPassword, known: Known | None = None) -> Verdict:
    return judge(row, known or Known(), "c1", "IT Glue", "new")


def test_an_unknown_record_is_new() -> None:
    assert judged(ROW) == Verdict(Action.NEW, "", "new")


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"is_vaulted": True}, "Only people"), ({"is_archived": True}, "unless you pick it"), ({"name": " "}, "no name")],
)
def test_what_cannot_come_is_held_with_its_reason(changes: dict[str, object], why: str) -> None:
    verdict = judged(replace(ROW, **changes))  # type: ignore[arg-type]
    assert verdict.action is Action.HELD
    assert why in verdict.reason


def test_an_archived_one_comes_when_picked() -> None:
    assert judged(replace(ROW, is_archived=True), Known(chosen=True)).action is Action.NEW


def test_picking_does_not_open_a_vaulted_one() -> None:
    assert judged(replace(ROW, is_vaulted=True), Known(chosen=True)).action is Action.HELD


def test_the_same_record_again_is_unchanged() -> None:
    assert judged(ROW, Known(entry())) == Verdict(Action.UNCHANGED, "", "e1")


def test_a_rotated_value_is_a_change() -> None:
    verdict = judged(replace(ROW, rotated="2026-05-05T00:00:00Z"), Known(entry()))
    assert (verdict.action, verdict.target) == (Action.CHANGED, "e1")
    assert verdict.changes == {"value": ("as imported", "rotated 2026-05-05")}


def test_changed_metadata_is_told_field_by_field() -> None:
    verdict = judged(replace(ROW, username="root", folder=("Sites",)), Known(entry()))
    assert verdict.changes == {"username": ("admin", "root"), "folder": ("Sites/HQ", "Sites")}


def test_a_record_that_only_moved_in_time_may_have_other_notes() -> None:
    verdict = judged(replace(ROW, modified="2026-06-06T00:00:00Z"), Known(entry()))
    assert verdict.action is Action.CHANGED
    assert "notes" in verdict.reason


@pytest.mark.parametrize("rotated", ["2026-05-05T00:00:00Z", ROW.rotated])
def test_what_was_changed_here_by_hand_is_never_overwritten(rotated: str) -> None:
    changed = replace(ROW, rotated=rotated, username="root")
    verdict = judged(changed, Known(entry(touched=True)))
    assert verdict.action is Action.CONFLICT
    assert "by hand" in verdict.reason


def test_changed_here_and_not_there_is_no_conflict() -> None:
    assert judged(ROW, Known(entry(touched=True))).action is Action.UNCHANGED


def test_an_entry_under_another_company_is_a_conflict_that_names_nobody() -> None:
    verdict = judged(ROW, Known(entry(company_id="c2")))
    assert verdict.action is Action.CONFLICT
    assert verdict.target == ""
    assert "another company" in verdict.reason


def test_a_record_archived_since_leaves_ours_alone() -> None:
    verdict = judged(replace(ROW, is_archived=True), Known(entry()))
    assert verdict.action is Action.HELD
    assert "stays here" in verdict.reason


def test_a_record_listed_twice_counts_once() -> None:
    assert judged(ROW, Known(twin=True)).action is Action.HELD


def test_namesakes_are_not_matched() -> None:
    """Only the upstream id recognises a record: there is a Router in every company."""
    assert judged(replace(ROW, id="2"), Known()).action is Action.NEW

"""Plans: the doors between their states open once, whoever presses how often and together."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from sqlalchemy import text

from domain.plan import Action, PlanState, Verdict
from domain.ports import Kind
from storage.store import Store
from tests.crowd import at_once
from tests.storage.rows import NOW, filled, plan

DOORS = [
    (PlanState.PREPARING, PlanState.PROPOSED),
    (PlanState.PROPOSED, PlanState.APPROVED),
    (PlanState.PROPOSED, PlanState.DENIED),
    (PlanState.APPROVED, PlanState.RUNNING),
    (PlanState.RUNNING, PlanState.DONE),
]


@pytest.fixture
def there(store: Store) -> Store:
    filled(store)
    return store


def staged(store: Store, rows: int) -> None:
    with store.write() as work:
        work.plans.add(plan("p1", PlanState.PREPARING))
        work.plans.stage("p1", [(n, f"x{n}", f"Row {n}", "", {"id": f"x{n}"}, f"key{n % 3}") for n in range(rows)])


@pytest.mark.parametrize(("before", "after"), DOORS)
def test_every_door_opens_once(there: Store, before: PlanState, after: PlanState) -> None:
    with there.write() as work:
        work.plans.add(plan("p1", before))
        assert work.plans.move("p1", before, after)
        assert not work.plans.move("p1", before, after)


def test_of_twenty_who_press_at_once_exactly_one_gets_through(there: Store) -> None:
    with there.write() as work:
        work.plans.add(plan("p1"))

    def press(number: int) -> bool:
        with there.write() as work:
            after = PlanState.APPROVED if number % 2 else PlanState.DENIED
            return work.plans.move("p1", PlanState.PROPOSED, after, decided_by=f"U{number}")

    assert sum(at_once(20, press)) == 1


def test_a_plan_comes_back_as_it_was_put(there: Store) -> None:
    made = plan("p1", company_id="a", link_id="l1")
    with there.write() as work:
        work.plans.add(made)
    with there.work() as work:
        assert work.plans.get("p1") == made


def test_only_open_plans_of_the_link_become_void(there: Store) -> None:
    with there.write() as work:
        for state in PlanState:
            work.plans.add(plan(f"p {state}", state, "a", "l1"))
        work.plans.add(plan("other", PlanState.PROPOSED, "b"))
        voided = work.plans.void_of_link("l1", "changed", NOW)
    assert set(voided) == {"p preparing", "p proposed"}


def test_rows_staged_twice_are_there_once(there: Store) -> None:
    staged(there, 7)
    with there.write() as work:
        work.plans.stage("p1", [(n, f"x{n}", "again", "", {}, "") for n in range(7)])
        assert work.plans.staged("p1") == 7
        assert {item.label for item in work.plans.batch("p1", -1, 10)} == {f"Row {n}" for n in range(7)}


def test_batches_meet_without_gap_or_overlap(there: Store) -> None:
    staged(there, 23)
    seen: list[int] = []
    after = -1
    with there.work() as work:
        while items := work.plans.batch("p1", after, 5):
            seen += [item.seq for item in items]
            after = items[-1].seq
    assert all(second == first + 1 for first, second in pairwise([-1, *seen]))
    assert len(seen) == 23


def test_verdicts_are_kept_with_their_rows(there: Store) -> None:
    staged(there, 3)
    verdict = Verdict(Action.CHANGED, "why", "target", {"title": ("old", "new")})
    with there.write() as work:
        work.plans.judge("p1", {1: verdict})
    with there.work() as work:
        items = {item.seq: item.verdict for item in work.plans.batch("p1", -1, 10)}
    assert items[1] == verdict
    assert items[0].action is Action.HELD


def test_what_is_typed_into_a_search_is_only_words(there: Store) -> None:
    staged(there, 12)
    with there.work() as work:
        for typed, found in (("Row 1", 3), ("row 11", 1), ("%", 0), ("_", 0), ("'; drop table plan; --", 0), ("", 12)):
            assert work.plans.page("p1", None, typed, 5, 0)[1] == found


def test_twins_are_rows_of_one_key(there: Store) -> None:
    staged(there, 4)
    with there.work() as work:
        assert work.plans.twins("p1") == {"key0": (0, 3)}


def test_a_page_read_anew_forgets_what_a_half_kept_one_left(there: Store) -> None:
    staged(there, 6)
    with there.write() as work:
        work.plans.drop_items_from("p1", 4)
        assert work.plans.staged("p1") == 4


@pytest.mark.parametrize(
    "change",
    ["seq = 9", "external_id = 'x9'", "\"row\" = '{\"id\":\"x9\"}'", "target = 'p9'", "action = 'new'", "waits = true", "changes = '{\"title\":[\"\",\"Chief\"]}'"],
)
def test_whatever_would_happen_otherwise_changes_what_the_digest_is_made_of(there: Store, change: str) -> None:
    staged(there, 3)
    with there.write() as work:
        before = b"".join(work.plans.lines("p1"))
        assert b"".join(work.plans.lines("p1")) == before
        work.session.execute(text(f"update plan_item set {change} where plan_id = 'p1' and seq = 1"))
        assert b"".join(work.plans.lines("p1")) != before


def test_a_digest_is_made_of_each_row_once(there: Store) -> None:
    staged(there, 4_500)
    with there.work() as work:
        lines = b"".join(work.plans.lines("p1")).splitlines()
    assert [msgspec.json.decode(line)[0] for line in lines] == list(range(4_500))


def test_of_many_runs_that_write_to_one_place_one_starts(there: Store) -> None:
    ids = [f"p{number}" for number in range(6)]
    with there.write() as work:
        for plan_id in ids:
            work.plans.add(plan(plan_id, PlanState.APPROVED, "a"))
            work.plans.note(plan_id, decided_at=NOW)
        own = work.companies.own().id

    def start(number: int) -> bool:
        with there.write() as work:
            work.plans.start_alone()
            mine = work.plans.get(ids[number])
            assert mine is not None
            if work.plans.runs_beside(mine, own, NOW):
                return False
            return work.plans.move(mine.id, PlanState.APPROVED, PlanState.RUNNING)

    assert sorted(at_once(len(ids), start)) == [False] * 5 + [True]


def test_runs_of_other_companies_and_those_that_ended_before_are_not_beside_it(there: Store) -> None:
    with there.write() as work:
        for plan_id, state, company_id in (
            ("mine", PlanState.APPROVED, "a"),
            ("ended", PlanState.DONE, "a"),
            ("half", PlanState.FAILED, "a"),
            ("going", PlanState.RUNNING, "a"),
            ("other", PlanState.RUNNING, "b"),
            ("unread", PlanState.DONE, "a"),
        ):
            work.plans.add(plan(plan_id, state, company_id))
            ended = {"finished_at": NOW} if state in (PlanState.DONE, PlanState.FAILED) else {}
            work.plans.note(plan_id, **ended, **({"decided_at": NOW} if plan_id != "unread" else {}))
        mine, own = work.plans.get("mine"), work.companies.own().id
        assert mine is not None
        assert work.plans.runs_beside(mine, own, NOW) == {
            "ended": PlanState.DONE, "half": PlanState.FAILED, "going": PlanState.RUNNING,
        }
        assert work.plans.runs_beside(mine, own, NOW + timedelta(seconds=1)) == {"going": PlanState.RUNNING}


def test_staff_and_users_of_the_own_company_write_to_one_place(there: Store) -> None:
    with there.write() as work:
        own = work.companies.own().id
        work.plans.add(replace(plan("staff", PlanState.RUNNING), kind=Kind.STAFF))
        work.plans.note("staff", decided_at=NOW)
        assert work.plans.runs_beside(plan("users", company_id=own), own, NOW) == {"staff": PlanState.RUNNING}
        assert work.plans.runs_beside(plan("clients", company_id="a"), own, NOW) == {}

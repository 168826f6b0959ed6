"""Lists of several pages that misbehave: nothing is lost, nothing comes twice, and a half-read list is never believed."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from domain.plan import PlanState
from domain.ports import Kind
from storage.store import Store
from tests.faults.town import SOURCES, Town, assert_people_are_true, assert_plain, assert_told, opened, some

PAGE = {"autotask": 500, "itglue": 1_000, "connectwise": 1_000}
# A list that is spoilt once is read again; one that stays spoilt ends the preview with advice.
SPOILT = ("repeated_page", "empty_page")
SPOILT_EVERYWHERE = [*product(SOURCES, SPOILT)]


def wide(store: Store, source: str) -> Any:
    """A town whose client has a page of people and a little more."""
    return opened(store, source, people=PAGE[source] + 20)


def preview(town: Town) -> Any:
    return town.bench.preview(Kind.USERS, "Contoso", town.upstream.name)


@pytest.mark.parametrize(("source", "kind"), some(SPOILT_EVERYWHERE, 5))
def test_a_page_that_came_wrong_once_changes_nothing_about_the_end(quick_store: Store, source: str, kind: str) -> None:
    with wide(quick_store, source) as town:
        town.mapped()
        town.strike(kind, "users", times=1)
        plan = preview(town)
        if plan.state is PlanState.FAILED:  # it was not believed
            assert_told(town, plan, PlanState.FAILED)
            plan = preview(town)
        assert_told(town, town.bench.approve(plan), PlanState.DONE)
        assert_people_are_true(town)


@pytest.mark.parametrize(("source", "kind"), some(SPOILT_EVERYWHERE, 5))
def test_pages_that_stay_wrong_are_not_believed(quick_store: Store, source: str, kind: str) -> None:
    """The preview ends with a sentence or holds what is true; it never proposes half of a list as the whole."""
    with wide(quick_store, source) as town:
        town.mapped()
        town.strike(kind, "users")
        plan = preview(town)
        assert_told(town, plan, PlanState.FAILED)
        assert town.bench.people() == {}


def a_rename(town: Town) -> None:
    town.world.rename_contact(town.staying[3], "Changed", "Inbetween")


def one_who_comes(town: Town) -> None:
    town.world.add_contact(town.client, "Late", "Comer", "late@contoso.example")


def one_who_goes(town: Town) -> None:
    town.world.delete(town.staying[3])


def one_who_moves_away(town: Town) -> None:
    other = town.world.add_company("Elsewhere", "elsewhere.example")
    town.world.move_contact(town.staying[3], other)


CHANGES = [a_rename, one_who_goes, one_who_comes, one_who_moves_away]


@pytest.mark.parametrize(("source", "change"), some([*product(SOURCES, CHANGES)], 5))
def test_a_row_that_changes_between_pages_is_neither_lost_nor_doubled(
    quick_store: Store, source: str, change: Callable[[Town], None]
) -> None:
    """Between the first page and the second; the approval finds the difference or it is in the preview already."""
    with wide(quick_store, source) as town:
        town.mapped()
        drawn = town.bench.ear.plan

        def after_the_first_page(plan_id: str, final: bool = False) -> None:
            drawn(plan_id, final)
            if not changed:
                changed.append(plan_id)
                town.bench.clock.advance(2)
                change(town)

        changed: list[str] = []
        town.bench.ear.plan = after_the_first_page
        plan = preview(town)
        town.bench.ear.plan = drawn
        assert changed
        for _ in range(3):
            if plan.state is PlanState.PROPOSED:
                plan = town.bench.approve(plan)
            if plan.state is PlanState.DONE:
                break
            assert_plain(plan.note)
            plan = preview(town)
        assert plan.state is PlanState.DONE, plan.note
        assert_people_are_true(town)

"""Every fault of a source, in every work that reads it: afterwards what is stored is what the source has, and people were told.

The normal run tries a sample of the combinations that has each fault, source and work in it; a long run tries all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from domain.plan import Plan, PlanState
from domain.ports import Kind
from storage.store import Store
from tests.faults.town import (
    SOURCES,
    Town,
    assert_companies_are_true,
    assert_passwords_are_true,
    assert_people_are_true,
    assert_plain,
    assert_told,
    opened,
    passwords,
    some,
)

# --- the works ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """An import, from its preview on; `list_` is the route it reads, `begin` prepares the ground for it."""

    kind: Kind
    list_: str
    company: str
    begin: Callable[[Town], None]
    assert_true: Callable[[Town], None]

    def preview(self, town: Town) -> Plan:
        return town.bench.preview(self.kind, self.company, town.upstream.name)


def _nothing(_town: Town) -> None:
    """Companies need nothing."""


def _with_passwords(town: Town) -> None:
    passwords(town, 4)
    town.mapped()


WORKS = {
    "companies": Work(Kind.COMPANIES, "companies", "", _nothing, assert_companies_are_true),
    "users": Work(Kind.USERS, "users", "Contoso", Town.mapped, assert_people_are_true),
    "passwords": Work(Kind.PASSWORDS, "passwords", "Contoso", _with_passwords, assert_passwords_are_true),
}
EVERYWHERE = [(source, work) for source in SOURCES for work in WORKS if work != "passwords" or source == "itglue"]


@dataclass(frozen=True)
class Fault:
    kind: str
    how: Mapping[str, Any] = field(default_factory=dict)


# What goes by itself: the work waits and comes through.
PASSING = {
    "429 that says how long": Fault("too_many", {"value": 2, "times": 2}),
    "429 that says very long": Fault("too_many", {"value": 400, "times": 2}),
    "429 that says nothing": Fault("too_many", {"times": 2}),
    "429 for a long while": Fault("too_many", {"times": 12}),
    "a burst of 500": Fault("server_error", {"times": 3}),
    "a long burst of 500": Fault("server_error", {"times": 9}),
    "a burst of 503": Fault("server_error", {"value": 503, "times": 3}),
    "reset in mid-body": Fault("reset", {"times": 2}),
    "reset again and again": Fault("reset", {"times": 11}),
    "JSON cut off": Fault("truncated", {"times": 2}),
    "answers that take minutes": Fault("slow_clock", {"value": 200, "times": 3}),
}
# What a person has to mend.
LASTING = {"key revoked": "revoked", "right revoked": "no_right"}
PASSING_EVERYWHERE = [(source, work, name) for name, (source, work) in product(PASSING, EVERYWHERE)]
LASTING_EVERYWHERE = [(source, work, name) for name, (source, work) in product(LASTING, EVERYWHERE)]


@pytest.mark.parametrize(("source", "work", "name"), some(PASSING_EVERYWHERE, 5))
def test_passing_trouble_delays_an_import_and_changes_nothing_about_its_end(quick_store: Store, source: str, work: str, name: str) -> None:
    """In the preview and again in the run: both come through by themselves."""
    fault, at = PASSING[name], WORKS[work]
    with opened(quick_store, source) as town:
        at.begin(town)
        town.strike(fault.kind, at.list_, **fault.how)
        plan = at.preview(town)
        assert_told(town, plan, PlanState.PROPOSED)
        town.faults.clear()
        town.strike(fault.kind, at.list_, **fault.how)
        town.bench.approve(plan)
        assert_told(town, plan, PlanState.DONE)
        town.faults.clear()
        at.assert_true(town)
        again = at.preview(town)
        assert (again.counts.new, again.counts.changed) == (0, 0)


@pytest.mark.parametrize(("source", "work", "name"), some(LASTING_EVERYWHERE, 3))
def test_what_is_revoked_ends_a_preview_with_advice(quick_store: Store, source: str, work: str, name: str) -> None:
    at = WORKS[work]
    with opened(quick_store, source) as town:
        at.begin(town)
        town.strike(LASTING[name], at.list_)
        assert_told(town, at.preview(town), PlanState.FAILED)
        town.faults.clear()
        town.reconnected()
        plan = town.bench.approve(at.preview(town))
        assert_told(town, plan, PlanState.DONE)
        at.assert_true(town)


@pytest.mark.parametrize(("source", "work", "name"), some(LASTING_EVERYWHERE, 3))
def test_what_is_revoked_before_a_run_stops_it_with_advice_and_it_can_be_begun_again(
    quick_store: Store, source: str, work: str, name: str
) -> None:
    at = WORKS[work]
    with opened(quick_store, source) as town:
        at.begin(town)
        plan = at.preview(town)
        town.strike(LASTING[name], at.list_)
        calls = town.upstream.stand_in.calls()
        town.bench.approve(plan)
        assert_told(town, plan, PlanState.FAILED)
        assert town.upstream.stand_in.calls() - calls <= 3, "repeated tries lock accounts"
        town.faults.clear()
        town.reconnected()
        assert_told(town, town.bench.approve(at.preview(town)), PlanState.DONE)
        at.assert_true(town)


@pytest.mark.parametrize("name", LASTING)
def test_a_right_to_values_that_goes_in_mid_run_keeps_what_came_and_the_rest_comes_later(quick_store: Store, name: str) -> None:
    """Passwords are read a few at a time: some are here when the key is revoked; after it was mended all are, once."""
    with opened(quick_store, "itglue") as town:
        WORKS["passwords"].begin(town)
        plan = WORKS["passwords"].preview(town)
        town.strike(LASTING[name], "values", after=2)
        town.bench.approve(plan)
        assert_told(town, plan, PlanState.FAILED)
        assert 1 <= len(town.entries()) <= 2
        town.faults.clear()
        town.reconnected()
        assert_told(town, town.bench.approve(WORKS["passwords"].preview(town)), PlanState.DONE)
        assert_passwords_are_true(town)


@pytest.mark.parametrize("calls", range(5))
def test_a_key_that_dies_at_any_call_of_a_run_is_what_people_are_told(quick_store: Store, calls: int) -> None:
    """Not that the source had changed, and not that a right was missing: neither would be mended by what is advised."""
    with opened(quick_store, "itglue") as town:
        town.mapped()
        passwords(town, 2, folder="Infrastructure")
        plan = WORKS["passwords"].preview(town)
        town.strike("revoked", after=calls)
        town.bench.approve(plan)
        assert_told(town, plan, PlanState.FAILED)
        said = town.bench.plan(plan.id).note
        assert "was revoked" in said
        assert "changed" not in said
        town.faults.clear()
        town.reconnected()
        assert_told(town, town.bench.approve(WORKS["passwords"].preview(town)), PlanState.DONE)
        assert_passwords_are_true(town)


# --- syncs -------------------------------------------------------------------------------------------------------


def imported(town: Town) -> None:
    """Companies and Contoso's people are here, and the source went on living since."""
    for kind, company in ((Kind.COMPANIES, ""), (Kind.USERS, "Contoso")):
        if kind is Kind.USERS:
            town.company = town.bench.companies()["Contoso"]
        town.bench.imported(kind, company, town.upstream.name)
    town.bench.clock.advance(3600)
    first, second, *_ = town.staying
    town.world.rename_contact(first, "Renamed", "Person")
    town.world.change_email(second, "moved@contoso.example")
    town.world.add_contact(town.client, "New", "Comer", "new@contoso.example")
    town.world.add_company("Newcomer", "newcomer.example", domains=("newcomer.example",))


def settled(town: Town) -> None:
    """Somebody approves what the sync proposes; then all is as the source has it."""
    proposed = town.proposed()
    assert sorted(plan.kind for plan in proposed) == [Kind.COMPANIES, Kind.USERS]
    for plan in proposed:
        assert_told(town, plan, PlanState.PROPOSED)
        assert plan.counts.new == 1
        assert_told(town, town.bench.approve(plan), PlanState.DONE)
    assert_companies_are_true(town)
    assert "Renamed Person" in {line.person.name for line in town.bench.people(town.company).values()}
    wanted = town.upstream.people(town.client)
    there = town.bench.people(town.company)
    assert set(there) == set(wanted.values())
    mails = [mail.to for mail in town.bench.post.sent]
    assert len(mails) == len(set(mails))
    assert set(wanted.values()) <= set(mails)


@pytest.mark.parametrize(("source", "name"), some([*product(SOURCES, PASSING)], 4))
def test_passing_trouble_delays_a_sync_and_loses_nothing(quick_store: Store, source: str, name: str) -> None:
    fault = PASSING[name]
    with opened(quick_store, source) as town:
        imported(town)
        for list_ in ("companies", "users"):
            town.strike(fault.kind, list_, **fault.how)
        town.sync()
        town.faults.clear()
        town.sync()
        settled(town)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", LASTING)
def test_what_is_revoked_stops_a_sync_with_advice_and_the_next_one_catches_up(quick_store: Store, source: str, name: str) -> None:
    with opened(quick_store, source) as town:
        imported(town)
        town.strike(LASTING[name])
        for _ in range(2):
            for said in town.sync():
                assert_plain(said)
            assert town.proposed() == []
        [*told] = town.bench.ear.notices
        assert len(told) == len(set(told)) >= 1, "its people are told once"
        for said in told:
            assert_plain(said)
        town.faults.clear()
        town.reconnected()
        town.sync()
        settled(town)

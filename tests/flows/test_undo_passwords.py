"""Undoing an import of passwords: what came goes, what was changed cannot be restored and is named."""

import pytest

from domain.approval import Choice
from domain.plan import Action, Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import imports, undo, why
from storage.store import Store
from tests.flows.safe import Vaulted, vaulted


@pytest.fixture
def both(store: Store) -> Vaulted:
    return vaulted(store)


def run(town: Vaulted) -> Plan:
    plan = town.bench.preview(Kind.PASSWORDS, "Contoso")
    return town.bench.approve(plan, town.bench.desk(user="U2"))


def undone(town: Vaulted, plan: Plan) -> Plan:
    asked = undo.propose(town.bench.context, town.bench.admin, plan.id)
    if asked.state is PlanState.PROPOSED:
        imports.decide(town.bench.context, town.bench.desk(user="U2"), asked.id, Choice.APPROVE)
        town.bench.workshop.run()
    return town.bench.plan(asked.id)


def test_entries_that_came_go_with_their_folders(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router", folder=("Sites", "HQ"))
    both.safe.password("2", "7", "Switch", folder=("Sites",))
    done = undone(both, run(both))
    assert (done.state, done.counts.new) == (PlanState.DONE, 2)
    assert both.entries() == {}
    with both.bench.store.work() as work:
        assert work.undoing.companies([both.company.id], hold=False)[both.company.id].things == ()


def test_what_was_changed_here_or_by_a_later_run_is_kept(both: Vaulted) -> None:
    for id_, name in (("1", "Router"), ("2", "Switch"), ("3", "Server")):
        both.safe.password(id_, "7", name, folder=("Sites",))
    first = run(both)
    both.bench.clock.advance(60)
    both.safe.rotate("1", "the-new-one")
    second = run(both)
    assert undone(both, second).note.startswith("Nothing can be taken back. Router: Cannot be restored")
    done = undone(both, first)
    assert (done.counts.new, done.counts.held) == (2, 1)
    assert set(both.entries()) == {"Router"}
    kept = imports.sample(both.bench.context, done.id, Action.HELD)
    assert [item.label for item in kept] == ["Router"]


def test_why_tells_where_an_entry_came_from_and_nothing_secret(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router", "Tr0ub4dor")
    run(both)
    (said,) = why.why(both.bench.context, both.bench.admin, "router")
    assert "Router is in the vault of Contoso (active): from IT Glue · company 7 · record 1, run" in said
    assert "Tr0ub4dor" not in said
    viewer = both.bench.desk(Role.VIEWER)
    assert "Router is in the vault" not in " ".join(why.why(both.bench.context, viewer, "router"))

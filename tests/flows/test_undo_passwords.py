"""Undoing an import of passwords: what came goes, what was replaced comes back sealed as it was, what was touched stays."""

import pytest
from sqlalchemy import text

from domain.approval import Choice
from domain.errors import Stop
from domain.plan import Action, Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import imports, private, removing, undo, vault, why
from flows.desk import Desk
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


def test_what_was_changed_by_a_later_run_is_kept(both: Vaulted) -> None:
    for id_, name in (("1", "Router"), ("2", "Switch"), ("3", "Server")):
        both.safe.password(id_, "7", name, folder=("Sites",))
    first = run(both)
    both.bench.clock.advance(60)
    both.safe.rotate("1", "the-new-one")
    run(both)
    done = undone(both, first)
    assert (done.counts.new, done.counts.held) == (2, 1)
    assert set(both.entries()) == {"Router"}
    kept = imports.sample(both.bench.context, done.id, Action.HELD)
    assert [item.label for item in kept] == ["Router"]


def rotated(town: Vaulted, **changes: object) -> tuple[Plan, Plan]:
    """A router came with the old value in one folder, and a second run brought the new value in another."""
    town.safe.password("1", "7", "Router", "the-old-one", folder=("Sites", "HQ"))
    town.safe.password("2", "7", "Switch", "the-switch")
    first = run(town)
    town.bench.clock.advance(60)
    town.safe.rotate("1", "the-new-one", **{"name": "Router 2", "folder": ("Moved",), **changes})
    return first, run(town)


def remembered(town: Vaulted) -> int:
    with town.bench.store.work() as work:
        return int(work.session.execute(text("select count(*) from vault_entry_before")).scalar_one())


def revealed(town: Vaulted, name: str) -> str:
    desk = Desk(town.bench.admin.actor, "C1", None, town.company)
    address = vault.reveal_link(town.bench.context, desk, town.entries()[name].id)
    return private.reveal(town.bench.context, address.rsplit("/", 1)[1]).secret.password


def test_a_rotated_password_gets_its_old_value_back(both: Vaulted) -> None:
    first, second = rotated(both)
    assert remembered(both) == 1
    assert revealed(both, "Router 2") == "the-new-one"
    done = undone(both, second)
    assert (done.state, done.counts.new, done.counts.changed, done.counts.held) == (PlanState.DONE, 0, 1, 0)
    assert revealed(both, "Router") == "the-old-one"
    entry = both.entries()["Router"]
    assert (entry.folder, entry.plan_id, entry.touched) == (("Sites", "HQ"), first.id, False)
    assert remembered(both) == 0
    with both.bench.store.work() as work:
        assert work.session.execute(text("select count(*) from vault_folder")).scalar_one() == 2
    again = both.bench.preview(Kind.PASSWORDS, "Contoso")
    assert again.counts.changed == 1  # upstream still has the new one, and says so


def test_one_run_after_the_other_can_be_taken_back(both: Vaulted) -> None:
    first, second = rotated(both)
    undone(both, second)
    assert undone(both, first).counts.new == 2
    assert both.entries() == {}


def test_what_was_touched_since_is_kept_and_named(both: Vaulted) -> None:
    _, second = rotated(both)
    desk = Desk(both.bench.admin.actor, "C1", None, both.company)
    asked = undo.propose(both.bench.context, both.bench.admin, second.id)
    vault.edit(both.bench.context, desk, both.entries()["Router 2"].id, vault.Draft("By hand"))
    imports.decide(both.bench.context, both.bench.desk(user="U2"), asked.id, Choice.APPROVE)
    both.bench.workshop.run()
    assert both.bench.plan(asked.id).counts.held == 1
    assert revealed(both, "By hand") == "the-new-one"


def test_another_entrys_ciphertext_put_there_does_not_open(both: Vaulted) -> None:
    _, second = rotated(both)
    with both.bench.store.write() as work:
        other = both.entries()["Switch"].id
        work.session.execute(
            text("update vault_entry_before set sealed = (select sealed from vault_entry where id = :other)"), {"other": other}
        )
    undone(both, second)
    with pytest.raises(Stop, match="does not belong"):
        revealed(both, "Router")


def test_old_values_are_forgotten_with_the_window_and_with_the_company(both: Vaulted) -> None:
    _, second = rotated(both)
    both.bench.clock.advance(72 * 3600)
    undo.forget(both.bench.context)
    assert remembered(both) == 1
    asked = undo.propose(both.bench.context, both.bench.admin, second.id)
    both.bench.clock.advance(3600)
    undo.forget(both.bench.context)
    assert remembered(both) == 1, "an undo waits for them"
    imports.decide(both.bench.context, both.bench.desk(user="U2"), asked.id, Choice.DENY)
    undo.forget(both.bench.context)
    assert remembered(both) == 0
    both.bench.clock.advance(60)
    both.safe.rotate("1", "the-third-one")
    run(both)
    assert remembered(both) == 1
    removing.remove(both.bench.context, both.bench.admin, both.company.id)
    assert remembered(both) == 0


def test_a_killed_run_remembers_what_stood_before_it_and_not_its_own(both: Vaulted) -> None:
    _, second = rotated(both)
    entry = both.entries()["Router 2"]
    with both.bench.store.write() as work:
        work.before.keep(second.id, entry.id)
        work.before.keep("another-run", entry.id)
        work.before.keep("another-run", entry.id)
    undone(both, second)
    assert revealed(both, "Router") == "the-old-one"


def test_why_tells_where_an_entry_came_from_and_nothing_secret(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router", "Tr0ub4dor")
    run(both)
    (said,) = why.why(both.bench.context, both.bench.admin, "router")
    assert "Router is in the vault of Contoso (active): from IT Glue · company 7 · record 1, run" in said
    assert "Tr0ub4dor" not in said
    viewer = both.bench.desk(Role.VIEWER)
    assert "Router is in the vault" not in " ".join(why.why(both.bench.context, viewer, "router"))

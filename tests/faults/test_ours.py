"""What breaks on our side: a full disk, a locked database, PostgreSQL restarted, a source whose clock is wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from domain.approval import Choice
from domain.plan import Plan, PlanState
from domain.ports import Kind
from flows import imports
from storage.store import Store
from tests.faults.town import SOURCES, assert_people_are_true, opened
from tests.flows.bench import Bench, bench
from tests.flows.test_import_people import contoso

PEOPLE = 600


@contextmanager
def full(store: Store) -> Iterator[None]:
    """The disk holds what there is and nothing more: the real "database or disk is full"."""

    def limited(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute(f"pragma max_page_count = {raw.execute('pragma page_count').fetchone()[0]}")

    store.close()
    event.listen(store.engine, "connect", limited)
    try:
        yield
    finally:
        event.remove(store.engine, "connect", limited)
        store.close()


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another program writes and does not come to an end; we wait for it a moment only."""

    def impatient(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("pragma busy_timeout = 20")

    store.close()
    event.listen(store.engine, "connect", impatient)
    with closing(sqlite3.connect(str(store.engine.url.database), isolation_level=None)) as other:
        other.execute("begin immediate")
        try:
            yield
        finally:
            other.execute("rollback")
            event.remove(store.engine, "connect", impatient)
            store.close()


@contextmanager
def restarted(store: Store) -> Iterator[None]:
    """Every connection that we hold to the server is ended by it, as when it is restarted."""
    with store.engine.connect() as kept:
        kept.execute(text("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"))
        yield


def crowd(made: Bench) -> None:
    made.two_eyes_are_enough()
    contoso(made)
    for number in range(PEOPLE):
        made.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")


def gone_on(made: Bench, plan: Plan) -> Plan:
    """What people and the clock do afterwards: begin a failed import again, take up one that stopped."""
    now = made.plan(plan.id)
    if now.state is PlanState.FAILED:
        assert (plan.id, True, "failed") in made.ear.plans
        assert "preview again" in now.note
        return made.approve(made.preview(Kind.USERS, "Contoso"))
    made.workshop.known.clear()
    made.workshop.queue.clear()
    imports.sweep(made.context)
    made.workshop.run()
    return now


def assert_all_are_here(made: Bench, plan: Plan) -> None:
    done = made.plan(plan.id)
    assert (done.state, done.note) == (PlanState.DONE, f"{PEOPLE} people imported.")
    assert (plan.id, True, "done") in made.ear.plans
    assert len(made.people()) == PEOPLE
    mails = [mail.to for mail in made.post.sent]
    assert len(mails) == len(set(mails)) == PEOPLE


@pytest.mark.parametrize("trouble", [full, locked])
def test_a_run_that_cannot_write_leaves_nothing_half_and_goes_on_when_it_can(quick_store: Store, trouble: object) -> None:
    """A disk that is full, a database that is locked: the run stops, is told of or begun again, and all are there once."""
    made = bench(quick_store)
    crowd(made)
    plan = made.preview(Kind.USERS, "Contoso")
    imports.decide(made.context, made.admin, plan.id, Choice.APPROVE)
    with trouble(quick_store), pytest.raises(OperationalError, match=r"full|locked"):  # type: ignore[operator]
        made.workshop.run()
    assert made.people() == {}
    assert made.post.sent == []
    assert_all_are_here(made, gone_on(made, plan))


def test_a_click_that_cannot_be_kept_decides_nothing(quick_store: Store) -> None:
    made = bench(quick_store)
    crowd(made)
    plan = made.preview(Kind.USERS, "Contoso")
    with locked(quick_store), pytest.raises(OperationalError, match="locked"):
        imports.decide(made.context, made.admin, plan.id, Choice.APPROVE)
    assert made.plan(plan.id).state is PlanState.PROPOSED
    assert made.workshop.pending() == []
    assert_all_are_here(made, made.approve(plan))


def test_a_database_server_that_is_restarted_in_mid_import_costs_nothing(store: Store) -> None:
    """Connections that the server ended are noticed before they are used: the run does not even stop."""
    if store.is_sqlite:
        pytest.skip("there is no server")
    made = bench(store)
    crowd(made)
    plan = made.preview(Kind.USERS, "Contoso")
    drawn = made.ear.plan

    def at_each_word(plan_id: str, final: bool = False) -> None:
        with restarted(store):
            drawn(plan_id, final)

    made.ear.plan = at_each_word  # type: ignore[method-assign]
    made.approve(plan)
    assert_all_are_here(made, plan)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_source_whose_clock_is_wrong_loses_no_change(quick_store: Store, source: str, hours: int) -> None:
    """What was read is remembered in the source's own time, so nothing that changed since is skipped, sync after sync."""
    with opened(quick_store, source, skew=hours * 3600) as town:
        town.mapped()
        town.bench.imported(Kind.USERS, "Contoso", source)
        for number, person in enumerate(town.staying[:3]):
            town.bench.clock.advance(600)
            town.world.rename_contact(person, f"Renamed{number}", "Person")
            town.sync()
            names = {line.person.first_name for line in town.bench.people(town.company).values()}
            assert f"Renamed{number}" in names
        assert_people_are_true(town)

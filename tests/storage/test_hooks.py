"""Webhooks and callouts: kept once, in order, and a secret that opens where it was sealed and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.connection import Connection
from domain.errors import Stop
from domain.hooking import HookState
from domain.psa import Callout, Happened, Hook, Hooked
from storage.hooks import StoredHook
from storage.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def connection(store: Store, id_: str, source: str) -> None:
    with store.write() as work:
        made = Connection(id_, source, source, {}, "", "", {}, {}, "", "U1", "C1", NOW, NOW)
        work.connections.put(made, {"secret": "s"})


def hook(store: Store, id_: str = "h1", kind: Hooked = Hooked.TICKETS, of: str = "c1") -> StoredHook:
    if of == "c1":
        connection(store, "c1", "autotask")
    with store.write() as work:
        return work.hooks.want(of, kind, id_, f"secret of {id_}", NOW)


def call(store: Store, to: StoredHook, number: int, item: str = "7") -> tuple[bool, bool]:
    with store.write() as work:
        kept = work.hooks.keep(to, Callout(to.kind, Happened.UPDATED, item, sequence=number), NOW)
    return kept.is_new, kept.gap


def test_a_callout_is_kept_once_for_its_number(store: Store) -> None:
    made = hook(store)
    assert [call(store, made, 1), call(store, made, 1, "other"), call(store, made, 2)] == [(True, False), (False, False), (True, False)]
    with store.work() as work:
        assert [(each.sequence, each.item_id) for each in work.hooks.open("c1", 10)] == [(1, "7"), (2, "7")]


def test_a_gap_is_seen_where_numbers_are_missing_and_only_there(store: Store) -> None:
    made = hook(store)
    assert [call(store, made, number)[1] for number in (5, 6, 9, 8, 10)] == [False, False, True, False, False]
    uncounted = [call(store, made, 0) for _ in range(3)]
    assert uncounted == [(True, False)] * 3


def test_what_was_found_and_refused_is_remembered(store: Store) -> None:
    made = hook(store)
    with store.write() as work:
        work.hooks.refused(made.id, "No right.")
    with store.work() as work:
        found = work.hooks.get("h1")
        assert found is not None
        assert (found.state, found.trouble) == (HookState.REFUSED, "No right.")
    with store.write() as work:
        work.hooks.found(made.id, Hook("99", Hooked.TICKETS, "x", "y", guid="g"))
    with store.work() as work:
        found = work.hooks.get("h1")
        assert found is not None
        assert (found.state, found.trouble, found.external_id, found.guid) == (HookState.LIVE, "", "99", "g")


def test_a_secret_moved_to_another_webhook_or_connection_does_not_open(store: Store) -> None:
    hook(store)
    connection(store, "c2", "connectwise")
    hook(store, "h2", Hooked.COMPANIES)
    hook(store, "h3", Hooked.TICKETS, "c2")
    for other in ("h2", "h3"):
        with store.write() as work:
            work.session.execute(text(f"update hook set sealed = (select sealed from hook where id = 'h1') where id = '{other}'"))
        with store.work() as work, pytest.raises(Stop):
            work.hooks.secret(other)
    with store.work() as work:
        assert work.hooks.secret("h1") == "secret of h1"


def test_done_callouts_are_known_for_a_while_and_then_forgotten(store: Store) -> None:
    made = hook(store)
    for number in range(1, 500):
        call(store, made, number)
    with store.write() as work:
        work.hooks.done([("h1", number) for number in range(1, 500)])
        assert work.hooks.open("c1", 10) == ()
        assert work.hooks.prune(NOW) == 0
        assert work.hooks.prune(NOW + timedelta(seconds=1)) == 499


def test_forgetting_a_webhook_forgets_what_it_called_out(store: Store) -> None:
    made = hook(store)
    call(store, made, 1)
    with store.write() as work:
        work.hooks.forget(["h1"])
        assert work.hooks.get("h1") is None
        assert work.hooks.waiting(NOW + timedelta(days=1)) == {}
        assert work.hooks.any_of("autotask") is None

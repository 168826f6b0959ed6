"""Callouts: believed only when signed, kept once, merged, worked off in order, and never the only way to the truth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest

from bot.jobs import JOBS
from domain.connection import Connection
from domain.errors import AskOperator, TellPerson, Trouble, TryLater
from domain.hooking import Refresh
from domain.psa import Feature, Hooked
from flows import callouts, connect, hooks
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.engine import Killed
from tests.flows.hooked import Vendor, hooked
from tests.flows.test_hooks import connected, provisioned, switch


@dataclass
class Read:
    """What was read anew, one item after the other."""

    items: list[tuple[Hooked, str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # of those, what was called out as deleted
    trouble: list[Exception] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)  # what happens during the next reads, one each

    def one(self, kind: Hooked, _context: object, _connection_id: str, wanted: Refresh) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.items.append((kind, wanted.item_id, wanted.parent_id))
        self.gone += [wanted.item_id] if wanted.deleted else []
        if self.meanwhile:
            self.meanwhile.pop(0)()


@dataclass
class Place:
    made: Bench
    vendor: Vendor
    connection: Connection
    read: Read

    def call(self, kind: Hooked, item: str, did: str = "updated", of: str = "") -> bool:
        return self.give(self.vendor.callout(kind, item, did, of))

    def give(self, sent: tuple[str, dict[str, str], bytes], source: str = "autotask") -> bool:
        inside, self.made.workshop.in_step = self.made.workshop.in_step, False  # it comes in a thread of its own
        try:
            return callouts.receive(self.made.context, source, *sent)
        finally:
            self.made.workshop.in_step = inside

    def waiting(self) -> int:
        with self.made.store.work() as work:
            return len(work.hooks.open(self.connection.id, 10_000))

    def polls(self) -> list[str]:
        """The parts that were asked for as a whole, in order."""
        return [task.argument.split(" ")[2] for task in self.made.workshop.known.values() if task.job == "sync" and task.argument.count(" ") == 2]


def place(store: Store) -> Place:
    """Everything is switched on; tickets, notes and assets are read one by one."""
    made, vendor = hooked(store)
    read = Read()
    singly = {kind: partial(read.one, kind) for kind in (Hooked.TICKETS, Hooked.NOTES, Hooked.ASSETS)}
    made.workshop.jobs = {**JOBS, "callouts": partial(callouts.work_off, refreshers=singly)}
    connection = connected(made)
    switch(made, connection, Feature.TICKETS, Feature.ASSETS)
    provisioned(made, connection)
    made.workshop.known.clear()
    return Place(made, vendor, connection, read)


def test_a_change_is_read_within_moments_one_call_an_item(store: Store) -> None:
    at = place(store)
    assert at.call(Hooked.TICKETS, "7", "created")
    assert at.call(Hooked.NOTES, "70", "created", of="7")
    at.made.workshop.run()
    assert at.read.items == [(Hooked.TICKETS, "7", ""), (Hooked.NOTES, "70", "7")]
    assert at.waiting() == 0
    assert sum(at.made.workshop.waited) <= 2


def test_a_burst_of_five_hundred_loses_none_and_reads_each_item_once(store: Store) -> None:
    at = place(store)
    for number in range(500):
        assert at.call(Hooked.TICKETS, str(number % 20))
    assert at.waiting() == 500
    at.made.workshop.run()
    assert [item for _, item, _ in at.read.items] == [str(number) for number in range(20)]
    assert at.waiting() == 0


def test_what_comes_while_a_round_is_at_work_is_read_by_the_next(store: Store) -> None:
    """Whatever moment a callout comes at, a job that has not looked yet is asked for."""
    at = place(store)
    at.call(Hooked.TICKETS, "1")
    at.read.meanwhile = [lambda: at.call(Hooked.TICKETS, "2"), lambda: at.call(Hooked.TICKETS, "1")]
    at.made.workshop.run()
    assert [item for _, item, _ in at.read.items] == ["1", "2", "1"]


def test_many_different_items_are_asked_for_together(store: Store) -> None:
    at = place(store)
    for number in range(callouts.SINGLY + 1):
        at.call(Hooked.TICKETS, str(number))
    at.made.workshop.run()
    assert at.read.items == []
    assert at.polls() == ["tickets"]
    assert at.waiting() == 0


def test_what_was_deleted_is_read_as_such_whatever_else_was_called_out_of_it(store: Store) -> None:
    at = place(store)
    at.call(Hooked.TICKETS, "1", "deleted")
    at.call(Hooked.TICKETS, "1")
    at.call(Hooked.TICKETS, "2")
    at.made.workshop.run()
    assert (at.read.items, at.read.gone) == ([(Hooked.TICKETS, "1", ""), (Hooked.TICKETS, "2", "")], ["1"])


def test_a_deletion_in_a_burst_of_changes_is_not_lost_among_them(store: Store) -> None:
    """The changed ones are asked for together, and what is gone is not among them."""
    at = place(store)
    for number in range(callouts.SINGLY + 1):
        at.call(Hooked.TICKETS, str(number))
    at.call(Hooked.TICKETS, "gone", "deleted")
    at.made.workshop.run()
    assert (at.read.gone, at.polls(), at.waiting()) == (["gone"], ["tickets"], 0)
    assert [item for _, item, _ in at.read.items] == ["gone"]


def test_a_burst_of_deletions_takes_nothing_away_one_by_one(store: Store) -> None:
    """Only a whole read, guarded, parts with so many."""
    at = place(store)
    for number in range(callouts.SINGLY + 1):
        at.call(Hooked.TICKETS, str(number), "deleted")
    at.made.workshop.run()
    assert (at.read.gone, at.polls()) == ([], ["tickets"])


def test_companies_and_contacts_are_asked_for_by_what_changed(store: Store) -> None:
    at = place(store)
    for number in range(3):
        at.call(Hooked.COMPANIES, str(number))
        at.call(Hooked.CONTACTS, str(number))
    at.made.workshop.run()
    assert at.polls() == ["companies", "users"]


def test_the_same_callout_again_is_answered_and_done_once(store: Store) -> None:
    at = place(store)
    sent = at.vendor.callout(Hooked.TICKETS, "7")
    assert [at.give(sent) for _ in range(3)] == [True, True, True]
    at.made.workshop.run()
    assert at.give(sent)
    at.made.workshop.run()
    assert at.read.items == [(Hooked.TICKETS, "7", "")]


def test_an_unknown_address_and_a_wrong_signature_are_refused_alike(store: Store) -> None:
    at = place(store)
    hook_id, headers, body = at.vendor.callout(Hooked.TICKETS, "7")
    other, *_ = at.vendor.callout(Hooked.COMPANIES, "7")
    refused = [
        at.give(("nobody", headers, body)), at.give((hook_id, {"x-hook-signature": "0" * 64}, body)), at.give((hook_id, {}, body)),
        at.give((hook_id, headers, body + b" ")), at.give((other, headers, body)), at.give((hook_id, headers, body), "itglue"),
        at.give((hook_id, headers, body), "nothing"),
    ]
    assert refused == [False] * 7
    assert at.waiting() == 0


def test_nothing_is_kept_of_what_a_callout_holds(store: Store) -> None:
    at = place(store)
    hook = at.vendor.hook(Hooked.TICKETS)
    assert at.give(at.vendor.said(hook, {"did": "updated", "id": "7", "number": 1, "title": "canary-4711"}))
    at.made.workshop.run()
    assert "canary-4711" not in str([task.steps for task in at.made.workshop.known.values()])


def test_a_gap_in_the_numbers_is_seen_and_what_is_missing_is_asked_for(store: Store) -> None:
    at = place(store)
    at.call(Hooked.TICKETS, "1")
    for _ in range(25):
        at.vendor.callout(Hooked.TICKETS, "lost")
    at.call(Hooked.TICKETS, "2")
    at.made.workshop.run()
    assert at.polls() == ["tickets"]
    assert [item for _, item, _ in at.read.items] == ["1", "2"]


def test_callouts_in_the_wrong_order_are_all_kept(store: Store) -> None:
    at = place(store)
    first, second, third = (at.vendor.callout(Hooked.TICKETS, item) for item in "123")
    assert [at.give(sent) for sent in (first, third, second)] == [True] * 3
    at.made.workshop.run()
    assert sorted(item for _, item, _ in at.read.items) == ["1", "2", "3"]


def test_a_source_that_numbers_nothing_is_counted_by_us(store: Store) -> None:
    at = place(store)
    hook = at.vendor.hook(Hooked.TICKETS)
    for item in "123":
        assert at.give(at.vendor.said(hook, {"did": "updated", "id": item, "number": 0}))
    assert at.waiting() == 3
    at.made.workshop.run()
    assert [item for _, item, _ in at.read.items] == ["1", "2", "3"]
    assert at.polls() == []


def test_a_signed_callout_that_nobody_understands_is_no_refusal_and_makes_us_ask(store: Store) -> None:
    """Refusals add up at the vendor until it switches the webhook off."""
    at = place(store)
    assert at.give(at.vendor.said(at.vendor.hook(Hooked.TICKETS), b"???"))
    at.made.workshop.run()
    assert at.polls() == ["tickets"]


def test_a_word_that_it_was_switched_off_only_makes_us_look_and_not_often(store: Store) -> None:
    """Anybody may say so: nothing is forgotten, no secret changes, and the source is asked once in five minutes for each kind."""
    at = place(store)
    hook = at.vendor.hook(Hooked.TICKETS)
    secrets = dict(at.vendor.secrets)
    at.vendor.calls.clear()
    for _ in range(50):
        callouts.deactivated(at.made.context, "autotask", hook.url.rpartition("/")[2])
        callouts.deactivated(at.made.context, "autotask", "nobody")
        at.made.workshop.run()
    assert at.vendor.calls == ["hooks"]
    assert at.vendor.secrets == secrets
    assert at.call(Hooked.TICKETS, "7")


def test_a_webhook_that_goes_right_after_another_was_looked_for_is_looked_for_too(store: Store) -> None:
    at = place(store)
    at.vendor.calls.clear()
    for kind in (Hooked.TICKETS, Hooked.NOTES):
        hook = at.vendor.hook(kind)
        callouts.deactivated(at.made.context, "autotask", hook.url.rpartition("/")[2])
        at.made.workshop.run()
    assert at.vendor.calls == ["hooks", "hooks"]


def test_a_busy_source_is_waited_for_and_a_refused_item_does_not_hold_up_the_rest(store: Store) -> None:
    at = place(store)
    for item in "123":
        at.call(Hooked.TICKETS, item)
    at.read.trouble = [TryLater("Busy.", 7), TellPerson("This ticket cannot be read.")]
    at.made.workshop.run()
    assert [item for _, item, _ in at.read.items] == ["2", "3"]
    assert at.waiting() == 0
    assert 7 in at.made.workshop.waited


def test_wrong_credentials_end_the_round_after_one_try_and_are_told(store: Store) -> None:
    at = place(store)
    for item in "123":
        at.call(Hooked.TICKETS, item)
    at.read.trouble = [AskOperator("The secret is wrong.", Trouble.WRONG_KEY)] * 9
    at.made.workshop.run()
    assert len(at.read.trouble) == 8
    assert at.waiting() == 0, "the sync reads them once the credentials are right"
    assert at.made.ear.notices == ["The secret is wrong."]


def test_a_process_that_dies_at_any_moment_of_a_round_loses_nothing(store: Store) -> None:
    made_at = 1
    at = place(store)
    while True:
        for item in "123":
            at.call(Hooked.TICKETS, item)
        at.read.items.clear()
        at.made.workshop.moments, at.made.workshop.kill_at = 0, made_at
        try:
            at.made.workshop.run()
        except Killed:
            at.made.workshop.run()
        assert {item for _, item, _ in at.read.items} == {"1", "2", "3"}, made_at
        assert at.waiting() == 0
        if at.made.workshop.moments < made_at:
            assert made_at > 8
            return
        made_at += 1


def test_a_callout_whose_job_was_lost_is_taken_up_by_the_clock(store: Store) -> None:
    at = place(store)
    at.call(Hooked.TICKETS, "7")
    at.made.workshop.known.clear()
    at.made.workshop.queue.clear()
    assert callouts.tick(at.made.context) == 0, "it has only just come"
    at.made.clock.advance(60)
    assert callouts.tick(at.made.context) == 1
    at.made.workshop.run()
    assert at.read.items == [(Hooked.TICKETS, "7", "")]


def test_what_was_worked_off_long_ago_is_forgotten(store: Store) -> None:
    at = place(store)
    at.call(Hooked.TICKETS, "7")
    at.made.workshop.run()
    at.made.clock.advance((callouts.KNOWN_FOR + timedelta(days=1)).total_seconds())
    callouts.tick(at.made.context)
    with store.write() as work:
        assert work.hooks.prune(at.made.clock() + timedelta(days=1)) == 0


def test_silence_of_an_hour_makes_us_ask_once_an_hour_is_over(store: Store) -> None:
    at = place(store)
    for _ in range(3):
        at.made.clock.advance(15 * 60)
        at.call(Hooked.TICKETS, "7")
        at.call(Hooked.ASSETS, "8")
        hooks.tick(at.made.context)
        at.made.workshop.run()
    assert at.polls() == []
    at.made.clock.advance(15 * 60)
    hooks.tick(at.made.context)
    at.made.workshop.run()
    assert at.polls() == ["tickets", "companies", "users"], "notes and tickets share a part, and assets were heard of"


def test_after_leaving_nobody_is_listened_to(store: Store) -> None:
    at = place(store)
    sent = at.vendor.callout(Hooked.TICKETS, "7")
    at.give(sent)
    connect.disconnect(at.made.context, at.made.admin, at.connection.id)
    assert not at.give(sent)
    at.made.workshop.run()
    assert at.read.items == []


@pytest.mark.parametrize("word", ["", "../x", "x" * 5000, "%00", "\x00", "ä"])
def test_strange_addresses_are_only_unknown(store: Store, word: str) -> None:
    at = place(store)
    for source in ("autotask", word):
        assert not at.give((word, {"x-hook-signature": word}, b"{}"), source)
        callouts.deactivated(at.made.context, source, word)

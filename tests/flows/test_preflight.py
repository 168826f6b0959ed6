"""The preflight: every right the switched-on features need, by name; asked on change, weekly, and before a loss is believed."""

from datetime import timedelta

import pytest

from domain.connection import Connection
from domain.errors import AskOperator, NotAllowed, Trouble
from domain.isolation import LinkState
from domain.ports import Kind
from domain.psa import Feature, Held, HookRoom
from domain.roles import Role
from flows import connect, preflight, sync
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.hooked import Vendor, hooked
from tests.flows.test_hooks import connected, switch


def asked(made: Bench, connection: Connection) -> dict[str, Held]:
    return {right.name: right.held for right in preflight.run(made.context, made.admin, connection.id).rights}


def test_only_what_is_switched_on_is_asked_for(store: Store) -> None:
    made, _ = hooked(store)
    connection = connected(made)
    basic = {"companies: View", "users: View", "staff: View", "webhooks: View"}
    assert set(asked(made, connection)) == basic
    switch(made, connection, Feature.TICKETS)
    assert set(asked(made, connection)) == {*basic, "tickets: View"}
    switch(made, connection, Feature.STAFF, Feature.TICKETS, on=False)
    assert set(asked(made, connection)) == basic - {"staff: View"}


@pytest.mark.parametrize("feature", [Feature.COMPANIES, Feature.USERS, Feature.STAFF, Feature.TICKETS, Feature.HOOKS])
def test_each_right_that_is_missing_is_named(store: Store, feature: Feature) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    switch(made, connection, Feature.TICKETS)
    vendor.missing = {f"{feature}: View"}
    found = preflight.run(made.context, made.admin, connection.id)
    assert [(right.name, right.path) for right in found.of(Held.MISSING)] == [(f"{feature}: View", f"Security level → {feature} → View: All")]


def test_more_than_needed_and_little_room_are_named(store: Store) -> None:
    made, vendor = hooked(store)
    vendor.room = HookRoom(True, 0)
    vendor.excess = ("API User (system): full access",)
    found = preflight.run(made.context, made.admin, connected(made).id)
    assert [right.name for right in found.of(Held.EXCESS)] == ["API User (system): full access"]
    (room,) = found.of(Held.CUT)
    assert (room.name, room.said) == ("Room for webhooks", "2 more webhooks are needed, and only 0 more may be made.")


def test_it_is_for_the_whole_msp_and_its_own_people(store: Store) -> None:
    made, _ = hooked(store)
    connection = connected(made)
    company = made.company("Contoso", "contoso.example")
    for desk in (made.desk(Role.CLIENT), made.desk(None), made.desk(bound=company)):
        with pytest.raises(NotAllowed):
            preflight.run(made.context, desk, connection.id)


def test_a_source_that_tells_nothing_is_said_to(store: Store) -> None:
    made, _ = hooked(store)
    found = preflight.run(made.context, made.admin, made.connected("itglue").id)
    assert (found.can_tell, found.rights) == (False, ())


def test_switching_something_on_lists_the_rights_now_missing_once(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    asked(made, connection)
    vendor.missing = {"tickets: View"}
    switch(made, connection, Feature.TICKETS)
    made.workshop.run()
    (said,) = made.ear.notices
    assert "tickets: View is missing: Security level → tickets → View: All. Needed for tickets." in said
    switch(made, connection, Feature.TICKETS, on=False)
    switch(made, connection, Feature.TICKETS)
    made.workshop.run()
    assert len(made.ear.notices) == 1


def test_it_looks_weekly_and_tells_only_what_changed(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    asked(made, connection)
    said = []
    for missing in (set(), {"users: View"}, {"users: View"}, set[str]()):
        vendor.missing = missing
        assert preflight.tick(made.context) == 0, "a week has not passed"
        made.clock.advance(timedelta(days=7).total_seconds())
        assert preflight.tick(made.context) == 1
        made.workshop.run()
        said.append(len(made.ear.notices))
    assert said == [0, 1, 1, 2]
    assert "There again: users: View." in made.ear.notices[1]


@pytest.mark.parametrize(("held", "locked"), [(Held.FOUND, set()), (Held.MISSING, {"users"}), (Held.UNSEEN, {"users"})])
def test_a_right_that_was_given_at_the_source_opens_what_was_locked(store: Store, held: Held, locked: set[str]) -> None:
    """Whoever finds it, the clock too: nobody has to test the connection for it. What no call tells opens nothing."""
    made, vendor = hooked(store)
    connection = connected(made)
    with store.write() as work:
        work.connections.lock(connection.id, Kind.USERS.value, "Set Contacts → View: All.")
        work.connections.lock(connection.id, Kind.PASSWORDS.value, "Tick Password Access.")
    vendor.missing, vendor.held = {"users: View"}, held
    made.clock.advance(timedelta(days=7).total_seconds())
    preflight.tick(made.context)
    made.workshop.run()
    assert set(connect.one(made.context, connection.id).locked) == {*locked, "passwords"}


def test_a_source_that_cannot_be_asked_is_asked_again_in_a_day_not_in_a_minute(store: Store) -> None:
    made, vendor = hooked(store)
    connected(made)
    made.clock.advance(timedelta(days=7).total_seconds())
    preflight.tick(made.context)
    vendor.trouble = [AskOperator("The secret is wrong.", Trouble.WRONG_KEY)]
    made.workshop.run(1)
    assert preflight.tick(made.context) == 0
    made.clock.advance(timedelta(days=1).total_seconds())
    assert preflight.tick(made.context) == 1


# before a loss is believed


def settled(made: Bench, vendor: Vendor, companies: int = 10) -> Connection:
    for number in range(companies):
        vendor.company(f"{number}", f"Company {number}", f"c{number}.example")
    connection = connected(made)
    made.imported(Kind.COMPANIES)
    asked(made, connection)
    whole(made)
    return connection


def whole(made: Bench) -> None:
    """A day later the whole list is read."""
    made.clock.advance(timedelta(hours=25).total_seconds())
    sync.tick(made.context)
    made.workshop.run()


def frozen(made: Bench) -> int:
    with made.store.work() as work:
        return sum(link.state is LinkState.ORPHANED for link in work.links.every_live())


@pytest.mark.parametrize("left", [0, 3, 9])
def test_what_a_lost_right_hides_is_not_taken_for_gone(store: Store, left: int) -> None:
    """However little is missing: the right is named, nobody is asked whether they are gone, and nothing is frozen."""
    made, vendor = hooked(store)
    settled(made, vendor)
    vendor.cut, vendor.missing = left, {"companies: View"}
    whole(made)
    whole(made)
    assert frozen(made) == 0
    assert made.ear.questions == []
    told = [notice for notice in made.ear.notices if "Nothing was removed" in notice]
    assert len(told) == 1, "the same loss is told once"
    assert "the right companies: View is missing. Set Security level → companies → View: All" in told[0]
    vendor.cut, vendor.missing = None, set()
    whole(made)
    assert frozen(made) == 0


def test_what_is_gone_while_the_rights_are_there_is_believed_as_before(store: Store) -> None:
    made, vendor = hooked(store)
    settled(made, vendor)
    del vendor.companies_["3"]
    whole(made)
    assert frozen(made) == 1


def test_a_right_that_was_cut_in_mid_life_makes_us_ask_and_an_answer_settles_it(store: Store) -> None:
    made, vendor = hooked(store)
    settled(made, vendor)
    vendor.held, vendor.missing = Held.CUT, {"companies: View"}
    del vendor.companies_["3"]
    whole(made)
    assert frozen(made) == 0
    ((question, said),) = made.ear.questions
    assert "the right companies: View is cut" in said
    sync.answer(made.context, made.admin, question, believe=True)
    made.workshop.run()
    whole(made)
    assert frozen(made) == 1
    del vendor.companies_["4"]
    whole(made)
    assert frozen(made) == 2, "the right is meant to be so: nobody is asked again"
    assert len(made.ear.questions) == 1


def test_a_right_that_was_always_cut_stops_nothing_small(store: Store) -> None:
    made, vendor = hooked(store)
    vendor.held, vendor.missing = Held.CUT, {"companies: View"}
    settled(made, vendor)
    del vendor.companies_["3"]
    whole(made)
    assert frozen(made) == 1
    assert made.ear.questions == []

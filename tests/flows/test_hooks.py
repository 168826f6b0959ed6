"""Webhooks: provided without doubles, looked after, dropped on leaving; where there are none, changes are asked for."""

import pytest
from sqlalchemy import select

from domain.connection import Connection
from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble, TryLater
from domain.psa import Feature, Hook, Hooked, HookRoom
from domain.roles import Role
from flows import callouts, connect, hook_state, hooks, sync
from flows.context import Context
from storage.hooks import StoredHook
from storage.psa_tables import HookRow
from storage.store import Store, Work
from tests.flows.bench import Bench
from tests.flows.engine import Killed
from tests.flows.hooked import PUBLIC, at_address, hooked

OTHERS = Hook("other", Hooked.TICKETS, "Rewst", "https://rewst.example.com/hooks/autotask/1")
FIRST = [Hooked.COMPANIES, Hooked.CONTACTS]
ALL = sorted(Hooked)


def switch(made: Bench, connection: Connection, *features: Feature, on: bool = True) -> None:
    for feature in features:
        sync.toggle(made.context, made.admin, connection.id, feature, on)


def connected(made: Bench) -> Connection:
    connection = made.connected("autotask")
    made.workshop.run()
    return connection


def provisioned(made: Bench, connection: Connection) -> str:
    """Press the button and let it be done; what the person is told."""
    made.clock.advance(1)
    hooks.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    return made.ear.private[-1][2]


def looked(made: Bench) -> None:
    """A quarter of an hour passes."""
    made.clock.advance(15 * 60)
    assert hooks.tick(made.context) == 1
    made.workshop.run()


def test_connecting_provides_what_the_switched_on_features_need(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    assert vendor.kinds() == FIRST
    assert all(hook.url.startswith(f"{PUBLIC}/hooks/autotask/") for hook in vendor.hooks_.values())
    standing = hook_state.standing(made.context, connection.id)
    assert standing.works
    assert standing.said == "Changes arrive within seconds: companies, contacts."
    assert made.ear.notices == [], "whoever connects sees the card"


def test_the_button_puts_right_whatever_is_wrong_and_says_how_much(store: Store) -> None:
    made, vendor = hooked(store)
    vendor.hooks_["other"] = OTHERS
    connection = connected(made)
    switch(made, connection, Feature.TICKETS, Feature.ASSETS)
    assert provisioned(made, connection) == "Webhooks at Autotask PSA: 3 created, 2 kept."
    assert provisioned(made, connection) == "Webhooks at Autotask PSA: 5 kept."
    vendor.hooks_["h1"] = Hook(**{**vars(vendor.hooks_["h1"]), "is_active": False})
    del vendor.hooks_["h2"]
    switch(made, connection, Feature.ASSETS, on=False)
    assert provisioned(made, connection) == "Webhooks at Autotask PSA: 1 created, 2 kept, 1 mended, 1 removed."
    assert vendor.hooks_["other"] == OTHERS, "what belongs to others is never touched"


def test_only_who_may_connect_may_press_the_button_and_only_for_the_whole_msp(store: Store) -> None:
    made, _ = hooked(store)
    connection = connected(made)
    company = made.company("Contoso", "contoso.example")
    for desk in (made.desk(Role.TECHNICIAN), made.desk(Role.VIEWER), made.desk(bound=company)):
        with pytest.raises(NotAllowed):
            hooks.ask(made.context, desk, connection.id)
    with pytest.raises(TellPerson, match="has no webhooks"):
        hooks.ask(made.context, made.admin, made.connected("itglue").id)


def test_a_process_that_dies_at_any_moment_makes_no_double(store: Store) -> None:
    """The vendor has each webhook once, whatever moment the process died at, also between making and its answer."""
    moments = 1
    while True:
        with store.write() as work:
            work.hooks.forget([hook.id for one in work.connections.all() for hook in work.hooks.of(one.id)])
        made, vendor = hooked(store)
        connection = made.connected("autotask")
        vendor.moment = made.workshop.moment
        made.workshop.kill_at = moments
        try:
            made.workshop.run()
        except Killed:
            made.workshop.run()
        assert vendor.kinds() == FIRST, moments
        assert {hook.external_id for hook in _stored(made.context, connection)} == set(vendor.hooks_)
        if made.workshop.moments < moments:
            assert moments > 8
            return
        moments += 1


def _stored(context: Context, connection: Connection) -> tuple[StoredHook, ...]:
    with context.store.work() as work:
        return work.hooks.of(connection.id)


def test_a_lost_answer_is_no_double(store: Store) -> None:
    """The vendor made it and its answer was lost: the next try finds it by our id in its address."""
    made, vendor = hooked(store)

    def lose() -> None:
        vendor.moment = lambda: None
        raise TryLater("The line broke.", 1)

    connection = made.connected("autotask")
    vendor.moment = lambda: setattr(vendor, "moment", lambda: setattr(vendor, "moment", lambda: setattr(vendor, "moment", lose)))
    made.workshop.run()
    assert vendor.kinds() == FIRST
    assert len(_stored(made.context, connection)) == 2


def test_a_new_address_of_ours_moves_the_webhooks_and_leaves_none_behind(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    at_address(made, "https://new.example.com")
    assert provisioned(made, connection) == "Webhooks at Autotask PSA: 2 mended."
    assert [hook.url.startswith("https://new.example.com/hooks/autotask/") for hook in vendor.hooks_.values()] == [True, True]


def test_webhooks_of_an_earlier_life_under_our_address_are_removed(store: Store) -> None:
    made, vendor = hooked(store)
    vendor.hooks_["old"] = Hook("old", Hooked.TICKETS, "Gangway tickets", f"{PUBLIC}/hooks/autotask/0123")
    connected(made)
    assert vendor.kinds() == FIRST


@pytest.mark.parametrize(("room", "url", "why"), [
    (HookRoom(False, None, "Set Other → Can create webhooks to Yes."), PUBLIC, "Can create webhooks"),
    (HookRoom(True), "http://127.0.0.1:8730", "nobody outside can reach"),
    (HookRoom(True), "http://gangway.example.com", "not an https address"),
])
def test_without_webhooks_it_asks_for_changes_and_says_why(store: Store, room: HookRoom, url: str, why: str) -> None:
    made, vendor = hooked(store, url)
    vendor.room = room
    connection = connected(made)
    assert vendor.kinds() == []
    said = hook_state.standing(made.context, connection.id).said
    assert "asked for changes every 15 minutes" in said
    assert why in said
    assert why in provisioned(made, connection)
    asked = set(made.workshop.asked)
    looked(made)
    assert {key.rpartition("-")[2] for key in set(made.workshop.asked) - asked} >= {"companies", "users"}
    assert made.ear.notices == [], "nothing got worse"


def test_the_sandbox_on_one_machine_is_called_on_that_machine(store: Store) -> None:
    made, vendor = hooked(store, "http://127.0.0.1:8730", frozenset({"autotask"}))
    connected(made)
    assert vendor.kinds() == FIRST


def test_with_little_room_the_most_useful_are_made_and_the_rest_is_named(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    switch(made, connection, Feature.TICKETS, Feature.ASSETS)
    vendor.room = HookRoom(True, 1)
    said = provisioned(made, connection)
    assert said.startswith("Webhooks at Autotask PSA: 1 created, 2 kept, 2 missing.")
    assert "Raise the limit" in said
    assert Hooked.TICKETS in vendor.kinds()


def test_one_reason_for_several_missing_webhooks_is_told_once(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    vendor.room = HookRoom(True, 0)
    switch(made, connection, Feature.TICKETS, Feature.ASSETS)
    looked(made)
    assert made.ear.notices[-1].count("Raise the limit") == 1


def test_a_webhook_that_was_switched_off_is_mended_once_told_once_and_what_was_missed_is_read(store: Store) -> None:
    made, vendor = hooked(store)
    connected(made)
    for _ in range(3):
        vendor.hooks_ = {id_: Hook(**{**vars(hook), "is_active": False}) for id_, hook in vendor.hooks_.items()}
        vendor.calls.clear()
        looked(made)
        assert [call for call in vendor.calls if call.startswith("mend")] == ["mend companies", "mend contacts"]
        assert "companies" in {key.rpartition("-")[2] for key in made.workshop.asked}
    assert len(made.ear.notices) == 1, "the same trouble is told once"
    assert "work again: companies, contacts" in made.ear.notices[0]
    looked(made)
    assert made.ear.notices == made.ear.notices[:1]


def test_a_webhook_that_was_deleted_comes_back_under_a_new_address(store: Store) -> None:
    """Its count begins anew, so that callouts of the old one must not hide those of the new one."""
    made, vendor = hooked(store)
    connected(made)
    before = vendor.hook(Hooked.COMPANIES)
    del vendor.hooks_[before.id]
    looked(made)
    assert vendor.kinds() == FIRST
    assert vendor.hook(Hooked.COMPANIES).url != before.url


def test_a_right_that_is_lost_is_told_once_and_changes_are_asked_for(store: Store) -> None:
    made, vendor = hooked(store)
    connected(made)
    for _ in range(2):
        vendor.hooks_.clear()
        vendor.room = HookRoom(False, None, "Set Other → Can create webhooks to Yes.")
        asked = set(made.workshop.asked)
        looked(made)
        assert {key.rpartition("-")[2] for key in set(made.workshop.asked) - asked} >= {"companies", "users"}
    (connection,) = connect.live(made.context)
    assert "asked for changes every 15 minutes" in hook_state.standing(made.context, connection.id).said
    assert len(made.ear.notices) == 1
    assert "Can create webhooks" in made.ear.notices[0]


def test_wrong_credentials_are_tried_once_a_look(store: Store) -> None:
    """Repeated refusals lock the user at the vendor."""
    made, vendor = hooked(store)
    connected(made)
    vendor.hooks_.clear()
    made.clock.advance(15 * 60)
    hooks.tick(made.context)
    vendor.calls.clear()
    vendor.trouble = [AskOperator("The secret is wrong.", Trouble.WRONG_KEY)] * 1
    made.workshop.run(1)
    assert vendor.calls == ["hooks"]


def test_leaving_removes_what_is_ours_before_the_credentials_are_wiped(store: Store) -> None:
    made, vendor = hooked(store)
    vendor.hooks_["other"] = OTHERS
    connection = connected(made)
    said = connect.disconnect(made.context, made.admin, connection.id)
    assert vendor.hooks_ == {"other": OTHERS}
    assert "could not be removed" not in said
    with store.work() as work:
        assert work.hooks.of(connection.id) == ()


def test_the_farewells_of_what_is_removed_on_leaving_make_nobody_look(store: Store) -> None:
    """The source says so of each one as it goes, while its credentials are still here: nothing is made anew."""
    made, vendor = hooked(store)
    connection = connected(made)
    vendor.farewell = lambda hook: callouts.deactivated(made.context, "autotask", hook.url.rpartition("/")[2])
    made.workshop.known.clear()
    connect.disconnect(made.context, made.admin, connection.id)
    assert vendor.hooks_ == {}
    assert [task for task in made.workshop.known.values() if task.job == "hooks"] == []


def test_leaving_says_what_could_not_be_removed_and_leaves_all_the_same(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    vendor.trouble = [AskOperator("The secret is wrong.", Trouble.WRONG_KEY)]
    said = connect.disconnect(made.context, made.admin, connection.id)
    assert "2 of our webhooks could not be removed at Autotask PSA: The secret is wrong." in said
    assert connect.live(made.context) == ()
    again = connected(made)
    assert vendor.kinds() == FIRST, "what was left behind is removed by whoever connects again"
    assert again.id == connection.id


def test_the_secret_of_a_webhook_is_sealed_and_in_no_step(store: Store) -> None:
    made, vendor = hooked(store)
    connection = connected(made)
    for secret in vendor.secrets.values():
        assert secret not in str([task.steps for task in made.workshop.known.values()])
        with store.work() as work:
            assert all(secret.encode() not in row.sealed for row in _rows(work))
    with store.work() as work:
        assert {work.hooks.secret(hook.id) for hook in work.hooks.of(connection.id)} == set(vendor.secrets.values())


def _rows(work: Work) -> list[HookRow]:
    return list(work.session.scalars(select(HookRow)))

"""The doctor: each trouble, broken on purpose, is named, and its button mends it."""

import pytest

from domain.connection import Connection
from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble
from domain.psa import Choice, Feature, Held, Hook, Hooked, HookRoom, Pick
from domain.roles import Role
from domain.setup import AutoImport, People, Tickets
from flows import connect, doctor, hooks, mending, setups, sync
from flows.findings import Finding, Health, Mend
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.hooked import Vendor, hooked
from tests.flows.paper import WRONG
from tests.flows.test_hooks import connected, switch


def well(store: Store) -> tuple[Bench, Vendor, Connection]:
    """Everything is as it should be."""
    made, vendor = hooked(store)
    connection = connected(made)
    with store.write() as work:
        setups.keep_people(work, connection.id, People(AutoImport.PROPOSE, Role.CLIENT))
    switch(made, connection, Feature.TICKETS)
    vendor.tickets = [("1", "3", "new"), ("1", "3", "done"), ("2", "3", "new")]
    made.workshop.run()
    doctor.tick(made.context)
    made.workshop.run()
    return made, vendor, connection


def ill(made: Bench, *, scopes: tuple[str, ...] = ()) -> dict[str, Finding]:
    """What is not well, by check."""
    found = doctor.examine(made.context, made.admin, scopes)
    return {finding.check: finding for finding in found if finding.health is not Health.GOOD}


def mends(finding: Finding) -> list[Mend]:
    return [remedy.mend for remedy in finding.remedies]


def filtered(made: Bench, connection: Connection, **chosen: frozenset[str]) -> None:
    with made.store.write() as work:
        setups.keep_tickets(work, connection.id, Tickets(**chosen))  # type: ignore[arg-type]


def test_when_all_is_well_it_says_so_of_each_thing(store: Store) -> None:
    made, _, _ = well(store)
    assert set(ill(made)) <= {"Tickets"}, "no company is mapped here, so no ticket is kept"
    checks = {finding.check for finding in doctor.examine(made.context, made.admin)}
    assert checks >= {"Slack", "Database", "Mail", "Schedule", "Jobs", "Imports", "Connection", "Rights", "Webhooks", "Contacts", "Mapping", "Calls"}


def test_f168_a_failing_connection_says_which_and_leads_to_its_form(store: Store) -> None:
    made, vendor, connection = well(store)
    vendor.trouble = [AskOperator("The API secret is wrong. Make a new one.", Trouble.WRONG_KEY, "secret")]
    vendor.calls.clear()
    found = ill(made)["Connection"]
    assert vendor.calls == ["test"], "a second try could lock the user"
    assert (found.health, found.said) == (Health.BAD, "The API secret is wrong. Make a new one.")
    assert [(remedy.mend, remedy.of) for remedy in found.remedies] == [(Mend.CONFIGURE, "autotask")]
    with pytest.raises(AskOperator):
        made.connected("autotask", {"region": "US", "secret": WRONG})
    made.connected("autotask")
    assert "Connection" not in ill(made)
    assert connect.live(made.context)[0].id == connection.id


@pytest.mark.parametrize(("name", "chosen", "label"), [
    ("queues", {"queues": frozenset({"9"})}, "Queues to sync"),
    ("categories", {"categories": frozenset({"9"})}, "Categories"),
    ("without_statuses", {"without_statuses": frozenset({"new", "done"})}, "Exclude statuses"),
])
def test_f169_the_filter_that_removes_the_tickets_is_named_and_taken_off(
    store: Store, name: str, chosen: dict[str, frozenset[str]], label: str
) -> None:
    made, _, connection = well(store)
    filtered(made, connection, **chosen)
    found = ill(made)["Tickets"]
    assert found.health is Health.BAD
    assert found.said == f"None of the 3 tickets passes: {label} removes them all."
    remedy = found.remedies[0]
    assert (remedy.mend, remedy.of) == (Mend.UNFILTER, f"{connection.id}|{name}")
    mending.unfilter(made.context, made.admin, *remedy.of.split("|"))
    assert "None of" not in ill(made)["Tickets"].said
    assert any(key.endswith("-tickets") for key in made.workshop.asked), "they are read at once"


def test_f169_filters_that_remove_all_only_together_are_both_named(store: Store) -> None:
    made, _, connection = well(store)
    filtered(made, connection, queues=frozenset({"2"}), without_statuses=frozenset({"new"}))
    found = ill(made)["Tickets"]
    assert found.said == "None of the 3 tickets passes: Queues to sync and Exclude statuses remove them together."
    assert found.remedies[0].of == f"{connection.id}|queues,without_statuses"


def test_f169_a_chosen_queue_that_the_psa_has_no_more_is_named(store: Store) -> None:
    made, _, connection = well(store)
    with store.write() as work:
        work.picks.put(connection.id, {Pick.QUEUES: [Choice("1", "First"), Choice("2", "Second")]})
    filtered(made, connection, queues=frozenset({"1", "7"}))
    assert "1 chosen under Queues to sync are gone" in ill(made)["Tickets"].said


def test_f169_tickets_that_are_off_are_said_to_be_and_turned_on(store: Store) -> None:
    made, _, connection = well(store)
    switch(made, connection, Feature.TICKETS, on=False)
    found = ill(made)["Tickets"]
    assert (found.health, mends(found)) == (Health.OFF, [Mend.TURN_ON, Mend.SET_UP])
    mending.turn_on(made.context, made.admin, *found.remedies[0].of.split("|"))
    assert "off" not in ill(made)["Tickets"].said


@pytest.mark.parametrize("how", ["deleted", "switched off", "no right"])
def test_f170_webhooks_that_do_not_work_are_named_and_provisioned(store: Store, how: str) -> None:
    made, vendor, connection = well(store)
    if how == "switched off":
        vendor.hooks_ = {id_: Hook(**{**vars(hook), "is_active": False}) for id_, hook in vendor.hooks_.items()}
    else:
        vendor.hooks_.clear()
    if how == "no right":
        vendor.room = HookRoom(False, None, "Set Other → Can create webhooks to Yes.")
        hooks.ask(made.context, made.admin, connection.id)
        made.workshop.run()
    found = ill(made)["Webhooks"]
    assert (found.health, mends(found)) == (Health.BAD, [Mend.PROVISION])
    assert ("Can create webhooks" in found.said) == (how == "no right")
    vendor.room = HookRoom(True, 25)
    made.clock.advance(1)
    hooks.ask(made.context, made.admin, found.remedies[0].of)
    made.workshop.run()
    assert "Webhooks" not in ill(made)
    assert Hooked.TICKETS in vendor.kinds()


def test_f171_missing_rights_are_listed_with_where_to_set_them(store: Store) -> None:
    made, vendor, _ = well(store)
    vendor.missing = {"tickets: View", "users: View"}
    found = ill(made)["Rights"]
    assert found.health is Health.BAD
    assert "tickets: View is missing: Security level → tickets → View: All" in found.said
    assert "users: View is missing" in found.said
    vendor.held = Held.CUT
    assert ill(made)["Rights"].health is Health.DOUBTFUL
    vendor.missing = set()
    assert "Rights" not in ill(made)


def test_f172_contacts_need_auto_import_and_a_role_and_both_are_mended(store: Store) -> None:
    made, _, connection = well(store)
    for broken, health, mend in (
        (People(AutoImport.OFF, Role.CLIENT), Health.DOUBTFUL, Mend.AUTO_IMPORT),
        (People(AutoImport.OFF, None), Health.DOUBTFUL, Mend.ROLE),
        (People(AutoImport.SEND, None), Health.BAD, Mend.ROLE),
    ):
        with store.write() as work:
            setups.keep_people(work, connection.id, broken)
        found = ill(made)["Contacts"]
        assert (found.health, mends(found)) == (health, [mend])
        mending.auto_import(made.context, made.admin, connection.id, Role.VIEWER if mend is Mend.ROLE else None)
        assert "Contacts" not in ill(made)
        with store.work() as work:
            since = setups.people(work, connection.id).since
        if broken.auto_import is AutoImport.OFF:
            assert since == made.clock().isoformat(), "companies that come from now on are new to it"


def test_an_administrator_is_never_the_default_role(store: Store) -> None:
    made, _, connection = well(store)
    with pytest.raises(TellPerson):
        mending.auto_import(made.context, made.admin, connection.id, Role.ADMIN)


def test_a_sync_that_is_off_stopped_or_overdue_is_named_with_its_button(store: Store) -> None:
    made, vendor, connection = well(store)
    vendor.company("1", "Contoso", "contoso.example")
    switch(made, connection, Feature.STAFF, on=False)
    found = ill(made)["Sync of staff"]
    assert mends(found) == [Mend.TURN_ON]
    mending.turn_on(made.context, made.admin, *found.remedies[0].of.split("|"))
    assert "Sync of staff" not in ill(made)
    with store.write() as work:
        known = work.syncs.get(connection.id, Feature.COMPANIES)
        work.syncs.put(type(known)(**{**vars(known), "last_at": made.clock(), "last_note": "Autotask gave only 3 of its 9 companies."}))
    assert "gave only 3" in ill(made)["Sync of companies"].said
    made.clock.advance(3 * 3600)
    with store.write() as work:
        work.syncs.put(type(known)(**{**vars(known), "last_at": made.clock().replace(hour=0), "last_note": "Nothing changed."}))
    assert mends(ill(made)["Sync of companies"]) == [Mend.SYNC]


def test_a_clock_or_an_engine_that_stands_still_is_noticed(store: Store) -> None:
    made, _, _ = well(store)
    assert not {"Schedule", "Jobs"} & set(ill(made))
    made.clock.advance(3600)
    assert {"Schedule", "Jobs"} <= set(ill(made))
    doctor.tick(made.context)
    assert {"Schedule", "Jobs"} & set(ill(made)) == {"Jobs"}, "the job was put off and not done"
    made.workshop.run()
    assert not {"Schedule", "Jobs"} & set(ill(made))


def test_slacks_scopes_mail_mapping_and_calls_are_looked_at(store: Store) -> None:
    made, vendor, connection = well(store)
    made.company("Contoso", "contoso.example")
    vendor.calls += ["x"] * 4500
    found = ill(made, scopes=("users:read",))
    assert "users:read" in found["Slack"].said
    assert mends(found["Mapping"]) == [Mend.MAP]
    assert found["Mapping"].said.startswith("1 company is not mapped")
    assert "calls were made" in found["Calls"].said
    assert connection.id == found["Mapping"].remedies[0].of


def test_without_a_source_it_leads_to_connecting_one(store: Store) -> None:
    made, _ = hooked(store)
    assert mends(ill(made)["Sources"]) == [Mend.CONNECT]


def test_it_is_for_the_whole_msp_and_its_buttons_for_admins(store: Store) -> None:
    made, _, connection = well(store)
    bound = made.desk(bound=made.company("Contoso", "contoso.example"))
    for desk in (bound, made.desk(None), made.desk(Role.CLIENT)):
        with pytest.raises(NotAllowed):
            doctor.examine(made.context, desk)
    for desk in (bound, made.desk(Role.VIEWER), made.desk(Role.TECHNICIAN)):
        with pytest.raises(NotAllowed):
            mending.auto_import(made.context, desk, connection.id, Role.CLIENT)
        with pytest.raises(NotAllowed):
            mending.unfilter(made.context, desk, connection.id, "queues")
    for desk in (bound, made.desk(Role.VIEWER)):
        with pytest.raises(NotAllowed):
            mending.turn_on(made.context, desk, connection.id, "tickets")
    assert sync.states(made.context)

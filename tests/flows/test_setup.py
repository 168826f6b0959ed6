"""The wizard's rules: what is kept of a way through it, what a test is good for, what each step refuses and keeps."""

import dataclasses
import json

import pytest

from domain.errors import AskOperator, NotAllowed, TellPerson
from domain.ports import Connector, Field, Kind
from domain.psa import Choice, Feature, Pick
from domain.roles import Role
from domain.setup import AutoImport, Stage
from flows import connect, setup, setup_import, setup_steps, setups, sync
from flows.setup import Draft
from storage.store import Store
from tests.flows.bench import SECRET, Bench
from tests.flows.paper import WRONG
from tests.flows.psa import paper_of, psa_bench, ready
from tests.flows.ticket_paper import CLOSED, NEW, WORKING

TYPED = {"region": "US", "secret": SECRET}


@pytest.fixture
def made(store: Store) -> Bench:
    """A PSA with everything the wizard asks for, on both databases."""
    return psa_bench(store)


def autotask(made: Bench) -> Connector:
    return made.context.connectors["autotask"]


def people(made: Bench, connection_id: str) -> tuple[AutoImport, Role | None]:
    with made.store.work() as work:
        kept = setups.people(work, connection_id)
    return kept.auto_import, kept.role


def on(made: Bench, connection_id: str) -> set[str]:
    with made.store.work() as work:
        return {name for name, parts in setup_steps.TOGGLES.items() if all(setups.is_on(work, connection_id, part) for part in parts)}


# --- drafts and the first step -----------------------------------------------------------------------------------


def test_a_way_through_the_wizard_is_each_persons_own_and_ends_with_it(made: Bench) -> None:
    kept = Draft(3, {"closed": ("5", "6"), "days": ("30",)}, "salt", "mark")
    setup.note(made.context, made.admin, "autotask", lambda _: kept)
    assert setup.draft(made.context, made.admin, "autotask") == kept
    assert setup.draft(made.context, made.desk(user="U2"), "autotask") == Draft()
    setup.done(made.context, made.admin, "autotask")
    assert setup.draft(made.context, made.admin, "autotask") == Draft()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.VIEWER, Role.CLIENT, None])
def test_nobody_but_an_admin_may_set_up(made: Bench, role: Role | None) -> None:
    connection = ready(made)
    desk = made.desk(role)
    for act in (
        lambda: setup.draft(made.context, desk, "autotask"), lambda: setup.test(made.context, desk, autotask(made), TYPED),
        lambda: setup_steps.facts(made.context, desk, connection.id, {}), lambda: setup_steps.keep_sync(made.context, desk, connection.id, {}),
        lambda: setup_steps.keep_configure(made.context, desk, connection.id, {}), lambda: setup_import.complete(made.context, desk, connection.id, {}),
        lambda: setup.prefilled(made.context, desk, autotask(made)),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_only_exactly_the_tested_values_are_kept(made: Bench) -> None:
    with pytest.raises(TellPerson, match="Test connection first"):
        setup.save(made.context, made.admin, autotask(made), TYPED)
    setup.test(made.context, made.admin, autotask(made), TYPED)
    with pytest.raises(TellPerson, match="Test connection first"):
        setup.save(made.context, made.admin, autotask(made), {**TYPED, "secret": "another-secret-of-northwind"})
    assert connect.live(made.context) == ()
    assert setup.save(made.context, made.admin, autotask(made), TYPED).source == "autotask"


def test_a_failed_test_takes_back_what_an_earlier_one_allowed(made: Bench) -> None:
    setup.test(made.context, made.admin, autotask(made), TYPED)
    with pytest.raises(AskOperator):
        setup.test(made.context, made.admin, autotask(made), {**TYPED, "secret": WRONG})
    with pytest.raises(TellPerson, match="Test connection first"):
        setup.save(made.context, made.admin, autotask(made), TYPED)


def test_what_is_remembered_of_a_test_holds_no_secret(made: Bench) -> None:
    setup.test(made.context, made.admin, autotask(made), TYPED)
    with made.store.work() as work:
        kept = work.settings.get("wizard:U1:autotask", None)
    assert kept["passed"]
    assert SECRET not in json.dumps(kept)


def test_an_empty_secret_means_the_kept_one_and_unchanged_values_need_no_test(made: Bench) -> None:
    connection = ready(made)
    calls = len(paper_of(made).calls)
    kept = setup.save(made.context, made.admin, autotask(made), {"region": "US", "secret": ""})
    assert (kept.id, len(paper_of(made).calls)) == (connection.id, calls)
    with pytest.raises(TellPerson, match="Test connection first"):
        setup.save(made.context, made.admin, autotask(made), {"region": "EU", "secret": ""})
    setup.test(made.context, made.admin, autotask(made), {"region": "EU", "secret": ""})
    assert setup.save(made.context, made.admin, autotask(made), {"region": "EU", "secret": ""}).shown["region"] == "EU"
    with made.store.work() as work:
        assert work.connections.credentials(connection.id)["secret"] == SECRET


def test_fields_are_prefilled_without_the_secret(made: Bench) -> None:
    ready(made)
    assert setup.prefilled(made.context, made.admin, autotask(made)) == {"region": "US"}


def with_private_fields(made: Bench) -> Connector:
    fields = (Field("site", "Site"), Field("user", "User", private=True), Field("secret", "API secret", secret=True))
    connector = dataclasses.replace(autotask(made), fields=fields)
    connect.save(made.context, made.admin, connector, {"site": "na.vendor.example", "user": "api-user", "secret": SECRET})
    return connector


def test_all_but_the_secret_is_prefilled_and_a_credential_left_empty_stays_as_it_is(made: Bench) -> None:
    connector = with_private_fields(made)
    assert setup.prefilled(made.context, made.admin, connector) == {"site": "na.vendor.example", "user": "api-user"}
    left = {"site": "na.vendor.example", "user": "", "secret": ""}
    assert setup.completed(made.context, connector, left) == {"site": "na.vendor.example", "user": "api-user", "secret": SECRET}
    assert setup.is_kept(made.context, connector, left)


def test_kept_keys_do_not_go_along_to_another_address(made: Bench) -> None:
    """Whoever may connect could else read them off a server of their own."""
    elsewhere = {"site": "collector.example", "user": "", "secret": ""}
    assert setup.completed(made.context, with_private_fields(made), elsewhere) == elsewhere


# --- the second step ---------------------------------------------------------------------------------------------


def test_toggles_are_kept_and_the_syncs_obey_them(made: Bench) -> None:
    connection = ready(made)
    assert on(made, connection.id) == {"users", "companies"}
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"users": (), "companies": ("on",), "tickets": ("on",), "opportunities": ()})
    assert on(made, connection.id) == {"companies", "tickets"}
    calls = paper_of(made).calls
    calls.clear()
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    assert "companies" in calls
    assert not [call for call in calls if "users" in call or "staff" in call or "opportunit" in call]


def test_switching_companies_on_by_hand_proposes_the_first_ones(made: Bench) -> None:
    paper_of(made).company("10", "Contoso", "contoso.com")
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"companies": ("on",)})
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    with made.store.work() as work:
        assert [(plan.kind, plan.counts.new) for plan in work.plans.newest(None, 5)] == [(Kind.COMPANIES, 1)]
    assert made.companies() == {}


@pytest.mark.parametrize("listed", ["before", "after"])
def test_companies_that_were_listed_for_the_wizard_are_news_to_its_sync_all_the_same(made: Bench, listed: str) -> None:
    """The wizard reads the list too, for the count of companies that pass, before or while its second step is kept."""
    paper_of(made).company("10", "Contoso", "contoso.com")
    paper_of(made).company("0", "Northwind", "northwind-it.example", is_own=True)
    connection = ready(made)
    if listed == "before":
        made.listed(connection)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"companies": ("on",)})
    if listed == "after":
        made.listed(connection)
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    with made.store.work() as work:
        assert [(plan.kind, plan.counts.new) for plan in work.plans.newest(None, 5)] == [(Kind.COMPANIES, 1)]


def test_who_imported_a_few_is_not_offered_the_rest_for_opening_the_wizard(made: Bench) -> None:
    for id_, name in (("10", "Contoso"), ("20", "Fabrikam")):
        paper_of(made).company(id_, name, f"{name.casefold()}.com")
    connection = ready(made)
    made.listed(connection)
    made.mapped(connection, made.company("Contoso", "contoso.com"), "10")
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"companies": ("on",)})
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    with made.store.work() as work:
        assert work.plans.newest(None, 5) == ()


def test_auto_import_without_a_role_is_refused_at_its_field_and_nothing_is_kept(made: Bench) -> None:
    connection = ready(made)
    with pytest.raises(TellPerson) as refused:
        setup_steps.keep_sync(made.context, made.admin, connection.id, {"auto": ("on",), "how": ("propose",), "role": (), "tickets": ("on",)})
    assert refused.value.field == "role"
    assert people(made, connection.id) == (AutoImport.OFF, None)
    assert "tickets" not in on(made, connection.id)


def test_auto_import_is_kept_with_its_role_and_proposes_unless_told_otherwise(made: Bench) -> None:
    connection = ready(made)
    filled = {"auto": ("on",), "role": ("Viewer",)}
    setup_steps.keep_sync(made.context, made.admin, connection.id, filled)
    assert people(made, connection.id) == (AutoImport.PROPOSE, Role.VIEWER)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {**filled, "how": ("send",)})
    assert people(made, connection.id) == (AutoImport.SEND, Role.VIEWER)


def test_where_imports_need_a_second_person_nobody_is_invited_unasked(made: Bench) -> None:
    connection = ready(made)
    with made.store.write() as work:
        work.settings.put("second_person", True)
    with pytest.raises(TellPerson) as refused:
        setup_steps.keep_sync(made.context, made.admin, connection.id, {"auto": ("on",), "how": ("send",), "role": ("Client",)})
    assert refused.value.field == "how"


def test_the_scope_of_tickets_and_the_filter_of_companies_are_kept(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {
        "queues": ("10",), "categories": ("20", "21"), "without": (CLOSED,), "types": ("1",), "statuses": (),
    })
    with made.store.work() as work:
        wanted = setups.tickets(work, connection.id).wanted
        assert (wanted.queues, wanted.categories, wanted.without_statuses) == ({"10"}, {"20", "21"}, {CLOSED})
        assert setups.companies(work, connection.id).types == {"1"}
    kept = setup_steps.facts(made.context, made.admin, connection.id, {})
    assert kept.filled["queues"] == ("10",)
    assert [choice.label for choice in kept.labels["categories"]] == ["Standard", "Onboarding"]


def test_what_was_typed_lies_over_what_is_kept(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"queues": ("10",)})
    typed = setup_steps.facts(made.context, made.admin, connection.id, {"queues": ("11",), "unknown": ("x",)})
    assert typed.filled["queues"] == ("11",)
    assert "unknown" not in typed.filled


@pytest.mark.parametrize(("seconds", "runs"), [(0, False), (119, False), (120, True), (121, True)])
def test_the_same_sync_does_not_run_twice_within_two_minutes(made: Bench, seconds: int, runs: bool) -> None:
    connection = ready(made)
    sync.ask(made.context, made.admin, connection.id)
    made.clock.advance(seconds)
    if runs:
        assert "is being synced" in sync.ask(made.context, made.admin, connection.id)
    else:
        with pytest.raises(TellPerson, match="is being synced or was just now"):
            sync.ask(made.context, made.admin, connection.id)


def test_only_the_end_of_the_run_that_was_asked_for_is_told_as_its_end(made: Bench) -> None:
    """An hourly run may end while the asked-for one still waits behind it."""
    connection = ready(made)
    made.context.jobs.enqueue("sync", "sync-hourly", f"{connection.id} hourly", connection.id)
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run(1)
    assert (connection.id, True) not in made.ear.syncs
    made.workshop.run()
    assert made.ear.syncs[-1] == (connection.id, True)


# --- the third step ----------------------------------------------------------------------------------------------


def test_statuses_and_stages_are_kept_and_the_rest_is_named(made: Bench) -> None:
    connection = ready(made)
    filled = {"closed": (CLOSED,), "comment": (WORKING,), "stage-New": (NEW,), "stage-Working": (WORKING, "6")}
    setup_steps.keep_configure(made.context, made.admin, connection.id, filled)
    with made.store.work() as work:
        tickets = setups.tickets(work, connection.id)
    assert (tickets.closed, tickets.client_comment_status) == ({CLOSED}, WORKING)
    assert tickets.stages[Stage.WORKING] == {WORKING, "6"}
    assert setup_steps.facts(made.context, made.admin, connection.id, {}).unmapped == ("Triaged", "Ready for Review", "Complete", "Duplicate")


def closing(*ids: str) -> dict[Pick, tuple[Choice, ...]]:
    """A source that has one open status, and counts tickets in these as closed."""
    return {Pick.TICKET_STATUSES: (Choice(NEW, "New"), *(Choice(id_, f"Done {id_}", is_closing=True) for id_ in ids))}


def test_closed_statuses_are_the_sources_own_until_somebody_chooses(made: Bench) -> None:
    """They follow the source, whatever else is kept meanwhile; a choice stays, and so does the choice of none."""
    connection, (context, admin) = ready(made), (made.context, made.admin)
    with made.store.write() as work:
        work.picks.put(connection.id, closing(CLOSED))
    shown = setup_steps.facts(context, admin, connection.id, {})
    assert (shown.filled["closed"], [each.label for each in shown.labels["closed"]]) == ((CLOSED,), [f"Done {CLOSED}"])
    setup_steps.keep_configure(context, admin, connection.id, {"comment": (NEW,)})
    with made.store.write() as work:
        work.picks.put(connection.id, closing("6"))
    assert setup_steps.facts(context, admin, connection.id, {}).filled["closed"] == ("6",), "what is gone closes nothing"
    for chosen in ((NEW,), ()):
        setup_steps.keep_configure(context, admin, connection.id, {"closed": chosen})
        setup_steps.keep_configure(context, admin, connection.id, {"comment": ("6",)})
        with made.store.work() as work:
            assert setups.tickets(work, connection.id).closed == {*chosen}


def test_more_closed_statuses_than_a_form_shows_are_all_closed_whatever_else_is_changed_in_it(made: Bench) -> None:
    connection, many = ready(made), tuple(map(str, range(100, 250)))
    with made.store.write() as work:
        work.picks.put(connection.id, closing(*many))
    seen = setup_steps.marks(made.context, made.admin, connection.id, 3)
    shown = setup_steps.facts(made.context, made.admin, connection.id, {}).filled
    form = {"closed": shown["closed"], "comment": (NEW,)}
    edits = setup_steps.edited(made.context, made.admin, connection.id, 3, seen, form)
    assert (len(shown["closed"]), edits) == (100, {"comment": (NEW,)})
    setup_steps.keep_configure(made.context, made.admin, connection.id, edits)
    with made.store.work() as work:
        assert setups.tickets(work, connection.id).closed == set(many)


def test_a_status_in_two_stages_is_refused_by_name_at_the_later_field(made: Bench) -> None:
    connection = ready(made)
    with pytest.raises(TellPerson, match="“In progress” stands in Working already") as refused:
        setup_steps.keep_configure(made.context, made.admin, connection.id, {"closed": (), "stage-Working": (WORKING,), "stage-Waiting": (WORKING,)})
    assert refused.value.field == "stage-Waiting"
    with made.store.work() as work:
        assert not any(setups.tickets(work, connection.id).stages.values())


@pytest.mark.parametrize("days", ["0", "-1", "x", "1.5", "99999"])
def test_close_days_are_a_whole_number(made: Bench, days: str) -> None:
    connection = ready(made)
    with pytest.raises(TellPerson) as refused:
        setup_steps.keep_configure(made.context, made.admin, connection.id, {"days": (days,)})
    assert refused.value.field == "days"


def test_defaults_of_opportunities_are_kept_only_where_their_fields_were_shown(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_configure(made.context, made.admin, connection.id, {"owner": ("50",), "stage": ("2",), "category": ("7",), "days": ("45",)})
    setup_steps.keep_configure(made.context, made.admin, connection.id, {"closed": ()})
    with made.store.work() as work:
        deals = setups.opportunities(work, connection.id)
    assert (deals.fallback_owner, deals.stage, deals.category, deals.close_days) == ("50", "2", "7", 45)


def test_only_what_a_person_changed_is_taken_from_a_form_that_another_overtook(made: Bench) -> None:
    """Neither what was kept when it was drawn counts as a change, nor what is kept now; the order of values is none."""
    connection = ready(made)
    setup_steps.keep_configure(made.context, made.admin, connection.id, {"closed": (CLOSED,), "owner": ("50",), "days": ("45",)})
    seen = setup_steps.marks(made.context, made.admin, connection.id, 3)
    setup_steps.keep_configure(made.context, made.admin, connection.id, {"closed": (CLOSED, "6"), "owner": ("51",)})
    form = {"closed": ("6", CLOSED), "owner": ("50",), "days": ("60",), "comment": (), "stage-New": (NEW,)}
    edits = setup_steps.edited(made.context, made.admin, connection.id, 3, seen, form)
    assert edits == {"days": ("60",), "stage-New": (NEW,)}
    setup_steps.keep_configure(made.context, made.admin, connection.id, edits)
    filled = setup_steps.facts(made.context, made.admin, connection.id, {}).filled
    assert {name: filled[name] for name in form} == {**form, "closed": tuple(sorted((CLOSED, "6"))), "owner": ("51",)}


def test_features_are_offered_by_ability_and_never_by_name(made: Bench) -> None:
    connection = ready(made)
    shown = setup_steps.facts(made.context, made.admin, connection.id, {})
    assert shown.features == {Feature.TICKETS, Feature.OPPORTUNITIES}
    assert shown.on == set()


# --- the last step -----------------------------------------------------------------------------------------------


def test_staff_are_the_sources_own_active_people_and_no_contact(made: Bench) -> None:
    paper = paper_of(made)
    paper.page_size = 40
    for number in range(130):
        paper.person(f"s{number}", None, f"s{number}@northwind.example", f"Sue{number:03}")
    paper.person("old", None, "old@northwind.example", "Old", is_active=False)
    paper.company("10", "Contoso", "contoso.com")
    paper.person("c1", "10", "c1@contoso.com", "Contact")
    connection = ready(made)
    assert setup_import.read_staff(made.context, made.admin, connection.id) == 130
    found = setup_import.staff(made.context, made.admin, connection.id, "")
    assert len(found) == 100
    assert setup_import.staff(made.context, made.admin, connection.id, "sue129")[0].id == "s129"
    assert setup_import.staff(made.context, made.admin, connection.id, "contact") == ()


@pytest.mark.parametrize(("filled", "field"), [
    ({"staff": ("s1",)}, "users-now"), ({"users-now": ("on",)}, "staff"), ({"users-now": ("on",), "staff": ("s1",)}, "staff-role"),
])
def test_half_an_answer_is_refused_at_the_field_that_lacks(made: Bench, filled: dict[str, tuple[str, ...]], field: str) -> None:
    connection = ready(made)
    with pytest.raises(TellPerson) as refused:
        setup_import.complete(made.context, made.admin, connection.id, filled)
    assert refused.value.field == field


def test_the_end_makes_plans_of_what_was_chosen_and_links_by_the_mapping(made: Bench) -> None:
    paper = paper_of(made)
    for number in range(3):
        paper.person(f"s{number}", None, f"s{number}@northwind.example", f"Sue{number}")
    for id_, name in (("10", "Contoso"), ("20", "Fabrikam"), ("30", "Adatum"), ("40", "Litware")):
        paper.company(id_, name, f"{name.casefold()}.com")
    connection = ready(made)
    made.listed(connection)
    ours = made.company("Fabrikam Europe", "fabrikam.eu")
    setup_import.read_staff(made.context, made.admin, connection.id)
    summary = setup_import.complete(made.context, made.admin, connection.id, {
        "users-now": ("on",), "staff": ("s0", "s2"), "staff-role": ("Viewer",), "companies-now": ("on",),
        "row-10": ("create",), "row-20": (f"link:{ours.id}",), "row-30": (), "row-40": ("link:nobody",),
    })
    assert summary.linked == ("Fabrikam Europe is mapped to Fabrikam.",)
    assert len(summary.refused) == 1
    assert summary.staff is not None
    assert summary.companies is not None
    for plan in (summary.staff, summary.companies):
        made.context.jobs.enqueue("prepare", f"prepare-{plan.id}", plan.id, plan.connection_id)
    made.workshop.run()
    for plan in (summary.staff, summary.companies):
        made.approve(made.plan(plan.id))
    assert set(made.companies()) == {"Contoso", "Fabrikam Europe"}
    with made.store.work() as work:
        own = work.companies.own()
    roles = {line.person.email: line.person.role for line in made.people(own).values()}
    assert roles == {"s0@northwind.example": Role.VIEWER, "s2@northwind.example": Role.VIEWER}


def test_companies_of_the_last_step_are_those_that_nobody_has_and_that_pass(made: Bench) -> None:
    paper = paper_of(made)
    for number in range(25):
        paper.company(f"{number}", f"Company {number:02}", f"c{number}.example", type_name="Customer")
    paper.company("90", "Inactive", "i.example", is_active=False)
    paper.company("91", "Own", "own.example", is_own=True)
    paper.company("92", "Vendor", "v.example", type_name="Vendor")
    connection = ready(made)
    made.listed(connection)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",)})
    page = setup_import.rows(made.context, made.admin, connection.id, {"page": ("3",), "row-3": ("create",)})
    assert (page.total, page.pages, page.chosen, len(page.rows)) == (25, 3, 1, 5)
    assert setup_import.rows(made.context, made.admin, connection.id, {"search": ("company 07",)}).total == 1

"""Importing passwords: preview, approval, values one by one, and every way in which it may not go through."""

from dataclasses import replace

import pytest

from domain.approval import Choice
from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble, TryLater
from domain.nothing_lost import Aspect
from domain.plan import Plan, PlanState
from domain.ports import Kind
from domain.secret import EntryState
from flows import givers, imports, reports
from storage.store import Store
from tests.flows.safe import TICK, Vaulted, vaulted


@pytest.fixture
def both(store: Store) -> Vaulted:
    return vaulted(store)


@pytest.fixture
def quick(quick_store: Store) -> Vaulted:
    return vaulted(quick_store)


def previewed(town: Vaulted, company: str = "Contoso") -> Plan:
    return town.bench.preview(Kind.PASSWORDS, company)


def run(town: Vaulted, company: str = "Contoso") -> Plan:
    return town.bench.approve(previewed(town, company))


# --- the usual way -----------------------------------------------------------------------------------


def test_a_vault_is_filled_from_a_mapped_company(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router", "Tr0ub4dor", folder=("Sites", "HQ"), url="https://10.0.0.1/", category="Network")
    both.safe.password("2", "7", "SQL", embedded_in="Configuration: SRV-01")
    plan = run(both)
    assert plan.state is PlanState.DONE
    assert plan.note == "2 passwords imported."
    entry = both.entries(both.company.id)["Router"]
    assert (entry.username, entry.url, entry.category, entry.folder) == ("admin", "https://10.0.0.1/", "Network", ("Sites", "HQ"))
    assert (entry.external_id, entry.external_company_id, entry.link_id) == ("1", "7", both.link.id)
    assert (entry.plan_id, entry.connection_id, entry.updated_by) == (plan.id, both.glue.id, "IT Glue")
    assert (entry.has_password, entry.has_notes) == (True, True)
    assert both.secret(entry).password == "Tr0ub4dor"
    assert both.secret(entry).notes == "notes of 1"
    assert both.secret(both.entries()["SQL"]).fields == {"Was part of": "Configuration: SRV-01"}


def test_the_msps_own_vault_is_filled_from_its_own_organisation(both: Vaulted) -> None:
    both.safe.password("1", "1", "Our firewall")
    both.safe.password("2", "7", "Theirs")
    plan = run(both, "own")
    assert plan.state is PlanState.DONE
    with both.bench.store.work() as work:
        own = work.companies.own()
    assert set(both.entries()) == set(both.entries(own.id)) == {"Our firewall"}


def test_a_preview_reads_no_value(quick: Vaulted) -> None:
    quick.safe.password("1", "7", value="canary-value")
    plan = previewed(quick)
    assert plan.state is PlanState.PROPOSED
    assert quick.safe.asked == []
    page = imports.items(quick.bench.context, quick.bench.admin, plan.id)
    assert not {"password", "notes", "otp_seed"} & page.items[0].row.keys()
    assert "canary" not in repr(page)


def test_again_is_unchanged_and_asks_for_no_value(both: Vaulted) -> None:
    both.safe.password("1", "7")
    run(both)
    both.safe.asked.clear()
    again = previewed(both)
    assert (again.counts.unchanged, again.counts.to_do, again.state) == (1, 0, PlanState.DONE)
    assert both.safe.asked == []


def test_a_rotated_value_is_taken_over(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router")
    both.safe.password("2", "7", "Switch")
    run(both)
    before = both.entries()["Router"]
    both.bench.clock.advance(60)
    both.safe.rotate("1", "the-new-one", username="root")
    plan = run(both)
    assert (plan.counts.changed, plan.counts.unchanged) == (1, 1)
    entry = both.entries()["Router"]
    assert (entry.id, entry.username) == (before.id, "root")
    assert both.secret(entry).password == "the-new-one"
    assert both.safe.asked == ["1", "2", "1"]


def test_what_was_changed_here_by_hand_stays(both: Vaulted) -> None:
    both.safe.password("1", "7", "Router")
    run(both)
    entry = both.entries()["Router"]
    with both.bench.store.write() as work:
        work.entries.put(replace(entry, touched=True), both.secret(entry))
    both.bench.clock.advance(60)
    both.safe.rotate("1", "the-new-one")
    plan = previewed(both)
    assert plan.counts.conflict == 1
    assert both.secret(both.entries()["Router"]).password == "value of 1"


def test_a_change_by_hand_between_approval_and_writing_stays_too(quick: Vaulted) -> None:
    quick.safe.password("1", "7", "Router")
    run(quick)
    quick.bench.clock.advance(60)
    quick.safe.rotate("1", "the-new-one")
    plan = previewed(quick)
    entry = quick.entries()["Router"]
    with quick.bench.store.write() as work:
        work.entries.put(replace(entry, touched=True), quick.secret(entry))
    done = quick.bench.approve(plan)
    assert (done.counts.changed, done.counts.conflict) == (0, 1)
    assert quick.secret(quick.entries()["Router"]).password == "value of 1"


# --- held, refused, left -----------------------------------------------------------------------------


def test_vaulted_and_archived_ones_are_left_with_their_reasons(quick: Vaulted) -> None:
    quick.safe.password("1", "7", "Safe", is_vaulted=True)
    quick.safe.password("2", "7", "Old", is_archived=True)
    quick.safe.password("3", "7", "Router")
    plan = run(quick)
    reasons = quick.bench.reasons(plan)
    assert "Only people" in reasons["Safe"][1]
    assert "unless you pick it" in reasons["Old"][1]
    assert set(quick.entries()) == {"Router"}


def test_a_picked_archived_one_comes_archived(quick: Vaulted) -> None:
    quick.safe.password("2", "7", "Old", is_archived=True)
    quick.safe.password("3", "7", "Router")
    plan = imports.choose(quick.bench.context, quick.bench.admin, previewed(quick).id, ["2"])
    quick.bench.workshop.run()
    assert quick.bench.approve(plan).state is PlanState.DONE
    assert quick.entries()["Old"].state is EntryState.ARCHIVED
    assert set(quick.entries()) == {"Old"}


def test_a_refused_entry_is_left_and_the_rest_goes_on(both: Vaulted) -> None:
    for number in range(5):
        both.safe.password(str(number), "7")
    both.safe.refused = {"2"}
    plan = run(both)
    assert (plan.state, plan.counts.new, plan.counts.held) == (PlanState.DONE, 4, 1)
    assert "1 left out" in plan.note
    assert "refuses this entry" in both.bench.reasons(plan)["Entry 2"][1]
    assert len(both.entries()) == 4


def test_a_key_that_loses_its_right_stops_the_run_and_what_came_stays(both: Vaulted) -> None:
    for number in range(5):
        both.safe.password(str(number), "7")
    plan = previewed(both)
    both.safe.shut_after = 3
    stopped = both.bench.approve(plan)
    assert stopped.state is PlanState.FAILED
    assert TICK in stopped.note
    assert "What was imported before stays" in stopped.note
    assert len(both.entries()) == 3
    with both.bench.store.work() as work:
        connection = work.connections.get(both.glue.id)
    assert connection is not None
    assert (connection.trouble, connection.locked) == ("", {"passwords": TICK})
    with pytest.raises(TellPerson, match="Password Access"):
        previewed(both)


@pytest.mark.parametrize("approved", [False, True])
def test_a_right_that_is_missing_while_the_records_are_read_is_a_matter_of_passwords_alone(both: Vaulted, approved: bool) -> None:
    """For the preview, and once more before the run: companies and people go on, and nobody is told of a broken connection."""
    both.safe.password("1", "7")
    both.safe.person("1", "7", "ada@contoso.com")
    plan = previewed(both) if approved else None
    both.safe.trouble = [AskOperator(TICK, Trouble.MISSING_RIGHT)]
    stopped = both.bench.approve(plan) if plan else previewed(both)
    assert (stopped.state, stopped.note) == (PlanState.FAILED, TICK)
    with both.bench.store.work() as work:
        (connection,) = work.connections.all()
    assert (connection.trouble, connection.locked) == ("", {"passwords": TICK})
    assert both.bench.ear.notices == []
    assert both.bench.imported(Kind.USERS, "Contoso").state is PlanState.DONE
    with pytest.raises(TellPerson, match="tick Password Access"):
        previewed(both)


def test_a_key_that_is_refused_while_the_records_are_read_is_the_connections_trouble(quick: Vaulted) -> None:
    quick.safe.password("1", "7")
    quick.safe.trouble = [AskOperator("The key was revoked.", Trouble.WRONG_KEY)]
    assert previewed(quick).state is PlanState.FAILED
    with quick.bench.store.work() as work:
        (connection,) = work.connections.all()
    assert (connection.trouble, connection.locked) == ("The key was revoked.", {})


def test_after_the_tick_is_set_the_rest_comes(quick: Vaulted) -> None:
    for number in range(5):
        quick.safe.password(str(number), "7")
    plan = previewed(quick)
    quick.safe.shut_after = 3
    quick.bench.approve(plan)
    quick.safe.shut_after = None
    quick.bench.connected("itglue", {"secret": "a-secret-of-the-northwind-1234"})
    assert run(quick).counts.new == 2
    assert sorted(quick.safe.asked) == ["0", "1", "2", "3", "4"]


def test_a_busy_source_is_waited_for_and_nothing_is_read_twice(both: Vaulted) -> None:
    for number in range(5):
        both.safe.password(str(number), "7")
    plan = previewed(both)
    imports.decide(both.bench.context, both.bench.admin, plan.id, Choice.APPROVE)
    calls = iter(range(100))

    def busy() -> None:
        if next(calls) == 3:  # one page to check, then values
            raise TryLater("Gangway has used its share of the call limit.", 240)

    both.safe.moment = busy
    both.bench.workshop.run()
    assert both.bench.plan(plan.id).state is PlanState.DONE
    assert 240 in both.bench.workshop.waited
    assert both.safe.asked == ["0", "1", "2", "3", "4"]


# --- isolation ---------------------------------------------------------------------------------------


def test_a_record_of_another_company_stops_the_preview(quick: Vaulted) -> None:
    quick.safe.password("1", "7")
    quick.safe.strangers = [replace(quick.safe.password("9", "8"), company_id="8")]
    plan = previewed(quick)
    assert plan.state is PlanState.FAILED
    assert "another company" in plan.note


def test_a_mapping_changed_under_a_run_stops_it(both: Vaulted) -> None:
    for number in range(3):
        both.safe.password(str(number), "7")
    plan = previewed(both)
    imports.decide(both.bench.context, both.bench.admin, plan.id, Choice.APPROVE)
    calls = iter(range(100))

    def remap() -> None:
        if next(calls) == 2:  # the second value is on its way
            with both.bench.store.write() as work:
                work.links.retire(both.link.id)

    both.safe.moment = remap
    both.bench.workshop.run()
    stopped = both.bench.plan(plan.id)
    assert stopped.state is PlanState.FAILED
    assert "mapping was changed" in stopped.note
    assert set(both.entries()) == {"Entry 0"}


def test_an_entry_of_another_company_is_a_conflict(quick: Vaulted) -> None:
    quick.safe.password("1", "7", "Router")
    run(quick)
    other = quick.bench.company("Fabrikam", "fabrikam.com")
    quick.bench.mapped(quick.glue, other, "8")
    quick.safe.records["1"] = replace(quick.safe.records["1"], company_id="8")
    plan = previewed(quick, "Fabrikam")
    assert plan.counts.conflict == 1
    assert "Contoso" not in quick.bench.reasons(plan)["Router"][1]
    assert not quick.entries(other.id)


def test_a_bound_channel_imports_its_own_company_and_no_other(quick: Vaulted) -> None:
    quick.safe.password("1", "7")
    quick.bench.company("Fabrikam", "fabrikam.com")
    desk = quick.bench.desk(bound=quick.company)
    assert quick.bench.preview(Kind.PASSWORDS, "", desk=desk).company_id == quick.company.id
    for words in ("Fabrikam", "own"):
        with pytest.raises(NotAllowed):
            quick.bench.preview(Kind.PASSWORDS, words, desk=desk)
    assert [each.name for each in givers.mapped_companies(quick.bench.context, desk, Kind.PASSWORDS, "", "")] == ["Contoso"]


# --- before anything is read -------------------------------------------------------------------------


def test_an_unmapped_company_is_refused_with_map_as_the_remedy(quick: Vaulted) -> None:
    quick.bench.company("Fabrikam", "fabrikam.com")
    with pytest.raises(TellPerson, match="not mapped") as refusal:
        previewed(quick, "Fabrikam")
    assert refusal.value.remedy == "map"


def test_autotask_says_why_it_has_none(quick: Vaulted) -> None:
    with pytest.raises(TellPerson, match="does not reach"):
        quick.bench.preview(Kind.PASSWORDS, "Contoso", "autotask")


def test_passwords_need_a_second_person_unless_the_setting_says_otherwise(quick: Vaulted) -> None:
    with quick.bench.store.write() as work:
        work.settings.put("four_eyes", None)  # as nobody has set it
    quick.safe.password("1", "7")
    plan = previewed(quick)
    assert plan.needs_second
    assert quick.bench.approve(plan).state is PlanState.PROPOSED
    assert quick.bench.approve(plan, quick.bench.desk(user="U2")).state is PlanState.DONE


def test_a_value_rotated_after_the_preview_voids_it(quick: Vaulted) -> None:
    quick.safe.password("1", "7")
    plan = previewed(quick)
    quick.bench.clock.advance(60)
    quick.safe.rotate("1", "newer")
    assert quick.bench.approve(plan).state is PlanState.VOID
    assert quick.safe.asked == []


def test_mapped_companies_are_offered_with_our_own_first(quick: Vaulted) -> None:
    quick.bench.company("Fabrikam", "fabrikam.com")
    found = givers.mapped_companies(quick.bench.context, quick.bench.admin, Kind.PASSWORDS, quick.glue.id, "")
    assert [company.is_own for company in found] == [True, False]
    assert found[1].name == "Contoso"


# --- the report --------------------------------------------------------------------------------------


def test_the_report_counts_each_record_as_the_run_left_it(quick: Vaulted) -> None:
    quick.safe.password("1", "7", "Router", has_otp=True)
    quick.safe.password("2", "7", "Safe", is_vaulted=True)
    quick.safe.password("3", "7", "Refused", attachments=2)
    quick.safe.refused = {"3"}
    plan, before = reports.nothing_lost(quick.bench.context, quick.bench.admin, previewed(quick).id)
    assert (before.of(Aspect.VALUE).carried, before.of(Aspect.VALUE).left) == (2, 1)
    done = quick.bench.approve(plan)
    _, after = reports.nothing_lost(quick.bench.context, quick.bench.admin, done.id)
    assert (after.records, after.of(Aspect.VALUE).carried, after.of(Aspect.VALUE).left) == (3, 1, 2)
    assert after.of(Aspect.OTP).examples[0].url == "https://example.itglue.com/7/passwords/1"
    assert "refuses" in after.of(Aspect.ATTACHMENTS).examples[0].why


def test_the_report_is_for_who_may_see_the_plan(quick: Vaulted) -> None:
    quick.safe.password("1", "7")
    plan = previewed(quick)
    other = quick.bench.company("Fabrikam", "fabrikam.com")
    with pytest.raises(NotAllowed):
        reports.nothing_lost(quick.bench.context, quick.bench.desk(bound=other), plan.id)

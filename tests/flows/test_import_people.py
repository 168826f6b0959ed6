"""Importing people: who is invited, who is not and why, and that a second run changes nothing."""

import pytest

from domain.company import Company
from domain.connection import Connection
from domain.errors import TellPerson
from domain.invitation import Badge
from domain.plan import PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import imports
from storage.store import Store
from tests.flows.bench import Bench, bench


def contoso(bench: Bench, source: str = "autotask") -> tuple[Connection, Company]:
    """Contoso, connected and mapped at a source, with no people yet."""
    paper = bench.papers[source]
    paper.company("10", "Contoso", "contoso.com")
    connection = bench.connected(source)
    company = bench.companies().get("Contoso") or bench.company("Contoso", "contoso.com")
    bench.listed(connection)
    bench.mapped(connection, company, "10")
    return connection, company


def test_each_person_is_invited_once_and_shown_as_pending_with_the_sender(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("1", "10", "ada@contoso.com")
    both.papers["autotask"].person("2", "10", "bob@contoso.com", "Bob")
    plan = both.imported(Kind.USERS, "Contoso")
    assert plan.counts.new == 2
    people = both.people()
    assert {line.badge for line in people.values()} == {Badge.PENDING}
    assert {line.invitation.invited_by for line in people.values() if line.invitation} == {"Person U1"}
    assert sorted(mail.to for mail in both.post.sent) == ["ada@contoso.com", "bob@contoso.com"]


def test_nothing_is_written_and_nobody_is_mailed_before_the_approval(quick: Bench) -> None:
    contoso(quick)
    quick.papers["autotask"].person("1", "10", "ada@contoso.com")
    plan = quick.preview(Kind.USERS, "Contoso")
    assert plan.state is PlanState.PROPOSED
    assert quick.people() == {}
    assert quick.post.sent == []


def test_a_second_run_finds_everything_unchanged_and_mails_nobody(both: Bench) -> None:
    contoso(both)
    for number in range(7):
        both.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")
    both.imported(Kind.USERS, "Contoso")
    again = both.preview(Kind.USERS, "Contoso")
    assert (again.counts.new, again.counts.changed, again.counts.unchanged) == (0, 0, 7)
    assert again.state is PlanState.DONE
    assert again.note == "Nothing to do: everything is up to date."
    assert len(both.post.sent) == 7


def test_each_row_that_is_left_out_says_why(both: Bench) -> None:
    contoso(both)
    paper = both.papers["autotask"]
    paper.person("1", "10", "ada@contoso.com", "Ada", last="Good")
    paper.person("2", "10", "", "Nora", last="Nomail")
    paper.person("3", "10", "not an address", "Bart", last="Bad")
    paper.person("4", "10", "ivan@contoso.com", "Ivan", last="Idle", is_active=False)
    paper.person("5", "10", "ADA@Contoso.com", "Adele", last="Twin")
    plan = both.preview(Kind.USERS, "Contoso")
    assert (plan.counts.new, plan.counts.held, plan.counts.conflict) == (1, 3, 1)
    reasons = both.reasons(plan)
    assert reasons["Nora Nomail"] == ("held", "Has no e-mail address. Add one in Autotask PSA and preview again.")
    assert reasons["Bart Bad"][0] == "held"
    assert "Correct it in Autotask PSA" in reasons["Bart Bad"][1]
    assert reasons["Ivan Idle"] == ("held", "Inactive in Autotask PSA: not invited.")
    assert reasons["Adele Twin"][0] == "conflict"
    assert "Ada Good" in reasons["Adele Twin"][1]


def test_two_spellings_of_one_address_are_one_person_and_the_mail_goes_to_the_spelling_typed(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("1", "10", "Ada.L@CONTOSO.com")
    both.imported(Kind.USERS, "Contoso")
    assert [mail.to for mail in both.post.sent] == ["Ada.L@CONTOSO.com"]
    contoso(both, "itglue")
    both.papers["itglue"].person("77", "10", "ada.l@contoso.COM", title="Boss")
    plan = both.imported(Kind.USERS, "Contoso", "itglue")
    assert plan.counts.new == 0
    assert len(both.people()) == 1


def test_a_second_source_joins_the_person_and_sends_no_second_invitation(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("1", "10", "ada@contoso.com", "Ada")
    both.imported(Kind.USERS, "Contoso")
    contoso(both, "itglue")
    both.papers["itglue"].person("77", "10", "ada@contoso.com", "Augusta", title="Analyst")
    plan = both.preview(Kind.USERS, "Contoso", "itglue")
    assert "no second invitation" in both.reasons(plan)["Augusta No77"][1]
    both.approve(plan)
    line = both.people()["ada@contoso.com"]
    assert line.sources == ("Autotask PSA", "IT Glue")
    assert (line.person.first_name, line.person.title) == ("Ada", "Analyst"), "the first source owns what it filled"
    assert len(both.post.sent) == 1


def test_what_changed_at_the_source_is_taken_over_and_an_emptied_field_wipes_nothing(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("1", "10", "ada@contoso.com", "Ada", title="Analyst")
    both.imported(Kind.USERS, "Contoso")
    both.papers["autotask"].edit("1", first_name="Augusta", title="")
    plan = both.imported(Kind.USERS, "Contoso")
    assert plan.counts.changed == 1
    person = both.people()["ada@contoso.com"].person
    assert (person.first_name, person.title) == ("Augusta", "Analyst")


def test_a_new_address_before_acceptance_kills_the_old_link_and_mails_the_new_address(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("1", "10", "ada@contoso.com")
    both.imported(Kind.USERS, "Contoso")
    both.papers["autotask"].edit("1", email="ada.new@contoso.com")
    both.imported(Kind.USERS, "Contoso")
    assert [mail.to for mail in both.post.sent] == ["ada@contoso.com", "ada.new@contoso.com"]
    assert len(both.people()) == 1


def test_an_address_given_to_another_record_of_the_same_source_is_a_conflict(both: Bench) -> None:
    contoso(both)
    paper = both.papers["autotask"]
    paper.person("1", "10", "ada@contoso.com", "Ada")
    both.imported(Kind.USERS, "Contoso")
    del paper.people["1"]
    paper.person("2", "10", "ada@contoso.com", "Eve")
    plan = both.preview(Kind.USERS, "Contoso")
    assert both.reasons(plan)["Eve No2"][0] == "conflict"
    assert "given to somebody else" in both.reasons(plan)["Eve No2"][1]


def test_somebody_who_moved_to_another_company_is_a_conflict_and_stays_where_they_are(both: Bench) -> None:
    connection, company = contoso(both)
    paper = both.papers["autotask"]
    paper.company("20", "Fabrikam", "fabrikam.com")
    paper.person("1", "10", "ada@contoso.com", "Ada")
    both.imported(Kind.USERS, "Contoso")
    both.clock.advance(90_000)
    both.listed(connection)
    fabrikam = both.company("Fabrikam", "fabrikam.com")
    both.mapped(connection, fabrikam, "20")
    paper.edit("1", company_id="20")
    plan = both.preview(Kind.USERS, "Fabrikam")
    assert plan.counts.conflict == 1
    assert "moved here from another company" in both.reasons(plan)["Ada No1"][1]
    assert "Contoso" not in both.reasons(plan)["Ada No1"][1], "the other company is not named to this one's readers"
    assert both.people()["ada@contoso.com"].company.id == company.id


def test_staff_come_from_the_source_itself_and_are_technicians_of_the_own_company(both: Bench) -> None:
    contoso(both)
    both.papers["autotask"].person("900", None, "tess@northwind-it.example", "Tess")
    both.imported(Kind.STAFF)
    line = both.people()["tess@northwind-it.example"]
    assert line.company.is_own
    assert line.person.role is Role.TECHNICIAN
    assert both.papers["autotask"].calls.count("users") == 0


def test_people_cannot_be_imported_before_their_company_is_mapped(quick: Bench) -> None:
    quick.connected("autotask")
    quick.company("Contoso", "contoso.com")
    with pytest.raises(TellPerson, match="is not mapped yet") as refusal:
        quick.preview(Kind.USERS, "Contoso")
    assert refusal.value.remedy == "map"


def test_a_company_that_is_not_there_is_to_be_imported_first(quick: Bench) -> None:
    quick.connected("autotask")
    with pytest.raises(TellPerson) as refusal:
        quick.preview(Kind.USERS, "Contoso")
    assert refusal.value.remedy == "import companies"


def test_passwords_are_refused_with_the_sources_reason_not_with_an_empty_result(quick: Bench) -> None:
    quick.connected("autotask")
    with pytest.raises(TellPerson, match="Autotask PSA has no passwords to give"):
        imports.propose(quick.context, quick.admin, Kind.PASSWORDS, "", "autotask")


def test_a_company_mapped_at_two_sources_is_asked_about_and_never_guessed(quick: Bench) -> None:
    contoso(quick)
    contoso(quick, "itglue")
    with pytest.raises(TellPerson, match="mapped at several sources") as refusal:
        quick.preview(Kind.USERS, "Contoso")
    assert refusal.value.remedy == "source"


def test_only_the_chosen_rows_are_imported_and_the_source_is_not_read_again_for_the_narrowing(both: Bench) -> None:
    contoso(both)
    for number in range(5):
        both.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")
    plan = both.preview(Kind.USERS, "Contoso")
    calls = len(both.papers["autotask"].calls)
    narrowed = imports.choose(both.context, both.admin, plan.id, ["1", "3"])
    both.workshop.run()
    assert len(both.papers["autotask"].calls) == calls
    assert both.plan(plan.id).state is PlanState.VOID
    assert both.plan(narrowed.id).counts.new == 2
    both.approve(both.plan(narrowed.id))
    assert sorted(both.people()) == ["p1@contoso.com", "p3@contoso.com"]


def test_a_thousand_people_are_read_and_written_page_by_page(store: Store) -> None:
    both = bench(store, mailer=None)
    contoso(both)
    for number in range(1001):
        both.papers["autotask"].person(str(number), "10", f"p{number:04}@contoso.com")
    plan = both.imported(Kind.USERS, "Contoso")
    assert (plan.counts.new, plan.done_rows) == (1001, 1001)
    assert len(both.people()) == 1001

"""Importing companies: each exists once, whatever source it comes from, and waits where it has no web address."""

import pytest

from domain.company import CompanyState
from domain.errors import NotAllowed, TellPerson
from domain.plan import PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import companies, imports
from tests.flows.bench import Bench
from tests.flows.conftest import Town


def connected(bench: Bench, *names: str) -> None:
    for name in names or ("autotask",):
        bench.connected(name)


def test_companies_come_in_with_their_mapping(both: Bench) -> None:
    connected(both)
    both.papers["autotask"].company("10", "Contoso", "https://www.Contoso.com/home")
    both.imported(Kind.COMPANIES)
    company = both.companies()["Contoso"]
    assert (company.domain, company.state) == ("contoso.com", CompanyState.ACTIVE)
    with both.store.work() as work:
        (link,) = work.links.of_one_company(company.id)
    assert link.external_id == "10"


def test_the_second_run_finds_everything_unchanged(both: Bench) -> None:
    connected(both)
    for number in range(5):
        both.papers["autotask"].company(str(number), f"Company {number}", f"c{number}.example")
    both.imported(Kind.COMPANIES)
    again = both.preview(Kind.COMPANIES)
    assert (again.counts.unchanged, again.counts.to_do, again.state) == (5, 0, PlanState.DONE)


@pytest.mark.parametrize("spelling", ["CONTOSO.COM", "http://contoso.com", "www.contoso.com/", "contoso.com.", "https://Contoso.com:443/x?y"])
def test_two_spellings_of_one_web_address_are_one_company(quick: Bench, spelling: str) -> None:
    connected(quick)
    quick.company("Contoso", "contoso.com")
    quick.papers["autotask"].company("10", "Contoso", spelling)
    quick.imported(Kind.COMPANIES)
    assert list(quick.companies()) == ["Contoso"]


def test_a_company_without_a_web_address_is_made_and_waits_until_somebody_adds_one(both: Bench) -> None:
    connected(both)
    both.papers["autotask"].company("10", "Contoso")
    both.papers["autotask"].company("20", "Mailers", "gmail.com")
    plan = both.imported(Kind.COMPANIES)
    assert (plan.counts.held, plan.counts.waiting) == (2, 2)
    assert plan.note == "2 companies imported."  # how many wait is counted anew wherever it is told
    assert "companies from Autotask PSA: 2 companies imported. 2 of them wait for a domain." in both.journal("import")
    waiting = companies.needing_domain(both.context, both.admin)
    assert [one.name for one in waiting] == ["Contoso", "Mailers"]
    companies.set_domain(both.context, both.admin, waiting[0].id, "www.contoso.com")
    assert both.companies()["Contoso"].state is CompanyState.ACTIVE


def test_the_same_company_from_a_second_source_becomes_one_with_two_links(both: Bench) -> None:
    connected(both, "autotask", "itglue")
    both.papers["autotask"].company("10", "Contoso Ltd", "contoso.com")
    both.papers["itglue"].company("900", "Contoso", domains=("contoso.com",), psa_ids=("10",))
    both.imported(Kind.COMPANIES, source="autotask")
    plan = both.preview(Kind.COMPANIES, source="itglue")
    assert (plan.counts.new, plan.counts.changed) == (0, 1)
    both.approve(plan)
    (company,) = both.companies().values()
    with both.store.work() as work:
        assert {link.external_id for link in work.links.of_one_company(company.id)} == {"10", "900"}


def test_a_mere_similarity_is_a_conflict_and_never_joins(both: Bench) -> None:
    connected(both)
    both.company("Contoso Consulting", "contoso-consulting.example")
    both.papers["autotask"].company("10", "Contosso Consulting", "another.example")
    plan = both.preview(Kind.COMPANIES)
    action, reason = both.reasons(plan)["Contosso Consulting"]
    assert action == "conflict"
    assert "May be Contoso Consulting" in reason


def test_a_preview_of_nothing_but_likenesses_stays_open_so_that_one_can_be_picked(both: Bench) -> None:
    connected(both)
    both.company("Contoso Consulting", "contoso-consulting.example")
    both.papers["autotask"].company("10", "Contosso Consulting", "another.example")
    plan = both.preview(Kind.COMPANIES)
    assert plan.state is PlanState.PROPOSED
    assert both.approve(plan).state is PlanState.VOID, "approving it as it stands does nothing"


def test_a_preview_of_nothing_but_what_nobody_can_pick_is_done_at_once(both: Bench) -> None:
    connected(both)
    both.company("Contoso Consulting", "contoso.com")
    both.papers["autotask"].company("10", "Something Else", "contoso.com")
    both.papers["autotask"].company("11", "Oldco", "old.example", is_active=False)
    plan = both.preview(Kind.COMPANIES)
    assert "Only some" not in str(both.reasons(plan))
    assert (plan.state, plan.counts.pickable) == (PlanState.DONE, 0)


def test_a_similar_company_is_imported_as_new_when_somebody_picks_it(both: Bench) -> None:
    connected(both)
    both.company("Contoso Consulting", "contoso-consulting.example")
    both.papers["autotask"].company("10", "Contosso Consulting", "another.example")
    plan = both.preview(Kind.COMPANIES)
    narrowed = imports.choose(both.context, both.admin, plan.id, ["10"])
    both.workshop.run()
    both.approve(both.plan(narrowed.id))
    assert set(both.companies()) == {"Contoso Consulting", "Contosso Consulting"}


def test_two_companies_of_one_web_address_are_both_a_conflict(both: Bench) -> None:
    """Neither of a holding and its subsidiary wins by coming first."""
    connected(both)
    both.papers["autotask"].company("10", "Alpha Holding", "group.example")
    both.papers["autotask"].company("20", "Zeta Works", "www.group.example")
    plan = both.preview(Kind.COMPANIES)
    assert plan.counts.conflict == 2
    assert {action for action, _ in both.reasons(plan).values()} == {"conflict"}


def test_inactive_companies_and_nameless_ones_are_left_out_with_the_reason(both: Bench) -> None:
    connected(both)
    both.papers["autotask"].company("10", "Oldco", "old.example", is_active=False)
    both.papers["autotask"].company("20", "  ", "blank.example")
    plan = both.preview(Kind.COMPANIES)
    assert both.reasons(plan)["Oldco"] == ("held", "Inactive in Autotask PSA: not imported.")
    assert both.reasons(plan)["record 20"][1].startswith("Has no name")
    assert plan.state is PlanState.DONE
    assert plan.note == "Nothing to import now; see the reasons."


def test_a_name_changed_upstream_is_taken_over(both: Bench) -> None:
    connected(both)
    both.papers["autotask"].company("10", "Contoso", "contoso.com")
    both.imported(Kind.COMPANIES)
    both.papers["autotask"].edit_company("10", name="Contoso Group")
    both.imported(Kind.COMPANIES)
    assert list(both.companies()) == ["Contoso Group"]


def test_the_msps_own_company_is_never_imported_as_a_client(both: Bench) -> None:
    connected(both)
    both.papers["autotask"].company("0", "Northwind IT", "northwind-it.example", is_own=True)
    plan = both.preview(Kind.COMPANIES)
    assert plan.counts.to_do == 0
    assert both.companies() == {}


def test_all_of_the_demo_comes_in_over_http_and_the_second_source_doubles_nothing(town: Town) -> None:
    for number in range(12):
        client = town.world.add_company(f"Company {number}", f"company{number}.example")
        town.world.add_contact(client, "Ada", f"No {number}", f"ada@company{number}.example")
    town.connect_autotask()
    town.connect_itglue()
    first = town.bench.imported(Kind.COMPANIES, source="autotask")
    assert first.counts.new == 12
    second = town.bench.imported(Kind.COMPANIES, source="itglue")
    assert (second.counts.new, second.counts.changed) == (0, 12)
    assert len(town.bench.companies()) == 12


def test_a_row_that_cannot_be_read_is_named_and_the_rest_goes_on(town: Town) -> None:
    for number in range(3):
        town.world.add_company(f"Company {number}", f"company{number}.example", itglue=False)
    town.connect_autotask()
    town.autotask.faults.set("no_id", on="Companies/query", times=1)
    plan = town.bench.preview(Kind.COMPANIES)
    held = [reason for action, reason in town.bench.reasons(plan).values() if action == "held"]
    assert [reason for reason in held if reason.startswith("Could not be read")]
    assert plan.counts.new >= 2


# --- by hand -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "web", "field"),
    [("", "contoso.com", "name"), ("x" * 201, "", "name"), ("C", "gmail.com", "web"), ("C", "10.0.0.1", "web"), ("C", "taken.example", "web")],
)
def test_what_is_wrong_with_a_typed_company_is_said_at_its_field(quick: Bench, name: str, web: str, field: str) -> None:
    quick.company("Holder", "taken.example")
    with pytest.raises(TellPerson) as refusal:
        companies.add(quick.context, quick.admin, name, web)
    assert refusal.value.field == field
    assert list(quick.companies()) == ["Holder"]


def test_a_web_address_of_another_company_is_refused(both: Bench) -> None:
    both.company("Holder", "taken.example")
    waiting = both.company("Waiting")
    with pytest.raises(TellPerson, match="belongs to Holder"):
        companies.set_domain(both.context, both.admin, waiting.id, "https://TAKEN.example/")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLIENT, None])
def test_who_may_only_look_imports_nothing(quick: Bench, role: Role | None) -> None:
    connected(quick)
    with pytest.raises(NotAllowed):
        imports.propose(quick.context, quick.desk(role), Kind.COMPANIES)


def test_several_companies_of_a_name_are_asked_about(quick: Bench) -> None:
    quick.company("Contoso North", "north.example")
    quick.company("Contoso South", "south.example")
    with pytest.raises(TellPerson, match="Several companies fit"):
        companies.find(quick.context, quick.admin, "contoso")
    assert companies.find(quick.context, quick.admin, "SOUTH.example").name == "Contoso South"
    assert companies.find(quick.context, quick.admin, "contoso north").name == "Contoso North"

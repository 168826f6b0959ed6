"""Company types and statuses: what does not pass is left out with its reason; what is here already stays."""

import pytest

from domain.plan import PlanState
from domain.ports import Kind
from domain.psa import Pick
from domain.setup import CompaniesWanted
from flows import company_filter, imports, setup_steps, sync, why
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.psa import paper_of, psa_bench, ready


@pytest.fixture
def made(store: Store) -> Bench:
    made = psa_bench(store)
    paper = paper_of(made)
    paper.company("10", "Contoso", "contoso.com", type_name="Customer", status_name="Gold")
    paper.company("20", "Fabrikam", "fabrikam.com", type_name="Vendor")
    paper.company("30", "Litware", "litware.com", type_name="customer ", status_name="Blacklisted")
    paper.company("40", "Nobody", "nobody.example")
    return made


def test_an_import_leaves_out_what_does_not_pass_and_says_why(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",)})
    plan = made.preview(Kind.COMPANIES)
    reasons = made.reasons(plan)
    assert {name for name, (action, _) in reasons.items() if action == "new"} == {"Contoso", "Litware"}
    assert "Type Vendor is not imported" in reasons["Fabrikam"][1]
    assert "has no type" in reasons["Nobody"][1]
    made.approve(plan)
    assert set(made.companies()) == {"Contoso", "Litware"}
    assert any("Type Vendor is not imported" in said for said in why.why(made.context, made.admin, "Fabrikam"))


def test_both_filters_must_be_passed(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",), "statuses": ("60",)})
    reasons = made.reasons(made.preview(Kind.COMPANIES))
    assert [name for name, (action, _) in reasons.items() if action == "new"] == ["Contoso"]
    assert "Status Blacklisted is not imported" in reasons["Litware"][1]


def test_what_was_imported_before_stays_and_is_kept_up_to_date(made: Bench) -> None:
    connection = ready(made)
    made.imported(Kind.COMPANIES)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",)})
    paper_of(made).edit_company("20", name="Fabrikam Parts")
    made.imported(Kind.COMPANIES)
    assert "Fabrikam Parts" in made.companies()


def test_a_person_who_picks_a_row_brings_it_all_the_same(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",)})
    plan = imports.propose(made.context, made.admin, Kind.COMPANIES, "", "", ["20"])
    imports.posted(made.context, plan.id, "C1", "1.1")
    made.workshop.run()
    made.approve(made.plan(plan.id))
    assert set(made.companies()) == {"Fabrikam"}


def test_a_wider_filter_lets_the_next_sync_propose_what_it_left_out(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1",), "companies": ("on",)})
    made.imported(Kind.COMPANIES)
    made.clock.advance(7200)
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("1", "6"), "companies": ("on",)})
    made.clock.advance(3600)
    sync.ask(made.context, made.admin, connection.id)
    made.workshop.run()
    with made.store.work() as work:
        (plan,) = work.plans.in_state(PlanState.PROPOSED)
    assert [name for name, (action, _) in made.reasons(plan).items() if action == "new"] == ["Fabrikam"]


@pytest.mark.parametrize(("types", "passing"), [((), 4), (("1",), 2), (("6",), 1), (("1", "6"), 3), (("gone",), 0)])
def test_how_many_pass_is_known_before_anything_is_kept(made: Bench, types: tuple[str, ...], passing: int) -> None:
    connection = ready(made)
    made.listed(connection)
    found = company_filter.count(made.context, made.admin, connection.id, CompaniesWanted(frozenset(types)))
    assert (found.passing, found.total) == (passing, 4)


def test_a_type_that_is_gone_from_the_list_keeps_letting_its_companies_through(made: Bench) -> None:
    connection = ready(made)
    setup_steps.keep_sync(made.context, made.admin, connection.id, {"types": ("6",)})
    del paper_of(made).lists[Pick.COMPANY_TYPES]["6"]  # type: ignore[attr-defined]
    ready(made)
    assert [name for name, (action, _) in made.reasons(made.preview(Kind.COMPANIES)).items() if action == "new"] == ["Fabrikam"]

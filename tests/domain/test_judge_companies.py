"""What an import does with each company: one of each web address, and a likeness joins nothing by itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Company, CompanyState
from domain.judge_companies import Known, Likeness, Wanted, judge, label, match_key, usable_domain
from domain.plan import Action
from domain.ports import UpstreamCompany

ROW = UpstreamCompany("10", "Contoso", "www.contoso.com")
OURS = Company("c1", "Contoso", "contoso.com", "contoso.com", CompanyState.ACTIVE)
WAITING = replace(OURS, domain=None, state=CompanyState.NEEDS_DOMAIN)
SURE, PERHAPS = Likeness("c1", "Contoso", "same domain", True), Likeness("c1", "Contoso", "similar name", False)
ROWS = st.builds(
    UpstreamCompany,
    st.just("10"),
    st.sampled_from(["Contoso", "  ", "Contoso Group"]),
    st.sampled_from(["www.contoso.com", "", "gmail.com", "not a domain", "http://192.168.0.1/", "linkedin.com/company/x"]),
    is_active=st.booleans(),
    is_own=st.booleans(),
    domains=st.sampled_from([(), ("contoso.com",), ("contoso.com", "contoso.net")]),
)
KNOWN = st.builds(
    Known,
    linked=st.sampled_from([None, OURS, WAITING]),
    linked_name=st.sampled_from(["", "Contoso"]),
    likeness=st.sampled_from([None, SURE, PERHAPS]),
    domain_owner=st.sampled_from(["", "Holder"]),
    twin_label=st.sampled_from(["", "Twin"]),
    chosen=st.booleans(),
)


@given(ROWS, KNOWN)
def test_every_row_gets_a_verdict_and_what_is_left_out_gets_a_reason(row: UpstreamCompany, known: Known) -> None:
    verdict = judge(row, known, "Autotask PSA", "new")
    if verdict.action in (Action.HELD, Action.CONFLICT):
        assert verdict.reason.endswith(".")


@given(ROWS, KNOWN)
def test_a_new_company_has_a_name_and_a_web_address_nobody_else_has(row: UpstreamCompany, known: Known) -> None:
    if judge(row, known, "Autotask PSA", "new").action is Action.NEW:
        assert row.name.strip()
        assert row.is_active
        assert not row.is_own
        assert usable_domain(row) is not None
        assert not known.domain_owner
        assert not known.twin_label
        assert known.linked is None


@given(ROWS, KNOWN)
def test_nothing_is_joined_that_is_not_certain(row: UpstreamCompany, known: Known) -> None:
    verdict = judge(row, known, "Autotask PSA", "new")
    if verdict.action is Action.CHANGED and known.linked is None:
        assert known.likeness is not None
        assert known.likeness.certain


@given(ROWS, KNOWN)
def test_the_msps_own_company_is_left_alone(row: UpstreamCompany, known: Known) -> None:
    assert judge(replace(row, is_own=True), known, "Autotask PSA", "new").action is Action.UNCHANGED


@given(ROWS, KNOWN)
def test_only_what_lacks_nothing_but_a_web_address_waits(row: UpstreamCompany, known: Known) -> None:
    verdict = judge(row, known, "Autotask PSA", "new")
    if verdict.waits:
        assert verdict.action is Action.HELD
        assert usable_domain(row) is None
        assert row.name.strip()
        assert row.is_active


@pytest.mark.parametrize(
    ("web", "domains", "found"),
    [
        ("www.contoso.com", (), "contoso.com"),
        ("", ("contoso.com",), "contoso.com"),
        ("", ("contoso.com", "contoso.net"), None),  # which one is theirs is not guessed
        ("gmail.com", (), None),
        ("gmail.com", ("contoso.com",), None),  # what the field says is not overruled
        ("", ("gmail.com",), None),
        ("localhost", (), None),
    ],
)
def test_the_web_address_is_the_field_else_the_only_domain_there_is(web: str, domains: tuple[str, ...], found: str | None) -> None:
    domain = usable_domain(UpstreamCompany("10", "Contoso", web, domains=domains))
    assert (domain.ascii if domain else None) == found


def test_a_name_that_changed_at_the_source_since_last_time_is_taken_over() -> None:
    verdict = judge(replace(ROW, name="Contoso Group"), Known(linked=OURS, linked_name="Contoso"), "Autotask PSA", "new")
    assert verdict.changes == {"name": ("Contoso", "Contoso Group")}


def test_a_name_somebody_gave_here_is_kept_while_the_source_says_the_same_as_before() -> None:
    ours = replace(OURS, name="Our Friends")
    assert judge(ROW, Known(linked=ours, linked_name="Contoso"), "Autotask PSA", "new").action is Action.UNCHANGED


def test_a_waiting_company_gets_the_web_address_the_source_learnt() -> None:
    verdict = judge(ROW, Known(linked=WAITING, linked_name="Contoso"), "Autotask PSA", "new")
    assert verdict.changes == {"web address": ("", "contoso.com")}


def test_a_nameless_company_is_called_by_its_record_and_inactive_ones_are_no_twins() -> None:
    assert label(UpstreamCompany("10", " ")) == "record 10"
    assert match_key(replace(ROW, is_active=False)) == ""
    assert match_key(ROW) == "contoso.com"


@pytest.mark.parametrize(
    ("named", "wanted", "left_out"),
    [
        ("Client, Vendor", {"vendor"}, False),
        ("Client, Vendor", {"Client, Vendor"}, False),
        ("Client, Vendor", {"Prospect"}, True),
        ("", {"Client"}, True),
        ("Vendor", {"Client, Vendor"}, True),
    ],
)
def test_a_company_of_several_types_comes_in_with_any_of_them(named: str, wanted: set[str], left_out: bool) -> None:
    row = UpstreamCompany("1", "Contoso", type_name=named)
    assert bool(Wanted(types=frozenset(wanted)).unwanted(row)) is left_out

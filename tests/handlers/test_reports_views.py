"""The nothing-lost report and what a plan of passwords shows: drawable whatever the names, with links that mend."""

from dataclasses import replace

import pytest

from domain.nothing_lost import Record, report
from domain.plan import PlanState
from domain.ports import Kind, UpstreamPassword
from handlers.views import integrations, plans
from handlers.views import reports as views
from tests.handlers.samples import HOSTILE, assert_drawable, buttons, plan, said

PASSWORDS = replace(plan(), kind=Kind.PASSWORDS, read_rows=12)
URL = "https://northwind.itglue.com/7/passwords/1"


def row(number: int = 1, name: str = "Router", **about: object) -> UpstreamPassword:
    return UpstreamPassword(str(number), "7", name, resource_url=URL, **about)  # type: ignore[arg-type]


def every_kind(name: str, number: int) -> list[Record]:
    has = {"has_otp": True, "is_vaulted": True, "is_archived": True, "embedded_in": f"Configuration: {name}", "attachments": 2}
    return [Record(row(each, name, folder=(name,), custom_fields=(name,), **has), bool(each % 2), name) for each in range(number)]


@pytest.mark.parametrize("number", [0, 1, 101])
@pytest.mark.parametrize("name", HOSTILE)
def test_the_report_is_drawable_whatever_the_names(name: str, number: int) -> None:
    found = report(every_kind(name, number))
    assert_drawable(views.modal(replace(PASSWORDS, source_title=name), found, name))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.test/|a>b", "https://x.test/ y", ""])
def test_an_address_that_is_none_is_not_linked(url: str) -> None:
    text = said(views.modal(PASSWORDS, report([Record(replace(row(has_otp=True), resource_url=url), True)]), "Import"))
    assert "Router" in text
    assert "|Router>" not in text


def test_what_was_left_is_linked_with_its_reason() -> None:
    text = said(views.modal(PASSWORDS, report([Record(row(is_vaulted=True), False, "Only people can read it.")]), "Import"))
    assert f"<{URL}|Router>: Only people can read it." in text
    assert "*0* carried · *0* changed · *1* left" in text


@pytest.mark.parametrize(("state", "where"), [(PlanState.PROPOSED, "Only some…;"), (PlanState.DONE, "Only some… of a new preview;")])
def test_what_is_archived_is_picked_where_it_can_still_be_picked(state: PlanState, where: str) -> None:
    found = report([Record(row(is_archived=True), False)])
    assert f"picked under {where}" in said(views.modal(replace(PASSWORDS, state=state), found, "Import"))


def test_nothing_left_is_said_plainly() -> None:
    assert "All of it comes along" in said(views.modal(PASSWORDS, report([Record(row(), True)]), "Import"))


@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("name", HOSTILE)
def test_a_plan_of_passwords_is_drawable_in_every_state(name: str, state: PlanState) -> None:
    assert_drawable(plans.build(plans.Told(replace(PASSWORDS, company_name=name, note=name, state=state))))


@pytest.mark.parametrize("state", [PlanState.PROPOSED, PlanState.DONE, PlanState.FAILED])
def test_the_report_is_offered_before_and_after(state: PlanState) -> None:
    made = plans.build(plans.Told(replace(PASSWORDS, state=state)))
    assert ("Report", PASSWORDS.id) in buttons(made)


def test_a_preview_says_that_no_value_was_read() -> None:
    assert "No value has been read yet" in said(plans.build(plans.Told(PASSWORDS)))


def test_other_imports_have_no_such_report() -> None:
    assert "Report" not in dict(buttons(plans.build(plans.Told(plan()))))


def test_the_card_of_a_source_without_connector_draws() -> None:
    assert_drawable(integrations.message((), ()))

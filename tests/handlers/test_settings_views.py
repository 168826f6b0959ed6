"""The settings form and the feedback form: drawable whatever is set, and read back as it was filled in."""

from typing import Any

import pytest

from domain.errors import TellPerson
from domain.roles import Role
from flows.settings import Settings
from handlers.views import settings as views
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable, buttons, company

SET = Settings((("U0BOSS", Role.ADMIN),), Role.VIEWER, True, "Harbour IT", "C0FEED")


def filled(**given: str) -> dict[str, Any]:
    """What Slack sends of the form; what is not given was left empty."""
    role, company_id = given.get("role"), given.get("company")
    return {
        "values": {
            views.NAME: {views.NAME: {"value": "Harbour IT"}},
            views.DEFAULT: {views.DEFAULT: {"selected_option": {"value": "Viewer"}}},
            views.SECOND: {views.SECOND: {"selected_options": [{"value": "yes"}]}},
            views.FEEDBACK: {views.FEEDBACK: {"selected_conversation": None}},
            views.PERSON: {views.PERSON: {"selected_user": given.get("person")}},
            views.ROLE: {views.ROLE: {"selected_option": {"value": role} if role else None}},
            views.CHANNEL: {views.CHANNEL: {"selected_conversation": given.get("channel")}},
            views.COMPANY: {views.COMPANY_PICK: {"selected_option": {"value": company_id} if company_id else None}},
        }
    }


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_the_forms_are_drawable_whatever_is_set(name: str, number: int) -> None:
    some = min(number, 300)
    roles = tuple((f"U{each:08}", Role.TECHNICIAN) for each in range(some))
    bindings = [(f"C{each:08}", company(name, each)) for each in range(some)]
    assert_drawable(views.form(Settings(roles, Role.VIEWER, False, name, ""), bindings, "C0MSP", "Done."))
    assert_drawable(views.feedback_form("C0MSP"))
    assert_drawable(views.feedback_message("U0TECH", name * 5))


def test_the_form_lists_roles_and_bindings_with_their_buttons() -> None:
    made = views.form(SET, [("C0ACME", company())], "C0MSP")
    assert buttons(made) == [("Four eyes", ""), ("Ticket settings", ""), ("Forget role", "U0BOSS"), ("Free", "C0ACME")]
    assert made["private_metadata"] == "C0MSP"


def test_the_form_shows_what_is_set() -> None:
    inputs = {
        block["block_id"]: block["element"]
        for block in views.form(SET, [], "C0MSP")["blocks"]
        if block["type"] == "input"
    }
    assert inputs[views.NAME]["initial_value"] == "Harbour IT"
    assert inputs[views.DEFAULT]["initial_option"]["value"] == "Viewer"
    assert inputs[views.SECOND]["initial_options"][0]["value"] == "yes"
    assert inputs[views.FEEDBACK]["initial_conversation"] == "C0FEED"


def test_what_was_filled_in_is_read() -> None:
    read = views.wanted(filled(person="U0TECH", role="Technician", channel="C0ACME", company="c1"))
    assert read == views.Wanted("Harbour IT", Role.VIEWER, True, "", "U0TECH", Role.TECHNICIAN, "C0ACME", "c1")


def test_no_named_role_means_forgetting_it() -> None:
    read = views.wanted(filled(person="U0TECH", role="none"))
    assert (read.person, read.role) == ("U0TECH", None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"person": "U0TECH"}, "role"),
        ({"role": "Admin"}, "person"),
        ({"channel": "C0ACME"}, "company"),
        ({"company": "c1"}, "channel"),
    ],
)
def test_half_a_pair_is_said_beside_the_missing_half(given: dict[str, str], field: str) -> None:
    with pytest.raises(TellPerson) as refused:
        views.wanted(filled(**given))
    assert refused.value.field == field


def test_every_error_field_has_its_input() -> None:
    made = views.form(SET, [], "C0MSP")
    fields = {block["block_id"].split(":")[-1] for block in made["blocks"] if block["type"] == "input"}
    assert {"role", "person", "company", "channel", "msp_name"} <= fields

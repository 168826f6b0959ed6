"""The Home tab: what waits for the reader first, and nothing that the reader may not do."""

from dataclasses import replace

import pytest

from domain.roles import Actor, Role
from handlers.views import home as views
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable, buttons, facts, said

ADMIN = Actor("U0BOSS", "Boss", Role.ADMIN)
TECHNICIAN = Actor("U0TECH", "Tech", Role.TECHNICIAN)
VIEWER = Actor("U0LOOK", "Look", Role.VIEWER)


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_home_is_drawable_whatever_the_facts(name: str, number: int) -> None:
    for actor in (ADMIN, VIEWER):
        assert_drawable(views.home(facts(number, name), actor, "/msp"))


def test_what_waits_for_approval_stands_on_top_with_its_buttons() -> None:
    made = views.home(facts(2), TECHNICIAN, "/msp")
    pressed = buttons(made)
    assert ("Approve", "plan0") in pressed
    assert ("Deny", "plan1") in pressed
    text = said(made)
    assert text.index("Waiting for approval") < text.index("Connections")


def test_a_viewer_sees_what_waits_without_the_buttons() -> None:
    pressed = {text for text, _ in buttons(views.home(facts(2), VIEWER, "/msp"))}
    assert pressed.isdisjoint({"Approve", "Deny", "Connect", "Map", "Import", "Settings"})
    assert {"Users", "Invites", "See all changes"} <= pressed


@pytest.mark.parametrize(("actor", "offered"), [(ADMIN, True), (TECHNICIAN, False)])
def test_settings_are_offered_to_admins(actor: Actor, offered: bool) -> None:
    assert (("Settings", "") in buttons(views.home(facts(1), actor, "/msp"))) is offered


def test_a_fresh_installation_is_led_step_by_step() -> None:
    fresh = facts(0)
    assert [step.done for step in views.steps(fresh, "/msp")] == [False] * 5
    assert "First steps" in said(views.home(fresh, ADMIN, "/msp"))
    connected = replace(fresh, sources=facts(1).sources, companies=3)
    assert [step.done for step in views.steps(connected, "/msp")] == [True, True, True, False, False]


def test_the_steps_go_when_all_are_done() -> None:
    assert "First steps" not in said(views.home(facts(1), ADMIN, "/msp"))


def test_guests_get_a_sentence_and_nothing_else() -> None:
    made = views.closed("Gangway is only for the full members of this workspace.")
    assert_drawable(made)
    assert len(made["blocks"]) == 1
    assert buttons(made) == []

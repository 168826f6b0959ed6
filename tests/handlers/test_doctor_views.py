"""The doctor's findings are drawn whatever they say, what is wrong first, each with its buttons; scopes are the manifest's."""

import pytest

from bot.manifest import SCOPES
from domain.roles import Role
from flows.findings import Finding, Health, Mend, Remedy
from handlers import doctor as handler
from handlers.views import doctor
from tests.handlers.samples import HOSTILE, assert_drawable, buttons, said


def finding(name: str, health: Health, *mends: Mend) -> Finding:
    return Finding(name, f"Check {name}", health, f"It is so: {name} <!channel>", tuple(Remedy(mend, f"Mend {name}", "conn1|x") for mend in mends))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [0, 1, 101, 1000])
def test_it_is_drawable_whatever_is_found(name: str, size: int) -> None:
    found = [finding(name, list(Health)[number % 4], *list(Mend)[2 : 2 + number % 5]) for number in range(size)]
    assert_drawable(doctor.message(found))


@pytest.mark.parametrize("mend", Mend)
def test_every_way_of_mending_has_a_button(mend: Mend) -> None:
    shown = buttons(doctor.message([finding("Autotask", Health.BAD, mend)]))
    assert len(shown) == 2
    assert shown[0][0] in ("Mend Autotask", "Provision webhooks")


def test_health_is_a_word_beside_the_sign_and_what_is_well_needs_no_button() -> None:
    shown = doctor.message([finding("A", Health.BAD, Mend.PROVISION), finding("B", Health.GOOD)])
    assert "1 to be mended." in said(shown)
    assert "All is well." in said(doctor.message([finding("B", Health.GOOD)]))


def test_what_was_done_stands_first_and_while_it_looks_again_there_is_nothing_to_mend() -> None:
    done = "The sync of <!channel> is on."
    for shown in (doctor.looking(done), doctor.message([finding("B", Health.GOOD)], done)):
        assert_drawable(shown)
        assert "✔️ The sync of" in said(shown)
        assert [name for name, *_ in buttons(shown)] == ["Look again"]


def test_the_form_for_the_role_offers_no_administrator() -> None:
    from flows.mending import ROLES

    form = doctor.role_form(ROLES, "conn1|C1")
    assert_drawable(form)
    assert Role.ADMIN.value not in said(form)


def test_the_scopes_looked_for_are_those_of_the_manifest() -> None:
    assert set(handler.SCOPES) == set(SCOPES)

"""The doctor in the running whole: broken on purpose at the vendor or here, named, and mended by the button beside it."""

from collections.abc import Iterator

import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, connect_autotask, connected, imported

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Autotask is connected and its companies are here."""
    with staged(tmp_path_factory.mktemp("doctor")) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        imported(adam, "companies from autotask")
        yield stage


def examined(stage: Stage) -> str:
    return words(answer(stage.person("adam"), "doctor", "Doctor", timeout=60))


def test_it_looks_at_everything_and_says_what_is_well(town: Stage) -> None:
    """Each thing has its line, in words beside the sign."""
    said = examined(town)
    for check in ("Slack", "Database", "Mail", "Schedule", "Jobs", "Connection", "Rights", "Contacts", "Mapping", "Calls"):
        assert check in said, check


def test_f168_a_wrong_secret_is_named_and_its_button_opens_the_form(town: Stage) -> None:
    """The vendor's secret was renewed; after the new one was entered all is well again."""
    adam, user = town.person("adam"), town.autotask.user
    old, user.secret = user.secret, "renewed-secret-of-the-api-user"
    shown = answer(adam, "doctor", "❌ *Autotask PSA · Connection", timeout=60)
    assert adam.press(shown, "Configure")
    adam.wait_for_view("Connect Autotask", "API secret")
    adam.cancel(everything=True)
    user.secret = old
    assert connect_autotask(town, adam)
    adam.wait_for_view("Connected", timeout=40)
    adam.cancel(everything=True)
    assert "❌ *Autotask PSA · Connection" not in examined(town)


def test_f171_a_right_that_was_taken_is_named_with_its_place(town: Stage) -> None:
    """Resources/Users (HR) is needed for the MSP's own people."""
    town.autotask.level.take("Resources/Users (HR)")
    said = examined(town)
    assert "❌ *Autotask PSA · Rights" in said
    assert "Resources/Users (HR)" in said
    town.autotask.level.give_all()
    assert "❌ *Autotask PSA · Rights" not in examined(town)


def test_f172_a_missing_role_is_chosen_by_the_button(town: Stage) -> None:
    """Auto-import is off and has no role: the button asks for one and switches it on."""
    adam = town.person("adam")
    shown = answer(adam, "doctor", "No default role is chosen", timeout=60)
    assert adam.press(shown, "Choose role")
    form = adam.wait_for_view("Choose a role", "Default role for imported contacts")
    assert adam.submit(form, {"Default role for imported contacts": "Viewer"})
    adam.wait_for_message(ROOM, "Auto-import from Autotask PSA is on, as Viewer", timeout=40)
    assert "No default role is chosen" not in examined(town)


def test_tickets_that_are_off_are_turned_on_by_the_button(town: Stage) -> None:
    """F169: they come, and the doctor says how many pass."""
    adam = town.person("adam")
    shown = answer(adam, "doctor", "Tickets are not synced", timeout=60)
    assert adam.press(shown, "Turn on", near="Tickets")
    adam.wait_for_message(ROOM, "The sync of tickets at Autotask PSA is on", timeout=40)
    assert "tickets pass the filters" in examined(town) or "shows the API user no ticket" in examined(town)

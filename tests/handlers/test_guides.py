"""The guides are reached from the help, ticked step by step, and still ticked when somebody comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import discover
from domain.ports import Guide
from handlers.views import guides as views
from sandbox.workspace.person import Person
from tests.handlers.samples import HOSTILE, assert_drawable
from tests.handlers.whole import ROOM, Whole, whole


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        yield running


def guide(person: Person) -> dict[str, object]:
    person.command("/msp", "help", channel=ROOM)
    person.press(person.wait_for_message(ROOM, "What /msp can do"), "Guides")
    person.press(person.wait_for_view("Autotask PSA", "IT Glue"), "I have a user already", near="Autotask PSA")
    return person.wait_for_view("I have a user already", "Set the level")


def test_what_was_ticked_is_ticked_when_one_comes_back(bot: Whole) -> None:
    """For the person who ticked it, and for nobody else."""
    tess = bot.person("tess")
    shown = guide(tess)
    assert "0 of 2 done" in str(shown["blocks"])
    tess.choose(shown, "Open", ["Done"])
    tess.wait_for_view("1 of 2 done")
    tess.cancel(everything=True)
    assert "1 of 2 done" in str(guide(tess)["blocks"])
    assert "0 of 2 done" in str(guide(bot.person("adam"))["blocks"])


def test_the_wizards_guide_is_a_tick_list_too(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "setup autotask", channel=ROOM)
    adam.press(adam.wait_for_view("Step 1 of 4: Connect"), "I have admin access")
    adam.press(adam.wait_for_view("Step 1 of 4: Connect", "1. Open *Admin*"), "As a tick-list")
    adam.choose(adam.wait_for_view("0 of 2 done"), "Open", ["Done"])
    adam.cancel(adam.wait_for_view("1 of 2 done"))
    adam.wait_for_view("Step 1 of 4: Connect")


def test_what_is_to_be_typed_at_a_vendor_can_be_copied() -> None:
    for connector in discover().values():
        assert "`Gangway`" in str(connector.guides), connector.name


def test_a_guides_last_step_fits_the_form_and_the_wizard() -> None:
    """One is left by Save, the other by Next."""
    for connector in discover().values():
        last = [step for guide in connector.guides for step in guide.steps if "*Test connection*" in step]
        assert last
        assert all("then *Save* (in the wizard: *Next*)" in step for step in last), connector.name


@pytest.mark.parametrize("name", HOSTILE)
def test_every_guide_is_drawable(name: str) -> None:
    """Those of every connector there is, ticked or not; and whatever the joining page's address may be."""
    for connector in discover().values():
        assert_drawable(views.index([connector], "http://gangway.test/join-help", "C0MSP"))
        for number, each in enumerate((*connector.guides, Guide(name, ("*Admin* → *Users*",) * 40))):
            assert_drawable(views.page(connector, each, number, {0, 2}, "C0MSP"))


def test_the_autotask_guides_begin_with_the_new_way_and_name_every_right() -> None:
    """The API-user screen of today first; the level's page right by right; what is to be typed can be copied."""
    titles = [each.title for each in discover()["autotask"].guides]
    assert titles == ["Create a new API user", "I have a user already", "The security level, right by right"]
    steps = "\n".join(step for each in discover()["autotask"].guides for step in each.steps)
    for right in ("Tickets → View: All", "To-Dos", "Configuration Items", "Contracts", "Resources/Users (HR)", "webhooks"):
        assert right.casefold() in steps.casefold(), right
    assert "`API User (Gangway)`" in steps

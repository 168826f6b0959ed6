"""Whole clicks about settings and feedback, in a running workspace over real storage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.roles import Role
from flows import companies
from flows import settings as flow
from handlers import feedback, settings
from sandbox.workspace.finding import words
from tests.handlers.live import ROOM, Live, live


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (settings, feedback)) as running:
        yield running


def test_an_admin_saves_name_default_role_approvals_and_a_role(bot: Live) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    form = adam.wait_for_view("MSP name")
    answers = {
        "MSP name": "Harbour IT",
        "Role of members who have none named": "Viewer",
        "Approvals": ["A second person must approve imports"],
        "Give a role to": "tess",
        "Role": "Technician",
    }
    assert adam.submit(form, answers)
    adam.wait_for_message(ROOM, "Harbour IT", "second person", "Viewer", "is Technician now")
    read = flow.read(bot.context)
    assert (read.msp_name, read.default_role, read.second_person) == ("Harbour IT", Role.VIEWER, True)
    # Whoever names the first role stays Admin: else nobody could change it back.
    assert dict(read.roles) == {"U0ADAMAD02": Role.ADMIN, "U0TESSTE03": Role.TECHNICIAN}


def test_a_channel_is_bound_and_freed(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    form = adam.wait_for_view("Bind a channel")
    assert adam.submit(form, {"Bind a channel": ROOM, "To the company": "Contoso GmbH"})
    said = adam.wait_for_message(ROOM, "is bound to Contoso GmbH")
    assert "Nothing changed" not in words(said)
    assert companies.bindings(bot.context, bot.system) == ((adam.channel_id(ROOM), contoso),)
    adam.command("/msp", "settings", channel=ROOM)
    adam.press(adam.wait_for_view("Contoso GmbH"), "Free")
    adam.wait_for_view("is free again")
    assert companies.bindings(bot.context, bot.system) == ()


def test_saving_what_is_so_already_says_that_nothing_changed(bot: Live) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    assert adam.submit(adam.wait_for_view("MSP name"))
    adam.wait_for_message(ROOM, "Nothing changed.")


def test_half_a_pair_is_told_beside_the_field_and_nothing_is_saved(bot: Live) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    refused = adam.submit(adam.wait_for_view("MSP name"), {"MSP name": "Other", "Give a role to": "tess"})
    assert refused.errors == {"Role": "Choose the role too."}
    assert flow.read(bot.context).msp_name != "Other"


def test_the_only_named_admin_cannot_be_forgotten(bot: Live) -> None:
    flow.assign(bot.context, bot.system, "U0ADAMAD02", Role.ADMIN)
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    adam.press(adam.wait_for_view("Roles"), "Forget role")
    adam.wait_for_view("only named Admin")


def test_a_technician_is_told_who_may(bot: Live) -> None:
    flow.assign(bot.context, bot.system, "U0ADAMAD02", Role.ADMIN)
    tess = bot.person("tess")
    tess.command("/msp", "settings", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role to change settings", "U0ADAMAD02")


def test_feedback_reaches_the_channel_that_is_set(bot: Live) -> None:
    tess = bot.person("tess")
    flow.change(bot.context, bot.system, feedback_channel=tess.channel_id("#general"))
    tess.command("/msp", "feedback", channel=ROOM)
    words = "More <!channel> digests, please"
    assert tess.submit(
        tess.wait_for_view("What should be better"), {"What should be better, or what works well?": words}
    )
    tess.wait_for_message(ROOM, "Your feedback was passed on")
    posted = tess.wait_for_message("#general", "Feedback from")
    assert "&lt;!channel&gt;" in str(posted["blocks"])


def test_feedback_without_a_channel_is_kept(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "feedback", channel=ROOM)
    assert tess.submit(tess.wait_for_view("Feedback"), {"What should be better, or what works well?": "Fine"})
    tess.wait_for_message(ROOM, "was written down")

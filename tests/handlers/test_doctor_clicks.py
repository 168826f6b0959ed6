"""The doctor's buttons: what they mended is said where they stood, and what is mended has no button any more."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ports import Kind
from sandbox.workspace.finding import buttons
from tests.handlers.whole import ROOM, Whole, whole


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    """Autotask is connected; the sync of staff is off, and no default role is chosen."""
    with whole(tmp_path) as made:
        connection = made.connected()
        with made.context.store.write() as work:
            known = work.syncs.get(connection.id, Kind.STAFF, True)
            work.syncs.put(dataclasses.replace(known, enabled=False))
        yield made


def test_a_mended_row_says_so_and_loses_its_button(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "doctor", channel=ROOM)
    shown = adam.wait_for_message(ROOM, "Sync of staff", "It is switched off")
    assert "Turn on" in buttons(shown["blocks"])
    adam.press(shown, "Turn on")
    after = adam.wait_for_message(ROOM, "✔️ The sync of staff at Autotask PSA is on", "to be mended")
    assert after["ts"] == shown["ts"], "where the button stood"
    assert "Turn on" not in buttons(after["blocks"])
    adam.press(after, "Look again")
    assert "✔️" not in str(adam.wait_for_message(ROOM, "Doctor", "to be mended")["blocks"])


def test_a_role_that_was_chosen_is_asked_for_no_more(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "doctor", channel=ROOM)
    shown = adam.wait_for_message(ROOM, "No default role is chosen")
    adam.press(shown, "Choose role")
    assert adam.submit(adam.wait_for_view("Default role for imported contacts"), {"Default role for imported contacts": "Viewer"})
    adam.wait_for_message(ROOM, "Auto-import from Autotask PSA is on, as Viewer")
    after = adam.wait_for_message(ROOM, "Doctor", "Auto-import is on, as Viewer")
    assert after["ts"] == shown["ts"]
    assert "Choose role" not in buttons(after["blocks"])

"""Slack that is busy, broken or gone for a moment: the outcome stands in the one message, and a form opens or is offered."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.ports import UpstreamCompany
from sandbox.workspace.faults import Faults
from sandbox.workspace.person import Person
from tests.handlers.samples import buttons
from tests.handlers.test_whole_way import connect
from tests.handlers.whole import ROOM, Whole, whole

TROUBLES: dict[str, Callable[[Faults, str], None]] = {
    "429 that says how long": lambda faults, method: faults.rate_limit(method, times=2, retry_after=1),
    "429 that says nothing": lambda faults, method: faults.rate_limit(method, times=1, retry_after=None),
    "a burst of 500": lambda faults, method: faults.server_error(method, times=3),
}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        running.papers["autotask"].companies_ = [UpstreamCompany(str(number), f"Client {number}", f"client{number}.com") for number in range(3)]
        yield running


def previewed(bot: Whole) -> tuple[Person, dict[str, Any]]:
    """Adam asked for an import of companies, and sees its preview."""
    adam = bot.person("adam")
    connect(adam)
    adam.command("/msp", "import companies", channel=ROOM)
    return adam, adam.wait_for_message(ROOM, "*3* new", "Approve")


@pytest.mark.parametrize("name", TROUBLES)
def test_the_outcome_of_an_approval_comes_through_a_slack_in_trouble(bot: Whole, name: str) -> None:
    adam, shown = previewed(bot)
    bot.worker.hold.clear()
    adam.press(shown, "Approve")
    adam.wait_for_message(ROOM, "Approved by")
    TROUBLES[name](bot.workspace.faults, "chat.update")
    bot.worker.hold.set()
    done = adam.wait_for_message(ROOM, "Done.", "3 companies imported", timeout=30)
    assert done["ts"] == shown["ts"]
    assert len(adam.messages(ROOM, "Import companies from")) == 1


def test_a_click_decides_though_slack_cannot_redraw_the_message(bot: Whole) -> None:
    """The buttons cannot go, but what was clicked counts, and the clicker is told so instead of a reference number."""
    adam, shown = previewed(bot)
    bot.workspace.faults.server_error("chat.update", times=2)
    adam.press(shown, "Deny")
    adam.wait_for_message(ROOM, "Denied by")
    assert adam.messages(ROOM, "reference") == []


def test_the_outcome_comes_though_the_socket_broke(bot: Whole) -> None:
    adam, shown = previewed(bot)
    bot.worker.hold.clear()
    adam.press(shown, "Approve")
    bot.workspace.faults.drop_sockets()
    bot.worker.hold.set()
    assert adam.wait_for_message(ROOM, "Done.", timeout=30)["ts"] == shown["ts"]
    bot.workspace.wait_for_app()
    adam.command("/msp", "companies", channel=ROOM)
    adam.wait_for_message(ROOM, "Client 1")


@pytest.mark.parametrize("name", TROUBLES)
def test_a_form_opens_or_is_offered_though_slack_is_in_trouble(bot: Whole, name: str) -> None:
    """A trigger lives for three seconds: when it was used up on refusals, a button to open the form comes instead."""
    adam = bot.person("adam")
    TROUBLES[name](bot.workspace.faults, "views.open")
    adam.command("/msp", "connect autotask", channel=ROOM)
    adam.wait_for(lambda: adam.view() or [m for m in adam.messages(ROOM) if buttons(m)], timeout=30)
    bot.workspace.faults.clear()
    if adam.view() is None:
        offer = [m for m in adam.messages(ROOM) if buttons(m)][-1]
        adam.press(offer, buttons(offer)[0][0])
    adam.wait_for_view("API secret")

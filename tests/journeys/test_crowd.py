"""Fifteen thousand companies come in while people keep typing and pressing: everybody is acknowledged in time."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.town import ROOT
from sandbox.workspace.finding import words
from sandbox.workspace.person import Outcome, Person
from sandbox.world import World, real_clock
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, connected, labels, msp, preview, until

pytestmark = pytest.mark.process

MANY = 15_000
ACK = 3.0  # seconds: Slack's own limit
LIST = Path(os.environ.get("GANGWAY_ORGANIZATIONS", ROOT.parent / "shared" / "data" / "organizations.csv"))
TYPED = ("status", "help", "companies", "users staff", "invites", "history", "companies a", "integrations", "why nobody")


@dataclass
class Acks:
    """How long Slack waited for each acknowledgement."""

    seconds: list[float] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def timed(self, what: str, act: Callable[[], Outcome | list[str]]) -> None:
        began = time.monotonic()
        outcome = act()
        took = time.monotonic() - began
        self.seconds.append(took)
        if took > ACK or outcome is False or (isinstance(outcome, Outcome) and not outcome):
            self.late.append(f"{what}: {took:.2f} s, {outcome}")

    def figures(self) -> str:
        shares = statistics.quantiles(self.seconds, n=100)
        return (
            f"{len(self.seconds)} acks: p50 {shares[49] * 1000:.0f} ms, p99 {shares[98] * 1000:.0f} ms, "
            f"max {max(self.seconds) * 1000:.0f} ms"
        )


def large_world() -> World:
    """Real organizations where the list of them is there, else as many made-up ones."""
    if LIST.is_file():
        return World.from_csv(LIST, contacts_per_company=0, clock=real_clock)
    world = World.bare(clock=real_clock)
    for number in range(MANY):
        name = f"{['Quick', 'Brown', 'Lazy', 'Jumping'][number % 4]} Company {number:05}"
        world.add_company(name, f"company{number:05}.example", domains=(f"company{number:05}.example",))
    return world


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("crowd"), large_world()) as stage:
        connected(stage, stage.person("adam"))
        yield stage


def busy(person: Person, acks: Acks) -> None:
    """Type and press without a pause until the import has ended."""
    number = 0
    while not acks.ended.is_set():
        text = TYPED[number % len(TYPED)]
        acks.timed(text, lambda text=text: person.command("/msp", text, channel=ROOM))
        number += 1
        listed = [message for message in person.messages(ROOM, "Page 1 of") if "Next" in labels(message)][-1:]
        for message in listed:
            acks.timed("Next", lambda message=message: _pressed(person, message))


def _pressed(person: Person, message: dict[str, Any]) -> Outcome:
    try:
        return person.press(message, "Next")
    except LookupError:  # another click has turned it already
        return Outcome(True)


def test_everybody_is_acknowledged_in_time_while_15000_companies_come_in(
    town: Stage, record_property: Callable[[str, object], None]
) -> None:
    """While 15,000 companies are read, judged and written, each command and click is acknowledged within 3 s."""
    adam, acks = town.person("adam"), Acks()
    people = [town.person(handle) for handle in ("tess", "tom", "nina")]
    with ThreadPoolExecutor(len(people)) as pool:
        typing = [pool.submit(busy, person, acks) for person in people]
        try:
            shown = preview(adam, "companies from autotask", "Approve", timeout=240)
            assert adam.press(shown, "Approve")
            done = until(adam, shown, "Done.", timeout=240)
        finally:
            acks.ended.set()
        for each in typing:
            each.result()
    print(acks.figures())
    record_property("acks", acks.figures())
    assert acks.late == []
    assert len(acks.seconds) > 100
    imported = int(words(done).partition("*Done.* ")[2].split()[0])
    assert imported > MANY * 0.9
    bars = [call for call in town.workspace.log.calls("chat.update") if call.get("ts") == shown["ts"] and "█" in str(call)]
    assert bars, "the message shows a bar while it runs"
    _tables_and_pickers_work(town, shown)


def _tables_and_pickers_work(town: Stage, shown: dict[str, Any]) -> None:
    """All changes, the list, the mapping table and the picker of companies answer in time with 15,000."""
    adam, acks = town.person("adam"), Acks()
    acks.timed("See all changes", lambda: adam.press(until(adam, shown, "Done."), "See all changes"))
    view = adam.wait_for_view("All changes", "Page 1 of", timeout=30)
    acks.timed("Next", lambda: adam.press(view, "Next"))
    view = adam.wait_for_view("Page 2 of", timeout=30)
    adam.fill(view, {"Search": "university"})
    adam.wait_for_view("rows fit", "niversity" if LIST.is_file() else "Nothing fits", timeout=30)
    adam.cancel(everything=True)
    listed = answer(adam, "companies a", "Page 1 of")
    acks.timed("Next", lambda: adam.press(listed, "Next"))
    answer(adam, "company none", "Choose a company")
    offer = answer(adam, "company none", "Choose a company")
    acks.timed("Choose a company", lambda: adam.press(offer, "Choose a company"))
    form = adam.wait_for_view("Choose a company", timeout=30)
    for typed in ("", "a", "university of", "zzzz"):
        acks.timed(f"picker {typed!r}", lambda typed=typed: adam.options(form, "Company", typed))
    adam.cancel(everything=True)
    msp(adam, "map autotask")
    table = adam.wait_for_view("Map companies", "mapped ·", timeout=60)
    adam.choose(table, "Show", "All companies")
    table = adam.wait_for_view("Page 1 of", timeout=30)
    acks.timed("Next", lambda: adam.press(table, "Next"))
    adam.wait_for_view("Page 2 of", timeout=30)
    adam.cancel(everything=True)
    print("afterwards:", acks.figures())
    assert acks.late == []

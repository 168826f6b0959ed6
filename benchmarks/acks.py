"""How long Slack waits for each acknowledgement while fifty people type and the largest import runs: `python -m benchmarks.acks`.

The real bot in its own process, over the wire: the sandbox's workspace, and the prepared source in place of its Autotask.
A person types, waits for the acknowledgement, and types again after a pause. The same is measured before the import, so
that the machine's own part is seen.
"""

import argparse
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks import source
from benchmarks.measuring import folder, say
from benchmarks.office import KEYS
from sandbox.town import Town
from sandbox.workspace.finding import buttons, words
from sandbox.workspace.person import Person
from sandbox.world import World, real_clock

ROOM = "#onboarding"
LATE = 3.0  # Slack's own limit
TYPED = ("status", "help", "companies", "users", "invites", "history", "companies contoso", "integrations", "why nobody")
HANDLES = ("tess", "tom", "nina", "olivia", "vera")
PATIENCE = 1200.0


@dataclass
class Acks:
    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    def share(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred were acknowledged."""
        return quantiles(self.seconds, n=100)[percent - 1] * 1000

    @property
    def late(self) -> int:
        return sum(each > LATE for each in self.seconds) + self.refused

    def __str__(self) -> str:
        return f"p50 {self.share(50):.0f} ms, p99 {self.share(99):.0f} ms, worst {max(self.seconds) * 1000:.0f} ms, {self.late} of {len(self.seconds)} over 3 s or refused"


def typing(town: Town, people: int, pause: float, during: Callable[[], object]) -> Acks:
    """So many people type for as long as `during` takes."""
    acks, ended = Acks(), threading.Event()

    def one(number: int) -> None:
        person = town.person(HANDLES[number % len(HANDLES)])
        ended.wait(pause * number / people)
        while not ended.is_set():
            began = time.monotonic()
            outcome = person.command("/msp", TYPED[number % len(TYPED)], channel=ROOM)
            acks.seconds.append(time.monotonic() - began)
            acks.refused += not outcome
            number += 1
            ended.wait(pause)
        person.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    try:
        during()
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
    return acks


def connect(person: Person) -> None:
    """Autotask connected, its one company here and mapped."""
    person.command("/msp", "connect autotask", channel=ROOM)
    form = person.wait_for_view("Connect Autotask", "API secret")
    person.submit(form, {
        "API username": KEYS["username"], "API secret": KEYS["secret"], "API tracking identifier": KEYS["tracking"],
    })  # fmt: skip
    person.wait_for_view("Connected", timeout=60)
    person.cancel(everything=True)
    run(person, "import companies from autotask")


def run(person: Person, text: str) -> str:
    """Type an import, approve its preview, wait for its end; returns its last words."""
    before = {message["ts"] for message in person.messages(ROOM)}
    person.command("/msp", text, channel=ROOM)
    shown = person.wait_for(lambda: _new(person, before, "Approve"), PATIENCE)
    assert shown is not None
    person.press(shown, "Approve")
    done = person.wait_for(lambda: _now(person, shown["ts"], "Done."), PATIENCE)
    assert done is not None
    return words(done)


def _new(person: Person, before: set[str], part: str) -> dict[str, object] | None:
    return next((each for each in person.messages(ROOM) if each["ts"] not in before and part in buttons(each["blocks"])), None)


def _now(person: Person, ts: object, part: str) -> dict[str, object] | None:
    return next((each for each in person.messages(ROOM) if each["ts"] == ts and part in words(each)), None)


def measured(rows: int, people: int, pause: float, calm: float) -> tuple[Acks, Acks, str]:
    """Acknowledgements without and with the import, and the import's last words."""
    last: list[str] = []
    with folder() as home, source.running(rows) as served:
        given = {"AUTOTASK_API_URL": served.url, "SMTP_URL": "", "MAIL_FROM": ""}
        with Town(World.bare(clock=real_clock), home=home, settings=given) as town:
            adam = town.person("adam")
            connect(adam)
            quiet = typing(town, people, pause, lambda: threading.Event().wait(calm))
            busy = typing(town, people, pause, lambda: last.append(run(adam, "import users contoso from autotask")))
            adam.close()
    return quiet, busy, last[0]


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--small", action="store_true")
    wanted.add_argument("--rows", type=int, default=250_000)
    wanted.add_argument("--people", type=int, default=50)
    wanted.add_argument("--pause", type=float, default=5.0)
    given = wanted.parse_args()
    rows, people, pause, calm = (1_000, 5, 0.2, 2.0) if given.small else (given.rows, given.people, given.pause, 20.0)
    quiet, busy, last = measured(rows, people, pause, calm)
    say(f"Acknowledgements: {people} people, {pause:g} s between two words of one, {rows:,} contacts coming in", {
        "without an import": quiet, "while it runs": busy, "the import said": last.splitlines()[0],
    })  # fmt: skip


if __name__ == "__main__":
    main()

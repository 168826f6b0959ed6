"""What people do again and again: connect, import, map, find what they are looking for."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.workspace.finding import buttons, words
from sandbox.workspace.person import Outcome, Person
from sandbox.world import World, real_clock
from tests.journeys.stage import Stage

ROOM = "#onboarding"
AUTOTASK, IT_GLUE = "Autotask PSA", "IT Glue"
PATIENCE = 40.0  # seconds; a machine shared by many is slow at times

Json = dict[str, Any]
T = TypeVar("T")


def msp(person: Person, text: str = "", channel: str = ROOM) -> None:
    """Type the command; it must be acknowledged in time. While the bot's socket is being renewed it reaches nobody, and is typed again."""
    outcome = person.command("/msp", text, channel=channel)
    for _ in range(5):
        if "dispatch_failed" not in (outcome.problem or ""):
            break
        threading.Event().wait(1)
        outcome = person.command("/msp", text, channel=channel)
    assert outcome, outcome.problem


def answer(person: Person, text: str, *containing: str, channel: str = ROOM, timeout: float = PATIENCE) -> Json:
    """Type the command and wait for an answer that was not there before."""
    before = {message["ts"] for message in person.messages(channel)}
    msp(person, text, channel)

    def look() -> Json | None:
        fresh = [m for m in person.messages(channel) if m["ts"] not in before]
        return next((m for m in reversed(fresh) if all(part in words(m) for part in containing)), None)

    return awaited(person, look, timeout)


def awaited(person: Person, look: Callable[[], Json | None], timeout: float = PATIENCE) -> Json:
    """What `look` finds in the end."""
    found = person.wait_for(look, timeout)
    assert found is not None
    return found


def soon(look: Callable[[], T | None], seconds: float = 60) -> T:
    """What `look` finds in the end: at the vendor and in the database nothing tells us that it changed."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while (found := look()) is None:
        assert time.monotonic() < until, "it never came"
        pause.wait(0.2)
    return found


def now(person: Person, message: Json) -> Json:
    """The message as it stands now."""
    return next(m for m in person.messages(message["channel"]) if m["ts"] == message["ts"])


def until(person: Person, message: Json, *containing: str, timeout: float = PATIENCE) -> Json:
    """Wait until this very message has all these words."""
    def look() -> Json | None:
        found = [m for m in person.messages(message["channel"]) if m["ts"] == message["ts"]]
        return next((m for m in found if all(part in words(m) for part in containing)), None)

    try:
        return awaited(person, look, timeout)
    except TimeoutError as error:
        there = [words(m) for m in person.messages(message["channel"]) if m["ts"] == message["ts"]]
        raise TimeoutError(f"{containing} never came; there is: {there}") from error


def labels(where: Json) -> list[str]:
    """The buttons of a message or view."""
    return buttons(where["blocks"])


# Connecting


def connect_autotask(stage: Stage, person: Person, secret: str = "", channel: str = ROOM) -> Outcome:
    """Fill in the connect form of Autotask and save."""
    msp(person, "connect autotask", channel)
    form = person.wait_for_view("Connect Autotask", "API secret")
    return person.submit(form, {
        "API username": stage.autotask.username, "API secret": secret or stage.autotask.secret,
        "API tracking identifier": stage.autotask.tracking_identifier,
    })


def connect_itglue(stage: Stage, person: Person, key: str = "", channel: str = ROOM) -> Outcome:
    """Fill in the connect form of IT Glue and save."""
    msp(person, "connect itglue", channel)
    form = person.wait_for_view("Connect IT Glue", "API key")
    return person.submit(form, {"Region": "US", "API key": key or stage.itglue.api_key, "Key name": "Gangway"})


def connected(stage: Stage, person: Person, source: str = "autotask", key: str = "") -> None:
    """Connect and close the form."""
    join = connect_autotask if source == "autotask" else connect_itglue
    outcome = join(stage, person, key)
    assert outcome, outcome
    person.wait_for_view("Connected", timeout=PATIENCE)
    person.cancel(everything=True)


# Importing


def preview(person: Person, text: str, *containing: str, channel: str = ROOM, timeout: float = PATIENCE) -> Json:
    """Ask for an import and wait for its preview."""
    return answer(person, f"import {text}", "See all changes", *containing, channel=channel, timeout=timeout)


def approved(person: Person, shown: Json, *containing: str, timeout: float = PATIENCE) -> Json:
    """Approve a preview and wait for the outcome in the same message."""
    outcome = person.press(shown, "Approve")
    assert outcome, outcome.problem
    return until(person, shown, "Done.", *containing, timeout=timeout)


def imported(person: Person, text: str, channel: str = ROOM, timeout: float = PATIENCE) -> Json:
    """Import all of it."""
    return approved(person, preview(person, text, channel=channel, timeout=timeout), timeout=timeout)


def map_certain(person: Person, source: str, channel: str = ROOM) -> Json:
    """Confirm all certain suggestions of a source; gives the table afterwards."""
    msp(person, f"map {source}", channel)
    table = person.wait_for_view("Map companies", "mapped ·", timeout=PATIENCE)
    bulk = [label for label in labels(table) if label.startswith("Confirm all")]
    if not bulk:
        return table
    person.press(table, bulk[0])
    return person.wait_for_view("mapped", "0 certain", timeout=PATIENCE)


# A town that is ready to work in


def tall_world() -> World:
    """The demo, a client with more people than a picker shows at once, and one whose people we know by name."""
    world = World.demo(clock=real_clock)
    tower = world.add_company("Tall Tower Ltd", "talltower.example", domains=("talltower.example",))
    for number in range(130):
        world.add_contact(tower, f"Fay{number:03}", "Floor", f"fay{number:03}@talltower.example")
    shed = world.add_company("Small Shed Ltd", "smallshed.example", domains=("smallshed.example",))
    for first in ("Joy", "Rene", "Una", "Xavi", "Dana"):
        world.add_contact(shed, first, "Shedder", f"{first.lower()}@smallshed.example")
    return world


def settle(stage: Stage) -> None:
    """Adam connects both sources, imports the companies from Autotask and maps what is certain."""
    adam = stage.person("adam")
    connected(stage, adam)
    connected(stage, adam, "itglue", stage.itglue.key_without_passwords)
    imported(adam, "companies from autotask")
    map_certain(adam, "itglue")
    adam.cancel(everything=True)

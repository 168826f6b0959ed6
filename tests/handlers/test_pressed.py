"""The database goes away in the moment of a press: the buttons come back by themselves, and the next press does what it says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from domain.four_eyes import Risky
from domain.roles import Actor, Role
from flows import companies, requests
from flows.desk import Desk
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.handlers.whole import ROOM, Whole, whole

PRESSED = "has pressed a button"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        companies.add(running.context, running.system, "Contoso", "contoso.com")
        yield running


Begins = Callable[[str], bool]


@contextmanager
def away(bot: Whole, begins: Begins) -> Iterator[None]:
    """From the first statement that `begins` names, no listener's statement is answered any more; jobs wait meanwhile."""
    is_away = False

    def ask(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal is_away
        if threading.current_thread() is not bot.worker.thread:
            is_away = is_away or begins(statement)
            if is_away:
                raise OperationalError(None, None, RuntimeError(), connection_invalidated=True)

    engine = bot.context.store.engine
    bot.worker.hold.clear()
    event.listen(engine, "before_cursor_execute", ask)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", ask)


def drawn(person: Person, _table: str) -> Begins:
    """Once the buttons are gone."""
    return lambda _statement: bool(person.messages(ROOM, PRESSED))


def decided(_person: Person, table: str) -> Begins:
    """While the decision is written, which undoes it."""
    return lambda statement: statement.startswith(f"UPDATE {table} ")


def kept(_person: Person, table: str) -> Begins:
    """Once the decision is kept, before anybody was shown so."""
    seen: list[str] = []

    def begins(statement: str) -> bool:
        seen.extend([statement] if seen or statement.startswith(f"UPDATE {table} ") else [])
        return bool(seen) and statement == "begin"

    return begins


def pressed_in_vain(bot: Whole, person: Person, shown: Any, begins: Begins) -> Any:
    """Press Approve; the message as it stands once the person was told to try again."""
    with away(bot, begins):
        person.press(shown, "Approve")
        person.wait_for_message(ROOM, "database does not answer")
    assert not person.messages(ROOM, PRESSED)
    [again] = [each for each in person.messages(ROOM, "Approve") if each["ts"] == shown["ts"]]
    assert words(again) == words(shown)
    return again


@pytest.mark.parametrize("moment", [drawn, decided, kept])
def test_a_preview_has_its_buttons_again_and_the_next_press_ends_it(bot: Whole, moment: Callable[[Person, str], Begins]) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "import users contoso from typed", channel=ROOM)
    assert tess.submit(tess.wait_for_view("People of *Contoso*"), {"Addresses": "mia@contoso.com"})
    shown = tess.wait_for_message(ROOM, "Import users into Contoso", "*1* new", "Approve")
    tess.press(pressed_in_vain(bot, tess, shown, moment(tess, '"plan"')), "Approve")
    tess.wait_for_message(ROOM, "Import users into Contoso", "Approved by")
    bot.worker.hold.set()
    tess.wait_for_message(ROOM, "Import users into Contoso", "Done.")


@pytest.mark.parametrize("moment", [drawn, decided])
def test_a_request_for_a_second_person_has_its_buttons_again(bot: Whole, moment: Callable[[Person, str], Begins]) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    desk = Desk(Actor("U0ADAMAD02", "Adam", Role.ADMIN), adam.channel_id(ROOM), None, None)
    with bot.context.store.write() as work:
        request = requests.ask(bot.context, work, desk, Risky.REMAP, {"link": "none"}, "Contoso shall move.", None)
    bot.context.tell.request(request.id)
    shown = tess.wait_for_message(ROOM, "Contoso shall move", "Approve")
    again = pressed_in_vain(bot, tess, shown, moment(tess, "request"))
    tess.press(again, "Deny")
    tess.wait_for_message(ROOM, "Contoso shall move", "Denied")

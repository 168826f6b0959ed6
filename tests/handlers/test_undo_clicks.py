"""Undo, requests for a second person, people by hand and the audit export, clicked through in a running workspace."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.audit import broken
from domain.four_eyes import RequestState, Risky
from domain.plan import PlanState
from domain.roles import Actor, Role
from flows import companies, imports, requests
from flows.desk import Desk
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.handlers.samples import buttons
from tests.handlers.whole import ROOM, Whole, late_click, whole


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        companies.add(running.context, running.system, "Contoso", "contoso.com")
        yield running


def typed(person: Person, rows: str, how: str = "typed", field: str = "Addresses") -> Any:
    person.command("/msp", f"import users contoso from {how}", channel=ROOM)
    return person.submit(person.wait_for_view("People of *Contoso*"), {field: rows})


def imported(person: Person) -> Any:
    assert typed(person, "mia@contoso.com\nmax@contoso.com")
    preview = person.wait_for_message(ROOM, "Import users into Contoso from Typed addresses", "*2* new", "Approve")
    person.press(preview, "Approve")
    return person.wait_for_message(ROOM, "Import users into Contoso", "Done.", "Undo")


def emails(bot: Whole) -> set[str]:
    with bot.context.store.work() as work:
        return {person.email for person in work.people.named("@", None, 50)}


def test_typed_addresses_come_in_and_go_again_by_undo(bot: Whole) -> None:
    tess = bot.person("tess")
    done = imported(tess)
    assert emails(bot) == {"mia@contoso.com", "max@contoso.com"}
    tess.press(done, "Undo")
    preview = tess.wait_for_message(ROOM, "Undo: import users into Contoso", "*2* removed", "*0* kept", "Approve")
    assert "Only some" not in words(preview)
    assert "Undo" not in [text for text, _ in buttons(tess.wait_for_message(ROOM, "Import users into Contoso from Typed", "Done."))]
    tess.press(preview, "Approve")
    tess.wait_for_message(ROOM, "Undo: import users", "2 removed, 0 restored, 0 kept")
    assert emails(bot) == set()


def test_a_second_click_on_undo_is_told_and_begins_nothing(bot: Whole) -> None:
    tess, adam = bot.person("tess"), bot.person("adam")
    done = imported(tess)
    (value,) = [value for text, value in buttons(done) if text == "Undo"]
    tess.press(done, "Undo")
    tess.wait_for_message(ROOM, "Undo: import users into Contoso", "Approve")
    late_click(bot, "U0ADAMAD02", {"channel": tess.channel_id(ROOM), "ts": done["ts"]}, "plan_undo", value)
    adam.wait_for_message(ROOM, "being undone already")
    assert len(tess.messages(ROOM, "Undo: import users")) == 1


def test_history_offers_undo_and_a_viewer_is_refused(bot: Whole) -> None:
    tess = bot.person("tess")
    imported(tess)
    tess.command("/msp", "history", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "History", "Import users")
    tess.press(shown, "Undo")
    tess.wait_for_message(ROOM, "Undo: import users into Contoso", "Approve")


def test_a_form_keeps_what_was_typed_when_it_cannot_be_taken(bot: Whole) -> None:
    tess = bot.person("tess")
    outcome = typed(tess, "name;phone\nMia;1", "csv", "CSV")
    assert "email" in outcome.errors["CSV"]
    tess.cancel(everything=True)
    assert typed(tess, "email;first name\nmia@contoso.com;Mia", "csv", "CSV")
    tess.wait_for_message(ROOM, "Import users into Contoso from CSV", "*1* new")


def asked(bot: Whole, person: Person) -> str:
    """A request to unlink Contoso, asked for by somebody in the room."""
    with bot.context.store.write() as work:
        desk = bot_desk(person)
        subject = {"link": "none", "to": None, "uninvite": False}
        said = "Contoso shall be no longer mapped to Contoso Ltd."
        request = requests.ask(bot.context, work, desk, Risky.REMAP, subject, said, None)
    bot.context.tell.request(request.id)
    return request.id


def bot_desk(person: Person) -> Desk:
    return Desk(Actor("U0ADAMAD02", "Adam", Role.ADMIN), person.channel_id(ROOM), None, None)


def test_a_request_is_decided_once_by_another_person(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    request_id = asked(bot, adam)
    shown = adam.wait_for_message(ROOM, "A second person must approve", "no longer mapped", "Break glass")
    adam.press(shown, "Approve")
    adam.wait_for_message(ROOM, "a second person must approve it")
    tess.press(tess.wait_for_message(ROOM, "A second person must approve", "Deny"), "Deny")
    tess.wait_for_message(ROOM, "A second person must approve", "Denied")
    assert requests.drawn(bot.context, request_id).state is RequestState.DENIED
    late_click(bot, "U0TESSTE03", {"channel": adam.channel_id(ROOM), "ts": shown["ts"]}, "request_approve", request_id)
    tess.wait_for_message(ROOM, "Denied already")


def test_breaking_the_glass_takes_an_admin_and_a_reason_and_tells_the_channel(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    asked(bot, adam)
    shown = adam.wait_for_message(ROOM, "A second person must approve", "Break glass")
    tess.press(shown, "Break glass")
    tess.wait_for_message(ROOM, "simply approve it")
    adam.press(shown, "Break glass")
    form = adam.wait_for_view("Break glass", "Reason")
    assert adam.submit(form, {"Reason": "short"}).errors
    assert adam.submit(form, {"Reason": "Nobody else is on call tonight."})
    adam.wait_for_message(ROOM, "Break glass: “Nobody else is on call tonight.”")


def test_who_may_not_break_the_glass_is_told_at_the_press_and_types_no_reason(bot: Whole) -> None:
    tess = bot.person("tess")
    with bot.context.store.write() as work:
        work.settings.put("second_person", True)
    assert typed(tess, "mia@contoso.com")
    tess.press(tess.wait_for_message(ROOM, "Import users into Contoso", "a second person must approve it"), "Break glass")
    tess.wait_for_message(ROOM, "Only an Admin may break the glass")
    assert tess.stack() == []


def test_a_plan_that_needs_a_second_person_offers_to_break_the_glass(bot: Whole) -> None:
    adam = bot.person("adam")
    with bot.context.store.write() as work:
        work.settings.put("second_person", True)
    assert typed(adam, "mia@contoso.com")
    preview = adam.wait_for_message(ROOM, "Import users into Contoso", "a second person must approve it", "Break glass")
    adam.press(preview, "Break glass")
    assert adam.submit(adam.wait_for_view("Break glass", "Reason"), {"Reason": "Nobody else is on call tonight."})
    adam.wait_for_message(ROOM, "Import users into Contoso", "Done.", "Break glass: “Nobody")
    adam.wait_for_message(ROOM, "broke the glass", "Nobody else is on call tonight.")
    assert imports.history(bot.context, bot.system)[0].state is PlanState.DONE


def test_four_eyes_are_set_in_a_form(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "settings", channel=ROOM)
    adam.press(adam.wait_for_view("Settings", "Four eyes"), "Four eyes")
    form = adam.wait_for_view("A second person must approve", "Importing passwords")
    assert adam.submit(form, {"While this person is away": "tess", "this person approves": "adam"})
    with bot.context.store.work() as work:
        assert list(work.settings.stand_ins().values()) == ["U0ADAMAD02"]


def test_the_audit_export_is_sent_directly_and_shows_a_change(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    imported(tess)
    adam.command("/msp", "history audit contoso", channel=ROOM)
    adam.wait_for_message(ROOM, "I have sent you the export directly")
    uploads = [file["content"].decode() for file in bot.workspace.core.state.files.values()]
    told = json.loads(next(each for each in uploads if each.startswith("{")))
    assert broken(told) is None
    told["lines"][0]["said"] += "!"
    assert broken(told) is not None
    tess.command("/msp", "history audit", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role")

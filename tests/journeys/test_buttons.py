"""A click acts once, whoever clicks how often, and is never silently ignored; an outcome finds its way."""

import copy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, awaited, labels, msp, preview, settle, tall_world, until

pytestmark = pytest.mark.process

PEOPLE = ("Joy", "Rene", "Una", "Xavi", "Dana")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("buttons"), tall_world()) as stage:
        settle(stage)
        yield stage


@pytest.fixture
def shown(town: Stage) -> Iterator[Json]:
    """A preview of a person more than there was, in the channel of onboarding."""
    number = town.rows("select count(*) from plan")[0][0]
    shed = next(
        row_id for row_id, row in town.world.autotask["Companies"].rows.items() if row["companyName"] == "Small Shed Ltd"
    )
    with town.world.lock:
        row = {"companyID": shed, "firstName": f"New{number}", "lastName": "Comer", "isActive": 1}
        row["emailAddress"] = f"new{number}@smallshed.example"
        town.world.autotask["Contacts"].insert(row, town.world.clock())
    yield preview(town.person("adam"), "users small shed from autotask", "Approve")
    town.workspace.faults.clear()


def stored(town: Stage, shown: Json) -> Any:
    """The message as the workspace keeps it, for what only a forger or a late device could send."""
    return town.workspace.state.channels[shown["channel"]].messages[shown["ts"]]


def invited_twice(town: Stage) -> list[tuple[Any, ...]]:
    return town.rows("select person_id from invitation group by person_id having count(*) > 1 or max(sent_count) > 1")


def decisions(town: Stage) -> int:
    """How many decisions that moved a plan stand in the journal."""
    return int(town.rows("select count(*) from journal where what = 'decision'")[0][0])


def test_two_people_at_once_approve_once_and_one_is_told(town: Stage, shown: Json) -> None:
    """Of two clicks at the same moment one acts; the other person is told, or finds the button gone."""
    before = decisions(town)
    tess, tom = town.person("tess"), town.person("tom")
    with ThreadPoolExecutor(2) as pool:
        clicks = [pool.submit(press_quietly, person, shown) for person in (tess, tom)]
    assert any(click.result() for click in clicks)
    done = until(tess, shown, "Done.", "Approved by")
    assert labels(done).count("Approve") == 0
    assert decisions(town) == before + 1
    assert invited_twice(town) == []


def press_quietly(person: Any, shown: Json) -> bool:
    """Press; False where the button had gone before the click came."""
    try:
        return bool(person.press(shown, "Approve"))
    except LookupError:
        return False


def test_an_envelope_that_comes_twice_acts_once(town: Stage, shown: Json) -> None:
    """A click that is delivered twice approves once and mails once."""
    before = decisions(town)
    town.workspace.faults.duplicate("interactive")
    tess = town.person("tess")
    assert tess.press(shown, "Approve")
    until(tess, shown, "Done.")
    assert decisions(town) == before + 1
    assert invited_twice(town) == []


def test_a_click_on_a_button_that_was_drawn_long_ago_is_answered(town: Stage, shown: Json) -> None:
    """Approve pressed on an old drawing of a denied preview changes nothing, and the clicker is told."""
    old = copy.deepcopy(stored(town, shown).blocks)
    adam, tess = town.person("adam"), town.person("tess")
    adam.press(shown, "Deny")
    until(adam, shown, "Denied by", "Preview again")
    stored(town, shown).blocks = old
    assert tess.press(awaited(tess, lambda: _with(town, shown, "Approve")), "Approve")
    tess.wait_for_message(ROOM, "Denied already by Adam Admin")
    final = until(tess, shown, "Preview again")
    assert "Approve" not in labels(final)


def _with(town: Stage, shown: Json, label: str) -> Json | None:
    found = [m for m in town.person("tess").messages(shown["channel"]) if m["ts"] == shown["ts"] and label in labels(m)]
    return found[0] if found else None


@pytest.mark.parametrize("forged", ["", "no-such-plan", "1 or 1=1", "x" * 1_900, "<@U0ADAMAD02>|../.."])
def test_a_forged_value_is_refused_aloud(town: Stage, shown: Json, forged: str) -> None:
    """A button whose value was tampered with changes nothing, and whoever pressed it is told."""
    before = decisions(town)
    for block in stored(town, shown).blocks:
        for element in block.get("elements", []):
            if element.get("action_id") and element.get("value"):
                element["value"] = forged
    tess = town.person("tess")
    seen = {message["ts"] for message in tess.messages(ROOM)}
    assert tess.press(shown, "Approve")
    told = awaited(tess, lambda: next((m for m in tess.messages(ROOM) if m["ts"] not in seen), None))
    assert len(words(told)) > 20
    assert "reference" not in words(told), "a forged value is nothing unforeseen"
    assert decisions(town) == before


def test_a_person_without_the_right_is_told_and_the_preview_stays(town: Stage, shown: Json) -> None:
    """A viewer's click on Approve acts on nothing; the buttons are there for the next person."""
    adam, vera = town.person("adam"), town.person("vera")
    give_role(town, "vera", "Viewer")
    assert vera.press(shown, "Approve")
    vera.wait_for_message(ROOM, "role")
    left = until(adam, shown, "Approve", "Deny")
    adam.press(left, "Deny")
    until(adam, shown, "Denied by")


def give_role(town: Stage, handle: str, role: str) -> None:
    """In the settings; once somebody has a role, Adam needs one of his own."""
    adam = town.person("adam")
    for who, what in (("adam", "Admin"), (handle, role)):
        msp(adam, "settings")
        form = adam.wait_for_view("Settings")
        outcome = adam.submit(form, {"Give a role to": who, "Role": what})
        assert outcome, outcome


def test_buttons_work_after_a_restart(town: Stage, shown: Json) -> None:
    """A preview that was made before the bot died is approved after it came back."""
    town.town.kill_bot()
    town.town.start_bot()
    tess = town.person("tess")
    assert tess.press(awaited(tess, lambda: _with(town, shown, "Approve")), "Approve")
    until(tess, shown, "Done.", "Approved by")
    assert invited_twice(town) == []


def test_a_click_while_the_bot_is_away_is_shown_as_failed_and_works_afterwards(town: Stage, shown: Json) -> None:
    """While nobody answers, Slack shows its own trouble; the same button acts when the bot is back."""
    town.town.stop_bot()
    tess = town.person("tess")
    assert not tess.press(shown, "Approve")
    town.town.start_bot()
    assert tess.press(shown, "Approve")
    until(tess, shown, "Done.")


def test_a_deleted_message_does_not_lose_the_outcome(town: Stage, shown: Json) -> None:
    """The preview's message is deleted while it runs: the outcome is posted anew."""
    tess = town.person("tess")
    town.autotask.faults.hold()
    assert tess.press(shown, "Approve")
    town.workspace.faults.delete_message(shown["channel"], shown["ts"])
    town.autotask.faults.release()
    told = awaited(tess, lambda: _outcome_elsewhere(town, "tess", ROOM, shown["ts"]))
    assert "Approved by" in words(told)


def test_an_archived_channel_does_not_lose_the_outcome(town: Stage, shown: Json) -> None:
    """The channel is archived while it runs: who asked for the import hears of it directly."""
    adam = town.person("adam")
    before = len(adam.messages("@bot"))
    town.autotask.faults.hold()
    assert adam.press(shown, "Approve")
    town.workspace.faults.archive(shown["channel"])
    town.autotask.faults.release()
    try:
        adam.wait_for(lambda: [m for m in adam.messages("@bot")[before:] if "Done." in words(m)], timeout=60)
    finally:
        town.workspace.faults.archive(shown["channel"], False)


def test_a_bot_that_was_removed_from_the_channel_does_not_lose_the_outcome(town: Stage, shown: Json) -> None:
    """The bot is taken out of the channel while it runs: the outcome still reaches who asked, or the message itself."""
    adam = town.person("adam")
    before = len(adam.messages("@bot"))
    town.autotask.faults.hold()
    assert adam.press(shown, "Approve")
    town.workspace.faults.remove_bot(shown["channel"])
    town.autotask.faults.release()

    def told() -> list[Json]:
        here = [m for m in adam.messages(ROOM) if m["ts"] == shown["ts"]]
        return [m for m in [*here, *adam.messages("@bot")[before:]] if "Done." in words(m)]

    try:
        adam.wait_for(told, timeout=60)
    finally:
        town.workspace.faults.invite_bot(shown["channel"])


def _outcome_elsewhere(town: Stage, handle: str, channel: str, but: str) -> Json | None:
    found = [m for m in town.person(handle).messages(channel, "Done.") if m["ts"] > but]
    return found[-1] if found else None


def test_a_trigger_that_expired_gives_another_button(town: Stage) -> None:
    """When Slack does not open a form in time, a button to open it is offered, and works."""
    adam = town.person("adam")
    town.workspace.faults.expire_triggers(1)
    offered = answer(adam, "connect autotask", "in time")
    adam.press(offered, labels(offered)[0])
    adam.wait_for_view("Connect Autotask")
    adam.cancel(everything=True)

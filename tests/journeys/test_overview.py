"""What waits and what was done: users list, invites, digest, status, history, Home."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, awaited, imported, labels, msp, preview, settle, tall_world, until

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("overview"), tall_world()) as stage:
        settle(stage)
        imported(stage.person("adam"), "users small shed from autotask")
        stage.mailbox.wait_for("joy@smallshed.example", seconds=40)
        yield stage


def test_the_list_of_invitations_has_ages_and_buttons(town: Stage) -> None:
    """`/msp invites` names who waits, since when, with Re-invite and Un-invite beside each."""
    shown = answer(town.person("tess"), "invites", "joy@smallshed.example", "Invitation pending")
    assert labels(shown).count("Re-invite") == labels(shown).count("Un-invite") == 5
    assert "today" in words(shown)


def test_a_digest_is_posted_now_with_buttons_that_act(town: Stage) -> None:
    """Post now puts the digest in the channel; Un-invite in it acts, and the entry goes."""
    tess, tom = town.person("tess"), town.person("tom")
    msp(tess, "digest")
    form = tess.wait_for_view("Digest", "Post now")
    tess.press(form, "Post now")
    shown = tom.wait_for_message(ROOM, "Digest", "Invitation pending", "pending", timeout=30)
    tess.cancel(everything=True)
    name = next(line.split("*")[1] for line in words(shown).splitlines() if "@smallshed.example" in line)
    tom.press(shown, "Un-invite", near=name)
    changed = awaited(tom, lambda: next((m for m in tom.messages(ROOM) if m["ts"] == shown["ts"] and name not in words(m)),
                                        None))
    assert "4 pending" in words(changed)


def test_a_digest_comes_at_its_time(town: Stage) -> None:
    """A digest that is scheduled for the next minute is posted then, once, to everybody in the channel."""
    tess, tom = town.person("tess"), town.person("nina")
    zone = ZoneInfo("Europe/London")
    soon = datetime.now(zone) + timedelta(seconds=2)
    at = soon if soon.second < 3 else soon + timedelta(minutes=1)
    days = [("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]]
    msp(tess, "digest", "#client-adventure-works")
    form = tess.wait_for_view("Digest")
    zone_shown = tess.options(form, "Time zone", "London")[0]
    answers = {"Time": at.strftime("%H:%M"), "Days": days, "Time zone": zone_shown}
    outcome = tess.submit(form, answers)
    assert outcome, outcome
    tess.wait_for_message("#client-adventure-works", "Saved", at.strftime("%H:%M"))
    tom.wait_for_message("#client-adventure-works", "Digest", "pending", timeout=90)
    assert len(tom.messages("#client-adventure-works", "Invitations pending by age")) == 1


def test_status_and_home_show_the_same_facts(town: Stage) -> None:
    """Connections, figures and what waits for approval stand in `/msp status` and on the Home tab."""
    adam, tess = town.person("adam"), town.person("tess")
    shown = preview(tess, "users tall tower from autotask")
    status = words(answer(adam, "status", "Waiting for approval"))
    adam.home()
    home = adam.wait_for_home("Waiting for approval", "Connections")
    for fact in ("Autotask PSA", "IT Glue", "Connected", "*Companies* 37", "Tall Tower"):
        assert fact in status
        assert fact in words(home)
    adam.press(home, "Deny")
    until(tess, shown, "Denied by Adam Admin", "Preview again")
    adam.wait_for(lambda: "Waiting for approval" not in words(adam.home()))


def test_the_history_names_who_did_what(town: Stage) -> None:
    """`/msp history` lists each import with its counts, who asked, who decided, and its changes."""
    adam = town.person("adam")
    shown = answer(adam, "history", "Import users", "Import companies")
    assert "Small Shed" in words(shown)
    assert f"<@{adam.id}>" in words(shown)
    adam.press(shown, "See all changes", near="Small Shed")
    adam.wait_for_view("All changes", "joy@smallshed.example")
    adam.cancel(everything=True)


def test_why_tells_where_somebody_came_from_and_why_another_is_not_here(town: Stage) -> None:
    """`/msp why` names the source and run of a person, and the reason for a company that was left out."""
    tess = town.person("tess")
    assert "Autotask PSA" in words(answer(tess, "why rene@smallshed.example", "Small Shed", "approved by"))
    answer(tess, "why Proseware Holding AG", "same web address")
    answer(tess, "why nobody@nowhere.example", "nobody@nowhere.example")

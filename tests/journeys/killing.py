"""Killing the bot at moments nobody chose, and counting afterwards what is there."""

import subprocess
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Any

from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.journeys.stage import Stage
from tests.journeys.steps import ROOM, awaited, connected, imported, labels, msp, until

LONG = 150.0  # seconds for a whole import with mail on a busy machine


def ready(stage: Stage) -> None:
    adam = stage.person("adam")
    connected(stage, adam)
    imported(adam, "companies")


def killed_after(stage: Stage, seconds: float) -> None:
    """Let it run for a moment, end it without warning, start it again."""
    bot = stage.town.bot
    assert bot is not None
    with suppress(subprocess.TimeoutExpired):
        raise AssertionError(f"the bot ended by itself with {bot.wait(seconds)}")
    stage.town.kill_bot()
    stage.town.start_bot()


def import_under_fire(stage: Stage, name: str, moments: Random, kills: int) -> dict[str, Any]:
    """Ask, approve and mail one company's users while the bot dies again and again; gives the message at the end."""
    adam = stage.person("adam")
    before = {message["ts"] for message in adam.messages(ROOM)}
    msp(adam, f"import users {name}")
    shown = awaited(adam, lambda: _fresh(adam, before, name))
    in_preview = kills // 4
    for _ in range(in_preview):
        killed_after(stage, moments.uniform(0.0, 0.4))
    shown = until(adam, shown, "See all changes", timeout=LONG)
    assert "Approve" in labels(shown)
    adam.press(shown, "Approve")
    for number in range(kills - in_preview):
        killed_after(stage, moments.uniform(0.0, 0.5 if number == 0 else 2.0))
    return until(adam, shown, "Done.", timeout=LONG)


def _fresh(adam: Person, before: set[str], name: str) -> dict[str, Any] | None:
    found = [m for m in adam.messages(ROOM, "Import users into") if m["ts"] not in before and name in words(m)]
    return found[-1] if found else None


def assert_whole(stage: Stage, domain: str, people: int, kills: int) -> None:
    """Everybody is there once, invited once and mailed once.

    A mail that was being handed over when the bot died counts as sent, and its invitation says that nobody heard the
    server's answer: there are no more of these than kills.
    """
    theirs = f"person_id in (select id from person where email_fold like '%@{domain}')"
    waiting = f"select email_fold from person join invitation on person.id = person_id where invitation.state = 'queued' and {theirs}"
    while left := stage.rows(waiting):
        stage.mailbox.wait_for(max(left)[0], seconds=LONG)
    unsure = f"select email_fold from person join invitation on person.id = person_id where {theirs} and (invitation.state = 'handed' or trouble like '%answer was lost%')"
    unheard = {address for (address,) in stage.rows(unsure)}
    everybody = {f"p{number:04}@{domain}" for number in range(people)}
    rows = stage.rows(f"select email_fold from person where email_fold like '%@{domain}'")
    assert len(rows) == len(set(rows)) == people
    mails = [mail for mail in stage.mailbox.messages() if mail.recipients[0] in everybody]
    counted = Counter(mail.recipients[0] for mail in mails)
    assert {address: count for address, count in counted.items() if count != 1} == {}
    assert everybody - set(counted) <= unheard
    assert len(unheard) <= kills
    links = [line for mail in mails for line in mail.text.splitlines() if "/join/" in line]
    assert len(links) == len(set(links))
    assert stage.rows(f"select count(*), count(distinct person_id) from invitation where {theirs}") == [(people, people)]

"""Secrets planted in a whole main job: they reach no log line, no message to Slack and no file in clear."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.journeys.stage import Stage, staged
from tests.journeys.steps import (
    answer,
    approved,
    connect_autotask,
    connect_itglue,
    connected,
    msp,
    preview,
    settle,
    tall_world,
)

pytestmark = pytest.mark.process

WRONG_SECRET = "planted-Wr0ng!Secret-7731-of-nobody"
WRONG_KEY = "ITG." + "ab12" * 8 + ".PlantedKeyOfNobody" + "Zz9" * 15
MASTER_KEY = base64.urlsafe_b64encode(bytes(range(7, 39))).decode()


@dataclass(frozen=True)
class Aftermath:
    """What is left when everything was done and the bot has gone."""

    stage: Stage
    secrets: dict[str, str]


@pytest.fixture(scope="module", params=["text", "json"])
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """The main job with the most talkative log, with refusals and breakdowns on the way."""
    settings = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": request.param, "GANGWAY_KEYS": MASTER_KEY}
    with staged(tmp_path_factory.mktemp("secrecy"), tall_world(), settings) as stage:
        _main_job(stage)
        secrets = _secrets(stage)
        stage.town.kill_bot()
        yield Aftermath(stage, secrets)


def _main_job(stage: Stage) -> None:
    adam = stage.person("adam")
    for typed in (f"connect autotask {stage.autotask.secret}", f"connect {stage.itglue.api_key}", stage.itglue.api_key):
        answer(adam, typed, "looks like a key")
    assert not connect_autotask(stage, adam, WRONG_SECRET)
    adam.cancel(everything=True)
    assert not connect_itglue(stage, adam, WRONG_KEY)
    adam.cancel(everything=True)
    settle(stage)
    connected(stage, adam, "itglue", stage.itglue.api_key)
    stage.autotask.faults.set("reset", times=1, on="Contacts")
    stage.autotask.faults.set("server_error", times=1, on="Contacts")
    done = approved(adam, preview(adam, "users small shed from autotask"))
    stage.mailbox.wait_for("joy@smallshed.example", seconds=40)
    link = stage.link_for("una@smallshed.example")
    stage.browse("GET", link)
    stage.browse("POST", link)
    adam.press(done, "See all changes")
    adam.wait_for_view("All changes", "Joy")
    adam.cancel(everything=True)
    for text in ("integrations", "status", "history", "invites", "test", "why joy@smallshed.example"):
        msp(adam, text)
    adam.home()
    adam.wait_for_home("Gangway", "Connections")
    stage.itglue.faults.set("revoked")
    answer(adam, "test itglue", "key")
    stage.itglue.faults.clear()


def _secrets(stage: Stage) -> dict[str, str]:
    """Everything that nobody may read again. The last four characters of a key are shown on purpose."""
    planted = {
        "the API secret": stage.autotask.secret,
        "the IT Glue key": stage.itglue.api_key,
        "the other IT Glue key": stage.itglue.key_without_passwords,
        "a wrong API secret": WRONG_SECRET,
        "a wrong IT Glue key": WRONG_KEY,
        "the bot token": stage.workspace.bot_token,
        "the app token": stage.workspace.app_token,
        "the master key": MASTER_KEY,
    }
    for mail in stage.mailbox.messages():
        found = next(line for line in mail.text.splitlines() if "/join/" in line)
        planted[f"the join link of {mail.recipients[0]}"] = found.rpartition("/")[2]
    assert len(planted) >= 12
    return planted


def told(secrets: dict[str, str], text: str) -> list[str]:
    """Which secrets stand in a text, whole or as a piece of 12 characters."""
    return [name for name, secret in secrets.items() if any(piece in text for piece in _pieces(secret))]


def _pieces(secret: str) -> set[str]:
    """The secret, its two middle pieces, and its base64: a cut or encoded secret is a secret too."""
    marks = [len(secret) // 4, len(secret) // 2, 3 * len(secret) // 4]
    parts = {secret[start:end] for start, end in pairwise(marks) if end - start >= 8}
    return {secret, base64.b64encode(secret.encode()).decode(), *parts}


def test_no_log_line_holds_a_secret(aftermath: Aftermath) -> None:
    """At DEBUG, with refusals, retries and restarts, the log names no secret and is not empty."""
    log = aftermath.stage.log_text()
    assert "DEBUG" in log or '"level"' in log
    assert len(log.splitlines()) > 20
    assert told(aftermath.secrets, log) == []


def test_nothing_that_goes_to_slack_holds_a_secret(aftermath: Aftermath) -> None:
    """No call of the bot and no acknowledgement carries one; tokens travel in headers only."""
    sent = str([record.content for record in aftermath.stage.workspace.log.all("from_bot")])
    assert len(sent) > 10_000
    assert told(aftermath.secrets, sent) == []


def test_no_file_of_the_bot_holds_a_secret_in_clear(aftermath: Aftermath) -> None:
    """Database, engine and every other file in the bot's home keep credentials encrypted and links as fingerprints."""
    found = {}
    for file in Path(aftermath.stage.town.home).rglob("*"):
        if file.is_file():
            found[file.name] = told(aftermath.secrets, file.read_bytes().decode("latin-1"))
    assert {"gangway.db", "engine.db"} <= set(found)
    assert {name: secrets for name, secrets in found.items() if secrets} == {}


def test_secrets_do_not_travel_in_addresses(aftermath: Aftermath) -> None:
    """Calls to the sources carry no secret in path or query, where proxies would log them."""
    sources = (aftermath.stage.autotask, aftermath.stage.itglue)
    lines = str([f"{call.path}?{call.query}" for source in sources for call in source.calls.of()])
    assert told(aftermath.secrets, lines) == []

"""What an operator does: settings, check, manifest, stopping, and HTTP mode."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from sandbox.town import ROOT, Town
from sandbox.workspace.finding import words
from sandbox.workspace.server import Workspace
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, connected, imported, now, soon

pytestmark = pytest.mark.process

SIGNING = "signing-secret-of-the-workspace-42"


def bot(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot …` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=ROOT, env=dict(environment), capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything but the bot runs."""
    with staged(tmp_path_factory.mktemp("operating"), bot=False) as stage:
        yield stage


def test_all_wrong_settings_are_named_at_once_with_their_meaning(town: Stage) -> None:
    """A bot with malformed settings ends at once, and says of each what it is for."""
    wrong = {
        "SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "app-1", "SLACK_API_URL": "not an address", "DATABASE_URL": "mysql://a/b",
        "LISTEN": "everywhere", "SMTP_URL": "gopher://mail", "MAIL_FROM": "nobody", "TIMEZONE": "Mars/Olympus",
        "GANGWAY_KEYS": "tooshort", "LOG_LEVEL": "LOUD", "LOG_FORMAT": "xml", "CREDENTIALS_IN_SLACK": "perhaps",
        "PUBLIC_URL": "ftp://x", "SLACK_COMMAND": "msp now",
    }
    ended = bot(town.town.environment() | wrong)
    assert ended.returncode != 0
    lines = ended.stderr.splitlines()
    for name in wrong:
        line = next((line for line in lines if line.strip().startswith(name)), "")
        assert "(" in line, f"{name} is not named: {ended.stderr}"
        assert len(line) > len(name) + 20
    assert "Traceback" not in ended.stderr
    assert "tooshort" not in ended.stderr, "a key is not repeated"


def test_without_any_settings_what_is_missing_is_named(town: Stage, tmp_path: Path) -> None:
    """A newcomer who starts it bare is told of both tokens."""
    bare = {name: value for name, value in town.town.environment().items() if not name.startswith("SLACK_")}
    ended = bot(bare)
    assert ended.returncode != 0
    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} <= {line.strip().split(" ")[0] for line in ended.stderr.splitlines()}


def test_check_says_what_is_right_and_what_is_wrong(town: Stage) -> None:
    """`check` ends with 0 when all is well, and else with what is wrong: token, settings, database."""
    good = bot(town.town.environment(), "check")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "wrong" not in good.stdout
    for wrong, word in (
        ({"SLACK_BOT_TOKEN": "xoxb-1-nobody"}, "SLACK_BOT_TOKEN"), ({"SLACK_APP_TOKEN": "xapp-1-nobody"}, "SLACK_APP_TOKEN"),
        ({"DATABASE_URL": "sqlite:////no/such/folder/x.db"}, "DATABASE_URL"), ({"TIMEZONE": "Nowhere"}, "TIMEZONE"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
    ):
        bad = bot(town.town.environment() | wrong, "check")
        assert bad.returncode != 0, wrong
        assert word in bad.stdout + bad.stderr
        assert "Traceback" not in bad.stdout + bad.stderr


def test_the_manifest_is_the_file_app_yaml(town: Stage) -> None:
    """`manifest` prints what app.yaml says."""
    shown = bot(town.town.environment(), "manifest")
    assert shown.returncode == 0
    assert yaml.safe_load(shown.stdout) == yaml.safe_load((ROOT / "app.yaml").read_text())


def test_sigterm_ends_it_soon_and_cleanly(town: Stage) -> None:
    """A bot that starts asks for one socket and keeps it, is ready, and ends with 0 within 10 s of SIGTERM."""
    asked = len(town.workspace.log.calls("apps.connections.open"))
    town.town.start_bot()
    process = town.town.bot
    assert process is not None
    address = f"http://127.0.0.1:{town.town.pages_port}"
    assert town.browse("GET", f"{address}/healthz").status_code == 200
    town.person("tess").wait_for(lambda: True)
    answer(town.person("tess"), "status", "Status")
    assert town.browse("GET", f"{address}/readyz").status_code == 200
    assert len(town.workspace.log.calls("apps.connections.open")) == asked + 1
    began = time.monotonic()
    process.terminate()
    assert process.wait(10) == 0
    assert time.monotonic() - began < 10
    town.town.bot = None


def test_sigterm_ends_it_soon_while_jobs_wait(tmp_path: Path) -> None:
    """A job that waits for a source to come back does not keep the bot from ending within 10 s, nor from going on later."""
    with staged(tmp_path) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        stage.autotask.faults.set("too_many", value=300)
        waiting = answer(adam, "import companies", "Going on by itself")
        process = stage.town.bot
        assert process is not None
        process.terminate()
        assert process.wait(10) == 0
        stage.town.bot = None
        stage.town.start_bot()
        assert "Approve" not in words(now(adam, waiting))


RUNS = r'gangway_jobs\{state="running"\} [1-9]'  # the webhooks of a new connection may be asked for at the same time


def test_sigterm_ends_it_soon_while_a_source_hangs(tmp_path: Path) -> None:
    """A step that waits for an answer is left within 10 s, nobody is told of a failure, and the next process does it again."""
    with staged(tmp_path) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        stage.autotask.faults.set("slow", value=60)
        answer(adam, "import companies", "Import companies")
        soon(lambda: re.search(RUNS, stage.browse("GET", f"{pages_of(stage)}/metrics").text), 20)
        process = stage.town.bot
        assert process is not None
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - began < 10
        stage.town.bot = None
        stage.autotask.faults.clear()
        stage.town.start_bot()
        adam.wait_for_message(ROOM, "See all changes", timeout=60)
        assert not adam.messages(ROOM, "Something broke")


def pages_of(stage: Stage) -> str:
    return f"http://127.0.0.1:{stage.town.pages_port}"


FIGURES = (
    "gangway_imports_total", "gangway_invitations_mailed_total", "gangway_invitations_accepted_total", "gangway_cross_company_refused_total",
    "gangway_jobs", "gangway_ack_seconds_count", "gangway_source_calls_recent", "gangway_source_calls_allowed", "gangway_journal_lines_total",
)  # fmt: skip


def test_a_monitor_learns_how_it_is_and_how_much_was_done(tmp_path: Path) -> None:
    """/readyz says that all parts work and what lacks; /metrics counts what was done, in Prometheus' format."""
    with staged(tmp_path, settings={"SMTP_URL": ""}) as stage:
        connected(stage, stage.person("adam"))
        imported(stage.person("adam"), "companies from autotask")
        health = stage.browse("GET", f"{pages_of(stage)}/readyz")
        assert (health.status_code, health.json()["not_ready"]) == (200, [])
        assert health.json()["lacking"] == ["mail: SMTP_URL is not set"]
        shown = stage.browse("GET", f"{pages_of(stage)}/metrics")
        assert shown.status_code == 200
        figures = dict(line.rsplit(" ", 1) for line in shown.text.splitlines() if not line.startswith("#"))
        assert [name for name in FIGURES if f"# TYPE {name.removesuffix('_count')} " not in shown.text and not any(key.startswith(name) for key in figures)] == []
        assert figures['gangway_imports_total{kind="companies",state="done"}'] == "1.0"
        assert float(figures["gangway_ack_seconds_count"]) >= 3
        assert float(figures['gangway_source_calls_allowed{source="autotask"}']) > 0
        assert not any(word in shown.text for word in ("Contoso", "contoso", "adam", "@"))


def test_a_wrong_token_ends_the_start_with_advice(town: Stage) -> None:
    """With a token that Slack refuses, the bot ends non-zero, names the setting, and shows no trace."""
    ended = bot(town.town.environment() | {"SLACK_BOT_TOKEN": "xoxb-1-nobody"})
    assert ended.returncode != 0
    assert "SLACK_BOT_TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def over_http(tmp_path: Path) -> Iterator[tuple[Town, Path]]:
    """A town whose workspace sends signed requests instead of keeping sockets."""
    log = tmp_path / "bot.log"
    town = Town(home=tmp_path / "home", settings={"SLACK_SIGNING_SECRET": SIGNING, "SLACK_APP_TOKEN": ""}, log=log)
    town.home.mkdir()
    town.workspace = Workspace(
        request_url=f"http://127.0.0.1:{town.pages_port}/slack/events", signing_secret=SIGNING
    )
    town.start(bot=False)
    with log.open("ab") as out:
        town.bot = subprocess.Popen(
            [sys.executable, "-m", "bot"], cwd=ROOT, env=town.environment(), stdout=out, stderr=out
        )
    try:
        yield town, log
    finally:
        town.stop()


def test_http_mode_takes_signed_requests_only(over_http: tuple[Town, Path]) -> None:
    """With a signing secret, commands and clicks come over /slack/events; an unsigned request is refused."""
    town, log = over_http
    address = f"http://127.0.0.1:{town.pages_port}"
    transport = httpx.HTTPTransport(retries=60)  # connecting is tried again until the bot listens
    with httpx.Client(transport=transport, trust_env=False, timeout=60) as browser:
        until_ready(browser, f"{address}/readyz", log)
        tess = town.person("tess")
        menu = answer(tess, "", "What would you like to do?")
        tess.press(menu, "Status")
        tess.wait_for_message(ROOM, "Status", "Connections")
        unsigned: dict[str, Any] = {"command": "/msp", "text": "status", "user_id": tess.id}
        assert browser.post(f"{address}/slack/events", data=unsigned).status_code in (401, 403)


def until_ready(browser: httpx.Client, url: str, log: Path) -> None:
    for _ in range(2_000):
        if browser.get(url).status_code == 200:
            return
    raise AssertionError(f"never ready:\n{log.read_text()}")

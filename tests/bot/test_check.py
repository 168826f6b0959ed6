"""`python -m bot check`: everything wrong at once, before anything starts, and a clean bill when all is right."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.check import check
from bot.settings import MEANING, read
from sandbox.workspace.server import Workspace
from storage.store import Store
from storage.vault import Vault, new_master_key


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose settings are in the environment, and nothing else is."""
    for name in MEANING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTEN", "127.0.0.1:0")
    with Workspace() as made:
        monkeypatch.setenv("SLACK_BOT_TOKEN", made.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", made.app_token)
        monkeypatch.setenv("SLACK_API_URL", made.api_url)
        yield made


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_where_all_is_right_it_says_so_and_what_is_left_to_do(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 0
    lines = said(capsys)
    assert [line for line in lines if line.startswith("wrong")] == []
    assert {"right  settings", "right  database", "right  Slack app token"} <= set(lines)
    assert any(line.startswith("right  Slack bot token") for line in lines)
    assert any("SMTP_URL is not set" in line for line in lines if line.startswith("note"))


def test_refused_tokens_are_each_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-not-the-token")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-not-the-token")
    assert check() == 1
    wrong = [line for line in said(capsys) if line.startswith("wrong")]
    assert any("SLACK_BOT_TOKEN" in line for line in wrong)
    assert any("SLACK_APP_TOKEN" in line for line in wrong)
    assert not any("not-the-token" in line for line in wrong)


def test_a_database_that_cannot_be_opened_is_named_beside_a_slack_that_can(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:CANARY@127.0.0.1:1/none")
    assert check() == 1
    lines = said(capsys)
    assert any(line.startswith("wrong  database") for line in lines)
    assert any(line.startswith("right  Slack bot token") for line in lines)
    assert "CANARY" not in "\n".join(lines)


def test_a_slack_out_of_reach_is_told_apart_from_a_refused_token(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    assert check() == 1
    assert sum("cannot be reached" in line for line in said(capsys)) == 1


def test_a_lost_master_key_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setenv("GANGWAY_KEYS", new_master_key())
    assert check() == 0
    settings = read()
    store = Store(settings.database_url, Vault(settings.keys))
    with store.write() as work:
        work.datakeys.of("company-1")
    store.close()
    capsys.readouterr()
    new = new_master_key()
    monkeypatch.setenv("GANGWAY_KEYS", new)
    assert check() == 1
    [wrong] = [line for line in said(capsys) if line.startswith("wrong")]
    assert "1 data keys are under a master key that is not given" in wrong
    assert new not in wrong


def test_a_mail_server_that_is_away_and_an_address_that_is_not_ours_are_named_together(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://user:CANARY@127.0.0.1:1")
    monkeypatch.setenv("MAIL_FROM", "it@northwind.example")
    monkeypatch.setenv("LISTEN", "192.0.2.1:8730")
    monkeypatch.setenv("PUBLIC_URL", "http://gangway.example")
    assert check() == 1
    lines = said(capsys)
    assert [line.split()[1] for line in lines if line.startswith("wrong")] == ["mail:", "LISTEN:"]
    assert any("is not https" in line for line in lines if line.startswith("note"))
    assert "CANARY" not in "\n".join(lines)


def test_beside_a_malformed_setting_a_refused_token_is_named_too(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-not-the-token")
    assert check() == 1
    wrong = [line for line in said(capsys) if line.startswith("wrong")]
    assert [any(name in line for line in wrong) for name in ("TIMEZONE", "SLACK_BOT_TOKEN")] == [True, True]
    assert list(tmp_path.iterdir()) == []


def test_beside_a_malformed_setting_everything_else_is_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database, each of Slack's tokens by itself, mail and the address of the pages."""
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-no-app-token")
    monkeypatch.setenv("SLACK_COMMAND", "msp")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:CANARY@127.0.0.1:1/none")
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("MAIL_FROM", "it@northwind.example")
    monkeypatch.setenv("LISTEN", "192.0.2.1:8730")
    assert check() == 1
    lines = said(capsys)
    wrong = [line.split()[1] for line in lines if line.startswith("wrong")]
    assert wrong == ["SLACK_APP_TOKEN", "SLACK_COMMAND", "database:", "mail:", "LISTEN:"]
    assert any(line.startswith("right  Slack bot token") for line in lines)
    assert "CANARY" not in "\n".join(lines)


def test_a_database_that_is_there_is_reached_past_a_malformed_setting_and_left_as_it_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "there.db"
    sqlite3.connect(file).close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    assert check() == 1
    assert "right  database" in said(capsys)
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("select name from sqlite_master").fetchall() == []
    file.write_bytes(b"no database" * 100)
    assert check() == 1
    assert any(line.startswith("wrong  database") for line in said(capsys))


def test_a_folder_in_which_nothing_can_be_made_is_named_past_a_malformed_setting(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("GANGWAY_HOME", str(tmp_path / "a file" / "home"))
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    assert check() == 1
    assert any(line.startswith("wrong  database") and "a file/home" in line for line in said(capsys))


def test_a_signing_secret_beside_an_app_token_is_said_to_be_unused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever goes over to HTTP mode and leaves the app token in place would wait for events that never come."""
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "CANARY")
    assert check() == 0
    lines = said(capsys)
    assert any("SLACK_SIGNING_SECRET is not used" in line for line in lines if line.startswith("note"))
    monkeypatch.delenv("SLACK_APP_TOKEN")
    assert check() == 0
    assert "SLACK_SIGNING_SECRET" not in "\n".join(said(capsys))
    assert "CANARY" not in "\n".join(lines)


def test_a_slack_out_of_reach_is_said_once_past_a_malformed_setting_too(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "nonsense")
    assert check() == 1
    assert [line.split()[1] for line in said(capsys) if line.startswith("wrong")] == ["SLACK_BOT_TOKEN", "Slack"]


def test_malformed_settings_end_it_before_anything_is_opened(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LISTEN", "nowhere")
    monkeypatch.setenv("LOG_LEVEL", "verbose")
    assert check() == 1
    lines = said(capsys)
    assert [line.split("(")[0].strip() for line in lines if line.startswith("wrong")] == ["wrong  LISTEN", "wrong  LOG_LEVEL"]
    assert list(tmp_path.iterdir()) == []

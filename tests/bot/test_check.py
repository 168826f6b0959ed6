"""`python -m bot check`: everything wrong at once, before anything starts, and a clean bill when all is right."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.check import check
from bot.settings import MEANING
from sandbox.workspace.server import Workspace


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose settings are in the environment, and nothing else is."""
    for name in MEANING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
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
    assert any("cannot be reached" in line for line in said(capsys))


def test_malformed_settings_end_it_before_anything_is_opened(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LISTEN", "nowhere")
    monkeypatch.setenv("LOG_LEVEL", "verbose")
    assert check() == 1
    lines = said(capsys)
    assert [line.split("(")[0].strip() for line in lines] == ["wrong  LISTEN", "wrong  LOG_LEVEL"]
    assert list(tmp_path.iterdir()) == []

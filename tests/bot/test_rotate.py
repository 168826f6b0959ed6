"""Rotating master keys: while a bot runs, with the key file and with GANGWAY_KEYS, and when a key is lost."""

from pathlib import Path

import pytest

from bot.rotate import rotated
from bot.settings import Settings, keys_for, read
from domain.errors import Stop
from domain.secret import Entry, EntryState, Secret
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault, new_master_key
from tests.flows.bench import at

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-2-3", "SLACK_APP_TOKEN": "xapp-1-2-3"}
CANARY = "canary-pa55word-4711"


def settings_in(home: Path, keys: str = "") -> Settings:
    return read({**TOKENS, "GANGWAY_HOME": str(home), "GANGWAY_KEYS": keys}, home)


def opened(settings: Settings) -> Store:
    """A store as the running bot has it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url, Vault(keys_for(settings), lambda: keys_for(settings)))
    migrate(store.engine)
    return store


def seal(store: Store, entry_id: str = "e1") -> None:
    now = at("2026-03-02T09:00:00+00:00")
    entry = Entry(entry_id, "own", "Firewall", "", "", "", (), EntryState.ACTIVE, True, False, False, now, "Adam")
    with store.write() as work:
        work.entries.put(entry, Secret(CANARY))


def sealed(store: Store, entry_id: str = "e1") -> str:
    with store.work() as work:
        return work.entries.secret(entry_id).password


def test_a_running_bot_goes_on_through_a_rotation_of_the_key_file(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    running = opened(settings)
    seal(running)
    assert rotated(settings) == (1, True)
    file = tmp_path / "master.key"
    assert len(file.read_text().split()) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "master.key.new").exists()
    assert sealed(running) == CANARY
    seal(running, "e2")
    again = opened(settings)
    assert (sealed(again), sealed(again, "e2")) == (CANARY, CANARY)
    assert keys_for(settings)[0].id == running.vault.newest


def test_with_given_keys_the_old_one_can_go_afterwards(tmp_path: Path) -> None:
    old, new = new_master_key(), new_master_key()
    seal(opened(settings_in(tmp_path, old)))
    assert rotated(settings_in(tmp_path, f"{new},{old}")) == (1, False)
    assert rotated(settings_in(tmp_path, f"{new},{old}")) == (0, False)
    assert sealed(opened(settings_in(tmp_path, new))) == CANARY
    assert not (tmp_path / "master.key").exists()
    with pytest.raises(Stop):
        sealed(opened(settings_in(tmp_path, old)))


def test_a_lost_key_is_said_and_changes_nothing(tmp_path: Path) -> None:
    old, new = new_master_key(), new_master_key()
    seal(opened(settings_in(tmp_path, old)))
    with pytest.raises(Stop):
        rotated(settings_in(tmp_path, new))
    assert sealed(opened(settings_in(tmp_path, old))) == CANARY


def test_the_command_says_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.__main__ import main

    monkeypatch.chdir(tmp_path)
    for name, value in {**TOKENS, "GANGWAY_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    seal(opened(settings_in(tmp_path)))
    assert main(["rotate-keys"]) == 0
    said = capsys.readouterr()
    assert "1 data key put under the newest master key" in said.out
    assert not any(key in said.out + said.err for key in (tmp_path / "master.key").read_text().split())
    (tmp_path / "master.key.new").write_text("x")
    assert main(["rotate-keys"]) == 1
    assert "Another rotation" in capsys.readouterr().err

"""The restore drill of docs/operating.md: a copy made while the bot runs opens elsewhere, with the key and not without."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import keys_for, read
from domain.errors import Stop
from domain.secret import Entry, EntryState, Secret
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault
from tests.flows.bench import bench

CANARY = "canary-pa55word-4711"


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store as the bot has it open, with a password in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL", "GANGWAY_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GANGWAY_HOME", str(tmp_path / "home"))
    settings = read(only=frozenset())
    store = Store(settings.database_url, Vault(keys_for(settings)))
    migrate(store.engine)
    desk = bench(store)
    company = desk.company("Contoso", "contoso.com")
    with store.write() as work:
        entry = Entry("e1", company.id, "Firewall", "", "", "", (), EntryState.ACTIVE, True, False, False, desk.clock(), "Adam")
        work.entries.put(entry, Secret(CANARY))
    return store


def restored(home: Path, folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(home / "gangway.db")) as there, closing(sqlite3.connect(folder / "gangway.db")) as copy:
        there.backup(copy)


def test_a_copy_opens_elsewhere_with_its_key(
    running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    restored(tmp_path / "home", tmp_path / "drill")
    (tmp_path / "drill" / "master.key").write_bytes((tmp_path / "home" / "master.key").read_bytes())
    monkeypatch.setenv("GANGWAY_HOME", str(tmp_path / "drill"))
    assert main(["verify-audit"]) == 0
    settings = read(only=frozenset())
    store = Store(settings.database_url, Vault(keys_for(settings)))
    with store.work() as work:
        assert work.entries.secret("e1").password == CANARY
    store.close()
    assert main(["export", "--out", str(tmp_path / "facts.json")]) == 0
    assert "Contoso" in (tmp_path / "facts.json").read_text()
    running.close()


def test_a_copy_without_its_key_opens_nothing_and_says_so(
    running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    restored(tmp_path / "home", tmp_path / "drill")
    monkeypatch.setenv("GANGWAY_HOME", str(tmp_path / "drill"))
    assert main(["verify-audit"]) == 1
    assert "the master key is not the one" in capsys.readouterr().err
    settings = read(only=frozenset())
    store = Store(settings.database_url, Vault(keys_for(settings)))
    with store.work() as work, pytest.raises(Stop):
        work.entries.secret("e1")
    store.close()
    running.close()

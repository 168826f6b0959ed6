"""Writing everything out: JSON without a secret, and the vaults in a KeePass file with a password of one's own."""

import json
from pathlib import Path

import pytest
from pykeepass import PyKeePass  # type: ignore[import-untyped]

from bot.export import export
from bot.settings import keys_for, read
from domain.secret import Secret
from flows import vault
from flows.vault import Draft
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault
from tests.flows.bench import bench

CANARY = "canary-pa55word-4711"
PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two companies that have the same name, a connection, and a secret each."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "GANGWAY_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    settings = read()
    store = Store(settings.database_url, Vault(keys_for(settings)))
    migrate(store.engine)
    made = bench(store)
    made.connected("itglue", {"region": "US", "secret": CANARY})
    for web in ("contoso.com", "contoso.at"):
        company = made.company("Contoso", web)
        entry = vault.add(made.context, made.admin, company.id, Draft(f"Firewall {web}", "root")).entry
        with store.write() as work:
            work.entries.put(entry, Secret(CANARY + web, CANARY))
    store.close()
    return tmp_path


def never(_prompt: str) -> str:
    raise AssertionError("no password is needed")


def no_terminal(_prompt: str) -> str:
    raise EOFError


def test_everything_but_secrets_is_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(None, None, never) == 0
    said = capsys.readouterr().out
    found = json.loads(said)
    assert [company["domain"] for company in found["companies"]] == [None, "contoso.com", "contoso.at"]
    assert {entry["name"] for entry in found["vault_entries"]} == {"Firewall contoso.com", "Firewall contoso.at"}
    assert found["connections"][0]["source"] == "itglue"
    assert found["audit"]
    assert found["audit_broken_at"] is None
    assert CANARY not in said


def test_secrets_go_into_an_encrypted_file_only(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, file = home / "all.json", home / "all.kdbx"
    assert export(out, file, lambda _prompt: PASSWORD) == 0
    said = capsys.readouterr()
    assert CANARY not in out.read_text() + said.out + said.err
    assert CANARY.encode() not in file.read_bytes()
    assert {path.stat().st_mode & 0o777 for path in (out, file)} == {0o600}
    opened = PyKeePass(file, password=PASSWORD)
    assert {entry.password for entry in opened.entries} == {CANARY + "contoso.com", CANARY + "contoso.at"}
    assert len({entry.group.path[0] for entry in opened.entries}) == 2
    assert "exported from the command line" in out.read_text()


def test_nothing_is_written_over_and_bad_passwords_are_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter([PASSWORD, PASSWORD + "x", "short"])
    assert export(None, home / "a.kdbx", lambda _prompt: next(answers)) == 1
    assert export(None, home / "a.kdbx", lambda _prompt: next(answers)) == 1
    assert export(None, home / "a.kdbx", no_terminal) == 1
    (home / "there.json").write_text("mine")
    assert export(home / "there.json", None, never) == 1
    assert (home / "there.json").read_text() == "mine"
    said = capsys.readouterr().err
    for words in ("differ", "at least 12", "No password was entered", "exists already"):
        assert words in said
    assert not (home / "a.kdbx").exists()

"""`python -m bot uninstall`: nothing secret is left at rest, nothing that was sent opens anything, the proof stays."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import main
from bot.uninstall import uninstall
from domain.audit import broken
from domain.errors import Stop
from domain.invitation import Door, InvitationState
from domain.ports import Kind
from domain.secret import Entry, EntryState, Secret
from flows import invitations, onetime
from flows.onetime import Kind as Page
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys
from storage.wiping import Wiping, sealed_columns
from tests.flows.bench import SECRET, Bench, bench

KEY = new_master_key()
CANARY = "canary-pa55word-4711"


@pytest.fixture
def lived_in(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """An installation with a connection, an invited person, a password, and a private page that waits."""
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": database_url, "GANGWAY_HOME": str(tmp_path / "home"), "GANGWAY_KEYS": KEY}
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SMTP_URL", "MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "home").mkdir()
    store = Store(database_url, Vault(parse_master_keys(KEY)))
    made = bench(store)
    made.papers["autotask"].company("10", "Contoso", "contoso.com")
    made.papers["autotask"].person("1", "10", "ada@contoso.com")
    connection = made.connected("autotask")
    company = made.company("Contoso", "contoso.com")
    made.listed(connection)
    made.mapped(connection, company, "10")
    made.imported(Kind.USERS, "Contoso")
    entry = Entry("e1", company.id, "Firewall", "", "", "", (), EntryState.ACTIVE, True, False, False, made.clock(), "Adam")
    with store.write() as work:
        work.entries.put(entry, Secret(CANARY))
        onetime.make(made.context, work, made.admin, Page.REVEAL, "e1", company.id)
    yield made
    store.close()


def sealed(store: Store) -> list[bytes]:
    with store.work() as work:
        return [
            bytes(value)
            for table, column in sealed_columns()
            for (value,) in work.session.execute(text(f"select {column} from {table}"))
            if value
        ]


def test_after_it_no_secret_is_at_rest_and_no_link_opens(lived_in: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = lived_in.store
    [mail] = lived_in.post.sent
    token = mail.text.partition("/join/")[2].split()[0]
    assert invitations.open_link(lived_in.context, token).door is Door.OPEN
    assert len(sealed(store)) == 2
    assert main(["uninstall", "--yes", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "Autotask PSA is disconnected" in said.out
    assert "1 sealed values" in said.out, "the credentials went with the connection, the password with this"
    assert sealed(store) == []
    with store.work() as work:
        assert [owner for (owner,) in work.session.execute(text("select owner from data_key"))] == ["journal"]
        assert Wiping(work.session).left() == 0
        assert work.connections.credentials(work.connections.all()[0].id) == {}
    with pytest.raises(Stop), store.work() as work:
        work.entries.secret("e1")
    assert invitations.open_link(lived_in.context, token).door is Door.UNINVITED
    assert lived_in.people()["ada@contoso.com"].invitation.state is InvitationState.UNINVITED
    assert not any(word in said.out + said.err for word in (SECRET, CANARY, KEY))


def test_the_proof_stays_and_can_be_verified(lived_in: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(lived_in.journal())
    assert main(["uninstall", "--yes", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["verify-audit"]) == 0
    facts, trail = sorted(tmp_path.glob("gangway-final-*.json"), key=lambda path: "audit" in path.name)
    assert main(["verify-audit", str(trail)]) == 0
    told = json.loads(trail.read_text())
    assert broken(told) is None
    assert len(told["lines"]) > before
    assert told["lines"][-1]["what"] == "uninstalled"
    assert [person["email"] for person in json.loads(facts.read_text())["people"]] == ["ada@contoso.com"]
    with lived_in.store.work() as work:
        [last] = work.journal.newest("final export", 1)
    assert last.data == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (facts, trail)}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (facts, trail))
    assert not any(word in path.read_text() for path in (facts, trail) for word in (SECRET, CANARY))


def no_terminal(_question: str) -> str:
    raise EOFError


def test_it_asks_first_and_anything_but_the_word_changes_nothing(lived_in: Bench, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "yes"

    lines = len(lived_in.journal())
    assert uninstall(False, tmp_path, answer) == 1
    assert len(asked) == 1
    assert "uninstall" in asked[0]
    assert uninstall(False, tmp_path, no_terminal) == 1
    assert len(lived_in.journal()) == lines
    assert len(sealed(lived_in.store)) == 2


def test_a_folder_that_takes_no_files_is_found_out_before_anything_is_wiped(
    lived_in: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is only not there yet is made."""
    (tmp_path / "a file").write_text("")
    assert uninstall(True, tmp_path / "a file" / "final", no_terminal) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert len(sealed(lived_in.store)) == 2
    assert uninstall(True, tmp_path / "new" / "final", no_terminal) == 0
    assert len(list((tmp_path / "new" / "final").iterdir())) == 2


def test_done_again_it_finds_nothing_left(lived_in: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert uninstall(False, tmp_path, lambda _: "uninstall") == 0
    second = tmp_path / "second"
    second.mkdir()
    capsys.readouterr()
    assert main(["uninstall", "--yes", "--out", str(second)]) == 0
    assert "0 sealed values and 0 data keys were wiped, 0 open links" in capsys.readouterr().out

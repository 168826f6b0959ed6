"""`python -m bot verify-audit`: a changed, a removed, a moved and a cut-off line are each found, in a file and in the database."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.__main__ import main
from domain.audit import broken
from domain.errors import NotAllowed
from domain.roles import Role
from flows import audit
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys
from tests.flows.bench import Bench, bench

Told = dict[str, Any]


KEY = new_master_key()


@pytest.fixture
def desk(quick_store: Store) -> Iterator[Bench]:
    """A journal of some lines about two companies."""
    store = Store(str(quick_store.engine.url), Vault(parse_master_keys(KEY)))
    made = bench(store)
    for name in ("Contoso", "Fabrikam"):
        company = made.company(name, f"{name.lower()}.com")
        for number in range(4):
            with made.store.write() as work:
                work.journal.write(made.clock(), made.admin.actor, "note", f"=note {number} of {name}", company.id)
    yield made
    store.close()


def told(desk: Bench, words: str = "") -> Told:
    found: Told = json.loads(audit.export(desk.context, desk.admin, words).json)
    return found


def change(lines: list[Told]) -> None:
    lines[3]["said"] = "Nothing happened."


def remove(lines: list[Told]) -> None:
    del lines[3]


def move(lines: list[Told]) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def cut(lines: list[Told]) -> None:
    lines.pop()


def add(lines: list[Told]) -> None:
    lines.insert(3, dict(lines[3]))


@pytest.mark.parametrize(("harm", "words"), [(change, "changed"), (remove, "follow"), (move, "follow"), (cut, "missing at the end"), (add, "follow")])
@pytest.mark.parametrize("company", ["", "Contoso"])
def test_a_harmed_file_is_found_with_its_first_broken_line(
    desk: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[list[Told]], None], words: str, company: str
) -> None:
    export, file = told(desk, company), tmp_path / "audit.json"
    file.write_text(json.dumps(export))
    assert main(["verify-audit", str(file)]) == 0
    assert f"Whole: {len(export['lines'])} lines" in capsys.readouterr().out
    count = len(export["lines"])
    harm(export["lines"])
    file.write_text(json.dumps(export))
    assert main(["verify-audit", str(file)]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert f"Line {count if harm is cut else 5 if harm is add else 4}" in said


def test_a_cut_that_also_mends_the_count_is_found_by_the_seal(desk: Bench) -> None:
    export = told(desk)
    export["lines"].pop()
    export["count"] -= 1
    found = broken(export)
    assert found is not None
    assert found.line == 0


def test_a_companys_export_holds_its_lines_only_and_the_seal_stands_in_the_journal(desk: Bench) -> None:
    export = told(desk, "Contoso")
    assert "Fabrikam" not in json.dumps(export["lines"])
    with desk.store.work() as work:
        assert work.journal.newest("audit export", 1)[0].data == {"seal": export["seal"]}


def test_the_csv_is_no_formula(desk: Bench) -> None:
    made = audit.export(desk.context, desk.admin, "Contoso")
    assert "'=note 0 of Contoso" in made.csv


def test_only_admins_export_and_a_bound_channel_only_its_company(desk: Bench) -> None:
    with pytest.raises(NotAllowed):
        audit.export(desk.context, desk.desk(Role.TECHNICIAN), "")
    bound = desk.desk(bound=desk.companies()["Contoso"])
    assert "Fabrikam" not in audit.export(desk.context, bound, "").json
    with pytest.raises(NotAllowed):
        audit.export(desk.context, bound, "Fabrikam")


@pytest.mark.parametrize("what", ["no json", "{}", "[]", '{"format": "gangway-audit-1", "lines": [1]}'])
def test_what_is_no_export_is_not_taken_for_one(tmp_path: Path, what: str) -> None:
    file = tmp_path / "audit.json"
    file.write_text(what)
    assert main(["verify-audit", str(file)]) == 1
    assert main(["verify-audit", str(tmp_path / "nowhere.json")]) == 1


@pytest.mark.parametrize(
    "harm",
    [
        "delete from journal where seq = (select max(seq) from journal)",
        "update journal set said = 'Nothing happened.' where seq = 3",
        "delete from journal where seq = 3",
        "update journal set seq = seq + 100 where seq = 3",
    ],
)
def test_a_harmed_database_is_found(
    desk: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, harm: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": str(desk.store.engine.url), "GANGWAY_HOME": str(tmp_path), "GANGWAY_KEYS": KEY}.items():
        monkeypatch.setenv(name, value)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert main(["verify-audit"]) == 0, "the database is all it needs"
    with desk.store.write() as work:
        work.session.execute(text(harm))
    assert main(["verify-audit"]) == 1
    assert ("The end of the journal" if "max" in harm else "Line ") in capsys.readouterr().err

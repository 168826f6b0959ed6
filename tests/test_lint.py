"""The scans of `make lint` and `make audit` find what they are for."""

from pathlib import Path

import pytest

from tests.advisories import judged
from tests.tracked_secrets import found, main


def test_a_key_of_a_known_shape_is_found_in_whatever_file_it_stands(tmp_path: Path) -> None:
    planted = {
        "settings.py": 'KEY = "AKIA' + "QWERTYUIOPASDFGH" + '"',
        "deploy.yaml": "token: xox" + "b-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
        "id_rsa": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "plain.md": "Nothing to see, not even 0123456789abcdef0123456789abcdef.",
    }
    for name, text in planted.items():
        (tmp_path / name).write_text(text + "\n")
    seen = {Path(name).name: kind for name, _, kind in found(tmp_path / name for name in planted)}
    assert seen == {"settings.py": "AWS Access Key", "deploy.yaml": "Slack Token", "id_rsa": "Private Key"}


def test_no_tracked_file_holds_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().err


def test_a_vulnerable_requirement_fails_the_audit_and_is_named() -> None:
    hole = {"id": "PYSEC-2026-1", "fix_versions": ["1.2.4"], "description": "", "aliases": []}
    code, said = judged([{"name": "leaky", "version": "1.2.3", "vulns": [hole]}, {"name": "tight", "version": "1", "vulns": []}])
    assert code == 1
    assert said[0] == "leaky 1.2.3: PYSEC-2026-1, mended in 1.2.4"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([{"name": "one", "version": "1", "vulns": []}], "1 locked requirements looked up, 0 known"),
        ([{"name": "one", "skip_reason": "not found"}], "nothing was audited"),
        ([{"name": "one", "version": "1", "vulns": []}, {"name": "two", "skip_reason": "x"}], "Not known there: two"),
    ],
)
def test_an_audit_that_finds_nothing_says_how_much_it_looked_up(told: list[dict[str, object]], words: str) -> None:
    code, said = judged(told)
    assert code == 0
    assert words in " ".join(said)

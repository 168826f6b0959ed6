"""The threat model names the test that holds each wall: those tests are there, and each kind of threat has some."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)))


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_is_named_is_there(path: str) -> None:
    there = {node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)}
    assert {name for where, name in NAMED if where == path} <= there


def test_every_threat_has_its_test_and_every_kind_its_threats() -> None:
    rows = [line.split("|")[1:-1] for line in TEXT.partition("## Threats")[2].partition("## What is not held")[0].splitlines() if line.startswith("|")][2:]
    assert [row[1] for row in rows if "::test_" not in row[3]] == []
    assert re.findall(r"\*\*(\w)\*\*", "".join(row[0] for row in rows)) == list("STRIDE")

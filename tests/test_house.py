"""How the house is built: rooms, sizes, and the manners of tests that a linter does not know."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "flows", "connectors", "storage", "domain")
PACKAGES = {*ROOMS, "sandbox", "tests", "benchmarks"}  # the last: scripts that measure the others, which nothing imports but their test
MOST_LINES = 300
# A longer file wants a reason.
LONGER: dict[str, str] = {
    "storage/migrations": "a schema is one list, in the order it was made",
    "storage/tables.py": "one table of tables, so that a reader sees all keys together",
    "domain/ports.py": "all that the flows ask of the outside, in one place to look it up",
    "domain/psa.py": "all that the flows ask of a PSA, in one place to look it up",
    "connectors/itglue/__init__.py": "one source: what it reads, call by call",
    "flows/imports.py": "one job of a person: ask, see, decide, begin again",
    "flows/mapping.py": "one job of a person: suggest, decide, change with care",
    "flows/runs.py": "one job: check, write each kind, end",
    "storage/plans.py": "every query of one aggregate",
    "storage/invitations.py": "every query of one aggregate",
}


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted(path for path in (ROOT / room).rglob("*.py") if not any(part.startswith((".", "__pycache__")) for part in path.parts))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def has_a_reason(path: Path) -> bool:
    return any(named(path).startswith(known) for known in LONGER)


def test_no_further_package_has_appeared() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == PACKAGES


def test_files_of_the_product_are_short_or_have_a_reason() -> None:
    long = {named(path): lines for path in sources(*ROOMS) if (lines := len(path.read_text().splitlines())) > MOST_LINES and not has_a_reason(path)}
    assert long == {}


def test_no_reason_is_kept_for_a_file_that_is_short_again() -> None:
    long = [named(path) for path in sources(*ROOMS) if len(path.read_text().splitlines()) > MOST_LINES]
    assert [known for known in LONGER if not any(name.startswith(known) for name in long)] == []


@pytest.mark.parametrize("path", list(sources(*ROOMS)), ids=named)
def test_every_module_says_its_one_responsibility(path: Path) -> None:
    text = path.read_text()
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{named(path)} has no docstring"


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Every call in a file: line, and the name as written."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_no_test_sleeps() -> None:
    slept = []
    for path in sources("tests"):
        imported = {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
        if imported & {"time", "sleep"}:  # a clock of the test's own may be called so and slept on
            slept += [f"{named(path)}:{line}" for line, name in calls(path) if name in ("time.sleep", "sleep")]
    assert slept == []


def test_no_test_patches_our_own_modules() -> None:
    """Collaborators are passed; the environment and the working folder may be set."""
    wrong = []
    for path in sources("tests"):
        for line, name in calls(path):
            if name.endswith(("monkeypatch.setattr", "monkeypatch.setitem", "mock.patch", "patch.object", "mocker.patch")):
                wrong.append(f"{named(path)}:{line} {name}")
    assert wrong == []


def test_every_test_says_what_it_holds() -> None:
    """A sentence: at least four words, with underscores between them."""
    short = []
    for path in sources("tests"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node):
                short += [f"{named(path)}:{node.name}"] if len(node.name.split("_")) < 4 else []
    assert short == []


def test_no_file_speaks_of_the_place_it_was_written_in() -> None:
    place = re.compile(r"/(?:work/(?:main|shared)|root/|home/\w+/)")
    found = [named(path) for path in sources(*PACKAGES) if place.search(path.read_text()) and path != Path(__file__)]
    assert found == []

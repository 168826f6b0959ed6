"""The README, the example settings and the change log say what is true."""

import importlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

import handlers
from bot.settings import MEANING
from handlers.command import Verb

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def part(title: str) -> str:
    """What stands under a second-level title."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert found, f"The README has no part “{title}”."
    return found[1]


def verbs() -> set[str]:
    """The verbs there are, as the command's table gets them."""
    modules = [importlib.import_module(f"handlers.{file.stem}") for file in Path(handlers.__file__).parent.glob("[a-z]*.py")]
    listed = {verb.name for module in modules for verb in getattr(module, "VERBS", ()) if isinstance(verb, Verb)}
    return listed | {"map", "help"}  # map's verb is made when it is bound


def test_the_table_of_settings_is_the_table_of_settings() -> None:
    named = re.findall(r"^\| `(\w+)` \|", part("Settings"), re.M)
    assert sorted(named) == sorted(MEANING)


def test_the_example_settings_name_each_setting_with_its_meaning() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = {
        line.lstrip("#").partition("=")[0]: before.removeprefix("# ")
        for before, line in pairwise(lines)
        if re.match(r"#?[A-Z_]+=", line)
    }
    assert told == MEANING


def test_every_room_is_in_the_tree_and_every_room_in_the_tree_exists() -> None:
    named = set(re.findall(r"^(\w+)/ ", part("The rooms"), re.M))
    there = {folder.name for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith((".", "__"))}
    assert named == there - {"artifacts"}


def test_every_command_that_is_named_exists() -> None:
    assert set(re.findall(r"/msp (\w+)", README)) <= verbs()


def test_every_verb_is_named() -> None:
    assert set(re.findall(r"^\| `/msp (\w+)", part("Commands"), re.M)) >= verbs() - {"help"}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make (\w+)`", README)) <= targets


def test_the_plain_commands_are_those_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("$(PY)", ".venv/bin/python").replace("--quiet ", "")
    makefile = makefile.replace("--disable-pip-version-check ", "")
    row = next(line for line in README.splitlines() if line.startswith("| `make setup`"))
    for command in re.findall(r"`([^`]+)`", row.split("|")[2]):
        assert command in makefile


@pytest.mark.parametrize("word", ["check", "manifest", "new-key"])
def test_the_bots_own_commands_exist(word: str) -> None:
    assert f"python -m bot {word}" in README
    assert f'"{word}"' in (ROOT / "bot" / "__main__.py").read_text()


def test_every_link_into_the_project_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_files_that_are_named_exist() -> None:
    for name in re.findall(r"`((?:bot|handlers|flows|connectors|storage|domain|sandbox|tests|docs)/[\w./-]+)`", README):
        assert "<" in name or (ROOT / name).exists(), name


def test_the_walk_through_is_walked() -> None:
    """What the README says to type and press, the test in the browser types and presses."""
    walk = part("Try it: the walk-through")
    walked = (ROOT / "tests" / "journeys" / "test_walkthrough_page.py").read_text()
    steps = walk[walk.index("1. ") : walk.index("Then break something")]
    for words in re.findall(r"`(/msp [^`]+)`", steps) + re.findall(r"\*\*([^*]+)\*\*", steps):
        assert words in walked, words

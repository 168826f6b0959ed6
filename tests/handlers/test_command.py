"""The verb table and the refusal of keys: what is typed is understood, guessed at, or refused, and never repeated."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.command import Verb, nearest
from handlers.keylike import looks_like_key
from handlers.views import menu
from sandbox.workspace.rules import check_message
from tests.handlers.samples import HOSTILE, assert_drawable, said

VERBS = [
    Verb(name, f"{name} [source]", "Does its thing", lambda _ask, _words: None, name.capitalize())
    for name in ("connect", "test", "integrations", "companies", "company", "map", "import", "users", "invites", "status")
]
TABLE = {verb.name: verb for verb in VERBS}


@pytest.mark.parametrize(("typed", "meant"), [
    ("conect", "connect"), ("integrate", "integrations"), ("usr", "users"), ("imports", "import"), ("COMPANIE", "companies"),
    ("mapping", "map"), ("hlep", "help"), ("xyzzy", ""), ("", ""),
])
def test_an_unknown_verb_leads_to_the_nearest(typed: str, meant: str) -> None:
    assert nearest(typed, TABLE) == meant


def test_the_help_has_a_line_for_every_verb() -> None:
    shown = said(menu.help_text("/acme", VERBS))
    assert all(f"`/acme {verb.usage}`" in shown for verb in VERBS)


def test_the_help_of_many_verbs_is_still_one_message() -> None:
    assert not check_message(menu.help_text("/msp", VERBS * 6))


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_drawn_harmlessly(typed: str) -> None:
    assert_drawable(menu.unknown("/msp", typed, "connect", VERBS))
    assert_drawable(menu.menu("/msp", VERBS, typed))
    assert_drawable(menu.key_refused("/msp"))


@pytest.mark.parametrize("text", [
    "connect itglue ITG.0f4e5a", "secret=abc", "the api key: 12345", "password is hunter2", "xoxb-12-34-abc", "P@ssw0rd!2",
    "import 5f2b8c1e9a7d4f3e8b6c5a4d3e2f1a0b", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "connect autotask Xk9mQ2vL8pR4tW7z",
    "-----BEGIN PRIVATE KEY-----", "eyJhbGciOiJIUzI1NiJ9.e30.abc",
])
def test_keys_and_passwords_are_noticed(text: str) -> None:
    assert looks_like_key(text)


@pytest.mark.parametrize("text", [
    "", "import users contoso from autotask", "company Adventure Works 24/7 (UK)", "companies AdventureWorks2024Holdings",
    "company contoso-holdings-2024.example.com", "why Tess.ONeil1@Northwind-IT.Example", "users <@U0OLIVIA01|olivia> 3M",
    "company Donaudampfschifffahrtsgesellschaft", "why Key West Hotel", "company Müller&Söhne2000", "import staff",
    "why https://www.contoso.example/about|contoso", "company Monkey: the shop",
])
def test_names_addresses_and_verbs_are_not_taken_for_keys(text: str) -> None:
    assert not looks_like_key(text)


@given(st.lists(st.sampled_from(string.ascii_letters + string.digits), min_size=24, max_size=64).map("".join))
def test_a_long_random_key_is_noticed_wherever_it_stands(key: str) -> None:
    turns = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(key))
    if turns >= 3:
        assert looks_like_key(f"connect autotask {key}")

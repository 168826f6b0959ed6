"""A newcomer's first minutes: the command, the help, connecting the sources with wrong and right keys."""

from collections.abc import Iterator

import pytest

from sandbox.workspace.finding import words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, connect_autotask, connect_itglue, labels, msp

pytestmark = pytest.mark.process

VERBS = (
    "connect", "test", "integrations", "companies", "company", "map", "import", "users", "invites", "digest", "sync",
    "history", "settings", "status", "why", "feedback",
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("connecting")) as stage:
        yield stage


def connections(stage: Stage) -> set[str]:
    return {str(source) for (source,) in stage.rows("select source from connection")}


def test_the_command_alone_opens_a_menu_whose_buttons_act(fresh: Stage) -> None:
    """`/msp` shows a menu, and a button of it does what its verb does."""
    tess = fresh.person("tess")
    menu = answer(tess, "", "What would you like to do?")
    assert {"Companies", "Status", "Import"} <= set(labels(menu))
    tess.press(menu, "Status")
    tess.wait_for_message(ROOM, "Status", "Connections")


def test_the_help_lists_every_verb_with_a_line(fresh: Stage) -> None:
    """`/msp help` names each verb that works, with what it does."""
    lines = words(answer(fresh.person("tess"), "help", "What /msp can do")).splitlines()
    for verb in VERBS:
        line = next((line for line in lines if line.startswith(f"`/msp {verb}")), "")
        assert len(line.rpartition("`")[2].split()) >= 2, f"{verb} is not explained: {line!r}"


@pytest.mark.parametrize(("typed", "meant"), [("integratons", "integrations"), ("comapnies", "companies")])
def test_an_unknown_verb_gets_the_nearest_one_and_the_help(fresh: Stage, typed: str, meant: str) -> None:
    """A slip of the finger is answered with the verb that was meant, and with the help."""
    said = words(answer(fresh.person("tess"), typed, "Did you mean"))
    assert f"/msp {meant}" in said
    assert "/msp import" in said


def test_answers_are_for_the_eyes_of_who_asked(fresh: Stage) -> None:
    """Nobody else in the channel sees the help that somebody asked for."""
    shown = answer(fresh.person("vera"), "help", "What /msp can do")
    assert shown["ts"] not in {message["ts"] for message in fresh.person("nina").messages(ROOM)}


def test_before_a_connection_the_next_step_is_offered(fresh: Stage) -> None:
    """Importing and mapping without a source say to connect one, with a button that does."""
    adam = fresh.person("adam")
    for text in ("import companies", "map"):
        assert "Connect a source" in labels(answer(adam, text, "onnect"))


@pytest.mark.parametrize("wrong", ["API username", "API secret", "API tracking identifier"])
def test_each_of_autotasks_three_entries_must_be_right_before_anything_is_kept(fresh: Stage, wrong: str) -> None:
    """A wrong user name, secret or tracking identifier is told in the form, and nothing is stored."""
    adam, source = fresh.person("adam"), fresh.autotask
    right = {
        "API username": source.username, "API secret": source.secret,
        "API tracking identifier": source.tracking_identifier,
    }
    msp(adam, "connect autotask")
    form = adam.wait_for_view("Connect Autotask", "API secret")
    outcome = adam.submit(form, right | {wrong: "wrong" + right[wrong][5:]})
    assert not outcome
    assert "utotask" in next(iter(outcome.errors.values()))
    adam.cancel(everything=True)
    assert "autotask" not in connections(fresh)


def test_missing_entries_are_told_at_their_fields_without_a_call(fresh: Stage) -> None:
    """An entry of the wrong shape is told at its own field, and Autotask is not asked."""
    adam = fresh.person("adam")
    msp(adam, "connect autotask")
    form = adam.wait_for_view("Connect Autotask", "API secret")
    before = fresh.autotask.calls()
    entries = {"API username": "a b", "API secret": "with space", "API tracking identifier": "x y"}
    assert set(adam.submit(form, entries).errors) == set(entries)
    assert fresh.autotask.calls() == before
    adam.cancel(everything=True)


def test_the_guides_say_where_to_go_and_both_ways_to_a_user(fresh: Stage) -> None:
    """The connect form of Autotask explains each way to an API user, and that the secret is shown once."""
    adam = fresh.person("adam")
    msp(adam, "connect autotask")
    form = adam.wait_for_view("Connect Autotask", "only once")
    adam.press(form, "I have a user already")
    form = adam.wait_for_view("Resources (Users)", "Active", "Hide the guide")
    adam.press(form, "Create a new API user")
    adam.wait_for_view("New API User", "Generate Secret")
    adam.cancel(everything=True)


def test_right_keys_connect_and_tell_in_private_what_was_found(fresh: Stage) -> None:
    """Autotask connects with its three entries; only who connected is told; the card never shows the secret."""
    adam, tess = fresh.person("adam"), fresh.person("tess")
    fresh.autotask.calls.clear()
    assert connect_autotask(fresh, adam)
    adam.wait_for_view("Connected", "companies")
    adam.cancel(everything=True)
    adam.wait_for_message(ROOM, "Connected", "Autotask PSA")
    assert tess.messages(ROOM, "Connected to Autotask") == []
    assert "autotask" in connections(fresh)
    assert fresh.autotask.calls(status=401) == 0
    card = words(answer(adam, "integrations", "Autotask PSA", "Connected"))
    assert fresh.autotask.secret not in card
    assert "asswords: not from here" in card


def test_a_key_without_password_access_gives_companies_and_users_and_says_which_tick_is_missing(fresh: Stage) -> None:
    """IT Glue connects without Password Access, shows passwords as locked, and names the tick to set."""
    adam = fresh.person("adam")
    refused = connect_itglue(fresh, adam, "ITG." + "0" * 32 + "." + "z" * 64)
    assert "API key" in refused.errors
    adam.cancel(everything=True)
    assert "itglue" not in connections(fresh)
    assert connect_itglue(fresh, adam, fresh.itglue.key_without_passwords)
    adam.wait_for_view("Connected", "companies", "Passwords: *locked*", "Password Access")
    adam.cancel(everything=True)
    card = words(answer(adam, "integrations", "IT Glue", "Connected"))
    assert "Passwords: *locked*" in card
    assert "Key name Gangway" in card


def test_only_an_admin_connects(fresh: Stage) -> None:
    """A technician who wants to connect is told which role it takes."""
    tess = fresh.person("tess")
    answer(tess, "connect itglue", "role")
    assert tess.view() is None

"""Sources that fail: a sentence says what to do, nothing is lost, and it goes on when the trouble is over."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from sandbox.world import World
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import (
    answer,
    approved,
    awaited,
    connected,
    imported,
    labels,
    map_certain,
    msp,
    preview,
    settle,
    tall_world,
    until,
)

pytestmark = pytest.mark.process

Json = dict[str, Any]
PEOPLE = 40


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("bad-days"), rough_world()) as stage:
        settle(stage)
        yield stage


def rough_world() -> World:
    """The demo, and a client a fault, with 40 people each; one whose people are odd."""
    world = tall_world()
    for name in (*TROUBLES, "Revoked", "Down", "No Id", "Forever"):
        domain = f"{name.lower().replace(' ', '')}.example"
        client = world.add_company(f"Rough {name}", domain, domains=(domain,))
        for number in range(PEOPLE):
            world.add_contact(client, f"R{number:02}", name, f"r{number:02}@{domain}")
    odd = world.add_company("Rough Odd", "odd.example", domains=("odd.example",))
    world.add_contact(odd, "Good", "One", "good@odd.example")
    world.add_contact(odd, "No", "At", "reception please")
    world.add_contact(odd, "N" * 300, "Long", "long@odd.example")
    world.add_contact(odd, "Line\nBreak", "`*_~<!here>", "marks@odd.example")
    return world


# A name, the fault at Autotask's contacts, and what may stand in the message meanwhile.
TROUBLES: dict[str, tuple[str, dict[str, Any]]] = {
    "Told To Wait": ("too_many", {"value": 1, "times": 2}),
    "Not Told": ("too_many", {"value": None, "times": 1}),
    "Broken": ("server_error", {"times": 3}),
    "Reset": ("reset", {"times": 2}),
    "Truncated": ("truncated", {"times": 2}),
}


@pytest.fixture(autouse=True)
def mended(town: Stage) -> Iterator[None]:
    yield
    town.autotask.faults.clear()
    town.itglue.faults.clear()


@pytest.mark.parametrize("name", TROUBLES)
def test_passing_trouble_delays_and_loses_nothing(town: Stage, name: str) -> None:
    """429 with and without Retry-After, 500s, a broken body, half a JSON: the import comes through, whole and once."""
    kind, how = TROUBLES[name]
    adam = town.person("adam")
    town.autotask.faults.set(kind, on="Contacts/query", **how)
    shown = preview(adam, f"users rough {name.lower()} from autotask", f"*{PEOPLE}* new", timeout=90)
    town.autotask.faults.set(kind, on="Contacts/query", **how)
    approved(adam, shown, f"{PEOPLE} people imported", timeout=90)
    there = town.rows("select count(*), count(distinct email_fold) from person where last_name = ?", name)
    assert there == [(PEOPLE, PEOPLE)]


def test_a_source_that_is_down_is_said_and_the_preview_comes_when_it_is_back(town: Stage) -> None:
    """While Autotask is down the message says what is waited for; afterwards the preview comes by itself."""
    adam = town.person("adam")
    town.autotask.faults.set("down")
    shown = answer(adam, "import users rough down from autotask", "Going on by itself", timeout=60)
    assert "Autotask" in words(shown)
    town.autotask.faults.clear()
    until(adam, shown, f"*{PEOPLE}* new", "Approve", timeout=90)


@pytest.mark.parametrize(("source", "fault"), [("itglue", "revoked"), ("autotask", "revoked")])
def test_a_key_that_is_revoked_in_between_stops_with_advice_and_previews_again(
    town: Stage, source: str, fault: str
) -> None:
    """The run ends as failed with what to do; after the key is mended, Preview again and Approve finish it."""
    adam = town.person("adam")
    stand_in = town.itglue if source == "itglue" else town.autotask
    shown = preview(adam, f"users rough revoked from {source}", "Approve")
    stand_in.faults.set(fault)
    stand_in.calls.clear()
    adam.press(shown, "Approve")
    failed = until(adam, shown, "Failed.", "Preview again", timeout=60)
    assert "key" in words(failed).lower() or "credentials" in words(failed).lower()
    assert stand_in.calls(status=401) + stand_in.calls(status=403) <= 2, "repeated tries lock accounts"
    answer(adam, "status", "⚠️")
    card = words(answer(adam, "integrations", "Trouble"))
    assert "Configure" in card
    stand_in.faults.clear()
    connected(town, adam, source, "" if source == "autotask" else town.itglue.key_without_passwords)
    adam.press(until(adam, failed, "Preview again"), "Preview again")
    again = until(adam, failed, "See all changes", "Approve" if source == "itglue" else "See all changes", timeout=60)
    if "Approve" in labels(again):
        approved(adam, again, timeout=60)
    assert "Trouble" not in words(answer(adam, "integrations", "Integrations"))


def test_a_row_without_an_id_is_named_and_the_rest_goes_on(town: Stage) -> None:
    """A row that came damaged is held and said; the other 39 can be imported."""
    adam = town.person("adam")
    town.autotask.faults.set("no_id", on="Contacts/query", times=1)
    shown = preview(adam, "users rough no id from autotask", timeout=60)
    assert f"*{PEOPLE - 1}* new" in words(shown)
    assert "*1* held" in words(shown)
    adam.press(shown, "See all changes")
    view = adam.wait_for_view("All changes")
    held = next(line for line in words(view).splitlines() if line.startswith("Held ("))
    adam.choose(view, "Show", held)
    assert len(words(adam.wait_for_view("1 rows fit"))) > 40
    adam.cancel(everything=True)


def test_odd_people_are_held_or_cut_and_never_break_a_message(town: Stage) -> None:
    """An address without @ is held with the reason; a name of 300 characters and one with marks are imported and shown."""
    adam = town.person("adam")
    shown = preview(adam, "users rough odd from autotask")
    assert "address" in words(shown)
    assert "*1* held" in words(shown)
    approved(adam, shown, " imported")
    for search in ("long@odd.example", "marks@odd.example"):
        listed = answer(adam, "users rough odd", "People of")
        adam.fill(listed, {"Search by name or e-mail": search})
        adam.press(until(adam, listed, "1 person", search), "Open card")
        card = adam.wait_for_view("Person", search)
        assert [text for text in mrkdwn(card["blocks"]) if "<!here>" in text] == []
        adam.cancel(everything=True)
    for address in ("good@odd.example", "long@odd.example", "marks@odd.example"):
        mail = town.mailbox.wait_for(address, seconds=40)
        assert "\n" not in mail.subject


def mrkdwn(part: Any) -> Iterator[str]:
    """Texts in which Slack would read a mention; plain text is safe."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for inner in part.values():
            yield from mrkdwn(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from mrkdwn(inner)


def test_mail_that_bounces_or_is_put_off_is_shown_and_the_others_arrive(town: Stage) -> None:
    """A refused address is shown as Bounced with the server's words; one that was put off is shown as pending."""
    adam = town.person("adam")
    town.mailbox.faults.refuse.add("joy@smallshed.example")
    town.mailbox.faults.greylist("rene@smallshed.example")
    imported(adam, "users small shed from autotask")
    town.mailbox.wait_for("una@smallshed.example", seconds=40)
    town.mailbox.wait_for("xavi@smallshed.example", seconds=40)
    listed = _listed(adam, "Bounced", "joy@smallshed.example")
    assert "550" in words(listed)
    assert town.mailbox.messages("joy@smallshed.example") == []
    town.mailbox.faults.refuse.clear()


def _listed(adam: Person, *containing: str) -> Json:
    """The list of the people, asked for until it says so."""
    for _ in range(100):
        listed = answer(adam, "users small shed", "People of")
        if all(part in words(listed) for part in containing):
            return listed
    raise AssertionError(f"{containing} never came: {words(listed)}")


def test_a_source_that_is_gone_while_mapping_says_so(town: Stage) -> None:
    """Opening the mapping table of a source that cannot be read tells why, and works again when it can."""
    adam = town.person("adam")
    town.itglue.faults.set("down")
    msp(adam, "map itglue")
    table = adam.wait_for_view("Map companies", timeout=60)
    town.itglue.faults.clear()
    adam.cancel(everything=True)
    assert table
    map_certain(adam, "itglue")
    adam.cancel(everything=True)
    assert awaited(adam, lambda: answer(adam, "status", "Status"))

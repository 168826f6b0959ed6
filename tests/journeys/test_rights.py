"""Who may do what, where: roles, a second person, channels bound to a company, guests and strangers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.workspace.finding import NotThere, words
from sandbox.workspace.person import Person
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, approved, awaited, labels, msp, preview, settle, tall_world, until

pytestmark = pytest.mark.process

FABRIKAM = "#client-fabrikam"
SHARED = "#client-contoso"  # Sam, who is elsewhere, is in it
HELPDESK = "#helpdesk"  # Gus, a guest, is in it
ELSEWHERE = ("Contoso", "contoso", "Small Shed", "smallshed", "Humongous")
TYPED = (
    "users contoso", "company contoso", "import users contoso from autotask", "import companies from autotask",
    "import staff from autotask", "users all", "users staff", "companies contoso", "companies", "invites",
    "why joy@smallshed.example", "why Contoso Ltd.", "history", "status", "map itglue", "integrations", "sync autotask",
    "test autotask",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("rights"), tall_world()) as stage:
        settle(stage)
        yield stage


def set_in_settings(adam: Person, *wanted: tuple[str, Any], channel: str = ROOM) -> None:
    msp(adam, "settings", channel)
    form = adam.wait_for_view("Settings", timeout=30)
    outcome = adam.submit(form, dict(wanted))
    assert outcome, outcome
    adam.wait_for(lambda: adam.view() is None or "Settings" not in words(adam.view()))


@pytest.fixture
def bound(town: Stage) -> None:
    """The channel of Fabrikam works on Fabrikam only."""
    if town.rows("select count(*) from channel_binding") == [(0,)]:
        company = ("To the company", "Fabrikam, Inc.")
        set_in_settings(town.person("adam"), ("Bind a channel", FABRIKAM), company)


def news(person: Person, channel: str, before: set[str]) -> str:
    """What came since, all in one text."""
    fresh = [m for m in person.messages(channel) if m["ts"] not in before]
    return "\n".join(words(m) for m in fresh)


def test_a_second_person_must_approve_when_the_settings_say_so(town: Stage) -> None:
    """The own approval is refused with the reason and the preview stays; another's works."""
    adam, tess, tom = town.person("adam"), town.person("tess"), town.person("tom")
    second = "A second person must approve imports"
    set_in_settings(adam, ("Approvals", [second]))
    shown = preview(tess, "users small shed from autotask", "a second person must approve it")
    assert tess.press(shown, "Approve")
    tess.wait_for_message(ROOM, "second person must approve")
    left = until(tess, shown, "Approve", "Deny")
    assert town.rows("select count(*) from person where email like '%smallshed%'") == [(0,)]
    approved(tom, left, " imported", f"<@{tom.id}>")
    set_in_settings(adam, ("Approvals", []))


def test_a_bound_channel_refuses_every_other_company(town: Stage, bound: None) -> None:
    """In the channel of Fabrikam no command shows, lists or imports anything of another company."""
    tess, told = town.person("tess"), ""
    for text in TYPED:
        seen = {message["ts"] for message in tess.messages(FABRIKAM)}
        msp(tess, text, FABRIKAM)
        tess.wait_for(lambda seen=seen: tess.view() or news(tess, FABRIKAM, seen))
        said = news(tess, FABRIKAM, seen)
        if tess.view():
            said += words(_opened(tess))
            tess.cancel(everything=True)
        assert _strangers(said, text) == [], text
        told += said
    assert "bound to Fabrikam" in told


def _opened(person: Person) -> dict[str, Any]:
    return awaited(person, lambda: view if (view := person.view()) and "Opening" not in words(view) else None)


def _strangers(said: str, typed: str) -> list[str]:
    """Names and addresses of other companies' that were not typed by the person."""
    others = [name for name in ELSEWHERE if name in said and name.casefold() not in typed.casefold()]
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", said)
    known = ("fabrikam", "northwind-it")  # its own, and the MSP's
    return others + [each for each in addresses if not any(name in each for name in known) and each not in typed]


def test_a_bound_channel_works_on_its_own_company(town: Stage, bound: None) -> None:
    """In the channel of Fabrikam its users are imported without naming it, and only they."""
    tess = town.person("tess")
    shown = preview(tess, "users from autotask", "Import users into Fabrikam", channel=FABRIKAM)
    assert not _strangers(words(shown), "")
    approved(tess, shown, " imported")
    assert "Fabrikam" in words(answer(tess, "users", "People of Fabrikam", channel=FABRIKAM))


def test_a_bound_channel_refuses_buttons_and_pickers_of_others(town: Stage, bound: None) -> None:
    """A button forged to name another company is refused there, and pickers there offer only the bound one."""
    tess = town.person("tess")
    shown = answer(tess, "users", "People of Fabrikam", channel=FABRIKAM)
    contoso = town.rows("select id from company where name = 'Contoso Ltd.'")[0][0]
    fabrikam = town.rows("select id from company where name = 'Fabrikam, Inc.'")[0][0]
    message = town.workspace.state.channels[shown["channel"]].messages[shown["ts"]]
    changed = 0
    for block in message.blocks or []:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if fabrikam in str(element.get("value", "")):
                element["value"] = element["value"].replace(fabrikam, contoso)
                changed += 1
    assert changed
    before = {each["ts"] for each in tess.messages(FABRIKAM)}
    assert tess.press(shown, "Import users")
    tess.wait_for(lambda: "no such company here" in news(tess, FABRIKAM, before))
    before = {each["ts"] for each in tess.messages(FABRIKAM)}
    msp(tess, "company none", FABRIKAM)
    tess.wait_for(lambda: news(tess, FABRIKAM, before))
    listed = [m for m in tess.messages(FABRIKAM) if m["ts"] not in before and "Choose a company" in labels(m)]
    for offer in listed:
        tess.press(offer, "Choose a company")
        form = tess.wait_for_view("Choose a company")
        assert tess.options(form, "Company", "contoso") == []
        assert set(tess.options(form, "Company", "")) <= {"Fabrikam, Inc."}
        tess.cancel(everything=True)


@pytest.mark.parametrize(("handle", "channel"), [("gus", HELPDESK), ("sam", SHARED)])
def test_guests_and_strangers_get_nothing(town: Stage, handle: str, channel: str) -> None:
    """Whatever a guest or a Slack Connect stranger types, presses or searches, they learn nothing and change nothing."""
    outsider, adam = town.person(handle), town.person("adam")
    before = {message["ts"] for message in outsider.messages(channel)}
    for text in ("", "help", "status", "companies", "users contoso", "import users contoso", "connect autotask",
                 "settings", "digest", "invites", "history", "feedback", "why Contoso Ltd."):
        seen = len(outsider.messages(channel))
        msp(outsider, text, channel)
        outsider.wait_for(lambda seen=seen: len(outsider.messages(channel)) > seen)
        assert outsider.view() is None, text
    told = news(outsider, channel, before)
    assert set(told.splitlines()) == {"Gangway is only for the full members of this workspace. Nothing was done."}
    shown = preview(adam, "users wide world from autotask", "Approve", channel=channel)
    for label in ("Approve", "Deny", "See all changes", "Only some…"):
        seen = len(outsider.messages(channel, "full members"))
        assert outsider.press(shown, label)
        outsider.wait_for(lambda seen=seen: len(outsider.messages(channel, "full members")) > seen)
        shown = until(adam, shown, "Approve")
        assert outsider.view() is None
    adam.press(shown, "Deny")
    until(adam, shown, "Denied by Adam")
    outsider.home()
    home = outsider.wait_for_home("full members")
    assert labels(home) == []


def test_a_picker_offers_an_outsider_nothing(town: Stage) -> None:
    """The picker of companies that somebody left in a channel is empty for a guest."""
    gus, adam = town.person("gus"), town.person("adam")
    shown = answer(adam, "users", "Whose people", channel=HELPDESK)
    message = town.workspace.state.channels[shown["channel"]].messages[shown["ts"]]
    message.ephemeral_to = None
    try:
        assert gus.options(shown, "Company", "cont") == []
    except NotThere:
        pytest.skip("the workspace does not show it to him")
    assert "Contoso Ltd." in adam.options(shown, "Company", "cont")


def test_a_viewer_may_look_and_nothing_else(town: Stage) -> None:
    """A viewer reads lists; importing, mapping, connecting, settings and re-inviting are refused with the role named."""
    adam, vera = town.person("adam"), town.person("vera")
    set_in_settings(adam, ("Give a role to", "adam"), ("Role", "Admin"))
    set_in_settings(adam, ("Give a role to", "vera"), ("Role", "Viewer"))
    answer(vera, "companies", "Contoso")
    for text in ("import companies from autotask", "connect autotask", "settings", "sync autotask"):
        answer(vera, text, "role")
        assert vera.view() is None
    msp(vera, "map itglue")
    table = vera.wait_for_view("Map companies", "Confirm", timeout=30)
    mapped = town.rows("select count(*) from link")
    vera.press(table, "Confirm")
    vera.wait_for(lambda: "role" in words(vera.view()) or vera.messages(ROOM, "role"))
    assert town.rows("select count(*) from link") == mapped

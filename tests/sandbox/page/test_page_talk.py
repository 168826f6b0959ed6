"""Going about: places, people, messages as they come and go, and writing them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page.fake_server import FakeWorkspace
from tests.sandbox.page.kit import actions, button, section

pytestmark = pytest.mark.browser
Opener = Callable[[], Page]


def become(page: Page, name: str) -> None:
    page.get_by_role("button", name="You are").click()
    page.get_by_role("menuitemradio", name=name).click()


def test_a_newcomer_sees_what_to_type_first(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The first page is the bot's conversation with three commands; a click fills in the composer, Enter sends."""
    page = open_page()
    expect(page.get_by_role("heading", name="Gangway", exact=True)).to_be_visible()
    for words in ("/msp connect autotask", "/msp map", "/msp import companies"):
        expect(page.get_by_role("button", name=words)).to_be_visible()
    page.get_by_role("button", name="/msp map").click()
    box = page.get_by_label("Message Gangway")
    expect(box).to_have_value("/msp map")
    box.press("Enter")
    assert workspace.wait_for("command") == [{"user": "U0DANA", "channel": "D0DANA", "command": "/msp", "text": "map"}]
    expect(box).to_have_value("")


def test_a_slash_shows_the_commands(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Typing / lists the commands with their hints; Enter completes one, and what can follow stays in view."""
    page = open_page()
    box = page.get_by_label("Message Gangway")
    box.press_sequentially("/m")
    expect(page.get_by_role("option", name="/msp")).to_contain_text("connect | map")
    box.press("Enter")
    expect(box).to_have_value("/msp ")
    expect(page.get_by_role("option", name="/msp")).to_be_visible()
    assert workspace.bodies("command") == []


def test_a_failed_command_is_told_and_given_back(workspace: FakeWorkspace, open_page: Opener) -> None:
    """What Slack would show stands above the composer, once, and the typed words are there to try again."""
    sentence = '/msp failed with the error "operation_timeout"'
    workspace.answers["command"] = {"ok": False, "problem": sentence}
    page = open_page()
    box = page.get_by_label("Message Gangway")
    box.fill("/msp map")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(box).to_have_value("/msp map")
    workspace.push("toast", text=sentence, level="error")
    workspace.push("toast", text="Something else", level="error")
    expect(page.get_by_role("alert")).to_have_count(2)


def test_what_a_person_says_is_sent_as_slack_sends_it(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Angle brackets are escaped, names and channels become ids, a new line is Shift+Enter."""
    page = open_page()
    page.get_by_role("button", name="general").click()
    box = page.get_by_label("Message #general")
    box.press_sequentially("@omar")
    page.get_by_role("option", name="@Omar Haddad").click()
    box.press_sequentially("see #onboarding <b>&")
    box.press("Shift+Enter")
    box.press_sequentially("bye")
    box.press("Enter")
    assert workspace.wait_for("message") == [{
        "user": "U0DANA", "channel": "C0GEN", "text": "<@U0OMAR> see <#C0ONB|onboarding> &lt;b&gt;&amp;\nbye",
    }]  # fmt: skip


def test_messages_arrive_change_and_go_without_reload(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Events add, edit and remove messages, in a log that screen readers announce."""
    page = open_page()
    message = workspace.say("D0DANA", "Working… 1/10", live=True)
    article = page.locator(f'article[data-ts="{message["ts"]}"]')
    expect(article).to_contain_text("Working… 1/10")
    expect(page.get_by_role("log", name="Messages in Gangway").locator(article)).to_be_visible()
    workspace.push("message_changed", message=message | {"text": "Done", "edited": True})
    expect(article).to_contain_text("Done(edited)")
    workspace.push("message_deleted", channel="D0DANA", ts=message["ts"])
    expect(article).to_have_count(0)


def test_an_edit_elsewhere_leaves_the_focus_alone(workspace: FakeWorkspace, open_page: Opener) -> None:
    """A message that is redrawn gives the focus back to the same button; other messages are not redrawn."""
    message = workspace.say("D0DANA", "x", [section("1/10"), actions(button("Cancel import"))])
    page = open_page()
    page.get_by_role("button", name="Cancel import").focus()
    message["blocks"] = [section("2/10"), actions(button("Cancel import"))]
    workspace.push("message_changed", message=message)
    expect(page.get_by_text("2/10")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel import")).to_be_focused()


def test_ephemerals_say_so_and_can_be_dismissed(workspace: FakeWorkspace, open_page: Opener) -> None:
    """“Only visible to you” stands above them; dismissed ones stay away after a reload."""
    workspace.say("D0DANA", "Just for Dana", ephemeral_to="U0DANA")
    page = open_page()
    article = page.get_by_role("article")
    expect(article).to_contain_text("Only visible to you")
    article.get_by_role("button", name="Dismiss").click()
    expect(article).to_have_count(0)
    page.reload()
    expect(page.locator("#app")).to_have_attribute("data-ready", "true")
    expect(article).to_have_count(0)


def test_unread_counts_grow_and_are_read(workspace: FakeWorkspace, open_page: Opener) -> None:
    """A channel counts what arrives while one is elsewhere; opening it marks it read."""
    page = open_page()
    row = page.get_by_role("button", name="onboarding")
    expect(row).to_contain_text("2 unread")
    workspace.say("C0ONB", "third", live=True)
    expect(row).to_contain_text("3 unread")
    row.click()
    expect(row).not_to_contain_text("unread")
    assert workspace.wait_for("read") == [{"user": "U0DANA", "channel": "C0ONB"}]


def test_threads_open_in_their_own_pane(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Replies are in the pane, not in the channel; a reply carries thread_ts; commands are refused there."""
    parent = workspace.say("C0GEN", "Parent", user="U0OMAR", reply_count=1)
    workspace.say("C0GEN", "First reply", thread_ts=parent["ts"])
    page = open_page()
    page.get_by_role("button", name="general").click()
    expect(page.get_by_text("First reply")).to_have_count(0)
    page.get_by_role("button", name="1 reply").click()
    pane = page.get_by_role("complementary", name="Thread")
    expect(pane.get_by_role("article")).to_have_count(2)
    box = pane.get_by_label("Reply in thread")
    expect(box).to_be_focused()
    box.fill("/msp map")
    box.press("Enter")
    expect(pane.get_by_role("alert")).to_contain_text("Commands do not work in threads")
    box.fill("Thanks")
    box.press("Enter")
    assert workspace.wait_for("message")[0]["thread_ts"] == parent["ts"]
    workspace.say("C0GEN", "Second reply", thread_ts=parent["ts"], live=True)
    expect(pane.get_by_role("article")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(pane).to_have_count(0)


def test_one_can_become_someone_else(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Places, badges, stream and speaker are the new person's; a guest sees only their own channels."""
    page = open_page()
    become(page, "Grace Lim")
    expect(page.locator(".who .badge")).to_have_text("Guest")
    expect(page.get_by_role("button", name="onboarding")).to_have_count(0)
    expect(page.get_by_role("button", name="security")).to_have_count(0)
    box = page.get_by_label("Message Gangway")
    box.fill("hello")
    box.press("Enter")
    assert workspace.wait_for("message") == [{"user": "U0GUEST", "channel": "D0GUEST", "text": "hello"}]
    assert workspace.streams[-1]["user"] == "U0GUEST"


def test_a_reload_keeps_person_place_and_draft(workspace: FakeWorkspace, open_page: Opener) -> None:
    """What one was doing is still there."""
    page = open_page()
    become(page, "Omar Haddad")
    page.get_by_role("button", name="general").click()
    page.get_by_label("Message #general").fill("half a sent")
    page.reload()
    expect(page.get_by_role("button", name="You are: Omar Haddad")).to_be_visible()
    expect(page.get_by_label("Message #general")).to_have_value("half a sent")


def test_a_lost_connection_is_told_and_mended(workspace: FakeWorkspace, open_page: Opener) -> None:
    """After a break the page says so, connects again from the last event, and misses nothing."""
    page = open_page()
    workspace.push("toast", text="a word while all was well", level="info")  # comes as an event only
    expect(page.get_by_text("a word while all was well").first).to_be_visible()
    workspace.refusing = True
    workspace.cut()
    expect(page.get_by_text("Connection lost")).to_be_visible()
    workspace.say("D0DANA", "meanwhile", live=True)
    workspace.refusing = False
    expect(page.get_by_text("meanwhile")).to_be_visible()
    expect(page.get_by_text("Connection lost")).to_have_count(0)
    assert workspace.streams[-1]["since"] == "1"


def test_an_archived_channel_cannot_be_written_to(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The composer is closed and says why."""
    page = open_page()
    page.get_by_role("button", name="old-migration").click()
    expect(page.get_by_label("Message #old-migration")).to_be_disabled()
    expect(page.get_by_text("This channel is archived")).to_be_visible()


def test_reading_a_channel_does_not_disturb_what_is_being_written(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The server's echo of reading leaves the caret and the list of commands alone."""
    page = open_page()
    box = page.get_by_label("Message Gangway")
    box.press_sequentially("/m")
    direct = next(c for c in workspace.world["channels"] if c["id"] == "D0DANA")
    workspace.push("channel", channel=direct | {"unread": {}})
    workspace.say("D0DANA", "later", live=True)
    expect(page.get_by_text("later")).to_be_visible()
    expect(page.get_by_role("option", name="/msp")).to_be_visible()


def test_the_page_works_at_phone_width(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The sidebar is a drawer, nothing scrolls sideways, and choosing a place puts the drawer away."""
    page = open_page()
    page.set_viewport_size({"width": 390, "height": 780})
    menu = page.get_by_role("button", name="Show the sidebar")
    menu.click()
    page.get_by_role("button", name="general").click()
    expect(page.get_by_label("Message #general")).to_be_visible()
    expect(page.get_by_role("button", name="onboarding")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_in_a_low_window_every_channel_can_be_scrolled_to(open_page: Opener) -> None:
    """The sidebar scrolls as a whole, rather than leaving its channels a line or two, and nothing in it is squeezed."""
    page = open_page()
    page.set_viewport_size({"width": 900, "height": 420})
    heights = page.locator(".sidebar").evaluate("bar => [...bar.children].map(each => each.scrollHeight - each.clientHeight)")
    assert max(heights) <= 2
    page.locator(".around a").last.scroll_into_view_if_needed()
    assert page.locator(".sidebar").evaluate("bar => bar.scrollTop") > 0

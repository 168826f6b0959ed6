"""Modals: collecting values, errors where they belong, keeping what was entered, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page.fake_server import FakeWorkspace
from tests.sandbox.page.kit import actions, button, entry, modal, option, section

pytestmark = pytest.mark.browser
Opener = Callable[[], Page]
REGIONS = [option("US"), option("EU"), option("AU")]


def test_a_submission_carries_every_kind_of_input(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The state has each input under block_id and action_id with its own field; untouched ones are empty, not absent."""
    view = modal(
        entry("Name", "plain_text_input", "name"),
        entry("Notes", "plain_text_input", "notes", multiline=True, optional=True),
        entry("Email", "email_text_input", "email"),
        entry("Site", "url_text_input", "site"),
        entry("Days", "number_input", "days", is_decimal_allowed=False),
        entry("Region", "static_select", "region", options=REGIONS),
        entry("Queues", "multi_static_select", "queues", options=REGIONS),
        entry("Approver", "users_select", "approver"),
        entry("Post to", "conversations_select", "post", filter={"include": ["public"]}),
        entry("Start", "datepicker", "start"),
        entry("At", "timepicker", "at"),
        entry("Exactly", "datetimepicker", "exactly"),
        entry("Options", "checkboxes", "options", options=REGIONS, optional=True),
        entry("One of", "radio_buttons", "one", options=REGIONS, initial_option=REGIONS[2]),
    )
    page = open_page()
    workspace.views("view_opened", view)
    dialog = page.get_by_role("dialog", name="Connect Autotask")
    for label, text in {
        "Name": "A <b>name</b>", "Email": "a@b.example", "Site": "https://b.example", "Days": "30",
        "Start": "2026-02-03", "At": "09:30", "Exactly": "2026-02-03T10:00",
    }.items():  # fmt: skip
        dialog.get_by_label(label, exact=True).fill(text)
    for label, choices in {"Region": ["EU"], "Queues": ["US", "AU"], "Approver": ["Omar Haddad"],
                           "Post to": ["#general"]}.items():  # fmt: skip
        dialog.get_by_label(label, exact=True).click()
        for choice in choices:
            page.get_by_role("option", name=choice).click()
        dialog.get_by_label(label, exact=True).press("Escape") if len(choices) > 1 else None
    dialog.get_by_role("button", name="Save").click()
    (body,) = workspace.wait_for("submit")
    assert body["view_id"] == "V1"
    assert {block: value["v"] for block, value in body["state"].items()} == {
        "name": {"type": "plain_text_input", "value": "A <b>name</b>"},
        "notes": {"type": "plain_text_input", "value": None},
        "email": {"type": "email_text_input", "value": "a@b.example"},
        "site": {"type": "url_text_input", "value": "https://b.example"},
        "days": {"type": "number_input", "value": "30"},
        "region": {"type": "static_select", "selected_option": REGIONS[1]},
        "queues": {"type": "multi_static_select", "selected_options": [REGIONS[0], REGIONS[2]]},
        "approver": {"type": "users_select", "selected_user": "U0OMAR"},
        "post": {"type": "conversations_select", "selected_conversation": "C0GEN"},
        "start": {"type": "datepicker", "selected_date": "2026-02-03"},
        "at": {"type": "timepicker", "selected_time": "09:30"},
        "exactly": {"type": "datetimepicker", "selected_date_time": 1770112800},
        "options": {"type": "checkboxes", "selected_options": []},
        "one": {"type": "radio_buttons", "selected_option": REGIONS[2]},
    }


def test_required_fields_are_asked_for_before_anything_is_sent(workspace: FakeWorkspace, open_page: Opener) -> None:
    """An empty required field is named under itself, gets the focus, and nothing is submitted."""
    page = open_page()
    key, region = entry("Key", "plain_text_input", "key"), entry("Region", "static_select", "r", options=REGIONS)
    workspace.views("view_opened", modal(key, region))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-block-id=key] .field-error")).to_have_text("Please complete this required field.")
    expect(page.locator("[data-block-id=r] .field-error")).to_be_visible()
    expect(page.get_by_label("Key")).to_be_focused()
    page.get_by_label("Key").fill("k")
    expect(page.locator("[data-block-id=key] .field-error")).to_have_count(0)
    assert workspace.bodies("submit") == []


def test_the_bots_errors_stand_under_their_fields(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Errors of an answer are shown at the block they name; one that names no field is still told."""
    workspace.answers["submit"] = {"ok": False, "errors": {"key": "Autotask does not know it.", "gone": "Also this."}}
    page = open_page()
    workspace.views("view_opened", modal(entry("Key", "plain_text_input", "key")))
    page.get_by_label("Key").fill("k")
    page.get_by_label("Key").press("Enter")
    expect(page.locator("[data-block-id=key] .field-error")).to_have_text("Autotask does not know it.")
    expect(page.get_by_label("Key")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").filter(has_text="Also this.")).to_be_visible()


def test_trouble_is_told_and_the_entries_stay(workspace: FakeWorkspace, open_page: Opener) -> None:
    """When the bot gives no answer, Slack's sentence appears, and one can try again with what was entered."""
    sentence = "We had some trouble connecting. Try again?"
    workspace.answers["submit"] = {"ok": False, "problem": sentence}
    page = open_page()
    workspace.views("view_opened", modal(entry("Key", "plain_text_input", "key")))
    page.get_by_label("Key").fill("kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    expect(page.get_by_label("Key")).to_have_value("kept")


def test_an_update_keeps_values_whose_ids_persist(workspace: FakeWorkspace, open_page: Opener) -> None:
    """As in Slack: same block_id and action_id keep the entry and the focus, a new block_id starts afresh."""
    page = open_page()
    first = modal(entry("Key", "plain_text_input", "key"), entry("Name", "plain_text_input", "name"))
    workspace.views("view_opened", first)
    page.get_by_label("Name").fill("forgotten")
    page.get_by_label("Key").fill("kept")
    workspace.views("view_updated", modal(
        section("Connected"), entry("Key", "plain_text_input", "key", initial_value="other"),
        entry("Name", "plain_text_input", "name-2", initial_value="fresh")))  # fmt: skip
    expect(page.get_by_text("Connected")).to_be_visible()
    expect(page.get_by_label("Key")).to_have_value("kept")
    expect(page.get_by_label("Key")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("fresh")


def test_an_update_leaves_the_reader_where_they_were(workspace: FakeWorkspace, open_page: Opener) -> None:
    """A pressed button that is gone with the update takes the focus away, but nothing of a long view scrolls back."""
    page = open_page()
    lines = [section(f"Line {number}", f"line{number}", accessory=button("Confirm", f"confirm{number}")) for number in range(40)]
    search = entry("Search", "plain_text_input", "search")
    workspace.views("view_opened", modal(search, *lines))
    page.get_by_role("button", name="Confirm").last.click()
    body = page.locator(".modal-body")
    before = body.evaluate("body => body.scrollTop")
    workspace.views("view_updated", modal(search, *lines[:-1]))
    expect(page.get_by_role("button", name="Confirm")).to_have_count(39)
    expect(page.get_by_label("Search")).to_be_focused()
    assert body.evaluate("body => body.scrollTop") > before - 100 > 0


def test_a_stack_shows_its_top_and_keeps_what_is_below(workspace: FakeWorkspace, open_page: Opener) -> None:
    """A pushed view covers the first; Cancel asks for its own closing, and the first still has its entries."""
    page = open_page()
    low = modal(entry("Key", "plain_text_input", "key"))
    workspace.views("view_opened", low)
    page.get_by_label("Key").fill("kept")
    workspace.views("view_pushed", low, modal(section("Sure?"), view_id="V2", title="Check"))
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.get_by_role("dialog", name="Check").get_by_role("button", name="Cancel").click()
    assert workspace.wait_for("close") == [{"user": "U0DANA", "view_id": "V2"}]
    workspace.views("view_closed", low)
    expect(page.get_by_role("dialog", name="Connect Autotask").get_by_label("Key")).to_have_value("kept")


@pytest.mark.parametrize("way", ["Escape", "x", "Cancel"])
def test_there_are_three_ways_out(workspace: FakeWorkspace, open_page: Opener, way: str) -> None:
    """Esc, the X and Cancel all ask the server to close; the dialog goes when the server says so."""
    page = open_page()
    workspace.views("view_opened", modal(entry("Key", "plain_text_input", "key")))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog.get_by_role("button", name="Dismiss dialog" if way == "x" else "Cancel").click()
    assert workspace.wait_for("close") == [{"user": "U0DANA", "view_id": "V1"}]
    workspace.views("view_closed")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Message Gangway")).to_be_focused()


def test_escape_closes_an_open_list_before_the_dialog(workspace: FakeWorkspace, open_page: Opener) -> None:
    """The first Esc belongs to the list of choices."""
    page = open_page()
    workspace.views("view_opened", modal(entry("Region", "static_select", "r", options=REGIONS)))
    page.get_by_label("Region").click()
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert workspace.bodies("close") == []


def test_tab_stays_inside_the_dialog(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Going on with Tab from the last control leads to the first one of the dialog."""
    page = open_page()
    workspace.views("view_opened", modal(entry("Key", "plain_text_input", "key")))
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Dismiss dialog")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()


def test_a_button_in_a_modal_sends_the_current_state(workspace: FakeWorkspace, open_page: Opener) -> None:
    """“Test connection” knows what has been typed so far, and a dispatching input tells on Enter."""
    page = open_page()
    key = entry("Key", "plain_text_input", "key", dispatch_action=True)
    workspace.views("view_opened", modal(key, actions(button("Test connection", "test"))))
    page.get_by_label("Key").fill("abc")
    page.get_by_role("button", name="Test connection").click()
    (body,) = workspace.wait_for("action")
    assert body["container"] == {"type": "view", "view_id": "V1"}
    assert body["state"] == {"key": {"v": {"type": "plain_text_input", "value": "abc"}}}
    page.get_by_label("Key").press("Enter")
    assert workspace.wait_for("action", 2)[1]["action"] == {"type": "plain_text_input", "value": "abc"}
    assert workspace.bodies("submit") == []


def test_the_home_tab_opens_and_follows_updates(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Home is asked for when it is opened, shows the view, and changes without a reload."""
    page = open_page()
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("has not put anything here yet")).to_be_visible()
    workspace.push("home", view={"id": "VH", "type": "home", "blocks": [section("Two approvals wait")]})
    expect(page.get_by_text("Two approvals wait")).to_be_visible()
    expect(page).to_have_title(re.compile("Home"))
    assert workspace.bodies("home") == [{"user": "U0DANA"}]

"""Block Kit on the page: what every block and element looks like and what a press sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.page.fake_server import FakeWorkspace, Json
from tests.sandbox.page.kit import actions, button, md, option, plain, section

pytestmark = pytest.mark.browser
Opener = Callable[[], Page]


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def test_every_layout_block_is_shown(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Sections, fields, headers, contexts, pictures, tables, rich text and Markdown all appear with their words."""
    dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    rich = {
        "type": "rich_text", "block_id": "rich", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "rich bold", "style": {"bold": True}},
                {"type": "user", "user_id": "U0OMAR"},
                {"type": "link", "url": "https://example.com/r", "text": "rich link"}]},
            {"type": "rich_text_list", "style": "ordered", "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich item"}]}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "rich code"}]}]}  # fmt: skip
    workspace.say("D0DANA", "fallback words", [
        {"type": "header", "block_id": "h", "text": plain("A header :tada:")},
        section("A section", fields=[md("*Field one*"), plain("Field two")], accessory={
            "type": "image", "image_url": dot, "alt_text": "a dot"}),
        {"type": "divider", "block_id": "d"},
        {"type": "context", "block_id": "c", "elements": [md("Some context")]},
        {"type": "image", "block_id": "i", "image_url": "https://pictures.example/x.png", "alt_text": "A floor plan"},
        {"type": "table", "block_id": "t", "rows": [[cell("Company"), cell("Sites")], [cell("Contoso"), cell("4")]]},
        {"type": "markdown", "block_id": "m", "text": "## Heading\n\n- **one**\n- [two](https://example.com/m)\n"},
        rich,
        {"type": "brand_new", "block_id": "n"},
    ])  # fmt: skip
    page = open_page()
    article = page.get_by_role("article")
    expect(article.get_by_role("heading", name="A header 🎉")).to_be_visible()
    expect(article.locator(".fields .text")).to_have_text(["Field one", "Field two"])
    expect(article.get_by_role("img", name="a dot")).to_be_visible()
    expect(article.locator("hr")).to_have_count(1)
    expect(article.locator(".context")).to_have_text("Some context")
    expect(article.get_by_text("A floor plan")).to_be_visible()
    expect(article.get_by_role("columnheader", name="Company")).to_be_visible()
    expect(article.get_by_role("cell", name="Contoso")).to_be_visible()
    expect(article.get_by_role("heading", name="Heading")).to_be_visible()
    expect(article.locator(".md li strong")).to_have_text("one")
    expect(article.get_by_role("link", name="rich link")).to_have_attribute("href", "https://example.com/r")
    expect(article.locator("ol li")).to_have_text("rich item")
    expect(article.locator("pre")).to_have_text("rich code")
    expect(article.get_by_text("brand_new")).to_be_visible()
    expect(article.get_by_text("fallback words")).to_have_count(0)


def test_a_press_is_sent_and_a_problem_is_told_beside_it(workspace: FakeWorkspace, open_page: Opener) -> None:
    """A button sends its action with the message as container; when the bot fails, a sentence stands under it."""
    message = workspace.say("D0DANA", "preview", [actions(button("Approve", "yes", style="primary"))])
    workspace.answers["action"] = {"ok": False, "problem": "The bot did not answer in time."}
    page = open_page()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_have_text("The bot did not answer in time.")
    assert workspace.bodies("action") == [{
        "user": "U0DANA", "container": {"type": "message", "channel": "D0DANA", "ts": message["ts"]},
        "block_id": "actions", "action_id": "yes", "action": {"type": "button"}, "state": {},
    }]  # fmt: skip


def test_a_button_shows_that_it_waits(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Until the answer is there the button says it is busy; afterwards it does not."""
    import threading

    gate = threading.Event()

    def slow(_: Json) -> Json:
        gate.wait(10)
        return {"ok": True}

    workspace.say("D0DANA", "preview", [actions(button("Approve"))])
    workspace.answers["action"] = slow
    page = open_page()
    approve = page.get_by_role("button", name="Approve")
    approve.click()
    expect(approve).to_have_attribute("aria-busy", "true")
    gate.set()
    expect(approve).not_to_have_attribute("aria-busy", "true")


def test_a_confirm_dialog_stands_before_the_action(workspace: FakeWorkspace, open_page: Opener) -> None:
    """With a confirm object nothing is sent until the person agrees, and nothing at all when they do not."""
    confirm = {"title": plain("Suspend?"), "text": md("*Grace* loses access."), "confirm": plain("Suspend her"),
               "deny": plain("Keep"), "style": "danger"}  # fmt: skip
    workspace.say("D0DANA", "x", [actions(button("Suspend", confirm=confirm))])
    page = open_page()
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("dialog", name="Suspend?").get_by_role("button", name="Keep").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert workspace.bodies("action") == []
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend her").click()
    workspace.wait_for("action")


def test_selects_and_menus_send_what_was_chosen(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Each kind of choice in a message sends its own field of the payload."""
    roles = [option("Admin"), option("Technician")]
    workspace.say("D0DANA", "x", [
        actions(
            {"type": "static_select", "action_id": "role", "placeholder": plain("Role"), "options": roles},
            {"type": "users_select", "action_id": "who", "placeholder": plain("Person")},
            {"type": "channels_select", "action_id": "where", "placeholder": plain("Channel")},
            {"type": "overflow", "action_id": "more", "options": [option("Export")]},
            {"type": "radio_buttons", "action_id": "radio", "options": roles},
            {"type": "datepicker", "action_id": "day"},
        ),
        section("Which?", "which", accessory={"type": "checkboxes", "action_id": "box", "options": roles}),
    ])  # fmt: skip
    page = open_page()
    for label, choice in (("Role", "Technician"), ("Person", "Omar Haddad"), ("Channel", "#onboarding")):
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=choice).click()
    page.get_by_role("button", name="More choices").click()
    page.get_by_role("menuitem", name="Export").click()
    page.get_by_role("radio", name="Admin").check()
    page.get_by_role("checkbox", name="Technician").check()
    page.locator("input[type=date]").fill("2026-02-03")
    sent = {body["action_id"]: body["action"] for body in workspace.wait_for("action", 7)}
    assert sent["role"] == {"type": "static_select", "selected_option": roles[1]}
    assert sent["who"] == {"type": "users_select", "selected_user": "U0OMAR"}
    assert sent["where"] == {"type": "channels_select", "selected_channel": "C0ONB"}
    assert sent["more"] == {"type": "overflow", "selected_option": option("Export")}
    assert sent["radio"] == {"type": "radio_buttons", "selected_option": roles[0]}
    assert sent["box"] == {"type": "checkboxes", "selected_options": [roles[1]]}
    assert sent["day"] == {"type": "datepicker", "selected_date": "2026-02-03"}


def test_an_external_select_searches_as_one_types(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Nothing is asked below min_query_length; a thousand answers are shown, and arrows and Enter choose."""
    companies = [option(f"Company {n:04}", f"c{n}") for n in range(1000)]
    workspace.answers["options"] = lambda body: {
        "options": [o for o in companies if body["value"] in o["text"]["text"]]
    }
    select = {"type": "external_select", "action_id": "company", "placeholder": plain("Company"), "min_query_length": 2}
    workspace.say("D0DANA", "x", [actions(select)])
    page = open_page()
    box = page.get_by_role("combobox", name="Company")
    box.click()
    expect(page.get_by_text("Type at least 2 letters")).to_be_visible()
    assert workspace.bodies("options") == []
    box.fill("Company")
    expect(page.get_by_role("option")).to_have_count(1000)
    box.fill("Company 004")
    expect(page.get_by_role("option")).to_have_count(10)
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Company 0042")
    (body,) = workspace.wait_for("action")
    assert body["action"]["selected_option"]["value"] == "c42"
    assert workspace.bodies("options")[-1]["container"]["type"] == "message"


def test_option_groups_keep_their_headings(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Grouped options stand under their group's label, and a group without a hit goes away while typing."""
    groups = [
        {"label": plain("Staff"), "options": [option("Dana")]},
        {"label": plain("Guests"), "options": [option("Lee")]},
    ]
    workspace.say("D0DANA", "x", [actions(
        {"type": "static_select", "action_id": "a", "placeholder": plain("Who"), "option_groups": groups})])  # fmt: skip
    page = open_page()
    box = page.get_by_role("combobox", name="Who")
    box.click()
    expect(page.get_by_role("group", name="Guests").get_by_role("option")).to_have_text("Lee")
    box.fill("dan")
    expect(page.get_by_role("option")).to_have_text(["Dana"])

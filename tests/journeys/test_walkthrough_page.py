"""The README's walk-through, done by hand: a person in a browser, the whole town behind the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from sandbox.town import Town
from tests.browser import browser, page_context

__all__ = ["browser", "page_context"]
pytestmark = [pytest.mark.browser, pytest.mark.process]

SOON = 30_000  # milliseconds until something has to be seen


class Walk:
    """One person at the page."""

    def __init__(self, town: Town, context: BrowserContext) -> None:
        self.town, self.context = town, context
        context.set_default_timeout(SOON)
        expect.set_options(timeout=SOON)
        self.page = context.new_page()
        self.page.goto(town.workspace.page_url)
        expect(self.page.locator("#app")).to_have_attribute("data-ready", "true")

    def type(self, words: str) -> None:
        """Into the message box, once no dialog is in the way."""
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        box = self.page.get_by_role("textbox", name="Message")
        box.fill(words)
        box.press("Enter")

    def dialog(self, title: str) -> Locator:
        found = self.page.get_by_role("dialog", name=title, exact=True)
        expect(found).to_be_visible()
        return found

    def message(self, *words: str) -> Locator:
        """The newest message that holds all these words."""
        found = self.page.get_by_role("article")
        for word in words:
            found = found.filter(has_text=word)
        expect(found.last).to_be_visible()
        return found.last

    def press(self, where: Locator, button: str) -> None:
        where.get_by_role("button", name=button, exact=True).first.click()

    def beside(self, link: str) -> Page:
        """A page that the sidebar links to: the mailbox or a stand-in."""
        with self.context.expect_page() as opened:
            self.page.get_by_role("link", name=link).click()
        return opened.value


@pytest.fixture
def walk(tmp_path: Path, page_context: BrowserContext) -> Iterator[Walk]:
    with Town(home=tmp_path / "home", log=tmp_path / "bot.log") as town:
        yield Walk(town, page_context)
        page_context.close()


def connect_autotask(walk: Walk) -> None:
    keys = walk.beside("Autotask PSA (stand-in)")
    walk.page.bring_to_front()
    walk.page.get_by_role("button", name="onboarding").click()
    walk.type("/msp connect autotask")
    form = walk.dialog("Connect Autotask PSA")
    for label in ("API username", "API secret", "API tracking identifier"):
        form.get_by_label(label).fill(shown_at(keys, label))
    walk.press(form, "Test connection")
    expect(form.get_by_text("Nothing is kept yet")).to_be_visible()
    walk.press(form, "Save")
    walk.press(walk.dialog("Connected"), "Close")


def shown_at(stand_in: Page, label: str) -> str:
    """A key, as the stand-in's page shows it."""
    return stand_in.get_by_role("row", name=label).locator("code").first.inner_text()


def import_companies(walk: Walk) -> None:
    walk.type("/msp import companies")
    preview = walk.message("Import companies from Autotask PSA", "30 new", "8 held", "3 conflict")
    walk.press(preview, "Approve")
    done = walk.message("Import companies from Autotask PSA", "Done.", "5 companies need a domain")
    walk.press(done, "Add all domains")
    form = walk.dialog("Add domains")
    form.get_by_label("Margie's Travel").fill("margies-travel.example")
    walk.press(form, "Save")
    walk.message("Import companies from Autotask PSA", "4 companies need a domain")


def connect_itglue_and_map(walk: Walk) -> None:
    keys = walk.beside("IT Glue (stand-in)")
    walk.page.bring_to_front()
    walk.type("/msp connect itglue")
    form = walk.dialog("Connect IT Glue")
    form.get_by_label("Region").click()
    walk.page.get_by_role("option", name="US").click()
    form.get_by_label("API key").fill(shown_at(keys, "API key"))
    walk.press(form, "Save")
    walk.press(walk.dialog("Connected"), "Map companies")
    table = walk.dialog("Map companies")
    for mapped in range(3):
        expect(table.get_by_text(f"{mapped} mapped")).to_be_visible()
        walk.press(table, "Confirm")
    expect(table.get_by_text("3 mapped")).to_be_visible()
    table.get_by_role("button", name="Confirm all").click()
    walk.press(walk.page.get_by_role("dialog", name="Confirm"), "Confirm all")
    expect(table.get_by_text("companies were mapped")).to_be_visible()
    walk.press(table, "Done")


def import_users(walk: Walk) -> None:
    walk.type("/msp import users contoso from autotask")
    preview = walk.message("Import users into Contoso Ltd. from Autotask PSA", "19 new", "an invitation by mail")
    walk.press(preview, "Approve")
    walk.message("Import users into Contoso Ltd. from Autotask PSA", "Done.", "19 people imported")


def post_digest(walk: Walk) -> None:
    walk.type("/msp digest")
    form = walk.dialog("Digest")
    walk.press(form, "Post now")
    walk.message("Digest", "Invitation pending", "Companies that need a domain")
    walk.press(form, "Save")
    walk.message("gets a digest Mon–Fri at 09:00")


def join(walk: Walk) -> None:
    walk.town.mailbox.wait_for("ada.abbott@contoso.example")
    mails = walk.beside("Mailbox")
    mails.get_by_role("row", name="ada.abbott@contoso.example").get_by_role("link").click()
    expect(mails.get_by_text("Olivia Owens of Northwind IT invites you to join Contoso Ltd.").first).to_be_visible()
    link = mails.get_by_role("link", name="/join/").first.get_attribute("href")
    assert link
    mails.goto(link)
    mails.get_by_role("button", name="Accept invitation").click()
    expect(mails.get_by_role("heading", name="You have joined Contoso Ltd.")).to_be_visible()


def see_who_joined(walk: Walk) -> None:
    walk.page.bring_to_front()
    walk.message("Digest", "1 accepted", "Ada Abbott")  # the posted digest has followed by itself
    walk.type("/msp users contoso")
    listed = walk.message("People of Contoso Ltd.", "Ada Abbott", "Accepted", "Invitation pending")
    walk.press(listed, "Open card")
    card = walk.dialog("Person")
    expect(card.get_by_role("button", name="Re-invite")).to_be_visible()
    walk.press(card, "Close")
    walk.page.get_by_role("button", name="Home").click()
    for words in ("Autotask PSA", "IT Glue", "Last imports", "Mon–Fri at 09:00"):
        expect(walk.page.locator("#main").get_by_text(words).first).to_be_visible()


def test_the_walk_through_of_the_readme(walk: Walk) -> None:
    """From the first look at the page to somebody's acceptance, by typing and pressing what the README says."""
    connect_autotask(walk)
    import_companies(walk)
    connect_itglue_and_map(walk)
    import_users(walk)
    post_digest(walk)
    join(walk)
    see_who_joined(walk)

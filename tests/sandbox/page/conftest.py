"""The page, served by a scripted workspace, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.browser import browser, page_context
from tests.sandbox.page.fake_server import FakeWorkspace, Running

__all__ = ["browser", "page_context"]

expect.set_options(timeout=10_000)


@pytest.fixture
def workspace() -> FakeWorkspace:
    return FakeWorkspace()


@pytest.fixture
def open_page(workspace: FakeWorkspace, page_context: BrowserContext) -> Iterator[Callable[[], Page]]:
    """Opens the page; at the end no script error and no breach of the content policy may have happened."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    with Running(workspace) as server:

        def opener() -> Page:
            page = page_context.new_page()
            page.on("console", note)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(server.url)
            expect(page.locator("#app")).to_have_attribute("data-ready", "true")
            workspace.wait_for_stream()
            return page

        yield opener
        page_context.close()
    assert complaints == []

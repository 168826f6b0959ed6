"""A real Chromium for the tests that drive the page.

Playwright's own browser download is not used: the tests take the Chromium or Chrome of the machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "No Chromium was found: install the package “chromium” on Debian, “chromium-browser” on Ubuntu or “chromium” on "
    "Fedora, or run “brew install --cask google-chrome” on macOS and put it on the PATH; to go without, add "
    "-m “not browser”."
)


def chromium_path() -> str | None:
    """Where the browser is, if there is one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless Chromium."""
    path = chromium_path()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module. Not one a session: Playwright keeps an event loop running, in which others' tests would stand."""
    if chromium_path() is None:
        pytest.fail(MISSING)
    with chromium() as running:
        yield running


@pytest.fixture
def page_context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: own cookies, own storage."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(10_000)
    yield context
    context.close()

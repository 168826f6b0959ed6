"""How texts become what is read: formatting as Slack writes it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.sandbox.page.fake_server import FakeWorkspace
from tests.sandbox.page.kit import md, section

pytestmark = pytest.mark.browser
Opener = Callable[[], Page]


def shown(workspace: FakeWorkspace, open_page: Opener, text: str) -> Locator:
    """The message that a text becomes."""
    message = workspace.say("D0DANA", text)
    page = open_page()
    return page.locator(f'article[data-ts="{message["ts"]}"]')


@pytest.mark.parametrize(
    ("text", "selector", "words"),
    [
        ("a *bold* word", "strong", "bold"),
        ("an _italic_ word", "em", "italic"),
        ("a ~gone~ word", "s", "gone"),
        ("a `code *not bold*` word", "code", "code *not bold*"),
        ("```\none\n  two *x*\n```", "pre code", "one\n  two *x*"),
        ("&gt; quoted\nnot", "blockquote", "quoted"),
        ("• first\n• second", "li >> nth=1", "second"),
        ("3. third\n4. fourth", "ol[start='3'] >> li >> nth=1", "fourth"),
        ("<https://example.com/a?b=1&amp;c=2|the page>", "a[href='https://example.com/a?b=1&c=2']", "the page"),
        ("<mailto:a@b.example|write>", "a[href='mailto:a@b.example']", "write"),
        ("see https://example.com/x.", "a[href='https://example.com/x']", "https://example.com/x"),
        ("ask <@U0OMAR>", ".mention", "@Omar Haddad"),
        ("in <#C0ONB>", ".mention", "#onboarding"),
        ("<!channel>", ".mention", "@channel"),
        ("<!date^0^{date_num}|then>", "time[datetime='1970-01-01T00:00:00.000Z']", "1970-01-01"),
        ("<!date^nonsense^{date}|then>", ".text time", "then"),
        ("done :white_check_mark:", ".emoji[aria-label='white check mark']", "✅"),
        ("*bold with <https://example.com|a link>*", "strong a", "a link"),
        ("*Marketing \u2060*\u2060Bold\u2060*\u2060 Ideas*", "strong", "Marketing \u2060*\u2060Bold\u2060*\u2060 Ideas"),
    ],
)
def test_slack_formatting_is_shown(
    workspace: FakeWorkspace, open_page: Opener, text: str, selector: str, words: str
) -> None:
    """Each construct of Slack's mrkdwn becomes its element with its words."""
    expect(shown(workspace, open_page, text).locator(".message-main").locator(selector)).to_have_text(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("<javascript:alert(1)|click>", "<javascript:alert(1)|click>"),
        ("<data:text/html,x|click>", "<data:text/html,x|click>"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("&lt;!channel&gt; &amp;amp; &lt;b&gt;", "<!channel> &amp; <b>"),
        ("</div><script>alert(1)</script>", "</div><script>alert(1)</script>"),
        (":no_such_emoji:", ":no_such_emoji:"),
        ("* not bold * and _ not _", "* not bold * and _ not _"),
        ("שלום *עולם*", "שלום עולם"),
    ],
)
def test_everything_else_stays_text(workspace: FakeWorkspace, open_page: Opener, text: str, words: str) -> None:
    """Hostile or half-finished markup is read as it was written, and makes no elements."""
    message = shown(workspace, open_page, text)
    expect(message.locator(".text")).to_have_text(words)
    expect(message.locator("img, script, a")).to_have_count(0)


def test_hostile_names_stay_text_everywhere(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Names of people, channels, buttons and the workspace itself are never markup."""
    nasty = "<img src=x onerror=document.title='owned'>"
    workspace.world["team"]["name"] = nasty
    workspace.world["users"][1]["real_name"] = nasty
    workspace.world["channels"][0]["topic"] = nasty
    workspace.world["links"][0] = {"label": nasty, "url": "javascript:alert(1)"}
    workspace.say("C0GEN", nasty, user="U0OMAR")
    workspace.say("C0GEN", "x", [section(nasty, fields=[md(nasty)])])
    page = open_page()
    page.get_by_role("button", name="general").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator("img")).to_have_count(0)
    expect(page.locator("a[href^='javascript']")).to_have_count(0)
    assert "owned" not in page.title().replace(nasty, "")


def test_a_long_hostile_text_does_not_hang_the_page(workspace: FakeWorkspace, open_page: Opener) -> None:
    """Thousands of opening marks without a closing one are shown at once."""
    message = shown(workspace, open_page, " ".join(["*a _b ~c <d"] * 3000))
    expect(message).to_contain_text("*a _b ~c <d")

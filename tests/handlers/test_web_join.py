"""The pages of an invitation's link, asked as a browser, a mail scanner and a guesser would."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from domain.errors import TryLater
from domain.invitation import Door
from flows.invitations import Welcome
from handlers.web.app import site
from handlers.web.join import PER_ADDRESS, PER_LINK, Doors
from handlers.web.limits import REMEMBERED, Limit

TOKEN = "Zm9vYmFyYmF6LXF1eC0xMjM0NTY3ODkw"
NAMES = {
    "person_name": "Mia Huber",
    "company_name": "Contoso GmbH",
    "invited_by": "Tom Ray",
    "msp_name": "Harbour IT",
}


@dataclass
class Invited:
    """One invitation behind a link, with a count of what was asked of it."""

    door: Door = Door.OPEN
    opened: int = 0
    accepted: int = 0
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))

    def open_link(self, token: str) -> Welcome:
        self.opened += 1
        return Welcome(self.door if token == TOKEN else Door.UNKNOWN, **self.names)

    def accept(self, token: str) -> Welcome:
        if self.door is Door.OPEN:
            self.accepted += 1
            self.door = Door.ACCEPTED
        return self.open_link(token)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def browse(
    invited: Invited,
    *requests: tuple[str, str],
    clock: Clock | None = None,
    ready: Callable[[], list[str]] = list,
) -> list[httpx.Response]:
    return visit(site(Doors(invited.open_link, invited.accept), ready, clock or Clock()), *requests)


def visit(app: Starlette, *requests: tuple[str, str]) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gangway.test") as client:
            return [await client.request(method, path) for method, path in requests]

    return asyncio.run(ask())


def test_the_page_names_company_inviter_and_provider_and_has_the_button() -> None:
    [page] = browse(Invited(), ("GET", f"/join/{TOKEN}"))
    assert page.status_code == 200
    for words in ("Contoso GmbH", "Tom Ray", "Harbour IT", "Accept invitation", '<form method="post">'):
        assert words in page.text


def test_looking_never_accepts() -> None:
    invited = Invited()
    get, head, options = browse(invited, *[(method, f"/join/{TOKEN}") for method in ("GET", "HEAD", "OPTIONS")])
    assert (get.status_code, head.status_code, options.status_code) == (200, 200, 405)
    assert invited.accepted == 0


def test_the_button_accepts_once_however_often_it_is_pressed() -> None:
    invited = Invited()
    first, second, later = browse(
        invited, ("POST", f"/join/{TOKEN}"), ("POST", f"/join/{TOKEN}"), ("GET", f"/join/{TOKEN}")
    )
    assert invited.accepted == 1
    assert "You have joined Contoso GmbH" in first.text
    assert "You have joined Contoso GmbH" in second.text
    assert "accepted already" in later.text
    assert "<form" not in later.text


@pytest.mark.parametrize(
    ("door", "status", "words"),
    [
        (Door.UNKNOWN, 404, "not an invitation"),
        (Door.REPLACED, 410, "newer invitation"),
        (Door.EXPIRED, 410, "has expired"),
        (Door.UNINVITED, 410, "was withdrawn"),
        (Door.ACCEPTED, 200, "Accepted already"),
    ],
)
@pytest.mark.parametrize("names", [NAMES, {}])
def test_every_closed_door_says_so_and_offers_no_button(
    door: Door, status: int, words: str, names: dict[str, str]
) -> None:
    [page] = browse(Invited(door, names=dict(names)), ("GET", f"/join/{TOKEN}"))
    assert page.status_code == status
    assert words.casefold() in page.text.casefold()
    assert "<form" not in page.text


def test_an_unknown_link_tells_nobody_s_name() -> None:
    [page] = browse(Invited(), ("GET", f"/join/{TOKEN[:-1]}"))
    assert page.status_code == 404
    assert not any(name in page.text for name in NAMES.values())


def test_what_cannot_be_a_token_is_not_even_looked_up() -> None:
    invited = Invited()
    pages = browse(invited, ("GET", "/join/%3Cscript%3E"), ("POST", "/join/" + "a" * 201), ("GET", "/join/x"))
    assert [page.status_code for page in pages] == [404, 404, 404]
    assert invited.opened == 0


def test_names_from_a_source_cannot_write_the_page() -> None:
    hostile = dict.fromkeys(NAMES, '"><script>alert(1)</script>\u202e😀')
    [page] = browse(Invited(names=hostile), ("GET", f"/join/{TOKEN}"))
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    "path", [f"/join/{TOKEN}", "/join/x", "/join-help", "/style.css", "/healthz", "/readyz", "/nothing"]
)
def test_every_answer_keeps_to_itself(path: str) -> None:
    [page] = browse(Invited(), ("GET", path))
    policy = page.headers["content-security-policy"]
    for rule in ("default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_failing_flow_is_told_without_its_insides_and_with_the_headers() -> None:
    def broken(_token: str) -> Welcome:
        raise RuntimeError("select * from invitation")

    [page] = visit(site(Doors(broken, broken), list, Clock()), ("GET", f"/join/{TOKEN}"))
    assert page.status_code == 500
    assert "select" not in page.text
    assert TOKEN not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_busy_store_asks_to_come_back() -> None:
    def busy(_token: str) -> Welcome:
        raise TryLater("The database is being moved. Try again in a minute.")

    [page] = visit(site(Doors(busy, busy), list, Clock()), ("POST", f"/join/{TOKEN}"))
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "being moved" in page.text


def test_one_link_may_be_asked_for_only_so_often() -> None:
    clock = Clock()
    most, window = PER_LINK
    invited = Invited()
    pages = browse(invited, *[("GET", f"/join/{TOKEN}")] * (most + 1), clock=clock)
    assert {page.status_code for page in pages[:-1]} == {200}
    assert pages[-1].status_code == 429
    assert pages[-1].headers["retry-after"] == str(int(window.total_seconds()))
    assert invited.opened == most


def test_one_address_may_try_only_so_many_links() -> None:
    most, _ = PER_ADDRESS
    pages = browse(Invited(), *[("GET", f"/join/guess-{number:08}") for number in range(most + 1)])
    assert [page.status_code for page in pages].count(429) == 1


def test_a_limit_opens_again_with_time() -> None:
    clock = Clock()
    limit = Limit(clock, most=2, window=timedelta(seconds=60))
    assert [limit.wait("a"), limit.wait("a"), limit.wait("b")] == [0, 0, 0]
    clock.now += timedelta(seconds=45)
    assert limit.wait("a") == 15
    clock.now += timedelta(seconds=15)
    assert limit.wait("a") == 0


def test_a_limit_stays_small_whatever_is_sent() -> None:
    limit = Limit(Clock(), most=1, window=timedelta(seconds=60))
    for number in range(REMEMBERED + 50):
        limit.wait(str(number))
    assert len(limit) == REMEMBERED


def test_the_guide_leads_through_joining() -> None:
    [page] = browse(Invited(), ("GET", "/join-help"))
    assert page.status_code == 200
    for words in ("Find the mail", "Open the link", "Accept invitation", "has expired", "7 days"):
        assert words in page.text


def test_health_says_alive_and_names_what_is_not_ready() -> None:
    alive, ready = browse(Invited(), ("GET", "/healthz"), ("GET", "/readyz"))
    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "not_ready": []})
    [waiting] = browse(Invited(), ("GET", "/readyz"), ready=lambda: ["database", "Slack"])
    assert waiting.status_code == 503
    assert waiting.json() == {"ready": False, "not_ready": ["database", "Slack"]}

"""The page that shows a secret once, asked as a person, a link preview, a guesser and twenty impatient clicks would."""

import asyncio
import dataclasses
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from domain.errors import NotAllowed
from domain.roles import Role
from domain.secret import Entry, Secret
from flows import companies, onetime, private, settings, vault
from flows.vault import Draft
from handlers.web.app import pages
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.handlers.browsing import browse
from tests.handlers.samples import HOSTILE

PASSWORD = "canary-pa55<&>word"
NOTES = "canary-notes\n second line"
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
FIELD = "canary-field"


@pytest.fixture
def quick(quick_store: Store) -> Bench:
    return bench(quick_store)


def entry_with(made: Bench, secret: Secret | None = None, name: str = "Firewall") -> Entry:
    entry = vault.add(made.context, made.admin, "own", Draft(name, "root", "https://fw.example", "Network/Core")).entry
    with made.store.write() as work:
        work.entries.put(entry, secret or Secret(PASSWORD, NOTES, SEED, {"PIN": FIELD}))
    return entry


def link(made: Bench, entry: Entry, part: str = vault.ALL) -> str:
    return vault.reveal_link(made.context, made.admin, entry.id, part)


def test_opening_shows_what_it_is_and_uses_nothing_up(quick: Bench) -> None:
    address = link(quick, entry_with(quick))
    pages = browse(quick.context, ("HEAD", address), ("GET", address), ("GET", address), ("OPTIONS", address))
    assert [page.status_code for page in pages] == [200, 200, 200, 405]
    assert "Firewall" in pages[1].text
    assert "Show it once" in pages[1].text
    assert "canary" not in "".join(page.text for page in pages)
    [shown] = browse(quick.context, ("POST", address))
    assert "canary-pa55&lt;&amp;&gt;word" in shown.text


def test_pressing_shows_everything_once_and_never_the_seed(quick: Bench) -> None:
    address = link(quick, entry_with(quick))
    shown, again, later = browse(quick.context, ("POST", address), ("POST", address), ("GET", address))
    assert shown.status_code == 200
    for words in ("canary-notes", "PIN", FIELD, "One-time code", "seconds"):
        assert words in shown.text
    assert SEED not in shown.text
    assert (again.status_code, later.status_code) == (410, 410)
    assert "used already" in again.text
    assert "canary" not in again.text + later.text


def test_the_code_alone_shows_no_password(quick: Bench) -> None:
    address = link(quick, entry_with(quick), vault.CODE)
    [shown] = browse(quick.context, ("POST", address))
    assert "One-time code" in shown.text
    assert "canary" not in shown.text


def test_a_seed_that_gives_no_code_is_said(quick: Bench) -> None:
    address = link(quick, entry_with(quick, Secret(PASSWORD, otp_seed="no seed at all!")))
    [shown] = browse(quick.context, ("POST", address))
    assert "cannot be read" in shown.text
    assert "no seed at all" not in shown.text
    assert "canary-pa55" in shown.text


def test_ten_minutes_and_it_is_over(quick: Bench) -> None:
    entry = entry_with(quick)
    first, second = link(quick, entry), link(quick, entry)
    quick.clock.advance(599)
    assert browse(quick.context, ("POST", first))[0].status_code == 200
    quick.clock.advance(1)
    looked, pressed = browse(quick.context, ("GET", second), ("POST", second))
    assert (looked.status_code, pressed.status_code) == (410, 410)
    assert "has expired" in pressed.text
    assert "canary" not in looked.text + pressed.text


def test_unknown_cut_and_foreign_links_look_the_same(quick: Bench) -> None:
    entry = entry_with(quick)
    other_kind = vault.secret_link(quick.context, quick.admin, entry.id).rsplit("/", 1)[1]
    found = browse(
        quick.context, ("POST", "/reveal/no-such-token-at-all"), ("POST", f"/reveal/{other_kind}"),
        ("GET", "/reveal/%3Cscript%3E"), ("GET", f"/reveal/{other_kind}"),
    )
    assert {page.status_code for page in found} == {404}
    assert len({page.text for page in found}) == 1


def test_a_reveal_link_opens_no_form(quick: Bench) -> None:
    token = link(quick, entry_with(quick)).rsplit("/", 1)[1]
    looked, pressed = browse(quick.context, ("GET", f"/enter/{token}"), ("POST", f"/enter/{token}", {"data": {"a": "b"}}))
    assert (looked.status_code, pressed.status_code) == (404, 404)


def test_it_shows_once_under_twenty_threads(quick: Bench) -> None:
    token = link(quick, entry_with(quick)).rsplit("/", 1)[1]

    def press(_number: int) -> bool:
        try:
            private.reveal(quick.context, token)
        except onetime.Closed:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(press, range(20))) == 1
    assert len(quick.journal("reveal")) == 1


def test_it_is_journalled_when_made_and_when_revealed_without_values(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    entry = entry_with(quick)
    with caplog.at_level(logging.DEBUG):
        browse(quick.context, ("POST", link(quick, entry)))
    with quick.store.work() as work:
        every = list(work.journal.all())
    lines = [line for line in every if line.subject == entry.id and "reveal" in line.what]
    assert [line.what for line in lines] == ["reveal link", "reveal"]
    assert {line.actor for line in lines} == {"U1"}
    assert {line.company_id for line in lines} == {entry.company_id}
    assert "canary" not in repr(every) + caplog.text
    assert SEED not in repr(every) + caplog.text


def test_a_role_taken_away_meanwhile_closes_the_link(quick: Bench) -> None:
    entry = entry_with(quick)
    desk = quick.desk(Role.TECHNICIAN, "U2")
    address = vault.reveal_link(quick.context, desk, entry.id)
    settings.assign(quick.context, quick.admin, "U2", Role.VIEWER)
    [page] = browse(quick.context, ("POST", address))
    assert page.status_code == 403
    assert "canary" not in page.text


def test_a_channel_bound_to_another_company_meanwhile_closes_the_link(quick: Bench) -> None:
    address = link(quick, entry_with(quick))
    contoso = quick.company("Contoso GmbH", "contoso.com")
    companies.bind(quick.context, quick.admin, quick.admin.channel, contoso.id)
    [page] = browse(quick.context, ("POST", address))
    assert page.status_code == 403
    assert "canary" not in page.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLIENT, None])
def test_who_may_not_read_gets_no_link(quick: Bench, role: Role | None) -> None:
    entry = entry_with(quick)
    with pytest.raises(NotAllowed):
        vault.reveal_link(quick.context, quick.desk(role), entry.id)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
def test_names_from_a_source_cannot_write_the_page(quick: Bench, name: str) -> None:
    entry = entry_with(quick, Secret("<script>alert(1)</script>", name, fields={"<b>": name}))
    with quick.store.write() as work:
        work.entries.put(dataclasses.replace(entry, name=name, username=name, folder=(name,)), work.entries.secret(entry.id))
    address = link(quick, entry)
    looked, shown = browse(quick.context, ("GET", address), ("POST", address))
    assert (looked.status_code, shown.status_code) == (200, 200)
    assert "<script" not in looked.text + shown.text
    assert "<b>" not in shown.text


def test_every_answer_keeps_to_itself(quick: Bench) -> None:
    address = link(quick, entry_with(quick))
    for page in browse(quick.context, ("GET", address), ("POST", address), ("POST", address), ("GET", "/reveal/x")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_one_link_may_be_asked_for_only_so_often(quick: Bench) -> None:
    address = link(quick, entry_with(quick))
    found = browse(quick.context, *[("GET", address)] * 21)
    assert [page.status_code for page in found].count(429) == 1


def test_only_the_hash_of_a_token_is_stored(quick: Bench) -> None:
    token = link(quick, entry_with(quick)).rsplit("/", 1)[1]
    with quick.store.engine.connect() as connection:
        rows = repr(connection.exec_driver_sql("select * from one_time").fetchall())
    assert token not in rows
    assert timedelta(minutes=10) == onetime.LIFETIME[onetime.Kind.REVEAL]


def test_both_databases_take_a_link_once(store: Store) -> None:
    made = bench(store)
    token = link(made, entry_with(made)).rsplit("/", 1)[1]

    async def twice() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=pages(made.context, list))
        async with httpx.AsyncClient(transport=transport, base_url="http://gangway.test") as client:
            return list(await asyncio.gather(*[client.post(f"/reveal/{token}") for _ in range(2)]))

    assert sorted(page.status_code for page in asyncio.run(twice())) == [200, 410]

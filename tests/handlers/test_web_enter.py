"""The pages that take credentials and secrets: masked, once, forgiving of mistakes, and silent about what was typed."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.errors import AskOperator, Trouble, TryLater
from domain.roles import Role
from domain.secret import Secret
from flows import connect, onetime, private, settings, vault
from flows.vault import Draft
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.handlers.browsing import browse

SECRET = "canary-secret-of-the-northwind"
GOOD = {"region": "EU", "secret": SECRET}


@pytest.fixture
def quick(quick_store: Store) -> Bench:
    return bench(quick_store)


def credentials(made: Bench, source: str = "itglue") -> str:
    return private.credentials_link(made.context, made.admin, connect.connector_named(made.context, source))


def entry_link(made: Bench, secret: Secret | None = None) -> tuple[str, str]:
    entry = vault.add(made.context, made.admin, "own", Draft("Firewall", "root")).entry
    with made.store.write() as work:
        work.entries.put(entry, secret or Secret())
    return entry.id, vault.secret_link(made.context, made.admin, entry.id)


def secret_of(made: Bench, entry_id: str) -> Secret:
    with made.store.work() as work:
        return work.entries.secret(entry_id)


# --- credentials ---


def test_the_form_has_the_connector_s_fields_masked(quick: Bench) -> None:
    [page] = browse(quick.context, ("GET", credentials(quick)))
    assert page.status_code == 200
    for field in connect.connector_named(quick.context, "itglue").fields:
        assert f'name="{field.name}"' in page.text
    assert 'name="secret" type="password"' in page.text
    assert "IT Glue" in page.text


def test_posting_tests_keeps_and_tells_the_asker(quick: Bench) -> None:
    address = credentials(quick)
    looked, kept, again = browse(quick.context, ("GET", address), ("POST", address, {"data": GOOD}), ("POST", address, {"data": GOOD}))
    assert (looked.status_code, kept.status_code, again.status_code) == (200, 200, 410)
    assert "Connected" in kept.text
    [connection] = connect.live(quick.context)
    with quick.store.work() as work:
        assert work.connections.credentials(connection.id)["secret"] == SECRET
    [(user, channel, said)] = quick.ear.private
    assert (user, channel) == ("U1", "C1")
    assert "is connected" in said
    assert connection.created_by == "U1"


def test_a_mistake_is_told_in_the_page_and_uses_nothing_up(quick: Bench) -> None:
    paper = quick.papers["itglue"]
    address = credentials(quick)
    paper.trouble.append(AskOperator("The key is wrong. Make a new one.", Trouble.WRONG_KEY, "secret"))
    [wrong] = browse(quick.context, ("POST", address, {"data": GOOD}))
    assert wrong.status_code == 400
    assert "The key is wrong" in wrong.text
    assert 'aria-invalid="true"' in wrong.text
    assert SECRET not in wrong.text
    assert "<option selected>EU" in wrong.text
    paper.trouble.append(TryLater("The source does not answer."))
    assert browse(quick.context, ("POST", address, {"data": GOOD}))[0].status_code == 400
    assert browse(quick.context, ("POST", address, {"data": GOOD}))[0].status_code == 200
    assert connect.live(quick.context)


def test_fifteen_minutes_and_it_is_over(quick: Bench) -> None:
    address = credentials(quick)
    quick.clock.advance(900)
    [page] = browse(quick.context, ("POST", address, {"data": GOOD}))
    assert page.status_code == 410
    assert not connect.live(quick.context)


def test_twenty_at_once_connect_once(quick: Bench) -> None:
    token = credentials(quick).rsplit("/", 1)[1]

    def post(_number: int) -> bool:
        try:
            private.enter_credentials(quick.context, token, GOOD)
        except onetime.Closed:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(post, range(20))) == 1
    assert len(quick.journal("connection")) == 1


def test_whoever_may_not_connect_any_more_is_refused(quick: Bench) -> None:
    desk = quick.desk(Role.ADMIN, "U2")
    address = private.credentials_link(quick.context, desk, connect.connector_named(quick.context, "itglue"))
    settings.assign(quick.context, quick.admin, "U1", Role.ADMIN)
    settings.assign(quick.context, quick.admin, "U2", Role.TECHNICIAN)
    [page] = browse(quick.context, ("POST", address, {"data": GOOD}))
    assert page.status_code == 403
    assert not connect.live(quick.context)


def test_nothing_typed_reaches_journal_log_or_slack(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        browse(quick.context, ("POST", credentials(quick), {"data": GOOD}))
        browse(quick.context, ("POST", entry_link(quick)[1], {"data": {"password": SECRET, "notes": SECRET}}))
    with quick.store.work() as work:
        every = repr(list(work.journal.all()))
    assert SECRET not in every + caplog.text + repr(quick.ear)


# --- an entry's secret ---


def test_a_secret_is_sealed_and_the_entry_counts_as_touched(quick: Bench) -> None:
    entry_id, address = entry_link(quick)
    typed = {"password": " pass word ", "notes": "one\r\ntwo", "otp_seed": "JBSWY3DPEHPK3PXP"}
    kept, again = browse(quick.context, ("POST", address, {"data": typed}), ("POST", address, {"data": typed}))
    assert (kept.status_code, again.status_code) == (200, 410)
    assert secret_of(quick, entry_id) == Secret(" pass word ", "one\ntwo", "JBSWY3DPEHPK3PXP")
    entry = vault.card(quick.context, quick.admin, entry_id).entry
    assert entry.touched
    assert entry.has_password
    assert entry.has_otp
    assert entry.has_notes
    assert "pass word" not in kept.text


def test_an_empty_field_keeps_and_a_tick_takes_away(quick: Bench) -> None:
    entry_id, address = entry_link(quick, Secret("old", "notes", "JBSWY3DPEHPK3PXP", {"PIN": "1"}))
    browse(quick.context, ("POST", address, {"data": {"password": "", "clear_notes": "1"}}))
    assert secret_of(quick, entry_id) == Secret("old", "", "JBSWY3DPEHPK3PXP", {"PIN": "1"})


@pytest.mark.parametrize("typed", [{}, {"password": ""}, {"otp_seed": "not a seed!"}, {"password": "x" * 5000}])
def test_what_cannot_be_kept_is_said_and_uses_nothing_up(quick: Bench, typed: dict[str, str]) -> None:
    entry_id, address = entry_link(quick)
    wrong, right = browse(quick.context, ("POST", address, {"data": typed}), ("POST", address, {"data": {"password": "new"}}))
    assert (wrong.status_code, right.status_code) == (400, 200)
    assert "not a seed" not in wrong.text
    assert secret_of(quick, entry_id).password == "new"


def test_a_form_that_is_too_large_is_refused_unread(quick: Bench) -> None:
    _, address = entry_link(quick)
    big, lying = browse(
        quick.context,
        ("POST", address, {"content": b"password=" + b"x" * 300_000}),
        ("POST", address, {"content": b"x", "headers": {"content-length": "99999999"}}),
    )
    assert (big.status_code, lying.status_code) == (413, 413)


def test_what_is_no_form_is_refused(quick: Bench) -> None:
    _, address = entry_link(quick)
    bad = {"content": b"\xff\xfe", "headers": {"content-type": "multipart/form-data"}}
    found = browse(quick.context, ("POST", address, bad), ("POST", address, {"content": b"\xff\xfe"}))
    assert {page.status_code for page in found} == {400}


def test_looking_and_foreign_links_use_nothing_up(quick: Bench) -> None:
    entry_id, address = entry_link(quick)
    token = address.rsplit("/", 1)[1]
    looked, foreign = browse(quick.context, ("GET", address), ("POST", f"/reveal/{token}"))
    assert (looked.status_code, foreign.status_code) == (200, 404)
    assert browse(quick.context, ("POST", address, {"data": {"password": "new"}}))[0].status_code == 200
    assert secret_of(quick, entry_id).password == "new"

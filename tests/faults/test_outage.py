"""PostgreSQL is stopped and started again: an import goes on by itself, once it is back; who presses meanwhile is told."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import psycopg
import pytest

from domain.invitation import Badge, token_hash
from flows import invitations, vault
from flows.vault import Draft
from handlers import companies
from handlers.web.page import SAFE
from sandbox.postgres import NoPostgres, Postgres, running
from sandbox.workspace.person import Person
from storage.migrate import migrate
from tests.conftest import TRIES, open_store
from tests.handlers.browsing import browse
from tests.handlers.live import ROOM, Live, live

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PEOPLE = 30
STATEMENTS = 200  # that an import of so many people makes at least
OUTAGES = 4  # in one import
FAST, CRASH = signal.SIGINT, signal.SIGQUIT  # for the one the server says farewell to its clients


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of the test's own, to be stopped."""
    try:
        with running(lasting=True) as made:
            made.server  # noqa: B018 - asks whether it is ours
            yield made
    except NoPostgres as reason:
        pytest.skip(str(reason))


def import_over_outages(server: Postgres, url: str, way: signal.Signals, moments: list[int]) -> dict[str, list[str]]:
    """Stop the server at each of the moments, until somebody notices; returns whom the worker told and mailed."""
    command = [sys.executable, "-m", "tests.faults.worker", url, str(PEOPLE), ",".join(map(str, moments))]
    said: dict[str, list[str]] = {}
    is_down = False
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for line in worker.stdout:
            word, *rest = line.split()
            said[word] = rest
            if word == "at":
                server.server.stop(way)
                is_down = True
                worker.stdin.write("go on\n")
                worker.stdin.flush()
            elif word == "away" and is_down:
                server.server.start()
                is_down = False
    assert "end" in said
    return said


@pytest.mark.parametrize("way", [FAST, CRASH])
@pytest.mark.parametrize("seed", range(TRIES))
def test_a_server_that_is_stopped_and_started_delays_an_import_and_changes_nothing_about_its_end(
    server: Postgres, way: signal.Signals, seed: int
) -> None:
    """At any statement, four times over: nobody is lost or invited twice, nothing "broke", and a lost answer is said."""
    url = server.url(server.create())
    store = open_store(url)
    migrate(store.engine)
    store.close()
    said = import_over_outages(server, url, way, sorted(Random(seed).sample(range(1, STATEMENTS), OUTAGES)))
    assert "broken" not in said
    assert said["told"][-1] == "done"
    mailed = Counter(said["mailed"])
    assert [to for to, count in mailed.items() if count > 1] == []
    with psycopg.connect(url) as database:
        assert database.execute("select state, note from plan").fetchall() == [("done", f"{PEOPLE} people imported.")]
        invited = database.execute("select email, invitation.state, trouble from person join invitation on person_id = person.id").fetchall()
    assert len(invited) == len({email for email, _, _ in invited}) == PEOPLE
    unsure = {email for email, state, trouble in invited if state == "handed" or "answer was lost" in trouble}
    assert {email for email, _, _ in invited} - set(mailed) <= unsure
    assert len(unsure) <= OUTAGES


AWAY = "Gangway's database does not answer at the moment"
WITHIN = 3.0  # seconds in which Slack wants its answer, and a person a word


def domain_of(bot: Live, company_id: str) -> str | None:
    with bot.context.store.work() as work:
        found = work.companies.get(company_id)
    assert found is not None
    return found.domain


def was_told(person: Person, times: int) -> bool:
    return len(person.messages(ROOM, AWAY)) == times


@pytest.mark.parametrize("way", [FAST, CRASH])
def test_who_types_presses_or_submits_meanwhile_is_told_so_in_time_and_nothing_is_half_done(
    server: Postgres, way: signal.Signals, tmp_path: Path
) -> None:
    """One plain sentence, in the form beside what was typed; the same once more works as soon as it is back."""
    with live(tmp_path, [companies], server.url(server.create())) as bot:
        waiting, adam = bot.company("Contoso GmbH"), bot.person("adam")
        adam.command("/msp", "companies", channel=ROOM)
        shown = adam.wait_for_message(ROOM, "Contoso GmbH", "Add domain")
        adam.press(shown, "Add domains")
        form = adam.wait_for_view("Contoso GmbH")
        server.server.stop(way)
        told = len(adam.messages(ROOM, AWAY))
        for ask in (partial(adam.command, "/msp", "companies", channel=ROOM), partial(adam.press, shown, "Manage")):
            began, told = time.monotonic(), told + 1
            assert ask(), "Slack has its answer"
            adam.wait_for(partial(was_told, adam, told), timeout=WITHIN)
            assert time.monotonic() - began < WITHIN
        began = time.monotonic()
        refused = adam.submit(form, {"Contoso GmbH": "contoso.com"})
        assert time.monotonic() - began < WITHIN
        assert [said.startswith(AWAY) for said in refused.errors.values()] == [True]
        assert adam.view() is not None, "what was typed stays"
        server.server.start()
        assert domain_of(bot, waiting.id) is None
        assert adam.submit(form, {"Contoso GmbH": "contoso.com"})
        assert domain_of(bot, waiting.id) == "contoso.com"
        adam.press(shown, "Manage")
        adam.wait_for_message(ROOM, "contoso.com", "Change domain")
        assert len(adam.messages(ROOM, AWAY)) == told, "nobody is told what is over"


TOKEN = "Zm9vYmFyYmF6LXF1eC0xMjM0NTY3ODkw"
SECRET = {"data": {"password": "canary-pa55word"}}


@pytest.mark.parametrize("way", [FAST, CRASH])
def test_a_web_page_says_to_try_again_and_no_button_pressed_meanwhile_is_lost(
    server: Postgres, way: signal.Signals, tmp_path: Path
) -> None:
    """One plain page for every link and button, with the strict headers; the same link works as soon as it is back."""
    with live(tmp_path, [], server.url(server.create())) as bot:
        company = bot.company("Contoso GmbH", "contoso.com")
        mia = bot.invited(company, "Mia Huber")
        with bot.context.store.write() as work:
            found = work.invitations.of_person(mia.id)
            assert found is not None
            work.invitations.add_token(found.id, found.generation, token_hash(TOKEN))
        entry = vault.add(bot.context, bot.system, company.id, Draft("Firewall", "root")).entry
        browse(bot.context, ("POST", vault.secret_link(bot.context, bot.system, entry.id), SECRET))
        join, kept = f"/join/{TOKEN}", vault.secret_link(bot.context, bot.system, entry.id)
        shown = vault.reveal_link(bot.context, bot.system, entry.id)
        links = (join, shown, kept, vault.file_link(bot.context, bot.system, company.id))
        assert {page.status_code for page in browse(bot.context, *(("GET", link) for link in links))} == {200}
        server.server.stop(way)
        away = browse(bot.context, *((method, link) for method in ("GET", "POST") for link in links), ("POST", kept, SECRET))
        assert {(page.status_code, page.headers["retry-after"]) for page in away} == {(503, "60")}
        assert all("Try again in a minute" in page.text for page in away)
        assert all(page.headers.items() >= {(name.lower(), value) for name, value in SAFE.items()} for page in away)
        assert len({page.text for page in away}) == 1, "nothing of the link, nor of what was typed"
        server.server.start()
        assert invitations.drawn(bot.context, mia.id).badge is Badge.PENDING
        joined, typed, revealed = browse(bot.context, ("POST", join), ("POST", kept, SECRET), ("POST", shown))
        assert "You have joined Contoso GmbH" in joined.text
        assert "It is kept" in typed.text
        assert "canary-pa55word" in revealed.text
        assert invitations.drawn(bot.context, mia.id).badge is Badge.ACCEPTED

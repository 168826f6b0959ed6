"""How many calls an import and a sync cost the sources: pages are counted, so that a budget can be promised."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from math import ceil
from typing import Any

import pytest

from sandbox.workspace.finding import words
from sandbox.world import World, real_clock
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import answer, approved, connected, imported, map_certain, preview, soon

pytestmark = pytest.mark.process

MANY = 1_203
AUTOTASK_PAGE, IT_GLUE_PAGE = 500, 1_000


def counted(source: Any) -> Counter[str]:
    """How often each route was called."""
    return Counter(f"{call.method} {call.what}" for call in source.calls.of())


def lists(calls: Counter[str], name: str) -> int:
    return sum(count for route, count in calls.items() if route.lower().endswith(name.lower()))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """1,203 companies with the own one, the first of them with 1,203 people, on both sides."""
    world = World.bare(clock=real_clock)
    for number in range(MANY - 1):
        world.add_company(f"Client {number:04}", f"client{number:04}.example", domains=(f"client{number:04}.example",))
    first = world.add_company("Crowd", "crowd.example")
    world.delete_company(first)
    crowd = world.add_company("Crowd", "crowd.example", domains=("crowd.example",))
    for number in range(MANY):
        world.add_contact(crowd, f"C{number:04}", "Crowd", f"c{number:04}@crowd.example")
    with staged(tmp_path_factory.mktemp("calls"), world) as stage:
        connected(stage, stage.person("adam"))
        settled(stage)
        connected(stage, stage.person("adam"), "itglue")
        yield stage


def settled(stage: Stage) -> None:
    """The webhooks that are made behind a new connection are there: what they cost is no import's."""
    soon(lambda: stage.rows("select 1 from hook where state = 'live'") or None)
    calls, pause = -1, threading.Event()
    while calls != (calls := len(stage.autotask.calls.of())):
        pause.wait(2)


def test_autotask_costs_its_pages_over_preview_approval_and_run(large: Stage) -> None:
    """1,204 companies and 1,203 contacts cost three pages each, from the preview to the outcome."""
    adam = large.person("adam")
    for text, route, number in (
        ("companies from autotask", "Companies/query", MANY + 1), ("users crowd from autotask", "Contacts/query", MANY),
    ):
        large.autotask.calls.clear()
        done = approved(adam, preview(adam, text, timeout=90), timeout=90)
        assert f"*{MANY:,}* new" in words(done)
        calls = counted(large.autotask)
        assert lists(calls, route) == ceil(number / AUTOTASK_PAGE), calls
        assert sum(calls.values()) <= ceil(number / AUTOTASK_PAGE) + 4, calls


def test_itglue_costs_its_pages_over_preview_approval_and_run(large: Stage) -> None:
    """Reading 1,204 organisations and 1,203 contacts costs two pages each; the approval looks once at what changed."""
    adam = large.person("adam")
    if large.rows("select count(*) from company where name = 'Crowd'") == [(0,)]:
        imported(adam, "companies from autotask", timeout=90)
    large.itglue.calls.clear()
    map_certain(adam, "itglue")
    adam.cancel(everything=True)
    assert lists(counted(large.itglue), "organizations") == 2, counted(large.itglue)
    large.itglue.calls.clear()
    approved(adam, preview(adam, "users crowd from itglue", timeout=90), timeout=90)
    calls = counted(large.itglue)
    assert lists(calls, "contacts") == ceil(MANY / IT_GLUE_PAGE) + 1, calls


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """300 mapped companies with people, of two of which users were imported."""
    world = World.bare(clock=real_clock)
    at = world.clock() - timedelta(days=30)  # syncs look back a little, and must find nothing there
    for number in range(300):
        client = world.add_company(f"Quiet {number:03}", f"quiet{number:03}.example", at=at)
        for person in range(2):
            world.add_contact(client, f"Q{person}", "Quiet", f"q{person}@quiet{number:03}.example", at=at)
    with staged(tmp_path_factory.mktemp("quiet"), world) as stage:
        adam = stage.person("adam")
        connected(stage, adam)
        connected(stage, adam, "itglue")
        imported(adam, "companies from autotask", timeout=90)
        map_certain(adam, "itglue")
        adam.cancel(everything=True)
        for text in ("staff from autotask", "staff from itglue", "users quiet 001 from autotask", "users quiet 002 from itglue"):
            imported(adam, text)
        yield stage


@pytest.mark.parametrize("source", ["autotask", "itglue"])
def test_a_sync_with_nothing_changed_costs_a_handful(quiet: Stage, source: str) -> None:
    """However many companies are mapped, looking whether anything changed costs a few calls."""
    stand_in = quiet.autotask if source == "autotask" else quiet.itglue
    _synced(quiet, source)
    stand_in.calls.clear()
    _synced(quiet, source)
    assert len(stand_in.calls.of()) <= 6, counted(stand_in)


def _synced(stage: Stage, source: str) -> None:
    """Sync now, and look at the status until every kind has been synced."""
    adam = stage.person("adam")
    question = "select kind, last_at from sync s join connection c on c.id = s.connection_id where c.source = ?"
    before = dict(stage.rows(question, source))
    _two_minutes_have_passed(stage)
    answer(adam, f"sync {source}", "is being synced")
    for _ in range(300):
        after = dict(stage.rows(question, source))
        if len(after) == 3 and all(after[kind] and after[kind] != before.get(kind) for kind in after):
            return
        answer(adam, "status", "Status")
    raise AssertionError(f"the sync of {source} did not end: {after}")


def _two_minutes_have_passed(stage: Stage) -> None:
    """A source is not synced twice within two minutes, for which no test should wait."""
    with closing(sqlite3.connect(stage.town.home / "gangway.db", timeout=10)) as database, database:
        database.execute("delete from setting where key like 'sync asked:%'")

"""Status, history and why: drawable whatever the facts, and plain about what is wrong."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.plan import PlanState
from domain.ports import Kind
from flows.cards import Card
from flows.sync import SyncState
from handlers.views import integrations, kit
from handlers.views import overview as views
from tests.handlers.samples import HOSTILE, NOW, SIZES, assert_drawable, buttons, facts, plan, said
from tests.handlers.test_source_views import connection


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_status_and_history_are_drawable_whatever_the_facts(name: str, number: int) -> None:
    assert_drawable(views.status(facts(number, name), name, "/msp"))
    states = list(PlanState)
    plans = [plan(name, states[each % len(states)], each) for each in range(min(number, 200))]
    assert_drawable(views.history(plans, "/msp"))
    assert_drawable(views.why(name, (name,) * min(number, 200)))


def test_status_names_connection_calls_and_the_next_run() -> None:
    text = said(views.status(facts(1), "", "/msp"))
    for words in ("Contoso GmbH", "Connected", "1 recent call", "1 mapped", "next <!date^", "Digests"):
        assert words in text


def test_status_names_a_connection_s_trouble() -> None:
    source = facts(1).sources[0]
    broken = replace(source, connection=replace(source.connection, trouble="The key is wrong. Enter a new one."))
    text = views.source(broken)
    assert "The key is wrong" in text
    assert "Connected" not in text


@pytest.mark.parametrize("good_at", [None, NOW - timedelta(hours=3)])
def test_a_sync_that_failed_is_not_taken_for_the_last_good_one(good_at: datetime | None) -> None:
    """Status and the card of a source: when it failed and why, and when it last went well."""
    failed = SyncState("conn1", Kind.COMPANIES, True, NOW, "The key is wrong.", None, failed=True, good_at=good_at)
    card = said(integrations.message((), [Card(connection(), (failed,))]))
    for text, good in ((views.sync(failed), "last good one"), (card, "Companies: synced")):
        assert f"failed {kit.when(NOW)}" in text
        assert "The key is wrong" in text
        assert (good in text) is (good_at is not None)
        assert good_at is None or f"{good} {kit.when(good_at)}" in text
    assert kit.when(NOW) in views.sync(replace(failed, failed=False))


def test_nothing_connected_offers_to_connect() -> None:
    made = views.status(facts(0), "", "/msp")
    assert "Nothing is connected yet" in said(made)
    assert ("Connect a source", "") in buttons(made)


@pytest.mark.parametrize(
    ("works", "held", "words"),
    [
        (True, 0, "Mail works"),
        (True, 2, "2 invitations are held"),
        (False, 1, "1 invitation is held until then"),
        (False, 0, "invitations are held until then"),
    ],
)
def test_the_mail_line_says_why_invitations_are_held(works: bool, held: int, words: str) -> None:
    assert words in views.mail(facts(1, mail_works=works, held_mail=held))


def test_a_run_says_who_when_and_how_many() -> None:
    text = views.plan(plan(state=PlanState.DONE))
    for words in (
        "Import users",
        "Done",
        "12 new, 3 changed, 40 unchanged, 1 held, 0 conflict",
        "Asked for by <@U0TECH>",
        "approved by <@U0BOSS>",
        f"<!date^{int(NOW.timestamp())}^",
    ):
        assert words in text


def test_a_sync_s_proposal_names_nobody() -> None:
    assert "Proposed by a sync" in views.plan(replace(plan(), auto=True))


def test_a_denied_plan_says_denied_by() -> None:
    denied = replace(plan(state=PlanState.DONE), state=PlanState.DENIED)
    assert "denied by <@U0BOSS>" in views.plan(denied)


def test_history_offers_the_changes_of_each_run() -> None:
    made = views.history([plan(number=1), plan(number=2)], "/msp")
    assert buttons(made) == [("See all changes", "plan1"), ("See all changes", "plan2")]


def test_a_bound_channel_s_status_names_its_company_and_no_connection() -> None:
    text = said(views.status(facts(0), "Contoso GmbH", "/msp"))
    assert "Status of Contoso GmbH" in text
    assert "Nothing is connected" not in text

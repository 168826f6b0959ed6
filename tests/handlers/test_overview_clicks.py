"""Status, history, why and the Home tab in a running workspace over real storage."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.ports import Kind
from flows import companies
from handlers import home, overview
from tests.handlers.live import NOW, ROOM, Live, live
from tests.handlers.samples import plan


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (overview, home)) as running:
        yield running


def test_status_says_what_there_is_and_what_is_missing(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    bot.company("Without Web")
    bot.invited(contoso, "Mia Huber")
    bot.invited(contoso, "Old Timer", age_days=9)
    tess = bot.person("tess")
    tess.command("/msp", "status", channel=ROOM)
    tess.wait_for_message(ROOM, "Mail is not set up", "Nothing is connected yet", "1 without domain")


def test_status_in_a_bound_channel_counts_one_company(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    bot.invited(contoso, "Mia Huber")
    for number in range(5):
        bot.invited(acme, f"Person {number}")
    tess = bot.person("tess")
    companies.bind(bot.context, bot.system, tess.channel_id(ROOM), contoso.id)
    tess.command("/msp", "status", channel=ROOM)
    shown = str(tess.wait_for_message(ROOM, "Status of Contoso GmbH"))
    assert "*People* 1" in shown
    assert "Acme" not in shown


def test_history_without_imports_says_how_to_begin(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "history", channel=ROOM)
    tess.wait_for_message(ROOM, "Nothing was imported yet", "/msp import companies")


def test_why_says_where_somebody_came_from_or_that_nobody_is_here(bot: Live) -> None:
    bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Mia Huber")
    tess = bot.person("tess")
    tess.command("/msp", "why Mia", channel=ROOM)
    tess.wait_for_message(ROOM, "Mia Huber", "is with Contoso GmbH")
    tess.command("/msp", "why Nobody Atall", channel=ROOM)
    tess.wait_for_message(ROOM, "Nothing here is called")
    tess.command("/msp", "why", channel=ROOM)
    tess.wait_for_message(ROOM, "Why what?")


def test_home_leads_a_fresh_installation(bot: Live) -> None:
    adam = bot.person("adam")
    adam.home()
    adam.wait_for_home("First steps", "Connect a source", "Mail is not set up", "Your role is Admin")


def test_home_closes_itself_to_guests_and_strangers(bot: Live) -> None:
    bot.company("Contoso GmbH", "contoso.com")
    gus = bot.person("gus")
    gus.home()
    shown = gus.wait_for_home("only for the full members")
    assert len(shown["blocks"]) == 1


def test_a_waiting_plan_is_decided_on_the_home_tab(bot: Live) -> None:
    waiting = replace(plan("Contoso GmbH"), kind=Kind.COMPANIES, company_id=None, link_id=None, requested_at=NOW)
    with bot.context.store.write() as work:
        work.plans.add(waiting)
    tess = bot.person("tess")
    tess.home()
    shown = tess.wait_for_home("Waiting for approval", "Approve")
    assert tess.press(shown, "Deny")
    tess.wait_for_home("Denied", "denied by")
    assert "Waiting for approval" not in str(tess.home())

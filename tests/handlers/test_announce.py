"""What jobs tell: progress at most once a second, outcomes always, and nothing that breaks the job."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from slack_sdk import WebClient

from domain.plan import PlanState
from handlers.announce import SlackAnnouncer
from tests.handlers.live import Live, live
from tests.handlers.samples import plan
from tests.handlers.test_source_views import connection


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, ()) as running:
        yield running


class Clock:
    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


def announcer(bot: Live, clock: Clock) -> SlackAnnouncer:
    made = SlackAnnouncer(WebClient(token=bot.workspace.bot_token, base_url=bot.workspace.api_url), clock.now, clock.wait)
    made.attend(bot.context)
    return made


def shown(bot: Live, state: PlanState = PlanState.RUNNING) -> str:
    """A plan with its message in the channel; returns the plan's id."""
    channel = bot.person("adam").channel_id("#onboarding")
    at = bot.client.chat_postMessage(channel=channel, text="Reading …")
    company = bot.company("Contoso", "contoso.com")
    with bot.context.store.write() as work:
        work.connections.put(connection(), {"secret": "x"})
        made = replace(plan("Contoso", state), company_id=company.id, link_id=None, channel=channel, message_ts=at["ts"])
        work.plans.add(replace(made, requested_by=bot.person("adam").id))
    return made.id


def updates(bot: Live) -> int:
    return len(bot.workspace.log.calls("chat.update"))


def test_progress_is_drawn_at_most_once_a_second_and_the_end_always(bot: Live) -> None:
    clock, plan_id = Clock(), shown(bot)
    told = announcer(bot, clock)
    for _ in range(50):
        told.plan(plan_id)
    assert updates(bot) == 1
    clock.at += 1.0
    told.plan(plan_id)
    assert updates(bot) == 2
    told.plan(plan_id, final=True)
    assert updates(bot) == 3


def test_in_a_channel_that_went_to_another_company_a_plan_shows_nothing_more(bot: Live) -> None:
    """Its message gives way to a sentence that names nobody."""
    plan_id = shown(bot, PlanState.DENIED)
    channel = bot.person("adam").channel_id("#onboarding")
    fabrikam = bot.company("Fabrikam", "fabrikam.com")
    with bot.context.store.write() as work:
        work.desks.bind(channel, fabrikam.id, "test")
    told = announcer(bot, Clock())
    told.plan(plan_id)
    assert updates(bot) == 0
    told.plan(plan_id, final=True)
    seen = str(bot.workspace.log.calls("chat.update"))
    assert "not shown any more" in seen
    assert "Contoso" not in seen


def test_an_outcome_is_told_again_until_slack_takes_it(bot: Live) -> None:
    clock, plan_id = Clock(), shown(bot, PlanState.DENIED)
    bot.workspace.faults.fail("chat.update", "internal_error", times=2)
    announcer(bot, clock).plan(plan_id, final=True)
    assert updates(bot) == 3
    assert len(clock.waits) == 2


def test_a_slack_that_never_answers_does_not_break_the_job(bot: Live) -> None:
    plan_id = shown(bot)
    bot.workspace.faults.fail("chat.update", "internal_error", times=100)
    told = announcer(bot, Clock())
    told.plan(plan_id, final=True)
    told.plan("no such plan", final=True)
    assert updates(bot) >= 4


def test_a_notice_goes_to_the_connections_channel_else_to_who_made_it(bot: Live) -> None:
    adam, told = bot.person("adam"), announcer(bot, Clock())
    here = replace(connection(), channel=adam.channel_id("#onboarding"), created_by=adam.id)
    with bot.context.store.write() as work:
        work.connections.put(here, {"secret": "x"})
    told.notice("conn1", "The key was refused <!channel>. Enter a new one.")
    assert "&lt;!channel&gt;" in str(adam.wait_for_message("#onboarding", "The key was refused"))
    bot.workspace.faults.archive(here.channel)
    told.notice("conn1", "It works again.")
    adam.wait_for_message("@bot", "It works again.")
    told.notice("gone", "Nobody hears this.")


def test_who_waits_for_a_sources_list_is_called_once(bot: Live) -> None:
    told, called = announcer(bot, Clock()), list[str]()
    told.when_read("conn1", lambda: called.append("one"))
    told.when_read("conn2", lambda: called.append("two"))
    told.mapping("conn1")
    told.mapping("conn1")
    assert called == ["one"]


def test_before_it_has_a_context_it_says_nothing(bot: Live) -> None:
    told = SlackAnnouncer(bot.client)
    told.plan("p", final=True)
    told.digest("C1")
    told.notice("c", "x")
    assert updates(bot) == 0

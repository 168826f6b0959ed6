"""Whole clicks about a channel's digest, in a running workspace over real storage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.invitation import Badge, InvitationState
from domain.roles import Role
from flows import companies, settings
from flows import digest as flow
from handlers import digest, invitations, people
from tests.handlers.live import ROOM, Live, live


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (digest, people, invitations)) as running:
        yield running


def scheduled(bot: Live, channel: str, say_all_clear: bool = False) -> None:
    flow.schedule(bot.context, bot.system, channel, "09:00", (0, 1, 2), "Europe/Vienna", say_all_clear)


def test_a_digest_is_scheduled_shown_again_and_stopped(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "digest", channel=ROOM)
    form = tess.wait_for_view("has no digest yet")
    answers = {"Time": "07:30", "Days": ["Mon", "Fri"], "Time zone": "America/New York"}
    assert tess.submit(form, answers)
    tess.wait_for_message(ROOM, "Saved", "Mon, Fri at 07:30 (America/New_York)", "next")
    saved = flow.current(bot.context, bot.system, tess.channel_id(ROOM))
    assert saved is not None
    assert (saved.time, saved.days, saved.zone, saved.say_all_clear) == ("07:30", (0, 4), "America/New_York", False)
    tess.command("/msp", "digest", channel=ROOM)
    tess.press(tess.wait_for_view("07:30"), "Stop")
    tess.wait_for_view("No more digests come here")
    assert flow.current(bot.context, bot.system, tess.channel_id(ROOM)) is None


def test_no_day_is_told_beside_the_days(bot: Live) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "digest", channel=ROOM)
    refused = tess.submit(tess.wait_for_view("Days"), {"Days": []})
    assert not refused
    assert "Days" in refused.errors


def test_the_posted_digest_acts_and_tells_the_truth_afterwards(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    old = bot.invited(contoso, "Old Timer", age_days=9)
    bot.invited(contoso, "Mia Huber")
    bot.invited(contoso, "Gone Away", InvitationState.BOUNCED)
    bot.company("Without Web")
    tess = bot.person("tess")
    tess.command("/msp", "digest", channel=ROOM)
    tess.press(tess.wait_for_view("Digest"), "Post now")
    posted = tess.wait_for_message(ROOM, "1 pending, 1 expired", "Old Timer", "Mia Huber", "Without Web")
    assert tess.press(posted, "Re-invite", near="Old Timer")
    tess.wait_for_message(ROOM, "Old Timer is re-invited")
    posted = tess.wait_for_message(ROOM, "2 pending, 1 bounced")
    assert tess.press(posted, "Un-invite", near="Mia Huber")
    tess.wait_for_message(ROOM, "1 pending, 1 bounced")
    with bot.context.store.work() as work:
        counts = work.invitations.counts(bot.context.clock(), old.company_id)
    assert (counts[Badge.PENDING], counts[Badge.UNINVITED], counts[Badge.BOUNCED]) == (1, 1, 1)


def test_the_digest_says_nothing_when_nothing_waits_unless_that_is_wanted(bot: Live) -> None:
    channel = bot.person("tess").channel_id(ROOM)
    scheduled(bot, channel)
    assert digest.post_digest(bot.client, bot.context, channel) is None
    scheduled(bot, channel, say_all_clear=True)
    assert digest.post_digest(bot.client, bot.context, channel) is not None
    assert "All clear" in str(bot.person("tess").last(ROOM))


def test_a_bound_channel_s_digest_is_about_its_company(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    bot.invited(contoso, "Mia Huber")
    bot.invited(acme, "Secret Person")
    tess = bot.person("tess")
    companies.bind(bot.context, bot.system, tess.channel_id(ROOM), contoso.id)
    assert digest.post_digest(bot.client, bot.context, tess.channel_id(ROOM)) is not None
    posted = str(tess.wait_for_message(ROOM, "Digest of Contoso GmbH", "Mia Huber"))
    assert "Secret Person" not in posted
    assert "Acme" not in posted


def test_a_viewer_may_not_post_or_schedule(bot: Live) -> None:
    settings.assign(bot.context, bot.system, "U0VERAVI06", Role.VIEWER)
    vera = bot.person("vera")
    vera.command("/msp", "digest", channel=ROOM)
    form = vera.wait_for_view("Digest")
    vera.press(form, "Post now")
    vera.wait_for_view("You need another role to schedule digests")

"""Whole clicks about a channel's digest, in a running workspace over real storage."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.invitation import Badge, InvitationState
from domain.person import Person as Invitee
from domain.roles import Role
from flows import companies, settings
from flows import digest as flow
from handlers import digest, invitations, people
from handlers.announce import SlackAnnouncer
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


def test_a_digest_s_buttons_are_about_what_it_tells_and_not_about_where_its_reader_works(bot: Live) -> None:
    """One of all companies re-invites of all; one of Contoso those of Contoso, also where it stands in no bound channel."""
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    expired = [bot.invited(each, f"{each.name} Timer", age_days=9) for each in (contoso, acme)]
    tess = bot.person("tess")
    channel = tess.channel_id(ROOM)
    companies.bind(bot.context, bot.system, channel, contoso.id)
    assert digest.post_digest(bot.client, bot.context, channel) is not None
    posted = tess.wait_for_message(ROOM, "Digest of Contoso GmbH")
    companies.bind(bot.context, bot.system, channel, None)
    tess.press(posted, "Show all")
    tess.wait_for_message(ROOM, "1 invitation waits of Contoso GmbH")
    assert tess.press(posted, "Re-invite all 1 expired")
    tess.wait_for_message(ROOM, "1 person is re-invited")
    assert generations(bot, expired) == [2, 1]
    with bot.context.store.write() as work:
        work.desks.work_in("U0TESSTE03", channel, contoso.id)
    assert digest.post_digest(bot.client, bot.context, channel) is not None
    assert tess.press(tess.wait_for_message(ROOM, "1 pending, 1 expired"), "Re-invite all 1 expired")
    tess.wait_for(lambda: generations(bot, expired) == [2, 2])


def generations(bot: Live, people: list[Invitee]) -> list[int]:
    with bot.context.store.work() as work:
        found = [work.invitations.of_person(each.id) for each in people]
    return [each.generation if each else 0 for each in found]


def test_a_viewer_may_not_post_or_schedule(bot: Live) -> None:
    settings.assign(bot.context, bot.system, "U0VERAVI06", Role.VIEWER)
    vera = bot.person("vera")
    vera.command("/msp", "digest", channel=ROOM)
    form = vera.wait_for_view("Digest")
    vera.press(form, "Post now")
    vera.wait_for_view("You need another role to schedule digests")


def told(bot: Live) -> tuple[SlackAnnouncer, list[Callable[[], None]]]:
    """An announcer, and what it has put off for a moment."""
    waiting: list[Callable[[], None]] = []
    made = SlackAnnouncer(bot.client, start=lambda _seconds, act: waiting.append(act))
    made.attend(bot.context)
    return made, waiting


def accept(bot: Live, person: Invitee) -> None:
    with bot.context.store.write() as work:
        found = work.invitations.invitee(person.id)
        assert found is not None
        assert found.invitation is not None
        work.invitations.accept(found.invitation.id, found.invitation.generation, bot.context.clock())


def test_the_last_digest_follows_when_somebody_accepts(bot: Live) -> None:
    contoso, channel = bot.company("Contoso GmbH", "contoso.com"), bot.person("tess").channel_id(ROOM)
    mia, tess = bot.invited(contoso, "Mia Huber"), bot.person("tess")
    digest.post_digest(bot.client, bot.context, channel)
    tess.wait_for_message(ROOM, "1 pending", "Mia Huber")
    announcer, waiting = told(bot)
    accept(bot, mia)
    for _ in range(50):
        announcer.person(mia.id)
    assert len(waiting) == 1
    waiting.pop()()
    tess.wait_for_message(ROOM, "1 accepted", "Accepted since", "Mia Huber")
    assert len(tess.messages(ROOM)) == 1


def test_a_digest_about_another_company_stays_and_a_deleted_one_is_not_posted_anew(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    tess, mia, ann = bot.person("tess"), bot.invited(contoso, "Mia Huber"), bot.invited(acme, "Ann Other")
    channel = tess.channel_id(ROOM)
    companies.bind(bot.context, bot.system, channel, contoso.id)
    posted = digest.post_digest(bot.client, bot.context, channel)
    assert posted is not None
    assert flow.showing(bot.context, [ann.id]) == ()
    bot.client.chat_delete(channel=posted.channel, ts=posted.ts)
    announcer, waiting = told(bot)
    announcer.person(mia.id)
    waiting.pop()()
    assert flow.showing(bot.context, [mia.id]) == ()
    assert not any("Mia Huber" in str(message) for message in tess.messages(ROOM))


def test_a_redrawn_digest_keeps_the_time_from_which_it_tells(bot: Live) -> None:
    tess = bot.person("tess")
    channel, mia = tess.channel_id(ROOM), bot.invited(bot.company("Contoso", "contoso.com"), "Mia Huber")
    digest.post_digest(bot.client, bot.context, channel)
    accept(bot, mia)
    scheduled(bot, channel)
    with bot.context.store.write() as work:
        work.digests.told(channel, bot.context.clock() + timedelta(hours=1))
    announcer, waiting = told(bot)
    announcer.person(mia.id)
    waiting.pop()()
    tess.wait_for_message(ROOM, "1 accepted", "Mia Huber")


def test_a_digest_for_a_closed_channel_reaches_who_scheduled_it(bot: Live) -> None:
    bot.invited(bot.company("Contoso", "contoso.com"), "Mia Huber")
    tess = bot.person("tess")
    tess.command("/msp", "digest", channel=ROOM)
    tess.submit(tess.wait_for_view("Digest"))
    tess.wait_for_message(ROOM, "Saved")
    bot.workspace.faults.archive(tess.channel_id(ROOM))
    assert digest.post_digest(bot.client, bot.context, tess.channel_id(ROOM)) is not None
    tess.wait_for_message("@bot", "is archived")
    tess.wait_for_message("@bot", "1 pending", "Mia Huber")

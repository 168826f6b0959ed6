"""Whole clicks about people: command, list, card, acts, in a running workspace over real storage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.invitation import InvitationState
from domain.roles import Role
from flows import companies, settings
from handlers import invitations, people
from tests.handlers.live import ROOM, Live, live


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (people, invitations)) as running:
        yield running


def test_the_list_shows_people_with_badge_and_age(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    bot.invited(contoso, "Mia Huber")
    bot.invited(contoso, "Old Timer", age_days=9)
    bot.invited(contoso, "In Already", InvitationState.ACCEPTED)
    tess = bot.person("tess")
    assert tess.command("/msp", "users contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "Mia Huber", "Invitation pending · 3 days", "Expired · 9 days", "Accepted")


def test_without_a_company_one_is_picked(bot: Live) -> None:
    bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Mia Huber")
    tess = bot.person("tess")
    tess.command("/msp", "users", channel=ROOM)
    picker = tess.wait_for_message(ROOM, "Whose people")
    assert tess.choose(picker, "Choose a company", "Contoso GmbH")
    tess.wait_for_message(ROOM, "People of Contoso GmbH", "Mia Huber")


def test_search_and_filter_narrow_the_list(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    bot.invited(contoso, "Mia Huber")
    bot.invited(contoso, "Old Timer", age_days=9)
    tess = bot.person("tess")
    tess.command("/msp", "users contoso", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Mia Huber")
    tess.choose(shown, "Show", "Expired")
    shown = tess.wait_for_message(ROOM, "1 person", "Old Timer")
    tess.fill(shown, {"Search by name or e-mail": "nobody"})
    tess.wait_for_message(ROOM, "Nobody fits this search")


def test_the_card_reinvites_and_is_drawn_anew(bot: Live) -> None:
    bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Old Timer", age_days=9)
    tess = bot.person("tess")
    tess.command("/msp", "users contoso", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "Old Timer"), "Open card")
    card = tess.wait_for_view("Old Timer", "Expired")
    assert tess.press(card, "Re-invite")
    card = tess.wait_for_view("re-invited", "Invitation pending")
    assert tess.press(card, "Un-invite")
    card = tess.wait_for_view("is un-invited", "Un-invited")
    assert tess.press(card, "Suspend")
    tess.wait_for_view("is suspended", "End suspension")


def test_a_viewer_is_told_why_not(bot: Live) -> None:
    settings.assign(bot.context, bot.system, "U0VERAVI06", Role.VIEWER)
    bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Mia Huber")
    vera = bot.person("vera")
    vera.command("/msp", "users contoso", channel=ROOM)
    vera.press(vera.wait_for_message(ROOM, "Mia Huber"), "Open card")
    vera.press(vera.wait_for_view("Mia Huber"), "Re-invite")
    vera.wait_for_view("You need another role to invite")


def test_the_role_of_staff_is_changed_by_an_admin(bot: Live) -> None:
    with bot.context.store.work() as work:
        own = work.companies.own()
    bot.invited(own, "New Tech", InvitationState.ACCEPTED)
    adam = bot.person("adam")
    adam.command("/msp", "users staff", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "New Tech"), "Open card")
    adam.press(adam.wait_for_view("New Tech"), "Change role")
    form = adam.wait_for_view("The role of")
    assert adam.submit(form, {"Role": "Admin"})
    adam.wait_for_view("has the role Admin now", "Administrator")


def test_a_bound_channel_shows_its_company_and_no_other(bot: Live) -> None:
    contoso, acme = bot.company("Contoso GmbH", "contoso.com"), bot.company("Acme Inc", "acme.com")
    bot.invited(contoso, "Mia Huber")
    bot.invited(acme, "Secret Person")
    tess = bot.person("tess")
    tess.command("/msp", "users acme", channel=ROOM)
    open_list = tess.wait_for_message(ROOM, "Secret Person")
    companies.bind(bot.context, bot.system, tess.channel_id(ROOM), contoso.id)
    tess.press(open_list, "Open card")
    tess.wait_for_message(ROOM, "There is no such person here")
    tess.command("/msp", "users acme", channel=ROOM)
    tess.wait_for_message(ROOM, "There is no such company here")
    tess.command("/msp", "users all", channel=ROOM)
    tess.wait_for_message(ROOM, "People of Contoso GmbH", "Mia Huber")


def test_pending_invitations_are_listed_oldest_first_with_their_buttons(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    bot.invited(contoso, "Mia Huber")
    bot.invited(contoso, "Old Timer", age_days=9)
    bot.invited(contoso, "In Already", InvitationState.ACCEPTED)
    tess = bot.person("tess")
    tess.command("/msp", "invites", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "2 invitations wait", "Old Timer", "Mia Huber")
    text = str(shown["blocks"])
    assert text.index("Old Timer") < text.index("Mia Huber")
    assert tess.press(shown, "Re-invite all 1 expired")
    shown = tess.wait_for_message(ROOM, "1 person is re-invited")
    assert tess.press(shown, "Un-invite", near="Mia Huber")
    tess.wait_for_message(ROOM, "Mia Huber is un-invited", "1 invitation waits")


def test_a_company_s_invitations_stay_that_company_s_whatever_one_works_in_by_then(bot: Live) -> None:
    """Re-invite all, and the list that is drawn afterwards, are about the company the list names."""
    contoso, kub = bot.company("Contoso GmbH", "contoso.com"), bot.company("Kub", "kub.example")
    bot.invited(contoso, "Old Timer", age_days=9)
    bot.invited(contoso, "Mia Huber")
    theirs = bot.invited(kub, "Kub Timer", age_days=9)
    tess = bot.person("tess")
    bot.works_in(tess, contoso)
    tess.command("/msp", "invites", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "2 invitations wait of Contoso GmbH")
    bot.works_in(tess, kub)
    assert tess.press(shown, "Re-invite all 1 expired")
    shown = tess.wait_for_message(ROOM, "1 person is re-invited", "of Contoso GmbH", "Old Timer")
    assert tess.press(shown, "Un-invite", near="Mia Huber")
    tess.wait_for_message(ROOM, "Mia Huber is un-invited", "1 invitation waits of Contoso GmbH")
    with bot.context.store.work() as work:
        found = work.invitations.of_person(theirs.id)
    assert found is not None
    assert found.generation == 1, "nobody of the other company was invited again"


def test_a_click_that_comes_too_late_is_told_and_the_list_redrawn(bot: Live) -> None:
    mia = bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Mia Huber")
    tess = bot.person("tess")
    tess.command("/msp", "invites", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Mia Huber")
    with bot.context.store.write() as work:
        found = work.invitations.of_person(mia.id)
        assert found is not None
        assert work.invitations.accept(found.id, found.generation, bot.context.clock())
    tess.press(shown, "Re-invite")
    tess.wait_for_message(ROOM, "They have accepted already", "No invitation is pending")

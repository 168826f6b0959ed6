"""Requests for a second person come to stand where a second person sees them, and can be found again until they are decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.four_eyes import RequestState, Risky
from domain.roles import Actor, Role
from flows import companies, removing, requests, settings, vault
from flows.desk import Desk
from flows.vault import Draft
from handlers.asked import tell
from handlers.views import requests as views
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.handlers.samples import HOSTILE, assert_drawable, buttons
from tests.handlers.whole import ROOM, Whole, whole

ADAM = "U0ADAMAD02"


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        made = companies.add(running.context, running.system, "Contoso", "contoso.com")
        vault.add(running.context, running.system, made.id, Draft("Router"))
        yield running


def asked(bot: Whole, adam: Person, channel: str) -> str:
    """Adam asks to remove Contoso, from a channel ("" is the Home tab)."""
    desk = Desk(Actor(ADAM, "Adam", Role.ADMIN), channel and adam.channel_id(channel), None, None)
    company = next(each for each in companies.options(bot.context, desk, "Contoso") if not each.is_own)
    assert removing.remove(bot.context, desk, company.id) == removing.ASKED
    with bot.context.store.work() as work:
        found = work.requests.open_of(Risky.MASS_REMOVAL, {"company": company.id, "sure": False})
    assert found is not None
    return found.id


def state(bot: Whole, request_id: str) -> RequestState:
    return requests.drawn(bot.context, request_id).state


@pytest.mark.parametrize("channel", ["", "@bot"])
def test_asked_for_in_private_it_stands_in_the_feedback_channel(bot: Whole, channel: str) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    settings.change(bot.context, bot.system, feedback_channel=adam.channel_id(ROOM))
    request_id = asked(bot, adam, channel)
    tess.press(tess.wait_for_message(ROOM, "Contoso shall be removed", "Approve"), "Approve")
    tess.wait_for_message(ROOM, "Contoso was removed", "Approved.")
    assert state(bot, request_id) is RequestState.DONE


def test_a_channel_of_another_company_is_no_place_for_it_so_the_other_admin_is_told(bot: Whole) -> None:
    adam, olivia = bot.person("adam"), bot.person("olivia")
    other = companies.add(bot.context, bot.system, "Fabrikam", "fabrikam.com")
    companies.bind(bot.context, bot.system, adam.channel_id(ROOM), other.id)
    settings.change(bot.context, bot.system, feedback_channel=adam.channel_id(ROOM))
    request_id = asked(bot, adam, "@bot")
    olivia.press(olivia.wait_for_message("@bot", "Contoso shall be removed", "Approve"), "Deny")
    olivia.wait_for_message("@bot", "Contoso shall be removed", "Denied")
    assert state(bot, request_id) is RequestState.DENIED
    assert adam.messages(ROOM, "Contoso shall be removed") == []
    assert adam.messages("@bot", "Contoso shall be removed") == []


def test_in_a_channel_that_went_to_another_company_a_request_shows_nothing_more(bot: Whole) -> None:
    """Redrawn after the channel was bound elsewhere, its message gives way to a sentence that names nobody."""
    adam, tess = bot.person("adam"), bot.person("tess")
    request_id = asked(bot, adam, ROOM)
    tell(bot.app.client, bot.context, request_id)
    shown = tess.wait_for_message(ROOM, "Contoso shall be removed", "Approve")
    other = companies.add(bot.context, bot.system, "Fabrikam", "fabrikam.com")
    companies.bind(bot.context, bot.system, adam.channel_id(ROOM), other.id)
    tell(bot.app.client, bot.context, request_id)
    seen = next(each for each in tess.messages(ROOM) if each["ts"] == shown["ts"])
    assert "not shown any more" in words(seen)
    assert "Contoso" not in str(seen)


def test_every_named_admin_is_told_and_each_message_follows_its_own_click(bot: Whole) -> None:
    for user in ("U0ADAMAD02", "U0NINANG05", "U0TESSTE03"):
        settings.assign(bot.context, bot.system, user, Role.ADMIN)
    adam, nina, tess = bot.person("adam"), bot.person("nina"), bot.person("tess")
    request_id = asked(bot, adam, "@bot")
    nina.wait_for_message("@bot", "Contoso shall be removed", "Approve")
    tess.press(tess.wait_for_message("@bot", "Contoso shall be removed", "Approve"), "Deny")
    tess.wait_for_message("@bot", "Contoso shall be removed", "Denied")
    nina.wait_for_message("@bot", "Contoso shall be removed", "Denied")
    assert state(bot, request_id) is RequestState.DENIED
    assert bot.person("olivia").messages("@bot", "Contoso shall be removed") == []


def test_it_is_found_in_status_and_on_the_home_tab_and_decided_there(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    first = asked(bot, adam, ROOM)
    tess.command("/msp", "status", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Waiting for a second person", "Contoso shall be removed")
    tess.press(shown, "Deny")
    tess.wait_for_message(ROOM, "Contoso shall be removed", "Denied")
    assert state(bot, first) is RequestState.DENIED
    second = asked(bot, adam, ROOM)
    adam.home()
    adam.press(adam.wait_for_home("Waiting for approval", "Contoso shall be removed"), "Approve")
    adam.wait_for_message("@bot", "a second person must approve it")
    tess.home()
    tess.press(tess.wait_for_home("Waiting for approval", "Contoso shall be removed"), "Approve")
    tess.wait_for_message(ROOM, "Contoso was removed", "Approved.")
    assert state(bot, second) is RequestState.DONE
    tess.wait_for(lambda: "Contoso shall be removed" not in words(tess.home() or {}))


def test_export_asks_and_sends_the_link_to_the_asker_alone(bot: Whole) -> None:
    adam, tess = bot.person("adam"), bot.person("tess")
    adam.command("/msp", "vault", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Vault of", "Export"), "Export")
    adam.wait_for_message(ROOM, "Nothing leaves yet")
    tess.press(tess.wait_for_message(ROOM, "shall be exported", "Approve"), "Approve")
    adam.wait_for_message("@bot", "Your private page", "/enter/")
    tess.wait_for_message(ROOM, "Approved.", "was sent the link")
    for person, where in ((tess, ROOM), (adam, ROOM), (tess, "@bot")):
        assert person.messages(where, "/enter/") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_the_list_is_drawable_whatever_a_source_holds(bot: Whole, text: str) -> None:
    with bot.context.store.write() as work:
        desk = Desk(Actor(ADAM, text or "x", Role.ADMIN), "C1", None, None)
        for number in range(8):
            requests.ask(bot.context, work, desk, Risky.REMAP, {"number": number}, text * 40, None)
    with bot.context.store.work() as work:
        waiting = work.requests.open(bot.context.clock(), None, 10)
    blocks = views.listed(waiting, views.LISTED_APPROVE, views.LISTED_DENY)
    assert_drawable({"text": "Status", "blocks": blocks})
    assert [each for each, _ in buttons({"blocks": blocks})].count("Approve") == 5
    assert "… and 3 more" in repr(blocks)

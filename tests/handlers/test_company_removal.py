"""A company by its buttons: removed behind a confirm, twice where people have accepted, not for a technician; left by its own card."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from domain.invitation import InvitationState
from domain.roles import Role
from flows import removing, settings
from handlers import companies, imports
from sandbox.workspace.person import Person
from tests.handlers.live import ROOM, Live, live
from tests.handlers.samples import HOSTILE, assert_drawable, company


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, (companies, imports)) as running:
        with running.context.store.write() as work:
            work.settings.put("four_eyes", [])
        yield running


def exists(bot: Live, company_id: str) -> bool:
    with bot.context.store.work() as work:
        return work.companies.get(company_id) is not None


def test_an_admin_is_asked_twice_while_people_have_accepted(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    bot.invited(contoso, "Mia Huber", InvitationState.ACCEPTED)
    adam = bot.person("adam")
    adam.command("/msp", "company contoso", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Remove company"), "Remove company")
    asked = adam.wait_for_message(ROOM, "1 of Contoso GmbH accepted", "Remove all the same")
    assert exists(bot, contoso.id)
    adam.press(asked, "Remove all the same")
    adam.wait_for_message(ROOM, "Contoso GmbH was removed")
    assert not exists(bot, contoso.id)


def test_a_technician_is_not_offered_it_and_is_refused(bot: Live) -> None:
    contoso = bot.company("Contoso GmbH", "contoso.com")
    adam = bot.person("adam")
    adam.command("/msp", "company contoso", channel=ROOM)
    shown = adam.wait_for_message(ROOM, "Remove company")
    user = next(str(each["id"]) for each in bot.client.users_list()["members"] if each["name"] == "adam")
    settings.assign(bot.context, bot.system, user, Role.TECHNICIAN)
    adam.press(shown, "Remove company")
    adam.wait_for_message(ROOM, "You need another role to remove companies")
    adam.command("/msp", "company contoso", channel=ROOM)
    assert exists(bot, contoso.id)


def test_a_card_of_a_company_removed_meanwhile_says_so(bot: Live) -> None:
    """Not with an id, and not as if it had been misspelt."""
    contoso = bot.company("Contoso GmbH", "contoso.com")
    adam = bot.person("adam")
    adam.command("/msp", "company contoso", channel=ROOM)
    shown = adam.wait_for_message(ROOM, "Import users")
    removing.remove(bot.context, bot.system, contoso.id)
    for number, button in enumerate(("Import users", "Change domain", "Remove company"), 1):
        adam.press(shown, button)
        adam.wait_for(partial(told_of_it, adam, number))
    assert contoso.id not in str([each["blocks"] for each in adam.messages(ROOM, "it was removed")])


def test_the_card_of_one_company_leaves_no_other(bot: Live) -> None:
    for name, web in (("Contoso GmbH", "contoso.com"), ("Kub", "kub.example")):
        bot.company(name, web)
    adam = bot.person("adam")
    adam.command("/msp", "company contoso", channel=ROOM)
    shown = adam.wait_for_message(ROOM, "You are working in *Contoso GmbH*", "Leave this company")
    adam.command("/msp", "company kub", channel=ROOM)
    adam.wait_for_message(ROOM, "You are working in *Kub*")
    adam.press(shown, "Leave this company")
    adam.wait_for(lambda: len(adam.messages(ROOM, "You are working in *Kub*")) == 2)
    adam.command("/msp", "company contoso", channel=ROOM)
    adam.wait_for(lambda: len(adam.messages(ROOM, "You are working in *Contoso GmbH*")) == 2)
    adam.press(shown, "Leave this company")
    adam.wait_for_message(ROOM, "You work in no company here")


def told_of_it(person: Person, times: int) -> bool:
    return len(person.messages(ROOM, "That company is not here any more: it was removed")) == times


@pytest.mark.parametrize("name", HOSTILE)
def test_the_second_question_is_drawable_whatever_a_source_holds(name: str) -> None:
    assert_drawable(companies.views.still_in(company(name), f"1 of {name} accepted."))

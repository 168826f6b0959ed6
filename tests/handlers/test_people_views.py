"""Lists of people, a person's card, the role form: Slack takes them whatever the data, and they say what they must."""

from dataclasses import replace

import pytest

from domain.company import Company
from domain.invitation import Badge, InvitationState
from domain.person import PersonKind
from domain.roles import Role
from handlers.views import invitations, people
from tests.handlers.samples import (
    HOSTILE,
    SIZES,
    assert_drawable,
    buttons,
    company,
    invitation,
    line,
    page,
    person,
    said,
)


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_lists_are_drawable_whatever_a_source_holds(name: str, number: int) -> None:
    for of in (None, company(name)):
        assert_drawable(people.listing(page(number, name, of), "/msp", done="Done."))
        assert_drawable(invitations.listing(page(number, name, of), expired=number, done="Done."))


@pytest.mark.parametrize("badge", Badge)
@pytest.mark.parametrize("name", HOSTILE)
def test_cards_and_role_forms_are_drawable_whatever_a_source_holds(name: str, badge: Badge) -> None:
    one = line(badge, name)
    assert_drawable(people.card(one, "C0MSP", done=people.reinvited(one)))
    assert_drawable(people.card(one, "", done=people.uninvited(one)))
    assert_drawable(people.role_form(one, "V123", "C0MSP"))


def test_the_picker_is_drawable_and_offers_staff() -> None:
    made = people.picker("/msp")
    assert_drawable(made)
    assert {text for text, _ in buttons(made)} >= {"Staff", "All companies"}


@pytest.mark.parametrize("badge", Badge)
def test_every_badge_has_its_word(badge: Badge) -> None:
    assert badge.value in people.badge(line(badge))


@pytest.mark.parametrize("badge", [Badge.PENDING, Badge.EXPIRED, Badge.BOUNCED])
@pytest.mark.parametrize(("age", "words"), [(0, "today"), (1, "1 day"), (9, "9 days")])
def test_what_waits_shows_its_age(badge: Badge, age: int, words: str) -> None:
    assert people.badge(line(badge, age_days=age)).endswith(words)


def test_a_suspended_person_is_marked_in_words() -> None:

    shown = people.badge(line(Badge.ACCEPTED, person=replace(person(), suspended=True)))
    assert "Accepted" in shown
    assert "Suspended" in shown


@pytest.mark.parametrize(
    ("badge", "offered"),
    [
        (Badge.PENDING, {"Re-invite", "Un-invite", "Change role", "Suspend"}),
        (Badge.EXPIRED, {"Re-invite", "Un-invite", "Change role", "Suspend"}),
        (Badge.BOUNCED, {"Re-invite", "Un-invite", "Change role", "Suspend"}),
        (Badge.UNINVITED, {"Re-invite", "Change role", "Suspend"}),
        (Badge.ACCEPTED, {"Change role", "Suspend"}),
        (Badge.ADMINISTRATOR, {"Change role", "Suspend"}),
        (Badge.NONE, {"Invite", "Change role", "Suspend"}),
    ],
)
def test_the_card_offers_what_can_be_done(badge: Badge, offered: set[str]) -> None:
    assert set(buttons(people.card(line(badge), "C0MSP"))) == {(text, "p1") for text in offered}


def test_the_card_tells_the_history_of_the_invitation() -> None:
    text = said(people.card(line(), "C0MSP"))
    for words in ("by <@U0TECH>", "Mailed 2 times", "The link works until", "Autotask PSA", "Contoso GmbH", "Client"):
        assert words in text


def test_a_bounce_says_why() -> None:
    assert "Refused: Mia Huber" in said(people.card(line(Badge.BOUNCED), "C0MSP"))


def test_an_invitation_that_waits_for_a_mail_server_says_so() -> None:
    held = line(invitation=invitation(InvitationState.HELD))
    assert "no mail server is set up" in people.entry(held, with_company=True)
    assert "no mail server is set up" in people.reinvited(held)


def test_staff_and_end_users_have_their_own_roles() -> None:

    assert people.roles_for(person()) == (Role.CLIENT,)
    staff = replace(person(), kind=PersonKind.STAFF)
    assert people.roles_for(staff) == (Role.ADMIN, Role.TECHNICIAN, Role.VIEWER)


def test_the_list_of_invitations_has_both_buttons_a_person_and_one_for_all_expired() -> None:
    made = buttons(invitations.listing(page(12), expired=4))
    assert [text for text, _ in made].count("Re-invite") == 10
    assert [text for text, _ in made].count("Un-invite") == 10
    assert ("Re-invite all 4 expired", "all") in made
    assert ("Next", "all|2") in made


def test_everything_in_a_company_s_list_names_that_company() -> None:
    made = buttons(invitations.listing(page(12, of=company()), expired=4))
    assert ("Re-invite all 4 expired", company().id) in made
    assert ("Next", f"{company().id}|2") in made
    assert invitations.company_of("") == "", "nothing names no company, and never all"


@pytest.mark.parametrize("of", [None, company()])
def test_a_row_knows_the_list_and_the_page_it_stands_on(of: Company | None) -> None:
    made = invitations.listing(page(12, of=of), expired=0)
    rows = [block["block_id"] for block in made["blocks"] if str(block.get("block_id", "")).startswith(invitations.ROW)]
    assert len(set(rows)) == 10
    assert {invitations.place_of(row) for row in rows} == {(invitations.ref(of), 1)}
    assert invitations.place_of("something else") == ("", 1)


def test_nobody_pending_is_said_plainly() -> None:
    assert "No invitation is pending" in said(invitations.listing(page(0), expired=0))


def test_an_empty_list_says_how_people_come_here() -> None:
    assert "/msp import users" in said(people.listing(page(0, of=company()), "/msp"))


@pytest.mark.parametrize(
    ("number", "words"), [(0, "nothing was done"), (1, "1 person is"), (1_200, "1,200 people are")]
)
def test_reinviting_all_says_how_many(number: int, words: str) -> None:
    assert words in people.reinvited_all(number)

"""Invitations from mail to acceptance, with a real mail server in between: sent once, dead when replaced, told when refused."""

from collections.abc import Callable

import pytest

from domain.errors import NotAllowed, TellPerson
from domain.invitation import Badge, Door
from domain.ports import Kind
from domain.roles import Role
from flows import delivery, invitations
from storage.store import Store
from tests.crowd import at_once
from tests.flows.bench import Bench, bench
from tests.flows.conftest import Town

DAY = 24 * 3600


def invited(made: Bench, *addresses: str) -> Bench:
    """People of Contoso with these addresses, imported; what happens to their mail is the test's matter."""
    paper = made.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    made.connected("autotask")
    made.imported(Kind.COMPANIES)
    for number, address in enumerate(addresses or ("ada@contoso.com",)):
        paper.person(str(number), "10", address)
    made.imported(Kind.USERS, "Contoso")
    return made


def link(made: Bench, to: str = "ada@contoso.com") -> str:
    return made.post.links(to)[-1]


def person(made: Bench, address: str = "ada@contoso.com") -> str:
    return made.people()[address].person.id


def badge(made: Bench, address: str = "ada@contoso.com") -> Badge:
    return made.people()[address].badge


def test_opening_a_link_accepts_nothing_and_pressing_the_button_does(both: Bench) -> None:
    token = link(invited(both))
    for _ in range(3):
        assert invitations.open_link(both.context, token).door is Door.OPEN, "mail scanners open links"
    assert badge(both) is Badge.PENDING
    welcome = invitations.accept(both.context, token)
    assert (welcome.door, welcome.company_name) == (Door.ACCEPTED, "Contoso")
    assert badge(both) is Badge.ACCEPTED


def test_of_many_who_press_accept_at_once_it_is_accepted_once(both: Bench) -> None:
    token = link(invited(both))
    doors = at_once(20, lambda _: invitations.accept(both.context, token).door)
    assert set(doors) == {Door.ACCEPTED}
    assert len(both.journal("accepted")) == 1


def test_inviting_again_kills_the_old_link_and_keeps_one_person(both: Bench) -> None:
    old = link(invited(both))
    both.clock.advance(2 * DAY)
    line = invitations.reinvite(both.context, both.admin, person(both))
    both.workshop.run()
    assert line.age_days == 2, "re-inviting does not make it look young"
    new = link(both)
    assert new != old
    assert invitations.accept(both.context, old).door is Door.REPLACED
    assert invitations.accept(both.context, new).door is Door.ACCEPTED
    assert len(both.people()) == 1
    assert both.people()["ada@contoso.com"].invitation.sent_count == 2  # type: ignore[union-attr]


def test_an_expired_invitation_stays_listed_and_its_link_says_so(both: Bench) -> None:
    token = link(invited(both))
    both.clock.advance(7 * DAY)
    assert badge(both) is Badge.EXPIRED
    assert invitations.accept(both.context, token).door is Door.EXPIRED
    assert [line.badge for line in invitations.pending(both.context, both.admin, None).lines] == [Badge.EXPIRED]
    assert invitations.reinvite_expired(both.context, both.admin, None) == 1
    both.workshop.run()
    assert badge(both) is Badge.PENDING
    assert invitations.accept(both.context, link(both)).door is Door.ACCEPTED


def test_re_inviting_all_leaves_out_who_is_suspended_and_one_alone_is_told_which_button_ends_it(both: Bench) -> None:
    invited(both)
    both.clock.advance(8 * DAY)
    invitations.suspend(both.context, both.admin, person(both), on=True)
    assert invitations.reinvite_expired(both.context, both.admin, None) == 0
    with pytest.raises(TellPerson, match="End suspension"):
        invitations.reinvite(both.context, both.admin, person(both))


def test_taking_an_invitation_back_kills_the_link_and_keeps_the_history(both: Bench) -> None:
    token = link(invited(both))
    invitations.uninvite(both.context, both.admin, person(both))
    assert badge(both) is Badge.UNINVITED
    assert invitations.accept(both.context, token).door is Door.UNINVITED
    with pytest.raises(TellPerson, match="un-invited already"):
        invitations.uninvite(both.context, both.admin, person(both))
    assert both.journal("un-invite") == ["Ada No0 was un-invited: the link is dead."]


def test_what_was_taken_back_while_it_waited_is_not_mailed(quick: Bench) -> None:
    quick.post.later["ada@contoso.com"] = 1
    ear: list[str] = []
    quick.workshop.waiting = lambda seconds: ear.append(invitations.uninvite(quick.context, quick.admin, person(quick)).badge)  # type: ignore[method-assign,assignment]
    invited(quick)
    assert ear == [Badge.UNINVITED]
    assert quick.post.sent == []


def test_what_was_taken_back_while_its_mail_was_being_handed_over_is_not_mailed(quick: Bench) -> None:
    """The mail server has taken sender and recipient; a moment later somebody presses Un-invite."""
    pressed: list[Badge] = []

    def press() -> None:
        if not pressed:
            pressed.append(invitations.uninvite(quick.context, quick.admin, person(quick)).badge)

    quick.post.moment = press
    invited(quick)
    assert pressed == [Badge.UNINVITED]
    assert quick.post.sent == []
    assert badge(quick) is Badge.UNINVITED


def test_after_acceptance_neither_inviting_nor_taking_back_is_possible(both: Bench) -> None:
    invitations.accept(both.context, link(invited(both)))
    for press in (invitations.reinvite, invitations.uninvite):
        with pytest.raises(TellPerson, match="accepted already"):
            press(both.context, both.admin, person(both))


def test_an_administrator_shows_as_such_after_acceptance_and_not_before(both: Bench) -> None:
    both.papers["autotask"].person("900", None, "tess@northwind-it.example", "Tess")
    both.connected("autotask")
    both.imported(Kind.STAFF)
    invitations.change_role(both.context, both.admin, person(both, "tess@northwind-it.example"), Role.ADMIN)
    assert badge(both, "tess@northwind-it.example") is Badge.PENDING
    invitations.accept(both.context, link(both, "tess@northwind-it.example"))
    assert badge(both, "tess@northwind-it.example") is Badge.ADMINISTRATOR


def test_an_end_user_is_a_client_and_nothing_more(both: Bench) -> None:
    invited(both)
    with pytest.raises(TellPerson, match="end users are Client"):
        invitations.change_role(both.context, both.admin, person(both), Role.ADMIN)


def test_suspending_kills_the_link_and_forbids_inviting(both: Bench) -> None:
    token = link(invited(both))
    invitations.suspend(both.context, both.admin, person(both), True)
    assert invitations.accept(both.context, token).door is Door.UNINVITED
    with pytest.raises(TellPerson, match="suspended"):
        invitations.reinvite(both.context, both.admin, person(both))


def test_a_link_nobody_made_opens_nothing(quick: Bench) -> None:
    invited(quick)
    for token in ("", "x", "token-00001x", "../../etc", "a" * 5000):
        assert invitations.accept(quick.context, token).door is Door.UNKNOWN


def test_the_same_address_at_two_companies_is_two_people_with_states_of_their_own(both: Bench) -> None:
    invited(both, "sam@consultant.example")
    both.papers["autotask"].company("20", "Fabrikam", "fabrikam.com")
    both.imported(Kind.COMPANIES)
    both.papers["autotask"].person("50", "20", "Sam@Consultant.example", "Sam")
    both.imported(Kind.USERS, "Fabrikam")
    first, second = both.post.links("sam@consultant.example"), both.post.links("Sam@Consultant.example")
    invitations.accept(both.context, first[0])
    assert {line.company.name: line.badge for line in both.people().values()} == {"Contoso": Badge.ACCEPTED, "Fabrikam": Badge.PENDING}
    assert invitations.accept(both.context, second[0]).company_name == "Fabrikam"


@pytest.mark.parametrize("press", [invitations.reinvite, invitations.uninvite, invitations.card], ids=lambda one: one.__name__)
def test_another_companys_person_is_nobody_in_a_bound_channel(quick: Bench, press: Callable[..., object]) -> None:
    invited(quick)
    other = quick.company("Fabrikam", "fabrikam.com")
    for who in (person(quick), "nobody-at-all"):
        with pytest.raises(NotAllowed) as refusal:
            press(quick.context, quick.desk(bound=other), who)
        assert refusal.value.said == invitations.NOBODY


# --- mail --------------------------------------------------------------------------------------------------------


def test_without_a_mail_server_invitations_wait_and_go_out_once_there_is_one(quick_store: Store) -> None:
    without = invited(bench(quick_store, mailer=None), "ada@contoso.com", "bob@contoso.com")
    assert badge(without) is Badge.PENDING
    with quick_store.work() as work:
        assert work.invitations.held() == 2
    made = bench(quick_store, clock=without.clock, papers=without.papers, first_id=5000)
    for _ in range(3):
        delivery.sweep(made.context)
        made.workshop.run()
    assert sorted(mail.to for mail in made.post.sent) == ["ada@contoso.com", "bob@contoso.com"]
    with quick_store.work() as work:
        assert work.invitations.held() == 0


def on_the_wire(town: Town, *addresses: str) -> None:
    client = town.world.add_company("Contoso", "contoso.com", itglue=False)
    for number, address in enumerate(addresses):
        town.world.add_contact(client, "Ada", f"No {number}", address)
    town.connect_autotask()
    town.bench.imported(Kind.COMPANIES)
    town.bench.imported(Kind.USERS, "Contoso")


def test_every_mail_names_who_invites_to_what_and_holds_one_link(town: Town) -> None:
    on_the_wire(town, "ada@contoso.com")
    mail = town.mailbox.wait_for("ada@contoso.com")
    for part in (mail.text, mail.html):
        assert "Contoso" in part
        assert "Person U1" in part
        assert part.count("http://gangway.test/join/") >= 1
    token = mail.text.split("/join/")[1].split()[0]
    assert invitations.accept(town.bench.context, token).door is Door.ACCEPTED


def test_an_address_the_server_refuses_is_bounced_with_its_words_and_the_rest_is_sent(town: Town) -> None:
    town.mailbox.faults.refuse.add("bad@contoso.com")
    on_the_wire(town, "bad@contoso.com", "good@contoso.com")
    lines = town.bench.people()
    assert (lines["bad@contoso.com"].badge, lines["good@contoso.com"].badge) == (Badge.BOUNCED, Badge.PENDING)
    assert "No such user" in lines["bad@contoso.com"].invitation.trouble  # type: ignore[union-attr]
    assert len(town.mailbox.messages("good@contoso.com")) == 1


def test_a_greylisted_address_is_tried_again_later_and_gets_one_mail(town: Town) -> None:
    town.mailbox.faults.greylist("ada@contoso.com", 2)
    on_the_wire(town, "ada@contoso.com", "bob@contoso.com")
    assert sum(town.bench.workshop.waited) == 180, "a minute, then two"
    assert len(town.mailbox.messages("ada@contoso.com")) == 1
    assert len(town.mailbox.messages("bob@contoso.com")) == 1, "nobody waits for somebody else's greylisting twice"


def test_a_server_that_always_puts_off_is_given_up_and_shown(town: Town) -> None:
    town.mailbox.faults.greylist("ada@contoso.com", 1000)
    on_the_wire(town, "ada@contoso.com")
    line = town.bench.people()["ada@contoso.com"]
    assert line.badge is Badge.BOUNCED
    assert "Given up after 10 tries" in line.invitation.trouble  # type: ignore[union-attr]
    assert town.mailbox.messages() == []


def test_a_connection_lost_in_the_middle_of_a_mail_gives_no_second_one(town: Town) -> None:
    town.mailbox.faults.disconnect = 1
    on_the_wire(town, "ada@contoso.com", "bob@contoso.com")
    assert len(town.mailbox.messages("bob@contoso.com")) == 1
    assert len(town.mailbox.messages("ada@contoso.com")) <= 1
    assert {line.badge for line in town.bench.people().values()} == {Badge.PENDING}


def test_a_mail_server_that_is_down_is_waited_for(town: Town) -> None:
    town.mailbox.stop()
    waited: list[float] = []

    def up_again(seconds: float) -> None:
        waited.append(seconds)
        town.bench.clock.advance(seconds)
        town.mailbox.start()

    town.bench.workshop.waiting = up_again  # type: ignore[method-assign]
    on_the_wire(town, "ada@contoso.com")
    assert waited == [60.0]
    assert len(town.mailbox.messages("ada@contoso.com")) == 1

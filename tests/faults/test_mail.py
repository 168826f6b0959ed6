"""A mail server that fails: each invitation goes out once, what cannot be known is said, and nobody is forgotten."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from connectors.mail import open_mailer
from domain.invitation import Badge, InvitationState
from domain.ports import Kind
from flows import delivery, invitations
from sandbox.world import ManualClock
from storage.store import Store
from tests.faults.smtp import DRIP, HALF, HANG, HANG_UP, Server, serving
from tests.faults.town import assert_plain
from tests.flows.bench import Bench, bench

ADDRESSES = [f"p{number}@contoso.com" for number in range(3)]
TIMEOUT = 0.3  # seconds for each answer, to its last byte


@dataclass
class Office:
    bench: Bench
    server: Server

    def invite(self) -> None:
        self.bench.imported(Kind.USERS, "Contoso")
        self.bench.workshop.run()

    def invitation(self, address: str) -> invitations.PersonLine:
        return self.bench.people()[address]


def office(
    store: Store, server: Server, scheme: str = "smtp", login: str = "", addresses: Sequence[str] = ADDRESSES
) -> Office:
    clock = ManualClock()
    mailer = open_mailer(server.url(scheme, login), "Gangway <gangway@northwind-it.example>", clock=clock, timeout=TIMEOUT)
    made = bench(store, clock=clock, mailer=mailer)
    made.two_eyes_are_enough()
    made.papers["autotask"].company("10", "Contoso", "contoso.com")
    for number, address in enumerate(addresses):
        made.papers["autotask"].person(str(number), "10", address)
    connection = made.connected("autotask")
    company = made.company("Contoso", "contoso.com")
    made.listed(connection)
    made.mapped(connection, company, "10")
    return Office(made, server)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("HELLO", ["421 4.3.2 shutting down"] * 2),
        ("MAIL", ["421 4.3.2 shutting down"]),
        ("RCPT", ["450 4.2.1 mailbox busy", "451 4.7.1 greylisted"]),
        ("DATA", ["421 4.3.2 shutting down"]),
        (".", ["451 4.3.0 later", "452 4.3.1 disk full"]),
        ("HELLO", [HANG_UP] * 3),
        ("RCPT", [HANG_UP]),
        ("DATA", [HANG_UP]),
        ("HELLO", [HANG]),
        ("EHLO", [HANG]),
        ("MAIL", [HANG]),
        ("RCPT", [HANG] * 2),
        ("DATA", [HANG]),
        ("HELLO", [DRIP]),
        ("EHLO", [DRIP]),
        ("MAIL", [DRIP]),
        ("RCPT", [DRIP] * 2),
        ("DATA", [DRIP]),
    ],
)
def test_what_is_put_off_is_sent_once_later(quick_store: Store, server: Server, command: str, said: list[str]) -> None:
    """421, 450, 451, a line that breaks, falls silent or drips before the message: each person gets one mail, and nothing is
    left to say."""
    here = office(quick_store, server)
    server.answers[command] = [*said]
    here.invite()
    assert Counter(server.kept) == Counter(ADDRESSES)
    assert {line.invitation.trouble for line in here.bench.people().values() if line.invitation} == {""}
    assert here.bench.workshop.waited


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("ends", [HANG_UP, HANG, DRIP, HALF])
def test_a_line_that_ends_after_the_message_sends_no_second_one_and_says_so(
    quick_store: Store, server: Server, ends: str, taken: bool
) -> None:
    """Nobody knows whether the server has it: it counts as sent, its card says what to do, and Re-invite sends another."""
    here = office(quick_store, server)
    server.answers["."] = [ends]
    server.takes_before_hanging_up = taken
    here.invite()
    delivery.sweep(here.bench.context)
    here.bench.workshop.run()
    lost = [line for line in here.bench.people().values() if line.invitation and line.invitation.trouble]
    assert len(lost) == 1
    invitation = lost[0].invitation
    assert invitation is not None
    assert (invitation.state, lost[0].badge) == (InvitationState.SENT, Badge.PENDING)
    assert_plain(invitation.trouble, advice=False)
    assert "Re-invite" in invitation.trouble
    assert Counter(server.kept) == Counter(address for address in ADDRESSES if taken or address != lost[0].person.email)
    invitations.reinvite(here.bench.context, here.bench.admin, lost[0].person.id)
    here.bench.workshop.run()
    assert Counter(server.kept)[lost[0].person.email] == 1 + taken


def test_a_server_that_takes_its_time_for_each_answer_gets_each_mail_once(quick_store: Store, server: Server) -> None:
    """Slow is not silent: nobody is put off, nothing is left to say."""
    server.slow = TIMEOUT / 6
    here = office(quick_store, server)
    here.invite()
    assert Counter(server.kept) == Counter(ADDRESSES)
    assert {line.invitation.trouble for line in here.bench.people().values() if line.invitation} == {""}
    assert here.bench.workshop.waited == []


def test_a_server_that_never_answers_after_the_message_gets_fewer_and_fewer(quick_store: Store, server: Server) -> None:
    """Each mail may be lost there, so that the next waits longer and longer; once it answers, the rest goes out at once."""
    server.answers["."] = [HANG, HANG]
    here = office(quick_store, server)
    here.invite()
    assert here.bench.workshop.waited == [60, 120]
    assert len(server.kept) == 1
    lost = [line for line in here.bench.people().values() if line.invitation and "answer was lost" in line.invitation.trouble]
    assert {line.person.email for line in lost} == set(ADDRESSES) - set(server.kept)


def test_a_server_that_never_answers_at_all_is_given_up_and_said(quick_store: Store, server: Server) -> None:
    server.answers["HELLO"] = [HANG] * 100
    here = office(quick_store, server, addresses=ADDRESSES[:1])
    here.invite()
    assert server.kept == []
    line = here.invitation(ADDRESSES[0])
    assert line.invitation is not None
    assert line.badge is Badge.BOUNCED
    assert_plain(line.invitation.trouble, advice=False)


def test_who_is_invited_meanwhile_does_not_wait_for_who_was_put_off_for_long(quick_store: Store, server: Server) -> None:
    here = office(quick_store, server)
    busy = "450 4.2.1 mailbox busy"
    server.answers["RCPT"] = [busy, "250 ok", "250 ok", *[busy] * 5]
    shop = here.bench.workshop
    asked_at: list[float] = []

    def somebody_asks(seconds: float) -> None:
        shop.waited.append(seconds)
        here.bench.clock.advance(seconds)
        if not asked_at and sum(shop.waited) > 60 * (1 + 2 + 4 + 8):  # the next try is a quarter of an hour away
            asked_at.append(sum(shop.waited))
            server.answers["RCPT"].insert(0, "250 ok")
            shop.in_step = False  # it is another thread that asks
            invitations.reinvite(here.bench.context, here.bench.admin, here.invitation(server.kept[0]).person.id)
        elif asked_at and len(server.kept) > 2:
            asked_at.append(sum(shop.waited))

    shop.waiting = somebody_asks  # type: ignore[method-assign]
    here.invite()
    assert server.kept[2] == server.kept[0], "their second mail came before the one that was put off"
    assert asked_at[1] - asked_at[0] <= 60
    assert Counter(server.kept) == Counter([*ADDRESSES, server.kept[0]])


def test_a_refused_address_bounces_alone_with_the_servers_words(quick_store: Store, server: Server) -> None:
    here = office(quick_store, server)
    server.answers["RCPT"] = ["250 ok", "550 5.1.1 no such user"]
    here.invite()
    badges = Counter(line.badge for line in here.bench.people().values())
    assert badges == {Badge.PENDING: 2, Badge.BOUNCED: 1}
    assert len(server.kept) == 2
    [bounced] = [line for line in here.bench.people().values() if line.badge is Badge.BOUNCED]
    assert "550 5.1.1 no such user" in bounced.invitation.trouble  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("scheme", "login", "answers", "word"),
    [
        ("smtp", "user:word@", {"EHLO": ["250-here\r\n250 AUTH PLAIN"] * 50, "AUTH": ["535 5.7.8 wrong"] * 50}, "user name or password"),
        ("smtp+starttls", "", {}, "cannot be encrypted"),
        ("smtps", "", {}, "cannot be encrypted"),
    ],
)
def test_a_server_that_cannot_be_used_keeps_the_invitations_and_says_why(
    quick_store: Store, server: Server, scheme: str, login: str, answers: dict[str, list[str]], word: str
) -> None:
    """A refused login, no STARTTLS, no TLS: nothing goes out, each card says what to correct."""
    here = office(quick_store, server, scheme, login)
    server.answers |= answers
    here.invite()
    assert server.kept == []
    for line in here.bench.people().values():
        assert line.invitation is not None
        assert word in line.invitation.trouble
        assert "Correct" in line.invitation.trouble
        assert_plain(line.invitation.trouble.rstrip("…").rstrip(".") + ".", advice=False)

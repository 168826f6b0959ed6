"""A mail server that fails: each invitation goes out once, what cannot be known is said, and nobody is forgotten."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connectors.mail import open_mailer
from domain.invitation import Badge, InvitationState
from domain.ports import Kind
from flows import delivery, invitations
from sandbox.world import ManualClock
from storage.store import Store
from tests.faults.smtp import HANG_UP, Server, serving
from tests.faults.town import assert_plain
from tests.flows.bench import Bench, bench

ADDRESSES = [f"p{number}@contoso.com" for number in range(3)]


@dataclass
class Office:
    bench: Bench
    server: Server

    def invite(self) -> None:
        self.bench.imported(Kind.USERS, "Contoso")
        self.bench.workshop.run()

    def invitation(self, address: str) -> invitations.PersonLine:
        return self.bench.people()[address]


def office(store: Store, server: Server, scheme: str = "smtp", login: str = "") -> Office:
    clock = ManualClock()
    mailer = open_mailer(server.url(scheme, login), "Gangway <gangway@northwind-it.example>", clock=clock)
    made = bench(store, clock=clock, mailer=mailer)
    made.two_eyes_are_enough()
    made.papers["autotask"].company("10", "Contoso", "contoso.com")
    for number, address in enumerate(ADDRESSES):
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
    ],
)
def test_what_is_put_off_is_sent_once_later(quick_store: Store, server: Server, command: str, said: list[str]) -> None:
    """421, 450, 451, a line that breaks before the message: each person gets one mail, and nothing is left to say."""
    here = office(quick_store, server)
    server.answers[command] = [*said]
    here.invite()
    assert Counter(server.kept) == Counter(ADDRESSES)
    assert {line.invitation.trouble for line in here.bench.people().values() if line.invitation} == {""}
    assert here.bench.workshop.waited


@pytest.mark.parametrize("taken", [True, False])
def test_a_line_that_breaks_after_the_message_sends_no_second_one_and_says_so(quick_store: Store, server: Server, taken: bool) -> None:
    """Nobody knows whether the server has it: it counts as sent, its card says what to do, and Re-invite sends another."""
    here = office(quick_store, server)
    server.answers["."] = [HANG_UP]
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

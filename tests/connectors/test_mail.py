"""Mail against a real SMTP server on loopback, and one that says what a test wants."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.mail import open_mailer, parse_smtp_url
from domain.errors import AskOperator, GangwayError, TryLater
from domain.ports import Mail, MailOutcome
from tests.connectors.conformance import CANARY, FakeTime

SENDER = "Gangway für Alle <gangway@msp.example>"


def mail(**changes: str) -> Mail:
    given = {
        "to": "ada@contoso.com",
        "subject": "You are invited",
        "text": "Hello\n.\n.dotted\nline",
        "html": "<p>Hellö</p>",
        "message_id": "<1@gangway>",
    }
    return Mail(**{**given, **changes})


class Box:
    """What the server got; `rcpt` and `data` are its answers."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.sessions: set[int] = set()
        self.rcpt = self.data = "250 OK"
        self.mail = "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        self.sessions.add(id(session))
        return self.data

    def message(self, nth: int = -1) -> EmailMessage:
        parsed = message_from_bytes(self.mails[nth].original_content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@contextmanager
def serving(box: Box, **options: Any) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture
def box() -> Box:
    return Box()


def test_a_mail_arrives_whole(box: Box, time: FakeTime) -> None:
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER, clock=time.clock)
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        mailer.close()
    got = box.message()
    assert got["From"] == "Gangway für Alle <gangway@msp.example>"
    assert (got["To"], got["Subject"], got["Message-ID"]) == ("ada@contoso.com", "You are invited", "<1@gangway>")
    assert got["Date"].startswith("Sat, 21 Nov 2026 10:00:00")
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content_type() == "multipart/alternative"
    text, html = got.iter_parts()
    assert text.get_content().splitlines() == ["Hello", ".", ".dotted", "line"]
    assert html.get_content().strip() == "<p>Hellö</p>"


def test_the_mark_is_set_when_only_the_message_is_missing(box: Box) -> None:
    seen: list[tuple[int, str]] = []
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        mailer.send(mail(), lambda: seen.append((len(box.mails), "mark")))
        assert (seen, len(box.mails)) == ([(0, "mark")], 1)
        box.rcpt = "550 5.1.1 no such user"
        mailer.send(mail(), lambda: seen.append((0, "too early")))
        mailer.close()
    assert len(seen) == 1


def test_one_connection_serves_many_mails_and_is_reopened(box: Box) -> None:
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        for _ in range(3):
            mailer.send(mail(), lambda: None)
        assert len(box.sessions) == 1
        mailer.close()
        mailer.send(mail(), lambda: None)
        mailer.close()
    assert (len(box.mails), len(box.sessions)) == (4, 2)


def test_a_connection_the_server_dropped_is_reopened(box: Box) -> None:
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        mailer.send(mail(), lambda: None)
        assert mailer._server is not None
        assert mailer._server.sock is not None
        mailer._server.sock.shutdown(socket.SHUT_RDWR)
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        mailer.close()


def test_an_address_refused_for_good_bounces_with_the_reason(box: Box) -> None:
    box.rcpt = "550 5.1.1 no such user here"
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        delivery = mailer.send(mail(), lambda: None)
        assert (delivery.outcome, delivery.reason) == (MailOutcome.BOUNCED, "550 5.1.1 no such user here")
        box.rcpt = "250 OK"
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        mailer.close()
    assert len(box.mails) == 1


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "", "a b@c.example", "ä@contoso.com", "a@b.example,c@d.example"])
def test_what_is_no_address_bounces_without_a_call(address: str) -> None:
    mailer = open_mailer("smtp://127.0.0.1:1", SENDER)
    assert mailer.send(mail(to=address), lambda: None).outcome is MailOutcome.BOUNCED


def test_a_domain_in_any_letters_is_reached(box: Box) -> None:
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        mailer.send(mail(to="ada@müller.example"), lambda: None)
        mailer.close()
    assert box.mails[0].rcpt_tos == ["ada@xn--mller-kva.example"]


@pytest.mark.parametrize(
    ("rcpt", "data", "sender", "error"),
    [
        ("450 4.2.1 mailbox busy", "250 OK", "250 OK", TryLater),
        ("250 OK", "451 4.3.0 later", "250 OK", TryLater),
        ("250 OK", "554 5.7.1 looks like spam", "250 OK", AskOperator),
        ("250 OK", "250 OK", "553 5.7.1 not your address", AskOperator),
        ("250 OK", "250 OK", "421 4.3.2 shutting down", TryLater),
    ],
)
def test_refusals_are_sorted_by_what_happens_next(
    box: Box, rcpt: str, data: str, sender: str, error: type[GangwayError]
) -> None:
    box.rcpt, box.data, box.mail = rcpt, data, sender
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        with pytest.raises(error):
            mailer.send(mail(), lambda: None)
        mailer.close()


def test_a_mailbox_refused_after_the_message_bounces(box: Box) -> None:
    box.data = "550 5.1.1 unknown user"
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.BOUNCED
        mailer.close()


def test_a_mark_that_cannot_be_set_leaves_nothing_sent(box: Box) -> None:
    def broken() -> None:
        raise RuntimeError("the database is away")

    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", SENDER)
        with pytest.raises(RuntimeError):
            mailer.send(mail(), broken)
        assert box.mails == []
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        mailer.close()


def test_a_server_that_is_away_is_tried_later() -> None:
    with pytest.raises(TryLater):
        open_mailer("smtp://127.0.0.1:1", SENDER).send(mail(), lambda: None)


def test_a_server_that_hangs_up_in_the_middle_is_tried_later() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"220 hello\r\n")
        connection.recv(100)
        connection.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    with pytest.raises(TryLater):
        open_mailer(f"smtp://127.0.0.1:{listener.getsockname()[1]}", SENDER).send(mail(), lambda: None)
    thread.join(5)
    listener.close()


@pytest.mark.parametrize(("password", "accepted"), [("p@ss/w:rd", True), (CANARY, False)])
def test_credentials_come_from_the_url(box: Box, password: str, accepted: bool) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"p@ss/w:rd", handled=False)

    quoted = password.replace("@", "%40").replace("/", "%2F").replace(":", "%3A")
    with serving(box, authenticator=check, auth_required=True, auth_require_tls=False) as at:
        mailer = open_mailer(f"smtp://bot%40msp:{quoted}@{at}", SENDER)
        if accepted:
            assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        else:
            with pytest.raises(AskOperator, match="SMTP_URL") as refused:
                mailer.send(mail(), lambda: None)
            assert CANARY not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"
        assert CANARY not in repr(mailer)
        mailer.close()


def test_a_server_that_will_not_encrypt_never_sees_the_password(box: Box) -> None:
    with serving(box) as at:
        mailer = open_mailer(f"smtp+starttls://bot:{CANARY}@{at}", SENDER)
        with pytest.raises(AskOperator, match="STARTTLS"):
            mailer.send(mail(), lambda: None)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, *form)
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def test_starttls_comes_before_the_password_and_the_certificate_is_checked(box: Box, tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    with serving(box, tls_context=server, require_starttls=True) as at:
        mailer = open_mailer(f"smtp+starttls://{at}", SENDER, tls=trusting)
        assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
        mailer.close()
        with pytest.raises(AskOperator, match="certificate is not trusted"):
            open_mailer(f"smtp+starttls://{at}", SENDER).send(mail(), lambda: None)


def test_smtps_is_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    _, trusting = certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server.pem")
    box = Box()
    listener = socket.create_server(("127.0.0.1", 0))

    def one_mail() -> None:
        """Enough of a server for one mail; aiosmtpd's controller cannot be started with a private certificate."""
        connection, _ = listener.accept()
        with server.wrap_socket(connection, server_side=True) as talk, talk.makefile("rwb") as lines:
            lines.write(b"220 hello\r\n")
            lines.flush()
            for line in lines:
                if line.startswith(b"DATA"):
                    lines.write(b"354 go on\r\n")
                    lines.flush()
                    box.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                lines.write(b"250 OK\r\n")
                lines.flush()
                if box.mails:
                    return

    thread = threading.Thread(target=one_mail)
    thread.start()
    mailer = open_mailer(f"smtps://127.0.0.1:{listener.getsockname()[1]}", SENDER, tls=trusting)
    assert mailer.send(mail(), lambda: None).outcome is MailOutcome.SENT
    mailer.close()
    thread.join(5)
    listener.close()
    assert b"multipart/alternative" in box.mails[0]


def test_a_port_without_tls_is_named() -> None:
    box = Box()
    with serving(box) as at, pytest.raises(AskOperator, match="cannot be encrypted"):
        open_mailer(f"smtps://{at}", SENDER).send(mail(), lambda: None)


def test_no_header_can_be_smuggled_in(box: Box) -> None:
    evil = "\r\nBcc: everyone@contoso.com\r\n\r\nbody"
    with serving(box) as at:
        mailer = open_mailer(f"smtp://{at}", f"Evil{evil} <gangway@msp.example>")
        mailer.send(mail(subject=f"Hi{evil}", message_id=f"<1@x>{evil}"), lambda: None)
        assert mailer.send(mail(to=f"a@b.example{evil}"), lambda: None).outcome is MailOutcome.BOUNCED
        mailer.close()
    got = box.message()
    assert got["Bcc"] is None
    assert got["From"].addresses[0].addr_spec == "gangway@msp.example"


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://h.example", 25), ("smtps://h.example", 465), ("smtp+starttls://h.example", 587), ("smtp://h:1025", 1025)],
)
def test_each_form_has_its_port(url: str, port: int) -> None:
    assert parse_smtp_url(url).port == port


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        f"https://u:{CANARY}@h",
        "smtp://",
        f"smtp://u:{CANARY}@h:notaport",
        f"smtp://u:{CANARY}/x@h",
        f"smtp://:{CANARY}@h",
        f"smtp://u:{CANARY}@h/path",
        f"smtp://u:{CANARY}@[h",
    ],
)
def test_a_malformed_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|names|ends) ") as wrong:
        parse_smtp_url(url)
    assert CANARY not in f"{wrong.value!r} {wrong.value.__cause__!r}"
    assert CANARY not in repr(parse_smtp_url(f"smtp://u:{CANARY}@h"))


def test_a_sender_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        open_mailer("smtp://h", "Gangway")

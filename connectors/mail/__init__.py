"""Mail out, over SMTP: one connection, kept and reopened, and a word right before a message is handed over."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from connectors.mail.line import EncryptedLine, Line
from domain.errors import AskOperator, Trouble, TryLater
from domain.ports import Delivery, Mail, MailOutcome

TIMEOUT = 30.0  # seconds for each answer, to its last byte
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
REASON_LENGTH = 150


@dataclass(frozen=True)
class SmtpAddress:
    """Where mail is handed in, as SMTP_URL says it."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> SmtpAddress:
    """`smtp+starttls://user:p%40ss@mail.example.com:587` → SmtpAddress.

    Raises ValueError with what is wrong, for behind the setting's name. It does not repeat the URL: that holds a password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL: write smtp+starttls://user:password@host:587.") from None
    if parts.scheme not in PORTS:
        raise ValueError("has to start with smtp://, smtps:// or smtp+starttls://.")
    if not parts.hostname:
        raise ValueError("names no server: write smtp+starttls://user:password@host:587.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("ends after the port; write / ? # in a user name or password as %2F %3F %23.")
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(username) != bool(password):
        raise ValueError("has a user name without a password or the reverse; give both or neither.")
    return SmtpAddress(parts.scheme, parts.hostname, port or PORTS[parts.scheme], username, password)


def open_mailer(
    url: str,
    sender: str,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    tls: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
) -> "SmtpMailer":
    """A mailer for SMTP_URL and MAIL_FROM ("Gangway <gangway@msp.example>"); nothing is called until a mail is sent.
    `timeout`: seconds for each answer of the server.

        mailer = open_mailer("smtp://127.0.0.1:1025", "Gangway <gangway@msp.example>")
        mailer.send(mail, before_handover=lambda: journal.note(mail.message_id))
        # Delivery(outcome=SENT) or Delivery(outcome=BOUNCED, reason="550 no such user")
    """
    try:
        from_whom = _mailbox(sender)
    except ValueError:
        raise ValueError("MAIL_FROM is no e-mail address: write Gangway <gangway@example.com>.") from None
    return SmtpMailer(parse_smtp_url(url), from_whom, clock, tls or ssl.create_default_context(), timeout)


class SmtpMailer:
    """Not for several threads at once: one connection speaks one message at a time."""

    def __init__(
        self,
        address: SmtpAddress,
        sender: Address,
        clock: Callable[[], datetime],
        tls: ssl.SSLContext,
        timeout: float,
    ) -> None:
        self._address = address
        self._sender = sender
        self._clock = clock
        self._tls = tls
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None

    def send(self, mail: Mail, before_handover: Callable[[], None]) -> Delivery:
        """Hand one mail over. Raises TryLater, AskOperator.

        `before_handover` is called when the server has said 354 and only the message is missing. An error before
        that moment means nothing was sent; afterwards nobody knows, and the mark it left says so.
        """
        try:
            to = _mailbox(mail.to)
        except ValueError as wrong:
            return Delivery(MailOutcome.BOUNCED, str(wrong))
        body = self._message(mail, to)
        ended = False
        try:
            delivery = self._hand_over(self._connected(), to.addr_spec, body, before_handover)
            ended = True
            return delivery
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            if not ended:
                self.close()  # the conversation is in an unknown state
        # Outside the handler: what the library raised may quote what was sent.
        raise TryLater("The mail server broke off or could not be reached. The mail is kept and tried again later.")

    def try_out(self) -> None:
        """Connect and log in, without a mail. Raises TryLater, AskOperator."""
        reached = False
        try:
            self._connected()
            reached = True
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            self.close()
        if not reached:
            raise TryLater("The mail server could not be reached.")

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    # --- connection ---------------------------------------------------------------------------------

    def _connected(self) -> smtplib.SMTP:
        """The kept connection where it still answers, else a new one."""
        if self._server is not None:
            try:
                if self._server.rset()[0] == 250:
                    return self._server
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        self._server = self._open()
        self._log_in(self._server)
        return self._server

    def _open(self) -> smtplib.SMTP:
        at = self._address
        if at.scheme == "smtps":
            try:
                return EncryptedLine(at.host, at.port, timeout=self._timeout, context=self._tls)
            except ssl.SSLError:
                pass
            raise _not_encrypted("its certificate is not trusted, or it speaks no TLS on this port")
        server = Line(at.host, at.port, timeout=self._timeout)
        if at.scheme == "smtp+starttls":
            self._encrypt(server)
        return server

    def _encrypt(self, server: smtplib.SMTP) -> None:
        """Before anything is said: a server that will not encrypt never sees the password."""
        why = "it does not offer STARTTLS"
        try:
            if server.starttls(context=self._tls)[0] == 220:
                return
        except smtplib.SMTPNotSupportedError:
            pass
        except ssl.SSLError:
            why = "its certificate is not trusted"
        server.close()
        raise _not_encrypted(why)

    def _log_in(self, server: smtplib.SMTP) -> None:
        at = self._address
        server.ehlo_or_helo_if_needed()
        if not at.username:
            return
        code = 535
        try:
            server.login(at.username, at.password)
        except smtplib.SMTPAuthenticationError as refused:
            code = refused.smtp_code
        except (smtplib.SMTPNotSupportedError, UnicodeEncodeError):
            pass
        else:
            return
        if 400 <= code < 500:
            raise TryLater("The mail server does not accept a login at the moment. It is tried again later.")
        raise AskOperator(
            "The mail server refused the user name or password in SMTP_URL. Correct it and restart Gangway.",
            Trouble.WRONG_KEY,
        )

    # --- one message --------------------------------------------------------------------------------

    def _hand_over(
        self, server: smtplib.SMTP, to: str, body: bytes, before_handover: Callable[[], None]
    ) -> Delivery:
        self._expect(server.mail(self._sender.addr_spec), "the sender MAIL_FROM")
        code, said = server.rcpt(to)
        if 500 <= code < 600:
            server.rset()
            return Delivery(MailOutcome.BOUNCED, _reason(code, said))
        self._expect((code, said), "the recipient")
        self._expect(server.docmd("DATA"), "a message", wanted=354)
        before_handover()
        # `send` here is the library's own raw write; dots at a line's start are doubled as DATA wants it.
        server.send(_dotted(body))
        try:
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException):
            self.close()
            return Delivery(MailOutcome.UNHEARD)  # the server may have it: sent again, it might come twice
        if not 200 <= code < 600:
            self.close()
            return Delivery(MailOutcome.UNHEARD)  # half an answer: the line broke off in it
        if re.match(rb"5\.[12]\.", said):  # some servers look at the mailbox only now
            return Delivery(MailOutcome.BOUNCED, _reason(code, said))
        self._expect((code, said), "the message")
        return Delivery(MailOutcome.SENT)

    def _expect(self, answer: tuple[int, bytes], what: str, wanted: int = 250) -> None:
        code, said = answer
        if code == wanted or (wanted == 250 and code == 251):
            return
        if 500 <= code < 600:
            raise AskOperator(
                f"The mail server refused {what}: {_reason(code, said)}. Check MAIL_FROM and the server's rules.",
                Trouble.MISCONFIGURED,
            )
        raise TryLater("The mail server is busy. The mail is kept and tried again later.")

    def _message(self, mail: Mail, to: Address) -> bytes:
        """The mail as bytes: text and HTML side by side, lines ended as SMTP wants them."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = _one_line(mail.subject)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = _one_line(mail.message_id)
        message["Auto-Submitted"] = "auto-generated"  # keeps out-of-office replies away
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message.as_bytes()


def _one_line(text: str) -> str:
    """A header's text cannot begin another header."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def _mailbox(text: str) -> Address:
    """An address from `Gangway <gangway@msp.example>`; raises ValueError for what is none.

    The name may have any letters. The address may have nothing that could end it and begin another, and its domain is
    put into the ASCII form that every server takes.
    """
    line = _one_line(text)
    # Not the library's lenient reading, which takes the first of several addresses.
    name, spec = line[:-1].rsplit("<", 1) if line.endswith(">") and "<" in line else ("", line)
    local, _, domain = spec.rpartition("@")
    if not local.isascii() or not re.fullmatch(r"[^\s<>,;:\"()\[\]\\@]+", local):
        raise ValueError("This is no e-mail address that mail can be sent to.")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not re.fullmatch(r"[A-Za-z0-9.-]+", ascii_domain):
        raise ValueError("This is no e-mail address that mail can be sent to.")
    return Address(display_name=name.strip(' "'), username=local, domain=ascii_domain)


def _not_encrypted(why: str) -> AskOperator:
    said = f"The mail server's connection cannot be encrypted: {why}. Correct SMTP_URL or the server."
    return AskOperator(said, Trouble.MISCONFIGURED)


def _dotted(body: bytes) -> bytes:
    return re.sub(rb"(?m)^\.", b"..", body).removesuffix(b"\r\n") + b"\r\n.\r\n"


def _reason(code: int, said: bytes) -> str:
    """The server's own words, fit to be shown: "550 5.1.1 no such user"."""
    line = re.sub(r"[\s\x00-\x1f\x7f]+", " ", said.decode("utf-8", "replace")).strip()
    return f"{code} {line}"[:REASON_LENGTH]

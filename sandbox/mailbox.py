"""An SMTP server on loopback that keeps what it gets: where the sandbox's and the tests' mail ends up."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.serving.access import Access
from sandbox.serving.mail_page import mail_app
from sandbox.serving.runner import Runner
from sandbox.world import Clock, real_clock

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it came: envelope addresses, and the parsed message."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    received: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["subject"] or "")

    @property
    def text(self) -> str:
        """The plain-text part, empty when there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part, empty when there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass(slots=True)
class MailFaults:
    """Switches: addresses refused for good, addresses put off, and trouble with the connection."""

    refuse: set[str] = field(default_factory=set)
    put_off: dict[str, int] = field(default_factory=dict)
    disconnect: int = 0
    slow: float = 0.0

    def greylist(self, address: str, times: int = 1) -> None:
        """Answer 451 to the next `times` deliveries to an address."""
        self.put_off[address.lower()] = times


class _Handler:
    """What aiosmtpd calls for each command."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the sender, once signed in when that is asked for."""
        # The library's own switch for this warns about plain connections, which loopback is.
        if self._mailbox.wants_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take, put off or refuse one recipient."""
        faults = self._mailbox.faults
        if faults.slow:
            await asyncio.sleep(faults.slow)
        if address.lower() in {one.lower() for one in faults.refuse}:
            return "550 5.1.1 No such user here"
        left = faults.put_off.get(address.lower(), 0)
        if left > 0:
            faults.put_off[address.lower()] = left - 1
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep the message, or hang up in the middle of it."""
        if self._mailbox.faults.disconnect > 0:
            self._mailbox.faults.disconnect -= 1
            if isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
            return "421 4.3.0 Going away"
        self._mailbox.keep(envelope)
        return "250 2.0.0 Kept"


class _Listener(Controller):
    """A controller on a socket of our own, so that the free port is known before it starts."""

    def __init__(self, handler: _Handler, sock: socket.socket, options: dict[str, Any]) -> None:
        host, port = sock.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port, **options)
        self._sock = sock

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._sock)


class Mailbox:
    """Start it, give `smtp_url` to whoever sends, then look at `messages`."""

    def __init__(self, *, credentials: tuple[str, str] | None = None, clock: Clock = real_clock) -> None:
        self.faults = MailFaults()
        self._credentials = credentials
        self._clock = clock
        self._kept: list[Mail] = []
        self._arrival = threading.Condition()
        self._listener: _Listener | None = None
        self._port = 0
        self._access = Access()
        self._page = Runner(mail_app(self._access, self.messages, self.clear))

    def start(self) -> Self:
        """Listen for mail and serve the page."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self._port))
        self._port = sock.getsockname()[1]
        options: dict[str, Any] = {}
        if self._credentials is not None:
            options = {"authenticator": self._sign_in, "auth_require_tls": False}
            logging.getLogger("mail.log").addFilter(_not_about_login_data)
        self._listener = _Listener(_Handler(self), sock, options)
        self._listener.start()
        self._page.start()
        return self

    def stop(self) -> None:
        """Refuse connections; `start` takes the same ports again."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._page.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def smtp_url(self) -> str:
        """What goes into the setting SMTP_URL, credentials included."""
        login = ""
        if self._credentials is not None:
            login = ":".join(quote(part, safe="") for part in self._credentials) + "@"
        return f"smtp://{login}127.0.0.1:{self._port}"

    @property
    def page_url(self) -> str:
        """The link to the page of mails, token included."""
        return f"{self._page.url}/?token={self._access.token}"

    @property
    def wants_login(self) -> bool:
        """Whether senders must sign in first."""
        return self._credentials is not None

    def messages(self, to: str | None = None) -> list[Mail]:
        """What came so far, oldest first, optionally for one recipient in any case."""
        with self._arrival:
            return [mail for mail in self._kept if to is None or _is_for(mail, to)]

    def wait_for(self, to: str, *, count: int = 1, seconds: float = _PATIENCE) -> Mail:
        """The `count`-th mail to an address, waiting for it to arrive."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self.messages(to)) >= count, seconds):
                raise TimeoutError(f"no mail number {count} to {to} within {seconds:g} s")
            return self.messages(to)[count - 1]

    def clear(self) -> None:
        """Throw everything away."""
        with self._arrival:
            self._kept.clear()

    def keep(self, envelope: Envelope) -> None:
        """Store a delivered message and wake whoever waits for it."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        with self._arrival:
            number = self._kept[-1].number + 1 if self._kept else 1
            sender = envelope.mail_from or ""
            mail = Mail(number, sender, tuple(envelope.rcpt_tos), self._clock(), parsed)
            self._kept.append(mail)
            self._arrival.notify_all()

    def _sign_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and self._credentials is not None
        if right:
            right = (given.login.decode(), given.password.decode()) == self._credentials
        return AuthResult(success=right, handled=False)


def _not_about_login_data(record: logging.LogRecord) -> bool:
    # The library warns about an attribute that it sets itself at every sign-in.
    return "login_data" not in record.getMessage()


def _is_for(mail: Mail, to: str) -> bool:
    return to.lower() in {address.lower() for address in mail.recipients}

"""The mailbox: what it takes, what it refuses when told to, and how safely it shows mails."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.mailbox import Mailbox


def letter(to: str = "ada@contoso.example", subject: str = "Welcome") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "gangway@northwind-it.example"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Join: http://127.0.0.1:8730/join/abc. <script>alert(1)</script>")
    message.add_alternative("<p>Join</p><script>alert(2)</script>", subtype="html")
    return message


def send(mailbox: Mailbox, message: EmailMessage) -> None:
    place = urlsplit(mailbox.smtp_url)
    assert place.hostname is not None
    with smtplib.SMTP(place.hostname, place.port or 0, timeout=10) as smtp:
        if place.username is not None:
            smtp.login("bot@x", "p:w")
        smtp.send_message(message)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


def test_mail_is_kept_for_its_recipient(mailbox: Mailbox) -> None:
    """A mail is found by its recipient in any case, with its parts decoded."""
    send(mailbox, letter("Ada@Contoso.example", "Grüße"))
    mail = mailbox.wait_for("ada@contoso.example")
    assert mail.subject == "Grüße"
    assert "/join/abc" in mail.text
    assert "<p>Join</p>" in mail.html
    assert mailbox.messages(to="someone@else.example") == []


def test_waiting_in_vain_says_so(mailbox: Mailbox) -> None:
    """Waiting for a mail that does not come ends with a clear sentence."""
    with pytest.raises(TimeoutError, match="no mail number 1"):
        mailbox.wait_for("a@b.example", seconds=0)


def test_recipients_can_be_refused_for_good_or_put_off(mailbox: Mailbox) -> None:
    """550 stays, 451 passes after as many tries as asked."""
    mailbox.faults.refuse.add("gone@contoso.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailbox, letter("Gone@contoso.example"))
    assert next(iter(refused.value.recipients.values()))[0] == 550
    mailbox.faults.greylist("ada@contoso.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as put_off:
        send(mailbox, letter())
    assert next(iter(put_off.value.recipients.values()))[0] == 451
    send(mailbox, letter())
    assert len(mailbox.messages()) == 1


def test_the_connection_can_break(mailbox: Mailbox) -> None:
    """A disconnect in the middle of a mail loses it and leaves the server running."""
    mailbox.faults.disconnect = 1
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mailbox, letter())
    send(mailbox, letter())
    assert len(mailbox.messages()) == 1


def test_signing_in_can_be_asked_for() -> None:
    """With credentials set, mail is taken only after signing in, and the url carries them escaped."""
    with Mailbox(credentials=("bot@x", "p:w")) as mailbox:
        assert mailbox.smtp_url.startswith("smtp://bot%40x:p%3Aw@127.0.0.1:")
        send(mailbox, letter())
        place = urlsplit(mailbox.smtp_url)
        with smtplib.SMTP("127.0.0.1", place.port or 0) as smtp:
            with pytest.raises(smtplib.SMTPSenderRefused):
                smtp.send_message(letter())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                smtp.login("bot@x", "wrong")


def test_the_page_shows_mails_without_trusting_them(mailbox: Mailbox) -> None:
    """Text is escaped with clickable links, HTML sits in a sandboxed frame, strangers see nothing."""
    send(mailbox, letter(subject="<b>Bold</b>"))
    root = mailbox.page_url.split("/?")[0]
    assert httpx.get(root).status_code == 403
    assert httpx.get(f"{root}/?token=wrong").status_code == 403
    with httpx.Client(base_url=root, follow_redirects=True) as browser:
        assert "&lt;b&gt;Bold" in browser.get(mailbox.page_url).text
        shown = browser.get("/mail/1")
        assert "<a href='http://127.0.0.1:8730/join/abc' " in shown.text
        assert "<script>" not in shown.text
        assert "<iframe sandbox='allow-popups " in shown.text
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert browser.get("/mail/9").status_code == 404
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 403
        assert "Nothing yet" in browser.post("/empty").text

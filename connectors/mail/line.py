"""Conversations with a mail server in which each answer has an end.

The library gives every byte of an answer the whole timeout anew, so that a server which drips would hold us for hours.
"""

import smtplib
import socket
import threading
from contextlib import suppress


class Line(smtplib.SMTP):
    """Over the line as it is, or encrypted on the way."""

    def getreply(self) -> tuple[int, bytes]:
        late = threading.Event()
        patience = threading.Timer(float(self.timeout), self._cut, [late])
        patience.daemon = True
        patience.start()
        try:
            answer = super().getreply()
        finally:
            patience.cancel()
        if late.is_set():  # what had come by then may be half an answer
            raise smtplib.SMTPServerDisconnected("The answer took too long.")
        return answer

    def _cut(self, late: threading.Event) -> None:
        """Called beside the read, which ends by it."""
        late.set()
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class EncryptedLine(smtplib.SMTP_SSL, Line):
    """The same, encrypted from the first byte."""

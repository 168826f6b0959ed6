"""A mail server on loopback that answers as a test wants: each command's answer, when to hang up, how slowly."""

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedRWPair

USUAL = {"EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "RSET": "250 ok", "AUTH": "235 ok", ".": "250 kept"}
HANG_UP = "hang up"
HANG = "hang"  # no answer, until whoever waits for it gives up
DRIP = "drip"  # an answer that comes byte by byte and has no end
HALF = "half"  # the beginning of an answer, and the line breaks


@dataclass
class Server:
    """`answers`: for a command (or "." for the message's end, "HELLO" for the greeting) what is said, once each."""

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)  # to whom, of every message that was taken
    takes_before_hanging_up: bool = False
    slow: float = 0.0  # seconds before each answer
    open: socket.socket | None = None  # the conversation under way

    def url(self, scheme: str = "smtp", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}"

    def said(self, command: str) -> str:
        planned = self.answers.get(command, [])
        return planned.pop(0) if planned else "220 hello" if command == "HELLO" else USUAL.get(command, "502 unknown")

    def talk(self, connection: socket.socket) -> None:
        """One conversation, to its end."""
        to, self.open = "", connection
        with connection, connection.makefile("rwb") as lines:
            if not self._answer(lines, "HELLO"):
                return
            for raw in lines:
                line = raw.decode("latin-1")  # a client that wants to encrypt says what is no text
                command = line[:4].upper().strip()
                to = line.split("<")[1].split(">")[0] if command == "RCPT" else to
                said = self._answer(lines, command)
                if not said:
                    return
                if said.startswith("354") and not self._message(lines, to):
                    return

    def _message(self, lines: BufferedRWPair, to: str) -> bool:
        for line in iter(lines.readline, b""):
            if line == b".\r\n":
                break
        planned = self.answers.get(".", [])
        if (not planned or planned[0].startswith("250")) or self.takes_before_hanging_up:
            self.kept.append(to)
        return bool(self._answer(lines, "."))

    def _answer(self, lines: BufferedRWPair, command: str) -> str:
        said = self.said(command)
        if said == HANG:
            lines.read()
        if said == DRIP:
            self._drip(lines)
        if said == HALF:
            lines.write(b"2")
            lines.flush()
        if said in (HANG, HANG_UP, DRIP, HALF):
            return ""
        threading.Event().wait(self.slow)
        lines.write(said.encode() + b"\r\n")
        lines.flush()
        return "" if said.startswith("421") else said


    def _drip(self, lines: BufferedRWPair) -> None:
        """Each byte in time, the whole never: until whoever reads it hangs up."""
        for byte in itertools.chain(b"250-", itertools.repeat(ord("x"))):
            threading.Event().wait(0.02)
            lines.write(bytes([byte]))
            lines.flush()


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError):
                    server.talk(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
            if server.open is not None:
                server.open.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)

"""Everything a newcomer or a test needs on one machine: workspace, sources, mailbox, and the real bot as its own process.

The bot is unmodified and knows nothing of all this but addresses and tokens.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.autotask import AutotaskStandIn
from sandbox.connectwise import ConnectWiseStandIn
from sandbox.itglue import ITGlueStandIn
from sandbox.mailbox import Mailbox
from sandbox.workspace.cast import PEOPLE
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace
from sandbox.world import World, real_clock

ROOT = Path(__file__).resolve().parent.parent
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_CONNECT_SECONDS = 60


class Town:
    """Start it, open `workspace.page_url` or act as a `person`, stop it. `home` is kept when given, else thrown away."""

    def __init__(
        self,
        world: World | None = None,
        *,
        home: Path | None = None,
        page_port: int = 0,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.world = world or World.demo(clock=real_clock)
        self.autotask = AutotaskStandIn(self.world, https_only_webhooks=False)
        self.itglue = ITGlueStandIn(self.world)
        self.connectwise = ConnectWiseStandIn(self.world)
        self.mailbox = Mailbox()
        self.workspace = Workspace(port=page_port)
        self.home = home or Path(tempfile.mkdtemp(prefix="gangway-sandbox-"))
        self._keeps_home = home is not None
        self._settings = dict(settings or {})
        self._log = log
        self.pages_port = free_port()
        self.bot: subprocess.Popen[bytes] | None = None

    def start(self, bot: bool = True) -> Self:
        """Serve everything; with `bot`, return once the bot has connected."""
        self.autotask.start()
        self.itglue.start()
        self.connectwise.start()
        self.mailbox.start()
        self.workspace.show_links(self._links())
        self.workspace.start()
        if bot:
            self.start_bot()
        return self

    def stop(self) -> None:
        self.stop_bot()
        self.workspace.stop()
        self.mailbox.stop()
        self.connectwise.stop()
        self.itglue.stop()
        self.autotask.stop()
        if not self._keeps_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _links(self) -> list[dict[str, str]]:
        """For the page's sidebar; the ports are known once the parts have started."""
        return [
            {"label": "Mailbox", "url": self.mailbox.page_url},
            {"label": "Autotask PSA (stand-in)", "url": self.autotask.page_url},
            {"label": "IT Glue (stand-in)", "url": self.itglue.page_url},
            {"label": "ConnectWise PSA (stand-in)", "url": self.connectwise.page_url},
        ]

    # --- the bot ---

    def start_bot(self) -> None:
        """Start the bot's process and wait until it is connected. Raises RuntimeError when it ends instead."""
        log = self._log.open("ab") if self._log else None
        before = self.workspace.sockets_opened
        self.bot = subprocess.Popen(
            [sys.executable, "-m", "bot"], cwd=ROOT, env=self.environment(), stdout=log, stderr=log
        )
        if log is not None:
            log.close()
        for _ in range(_CONNECT_SECONDS):
            try:
                return self.workspace.wait_for_app(1, beyond=before)
            except TimeoutError:
                if (code := self.bot.poll()) is not None:
                    raise RuntimeError(f"The bot ended with code {code} instead of connecting.") from None
        raise RuntimeError(f"The bot did not connect within {_CONNECT_SECONDS} seconds.")

    def kill_bot(self) -> None:
        """As a crash would: at once, with nothing tidied up."""
        if self.bot is not None:
            self.bot.kill()
            self.bot.wait(10)
            self.bot = None

    def stop_bot(self) -> None:
        """As an operator would: SIGTERM, then wait."""
        if self.bot is not None:
            self.bot.terminate()
            try:
                self.bot.wait(20)
            except subprocess.TimeoutExpired:
                self.bot.kill()
                self.bot.wait(10)
            self.bot = None

    def environment(self) -> dict[str, str]:
        """The bot's settings. Proxies are blanked: they would catch loopback traffic."""
        blank = dict.fromkeys((name for name in PROXIES if name in os.environ), "")
        return {
            **os.environ,
            **blank,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_API_URL": self.workspace.api_url,
            "GANGWAY_HOME": str(self.home),
            "LISTEN": f"127.0.0.1:{self.pages_port}",
            "PUBLIC_URL": f"http://127.0.0.1:{self.pages_port}",
            "SMTP_URL": self.mailbox.smtp_url,
            "MAIL_FROM": "Northwind IT <gangway@northwind-it.example>",
            "AUTOTASK_API_URL": self.autotask.url,
            "ITGLUE_API_URL": self.itglue.url,
            "CONNECTWISE_API_URL": self.connectwise.url,
            "TIMEZONE": "Europe/London",
            "LOG_LEVEL": "WARNING",
            **self._settings,
        }

    # --- people and facts ---

    def person(self, user: str) -> Person:
        """Somebody of the workspace, acting over the client protocol."""
        return Person(self.workspace.base_url, self.workspace.client_token, user)

    def addresses(self) -> dict[str, object]:
        """What a person or a program needs to use each part."""
        return {
            "page": self.workspace.page_url,
            "slack": {
                "api_url": self.workspace.api_url,
                "bot_token": self.workspace.bot_token,
                "app_token": self.workspace.app_token,
                "client_url": self.workspace.base_url,
                "client_token": self.workspace.client_token,
                "people": [person.name for person in PEOPLE],
            },
            "autotask": {
                "url": self.autotask.url,
                "username": self.autotask.username,
                "secret": self.autotask.secret,
                "tracking_identifier": self.autotask.tracking_identifier,
                "page": self.autotask.page_url,
                "token": self.autotask.token,
            },
            "itglue": {
                "url": self.itglue.url,
                "api_key": self.itglue.api_key,
                "key_without_passwords": self.itglue.key_without_passwords,
                "page": self.itglue.page_url,
                "token": self.itglue.token,
            },
            "connectwise": {
                "url": self.connectwise.url,
                "site": self.connectwise.site,
                "company_id": self.connectwise.company,
                "public_key": self.connectwise.public_key,
                "private_key": self.connectwise.private_key,
                "client_id": self.connectwise.client_id,
                "page": self.connectwise.page_url,
                "token": self.connectwise.token,
            },
            "mail": {"smtp_url": self.mailbox.smtp_url, "page": self.mailbox.page_url},
            "bot": {"url": f"http://127.0.0.1:{self.pages_port}"},
        }


def free_port() -> int:
    """A port where nobody listens, below those that outgoing connections are given: a bot started again finds it free still."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port

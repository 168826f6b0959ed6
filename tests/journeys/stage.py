"""A whole town for a journey: sources, mailbox, workspace and the bot's process, with what a tester looks at."""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from sandbox.town import Town
from sandbox.workspace.person import Person
from sandbox.world import World

_TAIL = 60  # lines of the bot's log that a failure shows


class Stage:
    """A running town with its people, its mail, its log and its database file."""

    def __init__(self, town: Town, log: Path, database: str = "") -> None:
        self.town = town
        self.log_file = log
        self._database = database  # of PostgreSQL; "" for the file in the bot's home
        self.workspace, self.mailbox = town.workspace, town.mailbox
        self.autotask, self.itglue, self.world = town.autotask, town.itglue, town.world
        self._people: dict[str, Person] = {}
        self._web = httpx.Client(trust_env=False, timeout=10)

    def person(self, handle: str) -> Person:
        """Somebody of the workspace; the same client each time."""
        if handle not in self._people:
            self._people[handle] = self.town.person(handle)
        return self._people[handle]

    def close(self) -> None:
        """Put every client away."""
        self._web.close()
        for person in self._people.values():
            person.close()

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the bot's database, read only."""
        if self._database:
            with psycopg.connect(self._database) as server:
                return list(server.execute(question.encode()))
        address = f"file:{self.town.home / 'gangway.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            return list(database.execute(question, values))

    def log_text(self) -> str:
        """What the bot has logged so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def log_tail(self) -> str:
        """The end of the bot's log, for a failure."""
        return "\n".join(self.log_text().splitlines()[-_TAIL:]) or "(nothing)"

    # Mail and the join page

    def link_for(self, address: str, count: int = 1, seconds: float = 30) -> str:
        """The join link in the `count`-th mail to an address."""
        mail = self.mailbox.wait_for(address, count=count, seconds=seconds)
        found = re.search(r"https?://\S+/join/[\w-]+", mail.text)
        assert found, f"no join link in the mail to {address}:\n{mail.text}"
        return found[0]

    def browse(self, method: str, url: str) -> httpx.Response:
        """Ask for a page as a browser (or a mail scanner) would."""
        return self._web.request(method, url)


@contextmanager
def staged(
    folder: Path, world: World | None = None, settings: Mapping[str, str] | None = None, bot: bool = True,
    database: str = "",
) -> Iterator[Stage]:
    """A town of its own, its home and log in `folder`; the log's end goes with whatever error leaves the block.

    `database` is where to look things up when the settings name a PostgreSQL database.
    """
    log = folder / "bot.log"
    town = Town(world, home=folder / "home", settings=settings, log=log)
    town.home.mkdir(parents=True, exist_ok=True)
    stage = Stage(town, log, database)
    try:
        town.start(bot=bot)
        yield stage
    except BaseException as error:
        error.add_note(f"The bot's log ended with:\n{stage.log_tail()}")
        raise
    finally:
        stage.close()
        town.stop()


def scale(name: str, default: int) -> int:
    """A number that the environment may raise for a longer run."""
    return int(os.environ.get(name, default))

"""All handlers over the real flows and storage, with a small source of our own, in a running workspace."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.slack_socket import TimedSocket
from domain.connection import Connection
from domain.errors import AskOperator, TellPerson, Trouble
from domain.isolation import Link, Scope
from domain.ports import (
    Connector,
    Field,
    Finding,
    Guide,
    Kind,
    Opening,
    Page,
    Source,
    UpstreamCompany,
    UpstreamPerson,
    Use,
)
from flows import assets, companies, connect, mapping, pushing, reading, runs, todos
from flows.context import Context, Words
from handlers import register
from handlers.announce import SlackAnnouncer
from handlers.web.metrics import Acks
from sandbox.workspace.server import Workspace
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys
from tests.flows.paper import Used
from tests.handlers.live import Staffed

ROOM = "#onboarding"
GOOD, BAD = "good-secret-of-the-northwind-1234", "wrong-secret-of-the-northwind-9999"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
T = TypeVar("T")


@dataclass
class Paper:
    """A source that lives in memory."""

    companies_: list[UpstreamCompany] = field(default_factory=list)
    people: list[UpstreamPerson] = field(default_factory=list)
    page_size: int = 50
    slow: threading.Event | None = None  # a test waits for it
    trouble: Exception | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def test(self) -> Finding:
        if self.slow is not None:
            self.slow.wait(20)
        if self.trouble is not None:
            raise self.trouble
        if self.fields.get("secret") == BAD:
            raise AskOperator("The API secret is wrong. Make a new one.", Trouble.WRONG_KEY, "secret")
        locked = {Kind.PASSWORDS: "Tick Password Access at the key."}
        return Finding("Northwind", {"companies": len(self.companies_)}, locked)

    def close(self) -> None:
        """Nothing is open."""

    def used(self) -> Use:
        return Used()

    def companies(self, cursor: str | None) -> Page[UpstreamCompany]:
        return self._page(self.companies_, cursor)

    def companies_changed(self, since: str, cursor: str | None) -> Page[UpstreamCompany]:
        return self._page(self.companies_, cursor)

    def users(self, scope: Scope, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page([person for person in self.people if person.company_id == scope.external_id], cursor)

    def users_changed(self, scope: Scope, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        return self.users(scope, cursor)

    def all_users(self, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page([person for person in self.people if person.company_id], cursor)

    def all_users_changed(self, since: str, cursor: str | None) -> Page[UpstreamPerson]:
        return self.all_users(cursor)

    def staff(self, cursor: str | None) -> Page[UpstreamPerson]:
        return self._page([person for person in self.people if person.company_id is None], cursor)

    def _page(self, rows: list[T], cursor: str | None) -> Page[T]:
        start = int(cursor or 0)
        end = start + self.page_size
        return Page(tuple(rows[start:end]), next=str(end) if end < len(rows) else None, total=len(rows))


def connector(paper: Paper, name: str, title: str) -> Connector:
    def opened(fields: Mapping[str, str], _opening: Opening) -> Source:
        paper.fields = dict(fields)
        return paper

    def check(fields: Mapping[str, str]) -> Mapping[str, str]:
        return {"secret": "A secret has at least 8 characters."} if len(fields.get("secret", "")) < 8 else {}

    return Connector(
        name, title, (f"{name} psa",), frozenset({Kind.COMPANIES, Kind.STAFF, Kind.USERS}),
        {Kind.GROUPS: f"{title} has no groups to give."},
        (
            Field("region", "Region", choices=("US", "EU", "AU")), Field("username", "API username"),
            Field("secret", "API secret", secret=True),
        ),
        (Guide("I have a user already", ("Open *Admin*", "Set the level")), Guide("Create a new user", ("New",))),
        opened, check, is_psa=True, secret_field="secret",
    )


class Open:
    """The sources, opened with what is stored."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector]) -> None:
        self._store, self._connectors = store, connectors

    def of(self, connection_id: str) -> Source:
        with self._store.work() as work:
            found = work.connections.get(connection_id)
            if found is None:
                raise TellPerson("There is no such connection.")
            return self.trial(self._connectors[found.source], work.connections.credentials(connection_id))

    def trial(self, connector: Connector, fields: Mapping[str, str]) -> Source:
        return connector.open(fields, Opening(None, lambda: NOW, lambda _seconds: None))

    def forget(self, connection_id: str) -> None:
        """Nothing is kept open."""

    def used(self, connection_id: str) -> int:
        return 0


class Inline:
    """Steps without an engine: each is done once."""

    def __call__(self, _name: str, work: Callable[[], Any]) -> Any:
        return work()

    def wait(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


class Worker:
    """Runs jobs one after the other in its own thread; `hold` keeps them back for as long as a test wants."""

    def __init__(self) -> None:
        self.context: Context | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.failures: list[Exception] = []
        self._seen: set[str] = set()
        self._queue: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        if key not in self._seen:
            self._seen.add(key)
            self._queue.put((job, argument))

    def stop(self) -> None:
        self.hold.set()
        self._queue.put(None)
        self.thread.join(10)

    def _run(self) -> None:
        jobs: dict[str, Callable[[Context, Any, str], None]] = {
            "prepare": reading.prepare, "apply": runs.apply, "refresh": mapping.refresh, "suggest": mapping.suggestions,
            "push": pushing.work_off, "todo": todos.work_off, "asset": assets.work_off,
        }
        while (task := self._queue.get()) is not None:
            self.hold.wait(20)
            assert self.context is not None
            try:
                if task[0] in jobs:
                    jobs[task[0]](self.context, Inline(), task[1])
            except Exception as error:  # noqa: BLE001 - shown at the end of the test
                self.failures.append(error)


@dataclass
class Whole(Staffed):
    context: Context
    workspace: Workspace
    papers: Mapping[str, Paper]
    worker: Worker
    app: App
    closing: ExitStack

    def connected(self, source: str = "autotask") -> Connection:
        fields = {"region": "US", "username": "api@northwind.example", "secret": GOOD}
        return connect.save(self.context, self.system, self.context.connectors[source], fields)[0]

    def mapped(self, connection: Connection) -> Link:
        """Contoso is here, and is company 10 at the source."""
        contoso = companies.add(self.context, self.system, "Contoso", "contoso.com")
        link = Link("link", connection.id, contoso.id, "10", "Contoso", 1)
        with self.context.store.write() as work:
            work.links.add_many([link], "by hand", "U1", NOW)
        return link

    def lent(self, abilities: object, names: Sequence[str], source: str = "autotask") -> None:
        """The source can what somebody else can."""
        for name in names:
            setattr(self.papers[source], name, getattr(abilities, name))


def late_click(bot: Whole, user: str, message: Mapping[str, Any], action_id: str, value: str) -> None:
    """A click on a button as it was drawn before: from a second device, or delivered late."""
    at = {"type": "message", "channel_id": message["channel"], "message_ts": message["ts"], "is_ephemeral": False}
    body = {
        "type": "block_actions", "user": {"id": user, "team_id": "T0NORTHWND"}, "container": at,
        "team": {"id": "T0NORTHWND"}, "channel": {"id": message["channel"]}, "trigger_id": "", "api_app_id": "A0GANGWAY1",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1"}],
    }
    assert bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200


@contextmanager
def whole(folder: Path) -> Iterator[Whole]:
    with ExitStack() as closing:
        workspace = closing.enter_context(Workspace())
        store = Store(f"sqlite:///{folder / 'gangway.db'}", Vault(parse_master_keys(new_master_key())))
        closing.callback(store.close)
        migrate(store.engine)
        papers = {"autotask": Paper(), "itglue": Paper()}
        titles = {"autotask": "Autotask PSA", "itglue": "IT Glue"}
        connectors = {name: connector(paper, name, titles[name]) for name, paper in papers.items()}
        client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
        ids, worker = count(1), Worker()
        closing.callback(worker.stop)

        def new_id() -> str:
            return f"id-{next(ids)}"

        words = Words("/msp", "http://gangway.test", "Europe/London", "gangway@northwind-it.example")
        context = Context(
            store, connectors, Open(store, connectors), worker, SlackAnnouncer(client), None, lambda: NOW, new_id, new_id,
            words, {},
        )
        worker.context = context
        app = App(client=client)
        register(app, context)
        handler = TimedSocket(app, workspace.app_token, Acks())
        handler.connect()  # type: ignore[no-untyped-call]
        workspace.wait_for_app()
        # Closing may sleep through a ping interval, so nobody waits for it.
        closing.callback(threading.Thread(target=handler.close, daemon=True).start)
        yield Whole(context, workspace, papers, worker, app, closing)
        if worker.failures:
            raise worker.failures[0]

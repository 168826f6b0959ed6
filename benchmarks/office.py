"""The bot without Slack: real store, real engine, real connector; telling people falls on deaf ears, and ends are waited for."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

import connectors
from benchmarks.source import COMPANY
from bot import settings, tuning
from bot.engine import Engine, Job
from bot.ids import new_id
from domain.approval import Choice
from domain.company import Company
from domain.connection import Connection
from domain.plan import Plan, PlanState
from domain.ports import Connector, Kind, Opening, Source
from domain.roles import Actor, Role
from flows import companies, connect, delivery, imports, mapping, reading, runs, sync
from flows.context import Context, Steps, Words
from flows.desk import Desk
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault

log = logging.getLogger(__name__)
KEYS = {"username": "api@benchmark.example", "secret": "benchmark-secret", "tracking": "BENCHMARKTRACKING"}
PATIENCE = 3600.0
DESK = Desk(Actor("U1", "Benchmark", Role.ADMIN), "C1", None, None)


class Ear:
    """The announcer: nobody is told, but whoever waits for an end is let go."""

    def __init__(self) -> None:
        self.ended: dict[str, threading.Event] = {}

    def plan(self, plan_id: str, final: bool = False) -> None:
        if final:
            self.ended.setdefault(plan_id, threading.Event()).set()

    def mapping(self, connection_id: str) -> None:
        self.plan(connection_id, final=True)

    def request(self, request_id: str) -> None: ...

    def person(self, person_id: str) -> None: ...

    def ticket(self, *_about: object, **_more: object) -> None: ...

    def opportunity(self, opportunity_id: str) -> None: ...

    def digest(self, channel: str) -> None: ...

    def sync(self, connection_id: str, ended: bool = False) -> None: ...

    def whisper(self, user_id: str, channel: str, text: str) -> None: ...

    def notice(self, connection_id: str, text: str) -> None:
        raise RuntimeError(text)

    def question(self, connection_id: str, question_id: str, text: str) -> None:
        raise RuntimeError(text)

    def wait(self, one: str) -> None:
        """Until its end was told, which is then forgotten."""
        if not self.ended.setdefault(one, threading.Event()).wait(PATIENCE):
            raise TimeoutError(one)
        del self.ended[one]


def _synced(context: Context, steps: Steps, argument: str) -> None:
    sync.run(context, steps, argument)
    context.tell.mapping(argument)  # its end, under what was asked


MEASURED: Mapping[str, Job] = {
    "prepare": reading.prepare, "apply": runs.apply, "refresh": mapping.refresh, "suggest": mapping.suggestions,
    "deliver": delivery.deliver, "sync": _synced,
}  # fmt: skip


def _nothing(_context: Context, _steps: Steps, _argument: str) -> None:
    """A job that is put off beside what is measured, and no part of it."""


def _broke(_context: Context, job: str, _argument: str, _reference: str) -> None:
    log.error("The job %s broke, so nothing was measured.", job)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sources:
    """The one source, opened once, so that all its calls pass one gate."""

    def __init__(self, connector: Connector, url: str) -> None:
        self._url = url
        self._source = connector.open(KEYS, Opening(url, utc_now, time.sleep))

    def of(self, connection_id: str) -> Source:
        return self._source

    def trial(self, connector: Connector, fields: Mapping[str, str]) -> Source:
        return connector.open(fields, Opening(self._url, utc_now, time.sleep))

    def forget(self, connection_id: str) -> None: ...

    def used(self, connection_id: str) -> int:
        return self._source.used().used

    def close(self) -> None:
        self._source.close()


@dataclass(frozen=True)
class Office:
    context: Context
    store: Store
    ear: Ear

    def mapped(self) -> tuple[Connection, Company]:
        """The source connected, and one company mapped to the source's one."""
        connection, _ = connect.save(self.context, DESK, self.context.connectors["autotask"], KEYS)
        company = companies.add(self.context, DESK, "Contoso", "contoso.example.com")
        mapping.begin(self.context, DESK, connection.id)
        self.ear.wait(connection.id)
        mapping.confirm(self.context, DESK, connection.id, company.id, str(COMPANY))
        return connection, company

    def previewed(self) -> Plan:
        plan = imports.propose(self.context, DESK, Kind.USERS, "Contoso")
        imports.posted(self.context, plan.id, "C1", "1.1")
        self.ear.wait(plan.id)
        return imports.drawn(self.context, plan.id)

    def approved(self, plan: Plan) -> Plan:
        imports.decide(self.context, DESK, plan.id, Choice.APPROVE)
        self.ear.wait(plan.id)
        done = imports.drawn(self.context, plan.id)
        if done.state is not PlanState.DONE:
            raise RuntimeError(done.note)
        return done


@contextmanager
def opened(database: str, home: Path, source: str) -> Iterator[Office]:
    """An office on a database, migrated first, whose Autotask is at `source`."""
    given = {
        "SLACK_BOT_TOKEN": "xoxb-none", "SLACK_APP_TOKEN": "xapp-none", "DATABASE_URL": database,
        "GANGWAY_HOME": str(home), "AUTOTASK_API_URL": source, "TIMEZONE": "UTC",
    }  # fmt: skip
    chosen = settings.read(given, home)
    keys = settings.keys_for(chosen)
    store = Store(chosen.database_url, Vault(keys))
    migrate(store.engine)
    ear = Ear()
    engine = Engine(store.engine, home, defaultdict(lambda: _nothing, MEASURED), _broke)
    known = connectors.discover()
    sources = Sources(known["autotask"], source)
    context = Context(
        store=store, connectors=known, sources=sources, jobs=engine, tell=ear, mailer=None, clock=utc_now,
        new_id=new_id, new_token=lambda: token_urlsafe(32),
        words=Words("/msp", "http://127.0.0.1", "UTC", "nobody@benchmark.example"), defaults={},
    )  # fmt: skip
    engine.start(context)
    tuning.settle()
    try:
        yield Office(context, store, ear)
    finally:
        engine.stop()
        sources.close()
        store.close()

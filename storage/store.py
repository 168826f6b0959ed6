"""The store: one engine, and one session with one transaction for each piece of work."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
import psycopg
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.assets import Assets
from storage.before import Before
from storage.companies import Companies
from storage.connections import Connections
from storage.datakeys import DataKeys
from storage.desks import Desks
from storage.digests import Digests
from storage.entries import Entries
from storage.figures import Figures
from storage.groups import Groups
from storage.hooks import Hooks
from storage.invitations import Invitations
from storage.journal import Journal
from storage.links import Links
from storage.onetimes import OneTimes
from storage.opportunities import Opportunities
from storage.people import People
from storage.picks import Picks
from storage.plans import Plans
from storage.proposals import Proposals
from storage.requests import Requests
from storage.settings import Roles, SettingsStore
from storage.sightings import Sightings
from storage.syncs import Syncs
from storage.ticket_notes import TicketChanges, TicketNotes
from storage.ticket_places import TicketPlaces
from storage.tickets import Tickets
from storage.undoing import Undoing
from storage.upstream import Upstream
from storage.vault import Vault

_CONNECT_SECONDS = 2  # a database that does not answer is said to be away, rather than waited for: Slack waits 3 s for us


class Work:
    """One transaction. Each aggregate is reached by name; all of them share the session."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self._vault = vault

    def attempt(self) -> AbstractContextManager[Any]:
        """A part that is rolled back alone when it raises, while the rest of the work goes on."""
        return self.session.begin_nested()

    @cached_property
    def connections(self) -> Connections:
        return Connections(self.session, self._vault)

    @cached_property
    def companies(self) -> Companies:
        return Companies(self.session)

    @cached_property
    def links(self) -> Links:
        return Links(self.session)

    @cached_property
    def entries(self) -> Entries:
        return Entries(self.session, self._vault)

    @cached_property
    def before(self) -> Before:
        return Before(self.session)

    @cached_property
    def datakeys(self) -> DataKeys:
        return DataKeys(self.session, self._vault)

    @cached_property
    def onetimes(self) -> OneTimes:
        return OneTimes(self.session)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self.session)

    @cached_property
    def upstream(self) -> Upstream:
        return Upstream(self.session)

    @cached_property
    def people(self) -> People:
        return People(self.session)

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.session)

    @cached_property
    def plans(self) -> Plans:
        return Plans(self.session)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self.session)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.session, self._vault)

    @cached_property
    def desks(self) -> Desks:
        return Desks(self.session)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.session)

    @cached_property
    def settings(self) -> SettingsStore:
        return SettingsStore(self.session)

    @cached_property
    def digests(self) -> Digests:
        return Digests(self.session)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.session)

    @cached_property
    def sightings(self) -> Sightings:
        return Sightings(self.session)

    @cached_property
    def syncs(self) -> Syncs:
        return Syncs(self.session)

    @cached_property
    def hooks(self) -> Hooks:
        return Hooks(self.session, self._vault)

    @cached_property
    def assets(self) -> Assets:
        return Assets(self.session)

    @cached_property
    def opportunities(self) -> Opportunities:
        return Opportunities(self.session)

    @cached_property
    def picks(self) -> Picks:
        return Picks(self.session)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self.session)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self.session)

    @cached_property
    def ticket_notes(self) -> TicketNotes:
        return TicketNotes(self.session)

    @cached_property
    def ticket_changes(self) -> TicketChanges:
        return TicketChanges(self.session)

    @cached_property
    def ticket_places(self) -> TicketPlaces:
        return TicketPlaces(self.session)

    @cached_property
    def undoing(self) -> Undoing:
        return Undoing(self.session)


class Store:
    """All storage. SQLite takes one writer at a time, so writers queue here rather than fail inside the database."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.engine = make_engine(url)
        self.vault = vault
        self._writers = threading.RLock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One session, one transaction: committed at the end, rolled back on an exception.

        On SQLite the transaction is a reader until it first writes; see `write` for work that writes.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield Work(session, self.vault)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """As `work`, for work that writes: takes SQLite's writer's place at once, not half-way."""
        if self._writers is None:
            with self.work() as work:
                yield work
            return
        with self._writers, Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"writes": True})
            try:
                yield Work(session, self.vault)
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def ping(self) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("select 1"))

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys on, explicit transactions) or PostgreSQL."""
    if not url.startswith("sqlite"):
        in_time = {"connect_timeout": _CONNECT_SECONDS}
        return create_engine(_psycopg(url), pool_pre_ping=True, pool_size=20, max_overflow=20, connect_args=in_time, **_JSON)
    at_once = {"check_same_thread": False, "timeout": 30}
    engine = create_engine(url, connect_args=at_once, pool_size=40, max_overflow=20, **_JSON)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_away(error: BaseException) -> bool:
    """Whether PostgreSQL was stopped, restarted or cut off: what failed is worth doing again once it answers.

    A transaction that was open then is undone; one whose commit went unanswered may have been kept.
    """
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None) or ""  # a connection that is refused has none
    return isinstance(error.orig, psycopg.OperationalError) and (not state or state.startswith(_AWAY))


_AWAY = ("08", "57P")  # the connection failed; the operator stops the server, or it starts


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_JSON: Mapping[str, Any] = {"json_serializer": _json, "json_deserializer": msgspec.json.decode}


def _psycopg(url: str) -> str:
    return "postgresql+psycopg" + url[url.index(":") :] if url.startswith(("postgres:", "postgresql:")) else url


# The keys are random, so a large write touches pages all over the file: room for them, and fewer rounds of carrying them over.
_ROOM = ("cache_size=-16000", "wal_autocheckpoint=4000")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # we begin transactions ourselves
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on", "busy_timeout=30000", "secure_delete=on", *_ROOM):
        raw.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("begin immediate" if connection.get_execution_options().get("writes") else "begin")


def iso(when: datetime | None) -> str:
    return "" if when is None else when.isoformat()

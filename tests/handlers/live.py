"""The real handlers over the real flows and storage, connected to a running workspace, for tests of whole clicks."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from slack_bolt import App
from slack_sdk import WebClient

from bot.slack_socket import TimedSocket
from domain.company import Company, CompanyState
from domain.invitation import Invitation, InvitationState
from domain.person import Person as Invitee
from domain.person import PersonKind, default_role
from domain.roles import SYSTEM
from flows.context import Context, Sources, Words
from flows.desk import Desk
from handlers import command, failures
from handlers.web.metrics import Acks
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace
from storage.migrate import migrate
from storage.store import Store
from storage.vault import Vault, new_master_key, parse_master_keys

ROOM = "#onboarding"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Quiet:
    """Takes what flows put off or tell, and keeps it to be looked at."""

    jobs: list[tuple[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        self.jobs.append((job, argument))

    def plan(self, plan_id: str, final: bool = False) -> None:
        self.told.append(plan_id)

    def person(self, person_id: str) -> None:
        self.told.append(person_id)

    def whisper(self, user_id: str, channel: str, text: str) -> None:
        self.told.append(text)

    def ticket(self, ticket_id: str) -> None:
        self.told.append(ticket_id)

    def opportunity(self, opportunity_id: str) -> None:
        self.told.append(opportunity_id)

    def digest(self, channel: str) -> None:
        self.told.append(channel)

    def sync(self, connection_id: str, ended: bool = False) -> None:
        self.told.append(connection_id)

    def notice(self, connection_id: str, text: str) -> None:
        self.told.append(text)

    def mapping(self, connection_id: str) -> None:
        self.told.append(connection_id)

    def request(self, request_id: str) -> None:
        self.told.append(request_id)


class NoSources:
    """No source is connected."""

    def used(self, connection_id: str) -> int:
        return 0


class Staffed:
    """What has a workspace, with the people in it."""

    workspace: Workspace
    closing: ExitStack

    @property
    def system(self) -> Desk:
        """A desk that may do anything anywhere, to set things up."""
        return Desk(SYSTEM, "", None, None)

    def person(self, handle: str) -> Person:
        made = Person(self.workspace.base_url, self.workspace.client_token, handle)
        self.closing.callback(made.close)
        return made


@dataclass
class Live(Staffed):
    context: Context
    quiet: Quiet
    workspace: Workspace
    client: WebClient
    closing: ExitStack
    numbers: Iterator[int] = field(default_factory=count)

    def works_in(self, person: Person, company: Company) -> None:
        with self.context.store.write() as work:
            work.desks.work_in(person.id, person.channel_id(ROOM), company.id)

    def company(self, name: str, domain: str | None = None) -> Company:
        state = CompanyState.ACTIVE if domain else CompanyState.NEEDS_DOMAIN
        made = Company(f"c{next(self.numbers)}", name, domain, domain or "", state)
        with self.context.store.write() as work:
            work.companies.add(made, name.casefold(), NOW)
        return made

    def invited(
        self, company: Company, name: str, state: InvitationState = InvitationState.SENT, age_days: int = 3
    ) -> Invitee:
        """A person who was invited so many days ago."""
        number = next(self.numbers)
        kind = PersonKind.STAFF if company.is_own else PersonKind.END_USER
        first, _, last = name.partition(" ")
        email = f"{first.casefold()}{number}@example.com"
        made = Invitee(f"p{number}", company.id, kind, email, email, first, last, "", default_role(kind))
        when = NOW - timedelta(days=age_days)
        invitation = Invitation(f"i{number}", made.id, company.id, InvitationState.QUEUED, 1, "Tess Tran", when)
        with self.context.store.write() as work:
            work.people.add_many([made], NOW, "")
            work.invitations.queue_many([invitation])
            work.invitations.hand(invitation.id, 1, when, when + timedelta(days=7))
            if state is InvitationState.ACCEPTED:
                work.invitations.accept(invitation.id, 1, when)
            if state is InvitationState.BOUNCED:
                work.invitations.bounce(invitation.id, 1, "The mailbox does not exist.")
        return made


@contextmanager
def live(folder: Path, modules: Sequence[ModuleType], url: str = "") -> Iterator[Live]:
    """The handlers of these modules, answering in a workspace of their own. `url`: a database other than a file in the folder."""
    with ExitStack() as closing:
        workspace = closing.enter_context(Workspace())
        store = Store(url or f"sqlite:///{folder / 'gangway.db'}", Vault(parse_master_keys(new_master_key())))
        closing.callback(store.close)
        migrate(store.engine)
        context, quiet = _context(store)
        client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
        _connect(workspace, client, context, modules, closing)
        yield Live(context, quiet, workspace, client, closing)


def _context(store: Store) -> tuple[Context, Quiet]:
    quiet, ids = Quiet(), count(1000)

    def new_id() -> str:
        return f"id-{next(ids)}"

    words = Words("/msp", "http://gangway.test", "Europe/Vienna", "gangway@example.com")
    sources = cast(Sources, NoSources())
    made: dict[str, Any] = {"store": store, "connectors": {}, "sources": sources, "jobs": quiet, "tell": quiet}
    made |= {
        "defaults": {},
        "mailer": None,
        "clock": lambda: NOW,
        "new_id": new_id,
        "new_token": new_id,
        "words": words,
    }
    return Context(**made), quiet


def _connect(
    workspace: Workspace, client: WebClient, context: Context, modules: Sequence[ModuleType], closing: ExitStack
) -> None:
    app = App(client=client)
    failures.bind(app, context)
    command.bind(app, context, [verb for module in modules for verb in module.VERBS])
    for module in modules:
        module.bind(app, context)
    handler = TimedSocket(app, workspace.app_token, Acks())
    handler.connect()  # type: ignore[no-untyped-call]
    workspace.wait_for_app()
    # Closing may sleep through a ping interval, so nobody waits for it.
    closing.callback(threading.Thread(target=handler.close, daemon=True).start)

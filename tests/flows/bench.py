"""A bench: real storage, real flows, the inline engine, and sources of the test's choice, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from domain import four_eyes
from domain.approval import Choice
from domain.company import Company
from domain.connection import Connection
from domain.errors import TellPerson
from domain.isolation import Link
from domain.plan import Plan, PlanState
from domain.ports import Connector, Kind, Mailer, Opening, Source
from domain.roles import Actor, Role
from flows import companies, connect, imports, invitations, mapping
from flows.context import Context, Words
from flows.desk import Desk
from flows.invitations import PersonLine
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.engine import Workshop
from tests.flows.paper import Ear, Paper, Post, connector

SECRET = "a-secret-of-the-northwind-1234"


class Opened:
    """The sources, opened with what is stored."""

    def __init__(
        self, store: Store, known: Mapping[str, Connector], clock: ManualClock, urls: Mapping[str, str] | None = None
    ) -> None:
        self._store, self._known, self._clock = store, known, clock
        self._urls = urls or {}
        self._open: dict[str, Source] = {}
        self.waited: list[float] = []

    def of(self, connection_id: str) -> Source:
        if connection_id not in self._open:
            with self._store.work() as work:
                found = work.connections.get(connection_id)
                fields = work.connections.credentials(connection_id)
            if found is None or not fields:
                raise TellPerson("That source is not connected any more.", remedy="connect")
            self._open[connection_id] = self.trial(self._known[found.source], fields)
        return self._open[connection_id]

    def trial(self, connector: Connector, fields: Mapping[str, str]) -> Source:
        return connector.open(fields, Opening(self._urls.get(connector.name), self._clock, self._sleep))

    def forget(self, connection_id: str) -> None:
        source = self._open.pop(connection_id, None)
        if source is not None:
            source.close()

    def used(self, connection_id: str) -> int:
        return self._open[connection_id].used().used if connection_id in self._open else 0

    def close(self) -> None:
        for connection_id in list(self._open):
            self.forget(connection_id)

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self._clock.advance(seconds)


@dataclass
class Bench:
    context: Context
    store: Store
    clock: ManualClock
    workshop: Workshop
    ear: Ear
    post: Post
    papers: Mapping[str, Paper] = field(default_factory=dict)

    # --- who ---

    def desk(self, role: Role | None = Role.ADMIN, user: str = "U1", bound: Company | None = None) -> Desk:
        return Desk(Actor(user, f"Person {user}", role), f"C-{bound.id}" if bound else "C1", bound, None)

    @property
    def admin(self) -> Desk:
        return self.desk()

    # --- the usual way, in one step each ---

    def two_eyes_are_enough(self) -> None:
        """Nothing needs a second person in this workspace."""
        with self.store.write() as work:
            work.settings.put(four_eyes.SETTING, [])

    def connected(self, name: str, fields: Mapping[str, str] | None = None) -> Connection:
        found = connect.connector_named(self.context, name)
        return connect.save(self.context, self.admin, found, fields or {"region": "US", "secret": SECRET})[0]

    def preview(self, kind: Kind, company: str = "", source: str = "", desk: Desk | None = None) -> Plan:
        """Ask for an import and let it be prepared."""
        plan = imports.propose(self.context, desk or self.admin, kind, company, source)
        imports.posted(self.context, plan.id, "C1", "1.1")
        self.workshop.run()
        return self.plan(plan.id)

    def approve(self, plan: Plan, desk: Desk | None = None) -> Plan:
        imports.decide(self.context, desk or self.admin, plan.id, Choice.APPROVE)
        self.workshop.run()
        return self.plan(plan.id)

    def imported(self, kind: Kind, company: str = "", source: str = "") -> Plan:
        plan = self.approve(self.preview(kind, company, source))
        assert plan.state is PlanState.DONE, plan.note
        return plan

    def listed(self, connection: Connection) -> None:
        """Read the source's companies into the mapping table."""
        mapping.begin(self.context, self.admin, connection.id)
        self.workshop.run()

    def mapped(self, connection: Connection, company: Company, external_id: str) -> Link:
        return mapping.confirm(self.context, self.admin, connection.id, company.id, external_id)

    def company(self, name: str, web: str = "") -> Company:
        return companies.add(self.context, self.admin, name, web)

    # --- what there is ---

    def plan(self, plan_id: str) -> Plan:
        return imports.drawn(self.context, plan_id)

    def reasons(self, plan: Plan) -> dict[str, tuple[str, str]]:
        """Label → what happens to the row, and why."""
        page = imports.items(self.context, self.admin, plan.id, size=10_000)
        return {item.label: (item.verdict.action.value, item.verdict.reason) for item in page.items}

    def companies(self) -> dict[str, Company]:
        with self.store.work() as work:
            return {company.name: company for company in work.companies.all_clients()}

    def people(self, company: Company | None = None) -> dict[str, PersonLine]:
        page = invitations.people(self.context, self.admin, company, size=10_000)
        return {line.person.email: line for line in page.lines}

    def journal(self, what: str = "") -> list[str]:
        with self.store.work() as work:
            return [entry.said for entry in work.journal.all() if what in ("", entry.what)]


def bench(
    store: Store,
    connectors: Mapping[str, Connector] | None = None,
    urls: Mapping[str, str] | None = None,
    clock: ManualClock | None = None,
    mailer: Mailer | str | None = "post",
    papers: Mapping[str, Paper] | None = None,
    first_id: int = 1,
) -> Bench:
    """With no connectors: two papers, called Autotask (a PSA) and IT Glue."""
    clock = clock or ManualClock()
    if connectors is None:
        papers = papers or {"autotask": Paper(clock), "itglue": Paper(clock)}
        titles = {"autotask": "Autotask PSA", "itglue": "IT Glue"}
        connectors = {name: connector(one, name, titles[name], name == "autotask") for name, one in papers.items()}
    workshop, ear, post = Workshop(clock.advance), Ear(), Post()
    ids: Callable[[], str] = _numbered("id", first_id)
    context = Context(
        store=store,
        connectors=connectors,
        sources=Opened(store, connectors, clock, urls),
        jobs=workshop,
        tell=ear,
        mailer=post if isinstance(mailer, str) else mailer,
        clock=clock,
        new_id=ids,
        new_token=_numbered("token", first_id),
        words=Words("/msp", "http://gangway.test", "Europe/Vienna", "Gangway <gangway@northwind-it.example>"),
        defaults={},
    )
    workshop.context = context
    ear.state_of = lambda plan_id: imports.drawn(context, plan_id).state.value
    return Bench(context, store, clock, workshop, ear, post, papers or {})


def _numbered(word: str, first: int) -> Callable[[], str]:
    numbers = count(first)
    return lambda: f"{word}-{next(numbers):05}"


def at(text: str) -> datetime:
    """A moment, from ISO text with a zone."""
    return datetime.fromisoformat(text)

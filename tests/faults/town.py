"""A source over HTTP with a fault in it, the real connector and flows behind it, and what is true there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors import discover
from domain.company import Company
from domain.connection import Connection
from domain.plan import Plan, PlanState
from domain.ports import Kind
from domain.secret import Secret
from flows import imports
from sandbox.autotask import AutotaskStandIn
from sandbox.connectwise import ConnectWiseStandIn
from sandbox.itglue import ITGlueStandIn
from sandbox.serving import StandIn
from sandbox.world import Client, ManualClock, Person, World
from sandbox.world.vault import add_password
from storage.store import Store
from tests.conftest import TRIES
from tests.flows.bench import Bench, bench

SOURCES = ("autotask", "itglue", "connectwise")
# What a route is called at each source, for faults that are meant for one list.
LISTS: Mapping[str, Mapping[str, str]] = {
    "autotask": {"companies": "Companies/query", "users": "Contacts/query"},
    "itglue": {"companies": "organizations", "users": "contacts", "passwords": "passwords", "values": "passwords/{id}"},
    "connectwise": {"companies": "company/companies", "users": "company/contacts"},
}
# A sentence for people says what to do next, and holds nothing of ours.
ADVICE = ("again", "enter", "correct", "make ", "tick", "ask ", "check", "give ", "add ", "by itself", "connect")
INSIDES = ("traceback", "reference", "exception", "error:", "http", "none", "{", "errno", "sqlite", "psycopg")


def some(cases: Sequence[tuple[Any, ...]], each: int) -> list[tuple[Any, ...]]:
    """Every so many of them, all in a long run. `each` shares no factor with what the cases are made of."""
    return [*cases[:: 1 if TRIES > 1 else each]]


@dataclass
class Upstream:
    """One source of the town: its stand-in, and what it holds of a client."""

    name: str
    stand_in: StandIn
    fields: Mapping[str, str]
    external_id: Callable[[Client], str]
    people: Callable[[Client], dict[str, str]]  # id → address, of those who may be invited
    companies: Callable[[], dict[str, str]]  # id → name


@dataclass
class Town:
    bench: Bench
    world: World
    upstream: Upstream
    client: Client
    staying: list[Person]  # the client's people from the beginning
    connection: Connection
    company: Company | None = None

    @property
    def faults(self) -> Any:
        return self.upstream.stand_in.faults

    def strike(self, kind: str, on: str = "", **how: Any) -> None:
        """A fault at one of the source's lists, or at everything."""
        self.faults.set(kind, on=LISTS[self.upstream.name].get(on, on), **how)

    def mapped(self) -> None:
        """Contoso is here, and mapped at the source."""
        self.company = self.bench.company("Contoso", "contoso.example")
        self.bench.listed(self.connection)
        self.bench.mapped(self.connection, self.company, self.upstream.external_id(self.client))

    def sync(self) -> list[str]:
        """The next hour's sync; what it said of the companies and of the users."""
        self.bench.clock.advance(3600)
        slot = self.bench.clock().isoformat()
        self.bench.context.jobs.enqueue("sync", f"sync-{self.connection.id}-{slot}", f"{self.connection.id} {slot}", self.connection.id)
        self.bench.workshop.run()
        with self.bench.store.work() as work:
            return [work.syncs.get(self.connection.id, kind).last_note for kind in (Kind.COMPANIES, Kind.USERS)]

    def reconnected(self) -> None:
        """Somebody entered the credentials again."""
        self.bench.connected(self.upstream.name, self.upstream.fields)

    def proposed(self) -> list[Plan]:
        with self.bench.store.work() as work:
            return list(work.plans.in_state(PlanState.PROPOSED))

    def entries(self) -> dict[str, Secret]:
        """Every stored password by its id at the source."""
        with self.bench.store.work() as work:
            found, _ = work.entries.search(None, "", None, 10_000)
            return {str(entry.external_id): work.entries.secret(entry.id) for entry in found}


# --- the truth ---------------------------------------------------------------------------------------------------


def assert_people_are_true(town: Town) -> None:
    """Everybody whom the source has is here, once, under their address; nobody else is; each was mailed once."""
    wanted = town.upstream.people(town.client)
    with town.bench.store.work() as work:
        people = {line.person.id: line.person for line in town.bench.people(town.company).values()}
        origins = [one for many in work.people.origins(list(people)).values() for one in many]
    assert {one.external_id: people[one.person_id].email for one in origins if not one.gone} == wanted
    assert len(people) == len(origins) == len({one.external_id for one in origins})
    assert sorted(mail.to for mail in town.bench.post.sent) == sorted(wanted.values())


def assert_companies_are_true(town: Town) -> None:
    """Every company of the source is here once and linked, under its name; no other is."""
    wanted = town.upstream.companies()
    with town.bench.store.work() as work:
        links = work.links.live(town.connection.id)
        names = {company.id: company.name for company in work.companies.all_clients()}
    theirs = [link for link in links if link.company_id in names]  # the MSP itself is linked too
    assert {link.external_id: names[link.company_id] for link in theirs} == wanted
    assert len(names) == len(theirs)


def assert_passwords_are_true(town: Town) -> None:
    wanted = {str(id_): row["password"] for id_, row in town.world.itglue["passwords"].rows.items()}
    assert {id_: secret.password for id_, secret in town.entries().items()} == wanted


def assert_told(town: Town, plan: Plan, state: PlanState) -> None:
    """The plan's message was drawn in the state it has now, and says how it ended in words for people."""
    now = imports.drawn(town.bench.context, plan.id)
    assert now.state is state, now.note
    assert (plan.id, True, state.value) in town.bench.ear.plans
    if state is not PlanState.PROPOSED:
        assert_plain(now.note, advice=state is PlanState.FAILED)


def assert_plain(said: str, advice: bool = True) -> None:
    assert said.endswith("."), said
    assert len(said) < 400
    assert [word for word in INSIDES if word in said.casefold()] == [], said
    assert not advice or any(word in said.casefold() for word in ADVICE), f"says nothing to do: {said}"


# --- the town ----------------------------------------------------------------------------------------------------


@dataclass
class Skewed:
    """A clock that is off by so many seconds from ours, and is moved with it."""

    ours: ManualClock
    seconds: float

    def __call__(self) -> datetime:
        return self.ours() + timedelta(seconds=self.seconds)

    def advance(self, seconds: float) -> datetime:
        return self.ours.advance(seconds)


@contextmanager
def opened(store: Store, source: str, people: int = 12, companies: int = 5, skew: float = 0) -> Iterator[Town]:
    """A world with one client of so many people and a few others, one source of it, connected. `skew`: its clock's, seconds."""
    clock = ManualClock()
    theirs = Skewed(clock, skew)
    world = World.bare(theirs)
    client = world.add_company("Contoso", "contoso.example", domains=("contoso.example",))
    staying = [
        world.add_contact(client, f"P{number:04}", "Person", f"p{number:04}@contoso.example") for number in range(people)
    ]
    for number in range(companies - 1):
        world.add_company(f"Client {number:04}", f"client{number:04}.example", domains=(f"client{number:04}.example",))
    clock.advance(3600)
    with ExitStack() as closing:
        upstream = _UPSTREAM[source](world, closing)
        made = bench(store, discover(), {source: upstream.stand_in.url}, clock)
        closing.callback(made.context.sources.close)  # type: ignore[attr-defined]
        made.two_eyes_are_enough()
        yield Town(made, world, upstream, client, staying, made.connected(source, upstream.fields))


def passwords(town: Town, entries: int, folder: str = "") -> None:
    """The client keeps so many passwords, in a folder where one is named."""
    assert town.client.itglue_id is not None
    row = {"organization-id": town.client.itglue_id, "name": folder, "parent-id": None}
    place = town.world.itglue["password-folders"].insert(row, town.bench.clock()) if folder else None
    for number in range(entries):
        add_password(town.world, town.client.itglue_id, f"Entry {number}", folder=place)


def _autotask(world: World, closing: ExitStack) -> Upstream:
    stand_in = closing.enter_context(AutotaskStandIn(world))
    fields = {"username": stand_in.username, "secret": stand_in.secret, "tracking": stand_in.tracking_identifier}
    contacts, companies = world.autotask["Contacts"].rows, world.autotask["Companies"].rows

    def people(client: Client) -> dict[str, str]:
        return {str(id_): row["emailAddress"] for id_, row in contacts.items() if row["companyID"] == client.psa_id and row["isActive"]}

    def clients() -> dict[str, str]:
        return {str(id_): row["companyName"] for id_, row in companies.items() if id_}  # 0 is the MSP itself

    return Upstream("autotask", stand_in, fields, lambda client: str(client.psa_id), people, clients)


def _itglue(world: World, closing: ExitStack) -> Upstream:
    stand_in = closing.enter_context(ITGlueStandIn(world))
    fields = {"region": "US", "key": stand_in.api_key, "key_name": "gangway"}
    contacts, organizations = world.itglue["contacts"].rows, world.itglue["organizations"].rows

    def people(client: Client) -> dict[str, str]:
        return {str(id_): row["emails"][0] for id_, row in contacts.items() if row["organization-id"] == client.itglue_id}

    def clients() -> dict[str, str]:
        return {str(id_): row["name"] for id_, row in organizations.items() if not row["primary"]}

    return Upstream("itglue", stand_in, fields, lambda client: str(client.itglue_id), people, clients)


def _connectwise(world: World, closing: ExitStack) -> Upstream:
    stand_in = closing.enter_context(ConnectWiseStandIn(world))
    fields = {
        "site": stand_in.site, "company_id": stand_in.company, "public_key": stand_in.public_key,
        "private_key": stand_in.private_key, "client_id": stand_in.client_id,
    }  # fmt: skip
    contacts, companies = stand_in.tables["contacts"].rows, stand_in.tables["companies"].rows

    def people(client: Client) -> dict[str, str]:
        home = stand_in.company_id(client)
        return {
            str(id_): next(item["value"] for item in row["communicationItems"] if item["communicationType"] == "Email")
            for id_, row in contacts.items()
            if row["company"] == home and not row["inactiveFlag"]
        }

    def clients() -> dict[str, str]:
        return {str(id_): row["name"] for id_, row in companies.items() if row["name"] in _names(world) and not row["deletedFlag"]}

    return Upstream("connectwise", stand_in, fields, lambda client: str(stand_in.company_id(client)), people, clients)


def _names(world: World) -> set[str]:
    return {row["companyName"] for id_, row in world.autotask["Companies"].rows.items() if id_}


_UPSTREAM: Mapping[str, Callable[[World, ExitStack], Upstream]] = {
    "autotask": _autotask,
    "itglue": _itglue,
    "connectwise": _connectwise,
}

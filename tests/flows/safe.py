"""A source that has passwords too: in memory, able to refuse an entry, to lose its right, and to be killed at every call."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.company import Company
from domain.connection import Connection
from domain.errors import AskOperator, SkipRecord, Trouble
from domain.isolation import Link, Scope
from domain.ports import Connector, Field, Kind, Opening, Page, Source, UpstreamPassword
from domain.secret import Entry, Secret
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.paper import Paper

TICK = "This key does not open passwords: tick Password Access."


@dataclass
class Safe(Paper):
    """`asked` counts every value that left; `refused` entries never give theirs; `shut_after` values the right is gone."""

    records: dict[str, UpstreamPassword] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    shut_after: int | None = None
    strangers: list[UpstreamPassword] = field(default_factory=list)
    values_at_once: int = 1

    def password(self, id_: str, company_id: str, name: str = "", value: str = "", **more: object) -> UpstreamPassword:
        stamp = self.clock().isoformat()
        url = f"https://example.itglue.com/{company_id}/passwords/{id_}"
        known = {"username": "admin", "resource_url": url, "rotated": stamp, "modified": stamp} | more
        made = UpstreamPassword(id_, company_id, name or f"Entry {id_}", **known)  # type: ignore[arg-type]
        self.records[id_] = made
        self.secrets[id_] = Secret(value or f"value of {id_}", f"notes of {id_}")
        return made

    def rotate(self, id_: str, value: str, **changes: object) -> None:
        stamp = self.clock().isoformat()
        self.records[id_] = replace(self.records[id_], rotated=stamp, modified=stamp, **changes)  # type: ignore[arg-type]
        self.secrets[id_] = Secret(value, f"notes of {id_}")

    def passwords(self, scope: Scope, cursor: str | None) -> Page[UpstreamPassword]:
        self._called("passwords")
        rows = [row for row in self.records.values() if row.company_id == scope.external_id] + self.strangers
        start = int(cursor or 0)
        end = start + self.page_size
        more = str(end) if end < len(rows) else None
        return Page(tuple(rows[start:end]), next=more, total=len(rows), as_of=self.clock().isoformat())

    def password_value(self, scope: Scope, external_id: str) -> Secret:
        if self.shut_after is not None and len(self.asked) >= self.shut_after:
            raise AskOperator(TICK, Trouble.MISSING_RIGHT)
        self._called("value")
        if external_id in self.refused:
            raise SkipRecord("IT Glue refuses this entry.")
        assert self.records[external_id].company_id == scope.external_id
        self.asked.append(external_id)
        return self.secrets[external_id]


def _connector(safe: Paper, name: str, title: str, gives_passwords: bool) -> Connector:
    def opened(_fields: Mapping[str, str], _opening: Opening) -> Source:
        return safe

    def check(_fields: Mapping[str, str]) -> Mapping[str, str]:
        return {}

    kinds = {Kind.COMPANIES, Kind.STAFF, Kind.USERS} | ({Kind.PASSWORDS} if gives_passwords else set())
    declines = {} if gives_passwords else {Kind.PASSWORDS: "Autotask keeps passwords where its API does not reach."}
    fields = (Field("secret", "API secret", secret=True),)
    return Connector(name, title, (), frozenset(kinds), declines, fields, (), opened, check, secret_field="secret")


@dataclass
class Vaulted:
    """A bench with a safe at IT Glue and a paper at Autotask, and Contoso mapped at IT Glue as company 7; Fabrikam is 8 there."""

    bench: Bench
    safe: Safe
    glue: Connection
    company: Company
    link: Link

    def entries(self, company_id: str = "") -> dict[str, Entry]:
        """Name → entry, as stored."""
        with self.bench.store.work() as work:
            found, _ = work.entries.search(company_id or None, "", None, 10_000)
        return {entry.name: entry for entry in found}

    def secret(self, entry: Entry) -> Secret:
        with self.bench.store.work() as work:
            return work.entries.secret(entry.id)


def opened(store: Store, safe: Safe, clock: ManualClock, first_id: int = 1) -> Bench:
    """A bench over a store that may hold a prepared world already."""
    paper = Paper(clock)
    known = {
        "autotask": _connector(paper, "autotask", "Autotask PSA", False),
        "itglue": _connector(safe, "itglue", "IT Glue", True),
    }
    return bench(store, known, clock=clock, papers={"autotask": paper, "itglue": safe}, first_id=first_id)


def vaulted(store: Store, page_size: int = 50) -> Vaulted:
    clock = ManualClock()
    safe = Safe(clock, page_size=page_size)
    made = opened(store, safe, clock)
    with store.write() as work:
        work.settings.put("four_eyes", [])  # one pair of eyes is enough, but where a test says otherwise
    safe.company("7", "Contoso", "contoso.com")
    safe.company("8", "Fabrikam", "fabrikam.com")
    safe.company("1", "Northwind IT", "northwind-it.example", is_own=True)
    glue = made.connected("itglue", {"secret": "a-secret-of-the-northwind-1234"})
    company = made.company("Contoso", "contoso.com")
    made.listed(glue)
    return Vaulted(made, safe, glue, company, made.mapped(glue, company, "7"))

"""A PSA in memory that has tickets: what it was asked and told is kept, and it can be made to lie, refuse or lose answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from domain.company import Company
from domain.connection import Connection
from domain.errors import Stranger
from domain.isolation import Scope
from domain.ports import Page
from domain.psa import (
    Choice,
    Feature,
    NewNote,
    NewTicket,
    Pick,
    TicketChange,
    TicketsWanted,
    UpstreamNote,
    UpstreamTicket,
)
from domain.setup import Stage, Tickets
from domain.ticket import Which
from flows import setups, sync
from sandbox.world import ManualClock
from storage.store import Store
from storage.syncs import StoredSync
from storage.tickets import Lens
from tests.flows.bench import Bench, bench
from tests.flows.paper import Paper

NEW, TRIAGED, WORKING, REVIEW, CLOSED, HEARD, DUPLICATE = "1", "2", "3", "4", "5", "6", "7"
STATUSES = {NEW: "New", TRIAGED: "Triaged", WORKING: "In progress", REVIEW: "Ready for Review", CLOSED: "Complete",
            HEARD: "Customer note added", DUPLICATE: "Duplicate"}  # fmt: skip
LISTS = {
    Pick.QUEUES: {"10": "Service desk", "11": "Monitoring"},
    Pick.TICKET_CATEGORIES: {"20": "Standard", "21": "Onboarding"},
    Pick.TICKET_TYPES: {"30": "Incident", "31": "Service request"},
    Pick.TICKET_STATUSES: STATUSES,
    Pick.PRIORITIES: {"40": "High", "41": "Low"},
    Pick.OWNERS: {"50": "Tess Tran", "51": "Tom Teller"},
}
CHOSEN = Tickets(
    closed=frozenset({CLOSED}),
    client_comment_status=HEARD,
    stages={Stage.NEW: frozenset({NEW}), Stage.TRIAGED: frozenset({TRIAGED}), Stage.WORKING: frozenset({WORKING}),
            Stage.WAITING: frozenset({HEARD, REVIEW}), Stage.RESOLVED: frozenset({CLOSED})},
    types={"21": "31"},
    defaults={"status": NEW, "queue": "10", "priority": "41", "category": "20"},
)  # fmt: skip


@dataclass
class TicketPaper(Paper):
    tickets_: dict[str, UpstreamTicket] = field(default_factory=dict)
    notes_: dict[str, UpstreamNote] = field(default_factory=dict)
    lists: Mapping[Pick, Mapping[str, str]] = field(default_factory=lambda: LISTS)
    required: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lost: list[Exception] = field(default_factory=list)  # raised after the next writes were done
    titles_above: bool = False  # its comments have no title: one that is given stands above the words
    loses: int = 0  # tickets that a whole read leaves out, though it counts them

    # --- the vendor's side ---

    def ticket_(self, id_: str, company_id: str | None, title: str = "Printer", **more: object) -> UpstreamTicket:
        values = {"number": f"T2026.{id_}", "status": NEW, "queue": "10", "category": "20"} | more
        stamp = self.clock().isoformat()
        made = UpstreamTicket(id_, company_id, title=title, created=stamp, activity=stamp, **values)  # type: ignore[arg-type]
        self.tickets_[id_] = made
        return made

    def note_(self, id_: str, ticket_id: str, text: str, for_client: bool = True, **more: object) -> UpstreamNote:
        stamp = self.clock().isoformat()
        made = UpstreamNote(id_, ticket_id, text, for_client=for_client, at=stamp, modified=stamp, **more)  # type: ignore[arg-type]
        self.notes_[id_] = made
        self.edit_ticket(ticket_id)
        return made

    def edit_ticket(self, id_: str, **changes: object) -> None:
        self.tickets_[id_] = replace(self.tickets_[id_], activity=self.clock().isoformat(), **changes)  # type: ignore[arg-type]

    # --- the source's side ---

    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        self._called("lists")
        return {pick: tuple(Choice(id_, label) for id_, label in values.items()) for pick, values in self.lists.items()}

    def all_tickets(self, wanted: TicketsWanted, cursor: str | None) -> Page[UpstreamTicket]:
        rows = self._wanted(wanted)
        return self._slice("all tickets", rows[: len(rows) - self.loses], cursor)

    def all_tickets_changed(self, since: str, cursor: str | None) -> Page[UpstreamTicket]:
        return self._slice("tickets changed", [row for row in self.tickets_.values() if row.activity >= since], cursor)

    def count_tickets(self, wanted: TicketsWanted) -> int | None:
        self._called("count tickets")
        return len(self._wanted(wanted))

    def ticket(self, scope: Scope, ticket_id: str) -> UpstreamTicket | None:
        self._called("ticket")
        found = self.tickets_.get(ticket_id)
        return None if found is None else scope.keep([found])[0]

    def notes(self, scope: Scope, ticket_id: str, cursor: str | None) -> Page[UpstreamNote]:
        return self._slice("notes", [note for note in self.notes_.values() if note.ticket_id == ticket_id], cursor)

    def notes_changed(self, since: str, cursor: str | None) -> Page[UpstreamNote]:
        return self._slice("notes changed", [note for note in self.notes_.values() if note.modified >= since], cursor)

    def create_ticket(self, scope: Scope, new: NewTicket) -> str:
        self._called("create ticket")
        for row in self.tickets_.values():
            if row.external_key == new.external_key:
                return row.id
        id_ = str(9000 + len(self.tickets_))
        self.ticket_(id_, scope.external_id, **{name: value for name, value in asdict(new).items() if value})
        self._answered()
        return id_

    def change_ticket(self, scope: Scope, ticket_id: str, change: TicketChange) -> None:
        self._called("change ticket")
        self._mine(scope, ticket_id)
        self.edit_ticket(ticket_id, **{name: value for name, value in asdict(change).items() if value is not None})
        self._answered()

    def add_note(self, scope: Scope, ticket_id: str, new: NewNote) -> str:
        self._called("add note")
        self._mine(scope, ticket_id)
        id_ = f"n{len(self.notes_) + 1}"
        text, title = (f"{new.title}\n\n{new.text}", "") if self.titles_above else (new.text, new.title)
        self.note_(id_, ticket_id, text, new.for_client, title=title, author="Gangway API")
        self._answered()
        return id_

    def ticket_address(self, ticket_id: str) -> str:
        return f"https://psa.example/tickets/{ticket_id}"

    def required_for(self, category: str) -> frozenset[str]:
        return self.required.get(category, frozenset())

    def _mine(self, scope: Scope, ticket_id: str) -> None:
        if self.tickets_[ticket_id].company_id != scope.external_id:
            raise Stranger("This ticket belongs to another company.")

    def _answered(self) -> None:
        self.moment()
        if self.lost:
            raise self.lost.pop(0)

    def _wanted(self, wanted: TicketsWanted) -> list[UpstreamTicket]:
        return [
            row for row in self.tickets_.values()
            if (not wanted.queues or row.queue in wanted.queues)
            and (not wanted.categories or row.category in wanted.categories)
            and row.status not in wanted.without_statuses
        ]  # fmt: skip

    def _slice(self, what: str, rows: list, cursor: str | None) -> Page:  # type: ignore[type-arg]
        self._called(what)
        start = int(cursor or 0)
        end = start + self.page_size
        more = str(end) if end < len(rows) else None
        return Page(tuple(rows[start:end]), next=more, as_of=self.clock().isoformat())


@dataclass
class Service:
    """A bench whose PSA has tickets of two companies, Contoso (upstream 1) and Fabrikam (upstream 2), switched on."""

    bench: Bench
    paper: TicketPaper
    connection: Connection
    contoso: Company
    fabrikam: Company

    def synced(self) -> list[str]:
        """An hour later the next sync runs; the calls it made."""
        self.bench.clock.advance(3600)
        self.paper.calls.clear()
        sync.tick(self.bench.context)
        self.bench.workshop.run()
        return [call for call in self.paper.calls if "ticket" in call or "note" in call]

    def note(self) -> str:
        """What the last sync of tickets said."""
        with self.bench.store.work() as work:
            return work.syncs.get(self.connection.id, Feature.TICKETS).last_note

    def choose(self, chosen: Tickets) -> None:
        with self.bench.store.write() as work:
            setups.keep_tickets(work, self.connection.id, chosen)

    def id_of(self, external_id: str) -> str:
        """Our id of a ticket, gone or not."""
        with self.bench.store.work() as work:
            ticket = work.tickets.of_upstream(self.connection.id, external_id)
        assert ticket is not None
        return ticket.id

    def here(self, company: Company) -> list[str]:
        """Upstream ids of the tickets that a company has."""
        with self.bench.store.work() as work:
            lens = Lens(self.connection.id, frozenset(), Which.ALL)
            found, total = work.tickets.search(company.id, [lens], "", 30_000)
        assert total == len(found)
        return sorted(str(ticket.external_id) for ticket in found)


def service(store: Store, clock: ManualClock | None = None, mapped: bool = True) -> Service:
    clock = clock or ManualClock()
    paper = TicketPaper(clock, page_size=500)
    made = bench(store, clock=clock, papers={"autotask": paper, "itglue": Paper(clock)})
    paper.company("1", "Contoso Ltd", "contoso.com")
    paper.company("2", "Fabrikam Inc", "fabrikam.com")
    paper.company("3", "Elsewhere", "elsewhere.com")
    connection = made.connected("autotask")
    made.listed(connection)
    contoso, fabrikam = made.company("Contoso", "contoso.com"), made.company("Fabrikam", "fabrikam.com")
    if mapped:
        made.mapped(connection, contoso, "1")
        made.mapped(connection, fabrikam, "2")
    with made.store.write() as work:
        work.syncs.put(StoredSync(connection.id, Feature.TICKETS, True))
        for kind in ("companies", "users", "staff"):
            work.syncs.put(StoredSync(connection.id, kind, False))
        setups.keep_tickets(work, connection.id, CHOSEN)
        work.picks.put(connection.id, {pick: tuple(Choice(*each) for each in values.items()) for pick, values in LISTS.items()})
    return Service(made, paper, connection, contoso, fabrikam)

"""What may happen to a small world, one thing after another, and what may never follow from it: the isolation rule.

Three companies here, four at each of two sources (with the same ids at both), a few people with the same addresses in
several of them; one source is a PSA, with a ticket, an opportunity and a configuration item of each of its companies.
Things that are refused are part of life; things that break are not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from domain.approval import Choice
from domain.company import Company
from domain.connection import Connection
from domain.errors import GangwayError, NotAllowed
from domain.isolation import Link
from domain.plan import Plan
from domain.ports import Kind, UpstreamPerson
from domain.psa import Feature
from domain.ticket import Which
from flows import assets, imports, invitations, mapping, opportunities, requests, setups, tickets, undo
from flows.asset_sync import refresh
from flows.desk import Desk
from flows.performers import PERFORMERS
from sandbox.world import ManualClock
from tests.flows.bench import Bench
from tests.flows.deals import Deals
from tests.flows.engine import Killed
from tests.flows.paper import Paper
from tests.flows.rack import Rack
from tests.flows.ticket_paper import CHOSEN, TicketPaper

NAMES = ("Contoso", "Fabrikam", "Litware")
SOURCES = ("autotask", "itglue")
UPSTREAM = ("1", "2", "3", "4")
ITEMS = ("ticket", "opportunity", "asset")
Move = tuple[str, int, int, int]


@dataclass
class Psa(TicketPaper, Rack, Deals):
    """A PSA that has everything, in memory."""

    def move_item(self, kind: str, id_: str, company_id: str) -> None:
        edit = {"ticket": self.edit_ticket, "opportunity": self.edit_opportunity, "asset": self.edit_asset}[kind]
        edit(id_, company_id=company_id)

    def items(self) -> list[tuple[str, str, str]]:
        """Kind, id and company of everything that is not a person."""
        kinds = (("ticket", self.tickets_), ("opportunity", self.opportunities_), ("asset", self.assets_))
        return [(kind, row.id, str(row.company_id)) for kind, rows in kinds for row in rows.values()]  # type: ignore[attr-defined]


def papers(clock: ManualClock) -> Mapping[str, Paper]:
    return {"autotask": Psa(clock), "itglue": Paper(clock)}


def prepare(bench: Bench) -> None:
    """Companies here and there, none mapped; people at every upstream company, addresses shared between some."""
    bench.two_eyes_are_enough()
    for name in SOURCES:
        paper = bench.papers[name]
        paper.page_size = 3
        for number, upstream in enumerate(UPSTREAM):
            paper.company(upstream, f"{name} {number}", f"{name}{number}.example")
            paper.person(f"{upstream}0", upstream, f"own{upstream}@{name}.example")
            paper.person(f"{upstream}1", upstream, "shared@consultant.example", "Sam")
        bench.listed(bench.connected(name))
    for name in NAMES:
        bench.company(name, f"{name.lower()}.com")
    _furnish(bench)


def _furnish(bench: Bench) -> None:
    """The PSA has an item of each kind in each of its companies, and all of them are synced."""
    psa = bench.papers["autotask"]
    assert isinstance(psa, Psa)
    for upstream in UPSTREAM:
        psa.ticket_(f"{upstream}5", upstream, f"Ticket of {upstream}")
        psa.opportunity_row(f"{upstream}6", upstream, f"Deal with {upstream}")
        psa.asset_row(f"{upstream}7", upstream, f"Server of {upstream}")
    with bench.store.write() as work:
        connection = next(one for one in work.connections.all() if one.source == "autotask")
        for feature in (Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS):
            work.syncs.put(replace(work.syncs.get(connection.id, feature, False), enabled=True))
        setups.keep_tickets(work, connection.id, CHOSEN)
        work.picks.put(connection.id, psa.picklists())


def begin(bench: Bench) -> None:
    """A world in which something is under way already: two companies mapped at each source, their people previewed."""
    prepare(bench)
    history = History(bench)
    for source in range(2):
        history.go(("map", 0, source, source))
        history.go(("map", 1, source, source + 1))
        history.go(("preview", 0, source, 0))
        history.go(("preview", 1, source, 0))


@dataclass
class History:
    bench: Bench
    been: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (source or kind, id) → companies it was ever in
    seen: set[tuple[str, ...]] = field(default_factory=set)  # origins found so far
    done: list[str] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        with self.bench.store.work() as work:
            self.connections: dict[str, Connection] = {one.source: one for one in work.connections.all()}
        found = self.bench.companies()
        self.companies: list[Company] = [found[name] for name in NAMES]
        for source in SOURCES:
            for person in self.bench.papers[source].people.values():
                self.been[source, person.id] = {str(person.company_id)}
        for kind, id_, company in self.psa.items():
            self.been[kind, id_] = {company}

    @property
    def psa(self) -> Psa:
        found = self.bench.papers["autotask"]
        assert isinstance(found, Psa)
        return found

    # --- one thing after another ---

    def go(self, move: Move) -> None:
        """Do one thing; then nothing may be where it must not be."""
        name, *numbers = move
        before = self._mapping()
        try:
            MOVES[name](self, *numbers)
            self.done.append(name)
        except NotAllowed:
            self.refused += 1
        except (GangwayError, Killed):
            pass
        self._check(before, self._mapping())

    def _company(self, number: int) -> Company:
        return self.companies[number % len(self.companies)]

    def _source(self, number: int) -> str:
        return SOURCES[number % len(SOURCES)]

    def _desk(self, number: int) -> Desk:
        """Somebody in a free channel, or in the channel of one of the companies."""
        place = number % (2 * len(self.companies)) - len(self.companies)
        return self.bench.desk(bound=self.companies[place] if place >= 0 else None)

    def _link(self, company: int, source: int) -> Link | None:
        with self.bench.store.work() as work:
            return work.links.of_company(self.connections[self._source(source)].id, self._company(company).id)

    def _plan(self, number: int) -> Plan | None:
        with self.bench.store.work() as work:
            plans = work.plans.newest(None, 50)
        return plans[number % len(plans)] if plans else None

    def _person(self, number: int) -> tuple[str, UpstreamPerson]:
        source = self._source(number)
        people = list(self.bench.papers[source].people.values())
        return source, people[number // 2 % len(people)]

    def map(self, company: int, source: int, upstream: int) -> None:
        connection, ours = self.connections[self._source(source)], self._company(company)
        mapping.confirm(self.bench.context, self._desk(upstream // 4), connection.id, ours.id, UPSTREAM[upstream % 4])

    def remap(self, company: int, source: int, upstream: int) -> None:
        link = self._link(company, source)
        if link is not None:
            mapping.remap(self.bench.context, self._desk(upstream // 4), link.id, UPSTREAM[upstream % 4], True)
            self._agreed()

    def _agreed(self) -> None:
        """A second person approves what was asked for, where people had come through the old mapping."""
        asked, self.bench.ear.requests[:] = list(self.bench.ear.requests), []
        for request_id in asked:
            requests.decide(self.bench.context, self.bench.desk(user="U2"), request_id, Choice.APPROVE, PERFORMERS)

    def unlink(self, company: int, source: int, desk: int) -> None:
        link = self._link(company, source)
        if link is not None:
            mapping.remap(self.bench.context, self._desk(desk), link.id, None, False)
            self._agreed()

    def swap(self, one: int, other: int, source: int) -> None:
        first, second = self._link(one, source), self._link(other, source)
        if first is None or second is None or first.id == second.id:
            return
        for link, upstream in ((first, None), (second, first.external_id)):
            mapping.remap(self.bench.context, self.bench.admin, link.id, upstream, False)
            self._agreed()
        self.bench.mapped(self.connections[self._source(source)], self._company(one), second.external_id)

    def ask(self, company: int, source: int, desk: int) -> None:
        words, place = self._company(company).name, self._desk(desk)
        plan = imports.propose(self.bench.context, place, Kind.USERS, words, self._source(source))
        assert place.bound is None or plan.company_id == place.bound.id
        imports.posted(self.bench.context, plan.id, "C1", "1.1")

    def decide(self, number: int, desk: int, choice: int) -> None:
        plan, place = self._plan(number), self._desk(desk)
        if plan is not None:
            imports.decide(self.bench.context, place, plan.id, Choice.DENY if choice % 5 == 0 else Choice.APPROVE)
            assert place.bound is None or plan.company_id == place.bound.id, "a bound channel decided on another's plan"

    def preview(self, company: int, source: int, _: int) -> None:
        """Ask and wait, as most people do."""
        self.ask(company, source, 0)
        self.bench.workshop.run()

    def approve(self, number: int, _: int, __: int) -> None:
        """An Admin in a free channel says yes; the run is put off."""
        self.decide(number, 0, 1)

    def finish(self, _: int, __: int, ___: int) -> None:
        self.bench.workshop.run()

    def choose(self, number: int, desk: int, row: int) -> None:
        plan = self._plan(number)
        if plan is not None:
            imports.choose(self.bench.context, self._desk(desk), plan.id, [f"{UPSTREAM[row % 4]}0", "21", "nonsense"])

    def again(self, number: int, desk: int, _: int) -> None:
        plan = self._plan(number)
        if plan is not None:
            imports.again(self.bench.context, self._desk(desk), plan.id)

    def work(self, jobs: int, moment: int, _: int) -> None:
        """Do some of what was put off, and now and then die over it."""
        workshop = self.bench.workshop
        workshop.dies_at(moment % 12 if moment % 3 == 0 else None)
        try:
            workshop.run(jobs % 4 + 1)
        finally:
            workshop.kill_at = None

    def retry(self, job: int, remembered: int, _: int) -> None:
        keys = list(self.bench.workshop.known)
        if keys:
            self.bench.workshop.repeat(keys[job % len(keys)], remembered % 6)

    def move(self, person: int, upstream: int, _: int) -> None:
        source, who = self._person(person)
        self.bench.papers[source].edit(who.id, company_id=UPSTREAM[upstream % 4])
        self.been[source, who.id].add(UPSTREAM[upstream % 4])

    def relocate(self, item: int, upstream: int, _: int) -> None:
        """A ticket, an opportunity or a configuration item is given to another company at the PSA."""
        items = self.psa.items()
        kind, id_, _old = items[item % len(items)]
        self.psa.move_item(kind, id_, UPSTREAM[upstream % 4])
        self.been[kind, id_].add(UPSTREAM[upstream % 4])

    def merge(self, source: int, gone: int, into: int) -> None:
        """Two companies become one at the source: everything moves over, and the one is not there any more."""
        paper, from_, to = self.bench.papers[self._source(source)], UPSTREAM[gone % 4], UPSTREAM[into % 4]
        if from_ == to or from_ not in paper.companies_ or to not in paper.companies_:
            return
        del paper.companies_[from_]
        for person in [one for one in paper.people.values() if one.company_id == from_]:
            paper.edit(person.id, company_id=to)
            self.been[self._source(source), person.id].add(to)
        for kind, id_, company in self.psa.items() if paper is self.psa else ():
            if company == from_:
                self.psa.move_item(kind, id_, to)
                self.been[kind, id_].add(to)

    def undo(self, number: int, desk: int, _: int) -> None:
        """A run is taken back, asked for from anywhere."""
        plan, place = self._plan(number), self._desk(desk)
        if plan is not None:
            back = undo.propose(self.bench.context, place, plan.id)
            assert place.bound is None or back.company_id == place.bound.id, "a bound channel undoes another's run"
            imports.decide(self.bench.context, place, back.id, Choice.APPROVE)

    def reread(self, item: int, _: int, __: int) -> None:
        """Somebody opens a ticket or a configuration item, and it is read again alone."""
        rows = self._items()
        if rows:
            kind, id_ = rows[item % len(rows)][:2]
            if kind == "asset":
                refresh(self.bench.context, id_)
            elif kind == "ticket":
                tickets.refreshed(self.bench.context, self.bench.admin, id_)

    def look(self, company: int, _: int, __: int) -> None:
        """In a company's own channel everything is listed, and every id there is anywhere is tried."""
        mine = self._company(company)
        desk, live = self.bench.desk(bound=mine), {link for _, company_id, _, link in self._mapping() if company_id == mine.id}
        shown = [("asset", line.asset.id) for line in assets.page(self.bench.context, desk).lines]
        shown += [("opportunity", line.opportunity.id) for line in opportunities.page(self.bench.context, desk, is_open=False).lines]
        shown += [("ticket", line.shown.id) for line in tickets.page(self.bench.context, desk, None, Which.ALL).lines]
        for kind, id_, _connection, _external, owner, link, _claimed, _print in self._items():
            is_mine = owner == mine.id and link in live
            assert is_mine or (kind, id_) not in shown, f"a {kind} of another's is listed"
            assert is_mine or not self._opens(desk, kind, id_), f"a {kind} of another's is opened"
        there = invitations.people(self.bench.context, desk, None, size=1000).lines
        assert {line.company.id for line in there} <= {mine.id}, "somebody of another company is listed"
        assert {plan.company_id for plan in imports.history(self.bench.context, desk, 1000)} <= {mine.id}

    def _opens(self, desk: Desk, kind: str, id_: str) -> bool:
        opened = {"asset": assets.one, "opportunity": opportunities.one, "ticket": tickets.card}[kind]
        try:
            opened(self.bench.context, desk, id_)  # type: ignore[operator]
        except NotAllowed:
            return False
        return True

    def readdress(self, person: int, number: int, _: int) -> None:
        source, who = self._person(person)
        self.bench.papers[source].edit(who.id, email=("shared@consultant.example", f"own{number % 4}@new.example")[number % 2])

    def lie(self, person: int, on: int, _: int) -> None:
        """The source slips somebody into every answer about one company, whoever was asked about."""
        source, who = self._person(person)
        self.bench.papers[source].foreign[:] = [who] if on % 3 else []

    def sync(self, source: int, hours: int, _: int) -> None:
        self.bench.clock.advance(3600 * (hours % 30))
        connection = self.connections[self._source(source)]
        slot = self.bench.clock().isoformat()
        self.bench.context.jobs.enqueue("sync", f"sync-{connection.id}-{slot}", f"{connection.id} {slot}", connection.id)

    def list_companies(self, source: int, hours: int, _: int) -> None:
        plan = imports.propose(self.bench.context, self.bench.admin, Kind.COMPANIES, "", self._source(source))
        imports.posted(self.bench.context, plan.id, "C1", "1.1")

    def reinvite(self, person: int, desk: int, _: int) -> None:
        there = list(self.bench.people().values())
        place = self._desk(desk)
        if there:
            line = there[person % len(there)]
            invitations.reinvite(self.bench.context, place, line.person.id)
            assert place.bound is None or line.company.id == place.bound.id

    # --- what may never be ---

    def _mapping(self) -> set[tuple[str, ...]]:
        with self.bench.store.work() as work:
            return {(link.connection_id, link.company_id, link.external_id, link.id) for link in work.links.every_live()}

    def _check(self, before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> None:
        upstream = [(connection, external) for connection, _, external, _ in after]
        assert len(upstream) == len(set(upstream)), "an upstream company feeds two companies"
        names = {connection.id: source for source, connection in self.connections.items()}
        for row in self._origins():
            connection, external, company, home, link, claimed, _print, _plan = row
            assert company == home, "somebody is with one company and came from another's import"
            assert claimed in self.been[names[connection], external], "somebody came through a company they were never in"
            if row not in self.seen:
                assert (connection, company, claimed, link) in before | after, "written under no present mapping"
                self.seen.add(row)

        for row in self._items():
            kind, _id, connection, external, company, link, claimed, print_ = row
            assert claimed in self.been[kind, external], f"a {kind} came through a company it was never in"
            if print_ and row not in self.seen:  # what has left has no fingerprint any more
                assert (connection, company, claimed, link) in before | after, f"a {kind} was written under no present mapping"
                self.seen.add(row)

    def _items(self) -> list[tuple[str, ...]]:
        columns = "id, connection_id, external_id, company_id, link_id, external_company_id, fingerprint"
        parts = [f"select '{kind}', {columns} from {kind} where external_id is not null" for kind in ITEMS]
        with self.bench.store.work() as work:
            return [tuple(row) for row in work.session.execute(text(" union all ".join(parts)))]

    def _origins(self) -> list[tuple[str, ...]]:
        columns = "o.connection_id, o.external_id, o.company_id, p.company_id, o.link_id, o.external_company_id, o.fingerprint, o.plan_id"
        with self.bench.store.work() as work:
            return [tuple(row) for row in work.session.execute(text(f"select {columns} from origin o join person p on p.id = o.person_id"))]


MOVES: Mapping[str, Callable[[History, int, int, int], None]] = {
    name: getattr(History, name)
    for name in (
        "map", "remap", "unlink", "swap", "ask", "preview", "approve", "finish", "decide", "choose", "again", "work", "retry", "move", "readdress", "lie",
        "sync", "list_companies", "reinvite", "relocate", "merge", "undo", "reread", "look",
    )
}  # fmt: skip

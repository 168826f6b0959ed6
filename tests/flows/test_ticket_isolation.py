"""Whatever happens one after the other (mapping, re-mapping, moves upstream, syncs, callouts), no company has another's tickets.

And a channel that is bound to a company reaches nothing else, whichever ids and numbers are tried there.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import GangwayError, NotAllowed
from domain.ticket import Which
from flows import mapping, ticket_acts, ticket_notes, ticket_sync, tickets
from tests.conftest import TRIES, open_store
from tests.flows.ticket_paper import Service, service

UPSTREAM = ("1", "2", "3")
TICKETS = tuple(f"{number}" for number in range(1, 7))
MOVES = st.lists(
    st.tuples(st.sampled_from(("map", "unmap", "sync", "whole", "callout", "move", "note", "read")), st.integers(0, 5), st.integers(0, 2)),
    min_size=3, max_size=14,
)  # fmt: skip


class History:
    def __init__(self, made: Service) -> None:
        self.made = made
        self.companies = [made.contoso, made.fabrikam, made.bench.company("Third", "third.com")]
        self.been: dict[str, set[str]] = {}  # ticket → upstream companies it was ever in
        for number, ticket in enumerate(TICKETS):
            upstream = UPSTREAM[number % 3]
            made.paper.ticket_(ticket, upstream, f"title of {ticket} at {upstream}")
            made.paper.note_(f"n{ticket}", ticket, f"words of {ticket} at {upstream}")
            self.been[ticket] = {upstream}
        made.bench.two_eyes_are_enough()

    def go(self, what: str, which: int, where: int) -> None:
        made, context = self.made, self.made.bench.context
        ticket, upstream, company = TICKETS[which], UPSTREAM[where], self.companies[which % 3]
        link = self._link(company.id)
        match what:
            case "map" if link is None:
                made.bench.mapped(made.connection, company, upstream)
            case "unmap" | "map" if link is not None:
                mapping.remap(context, made.bench.admin, link, upstream if what == "map" else None, False)
            case "sync":
                made.synced()
            case "whole":
                made.bench.clock.advance(24 * 3600)
                made.synced()
            case "callout":
                ticket_sync.refresh(context, made.connection.id, ticket)
            case "move":
                made.paper.edit_ticket(ticket, company_id=upstream, title=f"title of {ticket} at {upstream}")
                self.been[ticket].add(upstream)
            case "note":
                ticket_sync.refresh_note(context, made.connection.id, f"n{ticket}", ticket)
            case "read":
                with made.bench.store.work() as work:
                    found = work.tickets.of_upstream(made.connection.id, ticket)
                if found is not None:
                    ticket_notes.looked(context, found)

    def _link(self, company_id: str) -> str | None:
        with self.made.bench.store.work() as work:
            link = work.links.of_company(self.made.connection.id, company_id)
        return link.id if link else None

    def check(self) -> None:
        """Each company has tickets of the upstream company it is mapped to now, and no others; its channel reaches those alone."""
        made = self.made
        with made.bench.store.work() as work:
            links = {company.id: work.links.of_company(made.connection.id, company.id) for company in self.companies}
            every = {ticket: work.tickets.of_upstream(made.connection.id, ticket) for ticket in TICKETS}
        for company in self.companies:
            link = links[company.id]
            mine = set(made.here(company))
            assert all(link is not None and link.external_id in self.been[ticket] for ticket in mine)
            desk = made.bench.desk(bound=company)
            shown = tickets.page(made.bench.context, desk, None, Which.ALL)
            assert {line.shown.title.split()[2] for line in shown.lines} == mine
            assert link is None or all(line.shown.title.endswith(f" at {link.external_id}") for line in shown.lines)
            for ticket, stored in every.items():
                if ticket not in mine:
                    self._refused(desk, stored.id if stored else ticket, f"T2026.{ticket}")

    def _refused(self, desk: object, ticket_id: str, number: str) -> None:
        context = self.made.bench.context
        said = set()
        for act in (
            lambda: tickets.card(context, desk, ticket_id),  # type: ignore[arg-type]
            lambda: tickets.by_number(context, desk, number),  # type: ignore[arg-type]
            lambda: ticket_acts.comment(context, desk, "w", ticket_id, "x", True),  # type: ignore[arg-type]
        ):
            with pytest.raises(NotAllowed) as refusal:
                act()
            said.add(refusal.value.said)
        assert len(said) == 1


@given(MOVES)
@settings(max_examples=25 * TRIES)
def test_no_company_ever_has_anothers_tickets(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int, int]]) -> None:
    file = tmp_path_factory.mktemp("tickets") / "gangway.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{file}")
    try:
        history = History(service(store))
        history.made.synced()
        for move in moves:
            try:
                history.go(*move)
            except GangwayError:
                continue  # refused: that is part of life
            history.check()
    finally:
        store.close()

"""Companies that were just mapped have their tickets soon: one read for all of them, beside what people ask for, told to nobody."""

from domain.ports import Kind
from domain.psa import Feature
from flows import mapping, sync
from flows.sync import QUIET_SECONDS
from storage.store import Store
from tests.flows.engine import Killed
from tests.flows.ticket_paper import Service, service


def unmapped(store: Store) -> Service:
    made = service(store, mapped=False)
    made.paper.ticket_("1", "1", "Contoso's")
    made.paper.ticket_("2", "2", "Fabrikam's")
    made.synced()
    made.bench.workshop.waited.clear()
    return made


def asked_parts(made: Service) -> list[str]:
    return [task.argument.split(" ")[-1] for task in made.bench.workshop.known.values() if " mapped-" in task.argument]


def test_a_company_has_its_tickets_minutes_after_it_was_mapped(store: Store) -> None:
    made = unmapped(store)
    made.bench.mapped(made.connection, made.contoso, "1")
    made.bench.workshop.run()
    assert (made.here(made.contoso), asked_parts(made)) == (["1"], ["tickets"]), "what is switched off is not read"
    assert made.bench.workshop.waited == [QUIET_SECONDS]
    assert (made.bench.ear.notices, made.bench.ear.private, [end for _, end in made.bench.ear.syncs if end]) == ([], [], [])


def test_a_company_that_was_imported_is_mapped_and_has_its_tickets_too(store: Store) -> None:
    made = unmapped(store)
    made.paper.ticket_("3", "3", "Elsewhere's")
    made.bench.imported(Kind.COMPANIES, source="autotask")
    made.bench.workshop.run()
    assert made.here(made.bench.companies()["Elsewhere"]) == ["3"]


def test_mappings_one_after_the_other_are_read_for_once(store: Store) -> None:
    """While somebody maps, the round waits; a sync that was asked for meanwhile is neither refused nor doubled."""
    made = unmapped(store)
    made.bench.mapped(made.connection, made.contoso, "1")
    assert "is being synced" in sync.ask(made.bench.context, made.bench.admin, made.connection.id)
    made.bench.clock.advance(30)
    made.bench.mapped(made.connection, made.fabrikam, "2")
    made.paper.calls.clear()
    made.bench.workshop.run()
    assert (made.here(made.contoso), made.here(made.fabrikam)) == (["1"], ["2"])
    assert asked_parts(made) == ["tickets"]
    assert made.paper.calls.count("all tickets") == 1, "what was read for the new mappings is not read whole again"


def test_another_mapping_of_a_company_is_read_for_too(store: Store) -> None:
    made = unmapped(store)
    made.bench.two_eyes_are_enough()
    link = made.bench.mapped(made.connection, made.contoso, "1")
    made.bench.workshop.run()
    mapping.remap(made.bench.context, made.bench.admin, link.id, "2", False)
    made.bench.workshop.run()
    assert made.here(made.contoso) == ["2"]
    with store.work() as work:
        (now,) = work.links.of_one_company(made.contoso.id)
    mapping.remap(made.bench.context, made.bench.admin, now.id, None, False)
    assert made.bench.workshop.pending() == [], "where nothing is mapped any more nothing is read"


def test_where_nothing_of_companies_is_switched_on_nothing_is_asked_for(store: Store) -> None:
    made = unmapped(store)
    sync.toggle(made.bench.context, made.bench.admin, made.connection.id, Feature.TICKETS, False)
    made.bench.workshop.run()
    made.bench.mapped(made.connection, made.contoso, "1")
    assert made.bench.workshop.pending() == []


def test_a_death_at_any_moment_still_brings_them(store: Store) -> None:
    made = unmapped(store)
    made.bench.mapped(made.connection, made.contoso, "1")
    for kill_at in range(1, 8):
        made.bench.workshop.dies_at(kill_at)
        try:
            made.bench.workshop.run()
        except Killed:
            continue
    made.bench.workshop.kill_at = None
    made.bench.workshop.run()
    assert made.here(made.contoso) == ["1"]

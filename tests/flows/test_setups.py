"""What was decided about a connection comes back as it was put in, and nothing is decided for anybody."""

from domain.psa import Feature
from domain.roles import Role
from domain.setup import AutoImport, CompaniesWanted, Opportunities, People, Stage, Tickets
from flows import setups
from storage.store import Store

TICKETS = Tickets(
    frozenset({"8"}),
    frozenset({"3"}),
    frozenset({"21"}),
    frozenset({"5"}),
    "19",
    {Stage.NEW: frozenset({"1"}), Stage.RESOLVED: frozenset({"5", "6"})},
    {"3": "1"},
    {"queue": "8"},
)


def test_what_was_chosen_comes_back(store: Store) -> None:
    """Each group of choices, for the connection it was made for and for no other."""
    people = People(AutoImport.PROPOSE, Role.CLIENT)
    with store.write() as work:
        setups.keep_people(work, "c1", people)
        setups.keep_tickets(work, "c1", TICKETS)
        setups.keep_opportunities(work, "c1", Opportunities("4", "2", "1", 45))
        setups.keep_companies(work, "c1", CompaniesWanted(frozenset({"1"}), frozenset()))
    with store.work() as work:
        assert setups.people(work, "c1") == people
        assert setups.tickets(work, "c1") == TICKETS
        assert setups.opportunities(work, "c1") == Opportunities("4", "2", "1", 45)
        assert setups.companies(work, "c1") == CompaniesWanted(frozenset({"1"}))
        assert setups.tickets(work, "c2") == Tickets()


def test_tickets_and_opportunities_are_off_until_somebody_wants_them(store: Store) -> None:
    """Companies and people are synced unless switched off; the rest waits for a word."""
    with store.work() as work:
        assert setups.is_on(work, "c1", "companies")
        assert not setups.is_on(work, "c1", Feature.TICKETS)

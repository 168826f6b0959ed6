"""Two sources for one company: one owns the fields, both are shown, and each takes away only what it brought."""

import pytest

from domain.company import Company
from domain.connection import Connection
from domain.errors import NotAllowed
from domain.ports import Kind
from domain.psa import HasContracts, UpstreamContract
from flows import connect, contracts, sources
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.deals import Deals


@pytest.fixture
def made(store: Store) -> Bench:
    return bench(store)


def doubled(made: Bench) -> tuple[Company, Connection, Connection]:
    """Contoso at both sources; IT Glue was connected first and brought Ada, then Autotask brought her too, with Bob."""
    glue, psa = made.papers["itglue"], made.papers["autotask"]
    glue.company("500", "Contoso (docs)", "contoso.com")
    psa.company("10", "Contoso Ltd", "contoso.com")
    it_glue = made.connected("itglue")
    made.clock.advance(60)
    autotask = made.connected("autotask")
    contoso = made.company("Contoso", "contoso.com")
    for connection, id_ in ((it_glue, "500"), (autotask, "10")):
        made.listed(connection)
        made.mapped(connection, contoso, id_)
    glue.person("g1", "500", "ada@contoso.com", "Adelaide", last="Byron")
    psa.person("p1", "10", "ada@contoso.com", "Ada", last="Byron")
    psa.person("p2", "10", "bob@contoso.com", "Bob")
    made.imported(Kind.USERS, "Contoso", "itglue")
    made.imported(Kind.USERS, "Contoso", "autotask")
    return contoso, it_glue, autotask


def name(made: Bench) -> str:
    return made.people()["ada@contoso.com"].person.name


def test_the_psa_owns_the_fields_and_the_other_sources_words_are_shown(made: Bench) -> None:
    """IT Glue may have been first: when it renames her, nothing is overwritten, and the preview says why."""
    doubled(made)
    made.papers["autotask"].edit("p1", title="Countess")
    made.imported(Kind.USERS, "Contoso", "autotask")
    made.papers["itglue"].edit("g1", first_name="Augusta", title="Engineer")
    plan = made.preview(Kind.USERS, "Contoso", "itglue")
    action, reason = made.reasons(plan)["Augusta Byron"]
    assert action == "unchanged"
    assert reason == "Autotask PSA owns these fields; IT Glue says first name “Augusta”, title “Engineer”."


def test_two_sources_do_not_fight_over_a_name(made: Bench) -> None:
    """However often each is synced, the name stays that of the source that owns it."""
    doubled(made)
    made.papers["autotask"].edit("p1", first_name="Lady Ada")
    made.imported(Kind.USERS, "Contoso", "autotask")
    for number in range(3):
        made.papers["itglue"].edit("g1", first_name=f"Augusta {number}")
        made.preview(Kind.USERS, "Contoso", "itglue")
        assert name(made) == "Lady Ada Byron"


def test_a_psa_that_comes_second_names_them_at_once(made: Bench) -> None:
    """It owns the fields from then on; a documentation system that comes second names nobody."""
    doubled(made)
    assert name(made) == "Ada Byron"
    made.papers["itglue"].person("g2", "500", "bob@contoso.com", "Robert")
    made.imported(Kind.USERS, "Contoso", "itglue")
    assert made.people()["bob@contoso.com"].person.first_name == "Bob"


def test_the_other_source_fills_what_is_empty(made: Bench) -> None:
    doubled(made)
    made.papers["itglue"].edit("g1", title="Engineer")
    plan = made.preview(Kind.USERS, "Contoso", "itglue")
    assert made.reasons(plan)["Adelaide Byron"][0] == "changed"
    made.approve(plan)
    assert made.people()["ada@contoso.com"].person.title == "Engineer"
    assert name(made) == "Ada Byron"


def test_the_owner_takes_over_when_the_other_source_has_lost_them(made: Bench) -> None:
    """Who is gone at the PSA is no longer the PSA's to name."""
    _, _, autotask = doubled(made)
    with made.store.write() as work:
        people = made.people()
        (origin,) = [o for o in work.people.origins([people["ada@contoso.com"].person.id])[people["ada@contoso.com"].person.id] if o.connection_id == autotask.id]
        work.people.mark_gone(autotask.id, origin.kind, ["p1"])
    made.papers["itglue"].edit("g1", first_name="Augusta")
    made.approve(made.preview(Kind.USERS, "Contoso", "itglue"))
    assert name(made) == "Augusta Byron"


def test_a_company_is_named_by_its_owner(made: Bench) -> None:
    doubled(made)
    made.papers["itglue"].edit_company("500", name="Contoso Documentation")
    plan = made.preview(Kind.COMPANIES, source="itglue")
    assert made.reasons(plan)["Contoso Documentation"] == (
        "unchanged", "Autotask PSA owns the name; IT Glue calls it “Contoso Documentation”.",
    )  # fmt: skip
    made.papers["autotask"].edit_company("10", name="Contoso Group")
    made.approve(made.preview(Kind.COMPANIES, source="autotask"))
    assert "Contoso Group" in made.companies()


def test_only_a_connected_source_that_the_company_is_mapped_at_serves_it(store: Store) -> None:
    """A PSA that was disconnected is passed over, not stumbled over; nobody else's mapping counts."""
    autotask, other = Deals(ManualClock()), Deals(ManualClock())
    made = bench(store, papers={"autotask": autotask, "itglue": other})
    other.contracts_.append(UpstreamContract("5", "500", "Managed Services", "Recurring", "Active", "2026-01-01", "2026-12-31"))
    contoso, second, first = doubled(made)
    fabrikam = made.company("Fabrikam", "fabrikam.com")
    assert able(made, contoso) == [first.id, second.id]
    assert able(made, fabrikam) == []
    connect.disconnect(made.context, made.admin, first.id)
    assert able(made, contoso) == [second.id]
    assert [row.name for row in contracts.of_company(made.context, made.admin, contoso.id).rows] == ["Managed Services"]


def able(made: Bench, company: Company) -> list[str]:
    return [each.id for each in sources.able(made.context, company.id, HasContracts)]


def test_both_are_shown_side_by_side_with_who_owns(made: Bench) -> None:
    contoso, _, _ = doubled(made)
    shown = sources.of_company(made.context, made.admin, contoso.id)
    assert [(each.claim.title, each.external_id, each.name, each.people, each.owns) for each in shown.sources] == [
        ("Autotask PSA", "10", "Contoso Ltd", 2, True), ("IT Glue", "500", "Contoso (docs)", 1, False),
    ]  # fmt: skip
    other = made.company("Fabrikam", "fabrikam.com")
    with pytest.raises(NotAllowed):
        sources.of_company(made.context, made.desk(bound=other), contoso.id)

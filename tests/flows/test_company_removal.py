"""Removing a company: nothing of it is left but the proof, its secrets open nowhere any more, and others are untouched."""

import pytest

from domain.company import Company
from domain.errors import NotAllowed, Stop, TellPerson
from domain.ports import Kind
from domain.roles import Role
from domain.secret import Secret
from flows import companies, invitations, removing, vault
from flows.vault import Draft
from storage.tables import naming
from tests.flows.bench import Bench

CANARY = "canary-pa55word-4711"


def kept(made: Bench, company: Company) -> str:
    entry = vault.add(made.context, made.admin, company.id, Draft("Firewall", "root", "", "Network")).entry
    with made.store.write() as work:
        work.entries.put(entry, Secret(CANARY))
    return entry.id


def furnished(made: Bench) -> tuple[Company, Company]:
    """Two companies with a person, a link, a secret and a bound channel each."""
    made.two_eyes_are_enough()
    paper = made.papers["autotask"]
    paper.company("11", "Contoso", "contoso.com")
    paper.company("22", "Acme", "acme.com")
    connection = made.connected("autotask")
    made.listed(connection)
    both = made.company("Contoso GmbH", "contoso.com"), made.company("Acme Inc", "acme.com")
    for company, number in zip(both, ("11", "22"), strict=True):
        made.mapped(connection, company, number)
        paper.person(f"p{number}", number, f"ada@{company.domain}")
        made.imported(Kind.USERS, company.name)
        kept(made, company)
        companies.bind(made.context, made.admin, f"C-{company.id}", company.id)
    return both


def rows_of(made: Bench, company_id: str) -> dict[str, int]:
    """Table → rows that carry the company's id."""
    found = {}
    with made.store.engine.connect() as connection:
        for table in naming.sorted_tables:
            if "company_id" in table.c:
                found[table.name] = len(connection.execute(table.select().where(table.c.company_id == company_id)).all())
    return {name: number for name, number in found.items() if number}


def test_nothing_is_left_but_plans_and_journal_and_others_keep_all(both: Bench) -> None:
    contoso, acme = furnished(both)
    before = rows_of(both, acme.id)
    said = removing.remove(both.context, both.admin, contoso.id)
    assert "data key is destroyed" in said
    assert set(rows_of(both, contoso.id)) == {"plan", "journal"}
    assert rows_of(both, acme.id) == before
    assert "Contoso GmbH" not in both.companies()
    [line] = both.journal("company removed")
    assert "1 people, 1 vault entries, 1 links" in line
    with both.store.work() as work:
        assert work.journal.broken_at() is None


def test_what_was_sealed_opens_nowhere_any_more_even_from_a_copy(quick: Bench) -> None:
    contoso, _ = furnished(quick)
    with quick.store.work() as work:
        [entry], _total = work.entries.search(contoso.id, "", None, 10)
    with quick.store.engine.connect() as connection:
        sealed = connection.exec_driver_sql("select sealed from vault_entry where id = ?", (entry.id,)).scalar_one()
    removing.remove(quick.context, quick.admin, contoso.id)
    with quick.store.write() as work:
        wrapped, master = work.datakeys.of(contoso.id)  # a new one: the old is gone
    with pytest.raises(Stop):
        quick.store.vault.open(wrapped, master, contoso.id, entry.id, sealed)


def test_while_people_have_accepted_it_is_asked_twice(quick: Bench) -> None:
    contoso, _ = furnished(quick)
    [person] = quick.people(contoso).values()
    assert person.invitation is not None
    with quick.store.write() as work:
        work.invitations.accept(person.invitation.id, person.invitation.generation, quick.clock())
    with pytest.raises(removing.StillIn, match="1 of Contoso GmbH"):
        removing.remove(quick.context, quick.admin, contoso.id)
    assert "Contoso GmbH" in quick.companies()
    removing.remove(quick.context, quick.admin, contoso.id, sure=True)
    assert "Contoso GmbH" not in quick.companies()


def test_an_open_plan_is_void_and_its_button_does_nothing(quick: Bench) -> None:
    contoso, _ = furnished(quick)
    quick.papers["autotask"].person("p12", "11", "bob@contoso.com")
    plan = quick.preview(Kind.USERS, contoso.name)
    removing.remove(quick.context, quick.admin, contoso.id)
    with quick.store.work() as work:
        assert work.plans.get(plan.id).state.value == "void"  # type: ignore[union-attr]
    assert invitations.people(quick.context, quick.admin, None, "bob").total == 0


def test_it_can_be_made_anew_with_the_same_address(quick: Bench) -> None:
    contoso, _ = furnished(quick)
    removing.remove(quick.context, quick.admin, contoso.id)
    again = quick.company("Contoso GmbH", "contoso.com")
    assert vault.search(quick.context, quick.admin, again.id).total == 0


def test_only_an_admin_and_never_the_own_company_nor_from_a_bound_channel(quick: Bench) -> None:
    contoso, acme = furnished(quick)
    with pytest.raises(NotAllowed):
        removing.remove(quick.context, quick.desk(Role.TECHNICIAN), contoso.id)
    with pytest.raises(NotAllowed):
        removing.remove(quick.context, quick.desk(bound=acme), contoso.id)
    with pytest.raises(NotAllowed):
        removing.remove(quick.context, quick.admin, "no-such-company")
    with pytest.raises(TellPerson, match="own company"):
        removing.remove(quick.context, quick.admin, "own")
    assert set(quick.companies()) == {"Contoso GmbH", "Acme Inc"}

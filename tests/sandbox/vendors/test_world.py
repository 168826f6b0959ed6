"""The seeded world: the same for a seed, awkward on purpose, and honest about its dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.world import Change, ManualClock, World


def fingerprint(world: World) -> list[object]:
    return [[table.rows[one] for one in table.ids] for table in (*world.autotask.values(), *world.itglue.values())]


def test_the_demo_is_the_same_for_a_seed() -> None:
    """Two worlds of one seed are equal, and another seed differs."""
    assert fingerprint(World.demo(3)) == fingerprint(World.demo(3))
    assert fingerprint(World.demo(3)) != fingerprint(World.demo(4))


def test_the_demo_is_awkward() -> None:
    """The demo has what real lists have: twins, shared and missing domains, odd addresses, strange people."""
    world = World.demo()
    companies = list(world.autotask["Companies"].rows.values())
    names = [row["companyName"] for row in companies]
    webs = [row["webAddress"] for row in companies]
    assert len(names) - 1 >= 40
    assert names.count("City Dental") == 2
    assert {None, "", "gmail.com", "n/a"} <= set(webs)
    assert any(web and web.endswith(".") for web in webs)
    assert any(row.get("parentCompanyID") for row in companies)
    assert {False, True} == {row["isActive"] for row in companies}
    assert max(len(name) for name in names) <= 100
    contacts = world.itglue["contacts"].rows.values()
    assert max(len(row["name"]) for row in contacts) == 300
    assert any("<!channel>" in row["name"] for row in contacts)
    assert sum(one.get("licenseType") == 7 for one in world.autotask["Resources"].rows.values()) == 1


def test_builders_move_the_dates_of_what_they_change() -> None:
    """Renaming, moving and deactivating stamp both sides by the world's clock; nothing else moves."""
    clock = ManualClock()
    world = World.bare(clock)
    mine, other = world.add_company("Mine"), world.add_company("Other")
    person = world.add_contact(mine, email="a@mine.example")
    before = clock()
    after = clock.advance(60)
    world.move_contact(person, other)
    assert person.psa_id is not None
    assert person.itglue_id is not None
    contact = world.autotask["Contacts"].rows[person.psa_id]
    assert (contact["companyID"], contact["lastModifiedDate"], contact["createDate"]) == (
        other.psa_id,
        after,
        before,
    )
    assert world.itglue["contacts"].rows[person.itglue_id]["updated-at"] == after
    assert list(world.autotask["Contacts"].where("companyID", mine.psa_id)) == []
    assert list(world.autotask["Contacts"].where("companyID", other.psa_id)) == [person.psa_id]
    world.deactivate(person)
    assert contact["isActive"] == 0
    world.delete_company(other)
    assert world.autotask["Contacts"].get(person.psa_id) is None
    assert world.itglue["contacts"].get(person.itglue_id) is None


def test_a_merge_moves_people_and_leaves_a_gap() -> None:
    """A merged client's people belong to the other one, and its own ids are gone on both sides."""
    world = World.bare()
    old, kept = world.add_company("Old", domains=("old.example",)), world.add_company("Kept")
    person = world.add_contact(old, email="a@old.example")
    world.merge(old, kept)
    assert person.psa_id is not None
    assert old.itglue_id is not None
    assert world.autotask["Contacts"].rows[person.psa_id]["companyID"] == kept.psa_id
    assert world.autotask["Companies"].get(old.psa_id or 0) is None
    assert world.itglue["organizations"].get(old.itglue_id) is None


def test_watchers_hear_of_every_change() -> None:
    """Each write is told to watchers with its table, action and columns, in order."""
    world = World.bare()
    heard: list[Change] = []
    world.watchers.append(heard.append)
    client = world.add_company("A", itglue=False)
    world.rename(client, "B")
    assert [(one.table, one.action) for one in heard] == [("Companies", "Create"), ("Companies", "Update")]
    assert heard[1].values == {"companyName": "B"}


def test_real_organizations_come_from_a_csv(tmp_path: Path) -> None:
    """Each line becomes a client with invented people on both sides."""
    source = tmp_path / "organizations.csv"
    source.write_text("name,domain,city,state,type\nCity of Ada,ada.gov,Ada,OK,City\nBell County,b.gov,B,TX,County\n")
    world = World.from_csv(source, contacts_per_company=3)
    assert len(world.autotask["Contacts"].ids) == len(world.itglue["contacts"].ids) == 6
    assert world.autotask["Companies"].rows[176]["webAddress"] == "ada.gov"


def test_an_absent_or_wrong_csv_is_a_clear_sentence(tmp_path: Path) -> None:
    """A missing file and a file with other columns are each named."""
    with pytest.raises(FileNotFoundError, match="no CSV of organizations at"):
        World.from_csv(tmp_path / "nothing.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="lacks the columns city, domain, name, state, type"):
        World.from_csv(tmp_path / "other.csv")


def test_the_demo_has_a_service_desk_at_work() -> None:
    """Dozens of tickets over companies, queues, statuses and people, with notes for all to see and internal ones."""
    world = World.demo()
    tickets = list(world.autotask["Tickets"].rows.values())
    assert len(tickets) >= 40
    assert all(len({row[column] for row in tickets}) >= 4 for column in ("companyID", "queueID", "status", "title"))
    assert all((row["completedDate"] is not None) == (row["status"] == 5) for row in tickets if "completedDate" in row)
    assert len({row["ticketNumber"] for row in tickets}) == len(tickets)
    assert {note["publish"] for note in world.autotask["TicketNotes"].rows.values()} == {1, 2}
    pairs = {(one["resourceID"], one["roleID"]) for one in world.autotask["ResourceServiceDeskRoles"].rows.values()}
    assigned = {(row["assignedResourceID"], row["assignedResourceRoleID"]) for row in tickets} - {(None, None)}
    assert assigned
    assert assigned <= pairs
    for table in ("Opportunities", "ConfigurationItems", "Contracts", "CompanyToDos"):
        assert len(world.autotask[table].ids) >= 10, table


def test_tickets_come_by_the_thousand() -> None:
    """Twenty thousand are made at once, each with a number and a company of its own."""
    world = World.bare()
    companies = {world.add_company(f"C{number}").psa_id for number in range(7)}
    made = world.add_tickets(20_000, notes=1)
    tickets = world.autotask["Tickets"].rows
    assert (len(made), len(world.autotask["TicketNotes"].ids)) == (20_000, 20_000)
    assert {tickets[one]["companyID"] for one in made} == companies
    assert len({tickets[one]["ticketNumber"] for one in made}) == 20_000

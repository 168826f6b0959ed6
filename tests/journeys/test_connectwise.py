"""The walk-through of a ConnectWise MSP: connect, test, map, import companies and users, invite; and what goes wrong on the way."""

from collections.abc import Iterator

import pytest

from sandbox.connectwise import ConnectWiseStandIn
from sandbox.workspace.finding import words
from sandbox.workspace.person import Outcome, Person
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import (
    PATIENCE,
    ROOM,
    Json,
    answer,
    approved,
    connected,
    imported,
    map_certain,
    msp,
    preview,
    until,
)

pytestmark = pytest.mark.process

TITLE, DESK = "Connect ConnectWise PSA", "#client-contoso"
WORKED = "contoso.example"
LINKED = """
    select connection.source from link join connection on connection.id = link.connection_id
    join company on company.id = link.company_id where company.domain = ?
"""
PEOPLE_OF = """
    select person.email from person join company on company.id = person.company_id
    where company.domain = ? and person.kind != 'staff'
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An MSP that documents its clients in IT Glue: its companies are here, and ConnectWise is not connected yet."""
    with staged(tmp_path_factory.mktemp("connectwise")) as stage:
        adam = stage.person("adam")
        connected(stage, adam, "itglue", stage.itglue.key_without_passwords)
        imported(adam, "companies from itglue")
        yield stage


def entries(source: ConnectWiseStandIn) -> dict[str, str]:
    return {
        "Site": source.site, "Company ID": source.company, "Public key": source.public_key,
        "Private key": source.private_key, "Client ID": source.client_id,
    }  # fmt: skip


def filled(town: Stage, person: Person, **wrong: str) -> Outcome:
    """Fill in the connect form and save; `wrong` holds labels with a line for a space."""
    msp(person, "connect connectwise")
    form = person.wait_for_view(TITLE, "Client ID")
    return person.submit(form, entries(town.town.connectwise) | {name.replace("_", " "): text for name, text in wrong.items()})


def made_in(source: ConnectWiseStandIn, person: Person, summary: str) -> Json:
    """The one ticket of that summary that ConnectWise has in the end."""
    def look() -> list[Json]:
        return [row for row in list(source.tables["tickets"].rows.values()) if row["summary"] == summary]

    (made,) = person.wait_for(look, PATIENCE) or []
    return made


def connections(town: Stage) -> set[str]:
    return {str(source) for (source,) in town.rows("select source from connection")}


def test_each_wrong_entry_is_told_at_its_field_and_nothing_is_kept(town: Stage) -> None:
    """An unknown company, wrong keys (404 in the cloud, 401 elsewhere) and a missing client id are told apart."""
    adam, source = town.person("adam"), town.town.connectwise
    for wrong, said in (
        ({"Company_ID": "nobody"}, "does not know this Company ID"),
        ({"Private_key": "wrong-private-key"}, "refused the keys"),
        ({"Public_key": "wrong"}, "refused the keys"),
        ({"Site": "Contoso"}, "name of the server"),
        ({"Client_ID": "with space"}, "no spaces"),
    ):
        outcome = filled(town, adam, **wrong)
        assert not outcome
        assert said in " ".join(outcome.errors.values()), outcome
        adam.cancel(everything=True)
    source.server.refused_keys = "UserNotAuthenticated"
    assert "refused the keys" in " ".join(filled(town, adam, Private_key="wrong-private-key").errors.values())
    source.server.refused_keys = "404"
    adam.cancel(everything=True)
    assert "connectwise" not in connections(town)


def test_the_test_names_the_very_right_and_the_guide_says_where(town: Stage) -> None:
    """Test connection draws what the role lacks above the fields, Table Setup among it; the guide leads there."""
    adam, source = town.person("adam"), town.town.connectwise
    msp(adam, "connect connectwise")
    form = adam.wait_for_view(TITLE, "Client ID")
    adam.press(form, "Create an API member")
    form = adam.wait_for_view("Security Roles", "Table Setup", "API Members")
    adam.fill(form, entries(source))
    source.member.take("Table Setup")
    source.member.take("Member Maintenance")
    adam.press(form, "Test connection")
    form = adam.wait_for_view("Staff: *locked*", "System → Member Maintenance to Inquire", "System → Table Setup to Inquire")
    source.member.give("Table Setup")
    source.member.give("Member Maintenance")
    adam.press(form, "Test connection")
    found = adam.wait_for_view("Connected", "42 companies", "Nothing is kept yet", timeout=PATIENCE)
    assert "locked" not in words(found)
    adam.cancel(everything=True)
    assert "connectwise" not in connections(town)


def test_connectwise_is_connected_mapped_and_imported(town: Stage) -> None:
    """Right entries connect; known companies are matched, the others come in; types and deleted ones are seen."""
    adam = town.person("adam")
    assert filled(town, adam)
    adam.wait_for_view("Connected", "companies", timeout=PATIENCE)
    adam.cancel(everything=True)
    card = words(answer(adam, "integrations", "ConnectWise PSA", "Connected"))
    assert town.town.connectwise.private_key not in card
    assert "Connected" in words(answer(adam, "test connectwise", "Connected", "companies"))
    table = map_certain(adam, "connectwise")
    assert "0 certain" in words(table)
    adam.cancel(everything=True)
    mapped = {name for (name,) in town.rows(LINKED, WORKED)}
    assert mapped == {"itglue", "connectwise"}
    shown = preview(adam, "companies from connectwise", "new", "held")
    assert "Import companies from ConnectWise PSA" in words(shown)
    approved(adam, shown)
    assert "*0* new" in words(preview(adam, "companies from connectwise"))


def test_staff_come_without_the_api_member(town: Stage) -> None:
    """The members are the MSP's own; inactive ones and the API member are not brought."""
    adam = town.person("adam")
    imported(adam, "staff from connectwise")
    staff = {email for (email,) in town.rows("select email from person where kind = 'staff'")}
    assert "nora.lindqvist@northwind-it.example" in staff
    assert not [email for email in staff if "api" in email or email.startswith("sara.")]


def test_users_of_one_company_are_invited_and_accept(town: Stage) -> None:
    """Only the mapped company's contacts come, each gets one mail, and the link joins."""
    adam = town.person("adam")
    imported(adam, "users contoso from connectwise")
    emails = {str(email) for (email,) in town.rows(PEOPLE_OF, WORKED)}
    tables = town.town.connectwise.tables
    contoso = next(one for one, row in tables["companies"].rows.items() if row["name"] == "Contoso Ltd.")
    theirs = {
        item["value"].strip().lower()
        for row in tables["contacts"].rows.values()
        for item in row["communicationItems"]
        if row["company"] == contoso and item["communicationType"] == "Email"
    }
    assert len(emails) > 10
    assert {email.lower() for email in emails} <= theirs
    link = town.link_for("ada.abbott@contoso.example")
    assert "Accept invitation" in town.browse("GET", link).text
    assert "You have joined" in town.browse("POST", link).text
    assert "Accepted" in words(answer(adam, "users contoso", "ada.abbott@contoso.example"))


def test_tickets_and_opportunities_come_and_follow_by_callbacks(town: Stage) -> None:
    """The wizard switches them on; a ticket made here is in ConnectWise once, and what a technician writes there arrives."""
    adam, source = town.person("adam"), town.town.connectwise
    msp(adam, "setup connectwise")
    assert adam.submit(adam.wait_for_view("Step 1 of 4: Connect", timeout=PATIENCE))
    form = adam.wait_for_view("Step 2 of 4: Sync", "The lists were read just now", timeout=PATIENCE)
    assert adam.submit(form, {
        "Enable ticket sync": ["Bring the tickets of mapped companies"],
        "Enable opportunity sync": ["Bring the opportunities of mapped companies"],
    })  # fmt: skip
    adam.wait_for_view("Step 3 of 4: Configure", "Help Desk: &gt;Closed", timeout=PATIENCE)
    adam.cancel(everything=True)
    adam.wait_for(lambda: town.rows("select 1 from ticket") and town.rows("select 1 from opportunity"), PATIENCE)
    adam.wait_for(lambda: "Gangway ticket notes" in {row["description"] for row in source.tables["callbacks"].rows.values()}, PATIENCE)
    msp(adam, "settings")
    form = adam.wait_for_view("Bind a channel")
    (contoso, *_) = [name for name in adam.options(form, "To the company", "Contoso") if name.startswith("Contoso")]
    assert adam.submit(form, {"Bind a channel": DESK.removeprefix("#"), "To the company": contoso})
    adam.wait_for_message(ROOM, "is bound to")
    msp(adam, "ticket new", DESK)
    form = adam.wait_for_view("New ticket", "For", timeout=PATIENCE)
    assert adam.submit(form, {"Title": "The scanner smokes", "Description": "Since this morning"})
    card = adam.wait_for_message(DESK, "The scanner smokes", "Comment", timeout=PATIENCE)
    made = made_in(source, adam, "The scanner smokes")
    assert made["externalXRef"]
    until(adam, card, str(made["id"]))
    assert [row["text"] for row in source.tables["ticketNotes"].rows.values() if row["ticketId"] == made["id"]] == ["Since this morning"]
    note = {"ticketId": made["id"], "text": "On my way", "detailDescriptionFlag": True}
    source.server.obey({"do": "insert", "table": "ticketNotes", "columns": note})
    until(adam, card, "On my way")
    assert source.calls("key") >= 1


def test_a_right_that_is_taken_away_stops_the_import_with_its_name(town: Stage) -> None:
    """Nothing is concluded from a refusal, and people are told which right to add."""
    adam, source = town.person("adam"), town.town.connectwise
    source.member.take("Contacts")
    msp(adam, "import users fabrikam from connectwise")
    adam.wait_for_message(ROOM, "Companies → Contacts to Inquire", timeout=PATIENCE)
    source.member.give("Contacts")


def test_an_upgrade_of_connectwise_is_not_noticed(town: Stage) -> None:
    """The codebase changes with every upgrade; it is found again, and the work goes on."""
    adam, source = town.person("adam"), town.town.connectwise
    source.server.upgrade("v2026_4")
    assert "Connected" in words(answer(adam, "test connectwise", "Connected", "companies"))
    assert "new" in words(preview(adam, "users fabrikam from connectwise"))

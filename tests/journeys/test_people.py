"""People: staff and users come in, are mailed once, join by the page's button, are re-invited and un-invited."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import ROOM, answer, approved, labels, preview, settle, tall_world, until

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Both sources are connected, companies are imported and mapped."""
    with staged(tmp_path_factory.mktemp("people"), tall_world()) as stage:
        settle(stage)
        yield stage


def chosen(town: Stage, text: str, *names: str) -> None:
    """Import only these people."""
    adam = town.person("adam")
    shown = preview(adam, f"users {text}")
    adam.press(shown, "Only some…")
    form = adam.wait_for_view("Only some")
    assert adam.submit(form, {"Rows": list(names)})
    narrowed = until(adam, shown, f"only {len(names)} chosen row", "Approve")
    approved(adam, narrowed, "imported")


def card_of(person: Person, search: str, company: str) -> dict[str, object]:
    """A person's card, opened from the list of their company."""
    listed = answer(person, f"users {company}", "People of")
    person.fill(listed, {"Search by name or e-mail": search})
    found = until(person, listed, "1 person", search)
    person.press(found, "Open card")
    return person.wait_for_view("Person", search)


def test_staff_land_in_the_own_company_and_never_in_a_clients(town: Stage) -> None:
    """Only active members of staff are imported, into the MSP's own company."""
    adam = town.person("adam")
    which = answer(adam, "import staff", "From which source?")
    adam.press(which, "From Autotask PSA")
    shown = adam.wait_for_message(ROOM, "Import staff from Autotask PSA", "*5* new", "Inactive", "Approve")
    approved(adam, shown, "5 staff imported")
    own = town.rows("select count(*) from person p join company c on c.id = p.company_id where c.is_own")
    assert own == [(5,)]
    assert "nora.lindqvist@northwind-it.example" in words(answer(adam, "users staff", "Staff of"))
    town.mailbox.wait_for("nora.lindqvist@northwind-it.example", seconds=30)


def test_of_more_people_than_a_picker_shows_some_are_found_by_search(town: Stage) -> None:
    """Only some…: three of 130 are picked by typing, and nobody else comes in or gets mail."""
    chosen(town, "tall tower from autotask", "Fay001 Floor", "Fay121 Floor", "Fay129 Floor")
    for number in ("001", "121", "129"):
        town.mailbox.wait_for(f"fay{number}@talltower.example", seconds=30)
    there = town.rows("select count(*) from person where email like '%talltower.example'")
    assert there == [(3,)]
    assert len([mail for mail in town.mailbox.messages() if "talltower" in mail.recipients[0]]) == 3


def test_users_come_from_the_mapped_company_only_and_each_gets_one_mail(town: Stage) -> None:
    """A company's active people with an address are invited once; the others are held with the reason."""
    adam = town.person("adam")
    shown = preview(adam, "users contoso.example from autotask", "Import users into Contoso Ltd.", "Inactive")
    assert "fabrikam" not in words(shown)
    done = approved(adam, shown, " imported")
    count = int(words(done).partition("*Done.* ")[2].split()[0])
    people = town.rows("select email from person p join company c on c.id = p.company_id where c.name = 'Contoso Ltd.'")
    assert len(people) == count
    addresses = [address for (address,) in people if str(address).isascii()]
    for address in addresses:
        town.mailbox.wait_for(address, seconds=30)
    assert {len(town.mailbox.messages(address)) for address in addresses} == {1}
    again = preview(adam, "users contoso.example from autotask")
    assert f"*0* new · *0* changed · *{count}* unchanged" in words(again)


def test_looking_at_the_link_accepts_nothing_and_the_button_accepts_once(town: Stage) -> None:
    """GET and HEAD leave the invitation pending; POST accepts; a second POST says that it is done."""
    chosen(town, "small shed from autotask", "Joy Shedder")
    address = "joy@smallshed.example"
    link = town.link_for(address)
    for method in ("HEAD", "GET", "GET"):
        assert town.browse(method, link).status_code == 200
    assert state_of(town, address) == "sent"
    assert "Small Shed" in town.browse("GET", link).text
    joined = town.browse("POST", link)
    assert joined.status_code == 200
    assert "You have joined" in joined.text
    again = town.browse("POST", link)
    assert "joined" in again.text or "accepted already" in again.text
    assert state_of(town, address) == "accepted"
    tess = town.person("tess")
    assert "Accepted" in words(answer(tess, "users small shed", address))
    card = card_of(tess, address, "small shed")
    assert "Re-invite" not in labels(card)
    tess.cancel(everything=True)


def test_a_re_invitation_kills_the_old_link_and_an_un_invitation_the_new_one(town: Stage) -> None:
    """Re-invite mails a new link and the old one is dead; Un-invite kills that one and keeps the history."""
    chosen(town, "small shed from autotask", "Una Shedder")
    address = "una@smallshed.example"
    tess = town.person("tess")
    old = town.link_for(address)
    card = card_of(tess, address, "small shed")
    assert "Invitation pending" in words(card)
    tess.press(card, "Re-invite")
    card = tess.wait_for_view("re-invited")
    new = town.link_for(address, count=2)
    assert new != old
    assert town.browse("POST", old).status_code == 410
    assert town.browse("GET", new).status_code == 200
    card = tess.wait_for_view("Invitation pending")
    tess.press(card, "Un-invite")
    card = tess.wait_for_view("Un-invited")
    assert town.browse("POST", new).status_code == 410
    assert state_of(town, address) == "uninvited"
    assert "Mailed 2 times" in words(card)
    tess.cancel(everything=True)


def test_an_expired_invitation_is_shown_so_and_can_be_renewed(town: Stage) -> None:
    """After its life the link is dead, lists say Expired, and Re-invite mails a link that works."""
    chosen(town, "small shed from autotask", "Xavi Shedder")
    address = "xavi@smallshed.example"
    link = town.link_for(address)
    awaited_state(town, address)
    let_expire(town, address)
    assert town.browse("POST", link).status_code == 410
    assert "expired" in town.browse("GET", link).text
    tess = town.person("tess")
    answer(tess, "users small shed", address, "Expired")
    shown = answer(tess, "invites", "Re-invite all 1 expired")
    tess.press(shown, "Re-invite all 1 expired")
    renewed = town.link_for(address, count=2)
    assert town.browse("POST", link).status_code == 410
    assert "You have joined" in town.browse("POST", renewed).text


def test_suspending_and_the_role_are_on_the_card(town: Stage) -> None:
    """A member of staff gets another role and is suspended from the card, and the card shows it."""
    adam = town.person("adam")
    shown = preview(adam, "staff from autotask")
    if "Approve" in labels(shown):  # else the test above has brought them in
        approved(adam, shown, "imported")
    adam.press(answer(adam, "users staff", "Pia Keller"), "Open card", near="Pia Keller")
    card = adam.wait_for_view("Pia Keller", "Role")
    adam.press(card, "Change role")
    assert adam.submit(adam.wait_for_view("Change role"), {"Role": "Admin"})
    card = adam.wait_for_view("role Admin now")
    assert "Administrator" not in words(card), "the badge comes with the acceptance"
    adam.press(card, "Suspend")
    adam.wait_for_view("Suspended", "End suspension")
    adam.cancel(everything=True)


def state_of(town: Stage, address: str) -> str:
    question = "select state from invitation where person_id = (select id from person where email = ?)"
    return str(town.rows(question, address)[0][0])


def awaited_state(town: Stage, address: str) -> None:
    """The list says so once the mail is noted as sent."""
    answer(town.person("tess"), "users small shed", address)


def let_expire(town: Stage, address: str) -> None:
    """As if it had been mailed weeks ago: the process's clock cannot be moved from here."""
    past = "2026-01-01 00:00:00.000000"
    with closing(sqlite3.connect(town.town.home / "gangway.db", timeout=10)) as database, database:
        database.execute(
            "update invitation set expires_at = ? where person_id = (select id from person where email = ?)",
            (past, address),
        )

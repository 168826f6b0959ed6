"""Tickets through the running bot and a real connector: listed, made, commented on, followed, and seen by a client."""

from collections.abc import Iterator

import pytest

from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import PATIENCE, Json, answer, connected, imported, msp, until

pytestmark = pytest.mark.process
ROOM, OTHER = "#client-contoso", "#client-fabrikam"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Companies are imported, tickets are switched on and configured, Contoso has a channel of its own."""
    with staged(tmp_path_factory.mktemp("tickets")) as running:
        adam = running.person("adam")
        connected(running, adam)
        imported(adam, "companies from autotask")
        switched_on(running, adam)
        bound(adam, "client-contoso", "Contoso")
        yield running


def switched_on(stage: Stage, adam: Person) -> None:
    """The wizard's way, from its first step to the last."""
    msp(adam, "setup autotask")
    form = adam.wait_for_view("Step 1 of 4: Connect", timeout=PATIENCE)
    adam.press(form, "Test connection")
    assert adam.submit(adam.wait_for_view("🟢", "Connected", timeout=PATIENCE))
    form = adam.wait_for_view("Step 2 of 4: Sync", "The lists were read just now", timeout=PATIENCE)
    assert adam.submit(form, {"Enable ticket sync": ["Bring the tickets of mapped companies"]})
    form = adam.wait_for_view("Step 3 of 4: Configure", timeout=PATIENCE)
    stages = {"New": ["New"], "Working": ["In Progress"], "Resolved": ["Complete"]}
    assert adam.submit(form, {"Closed statuses": ["Complete"], "Client comment status": "Escalate", **stages})
    adam.wait_for_view("Step 4 of 4: Import", timeout=PATIENCE)
    adam.cancel(everything=True)
    adam.wait_for_message("#onboarding", "Sync of Autotask PSA: done", timeout=PATIENCE)


def bound(adam: Person, channel: str, company: str) -> None:
    msp(adam, "settings")
    form = adam.wait_for_view("Bind a channel")
    (first, *_) = [name for name in adam.options(form, "To the company", company) if name.startswith(company)]
    assert adam.submit(form, {"Bind a channel": channel, "To the company": first})
    adam.wait_for_message("#onboarding", "is bound to")


def upstream(stage: Stage, title: str) -> list[dict[str, object]]:
    """The tickets of that title as Autotask has them."""
    return [dict(row) for row in stage.world.autotask["Tickets"].rows.values() if row["title"] == title]


def notes(stage: Stage, ticket: object) -> list[dict[str, object]]:
    return [dict(row) for row in stage.world.autotask["TicketNotes"].rows.values() if row["ticketID"] == ticket]


def made(stage: Stage, person: Person, title: str) -> tuple[Json, str]:
    """A ticket made by hand in Contoso's channel: its card, and its number."""
    msp(person, "ticket new", ROOM)
    form = person.wait_for_view("New ticket", "For", timeout=PATIENCE)
    outcome = person.submit(form, {"Title": title, "Description": "Since this morning"})
    assert outcome, outcome
    card = person.wait_for_message(ROOM, title, "Comment", "T20", timeout=PATIENCE)
    (row,) = upstream(stage, title)
    return card, str(row["ticketNumber"])


def test_the_tickets_of_a_company_are_listed_in_its_channel_and_no_others(stage: Stage) -> None:
    shown = answer(stage.person("adam"), "tickets", "Tickets of Contoso", channel=ROOM)
    assert "New ticket" in words(shown)
    msp(stage.person("adam"), "tickets fabrikam", ROOM)
    stage.person("adam").wait_for_message(ROOM, "There is no such company here")


def test_a_new_ticket_is_in_autotask_once_with_its_number_on_the_card(stage: Stage) -> None:
    adam = stage.person("adam")
    card, number = made(stage, adam, "The scanner smokes")
    until(adam, card, number)
    (row,) = upstream(stage, "The scanner smokes")
    assert row["description"] == "Since this morning"


def test_a_comment_goes_to_autotask_and_comes_back_into_the_thread_once(stage: Stage) -> None:
    tess = stage.person("tess")
    card, _ = made(stage, tess, "The door squeaks")
    tess.press(card, "Comment")
    form = tess.wait_for_view("Who may read it")
    assert tess.submit(form, {"Comment": "Oil is on its way", "Who may read it": "To the client: they see it too"})
    thread = tess.wait_for(lambda: [m for m in tess.messages(ROOM, thread_ts=card["ts"]) if "Oil is on its way" in words(m) and m["ts"] != card["ts"]], PATIENCE)
    assert len(thread) == 1
    (row,) = upstream(stage, "The door squeaks")
    assert [note["description"] for note in notes(stage, row["id"])] == ["Oil is on its way"]
    until(tess, card, "Oil is on its way")


def test_a_status_is_changed_and_the_stepper_follows(stage: Stage) -> None:
    tess = stage.person("tess")
    card, number = made(stage, tess, "The fan is loud")
    tess.press(card, "Change status")
    assert tess.submit(tess.wait_for_view("New status"), {"New status": "In Progress"})
    until(tess, card, "●●●○○ Working", timeout=PATIENCE)
    tess.wait_for(lambda: [m for m in tess.messages(ROOM, thread_ts=card["ts"]) if "Working" in words(m) and m["ts"] != card["ts"]], PATIENCE)
    shown = answer(tess, f"ticket {number}", "The fan is loud", "In Progress", channel=ROOM)
    assert "Open in Autotask PSA" in words(shown)


def test_a_refusal_of_autotask_is_told_in_its_channel_and_retried(stage: Stage) -> None:
    """A ticket that is deleted at Autotask meanwhile cannot be commented on: the card says so, with Retry."""
    tess = stage.person("tess")
    card, _ = made(stage, tess, "Here and gone")
    tess.press(card, "Comment")
    form = tess.wait_for_view("Who may read it")
    (row,) = upstream(stage, "Here and gone")
    kept = stage.world.autotask["Tickets"].rows.pop(int(str(row["id"])))
    try:
        assert tess.submit(form, {"Comment": "Anybody there?", "Who may read it": "To the client: they see it too"})
        until(tess, card, "was not written to Autotask PSA", "Retry", timeout=PATIENCE)
    finally:
        stage.world.autotask["Tickets"].rows[int(str(row["id"]))] = kept
    tess.press(tess.wait_for_message(ROOM, "Here and gone", "Retry"), "Retry")
    tess.wait_for(lambda: notes(stage, row["id"]) or None, PATIENCE)


def test_a_ticket_that_is_deleted_at_autotask_leaves_with_its_card(stage: Stage) -> None:
    """Autotask calls out that it is gone; nobody waits for the daily read."""
    tess = stage.person("tess")
    card, number = made(stage, tess, "Not needed after all")
    (row,) = upstream(stage, "Not needed after all")
    stage.world.desk.delete("Tickets", int(str(row["id"])))
    until(tess, card, "This ticket is no longer here", timeout=PATIENCE)
    msp(tess, f"ticket {number}", ROOM)
    tess.wait_for_message(ROOM, "There is no such ticket here")


def test_a_ticket_whose_making_autotask_did_not_confirm_is_not_said_to_have_failed(stage: Stage) -> None:
    """The connection breaks after it was saved: it stands there, and minutes later it is found by its key."""
    tess = stage.person("tess")
    msp(tess, "ticket new", ROOM)
    form = tess.wait_for_view("New ticket", "For", timeout=PATIENCE)
    stage.autotask.faults.set("reset", on="Tickets", times=1, after=1)  # after our key was looked for
    assert tess.submit(form, {"Title": "Heard of by nobody", "Description": "Since this morning"})
    tess.wait_for_message(ROOM, "Heard of by nobody", "It is not known yet whether the ticket arrived", timeout=PATIENCE)
    assert len(upstream(stage, "Heard of by nobody")) == 1


def test_a_client_sees_makes_and_comments_in_its_channel_and_nowhere_else(stage: Stage) -> None:
    adam, nina = stage.person("adam"), stage.person("nina")
    msp(adam, "settings")
    assert adam.submit(adam.wait_for_view("Give a role to"), {"Give a role to": "nina", "Role": "Client"})
    adam.wait_for_message("#onboarding", "is Client now")
    shown = answer(nina, "tickets", channel=OTHER)
    assert "channel of your own company" in words(shown)
    shown = answer(nina, "tickets", "Tickets of Contoso", channel=ROOM)
    assert "Assigned" not in words(shown)
    card, number = made(stage, nina, "My mouse is shy")
    nina.press(card, "Comment")
    assert nina.submit(nina.wait_for_view("Everybody who may see the ticket reads it"), {"Comment": "It hides"})
    (row,) = upstream(stage, "My mouse is shy")
    nina.wait_for(lambda: notes(stage, row["id"]) or None, PATIENCE)
    assert notes(stage, row["id"])[0]["publish"] == 1
    nina.wait_for(lambda: upstream(stage, "My mouse is shy")[0]["status"] != row["status"] or None, PATIENCE)
    full = answer(nina, f"ticket {number}", "My mouse is shy", channel=ROOM)
    assert "Open in Autotask" not in words(full)
    refused = answer(nina, "users contoso", channel=ROOM)
    assert "another role" in words(refused)

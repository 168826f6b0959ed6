"""The set-up wizard from its first screen to the card at its end: forward, back, left and resumed, with the sync it starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.workspace.finding import fields, words
from tests.journeys.stage import Stage, staged
from tests.journeys.steps import PATIENCE, ROOM, Json, answer, approved, imported, labels, msp

pytestmark = pytest.mark.process


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as running:
        yield running


def credentials(stage: Stage) -> dict[str, str]:
    source = stage.autotask
    return {
        "API username": source.username, "API secret": source.secret,
        "API tracking identifier": source.tracking_identifier,
    }


def connected(stage: Stage) -> Json:
    """Adam has passed the first step; gives the second one, with its lists read."""
    adam = stage.person("adam")
    msp(adam, "setup autotask")
    form = adam.wait_for_view("Step 1 of 4: Connect")
    adam.fill(form, credentials(stage))
    adam.press(form, "Test connection")
    form = adam.wait_for_view("🟢", "Connected", timeout=PATIENCE)
    outcome = adam.submit(form)
    assert outcome, outcome
    return adam.wait_for_view("Step 2 of 4: Sync", "The lists were read just now", timeout=PATIENCE)


def test_the_whole_wizard_connects_syncs_configures_and_imports(stage: Stage) -> None:
    """Four steps in one modal, each keeping what was chosen, ending with the card and the previews."""
    adam = stage.person("adam")
    sync = connected(stage)
    outcome = adam.submit(sync, {
        "Enable ticket sync": ["Bring the tickets of mapped companies"], "Auto-import": ["Bring a company's active contacts when it is added"],
    })
    assert set(outcome.errors) == {"Default role for imported contacts"}
    adam.fill(sync, {"Default role for imported contacts": "Client: Sees their own company only"})
    assert adam.submit(sync)
    configure = adam.wait_for_view("Step 3 of 4: Configure", "is being synced", timeout=PATIENCE)
    assert {"Closed statuses", "Client comment status", "New", "Triaged", "Working", "Waiting", "Resolved"} <= set(fields(configure["blocks"]))
    assert "Default stage" not in fields(configure["blocks"])
    adam.wait_for_message(ROOM, "Sync of Autotask PSA: done", timeout=PATIENCE)
    adam.wait_for_message(ROOM, "Import companies from Autotask PSA", "Proposed by a sync", "Approve", timeout=PATIENCE)
    adam.fill(configure, {"Closed statuses": ["Complete"], "New": ["New"], "Resolved": ["Complete", "New"]})
    outcome = adam.submit(configure)
    assert "“New” stands in New already" in outcome.errors["Resolved"]
    adam.fill(configure, {"Resolved": ["Complete"]})
    assert adam.submit(configure)
    last = adam.wait_for_view("Step 4 of 4: Import", "read just now", timeout=PATIENCE)
    assert "Complete setup" in words(last)
    assert adam.submit(last)
    adam.wait_for_view("Setup complete", "Autotask PSA is set up", "Nothing. Import whenever you like.")
    adam.wait_for_message(ROOM, "Autotask PSA is set up")


def test_a_wizard_that_was_left_is_resumed_where_it_was(stage: Stage) -> None:
    """Reopened at the step where one was, with what was typed; back to the first the secret is shown as set only."""
    adam = stage.person("adam")
    sync = connected(stage)
    adam.fill(sync, {"Queues to sync": ["Level I Support"], "Default role for imported contacts": "Admin: May do everything"})
    adam.wait_for_view("is much for everybody")
    adam.cancel(everything=True)
    msp(adam, "setup autotask")
    again = adam.wait_for_view("Step 2 of 4: Sync", "is much for everybody", timeout=PATIENCE)
    assert "Level I Support" in str(again)
    adam.press(again, "Back")
    first = adam.wait_for_view("Step 1 of 4: Connect", "🟢 Connected")
    assert stage.autotask.secret not in str(first)
    assert f"ends in …{stage.autotask.secret[-4:]}" in words(first)
    assert stage.autotask.username in str(first)
    assert stage.autotask.tracking_identifier in str(first)
    assert adam.submit(first)
    assert "Level I Support" in str(adam.wait_for_view("Step 2 of 4: Sync", timeout=PATIENCE))


def test_next_wants_a_test_of_exactly_these_values(stage: Stage) -> None:
    """Without a test, after a failed one, and after a change that came later Next is refused, and nothing is kept."""
    adam = stage.person("adam")
    msp(adam, "setup autotask")
    form = adam.wait_for_view("Step 1 of 4: Connect", "What do you have?")
    adam.press(form, "I have admin access")
    form = adam.wait_for_view("Create a new API user", "security level")
    assert "Test connection first" in adam.submit(form, credentials(stage)).errors["API username"]
    adam.press(form, "Test connection")
    form = adam.wait_for_view("🟢", timeout=PATIENCE)
    outcome = adam.submit(form, {"API secret": "another-secret-that-was-never-tried"})
    assert "Test connection first" in outcome.errors["API username"]
    assert stage.rows("select source from connection") == []


def test_others_than_admins_are_told_whom_to_ask(stage: Stage) -> None:
    """A technician gets no wizard, but the name of somebody who may."""
    refusal = words(answer(stage.person("tess"), "setup autotask", "Only an Admin can"))
    assert "Ask <@U" in refusal
    assert stage.person("tess").view() is None


def test_people_and_companies_are_imported_from_the_last_step(stage: Stage) -> None:
    """Staff are picked from the source's own people; companies are created one by one; both become previews."""
    adam = stage.person("adam")
    assert adam.submit(connected(stage), {"Sync companies": [], "Sync users": []})
    assert adam.submit(adam.wait_for_view("Step 3 of 4"))
    last = adam.wait_for_view("Step 4 of 4", "read just now", timeout=PATIENCE)
    people = adam.options(last, "People", "")
    assert people
    adam.fill(last, {
        "Import Users Now": ["Import the people chosen below"], "People": people[:2],
        "Default role for imported users": "Technician: Imports, maps, approves, reveals passwords",
        "Import Companies Now": ["Choose companies to create or to link"],
    })
    last = adam.wait_for_view("Find companies", "chosen. To import all of them", timeout=PATIENCE)
    rows = [label for label in fields(last["blocks"]) if label not in ("Import Users Now", "People", "Default role for imported users", "Import Companies Now", "Find companies")]
    adam.fill(last, {rows[0]: "Create it", rows[1]: "Create it"})
    assert adam.submit(last)
    adam.wait_for_view("Setup complete", "2 people", "2 companies")
    shown = adam.wait_for_message(ROOM, "Import companies from Autotask PSA", "See all changes", timeout=PATIENCE)
    assert "Approve" in labels(shown)
    adam.wait_for_message(ROOM, "Import staff from Autotask PSA", "the role *Technician*", timeout=PATIENCE)


def test_a_company_that_is_new_brings_its_contacts_as_a_preview_nobody_asked_for(stage: Stage) -> None:
    """Auto-import: after an import of companies the users of the new ones are proposed where the connection's notices go."""
    adam = stage.person("adam")
    assert adam.submit(connected(stage), {
        "Sync companies": [], "Auto-import": ["Bring a company's active contacts when it is added"],
        "Default role for imported contacts": "Client: Sees their own company only",
    })
    adam.wait_for_view("Step 3 of 4", timeout=PATIENCE)
    adam.cancel(everything=True)
    imported(adam, "companies from autotask")
    shown = adam.wait_for_message(ROOM, "Import users into", "Proposed by a sync", "the role *Client*", timeout=PATIENCE)
    approved(adam, shown)


def test_lists_are_read_anew_at_a_press_and_what_is_gone_is_flagged(stage: Stage) -> None:
    """Sync PSA data: a new queue can be chosen at once; a chosen one that was removed is named in the answer and in the wizard."""
    adam, lists = stage.person("adam"), stage.autotask.picklists
    assert adam.submit(connected(stage), {"Queues to sync": ["Level I Support"], "Enable ticket sync": ["Bring the tickets of mapped companies"]})
    adam.wait_for_view("Step 3 of 4", timeout=PATIENCE)
    adam.cancel(everything=True)
    card = answer(adam, "integrations", "Sync PSA data", "PSA data read", "Tickets")
    lists.remove("Tickets", "queueID", "29682833")
    lists.fill("Tickets", "queueID", 1000)
    adam.press(card, "Sync PSA data")
    adam.wait_for_message(ROOM, "its lists were read again", "No longer at the source", "Queues to sync: *Level I Support*", timeout=PATIENCE)
    msp(adam, "setup autotask")
    configure = adam.wait_for_view("Step 3 of 4", "No longer at the source", timeout=PATIENCE)
    adam.press(configure, "Back")
    sync = adam.wait_for_view("Step 2 of 4", "read just now", timeout=PATIENCE)
    assert "Level I Support (gone)" in str(sync)
    offered = adam.options(sync, "Queues to sync", "")
    assert len(offered) == 100
    last = lists.of("Tickets", "queueID")[-1].label  # type: ignore[index]
    assert adam.submit(sync, {"Queues to sync": [last]})
    assert "No longer at the source" not in words(adam.wait_for_view("Step 3 of 4", timeout=PATIENCE))

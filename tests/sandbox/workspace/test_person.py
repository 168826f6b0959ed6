"""Acting as a person: finding things by their words, waiting for what happens, and saying what is there instead."""

from __future__ import annotations

import threading

import pytest
from slack_sdk import WebClient

from sandbox.workspace import cast
from sandbox.workspace.finding import NotThere, button, buttons, field, fields, option, same_words, words
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, modal, section, select
from .samples import button as a_button
from .samples import field as an_input


@pytest.mark.parametrize(("visible", "wanted", "same"), [
    ("Approve", "Approve", True), ("Approve", "approve", True), (":white_check_mark: Approve", "Approve", True),
    ("✅ Approve", "Approve", True), ("Approve all", "Approve", False), ("Next →", "Next", True),
    ("Delete…", "Delete…", True), ("Name (optional)", "Name (optional)", True),
])
def test_labels_are_the_same_when_their_words_are(visible: str, wanted: str, same: bool) -> None:
    assert same_words(visible, wanted) is same


def test_words_are_everything_readable() -> None:
    text = words(modal(section("Body"), an_input("Name"), actions(select("Red")), title="Head"))
    for part in ("Head", "Body", "Name", "Red", "Save"):
        assert part in text


def test_what_is_not_there_is_answered_with_what_is() -> None:
    blocks = [actions(a_button("Approve", "a"), a_button("Deny", "d")), an_input("Region", "r", select("EU"))]
    assert buttons(blocks) == ["Approve", "Deny"]
    assert fields(blocks) == ["Region"]
    with pytest.raises(NotThere, match="Approve, Deny"):
        button(blocks, "Undo")
    with pytest.raises(NotThere, match="near 'Contoso'"):
        button(blocks, "Deny", near="Contoso")
    with pytest.raises(NotThere, match="Region"):
        field(blocks, "Country")
    with pytest.raises(NotThere, match="EU"):
        option(field(blocks, "Region").element, "US")


def test_people_go_by_id_handle_or_name(workspace: Workspace) -> None:
    for name in (cast.TESS.id, "tess", "Tess Tran"):
        person = Person(workspace.base_url, workspace.client_token, name)
        assert person.id == cast.TESS.id
        person.close()
    with pytest.raises(NotThere, match="no person 'Nobody'"):
        Person(workspace.base_url, workspace.client_token, "Nobody")


def test_waiting_ends_when_the_thing_happens(client: WebClient, tess: Person) -> None:
    posting = threading.Thread(target=lambda: client.chat_postMessage(channel=ONBOARDING, text="Now"))
    posting.start()
    assert tess.wait_for_message("#onboarding", "Now")["text"] == "Now"
    posting.join()


def test_waiting_in_vain_says_so_in_time(tess: Person) -> None:
    with pytest.raises(TimeoutError, match="No modal is open"):
        tess.wait_for_view("Never", timeout=0.2)
    with pytest.raises(TimeoutError, match="No toast"):
        tess.wait_for_event("toast", timeout=0.2)


def test_what_was_typed_is_not_mixed_up_between_people_or_views(
        workspace: Workspace, client: WebClient, tess: Person) -> None:
    for _ in range(2):
        client.views_open(trigger_id=workspace.core.tickets.trigger(tess.id), view=modal())
    with pytest.raises(NotThere, match="view_not_found"):
        tess.submit({"id": "V0OTHER", "root_view_id": "V0OTHER", "blocks": []})
    assert tess.submit().errors == {"Name": "Please complete this required field."}


def test_unread_counts_rise_with_messages_and_fall_with_reading(workspace: Workspace, client: WebClient) -> None:
    client.chat_postMessage(channel=ONBOARDING, text="x")
    channel = workspace.state.channels[ONBOARDING]
    assert channel.unread[cast.TESS.id] == 1
    assert cast.BOT_USER_ID not in channel.unread

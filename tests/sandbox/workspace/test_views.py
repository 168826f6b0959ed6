"""views.*: opening, pushing, changing and publishing, with triggers, hashes and limits."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.workspace import cast
from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .samples import actions, button, field, home, modal, plain, section
from .test_web_api import error_of, refused

Triggers = Callable[[], str]


@pytest.fixture
def trigger(workspace: Workspace) -> Triggers:
    """Fresh trigger ids of Tess, as a command would bring them."""
    return lambda: workspace.core.tickets.trigger(cast.TESS.id)


def test_opening_a_modal_shows_it_with_every_id_filled_in(client: WebClient, trigger: Triggers, tess: Person) -> None:
    bare = {"type": "button", "text": plain("Bare")}
    view = client.views_open(trigger_id=trigger(), view=modal(actions(bare)))["view"]
    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert view["hash"]
    assert view["blocks"][0]["block_id"]
    assert view["blocks"][0]["elements"][0]["action_id"]
    assert tess.wait_for_view("Form")["id"] == view["id"]


def test_a_trigger_is_good_once_and_for_three_seconds(
        client: WebClient, trigger: Triggers, clock: SteppedClock) -> None:
    used = trigger()
    client.views_open(trigger_id=used, view=modal())
    assert error_of(client.views_open, trigger_id=used, view=modal()) == "exchanged_trigger_id"
    late = trigger()
    clock.advance(3)
    assert error_of(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"
    assert error_of(client.views_open, trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"


def test_a_refused_view_does_not_use_its_trigger_up(client: WebClient, trigger: Triggers) -> None:
    kept = trigger()
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=kept, view=modal(title="x" * 25))
    answer = refused(caught.value)
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]
    assert client.views_open(trigger_id=kept, view=modal())["ok"]


def test_a_stack_holds_three_views(client: WebClient, trigger: Triggers, tess: Person) -> None:
    assert error_of(client.views_push, trigger_id=trigger(), view=modal()) == "not_found"
    root = client.views_open(trigger_id=trigger(), view=modal())["view"]["id"]
    second = client.views_push(trigger_id=trigger(), view=modal(title="Two"))["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (root, root)
    client.views_push(trigger_id=trigger(), view=modal(title="Three"))
    assert error_of(client.views_push, trigger_id=trigger(), view=modal()) == "push_limit_reached"
    assert [view["title"]["text"] for view in tess.stack()] == ["Form", "Two", "Three"]


def test_an_update_needs_the_right_hash_if_it_gives_one(client: WebClient, trigger: Triggers, tess: Person) -> None:
    view = client.views_open(trigger_id=trigger(), view=modal())["view"]
    first = client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title="New"))["view"]
    assert first["hash"] != view["hash"]
    assert error_of(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    assert tess.wait_for_view("New")
    assert error_of(client.views_update, view_id="V0GONE", view=modal()) == "not_found"


def test_an_external_id_finds_its_view_and_is_used_once(client: WebClient, trigger: Triggers) -> None:
    client.views_open(trigger_id=trigger(), view=modal(external_id="mine"))
    assert client.views_update(external_id="mine", view=modal(title="By name", external_id="mine"))["ok"]
    assert error_of(client.views_push, trigger_id=trigger(), view=modal(external_id="mine")) == "duplicate_external_id"


def test_a_view_of_more_than_250_kilobytes_is_too_large(client: WebClient, trigger: Triggers) -> None:
    big = modal(*(section("x" * 3000) for _ in range(90)), private_metadata="x" * 3000)
    assert error_of(client.views_open, trigger_id=trigger(), view=big) == "view_too_large"


def test_what_was_typed_stays_where_the_ids_stay(bot: App, client: WebClient, trigger: Triggers, tess: Person) -> None:
    submitted: queue.Queue[Any] = queue.Queue()

    @bot.view("form")
    def submit(ack: Ack, view: dict[str, Any]) -> None:
        ack()
        submitted.put(view["state"]["values"])

    @bot.action("more")
    def more(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=modal(
            field(), field("City", "city"), actions(button("More", "more")), title="Longer"))

    client.views_open(trigger_id=trigger(), view=modal(field(), actions(button("More", "more"))))
    view = tess.wait_for_view("Form")
    tess.fill(view, {"Name": "Zed"})
    assert tess.press(view, "More")
    longer = tess.wait_for_view("Longer")
    assert longer["state"]["values"]["name"]["typed"]["value"] == "Zed"
    assert tess.submit(longer, {"City": "Leeds"})
    values = submitted.get(timeout=5)
    assert values["name"]["typed"] == {"type": "plain_text_input", "value": "Zed"}
    assert values["city"]["typed"]["value"] == "Leeds"


def test_the_home_tab_is_published_per_person(client: WebClient, tess: Person,
                                              person: Callable[[str], Person]) -> None:
    first = client.views_publish(user_id=cast.TESS.id, view=home(section("Yours")))["view"]
    assert words(tess.wait_for_home("Yours")["blocks"]) == "Yours"
    assert person("tom").home() is None
    again = client.views_publish(user_id=cast.TESS.id, hash=first["hash"], view=home(section("Newer")))["view"]
    assert again["id"] == first["id"]
    assert error_of(client.views_publish, user_id=cast.TESS.id, hash=first["hash"], view=home()) == "hash_conflict"


def test_refusals_of_a_home_tab(client: WebClient) -> None:
    assert error_of(client.views_publish, user_id=cast.TESS.id, view=modal()) == "invalid_arguments"
    assert error_of(client.views_publish, user_id="U0NOBODY", view=home()) == "user_not_found"
    with Workspace(home_tab=False) as without:
        bare = WebClient(token=without.bot_token, base_url=without.api_url)
        assert error_of(bare.views_publish, user_id=cast.TESS.id, view=home()) == "not_enabled"

"""Posting, changing and deleting messages, with Slack's refusals."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.workspace import cast
from sandbox.workspace.clock import SteppedClock
from sandbox.workspace.core import DEFAULT_SCOPES
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import actions, button, section
from .test_web_api import error_of, refused


def test_a_posted_message_is_seen_by_the_people_of_the_channel(
        client: WebClient, tess: Person, person: Callable[[str], Person]) -> None:
    posted = client.chat_postMessage(channel="#onboarding", text="Hello", blocks=[section("Hello *you*")])
    assert posted["channel"] == ONBOARDING
    assert posted["message"]["bot_id"] == cast.BOT_ID
    assert posted["message"]["blocks"][0]["block_id"]
    shown = tess.wait_for_message("#onboarding", "Hello *you*")
    assert (shown["ts"], shown["bot"]["name"]) == (posted["ts"], "Gangway")
    with pytest.raises(LookupError):
        person("gus").messages("#onboarding")


def test_a_message_to_a_user_id_lands_in_their_direct_messages(client: WebClient, tess: Person) -> None:
    posted = client.chat_postMessage(channel=cast.TESS.id, text="Psst")
    assert posted["channel"].startswith("D")
    assert tess.last("@bot")["text"] == "Psst"


def test_refusals_of_a_post(workspace: Workspace, client: WebClient) -> None:
    post = client.chat_postMessage
    assert error_of(post, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert error_of(post, channel=ONBOARDING) == "no_text"
    assert error_of(post, channel=ONBOARDING, text="x", thread_ts="1.1") == "thread_not_found"
    assert error_of(post, channel=ONBOARDING, text="x", markdown_text="y") == "markdown_text_conflict"
    assert error_of(post, channel=ONBOARDING, text="x",
                    blocks=[section("y" * 2700)] * 5) == "msg_blocks_too_long"
    workspace.faults.archive(ONBOARDING)
    assert error_of(post, channel=ONBOARDING, text="x") == "is_archived"


def test_invalid_blocks_are_named_in_errors_and_metadata(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=ONBOARDING, text="x", blocks=[section("y" * 3001)])
    answer = refused(caught.value)
    where = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [where]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {where}"]


def test_a_public_channel_without_the_bot_needs_the_public_scope(client: WebClient) -> None:
    assert client.chat_postMessage(channel="#random", text="x")["ok"]
    with Workspace(scopes=set(DEFAULT_SCOPES) - {"chat:write.public"}) as strict:
        narrow = WebClient(token=strict.bot_token, base_url=strict.api_url)
        assert error_of(narrow.chat_postMessage, channel="#random", text="x") == "not_in_channel"


def test_an_ephemeral_is_seen_by_one_member_and_cannot_be_updated(
        workspace: Workspace, client: WebClient, tess: Person, person: Callable[[str], Person]) -> None:
    ts = client.chat_postEphemeral(channel=ONBOARDING, user=cast.TESS.id, text="Between us")["message_ts"]
    assert tess.last("#onboarding")["text"] == "Between us"
    assert person("tom").messages("#onboarding") == []
    assert error_of(client.chat_update, channel=ONBOARDING, ts=ts, text="x") == "message_not_found"
    assert error_of(client.chat_postEphemeral, channel=ONBOARDING, user=cast.GUS.id,
                    text="x") == "user_not_in_channel"
    workspace.faults.remove_bot(ONBOARDING)
    assert error_of(client.chat_postEphemeral, channel=ONBOARDING, user=cast.TESS.id, text="x") == "not_in_channel"


def test_updating_text_alone_takes_the_blocks_away(client: WebClient, tess: Person) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="a", blocks=[actions(button())])["ts"]
    client.chat_update(channel=ONBOARDING, ts=ts, text="b", blocks=[section("kept")])
    assert words(tess.last("#onboarding")["blocks"]) == "kept"
    client.chat_update(channel=ONBOARDING, ts=ts, metadata={"event_type": "e", "event_payload": {}})
    assert words(tess.last("#onboarding")["blocks"]) == "kept"
    updated = client.chat_update(channel=ONBOARDING, ts=ts, text="c")
    assert "blocks" not in updated["message"]
    last = tess.last("#onboarding")
    assert (last["text"], last["blocks"], bool(last["edited"])) == ("c", [], True)


def test_refusals_of_an_update(workspace: Workspace, client: WebClient, tess: Person) -> None:
    theirs = tess.say("Mine", channel="#onboarding")
    assert error_of(client.chat_update, channel=ONBOARDING, ts=theirs, text="x") == "cant_update_message"
    assert error_of(client.chat_update, channel=ONBOARDING, ts="1.1", text="x") == "message_not_found"
    ts = client.chat_postMessage(channel=ONBOARDING, text="a")["ts"]
    assert error_of(client.chat_update, channel=ONBOARDING, ts=ts, text="x" * 4001) == "msg_too_long"
    assert error_of(client.chat_update, channel=ONBOARDING, ts=ts, text="x",
                    blocks=[{"type": "section"}]) == "invalid_blocks"
    workspace.faults.archive(ONBOARDING)
    assert error_of(client.chat_update, channel=ONBOARDING, ts=ts, text="x") == "is_inactive"


def test_deleting_ones_own_message_and_nobody_elses(client: WebClient, tess: Person) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="Gone soon")["ts"]
    client.chat_delete(channel=ONBOARDING, ts=ts)
    assert tess.wait_for_event("message_deleted")["ts"] == ts
    assert tess.messages("#onboarding") == []
    assert error_of(client.chat_delete, channel=ONBOARDING, ts=ts) == "message_not_found"
    theirs = tess.say("Mine", channel="#onboarding")
    assert error_of(client.chat_delete, channel=ONBOARDING, ts=theirs) == "cant_delete_message"


def test_a_reply_stands_in_its_thread_and_counts_on_its_parent(client: WebClient, tess: Person) -> None:
    parent = client.chat_postMessage(channel=ONBOARDING, text="Parent")["ts"]
    client.chat_postMessage(channel=ONBOARDING, text="Reply", thread_ts=parent)
    assert [m["text"] for m in tess.messages("#onboarding")] == ["Parent"]
    assert tess.last("#onboarding")["reply_count"] == 1
    assert [m["text"] for m in tess.messages("#onboarding", thread_ts=parent)] == ["Parent", "Reply"]


def test_a_permalink_names_channel_and_moment(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="x")["ts"]
    link = client.chat_getPermalink(channel=ONBOARDING, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{ONBOARDING}/p{ts.replace('.', '')}")
    assert error_of(client.chat_getPermalink, channel=ONBOARDING, message_ts="1.1") == "message_not_found"


def test_a_scheduled_message_arrives_when_its_time_comes(
        client: WebClient, tess: Person, clock: SteppedClock) -> None:
    soon = int(clock()) + 60
    first = client.chat_scheduleMessage(channel=ONBOARDING, text="Later", post_at=soon)["scheduled_message_id"]
    second = client.chat_scheduleMessage(channel=ONBOARDING, text="Never", post_at=soon)["scheduled_message_id"]
    client.chat_deleteScheduledMessage(channel=ONBOARDING, scheduled_message_id=second)
    assert tess.messages("#onboarding") == []
    clock.advance(61)
    tess.wait_for_message("#onboarding", "Later")
    assert tess.messages("#onboarding", "Never") == []
    assert error_of(client.chat_deleteScheduledMessage, channel=ONBOARDING,
                    scheduled_message_id=first) == "invalid_scheduled_message_id"
    assert error_of(client.chat_scheduleMessage, channel=ONBOARDING, text="x",
                    post_at=int(clock()) - 1) == "time_in_past"


def test_moments_never_repeat_even_while_the_clock_stands_still(client: WebClient) -> None:
    stamps: list[str] = []

    def post() -> None:
        for _ in range(5):
            stamps.append(str(client.chat_postMessage(channel=ONBOARDING, text="x")["ts"]))

    threads = [threading.Thread(target=post) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(stamps)) == 15

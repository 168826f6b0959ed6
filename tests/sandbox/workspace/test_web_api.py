"""The Web API as slack_sdk calls it: identity, encodings, scopes, people and channels."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.workspace import cast
from sandbox.workspace.core import DEFAULT_SCOPES
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING
from .samples import button, section


def refused(error: SlackApiError) -> dict[str, Any]:
    answer = error.response.data
    assert isinstance(answer, dict)
    assert answer["ok"] is False
    return answer


def error_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return str(refused(caught.value)["error"])


def test_auth_test_tells_who_the_bot_is_and_its_scopes_in_the_header(client: WebClient) -> None:
    answer = client.auth_test()
    assert answer["user_id"] == cast.BOT_USER_ID
    assert answer["bot_id"] == cast.BOT_ID
    assert answer["team_id"] == cast.TEAM_ID
    assert answer["is_enterprise_install"] is False
    assert answer.headers["x-oauth-scopes"] == ",".join(sorted(DEFAULT_SCOPES))


def test_wrong_missing_and_misplaced_tokens_are_told_apart(workspace: Workspace) -> None:
    api = workspace.api_url
    assert error_of(WebClient(token="xoxb-wrong", base_url=api).auth_test) == "invalid_auth"
    assert error_of(WebClient(base_url=api).auth_test) == "not_authed"
    assert error_of(WebClient(token=workspace.app_token, base_url=api).auth_test) == "not_allowed_token_type"
    assert error_of(WebClient(base_url=api).apps_connections_open,
                    app_token=workspace.bot_token) == "not_allowed_token_type"
    form = httpx.post(f"{api}apps.connections.open", data={"token": workspace.app_token}, trust_env=False)
    assert form.json()["error"] == "not_authed"


def test_an_unknown_method_says_so(client: WebClient) -> None:
    assert error_of(client.api_call, "chat.sing") == "unknown_method"


def test_errors_come_with_http_200(workspace: Workspace) -> None:
    answer = httpx.post(f"{workspace.api_url}auth.test", trust_env=False)
    assert answer.status_code == 200
    assert answer.json() == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize("how", ["json", "form", "query", "token in the form"])
def test_arguments_come_as_json_form_or_query(workspace: Workspace, how: str) -> None:
    url, auth = f"{workspace.api_url}users.info", {"Authorization": f"Bearer {workspace.bot_token}"}
    arguments = {"user": cast.TESS.id, "team_id": cast.TEAM_ID}
    with httpx.Client(trust_env=False) as http:
        answer = {
            "json": lambda: http.post(url, json=arguments, headers=auth),
            "form": lambda: http.post(url, data=arguments, headers=auth),
            "query": lambda: http.get(url, params=arguments, headers=auth),
            "token in the form": lambda: http.post(url, data=arguments | {"token": workspace.bot_token}),
        }[how]()
    assert answer.json()["user"]["name"] == "tess"


def test_blocks_may_be_json_text_inside_a_form_as_the_node_sdk_sends_them(workspace: Workspace) -> None:
    answer = httpx.post(f"{workspace.api_url}chat.postMessage", trust_env=False, data={
        "token": workspace.bot_token, "channel": ONBOARDING, "text": "x", "blocks": json.dumps([section("Form")])})
    assert answer.json()["message"]["blocks"][0]["text"]["text"] == "Form"


def test_broken_json_and_blocks_that_are_no_list_are_named(workspace: Workspace) -> None:
    headers = {"Authorization": f"Bearer {workspace.bot_token}", "Content-Type": "application/json; charset=utf-8"}
    url = f"{workspace.api_url}chat.postMessage"
    broken = httpx.post(url, content=b"{", headers=headers, trust_env=False)
    assert broken.json()["error"] == "invalid_json"
    odd = httpx.post(url, json={"channel": ONBOARDING, "blocks": "not blocks"}, headers=headers, trust_env=False)
    assert odd.json()["error"] == "invalid_blocks_format"


def test_a_missing_scope_is_named_with_what_is_there() -> None:
    with Workspace(scopes=["commands", "channels:read"]) as workspace:
        client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=ONBOARDING, text="x")
        answer = refused(caught.value)
        assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
        assert answer["provided"] == "channels:read,commands"
        assert error_of(client.users_lookupByEmail, email="x@y.example") == "missing_scope"
        assert error_of(client.conversations_list, types="private_channel") == "missing_scope"
        assert client.conversations_list()["channels"]


def test_an_email_is_shown_only_with_its_scope() -> None:
    with Workspace(scopes=["users:read"]) as workspace:
        client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
        assert "email" not in client.users_info(user=cast.TESS.id)["user"]["profile"]


def test_users_show_roles_guests_and_strangers(client: WebClient) -> None:
    assert client.users_info(user=cast.OLIVIA.id)["user"]["is_owner"] is True
    assert client.users_info(user=cast.GUS.id)["user"]["is_restricted"] is True
    assert client.users_info(user=cast.SAM.id)["user"]["team_id"] != cast.TEAM_ID
    assert client.users_info(user=cast.BOT_USER_ID)["user"]["is_bot"] is True
    assert error_of(client.users_info, user="U0NOBODY") == "user_not_found"


def test_users_list_pages_by_cursor(client: WebClient) -> None:
    names = [user["name"] for page in client.users_list(limit=3) for user in page["members"]]
    assert len(names) == len(set(names))
    assert "tess" in names
    assert "sam" not in names
    assert error_of(client.users_list, cursor="???") == "invalid_cursor"
    assert error_of(client.users_list, limit=-1) == "invalid_limit"
    assert len(client.users_list(limit=0)["members"]) == len(names)  # as if no limit were given


def test_people_are_found_by_email(client: WebClient) -> None:
    assert client.users_lookupByEmail(email=cast.TESS.email.upper())["user"]["id"] == cast.TESS.id
    assert error_of(client.users_lookupByEmail, email="nobody@x.example") == "users_not_found"


def test_user_groups_and_their_people(client: WebClient) -> None:
    group = client.usergroups_list(include_users=True)["usergroups"][0]
    assert group["handle"] == "approvers"
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]
    assert error_of(client.usergroups_users_list, usergroup="S0") == "no_such_subteam"


def test_team_and_bot_describe_themselves(client: WebClient) -> None:
    assert client.team_info()["team"]["name"] == "Northwind IT"
    assert client.bots_info(bot=cast.BOT_ID)["bot"]["user_id"] == cast.BOT_USER_ID
    assert error_of(client.bots_info, bot="B0") == "bot_not_found"


def test_conversations_are_listed_by_type(client: WebClient) -> None:
    public = {channel["name"]: channel for channel in client.conversations_list()["channels"]}
    assert {"general", "onboarding", "client-contoso", "random"} <= set(public)
    assert public["random"]["is_member"] is False
    private = client.conversations_list(types=["private_channel", "im"])["channels"]
    assert {channel.get("name") for channel in private if not channel["is_im"]} == {"leadership"}
    assert cast.TESS.id in {channel.get("user") for channel in private}
    assert error_of(client.conversations_list, types="secret") == "invalid_types"


def test_archived_channels_can_be_left_out(workspace: Workspace, client: WebClient) -> None:
    workspace.faults.archive("#random")
    assert "random" in {c["name"] for c in client.conversations_list()["channels"]}
    assert "random" not in {c["name"] for c in client.conversations_list(exclude_archived=True)["channels"]}


def test_a_private_channel_without_the_bot_does_not_exist_for_it(workspace: Workspace, client: WebClient) -> None:
    workspace.faults.remove_bot("#leadership")
    assert error_of(client.conversations_info, channel="C0LEADERS4") == "channel_not_found"
    assert error_of(client.chat_postMessage, channel="C0LEADERS4", text="x") == "channel_not_found"


def test_info_and_members_of_a_conversation(client: WebClient) -> None:
    info = client.conversations_info(channel=ONBOARDING, include_num_members=True)["channel"]
    assert (info["name"], info["is_private"], info["num_members"]) == ("onboarding", False, 7)
    members = [m for page in client.conversations_members(channel=ONBOARDING, limit=2) for m in page["members"]]
    assert cast.BOT_USER_ID in members
    assert len(members) == 7
    assert error_of(client.conversations_info, channel="C0NOWHERE") == "channel_not_found"


def test_opening_a_direct_message_gives_the_same_channel_every_time(client: WebClient) -> None:
    first = client.conversations_open(users=cast.TESS.id)["channel"]["id"]
    assert first.startswith("D")
    assert client.conversations_open(users=[cast.TESS.id], return_im=True)["channel"]["id"] == first
    assert client.conversations_open(channel=first)["channel"]["id"] == first
    group = client.conversations_open(users=[cast.TESS.id, cast.TOM.id])["channel"]["id"]
    assert group.startswith("G")
    assert error_of(client.conversations_open, users="U0NOBODY") == "user_not_found"


def test_the_bot_joins_public_channels_only(workspace: Workspace, client: WebClient) -> None:
    assert client.conversations_join(channel="C0RANDOM08")["channel"]["is_member"] is True
    assert client.conversations_join(channel="C0RANDOM08")["warning"] == "already_in_channel"
    assert error_of(client.conversations_join, channel="C0LEADERS4") == "method_not_supported_for_channel_type"
    workspace.faults.archive(ONBOARDING)
    assert error_of(client.conversations_join, channel=ONBOARDING) == "is_archived"


def test_history_is_newest_first_and_replies_oldest_first(client: WebClient) -> None:
    parent = client.chat_postMessage(channel=ONBOARDING, text="first")["ts"]
    client.chat_postMessage(channel=ONBOARDING, text="reply", thread_ts=parent)
    client.chat_postMessage(channel=ONBOARDING, text="second")
    history = client.conversations_history(channel=ONBOARDING)["messages"]
    assert [m["text"] for m in history] == ["second", "first"]
    assert history[1]["reply_count"] == 1
    replies = client.conversations_replies(channel=ONBOARDING, ts=parent)["messages"]
    assert [m["text"] for m in replies] == ["first", "reply"]
    later = client.conversations_history(channel=ONBOARDING, oldest=parent)["messages"]
    assert [m["text"] for m in later] == ["second"]
    assert error_of(client.conversations_history, channel="C0RANDOM08") == "not_in_channel"
    assert error_of(client.conversations_replies, channel=ONBOARDING, ts="1.1") == "thread_not_found"


def test_a_reaction_is_added_once(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ONBOARDING, text="x")["ts"]
    client.reactions_add(channel=ONBOARDING, timestamp=ts, name="white_check_mark")
    assert client.conversations_history(channel=ONBOARDING)["messages"][0]["reactions"][0]["count"] == 1
    assert error_of(client.reactions_add, channel=ONBOARDING, timestamp=ts,
                    name="white_check_mark") == "already_reacted"
    assert error_of(client.reactions_add, channel=ONBOARDING, timestamp="1.1", name="eyes") == "message_not_found"


def test_a_file_is_uploaded_in_three_steps_and_shared(workspace: Workspace, client: WebClient) -> None:
    shared = client.files_upload_v2(channel=ONBOARDING, filename="audit.csv", content="a,b\n1,2\n",
                                    initial_comment="The export")
    assert shared["files"][0]["name"] == "audit.csv"
    message = client.conversations_history(channel=ONBOARDING)["messages"][0]
    assert message["text"] == "The export"
    assert message["files"][0]["size"] == 8
    assert workspace.log.all("from_bot", "upload")[0].content == "a,b\n1,2\n"
    assert error_of(client.files_completeUploadExternal, files=[{"id": "F0", "title": "x"}]) == "file_not_found"


def test_blocks_validate_lists_every_problem_by_pointer(client: WebClient) -> None:
    assert client.blocks_validate(blocks=[section()])["ok"]
    assert client.blocks_validate(message={"blocks": [section()]})["ok"]
    with pytest.raises(SlackApiError) as caught:
        client.blocks_validate(blocks=[section() | {"text": {"type": "invalid", "text": "x"}}])
    answer = refused(caught.value)
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"][0]["pointer"] == "/0/text/type"
    assert answer["errors"][0]["constraint"]["expected"] == ["mrkdwn", "plain_text"]
    assert error_of(client.blocks_validate, view={"type": "modal"}) == "invalid_view"
    assert error_of(client.blocks_validate, message={"blocks": [button()]}) == "invalid_message"
    assert error_of(client.blocks_validate) == "invalid_arguments"
    assert error_of(client.blocks_validate, view="{") == "invalid_arguments"

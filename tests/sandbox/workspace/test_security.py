"""Who gets in: tokens, Host and Origin, the cookie, the page's policy, and what is recorded."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient

from sandbox.workspace.page import FOLDER
from sandbox.workspace.server import Workspace

from .conftest import ONBOARDING


@pytest.fixture
def web(workspace: Workspace) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=workspace.base_url, trust_env=False) as http:
        yield http


def test_every_start_has_its_own_tokens(workspace: Workspace) -> None:
    other = Workspace()
    tokens = {workspace.bot_token, workspace.app_token, workspace.client_token,
              other.bot_token, other.app_token, other.client_token}
    other.stop()
    assert len(tokens) == 6
    assert workspace.bot_token.startswith("xoxb-")
    assert workspace.app_token.startswith("xapp-")
    assert workspace.client_token in workspace.page_url


def test_it_listens_on_loopback_only(workspace: Workspace) -> None:
    port = int(workspace.base_url.rpartition(":")[2])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=0.5)


def test_the_client_protocol_needs_the_token(web: httpx.Client, workspace: Workspace) -> None:
    for headers in ({}, {"X-Sandbox-Token": "wrong"}, {"X-Sandbox-Token": workspace.bot_token}):
        for path in ("boot", "events?user=U0TESSTE03", "log"):
            answer = web.get(f"/client/{path}", headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (403, "invalid_token")
    assert web.post("/client/faults", json={"fault": "drop_sockets"}).status_code == 403


def test_foreign_pages_and_rebound_names_are_refused_even_with_the_token(
        web: httpx.Client, workspace: Workspace) -> None:
    token = {"X-Sandbox-Token": workspace.client_token}
    assert web.get("/client/boot", headers=token | {"Origin": "https://evil.example"}).status_code == 403
    assert web.get("/client/boot", headers=token | {"Origin": "null"}).status_code == 403
    assert web.get("/client/boot", headers=token | {"Host": "evil.example"}).status_code == 403
    assert web.get("/client/boot", headers=token | {"Origin": workspace.base_url}).status_code == 200
    assert web.get(workspace.page_url, headers={"Host": "evil.example"}).status_code == 403


def test_the_page_sets_a_strict_cookie_and_carries_a_strict_policy(web: httpx.Client, workspace: Workspace) -> None:
    assert web.get("/").status_code == 403
    assert web.get("/?token=wrong").status_code == 403
    page = web.get(workspace.page_url)
    assert page.status_code == 200
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert web.get("/client/boot").json()["team"]["name"] == "Northwind IT"


def test_only_the_page_s_own_files_are_served(web: httpx.Client) -> None:
    script = next(path for path in FOLDER.rglob("*.js"))
    served = web.get(f"/page/{script.relative_to(FOLDER)}")
    assert served.status_code == 200
    assert served.headers["content-type"].startswith("text/javascript")
    for name in ("../server.py", "%2e%2e/server.py", "..%2fserver.py", "nothing.js", "js"):
        assert web.get(f"/page/{name}").status_code == 404


def test_no_answer_invites_other_origins(web: httpx.Client, workspace: Workspace) -> None:
    for path in ("/client/boot", "/", "/api/auth.test", "/health"):
        assert "access-control-allow-origin" not in web.get(path, headers={"Origin": "https://x.example"}).headers


def test_the_log_holds_everything_that_passed_and_no_token(
        workspace: Workspace, client: WebClient, web: httpx.Client) -> None:
    client.chat_postMessage(channel=ONBOARDING, text="A sentence to find")
    log = web.get("/client/log", headers={"X-Sandbox-Token": workspace.client_token}).json()
    assert log["counts"]["chat.postMessage"] == 1
    record = next(r for r in log["records"] if r["name"] == "chat.postMessage")
    assert (record["direction"], record["content"]["text"]) == ("from_bot", "A sentence to find")
    assert record["answer"]["ok"] is True
    assert "A sentence to find" in workspace.log.text()
    for secret in (workspace.bot_token, workspace.app_token, workspace.client_token):
        assert secret not in json.dumps(log)


def test_clients_learn_what_they_asked_wrong(web: httpx.Client, workspace: Workspace) -> None:
    web.headers["X-Sandbox-Token"] = workspace.client_token
    assert web.post("/client/message", content=b"{").json()["error"] == "invalid_json"
    assert web.post("/client/message", json=[1]).json()["error"] == "invalid_json"
    nobody = web.get("/client/messages", params={"user": "U0", "channel": ONBOARDING})
    assert (nobody.status_code, nobody.json()["error"]) == (404, "user_not_found")
    said = {"user": "U0TESSTE03", "channel": "C0RANDOM08", "text": "x"}
    assert web.post("/client/message", json=said | {"channel": "C0LEADERS4"}).json()["error"] == "channel_not_found"
    workspace.faults.archive("#random")
    assert web.post("/client/message", json=said).json()["error"] == "is_archived"
    assert web.post("/client/submit", json={"user": "U0TESSTE03", "view_id": "V0"}).status_code == 404
    assert web.get("/client/events", params={"user": "U0TESSTE03", "since": "x"}).status_code == 400

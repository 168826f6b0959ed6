"""The address that webhooks call: quick, silent, the same refusal for everybody, and room for a burst."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from domain.psa import Hooked
from flows.context import Context
from handlers.web.app import pages
from handlers.web.hooks import MOST_BYTES, PER_ADDRESS, routes
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.hooked import PUBLIC, Vendor, hooked
from tests.flows.test_hooks import connected


class Caller:
    """A source that calls us."""

    def __init__(self, context: Context, site: Starlette | None = None) -> None:
        self._transport = httpx.ASGITransport(app=site or pages(context, list))

    def post(self, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=PUBLIC) as client:
                return await client.post(path, **more)

        return asyncio.run(ask())


@pytest.fixture
def door(quick_store: Store) -> tuple[Caller, Bench, Vendor]:
    made, vendor = hooked(quick_store)
    connected(made)
    return Caller(made.context), made, vendor


def sent(door: tuple[Caller, Bench, Vendor], item: str = "7") -> int:
    client, _, vendor = door
    hook_id, headers, body = vendor.callout(Hooked.COMPANIES, item)
    return client.post(f"/hooks/autotask/{hook_id}", content=body, headers=headers).status_code


def test_a_signed_callout_is_kept_and_answered_at_once(door: tuple[Caller, Bench, Vendor]) -> None:
    _, made, vendor = door
    vendor.calls.clear()
    began = time.perf_counter()
    assert sent(door) == 200
    assert time.perf_counter() - began < 2, "the vendor waits for ten seconds"
    assert vendor.calls == [], "nothing is asked of the source before it has its answer"
    assert made.workshop.pending() == ["callouts"]


def test_every_refusal_is_the_same_to_the_letter(door: tuple[Caller, Bench, Vendor]) -> None:
    client, _, vendor = door
    hook_id, headers, body = vendor.callout(Hooked.COMPANIES, "7")
    answers = [
        client.post(f"/hooks/autotask/{'0' * 32}", content=body, headers=headers),
        client.post(f"/hooks/autotask/{hook_id}", content=body + b"x", headers=headers),
        client.post(f"/hooks/autotask/{hook_id}", content=body),
        client.post(f"/hooks/connectwise/{hook_id}", content=body, headers=headers),
        client.post("/hooks/autotask/%00", content=body, headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_the_raw_bytes_are_what_is_verified(door: tuple[Caller, Bench, Vendor]) -> None:
    """Escapes and spaces as sent: a body that was parsed and written again would not fit its signature."""
    client, _, vendor = door
    hook = vendor.hook(Hooked.COMPANIES)
    body = b'{ "did":"updated",  "id":"7", "number":1, "t":"Bob\\u0027s \\u0026 dock" }'
    hook_id, headers, _ = vendor.said(hook, body)
    assert client.post(f"/hooks/autotask/{hook_id}", content=body, headers=headers).status_code == 200


def test_too_much_is_refused_unread_with_and_without_a_length(door: tuple[Caller, Bench, Vendor]) -> None:
    client, _, vendor = door
    hook_id, headers, _ = vendor.said(vendor.hook(Hooked.COMPANIES), b"x" * (MOST_BYTES + 1))

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * (MOST_BYTES // 8)

    for content in (b"x" * (MOST_BYTES + 1), stream()):
        answer = client.post(f"/hooks/autotask/{hook_id}", content=content, headers=headers)
        assert answer.status_code == 413


def test_a_burst_of_five_hundred_is_taken_whole(door: tuple[Caller, Bench, Vendor]) -> None:
    assert {sent(door, str(number % 50)) for number in range(500)} == {200}
    with door[1].store.work() as work:
        (connection,) = work.connections.all()
        assert len(work.hooks.open(connection.id, 1000)) == 500


def test_a_flood_is_told_when_to_come_back(door: tuple[Caller, Bench, Vendor]) -> None:
    """A burst of some thousand a minute is none; the rule is tried with a smaller number."""
    _, made, _ = door
    client = Caller(made.context, Starlette(routes=routes(made.context, (5, timedelta(minutes=1)))))
    answers = [client.post("/hooks/autotask/nobody") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [*[404] * 5, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert PER_ADDRESS[0] >= 6000


def test_the_word_that_it_was_switched_off_gets_the_same_answer_whoever_says_it(door: tuple[Caller, Bench, Vendor]) -> None:
    client, made, vendor = door
    hook_id = vendor.hook(Hooked.COMPANIES).url.rpartition("/")[2]
    answers = [client.post(f"/hooks/autotask/{one}/off", content=b"{}") for one in (hook_id, "nobody")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 2
    assert made.workshop.pending() == ["hooks"]


def test_nothing_of_a_callout_reaches_the_log(door: tuple[Caller, Bench, Vendor], caplog: pytest.LogCaptureFixture) -> None:
    client, _, vendor = door
    hook = vendor.hook(Hooked.COMPANIES)
    with caplog.at_level(logging.DEBUG, "handlers"), caplog.at_level(logging.DEBUG, "flows"):
        for body in (b'{"did":"updated","id":"canary-4711","number":1}', b"canary-4711"):
            hook_id, headers, _ = vendor.said(hook, body)
            client.post(f"/hooks/autotask/{hook_id}", content=body, headers=headers)
            client.post(f"/hooks/autotask/{hook_id}", content=body)
    ours = [record.getMessage() for record in caplog.records if record.name.split(".")[0] in ("handlers", "flows", "storage")]
    assert not any("canary-4711" in line or hook_id in line for line in ours)

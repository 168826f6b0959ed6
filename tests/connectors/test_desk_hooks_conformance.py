"""The same questions to every PSA that calls out: making webhooks whole, once; and believing only what is signed."""

import dataclasses

import httpx
import pytest

from domain.errors import AskOperator, NotAllowed, Stop, TellPerson
from domain.psa import Happened, HasHooks, Hooked, HookWanted
from tests.connectors.conformance import CANARY, FakeTime
from tests.connectors.desks import Desk
from tests.connectors.test_conformance import every_trace

HERE = "https://gangway.example/hooks/one/h1"


def wanted(kind: Hooked = Hooked.TICKETS, url: str = HERE) -> HookWanted:
    return HookWanted(kind, f"Gangway {kind.value} " + "x" * 60, url, f"{url}/off", CANARY)


def test_every_kind_of_webhook_is_made_ready_and_whole(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    assert isinstance(source, HasHooks)
    assert source.hook_room().may
    for kind in source.hook_kinds:
        hook = source.make_hook(wanted(kind, f"{HERE}-{kind.name}"))
        assert (hook.kind, hook.url, hook.is_active, hook.is_ready, hook.is_whole) == (
            kind,
            f"{HERE}-{kind.name}",
            True,
            True,
            True,
        )
    assert {hook.kind for hook in source.hooks()} == set(source.hook_kinds)
    assert all(hook.is_whole for hook in source.hooks())


def test_a_webhook_made_again_is_the_same_one(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    first = source.make_hook(wanted())
    assert source.make_hook(wanted()) == first
    assert len(source.hooks()) == 1


def test_a_webhook_left_half_made_is_completed_not_made_twice(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    desk.torn.append(httpx.ReadError("reset"))
    with pytest.raises(Stop):
        source.make_hook(wanted())
    assert len(source.hooks()) == 1
    hook = source.make_hook(wanted())
    assert hook.is_ready
    assert hook.is_whole
    assert [each.id for each in source.hooks()] == [hook.id]


def test_a_webhook_that_lost_something_is_mended(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    hook = source.make_hook(wanted())
    moved = wanted(url="https://gangway.example/hooks/one/h2")
    mended = source.mend_hook(dataclasses.replace(hook, is_active=False), moved)
    assert (mended.id, mended.url, mended.is_active, mended.is_whole) == (hook.id, moved.url, True, True)
    assert len(source.hooks()) == 1


def test_a_dropped_webhook_is_gone(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    hook = source.make_hook(wanted())
    source.drop_hook(hook)
    assert source.hooks() == ()


def test_the_secret_of_a_webhook_is_in_no_representation(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    assert CANARY not in repr(wanted())
    assert CANARY not in repr(source.make_hook(wanted()))
    desk.torn.append(httpx.Response(desk.refused_with, json=desk.refusal("no")))
    with pytest.raises((TellPerson, AskOperator)) as refused:
        source.make_hook(wanted(Hooked.COMPANIES, f"{HERE}9"))
    assert CANARY not in every_trace(refused.value)


# --- callouts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("happened", [Happened.CREATED, Happened.UPDATED, Happened.DELETED])
def test_a_signed_callout_is_understood(desk: Desk, time: FakeTime, happened: Happened) -> None:
    source = desk.open(time)
    for kind in source.hook_kinds:
        headers, body = desk.callout(kind, happened, 4711, "s3cret", 9)
        callout = source.read_callout(kind, headers, body, "s3cret")
        assert (callout.kind, callout.happened, callout.item_id) == (kind, happened, "4711")
        assert callout.sequence in (9, 0)
    assert len(desk.requests) == desk.calls_a_callout


def test_a_callout_is_believed_only_with_the_right_signature_over_its_very_bytes(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    headers, body = desk.callout(Hooked.TICKETS, Happened.UPDATED, 4711, "s3cret", 9)
    changed = body.replace(b"4711", b"4712")
    assert changed != body
    for given, text, secret in (
        (headers, body, "another"),
        (headers, changed, "s3cret"),
        (headers, body + b" ", "s3cret"),
        ({}, body, "s3cret"),
        (dict.fromkeys(headers, ""), body, "s3cret"),
        (dict.fromkeys(headers, "sha1=ünsinn"), body, "s3cret"),
        (headers, body, ""),
    ):
        if secret != "s3cret" and not desk.signs_with_our_secret:
            continue
        with pytest.raises(NotAllowed):
            source.read_callout(Hooked.TICKETS, given, text, secret)

"""Webhooks: who is told of what, signed how, in which order, and what happens when nobody listens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.autotask import AutotaskStandIn, wire
from sandbox.world import ManualClock, World
from tests.sandbox.vendors.receiver import Receiver

SECRET = "enkmoj676nwh8"
EVENTS = {f"isSubscribedTo{one}Events": True for one in ("Create", "Update", "Delete")}
EVERYTHING = {"filter": [{"op": "gte", "field": "id", "value": 0}]}


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def autotask(world: World, waits: list[float]) -> Iterator[AutotaskStandIn]:
    """Nobody waits between attempts; how long they would have is noted."""
    with AutotaskStandIn(world, https_only_webhooks=False, pause=waits.append) as stand_in:
        yield stand_in


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def body_of(url: str, name: str = "", **changes: Any) -> dict[str, Any]:
    hook = {"isActive": True, "name": "Gangway", "webhookUrl": f"{url}/hook{name}", "deactivationUrl": f"{url}/gone"}
    return hook | {"secretKey": SECRET, "sendThresholdExceededNotification": False} | EVENTS | changes


def subscribe(
    psa: httpx.Client,
    receiver: Receiver,
    subject: str = "Ticket",
    subscribed: str = "Title",
    always: str = "",
    **more: Any,
) -> int:
    """Make a webhook with fields; `subscribed` and `always` are names in Pascal case."""
    made = psa.post(f"{subject}Webhooks", json=body_of(receiver.url, subject, **more))
    assert made.status_code == 200, made.text
    number = int(made.json()["itemId"])
    described = psa.get(f"{subject}WebhookFields/entityInformation/fields").json()["fields"]
    picks = next(one for one in described if one["name"] == "fieldID")["picklistValues"]
    ids = {pick["label"]: pick["value"] for pick in picks}
    for name in dict.fromkeys((*subscribed.split(), *always.split())):
        field = {"fieldID": ids[name], "isSubscribedField": name in subscribed.split(), "webhookID": number}
        field["isDisplayAlwaysField"] = name in always.split()
        assert psa.post(f"{subject}Webhooks/{number}/Fields", json=field).status_code == 200
    return number


def new_ticket(psa: httpx.Client, **changes: Any) -> int:
    body = {"companyID": 0, "title": "Help", "status": 1, "priority": 2} | changes
    answer = psa.post("Tickets", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["itemId"])


def test_bodies_are_escaped_and_signed_like_the_vendors() -> None:
    """The known body comes out byte for byte, and with it the known signature."""
    payload = {
        "Action": "Update", "Guid": "11111111-2222-3333-4444-555555555555", "EntityType": "Ticket", "Id": 123,
        "Fields": {"Title": "Bob's laptop & dock"}, "EventTime": "2026-11-21T10:00:00Z", "SequenceNumber": 7,
        "PersonID": 29682885,
    }  # fmt: skip
    body = wire.encode(payload)
    assert '"Title":"Bob\\u0027s laptop \\u0026 dock"' in body
    assert wire.signature(SECRET, body.encode()) == "sha1=u8XxTv7Happ95bZBle94anSwU4c="


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("<a+b>`", '"\\u003Ca\\u002Bb\\u003E\\u0060"'),
        ('"\\', '"\\u0022\\\\"'),
        ("é€😀", '"\\u00E9\\u20AC\\uD83D\\uDE00"'),
        ("\n\t\x01\x7f", '"\\n\\t\\u0001\\u007F"'),
        ("a/b", '"a/b"'),
        ("\ud800", '"\\uFFFD"'),
        ([1500.0, 1.5, True, None], "[1500,1.5,true,null]"),
    ],
)
def test_the_escapes_are_those_of_the_default_encoder(value: Any, text: str) -> None:
    """All but plain ASCII is escaped with capital hex digits, and so is what could end a string in a page."""
    assert wire.encode(value) == text
    assert json.loads(text) == (value if value != "\ud800" else "\ufffd")


def test_a_new_ticket_is_told_with_a_signature_over_the_raw_body(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """One signed callout with Pascal-case fields, the webhook's own Guid and who did it."""
    hook = psa.get(f"TicketWebhooks/{subscribe(psa, receiver, always='TicketNumber')}").json()["item"]
    number = new_ticket(psa, title="Bob's <dock> & Ü")
    autotask.delivery.settle()
    (arrival,) = receiver.arrivals
    assert arrival.said == {
        "Action": "Create",
        "Guid": hook["webhookGUID"],
        "EntityType": "Ticket",
        "Id": number,
        "Fields": {"Title": "Bob's <dock> & Ü", "TicketNumber": "T20261121.0001"},
        "EventTime": "2026-11-21T09:00:00Z",
        "SequenceNumber": 1,
        "PersonID": autotask.user.resource_id,
    }
    assert b"Bob\\u0027s \\u003Cdock\\u003E \\u0026 \\u00DC" in arrival.body
    made = base64.b64encode(hmac.new(SECRET.encode(), arrival.body, hashlib.sha1).digest()).decode()
    assert arrival.headers["x-hook-signature"] == f"sha1={made}"
    assert arrival.headers["content-type"].startswith("application/json")


def test_an_update_strikes_only_by_a_subscribed_field(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """A change elsewhere, or to the same value, is silent; what is always shown comes along."""
    subscribe(psa, receiver, subscribed="Title Status", always="Priority", isSubscribedToCreateEvents=False)
    number = new_ticket(psa)
    for change in ({"priority": 4}, {"title": "Help"}, {"title": "Please help"}):
        assert psa.patch("Tickets", json={"id": number} | change).status_code == 200
    autotask.delivery.settle()
    (said,) = receiver.said()
    assert (said["Action"], said["Fields"]) == ("Update", {"Title": "Please help", "Priority": 4})


def test_the_world_is_heard_as_the_api_is(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, receiver: Receiver
) -> None:
    """Companies, contacts, devices and notes each strike under their name on the wire, whoever changed them."""
    subscribe(psa, receiver, "Company", "CompanyName")
    subscribe(psa, receiver, "Contact", "FirstName")
    subscribe(psa, receiver, "ConfigurationItem", "ReferenceTitle")
    subscribe(psa, receiver, "TicketNote", "Title")
    client = world.add_company("Contoso")
    world.rename(client, "Contoso Ltd.")
    person = world.add_contact(client)
    world.delete(person)
    device = {"companyID": client.psa_id, "productID": 1, "isActive": True, "referenceTitle": "PC"}
    psa.post("ConfigurationItems", json=device)
    psa.post(f"Tickets/{new_ticket(psa)}/Notes", json={"description": "D", "title": "N", "noteType": 1, "publish": 1})
    autotask.delivery.settle()
    told = {(one["EntityType"], one["Action"]): one["Fields"] for one in receiver.said()}
    assert told == {
        ("Account", "Create"): {"CompanyName": "Contoso"},
        ("Account", "Update"): {"CompanyName": "Contoso Ltd."},
        ("Contact", "Create"): {"FirstName": "Ada"},
        ("Contact", "Delete"): {},
        ("InstalledProduct", "Create"): {"ReferenceTitle": "PC"},
        ("TicketNote", "Create"): {"Title": "N"},
    }


def test_user_defined_fields_are_subscribed_apart(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """A webhook may have nothing but a user-defined field, and hears of that one alone."""
    made = psa.post("TicketWebhooks", json=body_of(receiver.url)).json()["itemId"]
    described = psa.get("TicketWebhookUdfFields/entityInformation/fields").json()["fields"]
    picks = next(one for one in described if one["name"] == "udfFieldID")["picklistValues"]
    floor = next(pick["value"] for pick in picks if pick["label"] == "Floor")
    udf = {"udfFieldID": floor, "isSubscribedField": True, "isDisplayAlwaysField": False, "webhookID": made}
    assert psa.post(f"TicketWebhooks/{made}/UdfFields", json=udf).status_code == 200
    number = new_ticket(psa)
    for name in ("Approval", "Floor"):
        psa.patch("Tickets", json={"id": number, "userDefinedFields": [{"name": name, "value": "2nd"}]})
    autotask.delivery.settle()
    assert [(one["Action"], one["Fields"]) for one in receiver.said()] == [
        ("Create", {"Floor": None}),
        ("Update", {"Floor": "2nd"}),
    ]


def test_a_webhook_without_a_field_or_switched_off_is_silent(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """Nothing goes out before it is ready, nor while it is inactive; switching off says so to the other address."""
    psa.post("TicketWebhooks", json=body_of(receiver.url, "-bare"))
    new_ticket(psa)
    number = subscribe(psa, receiver)
    psa.patch("TicketWebhooks", json={"id": number, "isActive": False})
    new_ticket(psa)
    autotask.delivery.settle()
    assert receiver.said() == []
    (farewell,) = receiver.farewells()
    assert farewell.said["Action"] == "Deactivated"
    assert "x-hook-signature" not in farewell.headers
    psa.patch("TicketWebhooks", json={"id": number, "isActive": True})
    new_ticket(psa)
    autotask.delivery.settle()
    assert receiver.numbers() == [1]


def test_what_waited_for_a_webhook_is_gone_once_it_is_off(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """Switched off and on again, it does not send what was waiting; the sequence goes on behind the gap."""
    number = subscribe(psa, receiver)
    autotask.faults.set("callouts_held")
    new_ticket(psa)
    new_ticket(psa)
    for active in (False, True):
        psa.patch("TicketWebhooks", json={"id": number, "isActive": active})
    new_ticket(psa)
    autotask.faults.clear("callouts_held")
    autotask.delivery.settle()
    assert receiver.numbers() == [3]


def test_deleting_a_webhook_says_goodbye(autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver) -> None:
    """A deleted webhook posts to its deactivation address once."""
    psa.delete(f"TicketWebhooks/{subscribe(psa, receiver)}")
    autotask.delivery.settle()
    assert len(receiver.farewells()) == 1


def test_own_echoes_are_suppressed_by_excluded_resources(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, receiver: Receiver
) -> None:
    """What an excluded resource does is not told and takes no sequence number."""
    number = subscribe(psa, receiver)
    excluded = {"resourceID": autotask.user.resource_id, "webhookID": number}
    assert psa.post(f"TicketWebhooks/{number}/ExcludedResources", json=excluded).status_code == 200
    ticket = new_ticket(psa)
    world.autotask["Tickets"].update(ticket, {"title": "By somebody"}, world.clock(), actor=world.owner())
    autotask.delivery.settle()
    assert [(one["SequenceNumber"], one["PersonID"]) for one in receiver.said()] == [(1, world.owner())]


def test_the_owner_must_be_allowed_to_see_the_row(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver
) -> None:
    """Without the right to view tickets nothing is told; with an inactive owner the webhook is switched off."""
    number = subscribe(psa, receiver)
    autotask.level.take("Tickets", "view")
    new_ticket(psa)
    autotask.level.give("Tickets", "view")
    autotask.user.lines_of_business = frozenset({5})
    new_ticket(psa, organizationalLevelAssociationID=4)
    new_ticket(psa, organizationalLevelAssociationID=5)
    autotask.delivery.settle()
    assert receiver.numbers() == [1]
    autotask.user.active = False
    with autotask.world.lock:
        autotask.world.autotask["Tickets"].insert({"companyID": 0, "title": "T"}, autotask.world.clock())
    autotask.delivery.settle()
    assert autotask.world.autotask["TicketWebhooks"].rows[number]["isActive"] is False
    assert len(receiver.farewells()) == 1


def test_a_refused_callout_is_tried_again_in_order(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver, waits: list[float]
) -> None:
    """30 seconds lie between attempts, and what came later waits behind."""
    subscribe(psa, receiver)
    receiver.answers += [500, 302, 404, 204]
    for _ in range(3):
        new_ticket(psa)
    autotask.delivery.settle()
    assert receiver.numbers() == [1, 1, 1, 1, 2, 3]
    assert waits == [30.0] * 3
    assert [one.status for one in autotask.delivery.attempts[:4]] == [500, 302, 404, 204]


def test_a_late_answer_is_none(autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver) -> None:
    """Who takes longer than ten seconds (less here) has not answered: the same callout comes again, numbered alike."""
    assert autotask.delivery.timeout == 10
    autotask.delivery.timeout = 0.05
    subscribe(psa, receiver)
    receiver.dawdle()
    new_ticket(psa)
    autotask.delivery.settle()
    assert [one.status for one in autotask.delivery.attempts] == [None] * 5
    assert set(receiver.numbers()) == {1}


def test_five_attempts_then_the_error_log(autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver) -> None:
    """A callout nobody takes is dropped into WebhookEventErrorLogs; the next one goes out: a gap in the sequence."""
    subscribe(psa, receiver)
    receiver.answers += [500] * 5
    new_ticket(psa)
    new_ticket(psa)
    autotask.delivery.settle()
    assert receiver.numbers() == [1, 1, 1, 1, 1, 2]
    (entry,) = psa.post("WebhookEventErrorLogs/query", json=EVERYTHING).json()["items"]
    assert (entry["sequenceNumber"], json.loads(entry["payload"])["SequenceNumber"]) == (1, 1)
    assert psa.delete(f"WebhookEventErrorLogs/{entry['id']}").status_code == 200


def test_twenty_five_failures_in_a_row_switch_it_off(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, receiver: Receiver
) -> None:
    """A success in between starts the count again; at 25 the webhook is inactive and says goodbye."""
    number = subscribe(psa, receiver)
    receiver.answers += [500] * 5 * 24 + [200] + [500] * 5 * 25
    for _ in range(24 + 1 + 24):
        new_ticket(psa)
    autotask.delivery.settle(60)
    assert psa.get(f"TicketWebhooks/{number}").json()["item"]["isActive"] is True
    new_ticket(psa)
    autotask.delivery.settle(60)
    assert psa.get(f"TicketWebhooks/{number}").json()["item"]["isActive"] is False
    assert len(world.autotask["WebhookEventErrorLogs"].ids) == 49
    assert len(receiver.farewells()) == 1


def test_nothing_beyond_this_machine_is_ever_called(autotask: AutotaskStandIn, psa: httpx.Client) -> None:
    """Any name but this machine's own counts as unreachable, whatever would answer there: five attempts for nothing."""
    with Receiver() as elsewhere:
        number = subscribe(psa, elsewhere)
        # A name for this machine that is not a loopback name stands for a host that would answer.
        url = elsewhere.url.replace("127.0.0.1", "0.0.0.0") + "/hook"
        assert psa.patch("TicketWebhooks", json={"id": number, "webhookUrl": url}).status_code == 200
        new_ticket(psa)
        autotask.delivery.settle()
        assert elsewhere.arrivals == []
    assert [(one.url, one.status) for one in autotask.delivery.attempts] == [(url, None)] * 5


@pytest.mark.parametrize(
    ("fault", "times", "numbers"),
    [
        ("callouts_lost", 2, [3, 4]),
        ("callouts_twice", 1, [1, 1, 2, 3, 4]),
        ("callouts_swapped", 1, [2, 1, 3, 4]),
    ],
)
def test_callouts_go_wrong_when_asked_to(
    autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver, fault: str, times: int, numbers: list[int]
) -> None:
    """Lost without a retry, sent twice, or overtaken by the next one."""
    subscribe(psa, receiver)
    autotask.faults.set(fault, times=times, on="TicketWebhooks")
    for _ in range(4):
        new_ticket(psa)
    autotask.delivery.settle()
    assert receiver.numbers() == numbers


def test_callouts_are_held_until_let_go(autotask: AutotaskStandIn, psa: httpx.Client, receiver: Receiver) -> None:
    """Held callouts arrive later, in order, and the switch is on the page of Autotask alone."""
    subscribe(psa, receiver)
    autotask.faults.set("callouts_held")
    new_ticket(psa)
    new_ticket(psa)
    with pytest.raises(TimeoutError):
        autotask.delivery.settle(0.1)
    assert receiver.said() == []
    autotask.faults.clear("callouts_held")
    autotask.delivery.settle()
    assert receiver.numbers() == [1, 2]
    page = httpx.get(autotask.url, headers={"X-Sandbox-Token": autotask.token}).text
    assert "callouts held" in page


def test_a_stopped_stand_in_delivers_nothing_until_it_is_back(
    autotask: AutotaskStandIn, psa: httpx.Client, world: World, receiver: Receiver
) -> None:
    """Stopping ends the delivery; what happens meanwhile goes out after the start."""
    subscribe(psa, receiver)
    autotask.stop()
    world.autotask["Tickets"].insert({"companyID": 0, "title": "T"}, world.clock())
    autotask.delivery.settle()
    assert receiver.said() == []
    autotask.start()
    autotask.delivery.settle()
    assert receiver.numbers() == [1]


def test_webhooks_have_their_limits(
    autotask: AutotaskStandIn, psa: httpx.Client, clock: ManualClock, receiver: Receiver
) -> None:
    """The level's maximum, fifty active ones an entity, and no address twice, not even by a change."""
    autotask.level.webhooks_most = 2
    first = psa.post("TicketWebhooks", json=body_of("http://a.example")).json()["itemId"]
    assert (
        psa.post("TicketWebhooks", json=body_of("http://A.example")).json()["errors"][0].startswith("A TicketWebhook")
    )
    assert psa.post("CompanyWebhooks", json=body_of("http://a.example")).status_code == 200
    refused = psa.post("ContactWebhooks", json=body_of("http://a.example"))
    assert "maximum number of webhooks (2)" in refused.json()["errors"][0]
    autotask.level.webhooks_most = 100
    for number in range(49):
        assert psa.post("TicketWebhooks", json=body_of(f"http://{number}.example")).status_code == 200
    assert "50 active" in psa.post("TicketWebhooks", json=body_of("http://b.example")).text
    assert psa.post("TicketWebhooks", json=body_of("http://b.example", isActive=False)).status_code == 200
    moved = psa.patch("TicketWebhooks", json={"id": first, "webhookUrl": "http://1.example/hook"})
    assert "must be unique" in moved.text
    autotask.tenant.https_only_webhooks = True
    half = body_of("http://c.example", webhookUrl="https://c.example")
    assert "deactivationUrl must be" in psa.post("CompanyWebhooks", json=half).text
    assert "webhookUrl must be" in psa.post("CompanyWebhooks", json=body_of("https://d.example:8443")).text

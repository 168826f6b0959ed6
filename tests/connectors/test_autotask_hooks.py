"""What only Autotask's webhooks and security levels have: fields by number, readiness, its signature, rights nobody can see."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.autotask import callouts, hook_rows, levels
from domain.errors import AskOperator, NotAllowed, Stop, TellPerson, Trouble, TryLater
from domain.psa import Callout, Feature, Happened, Held, Hooked, HookWanted, Right
from tests.connectors.conformance import FakeTime
from tests.connectors.desks import API_RESOURCE, AutotaskDesk

URL = "https://gangway.example/hooks/autotask/h1"
SECRET = "enkmoj676nwh8"


def wanted(kind: Hooked = Hooked.NOTES, secret: str = SECRET) -> HookWanted:
    return HookWanted(kind, "Gangway", URL, f"{URL}/off", secret)


# --- making ------------------------------------------------------------------------------------------


def test_a_webhook_is_made_then_its_fields_then_our_own_user_is_left_out(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    autotask_desk.open(time).make_hook(wanted())
    paths = [write.path for write in autotask_desk.writes]
    assert paths == [
        "TicketNoteWebhooks",
        *["TicketNoteWebhooks/1000/Fields"] * 4,
        "TicketNoteWebhooks/1000/ExcludedResources",
    ]
    made, *fields, excluded = [write.body for write in autotask_desk.writes]
    assert made["isSubscribedToDeleteEvents"] is True
    assert (made["webhookUrl"], made["deactivationUrl"]) == (URL, f"{URL}/off")
    # TicketID is the third field of this tenant; it comes along always, so that a note is known by its ticket.
    assert [(each["fieldID"], each["isDisplayAlwaysField"]) for each in fields] == [
        (100, False), (101, False), (102, True), (103, False),
    ]  # fmt: skip
    assert excluded["resourceID"] == API_RESOURCE


def test_a_companys_activity_is_not_listened_to(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    """It moves with each ticket, and callouts beyond 1,500 an hour are delayed."""
    assert "lastactivitydate" not in hook_rows.listened(Hooked.COMPANIES)
    hook = autotask_desk.open(time).make_hook(wanted(Hooked.COMPANIES))
    assert hook.is_whole
    assert len(autotask_desk.tables["CompanyWebhookFields"]) == 4


def test_a_field_that_was_switched_off_is_seen_and_mended(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    source = autotask_desk.open(time)
    hook = source.make_hook(wanted())
    autotask_desk.tables["TicketNoteWebhookFields"][0]["isSubscribedField"] = False
    del autotask_desk.tables["TicketNoteWebhookFields"][1]
    assert [each.is_whole for each in source.hooks()] == [False]
    assert source.mend_hook(hook, wanted()).is_whole
    assert len(autotask_desk.tables["TicketNoteWebhookFields"]) == 4


@pytest.mark.parametrize("lost", ["deactivationUrl", "isSubscribedToUpdateEvents"])
def test_a_webhook_that_would_miss_something_is_not_whole(
    autotask_desk: AutotaskDesk, time: FakeTime, lost: str
) -> None:
    source = autotask_desk.open(time)
    source.make_hook(wanted())
    autotask_desk.tables["TicketNoteWebhooks"][0][lost] = None
    assert [each.is_whole for each in source.hooks()] == [False]


def test_a_webhook_that_stays_unready_is_tried_later(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk._make_ready = lambda entity, parent: None  # type: ignore[method-assign]
    with pytest.raises(TryLater, match="not switched"):
        autotask_desk.open(time).make_hook(wanted())
    assert time.slept == [2.0, 2.0]


def test_a_kind_that_this_autotask_does_not_have_is_left_out(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    source = autotask_desk.open(time)
    source.make_hook(wanted())
    usual = autotask_desk.proper_answer

    def without(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "/ContactWebhooks/" in request.url.path else usual(request)

    autotask_desk.proper_answer = without  # type: ignore[method-assign]
    assert [hook.kind for hook in source.hooks()] == [Hooked.NOTES]


def test_a_webhook_that_is_gone_already_is_dropped_without_a_word(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    source = autotask_desk.open(time)
    hook = source.make_hook(wanted())
    text = "No message. No matching records found. The logged in Resource may not have the required permissions to delete the data."
    autotask_desk.torn.append(httpx.Response(500, json={"errors": [text]}))
    source.drop_hook(hook)


def test_without_the_right_no_webhook_can_be_made(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.info["TicketWebhooks"] = {"userAccessForCreate": "None"}
    room = autotask_desk.open(time).hook_room()
    assert room.may is False
    assert "Can create webhooks" in room.said


def test_a_secret_longer_than_autotask_keeps_is_never_cut(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    with pytest.raises(Stop):
        autotask_desk.open(time).make_hook(wanted(secret="s" * 65))
    assert autotask_desk.writes == []


# --- callouts ----------------------------------------------------------------------------------------


def heard(kind: Hooked, told: Any, **more: Any) -> Callout:
    body = told if isinstance(told, bytes) else json.dumps({**told, **more}).encode()
    digest = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha1).digest()).decode()
    return callouts.read(kind, {"x-hook-signature": f"sha1={digest}"}, body, SECRET)


TOLD = {
    "Action": "Create",
    "Guid": "g",
    "EntityType": "TicketNote",
    "Id": 9,
    "SequenceNumber": 3,
    "EventTime": "2026-11-21T09:00:00",
}


def test_the_signature_is_taken_over_the_escapes_as_they_came() -> None:
    """Autotask writes & and quotes as escapes, and signs what it wrote."""
    body = (
        rb'{"Action":"Update","Guid":"11111111-2222-3333-4444-555555555555","EntityType":"Ticket","Id":123,'
        rb'"Fields":{"Title":"Bob\u0027s laptop \u0026 dock"},"EventTime":"2026-11-21T10:00:00Z","SequenceNumber":7,'
        rb'"PersonID":29682885}'
    )
    headers = {"x-hook-signature": "sha1=u8XxTv7Happ95bZBle94anSwU4c="}
    assert callouts.read(Hooked.TICKETS, headers, body, SECRET) == Callout(
        Hooked.TICKETS, Happened.UPDATED, "123", "11111111-2222-3333-4444-555555555555", 7, "2026-11-21T10:00:00Z"
    )
    with pytest.raises(NotAllowed):
        callouts.read(Hooked.TICKETS, headers, json.dumps(json.loads(body)).encode(), SECRET)


@pytest.mark.parametrize("fields", [{"TicketID": 7655}, {"ticketID": "7655"}, [{"name": "TicketID", "value": 7655}]])
def test_a_note_names_its_ticket_in_either_form(fields: Any) -> None:
    callout = heard(Hooked.NOTES, TOLD, Fields=fields)
    assert (callout.parent_id, callout.at, callout.sequence) == ("7655", "2026-11-21T09:00:00Z", 3)


@pytest.mark.parametrize("fields", [None, "x", [1, None], {"TicketID": {"a": 1}}, {"TicketID": "1; drop"}])
def test_odd_fields_of_a_callout_do_no_harm(fields: Any) -> None:
    assert heard(Hooked.NOTES, TOLD, Fields=fields).parent_id == ""


@pytest.mark.parametrize(
    ("named", "kind"),
    [("Account", Hooked.COMPANIES), ("Companies", Hooked.COMPANIES), ("InstalledProduct", Hooked.ASSETS),
     ("ConfigurationItems", Hooked.ASSETS), ("Contacts", Hooked.CONTACTS), ("TicketNotes", Hooked.NOTES)],
)  # fmt: skip
def test_objects_go_by_their_old_and_new_names(named: str, kind: Hooked) -> None:
    assert heard(kind, TOLD, EntityType=named).kind is kind


@pytest.mark.parametrize(
    "told",
    [b"", b"[]", b"null", b"\xff", {**TOLD, "Action": "Dance"}, {**TOLD, "Id": None}, {**TOLD, "Id": "../1"}, {**TOLD, "Id": True},
     {**TOLD, "EntityType": "Ticket"}],
)  # fmt: skip
def test_a_signed_body_that_says_nothing_is_told_so(told: Any) -> None:
    with pytest.raises(TellPerson) as refused:
        heard(Hooked.NOTES, told)
    assert not isinstance(refused.value, NotAllowed)


def test_a_farewell_is_believed_only_when_it_is_signed() -> None:
    """Whoever could say unsigned that a webhook is off could switch our ears off."""
    told = {"Action": "Deactivated", "Guid": "g"}
    assert heard(Hooked.TICKETS, told).happened is Happened.DEACTIVATED
    with pytest.raises(NotAllowed):
        callouts.read(Hooked.TICKETS, {}, json.dumps(told).encode(), SECRET)


# --- rights ------------------------------------------------------------------------------------------


def by_name(rights: tuple[Right, ...]) -> dict[str, Right]:
    return {right.name: right for right in rights}


Ask = Callable[..., dict[str, Right]]


@pytest.fixture
def ask(autotask_desk: AutotaskDesk, time: FakeTime) -> Ask:
    for number in range(3):
        autotask_desk.companies.append(autotask_desk.company(number))
    autotask_desk.add_ticket(1)
    return lambda *features: by_name(autotask_desk.open(time).rights(frozenset(features or Feature)))


def test_every_row_of_the_vendors_page_is_there(ask: Ask) -> None:
    """Contracts, companies, opportunities, items, to-dos, tickets, both feature ticks, the password, webhooks, their number."""
    paths = "\n".join(right.path for right in ask().values())
    for place in (
        "Contracts → View: All", "Contract Visibility: Full", "Customer & Cancelation: All", "Opportunities & Quotes → Add: Yes",
        "Configuration Items & Subscriptions → View: All", "Configuration Items & Subscriptions → Edit: All", "To-Dos → Add: Yes",
        "Tickets → View: All", "Tickets → Add: Yes", "Resources/Users (HR): ticked", "Configuration Items: ticked",
        "Not required to change password: ticked", "Can create webhooks: Yes", "maximum number: 25", "Lines of Business",
        "Copy Security Level",
    ):  # fmt: skip
        assert place in paths


def test_a_restricted_read_is_cut_and_not_found(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    autotask_desk.info["Tickets"] = {"userAccessForQuery": "Restricted"}
    autotask_desk.info["CompanyToDos"] = {"userAccessForQuery": "Restricted"}
    found = ask()
    assert found["Tickets: View"].held is Held.CUT
    assert found["Lines of business: all"].held is Held.CUT
    assert found["To-dos: View"].held is Held.FOUND  # its own are enough


def test_companies_that_are_hidden_are_no_sign_of_lines_of_business(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    """Without Customer & Cancelation what CRM keeps under companies is cut with them; opportunities cut alone are a sign."""
    autotask_desk.info["Opportunities"] = {"userAccessForQuery": "Restricted"}
    assert ask()["Lines of business: all"].held is Held.CUT
    for name in ("Companies", "Contacts"):
        autotask_desk.info[name] = {"userAccessForQuery": "Restricted"}
    found = ask()
    assert found["Companies: View"].held is Held.CUT
    assert found["Lines of business: all"].held is Held.UNSEEN
    autotask_desk.info["Tickets"] = {"userAccessForQuery": "Restricted"}
    said = ask()["Lines of business: all"].said
    assert "part of the tickets" in said
    assert "opportunities" not in said.partition(".")[0]


def test_a_read_that_is_refused_is_missing_whatever_is_said_of_it(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    usual = autotask_desk.proper_answer

    def refuse(request: httpx.Request) -> httpx.Response:
        text = "The logged in Resource does not have the adequate permissions to query this entity type."
        closed = request.url.path.endswith("Tickets/query/count")
        return httpx.Response(500, json={"errors": [text]}) if closed else usual(request)

    autotask_desk.proper_answer = refuse  # type: ignore[method-assign]
    assert ask()["Tickets: View"].held is Held.MISSING


def test_an_object_that_this_autotask_does_not_have_is_unseen(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    """Nobody could set a right for it."""
    usual = autotask_desk.proper_answer

    def without(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "/ConfigurationItemTypes/" in request.url.path else usual(request)

    autotask_desk.proper_answer = without  # type: ignore[method-assign]
    assert ask()["Configuration Items"].held is Held.UNSEEN


def test_no_ticket_at_all_looks_like_lines_of_business(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    assert ask()["Lines of business: all"].held is Held.UNSEEN
    autotask_desk.tables["Tickets"].clear()
    assert "No ticket" in ask()["Lines of business: all"].said


def test_a_lone_company_looks_cut(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    del autotask_desk.companies[1:]
    assert ask()["Companies: View"].held is Held.CUT


@pytest.mark.parametrize(
    ("label", "held"),
    [
        ("API User (system)", Held.EXCESS),
        ("API User (system) (API-only)", Held.EXCESS),
        ("API User (Gangway)", Held.FOUND),
    ],
)
def test_the_stock_level_is_known_by_its_name(autotask_desk: AutotaskDesk, ask: Ask, label: str, held: Held) -> None:
    autotask_desk.tables["Resources"][-1] |= {"userType": 17}
    autotask_desk.picks["Resources"] = {"userType": [{"value": "17", "label": label}]}
    found = ask()["A security level of its own"]
    assert found.held is held
    assert label in found.said


def test_where_no_name_is_shown_the_stock_level_is_known_by_opening_everything(
    autotask_desk: AutotaskDesk, ask: Ask
) -> None:
    assert ask()["A security level of its own"].held is Held.EXCESS
    autotask_desk.info["Departments"] = {"userAccessForUpdate": "None"}
    assert ask()["A security level of its own"].held is Held.FOUND


def test_nothing_needed_is_called_too_much(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    """Least rights: each right that the features need, and no other, leaves nothing to take back."""
    verbs = {"query": "Query", "create": "Create", "update": "Update", "delete": "Delete"}
    needed = levels.needed(frozenset(Feature))
    for name in {*(each for line in levels.LINES for each in line.objects), *levels.SET_UP}:
        closed = [word for verb, word in verbs.items() if (name, verb) not in needed]
        autotask_desk.info[name] = {f"userAccessFor{word}": "None" for word in closed}
    found = ask()
    assert {right.held for right in found.values()} == {Held.FOUND, Held.UNSEEN}


def test_what_one_tick_opens_together_is_not_called_too_much(ask: Ask) -> None:
    """Seeing staff comes with changing it, and webhooks with dropping them: nobody could take that back alone."""
    found = [right.name for right in ask().values() if right.held is Held.EXCESS]
    assert not [name for name in found if name.startswith(("Resources", "Webhooks", "Types of configuration items"))]
    without = [right.name for right in ask(Feature.COMPANIES).values() if right.held is Held.EXCESS]
    assert (
        len([name for name in without if name.startswith(("Resources", "Webhooks", "Types of configuration items"))])
        == 3
    )


def test_what_the_same_line_opens_for_another_object_is_not_called_too_much(ask: Ask) -> None:
    """Contacts are seen with their companies: one line of the page opens both."""
    found = {right.name: right for right in ask(Feature.COMPANIES).values() if right.held is Held.EXCESS}
    assert found["Contacts: Add, Edit, Delete"].needed_for == ()


def test_a_preflight_asks_each_object_once(autotask_desk: AutotaskDesk, ask: Ask) -> None:
    ask()
    asked = [request.url.path for request in autotask_desk.requests if request.url.path.endswith("entityInformation")]
    assert len(asked) == len(set(asked))
    assert len(autotask_desk.requests) < 60


def test_a_refused_key_is_no_missing_right(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    usual = autotask_desk.proper_answer
    autotask_desk.proper_answer = lambda request: (  # type: ignore[method-assign]
        usual(request) if "zone" in request.url.path else httpx.Response(401)
    )
    with pytest.raises(AskOperator) as refused:
        autotask_desk.open(time).rights(frozenset(Feature))
    assert refused.value.trouble is Trouble.WRONG_KEY
    assert len(autotask_desk.requests) == 2

"""What only Autotask's service desk has: roles beside assignees, visibilities by label, refusals in sentences, its own lists."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.autotask import deal_rows, refused_writes
from domain.errors import AskOperator, Stranger, TellPerson, Trouble, TryLater
from domain.psa import AssetChange, NewNote, Pick, TicketChange, TicketsWanted
from tests.connectors import desks
from tests.connectors.conformance import FakeTime, scope
from tests.connectors.desks import AutotaskDesk

RECENT = "2026-11-20T00:00:00Z"


def asked(desk: AutotaskDesk, ending: str) -> list[Any]:
    return [json.loads(request.content) for request in desk.requests if request.url.path.endswith(ending)]


def described(desk: AutotaskDesk) -> int:
    return sum(request.url.path.endswith("/fields") for request in desk.requests)


# --- companies ---------------------------------------------------------------------------------------


def test_companies_come_with_their_type_in_the_tenants_words(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    """The words are asked for once in an hour, and never by reads of people."""
    autotask_desk.companies += [
        autotask_desk.company(1),
        {**autotask_desk.company(2), "companyType": 99, "isActive": False},
    ]
    source = autotask_desk.open(time)
    source.all_users(None)
    assert described(autotask_desk) == 0
    first, second = source.companies(None).rows
    assert (first.type_name, first.status_name) == ("Customer", "Active")
    assert (second.type_name, second.status_name) == ("", "Inactive")
    source.companies_changed(RECENT, None)
    source.companies(None)
    assert described(autotask_desk) == 1
    time.now += timedelta(hours=2)
    source.companies(None)
    assert described(autotask_desk) == 2


def test_companies_are_read_where_nothing_describes_them(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.companies.append(autotask_desk.company(1))
    usual = autotask_desk.proper_answer

    def undescribed(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path.endswith("/fields") else usual(request)

    autotask_desk.proper_answer = undescribed  # type: ignore[method-assign]
    assert [row.type_name for row in autotask_desk.open(time).companies(None).rows] == [""]


def test_types_once_known_stay_when_nothing_describes_them_any_more(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    """Else each company would lose its type at once, and with it perhaps its place among those that are imported."""
    autotask_desk.companies.append(autotask_desk.company(1))
    source = autotask_desk.open(time)
    source.companies(None)
    time.now += timedelta(hours=2)
    usual = autotask_desk.proper_answer

    def undescribed(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path.endswith("/fields") else usual(request)

    autotask_desk.proper_answer = undescribed  # type: ignore[method-assign]
    assert [row.type_name for row in source.companies(None).rows] == ["Customer"]


# --- lists -------------------------------------------------------------------------------------------


def test_lists_keep_the_tenants_order_defaults_and_retired_values(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    lists = autotask_desk.open(time).picklists()
    assert [choice.label for choice in lists[Pick.QUEUES]] == ["Client Portal", "Monitoring"]
    assert [choice.label for choice in lists[Pick.TICKET_STATUSES] if not choice.is_active] == ["Old"]
    assert [choice.label for choice in lists[Pick.PRIORITIES] if choice.is_default] == ["Medium"]
    assert [choice.label for choice in lists[Pick.COMPANY_STATUSES]] == ["Active", "Inactive"]


def test_lists_are_asked_for_one_after_the_other(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    """One description an object, whatever the number of its lists: each counts among the object's three calls at once."""
    autotask_desk.open(time).picklists()
    paths = [request.url.path for request in autotask_desk.requests if request.url.path.endswith("/fields")]
    assert len(paths) == len(set(paths)) == 6


def test_a_list_that_is_an_object_of_its_own_is_read_there(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    del autotask_desk.picks["ConfigurationItems"]
    autotask_desk.tables["ConfigurationItemTypes"] = [
        {"id": 7, "name": "Firewall", "isActive": True},
        {"id": 8, "name": "Fax", "isActive": False},
    ]
    types = autotask_desk.open(time).picklists()[Pick.ASSET_TYPES]
    assert [(choice.id, choice.label, choice.is_active) for choice in types] == [
        ("7", "Firewall", True),
        ("8", "Fax", False),
    ]


# --- reading tickets ---------------------------------------------------------------------------------


def test_the_filter_of_tickets_is_autotasks_own(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    wanted = TicketsWanted(frozenset({"8", "5"}), frozenset({"1"}), frozenset({"5"}))
    autotask_desk.open(time).all_tickets(wanted, None)
    (body,) = asked(autotask_desk, "Tickets/query")
    assert body["filter"] == [
        {"op": "gt", "field": "id", "value": -1},
        {"op": "in", "field": "queueID", "value": [5, 8]},
        {"op": "in", "field": "ticketCategory", "value": [1]},
        {"op": "notIn", "field": "status", "value": [5]},
    ]


def test_a_filter_longer_than_autotask_takes_is_kept_here(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1, queue="5")
    autotask_desk.add_ticket(2, queue="8")
    wanted = TicketsWanted(queues=frozenset(map(str, [5, *range(100, 600)])))
    source = autotask_desk.open(time)
    assert [row.id for row in source.all_tickets(wanted, None).rows] == ["1"]
    assert source.count_tickets(wanted) is None
    assert all(condition["op"] != "in" for body in asked(autotask_desk, "/query") for condition in body["filter"])


def test_a_ticket_may_have_nulls_everywhere(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1)
    row = autotask_desk.tables["Tickets"][0]
    row |= dict.fromkeys((name for name in row if name not in ("id", "companyID")), None)
    autotask_desk.tables["Tickets"].append({"id": 2, "companyID": None})
    page = autotask_desk.open(time).all_tickets(TicketsWanted(), None)
    assert [(ticket.id, ticket.title, ticket.status) for ticket in page.rows] == [("1", "", "")]
    assert [(bad.id, bad.reason) for bad in page.bad] == [("2", "does not say which company it belongs to")]


def test_a_ticket_opens_in_the_tenants_own_zone(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    source = autotask_desk.open(time)
    assert source.ticket_address("7655") == (
        "https://ww15.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=7655"
    )
    assert source.ticket_address("7655&x=<!channel>") == ""


def test_a_strange_web_address_is_not_shown_to_people(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    usual = autotask_desk.proper_answer

    def strange(request: httpx.Request) -> httpx.Response:
        answer = usual(request)
        return httpx.Response(200, content=answer.content.replace(b"ww15.autotask.net", b"autotask.net.evil.example"))

    autotask_desk.proper_answer = strange  # type: ignore[method-assign]
    assert autotask_desk.open(time).ticket_address("7655") == ""


# --- writing tickets ---------------------------------------------------------------------------------


def test_an_assignee_gets_the_default_role_asked_for_once(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1)
    source = autotask_desk.open(time)
    source.create_ticket(scope(), autotask_desk.new_ticket("key"))
    source.change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    source.change_ticket(scope(), "1", TicketChange(assignee_id=""))
    assigned = [
        (each.body.get("assignedResourceID"), each.body.get("assignedResourceRoleID")) for each in autotask_desk.writes
    ]
    assert assigned == [(4, 41), (4, 41), (None, None)]
    assert len(asked(autotask_desk, "ResourceServiceDeskRoles/query")) == 1


def test_without_service_desk_roles_another_role_is_found(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.close_object("ResourceServiceDeskRoles")
    autotask_desk.tables["ResourceRoles"] = [{"id": 1, "resourceID": 4, "roleID": 50, "isActive": True}]
    autotask_desk.add_ticket(1)
    autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    assert autotask_desk.writes[0].body["assignedResourceRoleID"] == 50


def test_who_has_no_role_cannot_be_assigned(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1)
    with pytest.raises(TellPerson, match="no active role") as refused:
        autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="5"))
    assert (refused.value.field, autotask_desk.writes) == ("assignee_id", [])


def test_an_object_that_this_autotask_does_not_have_is_no_trouble_of_its_own(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    """Without it, and with no role elsewhere, it is the person's lack of a role that is said."""
    without(autotask_desk, "ResourceServiceDeskRoles")
    autotask_desk.tables["ResourceRoles"] = []
    autotask_desk.add_ticket(1)
    with pytest.raises(TellPerson, match="no active role"):
        autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="4"))


def without(desk: AutotaskDesk, *names: str) -> None:
    """An Autotask that does not have these objects at all."""
    proper = desk.proper_answer

    def answer(request: httpx.Request) -> httpx.Response:
        missing = any(f"/{name}/" in request.url.path for name in names)
        return httpx.Response(404, text="not found") if missing else proper(request)

    desk.proper_answer = answer  # type: ignore[method-assign]


def test_the_role_in_a_persons_own_record_is_taken_where_no_list_has_one(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    """`defaultServiceDeskRoleID` cannot be filtered by, so that the person is read by id."""
    autotask_desk.tables["ResourceServiceDeskRoles"] = []
    autotask_desk.tables["Resources"][0]["defaultServiceDeskRoleID"] = 77
    autotask_desk.add_ticket(1)
    autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    assert autotask_desk.writes[0].body["assignedResourceRoleID"] == 77


def test_where_nothing_tells_who_holds_which_role_an_active_one_is_offered_to_autotask(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    """An Autotask that opens only its roles can still assign; whether the pair fits, it says itself."""
    without(autotask_desk, "ResourceServiceDeskRoles", "ResourceRoles", "ResourceRoleDepartments")
    autotask_desk.tables["Roles"] = [{"id": 8, "isActive": False}, {"id": 9, "isActive": True}]
    autotask_desk.add_ticket(1)
    autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    assert autotask_desk.writes[0].body["assignedResourceRoleID"] == 9


def test_a_field_that_roles_of_people_do_not_have_is_not_asked_for(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.close_object("ResourceServiceDeskRoles")
    autotask_desk.tables["ResourceRoles"] = [{"id": 1, "resourceID": 4, "roleID": 50, "isActive": True}]
    autotask_desk.add_ticket(1)
    autotask_desk.open(time).change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    (question,) = asked(autotask_desk, "ResourceRoles/query")
    assert question["IncludeFields"] == ["id", "roleID", "isActive"]


def test_a_role_that_was_refused_is_asked_for_anew(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1)
    source = autotask_desk.open(time)
    text = "The specified AssignedResourceID and AssignedRoleID combination is not currently defined"
    autotask_desk.torn.append(httpx.Response(500, json={"errors": [text]}))
    with pytest.raises(TellPerson, match="no fitting role"):
        source.change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    source.change_ticket(scope(), "1", TicketChange(assignee_id="4"))
    assert len(asked(autotask_desk, "ResourceServiceDeskRoles/query")) == 2


def test_a_lookup_that_was_not_understood_finds_nobody_elses_ticket(
    autotask_desk: AutotaskDesk, time: FakeTime
) -> None:
    """Autotask drops a condition it does not know and answers with any row; that row must not be taken for ours."""
    autotask_desk.add_ticket(1)
    usual = autotask_desk.proper_answer

    def deaf(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        kept = [each for each in body.get("filter", []) if each.get("field") != "externalID"]
        if request.url.path.endswith("/query"):
            request = httpx.Request("POST", request.url, content=json.dumps({**body, "filter": kept}))
        return usual(request)

    autotask_desk.proper_answer = deaf  # type: ignore[method-assign]
    assert autotask_desk.open(time).create_ticket(scope(), autotask_desk.new_ticket("key")) != "1"
    assert len(autotask_desk.writes) == 1


@pytest.mark.parametrize(
    ("text", "said", "field"),
    [
        (
            "Picklist value [3] does not exist for priority. ; on record number [1].",
            "does not know that priority",
            "priority",
        ),
        ("Picklist value [3] does not exist for queueID.", "Sync PSA data", "queue"),
        (
            "Reference value on field: contactID of type: Contact does not exist or is invalid.",
            "the contact",
            "contact_id",
        ),
        ("Value does not exist for the required field companyID. ; on record number [1].", "asks for a company", None),
        ("queueID is required", "asks for a queue", "queue"),
        ("title must be less than or equal to 255 characters", "255 characters at most", "title"),
        ("No matching records found.", "no longer in Autotask", None),
        ("Something nobody has seen before", "Something nobody has seen before", None),
    ],
)
def test_refusals_of_a_write_are_said_in_plain_words(text: str, said: str, field: str | None) -> None:
    refusal = refused_writes.refusal(text, text)
    assert isinstance(refusal, TellPerson)
    assert said in refusal.said
    assert refusal.field == field


@pytest.mark.parametrize(
    ("act", "path"),
    [
        ("create", "Service Desk → Object permissions → Tickets → Add: Yes"),
        ("update", "Service Desk → Object permissions → Tickets → Edit: All"),
    ],
)
def test_a_missing_right_to_write_names_its_place(
    autotask_desk: AutotaskDesk, time: FakeTime, act: str, path: str
) -> None:
    autotask_desk.add_ticket(1)
    text = f"The logged in Resource does not have the adequate permissions to {act} this entity type."
    autotask_desk.torn.append(httpx.Response(500, json={"errors": [text]}))
    source = autotask_desk.open(time)
    acts = {
        "create": lambda: source.create_ticket(scope(), autotask_desk.new_ticket("key")),
        "update": lambda: source.change_ticket(scope(), "1", TicketChange(status="5")),
    }
    with pytest.raises(AskOperator) as refused:
        acts[act]()
    assert refused.value.trouble is Trouble.MISSING_RIGHT
    assert path in refused.value.said


def test_what_a_category_asks_for_is_learned_from_its_refusal(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.required = frozenset({"ticketType", "title", "billingCodeID"})
    source = autotask_desk.open(time)
    assert source.required_for("1") == {"type"}
    autotask_desk.torn.append(httpx.Response(500, json={"errors": ["dueDateTime is required"]}))
    with pytest.raises(TellPerson):
        source.create_ticket(scope(), replace(autotask_desk.new_ticket("key"), category="1"))
    assert (source.required_for("1"), source.required_for("2")) == ({"type", "due"}, {"type"})


# --- notes -------------------------------------------------------------------------------------------


def test_a_note_is_written_through_its_ticket_with_a_plain_type(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_ticket(1)
    autotask_desk.open(time).add_note(scope(), "1", NewNote("Done.", "Update", for_client=True))
    (write,) = autotask_desk.writes
    assert (write.method, write.path) == ("POST", "Tickets/1/Notes")
    assert write.body == {"description": "Done.", "title": "Update", "publish": 1, "noteType": 1}


@pytest.mark.parametrize("labels", [["Internal Only", "Internal Project Team"], ["All Users"], ["", ""]])
def test_a_visibility_that_is_not_certain_is_never_written(
    autotask_desk: AutotaskDesk, time: FakeTime, labels: list[str]
) -> None:
    """Value 1 called internal, or no value 2: a guess could show a note to whom it is not meant for."""
    values = [desks.value(nth, label) for nth, label in enumerate(labels, start=1)]
    autotask_desk.picks["TicketNotes"]["publish"] = values
    autotask_desk.add_ticket(1)
    source = autotask_desk.open(time)
    for_client = labels[0].startswith("Internal")
    with pytest.raises(AskOperator, match="Nothing was written"):
        source.add_note(scope(), "1", NewNote("Hello", for_client=for_client))
    assert autotask_desk.writes == []


def test_a_visibility_called_internal_is_not_for_clients(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.picks["TicketNotes"]["publish"] = [desks.value(1, "Internal Only")]
    autotask_desk.add_ticket(1)
    autotask_desk.add_note(11, 1, for_client=True)
    (note,) = autotask_desk.open(time).notes(scope(), "1", None).rows
    assert note.for_client is False


def test_a_note_of_another_ticket_stops_the_read(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_note(11, 1, for_client=True)
    autotask_desk.add_note(12, 2, for_client=True)
    everything = list(autotask_desk.tables["TicketNotes"])
    source = autotask_desk.open(time)
    source.notes(scope(), "1", None)
    autotask_desk.script.append(lambda proper: autotask_desk.with_rows(proper, everything))
    with pytest.raises(Stranger):
        source.notes(scope(), "1", None)


def test_who_wrote_a_note_is_told(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_note(11, 1, for_client=True)
    autotask_desk.add_note(12, 1, for_client=True)
    autotask_desk.tables["TicketNotes"][1] |= {"createdByContactID": 9}
    ours, theirs = autotask_desk.open(time).notes_changed("2025-01-01T00:00:00Z", None).rows
    assert (ours.author_id, ours.contact_id) == ("4", "")
    assert (theirs.author_id, theirs.contact_id) == ("", "9")


# --- opportunities, to-dos, assets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "onetime", "material", "labor"),
    [
        (900.0, None, "900", ""),
        (900.0, 600.5, "600.5", "299.5"),
        (None, 600.0, "600", ""),
        (None, None, "", ""),
        (5, 9, "9", ""),
    ],
)
def test_costs_are_split_where_autotask_splits_them(cost: Any, onetime: Any, material: str, labor: str) -> None:
    row = deal_rows.OpportunityRow(1, 7, cost=cost, onetime_cost=onetime)
    found = deal_rows.opportunity(row, {})
    assert (found.material_cost, found.labor_cost) == (material, labor)


@pytest.mark.parametrize(
    ("status", "response"),
    [("Closed", "Accepted"), ("Won", "Accepted"), ("Implemented", "Accepted"), ("Closed - Lost", "Rejected"), ("Lost", "Rejected"),
     ("Active", ""), ("Not Ready", ""), ("", "")],
)  # fmt: skip
def test_the_customers_response_is_read_from_the_status(status: str, response: str) -> None:
    assert deal_rows.response(status) == response


def test_without_the_tenants_words_for_a_status_autotasks_own_are_taken() -> None:
    """The list of statuses may be closed to the API user; the customer's answer is told all the same."""
    said = [deal_rows.opportunity(deal_rows.OpportunityRow(1, 7, status=status), {}).response for status in range(5)]
    assert said == ["", "", "Rejected", "Accepted", "Accepted"]
    renamed = deal_rows.opportunity(deal_rows.OpportunityRow(1, 7, status=3), {"3": "On hold"})
    assert renamed.response == ""


def test_a_reference_is_found_whole_and_never_shown() -> None:
    text = deal_rows.with_reference("Ten laptops " * 1000, "key-1", 8000)
    assert len(text) == 8000
    assert deal_rows.has_reference(text, "key-1")
    assert deal_rows.has_reference(text + "\nCalled them.", "key-1")
    assert not deal_rows.has_reference(text, "key-")
    assert not deal_rows.has_reference(None, "key-1")
    assert "Gangway ref" not in deal_rows.without_reference(text)
    assert deal_rows.without_reference("Gangway ref is a word pair") == "Gangway ref is a word pair"


def test_an_opportunity_is_made_with_all_that_autotask_requires(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.open(time).create_opportunity(scope(), autotask_desk.new_opportunity("key-1"))
    (write,) = autotask_desk.writes
    assert write.body == {
        "companyID": 7,
        "title": "New laptops",
        "stage": 1,
        "status": 1,
        "ownerResourceID": 4,
        "createDate": "2026-11-21T10:00:00Z",
        "startDate": "2026-12-01T00:00:00Z",
        "projectedCloseDate": "2026-12-31T00:00:00Z",
        "amount": 1500.5,
        "cost": 900.0,
        "probability": 50,
        "useQuoteTotals": False,
        "opportunityCategoryID": 1,
        "description": "Ten of them.\n\nGangway ref key-1",
    }


def test_labor_is_kept_apart_so_that_it_is_read_back_as_it_was_made(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    new = replace(autotask_desk.new_opportunity("key-2"), cost="900", labor_cost="300")
    autotask_desk.open(time).create_opportunity(scope(), new)
    (write,) = autotask_desk.writes
    assert (write.body["cost"], write.body["onetimeCost"]) == (900.0, 600.0)


@pytest.mark.parametrize("amount", ["ten", "NaN", "1,50", "Infinity"])
def test_an_amount_that_is_no_number_is_refused_before_any_write(
    autotask_desk: AutotaskDesk, time: FakeTime, amount: str
) -> None:
    with pytest.raises(TellPerson, match="not a number"):
        autotask_desk.open(time).create_opportunity(
            scope(), replace(autotask_desk.new_opportunity("key"), amount=amount)
        )
    assert autotask_desk.writes == []


def test_a_todo_is_written_through_its_company(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    new = replace(autotask_desk.new_todo("key-1"), opportunity_id="12")
    autotask_desk.open(time).create_todo(scope(), new)
    (write,) = autotask_desk.writes
    assert (write.method, write.path) == ("POST", "Companies/7/ToDos")
    assert (write.body["opportunityID"], write.body["assignedToResourceID"]) == (12, 4)


def test_an_asset_without_a_title_is_called_by_what_it_has(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    for number in (1, 2):
        autotask_desk.add_asset(number)
        autotask_desk.tables["ConfigurationItems"][-1]["referenceTitle"] = None
    autotask_desk.tables["ConfigurationItems"][0]["serialNumber"] = "SN-1"
    found = autotask_desk.open(time).all_assets(None).rows
    assert [asset.name for asset in found] == ["SN-1", "Configuration item 2"]


def test_an_asset_is_changed_by_its_id_in_the_body(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    autotask_desk.add_asset(1)
    autotask_desk.open(time).change_asset(scope(), "1", AssetChange(type="2", notes=""))
    (write,) = autotask_desk.writes
    assert (write.method, write.path) == ("PATCH", "ConfigurationItems")
    assert write.body == {"id": 1, "notes": "", "configurationItemType": 2}


def test_a_write_waits_for_nothing_when_the_tenant_is_throttled(autotask_desk: AutotaskDesk, time: FakeTime) -> None:
    text = "The Autotask API thread threshold of 3 threads has been exceeded."
    autotask_desk.torn.append(httpx.Response(500, json={"errors": [text]}))
    with pytest.raises(TryLater):
        autotask_desk.open(time).create_ticket(scope(), autotask_desk.new_ticket("key"))
    assert (len(autotask_desk.writes), time.slept) == (1, [])

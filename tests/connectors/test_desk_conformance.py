"""The same questions to every PSA's service desk: tickets, notes, and its own lists."""

from typing import Any

import httpx
import pytest

from connectors import discover
from domain.errors import AskOperator, GangwayError, Stop, Stranger, TellPerson, TryLater
from domain.psa import HasPicklists, HasTickets, NewNote, Pick, TicketChange, TicketsWanted
from tests.connectors.conformance import CANARY, VENDORS, FakeTime, rows_of, scope
from tests.connectors.desks import DESKS, Desk
from tests.connectors.test_conformance import every_trace

SINCE = "2026-11-20T00:00:00Z"
LATER = "2026-11-20T12:00:00Z"
ALL = TicketsWanted()


def test_every_source_with_tickets_is_asked(time: FakeTime) -> None:
    known = {name: made(discover()[name]) for name, made in VENDORS.items()}
    able = {name for name, vendor in known.items() if isinstance(vendor.open(time), HasTickets)}
    assert able == set(DESKS), "each needs its desk in tests/connectors/desks.py, so that it is asked the same"


# --- tickets -----------------------------------------------------------------------------------------


def test_two_pages_of_tickets_are_joined_and_cost_two_calls(desk: Desk, time: FakeTime) -> None:
    for number in range(1, desk.page_size + 2):
        desk.add_ticket(number)
    source = desk.open(time)
    assert isinstance(source, HasTickets)
    found = rows_of(lambda cursor: source.all_tickets(ALL, cursor))
    assert [row.id for row in found] == [str(number) for number in range(1, desk.page_size + 2)]
    assert desk.reads() == 2
    assert {row.company_id for row in found} == {"7"}


def test_unwanted_tickets_are_left_out_by_the_source_itself(desk: Desk, time: FakeTime) -> None:
    """Else each would cost its part of a page: the whole read is one page, however many are not wanted."""
    for number in range(1, desk.page_size + 10):
        desk.add_ticket(number, queue=desk.other_queue)
    desk.add_ticket(desk.page_size + 10, queue=desk.queue)
    source = desk.open(time)
    wanted = TicketsWanted(queues=frozenset({desk.queue}))
    page = source.all_tickets(wanted, None)
    assert ([row.queue for row in page.rows], page.next) == ([desk.queue], None)
    assert desk.reads() == 1
    assert source.count_tickets(wanted) in (1, None)


def test_statuses_that_are_left_out_are_left_out(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1)
    source = desk.open(time)
    (ticket,) = source.all_tickets(ALL, None).rows
    assert source.all_tickets(TicketsWanted(without_statuses=frozenset({ticket.status})), None).rows == ()


def test_a_changed_read_overlaps_and_costs_one_call(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1)
    desk.add_ticket(2, changed=SINCE)
    desk.add_ticket(3, company=8, changed=LATER)
    source = desk.open(time)
    page = source.all_tickets_changed(SINCE, None)
    assert sorted(row.id for row in page.rows) == ["2", "3"]
    assert (page.total, page.next) == (None, None)
    assert desk.reads() == 1
    assert page.as_of == "2026-11-21T10:00:00Z"


def test_one_ticket_costs_one_call(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1)
    source = desk.open(time)
    source.staff(None)  # so that what every connection asks once does not count here
    before = len(desk.requests)
    found = source.ticket(scope("7"), "1")
    assert found is not None
    assert (found.id, found.company_id, found.title) == ("1", "7", "Ticket 1")
    assert len(desk.requests) - before == 1
    assert source.ticket(scope("7"), "99") is None


def test_another_companys_ticket_is_a_stranger(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1, company=8)
    with pytest.raises(Stranger):
        desk.open(time).ticket(scope("7"), "1")


@pytest.mark.parametrize("forged", ["7,8", "", "-1"])
def test_a_scope_that_names_no_single_company_opens_no_ticket(desk: Desk, time: FakeTime, forged: str) -> None:
    source = desk.open(time)
    for act in (
        lambda: source.ticket(scope(forged), "1"),
        lambda: source.create_ticket(scope(forged), desk.new_ticket("key")),
        lambda: source.add_note(scope(forged), "1", NewNote("Hello")),
    ):
        with pytest.raises(Stop):
            act()
    assert desk.writes == []


# --- writing -----------------------------------------------------------------------------------------


def test_a_create_called_again_finds_what_it_made(desk: Desk, time: FakeTime) -> None:
    made = desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    again = desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    other = desk.open(time).create_ticket(scope(), desk.new_ticket("key-2"))
    assert again == made != other
    assert len(desk.writes) == 2
    found = desk.open(time).ticket(scope(), made)
    assert found is not None
    assert (found.external_key, found.title, found.queue) == ("key-1", "Printer jams", desk.queue)


def test_a_key_of_any_length_is_found_again(desk: Desk, time: FakeTime) -> None:
    key = "key-" + "x" * 200
    made = desk.open(time).create_ticket(scope(), desk.new_ticket(key))
    assert desk.open(time).create_ticket(scope(), desk.new_ticket(key)) == made


@pytest.mark.parametrize(
    "fault",
    [httpx.ReadError("reset"), httpx.ReadTimeout("slow"), httpx.Response(503), httpx.Response(200, text="<html>")],
)
def test_a_write_of_unknown_outcome_is_not_sent_twice(desk: Desk, time: FakeTime, fault: Any) -> None:
    desk.torn.append(fault)
    with pytest.raises(Stop, match="did not confirm"):
        desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    assert len(desk.writes) == 1


def test_after_a_torn_write_the_create_finds_what_was_made(desk: Desk, time: FakeTime) -> None:
    desk.torn.append(httpx.ReadError("reset"))
    source = desk.open(time)
    with pytest.raises(Stop):
        source.create_ticket(scope(), desk.new_ticket("key-1"))
    found = source.ticket(scope(), source.create_ticket(scope(), desk.new_ticket("key-1")))
    assert found is not None
    assert len(desk.writes) == 1


def test_a_write_that_was_throttled_may_be_tried_later(desk: Desk, time: FakeTime) -> None:
    desk.torn.append(httpx.Response(429, headers={"Retry-After": "7"}))
    with pytest.raises(TryLater):
        desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    assert len(desk.writes) == 1


def test_a_refused_write_says_what_to_do_and_shows_no_key(desk: Desk, time: FakeTime) -> None:
    desk.torn.append(httpx.Response(desk.refused_with, json=desk.refusal(f"bad {CANARY}")))
    with pytest.raises((TellPerson, AskOperator)) as refused:
        desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    assert CANARY not in every_trace(refused.value)
    assert len(desk.writes) == 1


def test_only_what_is_given_is_changed(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1)
    source = desk.open(time)
    before = source.ticket(scope(), "1")
    source.change_ticket(scope(), "1", TicketChange(status=desk.done_status))
    after = source.ticket(scope(), "1")
    assert before is not None
    assert after is not None
    assert before.status != after.status == desk.done_status
    assert (after.title, after.queue, after.priority) == (before.title, before.queue, before.priority)
    assert len(desk.writes) == 1


def test_nothing_is_written_to_another_companys_ticket(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1, company=8)
    source = desk.open(time)
    with pytest.raises(Stranger):
        source.change_ticket(scope("7"), "1", TicketChange(status=desk.done_status))
    with pytest.raises(Stranger):
        source.add_note(scope("7"), "1", NewNote("For the wrong eyes"))
    with pytest.raises(TellPerson):
        source.add_note(scope("7"), "99", NewNote("For nobody"))
    assert desk.writes == []


# --- notes -------------------------------------------------------------------------------------------


def test_notes_are_of_their_ticket_and_say_who_may_read_them(desk: Desk, time: FakeTime) -> None:
    desk.add_ticket(1)
    desk.add_ticket(2)
    desk.add_note(11, 1, for_client=True)
    desk.add_note(12, 2, for_client=True)
    desk.add_note(13, 1, for_client=False)
    notes = desk.open(time).notes(scope(), "1", None).rows
    assert [(note.id, note.ticket_id, note.for_client) for note in notes] == [("11", "1", True), ("13", "1", False)]


@pytest.mark.parametrize("for_client", [True, False])
def test_a_note_reads_back_as_it_was_written(desk: Desk, time: FakeTime, for_client: bool) -> None:
    desk.add_ticket(1)
    source = desk.open(time)
    note_id = source.add_note(scope(), "1", NewNote("We are on it.", for_client=for_client))
    (note,) = source.notes(scope(), "1", None).rows
    assert (note.id, note.text, note.for_client) == (note_id, "We are on it.", for_client)
    assert len(desk.writes) == 1


# --- lists -------------------------------------------------------------------------------------------


def test_every_list_is_read_in_the_sources_order(desk: Desk, time: FakeTime) -> None:
    source = desk.open(time)
    assert isinstance(source, HasPicklists)
    lists = source.picklists()
    assert {Pick.QUEUES, Pick.TICKET_STATUSES, Pick.PRIORITIES, Pick.OWNERS} <= set(lists)
    assert desk.queue in {choice.id for choice in lists[Pick.QUEUES]}
    assert all(choice.id and choice.label for choices in lists.values() for choice in choices)


def test_a_status_says_whether_the_source_counts_it_as_closed(desk: Desk, time: FakeTime) -> None:
    """One does, and of the other lists no value."""
    lists = desk.open(time).picklists()
    closing = [(pick, choice.id) for pick, choices in lists.items() for choice in choices if choice.is_closing]
    assert closing == [(Pick.TICKET_STATUSES, desk.done_status)]


def test_a_list_that_is_not_open_is_left_out(desk: Desk, time: FakeTime) -> None:
    whole = set(desk.open(time).picklists())
    desk.close_object(desk.closed_list)
    left = set(desk.open(time).picklists())
    assert whole - left == {desk.closed_pick}


def test_owners_are_active_people(desk: Desk, time: FakeTime) -> None:
    (owner,) = desk.open(time).picklists()[Pick.OWNERS]
    assert (owner.id, owner.label, owner.email) == desk.owner


def test_a_missing_right_to_write_is_the_operators(desk: Desk, time: FakeTime) -> None:
    desk.torn.append(httpx.Response(403))
    with pytest.raises(GangwayError) as refused:
        desk.open(time).create_ticket(scope(), desk.new_ticket("key-1"))
    assert isinstance(refused.value, AskOperator)

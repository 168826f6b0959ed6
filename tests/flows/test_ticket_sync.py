"""Tickets as they come from the PSA: whole, then what changed; only of mapped companies; never parted with on a doubt."""

from dataclasses import replace

import pytest

from domain.company import Company
from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble
from domain.hooking import Refresh
from domain.psa import Feature, Hooked, TicketsWanted
from flows import callouts, mapping, sync, ticket_sync, tickets
from sandbox.world import ManualClock
from storage.store import Store
from tests.flows.engine import Killed
from tests.flows.ticket_paper import CHOSEN, CLOSED, DUPLICATE, TRIAGED, Service, TicketPaper, service


@pytest.fixture
def desk(store: Store) -> Service:
    made = service(store)
    for number in range(1, 4):
        made.paper.ticket_(f"{number}", "1", f"Contoso {number}")
    made.paper.ticket_("11", "2", "Fabrikam")
    made.paper.ticket_("99", "3", "Of a company that nobody mapped")
    made.synced()
    return made


def test_a_first_sync_brings_the_tickets_of_mapped_companies_and_counts_the_rest(desk: Service) -> None:
    assert desk.here(desk.contoso) == ["1", "2", "3"]
    assert desk.here(desk.fabrikam) == ["11"]
    assert "1 belong to companies that are not mapped" in desk.note()


def test_a_whole_read_of_20000_tickets_costs_one_query_for_each_500(quick_store: Store) -> None:
    made = service(quick_store)
    for number in range(20_000):
        made.paper.ticket_(f"{number}", "1" if number % 2 else "3")
    calls = made.synced()
    assert calls.count("all tickets") == 40
    assert len(calls) <= 42, calls
    assert len(made.here(made.contoso)) == 10_000


def test_a_sync_after_that_asks_only_for_what_changed(desk: Service) -> None:
    assert desk.synced() == ["tickets changed", "notes changed"]
    assert desk.note() == "Nothing changed."
    desk.paper.edit_ticket("2", title="Contoso two", status=TRIAGED)
    assert "all tickets" not in desk.synced()
    with desk.bench.store.work() as work:
        ticket = work.tickets.live(desk.id_of("2"))
    assert ticket is not None
    assert (ticket.title, ticket.status) == ("Contoso two", TRIAGED)
    assert desk.note() == "1 changed."


def test_what_is_not_wanted_any_more_leaves_and_comes_back(desk: Service) -> None:
    desk.choose(replace(CHOSEN, without_statuses=frozenset({DUPLICATE})))
    desk.synced()
    desk.paper.edit_ticket("2", status=DUPLICATE)
    assert desk.synced()[0] == "tickets changed"
    assert desk.here(desk.contoso) == ["1", "3"]
    desk.paper.edit_ticket("2", status=CLOSED)
    desk.synced()
    assert desk.here(desk.contoso) == ["1", "2", "3"]


def test_other_settings_are_followed_by_a_whole_read_and_are_no_loss(desk: Service) -> None:
    for number in range(20, 30):
        desk.paper.ticket_(f"{number}", "1", queue="11")
    desk.synced()
    desk.choose(replace(CHOSEN, queues=frozenset({"11"})))
    assert "all tickets" in desk.synced()
    assert len(desk.here(desk.contoso)) == 10
    assert desk.bench.ear.questions == [], "a narrower choice is nobody's loss"


def test_a_company_mapped_later_gets_its_tickets_with_the_next_sync(desk: Service) -> None:
    late = desk.bench.company("Late", "elsewhere.com")
    desk.bench.mapped(desk.connection, late, "3")
    assert "all tickets" in desk.synced()
    assert desk.here(late) == ["99"]


def test_deleted_tickets_leave_with_the_daily_whole_read(desk: Service) -> None:
    for number in range(20, 40):
        desk.paper.ticket_(f"{number}", "1")
    desk.synced()
    del desk.paper.tickets_["2"]
    desk.synced()
    assert "2" in desk.here(desk.contoso), "an incremental read cannot tell"
    desk.bench.clock.advance(24 * 3600)
    desk.synced()
    assert "2" not in desk.here(desk.contoso)


@pytest.mark.parametrize("left", [0, 1])
def test_a_whole_read_that_shrank_parts_with_nothing_and_asks(desk: Service, left: int) -> None:
    desk.bench.clock.advance(25 * 3600)
    kept = dict(list(desk.paper.tickets_.items())[:left])
    desk.paper.tickets_ = kept
    desk.synced()
    assert desk.here(desk.contoso) == ["1", "2", "3"]
    ((question, said),) = desk.bench.ear.questions
    assert f"only {left} of the 4 tickets" in said
    sync.answer(desk.bench.context, desk.bench.admin, question, believe=True)
    desk.bench.workshop.run()
    assert desk.here(desk.contoso) == list(kept)


def test_a_read_by_half_parts_with_nothing(desk: Service) -> None:
    for number in range(100, 1000):
        desk.paper.ticket_(f"{number}", "1")
    desk.synced()
    desk.bench.clock.advance(25 * 3600)
    desk.paper.loses = 40
    desk.synced()
    assert len(desk.here(desk.contoso)) == 903
    assert "gave only" in desk.note()


def test_lost_rights_are_said_and_delete_nothing(desk: Service) -> None:
    desk.bench.clock.advance(25 * 3600)
    desk.paper.trouble = [AskOperator("The API user may no longer see tickets.", Trouble.MISSING_RIGHT)]
    desk.synced()
    assert desk.here(desk.contoso) == ["1", "2", "3"]
    assert desk.note() == "The API user may no longer see tickets."


@pytest.mark.parametrize("to", ["3", None])
def test_a_remapped_company_has_none_of_its_old_tickets_at_once(desk: Service, to: str | None) -> None:
    with desk.bench.store.work() as work:
        (link,) = work.links.of_one_company(desk.contoso.id)
    desk.bench.two_eyes_are_enough()
    mapping.remap(desk.bench.context, desk.bench.admin, link.id, to, False)
    assert desk.here(desk.contoso) == []
    desk.synced()
    assert desk.here(desk.contoso) == (["99"] if to else [])


def test_tickets_go_over_to_whom_their_company_is_mapped_to_now_and_leave_nothing_behind(desk: Service) -> None:
    desk.paper.note_("n1", "1", "Said to Contoso")
    desk.synced()
    before = desk.id_of("1")
    with desk.bench.store.work() as work:
        (link,) = work.links.of_one_company(desk.contoso.id)
        assert len(work.ticket_notes.of(before)) == 1
    desk.bench.two_eyes_are_enough()
    mapping.remap(desk.bench.context, desk.bench.admin, link.id, None, False)
    other: Company = desk.bench.company("Other", "other.com")
    desk.bench.mapped(desk.connection, other, "1")
    desk.synced()
    assert desk.here(other) == ["1", "2", "3"]
    assert desk.id_of("1") != before, "a button drawn for Contoso opens nothing of the other's"
    with desk.bench.store.work() as work:
        assert work.tickets.get(before) is None
        assert work.ticket_notes.of(desk.id_of("1")) == ()


def test_unchanged_tickets_are_not_written_again(desk: Service) -> None:
    desk.bench.clock.advance(25 * 3600)
    desk.synced()
    assert desk.note().startswith("Nothing changed.")


def test_comments_come_with_the_next_sync_and_only_for_tickets_that_are_here(desk: Service) -> None:
    desk.paper.note_("n1", "1", "A word", author_id="50")
    desk.paper.note_("n2", "99", "To somebody else")
    desk.synced()
    with desk.bench.store.work() as work:
        (note,) = work.ticket_notes.of(desk.id_of("1"))
    assert (note.text, note.author, note.external_id) == ("A word", "Tess Tran", "n1")


# --- one by one --------------------------------------------------------------------------------------------------


def test_a_callout_costs_one_call_and_tells_the_cards(desk: Service) -> None:
    desk.paper.edit_ticket("1", status=TRIAGED)
    desk.paper.calls.clear()
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "1")
    assert desk.paper.calls == ["ticket"]
    assert desk.bench.ear.tickets == [desk.id_of("1")]


def test_a_callout_about_a_ticket_that_is_not_here_yet_brings_it_in_one_call(desk: Service) -> None:
    desk.paper.ticket_("4", "1")
    desk.paper.calls.clear()
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "4")
    assert desk.paper.calls == ["tickets changed"]
    assert "4" in desk.here(desk.contoso)


def test_a_callout_about_a_ticket_that_cannot_be_read_takes_nothing_away(desk: Service) -> None:
    del desk.paper.tickets_["1"]
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "1")
    assert "1" in desk.here(desk.contoso)


def deleted(ticket_id: str) -> Refresh:
    """What a signed callout said."""
    return Refresh(Hooked.TICKETS, ticket_id, "", (), deleted=True)


def test_a_ticket_that_was_deleted_at_the_psa_leaves_once_the_read_agrees(desk: Service) -> None:
    """And its cards are told; the sync after it misses nothing and asks nobody."""
    told = callouts.REFRESHERS[Hooked.TICKETS]
    told(desk.bench.context, desk.connection.id, deleted("1"))
    assert "1" in desk.here(desk.contoso), "it is still there: the callout is believed no further"
    del desk.paper.tickets_["1"]
    desk.bench.ear.tickets.clear()
    told(desk.bench.context, desk.connection.id, deleted("1"))
    assert desk.here(desk.contoso) == ["2", "3"]
    assert desk.bench.ear.tickets == [desk.id_of("1")]
    with pytest.raises(NotAllowed):
        tickets.card(desk.bench.context, desk.bench.admin, desk.id_of("1"))


def test_a_deletion_that_could_not_be_looked_at_takes_nothing_away(desk: Service) -> None:
    del desk.paper.tickets_["1"]
    desk.paper.trouble = [AskOperator("The API user may not read tickets any more.", Trouble.MISSING_RIGHT)]
    with pytest.raises(AskOperator):
        callouts.REFRESHERS[Hooked.TICKETS](desk.bench.context, desk.connection.id, deleted("1"))
    assert "1" in desk.here(desk.contoso)


def test_a_deletion_undone_at_the_psa_brings_the_ticket_back(desk: Service) -> None:
    there = desk.paper.tickets_.pop("1")
    callouts.REFRESHERS[Hooked.TICKETS](desk.bench.context, desk.connection.id, deleted("1"))
    desk.paper.tickets_["1"] = there
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "1")
    assert "1" in desk.here(desk.contoso)


def test_a_ticket_moved_to_another_company_upstream_leaves_nothing_where_it_was(desk: Service) -> None:
    before = desk.id_of("1")
    desk.paper.edit_ticket("1", company_id="2")
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "1")
    assert desk.here(desk.contoso) == ["2", "3"]
    assert desk.here(desk.fabrikam) == ["1", "11"], "where it is now it is seen at once"
    assert desk.id_of("1") != before


@pytest.mark.parametrize("to", ["2", "3"])
def test_a_comment_on_a_ticket_that_moved_is_kept_nowhere_where_it_was(desk: Service, to: str) -> None:
    """The comment is heard of before the move, or the move is not heard of at all: to a company that is mapped, or not."""
    before = desk.id_of("1")
    desk.paper.edit_ticket("1", company_id=to)
    desk.paper.note_("n1", "1", "For the other company alone")
    ticket_sync.refresh_note(desk.bench.context, desk.connection.id, "n1", "1")
    assert desk.here(desk.contoso) == ["2", "3"]
    assert desk.bench.ear.tickets[0] == before, "its cards are taken away"
    with desk.bench.store.work() as work:
        assert work.ticket_notes.of(before) == ()


@pytest.mark.parametrize("to", ["2", "3"])
def test_a_sync_parts_with_a_moved_ticket_before_it_keeps_its_comments(desk: Service, to: str) -> None:
    before = desk.id_of("1")
    desk.paper.edit_ticket("1", company_id=to)
    desk.paper.note_("n1", "1", "For the other company alone")
    desk.synced()
    assert desk.here(desk.contoso) == ["2", "3"]
    assert before in desk.bench.ear.tickets, "its cards are taken away"
    with desk.bench.store.work() as work:
        assert work.ticket_notes.of(before) == ()


def test_a_card_that_is_opened_after_its_ticket_moved_shows_nothing_of_it(desk: Service) -> None:
    ticket, admin = desk.id_of("1"), desk.bench.admin
    desk.paper.edit_ticket("1", company_id="3")
    desk.paper.note_("n1", "1", "For the other company alone")
    with pytest.raises(NotAllowed):
        tickets.opened(desk.bench.context, admin, ticket)


def test_a_callout_about_a_comment_reads_the_comments_of_its_ticket(desk: Service) -> None:
    """And looks at the ticket where one is new: a comment does not say whose it is."""
    desk.paper.note_("n1", "1", "A word")
    desk.paper.calls.clear()
    ticket_sync.refresh_note(desk.bench.context, desk.connection.id, "n1", "1")
    assert desk.paper.calls == ["notes", "ticket"]
    desk.paper.calls.clear()
    ticket_sync.refresh_note(desk.bench.context, desk.connection.id, "n1", "1")
    assert desk.paper.calls == ["notes"]
    assert desk.bench.ear.tickets == [desk.id_of("1")], "what is known already is told nobody"
    desk.paper.calls.clear()
    ticket_sync.refresh_note(desk.bench.context, desk.connection.id, "n1")
    assert desk.paper.calls == ["notes changed", "tickets changed"]


def test_with_tickets_switched_off_nothing_is_read(desk: Service) -> None:
    sync.toggle(desk.bench.context, desk.bench.admin, desk.connection.id, Feature.TICKETS, False)
    desk.paper.calls.clear()
    ticket_sync.refresh(desk.bench.context, desk.connection.id, "1")
    ticket_sync.refresh_note(desk.bench.context, desk.connection.id, "n1", "1")
    assert desk.synced() == []
    assert desk.paper.calls == []


def test_wanted_says_the_same_as_the_query() -> None:
    paper = TicketPaper(ManualClock())
    rows = [paper.ticket_(f"{n}", "1", queue=f"{10 + n % 2}", category=f"{20 + n % 3}", status=f"{n % 4}") for n in range(24)]
    for wanted in (TicketsWanted(), TicketsWanted(queues=frozenset({"10"})), TicketsWanted(categories=frozenset({"21", "22"})),
                   TicketsWanted(frozenset({"11"}), frozenset({"20"}), frozenset({"1", "3"}))):
        assert [row for row in rows if ticket_sync.is_wanted(wanted, row)] == paper._wanted(wanted)


# --- asked for ---------------------------------------------------------------------------------------------------


def test_tickets_alone_are_synced_when_asked_for_and_not_twice_within_two_minutes(desk: Service) -> None:
    context, admin = desk.bench.context, desk.bench.admin
    desk.paper.edit_ticket("1", title="Asked for")
    desk.paper.calls.clear()
    said = sync.ask(context, admin, desk.connection.id, Feature.TICKETS)
    assert said.startswith("Autotask PSA: tickets is being synced")
    desk.bench.workshop.run()
    assert desk.paper.calls == ["tickets changed", "notes changed"]
    for seconds, refused in ((119, True), (2, False)):
        desk.bench.clock.advance(seconds)
        if refused:
            with pytest.raises(TellPerson, match="just now"):
                sync.ask(context, admin, desk.connection.id, Feature.TICKETS)
        else:
            sync.ask(context, admin, desk.connection.id, Feature.TICKETS)


def test_a_sync_of_everything_just_now_counts_for_its_tickets_too(desk: Service) -> None:
    sync.ask(desk.bench.context, desk.bench.admin, desk.connection.id)
    with pytest.raises(TellPerson, match="just now"):
        sync.ask(desk.bench.context, desk.bench.admin, desk.connection.id, Feature.TICKETS)


@pytest.mark.parametrize("kill_at", [1, 3, 6, 9, 12, 15, 18])
def test_a_sync_that_died_goes_on_and_brings_the_same(desk: Service, kill_at: int) -> None:
    for number in range(20, 30):
        desk.paper.ticket_(f"{number}", "1")
    desk.paper.note_("n1", "1", "A word")
    desk.bench.clock.advance(25 * 3600)
    sync.ask(desk.bench.context, desk.bench.admin, desk.connection.id, Feature.TICKETS)
    workshop = desk.bench.workshop
    workshop.dies_at(kill_at)
    for _ in range(2):
        try:
            workshop.run()
        except Killed:
            continue
    assert len(desk.here(desk.contoso)) == 13
    with desk.bench.store.work() as work:
        assert len(work.ticket_notes.of(desk.id_of("1"))) == 1

"""Clear & Resync: everything synced goes and comes back, what exists only here stays, and a second person agreed."""

import pytest

from domain.approval import Choice
from domain.errors import NotAllowed, TellPerson, TryLater
from domain.psa import Feature
from domain.roles import Role
from flows import requests, sync, ticket_acts, ticket_clearing, ticket_places
from flows.performers import PERFORMERS
from storage.store import Store
from tests.flows.ticket_paper import Service, service


@pytest.fixture
def desk(store: Store) -> Service:
    made = service(store)
    for number in range(1, 13):
        made.paper.ticket_(f"{number}", "1" if number < 11 else "2", f"Ticket {number}")
    made.paper.note_("n1", "1", "hello")
    made.synced()
    return made


def agreed(desk: Service) -> str:
    """Ask for it as an Admin, and let another one agree."""
    context = desk.bench.context
    assert ticket_clearing.clear(context, desk.bench.admin, desk.connection.id) == ticket_clearing.ASKED
    (request_id,) = desk.bench.ear.requests[-1:]
    second = desk.bench.desk(Role.ADMIN, "U2")
    return requests.decide(context, second, request_id, Choice.APPROVE, PERFORMERS)[0].note


def test_nothing_goes_before_a_second_person_agreed_who_reads_how_many(desk: Service) -> None:
    context = desk.bench.context
    ticket_clearing.clear(context, desk.bench.admin, desk.connection.id)
    assert len(desk.here(desk.contoso)) == 10
    request_id = desk.bench.ear.requests[-1]
    assert "All 12 synced tickets of Autotask PSA shall be deleted here" in requests.drawn(context, request_id).summary
    refused = requests.decide(context, desk.bench.admin, request_id, Choice.APPROVE, PERFORMERS)[1]
    assert refused.moves_to is None
    assert len(desk.here(desk.contoso)) == 10


def test_all_of_it_goes_and_comes_back(desk: Service) -> None:
    """The rows are new, what they say is what the PSA says, also of what was lost there in between."""
    before = desk.id_of("2")
    del desk.paper.tickets_["3"]
    assert agreed(desk) == "12 synced tickets of Autotask PSA were cleared, and are read anew now."
    assert desk.here(desk.contoso) == []
    desk.bench.workshop.run()
    assert desk.here(desk.contoso) == ["1", "10", "2", "4", "5", "6", "7", "8", "9"]
    assert desk.here(desk.fabrikam) == ["11", "12"]
    assert desk.id_of("2") != before
    assert desk.bench.ear.questions == [], "a clearing is no loss"


def test_what_exists_only_here_is_named_and_kept(desk: Service) -> None:
    """A comment that could not be written yet, and a card in Slack, both of tickets that keep their row."""
    context = desk.bench.context
    room = desk.bench.desk(Role.TECHNICIAN, bound=desk.contoso)
    waiting, followed = desk.id_of("1"), desk.id_of("2")
    desk.paper.trouble = [TellPerson("Autotask does not take that.")]
    ticket_acts.comment(context, room, "note-a", waiting, "not written yet", for_client=False)
    desk.bench.workshop.run()
    ticket_places.posted(context, followed, room.channel, "9.9", thread=True)
    there = ticket_clearing.look(context, desk.bench.admin, desk.connection.id)
    assert there.tickets == 12
    assert ticket_clearing.kept(there.only_here) == [
        "Kept, because not written yet: comments on T2026.1.", "Kept: 1 card in Slack, to be filled up again.",
    ]  # fmt: skip
    agreed(desk)
    desk.bench.workshop.run()
    assert (desk.id_of("1"), desk.id_of("2")) == (waiting, followed)
    with desk.bench.store.work() as work:
        assert "not written yet" in {note.text for note in work.ticket_notes.of(waiting)}
        refilled = work.tickets.live(followed)
    assert refilled is not None
    assert refilled.title == "Ticket 2"
    assert [place.ts for place in ticket_places.of(context, followed)] == ["9.9"]


def test_while_the_psa_is_away_what_was_cleared_comes_with_a_later_sync(desk: Service) -> None:
    agreed(desk)
    desk.paper.trouble = [TryLater("away", 60)]
    desk.bench.workshop.run()
    assert len(desk.here(desk.contoso)) == 10


def test_it_is_for_admins_in_a_channel_of_the_whole_msp(desk: Service) -> None:
    for who in (desk.bench.desk(Role.TECHNICIAN), desk.bench.desk(Role.ADMIN, bound=desk.contoso)):
        with pytest.raises(NotAllowed):
            ticket_clearing.clear(desk.bench.context, who, desk.connection.id)


def test_with_tickets_off_there_is_nothing_to_clear(desk: Service) -> None:
    sync.toggle(desk.bench.context, desk.bench.admin, desk.connection.id, Feature.TICKETS, on=False)
    with pytest.raises(TellPerson, match="are not synced"):
        ticket_clearing.clear(desk.bench.context, desk.bench.admin, desk.connection.id)


@pytest.mark.parametrize(("seconds", "runs"), [(119, False), (121, True)])
def test_a_quick_sync_does_not_run_twice_within_two_minutes(desk: Service, seconds: int, runs: bool) -> None:
    """119 seconds after the last one it is refused in words, 121 seconds after it runs."""
    context, admin = desk.bench.context, desk.bench.admin
    sync.ask(context, admin, desk.connection.id, Feature.TICKETS)
    desk.bench.workshop.run()
    desk.bench.clock.advance(seconds)
    desk.paper.calls.clear()
    if runs:
        sync.ask(context, admin, desk.connection.id, Feature.TICKETS)
    else:
        with pytest.raises(TellPerson, match="is being synced or was just now"):
            sync.ask(context, admin, desk.connection.id, Feature.TICKETS)
    desk.bench.workshop.run()
    assert bool(desk.paper.calls) is runs

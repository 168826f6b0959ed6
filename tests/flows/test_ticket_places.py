"""Cards that stand in a channel: what everybody may see and no more, and each thing said once in a thread."""

import pytest

from domain.display_group import DisplayGroup, TicketField
from domain.errors import TellPerson, TryLater
from domain.roles import Role
from flows import display_groups, ticket_places, ticket_sync
from storage.store import Store
from tests.flows.ticket_paper import WORKING, Service, service


def bind(made: Service, company_id: str | None) -> None:
    with made.bench.store.write() as work:
        work.desks.bind(f"C-{made.contoso.id}", company_id, "test")


@pytest.fixture
def desk(store: Store) -> Service:
    made = service(store)
    made.paper.ticket_("1", "1", "Printer", assignee_id="50", description="canary-description")
    made.paper.note_("n0", "1", "Said before")
    made.synced()
    bound = made.bench.desk(bound=made.contoso)
    bind(made, made.contoso.id)
    shown = ticket_places.follow(made.bench.context, bound, made.id_of("1"))
    ticket_places.posted(made.bench.context, shown.id, bound.channel, "1.1", thread=True)
    return made


def news(made: Service) -> list[str]:
    """What the thread would be told now."""
    (place,) = ticket_places.of(made.bench.context, made.id_of("1"))
    return [one.note.text if one.note else f"{one.before} → {one.after}" for one in ticket_places.news(made.bench.context, place)]


def test_a_thread_begins_with_what_comes_after_the_card(desk: Service) -> None:
    assert news(desk) == []
    desk.paper.note_("n1", "1", "New words")
    desk.paper.edit_ticket("1", status=WORKING)
    desk.synced()
    assert news(desk) == ["New words", "New → Working"]


def test_what_was_claimed_is_not_said_again_and_what_slack_refused_is(desk: Service) -> None:
    """Two of us, or one that comes back after a crash, say a thing once."""
    desk.paper.note_("n1", "1", "New words")
    desk.paper.edit_ticket("1", status=WORKING)
    desk.synced()
    context = desk.bench.context
    (place,) = ticket_places.of(context, desk.id_of("1"))
    for one in ticket_places.news(context, place):
        assert ticket_places.claim(context, place, one)
        assert not ticket_places.claim(context, place, one)
        ticket_places.unclaim(context, place, one)
        assert ticket_places.claim(context, place, one)
    assert news(desk) == []


def test_a_card_is_behind_until_it_was_redrawn(desk: Service) -> None:
    context, id_ = desk.bench.context, desk.id_of("1")
    (place,) = ticket_places.of(context, id_)
    current = ticket_places.current(context, id_)
    assert current is not None
    ticket_places.redrawn(context, place, current[1])
    assert ticket_places.behind(context, desk.connection.id) == []
    desk.paper.edit_ticket("1", title="Another title")
    ticket_sync.refresh(context, desk.connection.id, "1")
    assert ticket_places.behind(context, desk.connection.id) == [id_]


def test_a_sync_tells_the_cards_that_are_behind_and_no_others(desk: Service) -> None:
    context, id_ = desk.bench.context, desk.id_of("1")
    current = ticket_places.current(context, id_)
    assert current is not None
    ticket_places.redrawn(context, ticket_places.of(context, id_)[0], current[1])
    desk.bench.ear.tickets.clear()
    desk.synced()
    assert desk.bench.ear.tickets == []
    desk.paper.edit_ticket("1", title="Another title")
    desk.synced()
    assert desk.bench.ear.tickets == [id_]


def test_a_channel_shows_what_every_role_may_see(desk: Service) -> None:
    """A group that hides a field from one role hides it from the channel, where that role reads along."""
    context, id_ = desk.bench.context, desk.id_of("1")
    before = ticket_places.current(context, id_)
    assert before is not None
    assert before[0].description == "canary-description"
    assert before[0].fields
    assert {name for name, _ in before[0].fields} <= {TicketField.CREATED}
    with desk.bench.store.write() as work:
        fields = frozenset({TicketField.STAGE})
        display_groups.keep(work, DisplayGroup("g", "Viewers", "autotask", frozenset({Role.VIEWER}), fields, frozenset()))
    after = ticket_places.current(context, id_)
    assert "canary" not in repr(after)
    assert news(desk) == [], "comments are hidden now, so none is told"


def test_a_ticket_is_followed_once_and_in_its_companys_channel_alone(desk: Service) -> None:
    context, id_ = desk.bench.context, desk.id_of("1")
    with pytest.raises(TellPerson, match="bound to its company only"):
        ticket_places.follow(context, desk.bench.admin, id_)
    with pytest.raises(TellPerson, match="followed here already"):
        ticket_places.follow(context, desk.bench.desk(bound=desk.contoso), id_)


def test_without_its_comments_a_ticket_is_not_followed(desk: Service) -> None:
    """Else the next read of them would pour all of its past into the thread."""
    desk.paper.ticket_("5", "1", "Other")
    desk.synced()
    desk.paper.trouble = [TryLater("Autotask is busy.")]
    with pytest.raises(TellPerson, match="nothing was posted"):
        ticket_places.follow(desk.bench.context, desk.bench.desk(bound=desk.contoso), desk.id_of("5"))


@pytest.mark.parametrize("to", ["another company", "nobody"])
def test_in_a_channel_that_is_not_its_companys_any_more_nothing_of_a_ticket_is_shown(desk: Service, to: str) -> None:
    """The binding is looked at whenever something is about to be shown, and once more right before it is said."""
    context, id_ = desk.bench.context, desk.id_of("1")
    desk.paper.note_("n1", "1", "New words")
    desk.paper.edit_ticket("1", status=WORKING)
    desk.synced()
    (place,) = ticket_places.of(context, id_)
    shown = ticket_places.drawn(context, place)
    waiting = ticket_places.news(context, place)
    assert shown is not None
    assert len(waiting) == 2
    ticket_places.redrawn(context, place, shown[1])
    for one in waiting[:1]:
        assert ticket_places.claim(context, place, one)
    bind(desk, desk.fabrikam.id if to == "another company" else None)
    assert ticket_places.drawn(context, place) is None
    assert ticket_places.news(context, place) == ()
    assert not ticket_places.claim(context, place, waiting[1]), "it was about to be said when the channel changed hands"
    assert ticket_places.behind(context, desk.connection.id) == [id_], "the next sync takes the card away"


def test_a_card_that_came_to_its_maker_directly_stays(desk: Service) -> None:
    """A direct message is bound to nobody."""
    context, id_ = desk.bench.context, desk.id_of("1")
    ticket_places.posted(context, id_, "D1", "2.2", thread=False)
    place = next(each for each in ticket_places.of(context, id_) if each.channel == "D1")
    assert ticket_places.drawn(context, place) is not None

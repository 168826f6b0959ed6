"""What people do at tickets: each wish written once, refusals told, nobody past what their role and company allow."""

from dataclasses import replace

import pytest

from domain.display_group import DisplayGroup, TicketField, TicketTemplate
from domain.errors import AskOperator, NotAllowed, SkipRecord, TellPerson, Trouble, TryLater, Unsure
from domain.psa import Choice, Feature, Pick
from domain.roles import Actor, Role
from domain.ticket import Which
from flows import (
    connect,
    display_groups,
    mapping,
    setups,
    sync,
    ticket_acts,
    ticket_making,
    ticket_places,
    ticket_work,
    tickets,
)
from flows.desk import Desk
from flows.patience import LOOK_AFTER
from flows.tickets import Do
from storage.store import Store
from tests.flows.clients import another_psa, unmapped
from tests.flows.engine import Killed
from tests.flows.ticket_paper import CLOSED, HEARD, LISTS, NEW, REVIEW, WORKING, Service, TicketPaper, service


@pytest.fixture
def desk(store: Store) -> Service:
    made = service(store)
    made.paper.ticket_("1", "1", "Printer on fire", contact_id="c1", assignee_id="50", description="It burns")
    made.paper.ticket_("2", "2", "Fabrikam's own secret")
    made.synced()
    return made


def client(made: Service, email: str = "") -> Desk:
    """A client in Contoso's channel."""
    return Desk(Actor("UC", "Carla Client", Role.CLIENT, email), f"C-{made.contoso.id}", made.contoso, None)


class Deaf:
    """An engine that is dead before it hears of a job."""

    def enqueue(self, job: str, key: str, argument: str, partition: str) -> None:
        """Nobody knows of it."""


def upstream_notes(made: Service) -> list[tuple[str, bool]]:
    return [(note.text, note.for_client) for note in made.paper.notes_.values()]


# --- comments ----------------------------------------------------------------------------------------------------


def test_a_comment_is_kept_then_written_once_and_the_card_says_so(desk: Service) -> None:
    id_ = desk.id_of("1")
    card = ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", id_, "Looking at it", for_client=False)
    assert card.shown.waiting == ("A comment is being written to Autotask PSA…",)
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", id_, "Looking at it", for_client=False)
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Looking at it", False)]
    desk.synced()
    after = tickets.card(desk.bench.context, desk.bench.admin, id_).shown
    assert after.waiting == ()
    assert [(note.text, note.author) for note in after.notes] == [("Looking at it", "Person U1")], "the sync knows it for ours"
    assert desk.bench.ear.tickets


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_comment_comes_back_without_its_writers_name_above_it_and_once(desk: Service, is_lost: bool) -> None:
    """A PSA whose comments have no title has it above the words; it knows an answer that was lost all the same."""
    desk.paper.titles_above = True
    desk.paper.lost = [TryLater("No answer came.")] if is_lost else []
    id_ = desk.id_of("1")
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", id_, "Looking at it", for_client=False)
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Person U1 in Slack\n\nLooking at it", False)]
    for seen in (desk.synced, lambda: tickets.opened(desk.bench.context, desk.bench.admin, id_)):
        seen()
        after = tickets.card(desk.bench.context, desk.bench.admin, id_).shown
        assert [(note.text, note.author) for note in after.notes] == [("Looking at it", "Person U1")]


def test_a_refused_ticket_is_filled_in_again_as_it_stood_and_made_once(desk: Service) -> None:
    context, admin = desk.bench.context, desk.bench.admin
    desk.paper.trouble = [TellPerson("This Autotask asks for a queue here. Choose one and try again.", field="queue")]
    made_one(desk, queue="10", category="21")
    with pytest.raises(TellPerson, match="meanwhile"):
        ticket_making.again(context, admin, "t1")
    desk.bench.workshop.run()
    card = tickets.card(context, admin, "t1")
    assert card.shown.refused
    assert {Do.AMEND, Do.RETRY} <= card.may
    with pytest.raises(TellPerson, match="Only who made"):
        ticket_making.again(context, desk.bench.desk(Role.ADMIN, user="U2"), "t1")
    form = ticket_making.again(context, admin, "t1")
    typed = {name: form.values[name] for name in ("title", "description", "queue", "category", "priority")}
    assert typed == {"title": "New laptop", "description": "For Ada", "queue": "10", "category": "21", "priority": "41"}
    for _ in range(2):
        ticket_making.create(context, admin, "t1", desk.contoso.id, typed | {"queue": "11"}, "", form.connection_id)
    desk.bench.workshop.run()
    (made,) = [row for row in desk.paper.tickets_.values() if row.external_key]
    assert (made.title, made.queue) == ("New laptop", "11")
    assert Do.AMEND not in tickets.card(context, admin, "t1").may


@pytest.mark.parametrize("kill_at", range(1, 12))
def test_a_comment_is_written_once_whenever_we_die(desk: Service, kill_at: int) -> None:
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", desk.id_of("1"), "Once  only", for_client=True)
    desk.bench.workshop.dies_at(kill_at)
    desk.paper.moment = desk.bench.workshop.moment
    for _ in range(3):
        try:
            desk.bench.workshop.run()
        except Killed:
            continue
    desk.paper.moment = lambda: None
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Once  only", True)]
    card = tickets.opened(desk.bench.context, desk.bench.admin, desk.id_of("1")).shown
    assert (len(card.notes), card.waiting, card.troubles) == (1, (), ())


def test_an_answer_that_was_lost_makes_no_second_comment(desk: Service) -> None:
    desk.paper.lost = [TryLater("No answer came.")]
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", desk.id_of("1"), "Hello", for_client=True)
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Hello", True)]


def test_the_same_words_said_twice_on_purpose_are_two_comments(desk: Service) -> None:
    for wish in ("w1", "w2"):
        ticket_acts.comment(desk.bench.context, desk.bench.admin, wish, desk.id_of("1"), "ok", for_client=True)
        desk.paper.lost = [TryLater("No answer came.")]
        desk.bench.workshop.run()
    assert upstream_notes(desk) == [("ok", True), ("ok", True)]


def test_a_refusal_is_told_on_the_card_and_retry_writes_it(desk: Service) -> None:
    desk.paper.trouble = [SkipRecord("Autotask refused: the note type is missing.")]
    id_ = desk.id_of("1")
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", id_, "Hello", for_client=True)
    desk.bench.workshop.run()
    card = tickets.card(desk.bench.context, desk.bench.admin, id_)
    assert card.shown.troubles == ("A comment was not written to Autotask PSA: Autotask refused: the note type is missing.",)
    assert Do.RETRY in card.may
    ((user, _, said),) = desk.bench.ear.private
    assert (user, "was not written" in said, "note type" in said) == ("U1", True, False)
    again = ticket_acts.retry(desk.bench.context, desk.bench.admin, id_)
    assert again.shown.troubles == ()
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Hello", True)]


UNHEARD = "Autotask did not confirm whether it saved the change to Tickets."
NOT_YET = "It is not known yet whether {} arrived at Autotask PSA. Gangway looks there and goes on by itself; nothing is written twice."


def seen_while_waiting(made: Service, ticket_id: str) -> list[tuple[str, ...]]:
    """What the card says is going on, each time it is told to be drawn anew."""
    seen: list[tuple[str, ...]] = []
    before = made.bench.ear.ticket

    def ticket(id_: str) -> None:
        before(id_)
        seen.append(tickets.card(made.bench.context, made.bench.admin, ticket_id).shown.waiting)

    made.bench.ear.ticket = ticket  # type: ignore[method-assign]
    return seen


@pytest.mark.parametrize("arrived", [True, False])
def test_a_ticket_whose_making_was_not_confirmed_is_looked_for_and_stands_there_once(desk: Service, arrived: bool) -> None:
    """It is not said to be unwritten: nobody knows that."""
    (desk.paper.lost if arrived else desk.paper.trouble).append(Unsure(UNHEARD))
    made_one(desk)
    seen = seen_while_waiting(desk, "t1")
    desk.bench.workshop.run()
    assert (seen[0], seen[-1]) == ((NOT_YET.format("the ticket"),), ())
    assert len(desk.paper.tickets_) == 3
    assert tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.name.startswith("T2026")
    assert desk.bench.workshop.waited == [LOOK_AFTER], "what the PSA is still at is given its time"
    assert desk.bench.ear.private == []


@pytest.mark.parametrize("arrived", [True, False])
def test_a_comment_and_a_status_that_were_not_confirmed_are_written_once(desk: Service, arrived: bool) -> None:
    id_ = desk.id_of("1")
    seen = seen_while_waiting(desk, id_)
    for act in (
        lambda: ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", id_, "Hello", for_client=True),
        lambda: ticket_acts.set_status(desk.bench.context, desk.bench.admin, "w2", id_, WORKING),
    ):
        (desk.paper.lost if arrived else desk.paper.trouble).append(Unsure(UNHEARD))
        act()
        desk.bench.workshop.run()
    assert {NOT_YET.format("a comment"), NOT_YET.format("a change")} <= {line for lines in seen for line in lines}
    assert (upstream_notes(desk), desk.paper.tickets_["1"].status) == ([("Hello", True)], WORKING)
    assert tickets.card(desk.bench.context, desk.bench.admin, id_).shown.troubles == ()


def test_what_stays_unknown_is_told_as_unknown_and_retry_finds_it(desk: Service) -> None:
    desk.paper.lost, refused = [Unsure(UNHEARD)], AskOperator("Autotask refused the key.", Trouble.WRONG_KEY)
    made_one(desk)
    told = desk.bench.ear.ticket
    desk.bench.ear.ticket = lambda id_: desk.paper.trouble.append(refused)  # type: ignore[method-assign]
    desk.bench.workshop.run()
    desk.bench.ear.ticket, desk.paper.trouble = told, []  # type: ignore[method-assign]
    (trouble,) = tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.troubles
    assert trouble.startswith("It is not known whether the ticket arrived at Autotask PSA:")
    assert "Autotask refused the key." in trouble
    assert desk.bench.ear.private[-1][2].startswith("It is not known whether your ticket “New laptop” arrived at Autotask PSA.")
    again = ticket_acts.retry(desk.bench.context, desk.bench.admin, "t1")
    assert again.shown.waiting == (NOT_YET.format("the ticket"),)
    assert ticket_work.sweep(desk.bench.context) == 1, "and goes on should its job be lost"
    desk.bench.workshop.run()
    assert len(desk.paper.tickets_) == 3
    assert tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.troubles == ()


def test_a_wish_whose_job_was_never_put_off_is_found_by_the_clock(desk: Service) -> None:
    dying = replace(desk.bench.context, jobs=Deaf())
    ticket_acts.comment(dying, desk.bench.admin, "w1", desk.id_of("1"), "Hello", for_client=True)
    assert ticket_work.sweep(desk.bench.context) == 1
    desk.bench.workshop.run()
    assert upstream_notes(desk) == [("Hello", True)]
    assert ticket_work.sweep(desk.bench.context) == 0


# --- statuses and owners -----------------------------------------------------------------------------------------


def test_a_status_is_set_and_read_back(desk: Service) -> None:
    id_ = desk.id_of("1")
    card = ticket_acts.set_status(desk.bench.context, desk.bench.admin, "w1", id_, WORKING)
    assert card.shown.waiting == ("A change is being written to Autotask PSA…",)
    desk.bench.workshop.run()
    assert desk.paper.tickets_["1"].status == WORKING
    after = tickets.card(desk.bench.context, desk.bench.admin, id_).shown
    assert (after.stage, after.waiting) == ("Working", ())


def test_only_statuses_of_ones_group_are_offered_and_a_forged_one_is_refused(desk: Service) -> None:
    with desk.bench.store.write() as work:
        rules = DisplayGroup("g", "Field", "autotask", frozenset({Role.TECHNICIAN}), frozenset(TicketField), frozenset({REVIEW}))
        display_groups.keep(work, rules)
    tess = desk.bench.desk(Role.TECHNICIAN)
    offered = ticket_acts.statuses(desk.bench.context, tess, desk.id_of("1"))
    assert [choice.label for choice in offered] == ["Ready for Review"]
    for forged in (CLOSED, "999", ""):
        with pytest.raises(NotAllowed, match="You cannot set that status"):
            ticket_acts.set_status(desk.bench.context, tess, "w1", desk.id_of("1"), forged)
    desk.bench.workshop.run()
    assert desk.paper.tickets_["1"].status == NEW


def test_viewers_look_and_change_nothing(desk: Service) -> None:
    vera, id_ = desk.bench.desk(Role.VIEWER), desk.id_of("1")
    assert tickets.card(desk.bench.context, vera, id_).may == frozenset()
    for act in (
        lambda: ticket_acts.comment(desk.bench.context, vera, "w", id_, "x", True),
        lambda: ticket_acts.set_status(desk.bench.context, vera, "w", id_, WORKING),
        lambda: ticket_acts.assign(desk.bench.context, vera, "w", id_, "50"),
        lambda: ticket_making.create(desk.bench.context, vera, "w", desk.contoso.id, {"title": "x"}),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_ticket_is_assigned_to_somebody_who_can_own_one(desk: Service) -> None:
    ticket_acts.assign(desk.bench.context, desk.bench.admin, "w1", desk.id_of("1"), "51")
    with pytest.raises(TellPerson, match="Choose somebody else"):
        ticket_acts.assign(desk.bench.context, desk.bench.admin, "w2", desk.id_of("1"), "777")
    desk.bench.workshop.run()
    assert desk.paper.tickets_["1"].assignee_id == "51"


@pytest.mark.parametrize(("newer", "left"), [("assign", CLOSED), ("status", WORKING)])
def test_a_refused_change_gives_way_to_a_newer_one_of_its_kind_alone(desk: Service, newer: str, left: str) -> None:
    """Whom the ticket goes to says nothing about the status that somebody else still wants."""
    context, admin, id_ = desk.bench.context, desk.bench.admin, desk.id_of("1")
    desk.paper.trouble = [SkipRecord("Autotask refused: a checklist is open.")]
    ticket_acts.set_status(context, admin, "w1", id_, CLOSED)
    desk.bench.workshop.run()
    if newer == "assign":
        ticket_acts.assign(context, admin, "w2", id_, "51")
    else:
        ticket_acts.set_status(context, admin, "w2", id_, WORKING)
    desk.bench.workshop.run()
    card = tickets.card(context, admin, id_)
    assert (Do.RETRY in card.may, bool(card.shown.troubles)) == (newer == "assign", newer == "assign")
    ticket_acts.retry(context, admin, id_)
    desk.bench.workshop.run()
    assert desk.paper.tickets_["1"].status == left
    assert desk.paper.tickets_["1"].assignee_id == ("51" if newer == "assign" else "50")
    assert tickets.card(context, admin, id_).shown.troubles == ()


def test_where_the_psa_is_not_connected_any_more_each_wish_and_a_refresh_say_so(desk: Service) -> None:
    """With the way out, and before anything is kept; the card itself stays to be read."""
    context, admin, id_ = desk.bench.context, desk.bench.admin, desk.id_of("1")
    connect.disconnect(context, admin, desk.connection.id)
    for act in (
        lambda: ticket_acts.may_be_internal(context, admin, id_),
        lambda: ticket_acts.comment(context, admin, "w1", id_, "Hello", for_client=True),
        lambda: ticket_acts.statuses(context, admin, id_),
        lambda: ticket_acts.set_status(context, admin, "w2", id_, WORKING),
        lambda: ticket_acts.assign(context, admin, "w3", id_, "51"),
        lambda: ticket_acts.retry(context, admin, id_),
        lambda: tickets.refreshed(context, admin, id_),
    ):
        with pytest.raises(TellPerson, match="not connected any more") as refusal:
            act()
        assert refusal.value.remedy == "connect"
    card = tickets.opened(context, admin, id_).shown
    assert (card.notes, card.waiting, card.troubles) == ((), (), ())


@pytest.mark.parametrize("what", ["note", "change"])
def test_a_wish_whose_psa_was_disconnected_before_it_was_written_says_so(desk: Service, what: str) -> None:
    """Its job ends in the reason, on the card and to whoever wanted it: nothing breaks on our side."""
    context, admin, id_ = desk.bench.context, desk.bench.admin, desk.id_of("1")
    if what == "note":
        ticket_acts.comment(context, admin, "w1", id_, "Hello", for_client=True)
    else:
        ticket_acts.set_status(context, admin, "w1", id_, WORKING)
    connect.disconnect(context, admin, desk.connection.id)
    desk.bench.workshop.run()
    (trouble,) = tickets.card(context, admin, id_).shown.troubles
    assert "is not connected any more" in trouble
    assert "our side" not in trouble
    ((user, _, said),) = desk.bench.ear.private
    assert (user, "was not written to Autotask PSA" in said) == ("U1", True)


# --- making ------------------------------------------------------------------------------------------------------


def made_one(made: Service, desk_: Desk | None = None, **values: str) -> str:
    given = {"title": "New laptop", "description": "For Ada"} | values
    return ticket_making.create(made.bench.context, desk_ or made.bench.admin, "t1", made.contoso.id, given)


def test_a_new_ticket_has_the_defaults_and_the_type_of_its_category(desk: Service) -> None:
    made_one(desk, category="21")
    card = tickets.card(desk.bench.context, desk.bench.admin, "t1").shown
    assert (card.name, card.waiting) == ("New ticket", ("The ticket is being written to Autotask PSA…",))
    desk.bench.workshop.run()
    (made,) = [row for row in desk.paper.tickets_.values() if row.external_key]
    assert (made.company_id, made.title, made.status, made.queue, made.priority, made.category, made.type) == (
        "1", "New laptop", NEW, "10", "41", "21", "31")  # fmt: skip
    assert tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.name == made.number


@pytest.mark.parametrize(
    ("queue", "expected"),
    [("", ("10", "110", "310")), ("10", ("10", "110", "310")), ("11", ("11", "112", ""))],
)
def test_statuses_and_types_of_one_queue_go_with_that_queue_alone(
    desk: Service, queue: str, expected: tuple[str, str, str]
) -> None:
    """ConnectWise's boards have statuses of their own, and refuse those of another."""
    with desk.bench.store.write() as work:
        kept = setups.tickets(work, desk.connection.id)
        setups.keep_tickets(work, desk.connection.id, replace(kept, defaults={"type": "310"}, types={}))
        work.picks.put(desk.connection.id, {
            Pick.TICKET_STATUSES: (
                Choice("110", "New", parent_id="10", is_default=True), Choice("111", "Triage", parent_id="11"),
                Choice("112", "Alert", parent_id="11", is_default=True),
            ),
            Pick.TICKET_TYPES: (Choice("310", "Incident", parent_id="10"),),
        })  # fmt: skip
    made_one(desk, **({"queue": queue} if queue else {}))
    desk.bench.workshop.run()
    (made,) = [row for row in desk.paper.tickets_.values() if row.external_key]
    assert (made.queue, made.status, made.type) == expected


@pytest.mark.parametrize("kill_at", range(1, 12))
def test_a_ticket_is_made_once_whenever_we_die(desk: Service, kill_at: int) -> None:
    made_one(desk)
    desk.bench.workshop.dies_at(kill_at)
    desk.paper.moment = desk.bench.workshop.moment
    for _ in range(3):
        try:
            desk.bench.workshop.run()
        except Killed:
            desk.paper.moment = lambda: None
            desk.synced()  # a sync in between must know it for ours
    assert len(desk.paper.tickets_) == 3
    assert len(desk.here(desk.contoso)) == 2
    assert tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.name.startswith("T2026")


def test_what_the_psa_refuses_stays_here_with_the_reason(desk: Service) -> None:
    desk.paper.trouble = [AskOperator("Autotask wants a billing code.", Trouble.MISCONFIGURED)]
    made_one(desk)
    desk.bench.workshop.run()
    card = tickets.card(desk.bench.context, desk.bench.admin, "t1")
    assert card.shown.troubles == ("The ticket was not written to Autotask PSA: Autotask wants a billing code.",)
    ticket_acts.retry(desk.bench.context, desk.bench.admin, "t1")
    desk.bench.workshop.run()
    assert len(desk.paper.tickets_) == 3


def test_a_ticket_that_was_made_though_we_heard_a_refusal_is_known_for_ours_by_the_next_sync(desk: Service) -> None:
    desk.paper.lost = [SkipRecord("The answer made no sense.")]
    made_one(desk)
    desk.bench.workshop.run()
    assert tickets.card(desk.bench.context, desk.bench.admin, "t1").shown.troubles
    desk.synced()
    card = tickets.card(desk.bench.context, desk.bench.admin, "t1").shown
    assert (card.name[:5], card.troubles) == ("T2026", ())
    assert len(desk.here(desk.contoso)) == 2


def test_what_a_category_asks_for_must_be_filled_in(desk: Service) -> None:
    desk.paper.required = {"21": frozenset({"queue", "description"})}
    with pytest.raises(TellPerson, match="asks for it") as refusal:
        made_one(desk, category="21", description="")
    assert refusal.value.field == "description"
    form = ticket_making.form(desk.bench.context, desk.bench.admin, desk.contoso.id, {"category": "21"})
    assert {"queue", "description"} <= form.required
    assert form.labels["type"] == "Service request"


@pytest.mark.parametrize(("field", "value"), [("queue", "999"), ("category", "x"), ("priority", "0"), ("contact_id", "c2")])
def test_what_is_not_offered_is_refused_however_it_came(desk: Service, field: str, value: str) -> None:
    with pytest.raises(TellPerson) as refusal:
        made_one(desk, **{field: value})
    assert refusal.value.field == field


def test_a_template_is_the_starting_point(desk: Service) -> None:
    with desk.bench.store.write() as work:
        display_groups.keep_template(work, TicketTemplate("tm", "Laptop", "autotask", "New laptop for …", "Which?", {"queue": "11"}))
    form = ticket_making.form(desk.bench.context, desk.bench.admin, desk.contoso.id, {}, "tm")
    assert (form.values["title"], form.values["queue"], form.values["priority"]) == ("New laptop for …", "11", "41")


@pytest.mark.parametrize("stays", [True, False])
def test_a_ticket_is_made_in_the_psa_its_form_was_drawn_for_or_nowhere(desk: Service, stays: bool) -> None:
    """ConnectWise was mapped when the form was drawn; by the time it is sent Autotask is too, or alone."""
    made, paper = desk.bench, TicketPaper(desk.bench.clock)
    unmapped(made, desk.connection, desk.contoso)
    lists = {pick: tuple(Choice(*each) for each in values.items()) for pick, values in LISTS.items()}
    connectwise = another_psa(made, paper, lists, Feature.TICKETS)
    made.mapped(connectwise, desk.contoso, "c10")
    form = ticket_making.form(made.context, made.admin, desk.contoso.id)
    assert form.source == "ConnectWise PSA"
    made.mapped(desk.connection, desk.contoso, "1")
    values = {"title": "New laptop", "category": "21"}
    if stays:
        ticket_making.create(made.context, made.admin, "t1", desk.contoso.id, values, "", form.connection_id)
        assert tickets.card(made.context, made.admin, "t1").shown.source == "ConnectWise PSA"
        return
    unmapped(made, connectwise, desk.contoso)
    with pytest.raises(TellPerson, match=r"^Contoso is not mapped to ConnectWise PSA any more\. Nothing was made\.$"):
        ticket_making.create(made.context, made.admin, "t1", desk.contoso.id, values, "", form.connection_id)
    with pytest.raises(NotAllowed):
        tickets.card(made.context, made.admin, "t1")


def test_nothing_is_written_through_a_mapping_that_is_no_more(desk: Service) -> None:
    made_one(desk)
    with desk.bench.store.work() as work:
        (link,) = work.links.of_one_company(desk.contoso.id)
    desk.bench.two_eyes_are_enough()
    mapping.remap(desk.bench.context, desk.bench.admin, link.id, "3", False)
    desk.bench.workshop.run()
    assert len(desk.paper.tickets_) == 2
    assert desk.here(desk.contoso) == []


# --- clients -----------------------------------------------------------------------------------------------------


def test_a_client_lists_opens_makes_and_comments_in_its_own_channel(desk: Service) -> None:
    desk.paper.note_("n1", "1", "canary internal", for_client=False)
    desk.paper.note_("n2", "1", "For you", for_client=True)
    desk.synced()
    carla = client(desk)
    page = tickets.page(desk.bench.context, carla, None)
    assert [line.shown.title for line in page.lines] == ["Printer on fire"]
    card = tickets.opened(desk.bench.context, carla, desk.id_of("1"))
    assert [note.text for note in card.shown.notes] == ["For you"]
    assert "canary" not in repr(card)
    made_one(desk, carla)
    ticket_acts.comment(desk.bench.context, carla, "w1", desk.id_of("1"), "Still burning", for_client=False)
    desk.bench.workshop.run()
    assert ("Still burning", True) in upstream_notes(desk), "a client's comment is one for the client"
    assert desk.paper.tickets_["1"].status == HEARD
    assert len(desk.paper.tickets_) == 3


def test_a_client_is_refused_outside_of_its_own_channel(desk: Service) -> None:
    nowhere = replace(client(desk), bound=None)
    with pytest.raises(NotAllowed, match="channel of your own company"):
        tickets.page(desk.bench.context, nowhere, None)
    with pytest.raises(NotAllowed):
        tickets.company_meant(desk.bench.context, nowhere, "Fabrikam")
    with pytest.raises(NotAllowed):
        tickets.card(desk.bench.context, nowhere, desk.id_of("1"))


def test_a_client_known_to_be_anothers_is_refused_in_this_channel(desk: Service) -> None:
    with pytest.raises(NotAllowed, match="your own company"):
        tickets.page(desk.bench.context, client(desk, "fay@fabrikam.com"), None)
    assert tickets.page(desk.bench.context, client(desk, "carla@contoso.com"), None).total == 1


def test_a_client_sets_only_what_its_group_allows_and_assigns_nobody(desk: Service) -> None:
    carla, id_ = client(desk), desk.id_of("1")
    assert tickets.card(desk.bench.context, carla, id_).may == {Do.COMMENT, Do.FOLLOW}
    with pytest.raises(NotAllowed):
        ticket_acts.set_status(desk.bench.context, carla, "w1", id_, CLOSED)
    with pytest.raises(NotAllowed):
        ticket_acts.assign(desk.bench.context, carla, "w1", id_, "50")
    with pytest.raises(NotAllowed):
        ticket_acts.owners(desk.bench.context, carla, id_)


# --- another company's -------------------------------------------------------------------------------------------

FORGED = {
    "card": lambda c, d, t: tickets.card(c, d, t),
    "opened": lambda c, d, t: tickets.opened(c, d, t),
    "refreshed": lambda c, d, t: tickets.refreshed(c, d, t),
    "comment form": lambda c, d, t: ticket_acts.may_be_internal(c, d, t),
    "comment": lambda c, d, t: ticket_acts.comment(c, d, "w1", t, "x", True),
    "statuses": lambda c, d, t: ticket_acts.statuses(c, d, t),
    "set_status": lambda c, d, t: ticket_acts.set_status(c, d, "w1", t, WORKING),
    "owners": lambda c, d, t: ticket_acts.owners(c, d, t),
    "assign": lambda c, d, t: ticket_acts.assign(c, d, "w1", t, "50"),
    "retry": lambda c, d, t: ticket_acts.retry(c, d, t),
    "follow": lambda c, d, t: ticket_places.follow(c, d, t),
}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TECHNICIAN, Role.CLIENT])
@pytest.mark.parametrize("name", FORGED)
def test_anothers_ticket_and_none_are_refused_in_the_same_words(desk: Service, name: str, role: Role) -> None:
    there = desk.bench.desk(role, bound=desk.contoso)
    desk.paper.calls.clear()
    said = []
    for ticket_id in (desk.id_of("2"), "nothing", desk.id_of("2") + "x", ""):
        with pytest.raises(NotAllowed) as refusal:
            FORGED[name](desk.bench.context, there, ticket_id)
        said.append(refusal.value.said)
    assert len(set(said)) == 1
    assert "Fabrikam" not in said[0]
    desk.bench.workshop.run()
    assert desk.paper.calls == [], "nothing is asked of the PSA"


def test_anothers_number_and_none_are_refused_in_the_same_words(desk: Service) -> None:
    there = desk.bench.desk(bound=desk.contoso)
    said = set()
    for number in ("T2026.2", "T2026.404", "2", "%", "' or 1=1 --"):
        with pytest.raises(NotAllowed) as refusal:
            tickets.by_number(desk.bench.context, there, number)
        said.add(refusal.value.said)
    assert len(said) == 1
    assert tickets.by_number(desk.bench.context, there, "t2026.1").shown.title == "Printer on fire"


def test_a_bound_channel_lists_its_company_whatever_was_asked_for(desk: Service) -> None:
    there = desk.bench.desk(bound=desk.contoso)
    for company_id in (None, desk.contoso.id):
        page = tickets.page(desk.bench.context, there, company_id, Which.ALL)
        assert [line.shown.title for line in page.lines] == ["Printer on fire"]
    for forged in (desk.fabrikam.id, "nobody"):
        with pytest.raises(NotAllowed):
            tickets.page(desk.bench.context, there, forged)
        with pytest.raises(NotAllowed):
            ticket_making.create(desk.bench.context, there, "t9", forged, {"title": "x"})
        with pytest.raises(NotAllowed):
            ticket_making.contacts(desk.bench.context, there, forged, "")


def test_a_wish_cannot_take_the_id_of_anothers(desk: Service) -> None:
    ticket_acts.comment(desk.bench.context, desk.bench.admin, "w1", desk.id_of("2"), "Fabrikam's", for_client=True)
    there = desk.bench.desk(bound=desk.contoso)
    with pytest.raises(NotAllowed):
        ticket_acts.comment(desk.bench.context, there, "w1", desk.id_of("1"), "Mine", for_client=True)
    with pytest.raises(NotAllowed):
        ticket_making.create(desk.bench.context, there, desk.id_of("2"), desk.contoso.id, {"title": "Mine"})


# --- lists -------------------------------------------------------------------------------------------------------


def test_filters_find_what_they_say(desk: Service) -> None:
    desk.paper.ticket_("3", "1", "Closed one", status=CLOSED)
    desk.paper.ticket_("4", "1", "Monitor", queue="11", assignee_id="51")
    desk.synced()
    context, admin = desk.bench.context, desk.bench.admin

    def titles(**more: object) -> set[str]:
        return {line.shown.title for line in tickets.page(context, admin, desk.contoso.id, **more).lines}  # type: ignore[arg-type]

    assert titles() == {"Printer on fire", "Monitor"}
    assert titles(which=Which.CLOSED) == {"Closed one"}
    assert titles(which=Which.ALL, search="one") == {"Closed one"}
    assert titles(queue=f"{desk.connection.id}|11") == {"Monitor"}
    with desk.bench.store.write() as work:
        work.picks.put(desk.connection.id, {Pick.OWNERS: (Choice("51", "Tom", email="Tom@northwind-it.example"),)})
    tom = replace(admin, actor=Actor("U9", "Tom", Role.TECHNICIAN, "tom@northwind-it.example"))
    mine = tickets.page(context, tom, None, Which.MINE)
    assert [(line.shown.title, line.company) for line in mine.lines] == [("Monitor", "Contoso")]
    assert tickets.page(context, admin, None, Which.MINE).total == 0, "who has no account there owns nothing"


def test_pages_hold_together_and_end(desk: Service) -> None:
    for number in range(100, 130):
        desk.paper.ticket_(f"{number}", "1", f"Number {number}")
    desk.synced()
    seen = []
    for number in range(1, 6):
        page = tickets.page(desk.bench.context, desk.bench.admin, desk.contoso.id, number=number)
        seen += [line.shown.title for line in page.lines] if page.page == number else []
    assert len(seen) == len(set(seen)) == page.total == 31


def test_what_is_hidden_is_no_way_to_find_out(desk: Service) -> None:
    fields = frozenset({TicketField.NUMBER, TicketField.TITLE})
    with desk.bench.store.write() as work:
        display_groups.keep(work, DisplayGroup("g", "Few", "autotask", frozenset({Role.TECHNICIAN}), fields, frozenset()))
    tess = desk.bench.desk(Role.TECHNICIAN)
    page = tickets.page(desk.bench.context, tess, desk.contoso.id, Which.MINE, f"{desk.connection.id}|11")
    assert (page.by_me, page.by_queue, page.queue, page.total) == (False, False, None, 1)
    assert tickets.page(desk.bench.context, tess, desk.contoso.id, search="burns").total == 0
    assert tickets.queues(desk.bench.context, tess, "") == ()
    assert tickets.card(desk.bench.context, tess, desk.id_of("1")).shown.fields == ()


def test_without_tickets_switched_on_the_next_step_is_said(quick_store: Store) -> None:
    made = service(quick_store)
    sync.toggle(made.bench.context, made.bench.admin, made.connection.id, Feature.TICKETS, False)
    with pytest.raises(TellPerson, match="/msp setup"):
        tickets.page(made.bench.context, made.bench.admin, None)

"""Tickets: whole clicks in a running workspace, cards and threads that follow the PSA, and drawings that fit whatever it holds."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.slack_socket import TimedSocket
from domain.display_group import EVERYTHING, TicketField, TicketTemplate
from domain.errors import SkipRecord, TellPerson
from domain.psa import Choice, Feature, Pick
from domain.roles import Role
from domain.setup import Stage
from domain.ticket import Note, Shown, ShownNote, Which
from flows import connect, display_groups, mapping, ticket_sync
from flows.ticket_making import Form
from flows.ticket_places import News
from flows.tickets import Card, Do, Line, TicketPage
from handlers import register
from handlers.announce import SlackAnnouncer
from handlers.views import tickets as views
from handlers.views import tickets_forms, tickets_places
from handlers.web.metrics import Acks
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from sandbox.workspace.server import Workspace
from storage.store import Store
from tests.flows.clients import another_psa, unmapped
from tests.flows.ticket_paper import LISTS, WORKING, Service, TicketPaper, service
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable, company

ROOM, OPEN_ROOM = "#onboarding", "#general"


@dataclass
class Counter:
    """A service desk with a running workspace before it. Jobs are done when `work` is called."""

    service: Service
    workspace: Workspace
    client: WebClient
    closing: ExitStack

    def person(self, handle: str) -> Person:
        made = Person(self.workspace.base_url, self.workspace.client_token, handle)
        self.closing.callback(made.close)
        return made

    def work(self, person: Person) -> None:
        """Wait until something was put off, and do it."""
        workshop = self.service.bench.workshop
        person.wait_for(lambda: workshop.pending() or None)
        workshop.run()

    def role(self, handle: str, role: Role) -> None:
        with self.service.bench.store.write() as work:
            work.roles.put(self.user(handle), role, "test")

    def user(self, handle: str) -> str:
        return next(str(each["id"]) for each in self.client.users_list()["members"] if each["name"] == handle)

    def bind(self, person: Person, channel: str = ROOM) -> None:
        with self.service.bench.store.write() as work:
            work.desks.bind(person.channel_id(channel), self.service.contoso.id, "test")


@pytest.fixture
def counter(quick_store: Store) -> Iterator[Counter]:
    with ExitStack() as closing:
        workspace = closing.enter_context(Workspace())
        client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
        made = service(quick_store)
        tell = SlackAnnouncer(client, wait=lambda _seconds: None, start=lambda _seconds, act: act())
        made.bench.context = replace(made.bench.context, tell=tell)
        made.bench.workshop.context = made.bench.context
        app = App(client=client)
        register(app, made.bench.context)
        handler = TimedSocket(app, workspace.app_token, Acks())
        handler.connect()  # type: ignore[no-untyped-call]
        workspace.wait_for_app()
        closing.callback(threading.Thread(target=handler.close, daemon=True).start)
        made.paper.ticket_("1", "1", "Printer on fire", description="canary burns", assignee_id="50", priority="40")
        made.paper.ticket_("2", "2", "Fabrikam's secret plan")
        made.synced()
        yield Counter(made, workspace, client, closing)


def opened(counter: Counter, person: Person, number: str = "T2026.1", channel: str = ROOM) -> dict[str, Any]:
    person.command("/msp", f"ticket {number}", channel=channel)
    return person.wait_for_message(channel, "Printer on fire", "Refresh")


def test_the_list_shows_filters_and_opens_a_card(counter: Counter) -> None:
    olivia = counter.person("olivia")
    olivia.command("/msp", "tickets contoso", channel=ROOM)
    shown = olivia.wait_for_message(ROOM, "Tickets of Contoso", "T2026.1", "●○○○○ New")
    assert "Fabrikam" not in words(shown)
    olivia.choose(shown, "Show", "Closed")
    shown = olivia.wait_for_message(ROOM, "Tickets of Contoso", "No ticket fits")
    olivia.choose(shown, "Show", "All")
    shown = olivia.wait_for_message(ROOM, "Tickets of Contoso", "T2026.1")
    olivia.press(shown, "Open")
    card = olivia.wait_for_message(ROOM, "Refresh")
    assert all(word in words(card) for word in ("Printer on fire", "Contoso", "High", "Tess Tran", "canary burns"))


def test_a_comment_goes_from_the_card_to_the_psa_and_back(counter: Counter) -> None:
    olivia = counter.person("olivia")
    olivia.press(opened(counter, olivia), "Comment")
    form = olivia.wait_for_view("Comment", "Who may read it")
    assert olivia.submit(form, {"Comment": "On my way", "Who may read it": "To the client: they see it too"})
    olivia.wait_for_message(ROOM, "is being written to Autotask PSA")
    counter.work(olivia)
    ((_, note),) = counter.service.paper.notes_.items()
    assert (note.text, note.for_client) == ("On my way", True)
    olivia.wait_for_message(ROOM, "Printer on fire", "Refresh", "On my way")


def test_a_refusal_stands_on_the_card_with_retry(counter: Counter) -> None:
    olivia = counter.person("olivia")
    olivia.press(opened(counter, olivia), "Change status")
    counter.service.paper.trouble = [SkipRecord("Autotask refused: a checklist is open.")]
    assert olivia.submit(olivia.wait_for_view("New status"), {"New status": "In progress"})
    counter.work(olivia)
    card = olivia.wait_for_message(ROOM, "a checklist is open", "Retry")
    olivia.press(card, "Retry")
    counter.work(olivia)
    assert counter.service.paper.tickets_["1"].status == WORKING
    olivia.wait_for_message(ROOM, "●●●○○ Working", "Refresh")


def test_a_refused_new_ticket_is_filled_in_again_from_its_card(counter: Counter) -> None:
    """The form comes with what was typed, and the same card gets the number."""
    olivia = counter.person("olivia")
    counter.bind(olivia)
    olivia.command("/msp", "ticket new", channel=ROOM)
    assert olivia.submit(olivia.wait_for_view("New ticket", "Contoso"), {"Title": "Laptop", "Description": "For Ada"})
    olivia.wait_for_message(ROOM, "Laptop", "is being written to Autotask PSA")
    counter.service.paper.trouble = [TellPerson("This Autotask asks for a queue here. Choose one and try again.", field="queue")]
    counter.work(olivia)
    card = olivia.wait_for_message(ROOM, "Laptop", "Fill in again")
    olivia.press(card, "Fill in again")
    form = olivia.wait_for_view("New ticket", "Laptop", "For Ada")
    assert olivia.submit(form, {"Queue": "Monitoring"})
    counter.work(olivia)
    (made,) = [row for row in counter.service.paper.tickets_.values() if row.external_key]
    assert (made.title, made.description, made.queue) == ("Laptop", "For Ada", "11")
    olivia.wait_for_message(ROOM, made.number, "Laptop")


def test_a_new_ticket_is_written_once_and_its_card_gets_the_number(counter: Counter) -> None:
    olivia = counter.person("olivia")
    counter.bind(olivia)
    olivia.command("/msp", "ticket new", channel=ROOM)
    form = olivia.wait_for_view("New ticket", "For", "Contoso", "Priority")
    olivia.choose(form, "Category", "Onboarding")
    form = olivia.wait_for_view("Type: Service request")
    assert olivia.submit(form, {"Title": "New laptop"})
    olivia.wait_for_message(ROOM, "New laptop", "is being written to Autotask PSA")
    counter.work(olivia)
    olivia.wait_for_message(ROOM, "T2026.90", "New laptop")
    assert [row.title for row in counter.service.paper.tickets_.values() if row.external_key] == ["New laptop"]


def test_a_new_ticket_is_not_made_in_another_psa_than_its_form_says(counter: Counter) -> None:
    """Over a redraw of the form too: by the time it is sent its mapping is gone, and ConnectWise has one instead."""
    service, olivia = counter.service, counter.person("olivia")
    olivia.command("/msp", "ticket new contoso", channel=ROOM)
    olivia.choose(olivia.wait_for_view("in Autotask PSA", "Priority"), "Category", "Onboarding")
    form = olivia.wait_for_view("in Autotask PSA", "Type: Service request")
    other, lists = TicketPaper(service.bench.clock), {pick: tuple(Choice(*each) for each in rows.items()) for pick, rows in LISTS.items()}
    service.bench.mapped(another_psa(service.bench, other, lists, Feature.TICKETS), service.contoso, "c10")
    unmapped(service.bench, service.connection, service.contoso)
    (said,) = olivia.submit(form, {"Title": "New laptop"}).errors.values()
    assert said.startswith("Contoso is not mapped to Autotask PSA any more. Nothing was made.")
    service.bench.workshop.run()
    assert not other.tickets_


def test_without_a_company_the_form_asks_for_it_first(counter: Counter) -> None:
    olivia = counter.person("olivia")
    olivia.command("/msp", "ticket new", channel=ROOM)
    form = olivia.wait_for_view("New ticket", "Company")
    assert olivia.submit(form, {"Company": "Fabrikam"})
    assert olivia.submit(olivia.wait_for_view("For", "Fabrikam"), {"Title": "Theirs"})
    counter.work(olivia)
    assert [row.company_id for row in counter.service.paper.tickets_.values() if row.external_key] == ["2"]


def followed(counter: Counter, person: Person) -> dict[str, Any]:
    counter.bind(person)
    person.press(opened(counter, person), "Follow here")
    person.wait_for_message(ROOM, "The ticket is followed here")
    return next(each for each in person.messages(ROOM, "Printer on fire") if "Follow here" not in words(each))


def test_a_followed_ticket_has_a_thread_that_is_told_each_thing_once(counter: Counter) -> None:
    paper, olivia = counter.service.paper, counter.person("olivia")
    paper.note_("n0", "1", "Said before")
    card = followed(counter, olivia)
    paper.note_("n1", "1", "We are on it", author_id="50")
    paper.note_("n2", "1", "canary internal", for_client=False)
    paper.edit_ticket("1", status=WORKING)
    counter.service.synced()
    counter.service.synced()
    ticket_sync.refresh(counter.service.bench.context, counter.service.connection.id, "1")
    ticket_sync.refresh_note(counter.service.bench.context, counter.service.connection.id, "n1", "1")
    thread = [words(each) for each in olivia.messages(ROOM, thread_ts=card["ts"]) if each["ts"] != card["ts"]]
    assert len(thread) == 2, thread
    assert "We are on it" in thread[0]
    assert "New → Working" in thread[1].replace("*", "")
    now = next(each for each in olivia.messages(ROOM) if each["ts"] == card["ts"])
    assert "●●●○○ Working" in words(now)
    everything = " ".join([words(now), *thread])
    assert "canary internal" not in everything
    assert "In progress" not in everything, "the status itself is not for everybody"


def test_a_deleted_card_and_an_archived_channel_are_forgotten(counter: Counter) -> None:
    paper, olivia = counter.service.paper, counter.person("olivia")
    card = followed(counter, olivia)
    counter.client.chat_delete(channel=card["channel"], ts=card["ts"])
    paper.edit_ticket("1", status=WORKING)
    counter.service.synced()
    with counter.service.bench.store.work() as work:
        assert work.ticket_places.of(counter.service.id_of("1")) == ()


def test_a_card_of_a_company_that_was_unmapped_says_that_it_is_gone(counter: Counter) -> None:
    olivia, made = counter.person("olivia"), counter.service
    card = followed(counter, olivia)
    with made.bench.store.work() as work:
        (link,) = work.links.of_one_company(made.contoso.id)
    made.bench.two_eyes_are_enough()
    mapping.remap(made.bench.context, made.bench.admin, link.id, None, False)
    made.synced()
    now = next(each for each in olivia.messages(ROOM) if each["ts"] == card["ts"])
    assert "no longer here" in words(now)
    assert "Printer" not in words(now)
    olivia.command("/msp", "ticket T2026.1", channel=ROOM)
    olivia.wait_for_message(ROOM, "There is no such ticket here")


@pytest.mark.parametrize("button", ["Comment", "New ticket"])
def test_words_for_a_ticket_that_is_gone_meanwhile_stay_in_the_form(counter: Counter, button: str) -> None:
    """The reason stands beside them, for the person alone; nothing is kept or written."""
    olivia, made = counter.person("olivia"), counter.service
    if button == "Comment":
        olivia.press(opened(counter, olivia), button)
        words_ = {"Comment": "A long story."}
    else:
        olivia.command("/msp", "ticket new contoso", channel=ROOM)
        words_ = {"Title": "Laptop", "Description": "A long story."}
    form = olivia.wait_for_view(button)
    unmapped(made.bench, made.connection, made.contoso)
    refused = olivia.submit(form, words_)
    (said,) = refused.errors.values()
    assert "Your words stay here until you close this" in said
    assert olivia.view() is not None
    assert olivia.view()["id"] == form["id"]  # type: ignore[index]
    assert made.bench.workshop.pending() == []
    assert not olivia.messages(ROOM, "A long story.")


def test_a_channel_that_went_to_another_company_learns_nothing_more_of_a_ticket(counter: Counter) -> None:
    """What happens upstream afterwards appears neither in the card nor in its thread, and the card goes."""
    olivia, made = counter.person("olivia"), counter.service
    card = followed(counter, olivia)
    with made.bench.store.write() as work:
        work.desks.bind(olivia.channel_id(ROOM), made.fabrikam.id, "test")
    made.paper.note_("n1", "1", "canary note")
    made.paper.edit_ticket("1", status=WORKING, title="canary title")
    made.synced()
    ticket_sync.refresh_note(made.bench.context, made.connection.id, "n1", "1")
    thread = [words(each) for each in olivia.messages(ROOM, thread_ts=card["ts"]) if each["ts"] != card["ts"]]
    assert thread == []
    now = next(each for each in olivia.messages(ROOM) if each["ts"] == card["ts"])
    assert "no longer followed here" in words(now)
    assert not any(word in words(now) for word in ("Printer", "canary", "Contoso", "Working"))
    with made.bench.store.work() as work:
        assert work.ticket_places.of(made.id_of("1")) == ()


@pytest.mark.parametrize("button", ["Comment", "Change status", "Assign", "Refresh"])
def test_a_card_says_that_the_psa_is_not_connected_any_more(counter: Counter, button: str) -> None:
    """In the usual words, with the button that leads on; on a card for everybody as on one's own."""
    olivia, made = counter.person("olivia"), counter.service
    card = followed(counter, olivia)
    connect.disconnect(made.bench.context, made.bench.admin, made.connection.id)
    olivia.press(card, button)
    said = olivia.wait_for_message(ROOM, "not connected any more")
    assert "That source is not connected any more" in words(said)
    assert "Connect a source" in words(said)
    assert not olivia.messages(ROOM, "Read anew")


def test_a_ticket_is_followed_in_a_bound_channel_only(counter: Counter) -> None:
    olivia = counter.person("olivia")
    card = opened(counter, olivia)
    assert "Follow here" not in words(card)


def test_a_client_uses_its_channel_and_sees_no_more_than_it_may(counter: Counter) -> None:
    counter.role("vera", Role.CLIENT)
    counter.role("olivia", Role.ADMIN)
    counter.service.paper.note_("n1", "1", "secret among us", for_client=False)
    counter.service.synced()
    vera = counter.person("vera")
    vera.command("/msp", "tickets", channel=OPEN_ROOM)
    vera.wait_for_message(OPEN_ROOM, "channel of your own company")
    counter.bind(vera)
    vera.command("/msp", "tickets", channel=ROOM)
    shown = vera.wait_for_message(ROOM, "Tickets of Contoso", "T2026.1")
    vera.press(shown, "Open")
    card = vera.wait_for_message(ROOM, "Printer on fire", "Refresh")
    for hidden in ("High", "Tess Tran", "secret among us", "psa.example", "Service desk"):
        assert hidden not in words(card), hidden
    vera.press(card, "Comment")
    form = vera.wait_for_view("Everybody who may see the ticket reads it")
    assert vera.submit(form, {"Comment": "Still burning"})
    counter.work(vera)
    assert counter.service.paper.notes_["n2"].for_client
    vera.command("/msp", "ticket T2026.2", channel=ROOM)
    vera.wait_for_message(ROOM, "There is no such ticket here")


def test_many_statuses_are_searched_for_and_set(counter: Counter) -> None:
    many = {f"s{number}": f"Status {number:04}" for number in range(1000)}
    with counter.service.bench.store.write() as work:
        work.picks.put(counter.service.connection.id, {Pick.TICKET_STATUSES: tuple(Choice(*each) for each in many.items())})
    olivia = counter.person("olivia")
    olivia.press(opened(counter, olivia), "Change status")
    form = olivia.wait_for_view("New status")
    assert olivia.options(form, "New status", "0777") == ["Status 0777"]
    assert len(olivia.options(form, "New status", "")) == 100
    assert olivia.submit(form, {"New status": "Status 0777"})
    counter.work(olivia)
    assert counter.service.paper.tickets_["1"].status == "s777"


def test_a_template_fills_the_form_in(counter: Counter) -> None:
    with counter.service.bench.store.write() as work:
        display_groups.keep_template(work, TicketTemplate("tm", "Laptop", "autotask", "Laptop for …", "Which?", {"queue": "11"}))
    olivia = counter.person("olivia")
    olivia.command("/msp", "ticket new contoso", channel=ROOM)
    form = olivia.wait_for_view("New ticket", "Template")
    olivia.choose(form, "Template", "Laptop")
    form = olivia.wait_for_view("Laptop for …", "Monitoring")
    assert olivia.submit(form, {})
    counter.work(olivia)
    (made,) = [row for row in counter.service.paper.tickets_.values() if row.external_key]
    assert (made.title, made.queue) == ("Laptop for …", "11")


# --- drawings ----------------------------------------------------------------------------------------------------


def shown(text: str = "Printer", number: int = 3, sees: frozenset[TicketField] = EVERYTHING) -> Shown:
    notes = tuple(ShownNote(text, text * 3, "2026-03-02T09:00:00+00:00", bool(n % 2), n == 1, text, f"n{n}") for n in range(number))
    fields = tuple((name, text) for name in TicketField)
    return Shown("t1", "c1", text, text, text, sees, True, Stage.WORKING, fields, text * 50, text * 50, notes, number, "https://psa.example/1",
                 (text, text), (text,) * number, False, True)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_cards_fit_and_let_nothing_through(text: str) -> None:
    card = Card(shown(text), text, frozenset(Do), text)
    assert_drawable(views.card(card, "Done."))
    assert_drawable(tickets_places.card(shown(text, 5)))
    assert_drawable(tickets_places.gone())
    note = Note("n", "t", "c", text * 20, text, "e", True, text)
    said = tickets_places.news(News(note))
    assert said is not None
    assert_drawable(said)
    moved = tickets_places.news(News(None, text, text + "x", "5"))
    assert moved is None or assert_drawable(moved) is None


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("size", SIZES)
def test_lists_fit_whatever_is_in_them(text: str, size: int) -> None:
    lines = tuple(Line(shown(text), text) for _ in range(min(size, 8)))
    page = TicketPage(company(text), lines, 1, max(1, size // 8), size, Which.ALL, (text, "c|1"), text, True, True)
    assert_drawable(views.listing(page, "/msp"))
    assert_drawable(views.listing(replace(page, company=None, queue=None, by_me=False, which=Which.OPEN), "/msp"))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("size", [0, 1, 100, 101, 1000])
def test_forms_fit_with_no_few_and_very_many_values(text: str, size: int) -> None:
    choices = tuple(Choice(f"{number}", text) for number in range(size))
    assert_drawable(tickets_forms.status("m", text, choices))
    assert_drawable(tickets_forms.assign("m", text, choices))
    assert_drawable(tickets_forms.comment("m", text, True))
    assert_drawable(tickets_forms.company("m"))
    offered = dict.fromkeys(("category", "priority", "queue"), choices)
    templates = tuple(TicketTemplate(f"t{number}", text, "autotask", text) for number in range(size))
    values = {"title": text, "description": text * 20, "category": "0", "contact_id": "c"}
    labels = {"category": text, "contact_id": text, "type": text}
    form = Form(company(text), "c", text, values, labels, offered, frozenset({"queue"}), templates, "t0" if size else "", True)
    assert_drawable(tickets_forms.new(form, "m"))

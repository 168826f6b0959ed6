"""Clicks in the wizard and on the cards, in a running workspace: slow sources, changed minds, and the way back."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from domain.errors import AskOperator, Trouble
from domain.ports import UpstreamCompany, UpstreamPerson
from domain.roles import Role
from flows import connect as flow
from flows import setup as setup_flow
from flows import setup_steps
from handlers import register
from handlers.actor import Ask
from handlers.setup import changed
from handlers.setup_drawing import follow
from handlers.slack import Shown
from handlers.views import setup as views
from handlers.views import setup_connect
from sandbox.workspace.finding import words
from sandbox.workspace.person import Person
from tests.handlers.samples import said
from tests.handlers.test_source_views import connector
from tests.handlers.whole import BAD, GOOD, ROOM, Whole, whole

TYPED = {"Region": "EU", "API username": "api@northwind.example", "API secret": GOOD}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path) as running:
        paper = running.papers["autotask"]
        paper.companies_ = [UpstreamCompany("11", "Contoso Ltd", "contoso.com"), UpstreamCompany("12", "Fabrikam", "fabrikam.com")]
        paper.people = [UpstreamPerson(f"s{number}", None, "Sue", f"No{number}", f"s{number}@northwind.example") for number in range(3)]
        yield running


def opened(person: Person, source: str = "autotask") -> Any:
    person.command("/msp", f"setup {source}", channel=ROOM)
    return person.wait_for_view("Step 1 of 4: Connect")


def passed(person: Person) -> Any:
    form = opened(person)
    person.fill(form, TYPED)
    person.press(form, "Test connection")
    return person.wait_for_view("🟢", "Next* keeps these values")


def second(person: Person) -> Any:
    assert person.submit(passed(person))
    return person.wait_for_view("Step 2 of 4: Sync")


def test_without_a_source_the_wizard_asks_which(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.command("/msp", "setup", channel=ROOM)
    adam.press(adam.wait_for_message(ROOM, "Which source would you like to set up?"), "Set up Autotask PSA")
    adam.wait_for_view("Step 1 of 4: Connect")


def test_a_failed_test_says_what_is_wrong_and_next_stays_shut(bot: Whole) -> None:
    adam = bot.person("adam")
    form = opened(adam)
    adam.fill(form, TYPED | {"API secret": BAD})
    adam.press(form, "Test connection")
    form = adam.wait_for_view("Not connected", "The API secret is wrong", "Look at the field *API secret*")
    assert "Test connection first" in adam.submit(form).errors["Region"]
    assert flow.live(bot.context) == ()


def test_a_source_that_is_slow_at_saving_does_not_keep_slack_waiting(bot: Whole) -> None:
    adam, paper = bot.person("adam"), bot.papers["autotask"]
    form = passed(adam)
    paper.slow = threading.Event()
    assert adam.submit(form)
    adam.wait_for_view("Testing Autotask PSA", "goes on by itself")
    paper.slow.set()
    adam.wait_for_view("Step 2 of 4: Sync")


def test_a_source_that_refuses_late_is_told_in_the_first_step(bot: Whole) -> None:
    adam, paper = bot.person("adam"), bot.papers["autotask"]
    form = passed(adam)
    paper.slow, paper.trouble = threading.Event(), AskOperator("The user was locked.", Trouble.WRONG_KEY, "username")
    assert adam.submit(form)
    adam.wait_for_view("Testing Autotask PSA")
    paper.slow.set()
    adam.wait_for_view("Step 1 of 4: Connect", "The user was locked", "Look at the field *API username*")
    assert flow.live(bot.context) == ()


def test_the_lists_that_were_read_are_shown_even_where_slack_draws_our_answer_late(bot: Whole) -> None:
    """Slack may draw the answer of a submitted modal after an update that was sent right behind it."""
    adam = bot.person("adam")
    assert adam.submit(second(adam), {"Sync companies": [], "Sync users": []})
    configure = adam.wait_for_view("Step 3 of 4: Configure")
    bot.workspace.faults.delay_acks(0.7)
    assert adam.submit(configure)
    adam.wait_for_view("Step 4 of 4: Import", "The lists were read just now")


def test_a_choice_that_is_heard_after_next_takes_nobody_back(bot: Whole) -> None:
    """Slack hands out two quick acts side by side: the choice made just before Next may be heard after it."""
    adam = bot.person("adam")
    sync = second(adam)
    assert adam.submit(sync, {"Sync companies": [], "Sync users": []})
    adam.wait_for_view("Step 3 of 4: Configure")
    click = {"type": "checkboxes", "action_id": views.LIVE, "block_id": views.block_of("auto"), "selected_options": []}
    late = Ask(bot.context, bot.app.client, {"user": {"id": adam.id}, "view": sync, "actions": [click]}, "T0NORTHWND", ignored, ignored)
    changed(late)
    assert "Step 3 of 4: Configure" in words(adam.view())
    assert setup_flow.draft(bot.context, late.desk(), "autotask").step == 3


class Slow(WebClient):
    """Something else is drawn before its own first drawing reaches Slack."""

    def __init__(self, bot: Whole, meanwhile: Callable[[], object]) -> None:
        super().__init__(token=bot.workspace.bot_token, base_url=bot.workspace.api_url)
        self.meanwhile: Callable[[], object] | None = meanwhile

    def views_update(self, **asked: Any) -> SlackResponse:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return super().views_update(**asked)


def test_a_drawing_that_reaches_slack_after_the_next_step_was_shown_is_not_shown(bot: Whole) -> None:
    """The click was heard in time, and drawn for; *Next* was quicker than the drawing."""
    adam = bot.person("adam")
    sync = second(adam)

    def go_on() -> None:
        assert adam.submit(sync, {"Sync companies": [], "Sync users": []})
        adam.wait_for_view("Step 3 of 4: Configure")

    slow = Slow(bot, go_on)
    click = {"type": "checkboxes", "action_id": views.LIVE, "block_id": views.block_of("auto"), "selected_options": []}
    changed(Ask(bot.context, slow, {"user": {"id": adam.id}, "view": sync, "actions": [click]}, "T0NORTHWND", ignored, ignored))
    assert slow.meanwhile is None
    assert "Step 3 of 4: Configure" in words(adam.view())


def test_lists_that_were_read_are_not_drawn_over_the_step_one_went_back_to(bot: Whole) -> None:
    adam = bot.person("adam")
    sync = second(adam)

    def go_back() -> None:
        adam.press(sync, "Back")
        adam.wait_for_view("Step 1 of 4: Connect")

    slow = Slow(bot, go_back)
    ask = Ask(bot.context, slow, {"user": {"id": adam.id}, "view": sync}, "T0NORTHWND", ignored, ignored)
    follow(ask, Shown.of(sync), views.look_of(sync["private_metadata"]))
    assert slow.meanwhile is None
    assert "Step 1 of 4: Connect" in words(adam.view())


def ignored(*_: Any, **__: Any) -> None:
    """Slack's ear, which this test is not about."""


def test_back_and_forth_keeps_what_was_chosen(bot: Whole) -> None:
    adam = bot.person("adam")
    sync = second(adam)
    adam.fill(sync, {"Sync companies": [], "Default role for imported contacts": "Viewer: Looks at companies and people"})
    adam.press(sync, "Back")
    first = adam.wait_for_view("Step 1 of 4: Connect", "ends in …1234")
    assert adam.submit(first)
    sync = adam.wait_for_view("Step 2 of 4: Sync")
    chosen = {block["block_id"]: block["element"] for block in sync["blocks"] if block["type"] == "input"}
    assert not chosen[views.block_of("companies")].get("initial_options")
    assert chosen[views.block_of("role")]["initial_option"]["value"] == "Viewer"


def by_another(bot: Whole, **filled: tuple[str, ...]) -> None:
    """Another Admin sets step 2 up meanwhile."""
    (connection,) = flow.live(bot.context)
    setup_steps.keep_sync(bot.context, replace(bot.system, actor=replace(bot.system.actor, role=Role.ADMIN)), connection.id, filled)


def kept(bot: Whole) -> setup_steps.Filled:
    (connection,) = flow.live(bot.context)
    return setup_steps.facts(bot.context, replace(bot.system, actor=replace(bot.system.actor, role=Role.ADMIN)), connection.id, {}).filled


def test_f149_a_form_that_was_left_unedited_resumes_with_what_another_has_set_since(bot: Whole) -> None:
    adam = bot.person("adam")
    adam.press(second(adam), "Back")
    adam.wait_for_view("Step 1 of 4: Connect")
    adam.cancel(everything=True)
    by_another(bot, companies=(), role=("Viewer",))
    assert adam.submit(opened(adam))
    form = adam.wait_for_view("Step 2 of 4: Sync")
    chosen = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert not chosen[views.block_of("companies")].get("initial_options")
    assert chosen[views.block_of("role")]["initial_option"]["value"] == "Viewer"


def test_next_keeps_what_was_changed_and_leaves_what_another_set_since_the_form_was_drawn(bot: Whole) -> None:
    """Also where the form was drawn anew meanwhile: Slack goes on showing what its fields held at first."""
    adam = bot.person("adam")
    form = second(adam)
    by_another(bot, companies=(), auto=("on",), how=("propose",), role=("Viewer",))
    adam.fill(form, {"Default role for imported contacts": "Technician: Imports, maps, approves, reveals passwords"})
    form = adam.wait_for_view("Step 2 of 4: Sync", "is much for everybody")
    assert adam.submit(form, {"Sync users": []})
    adam.wait_for_view("Step 3 of 4: Configure", "Somebody else saved the step before meanwhile")
    now = kept(bot)
    assert (now["companies"], now["auto"], now["users"], now["role"]) == ((), ("on",), (), ("Technician",))


def test_the_last_step_can_be_skipped_and_the_next_time_begins_anew(bot: Whole) -> None:
    adam = bot.person("adam")
    assert adam.submit(second(adam), {"Sync companies": [], "Sync users": []})
    assert adam.submit(adam.wait_for_view("Step 3 of 4: Configure", "Nothing is switched on"))
    adam.press(adam.wait_for_view("Step 4 of 4: Import"), "Skip")
    adam.wait_for_view("Setup complete", "Nothing. Import whenever you like.")
    assert bot.person("tess").messages(ROOM, "is set up") == [], "the card is for who set up"
    adam.cancel(everything=True)
    again = opened(adam)
    assert "🟢 Connected" in words(again)
    assert adam.submit(again), "kept values need no second test"
    adam.wait_for_view("Step 2 of 4: Sync")


def test_choices_on_one_page_of_companies_are_kept_while_another_is_looked_at(bot: Whole) -> None:
    adam = bot.person("adam")
    bot.papers["autotask"].companies_ = [UpstreamCompany(f"{number}", f"Company {number:02}", f"c{number}.example") for number in range(25)]
    assert adam.submit(second(adam), {"Sync companies": [], "Sync users": []})
    assert adam.submit(adam.wait_for_view("Step 3 of 4: Configure"))
    last = adam.wait_for_view("Step 4 of 4: Import", "read just now")
    adam.fill(last, {"Import Companies Now": ["Choose companies to create or to link"]})
    rows = adam.wait_for_view("Company 00", "25 companies · 0 chosen")
    adam.fill(rows, {"Company 00": "Create it"})
    adam.press(rows, "Next")
    rows = adam.wait_for_view("Company 10", "25 companies · 1 chosen")
    adam.fill(rows, {"Company 11": "Create it"})
    assert adam.submit(rows)
    adam.wait_for_view("Setup complete", "2 companies")
    adam.wait_for_message(ROOM, "Import companies", "*2* new")


def test_the_cards_lead_to_the_wizard_and_say_what_goes_on(bot: Whole) -> None:
    adam = bot.person("adam")
    second(adam)
    adam.cancel(everything=True)
    adam.command("/msp", "integrations", channel=ROOM)
    card = adam.wait_for_message(ROOM, "Integrations", "Autotask PSA", "🟢 Connected", "Companies: not synced yet")
    adam.press(card, "Configure")
    adam.wait_for_view("Step 2 of 4: Sync")
    adam.cancel(everything=True)
    adam.press(card, "Resync")
    adam.wait_for_message(ROOM, "is being synced")
    adam.press(card, "Resync")
    adam.wait_for_message(ROOM, "was just now. Ask again in")


def test_where_slack_may_see_no_secret_a_typed_one_is_neither_tried_nor_kept(bot: Whole) -> None:
    strict = replace(bot.context, words=replace(bot.context.words, credentials_in_slack=False))
    app = App(client=WebClient(token=bot.workspace.bot_token, base_url=bot.workspace.api_url))
    register(app, strict)
    form = setup_connect.draw(setup_connect.Form(connector(), views.Look("autotask", "C0MSP")))
    state = {"values": {"field:secret": {"value": {"type": "plain_text_input", "value": GOOD}}}}
    user = next(str(each["id"]) for each in app.client.users_list()["members"] if each["name"] == "adam")
    view = form | {"id": "V1", "state": state}
    body = {"type": "view_submission", "user": {"id": user}, "team": {"id": "T0NORTHWND"}, "view": view, "api_app_id": "A0GANGWAY1"}
    answer = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert "Not connected yet" in answer.body
    assert GOOD not in answer.body
    assert not flow.live(strict)
    assert bot.papers["autotask"].fields == {}


def test_a_tester_without_the_right_gets_no_wizard_from_an_old_button(bot: Whole) -> None:
    tess = bot.person("tess")
    tess.command("/msp", "integrations", channel=ROOM)
    shown = tess.wait_for_message(ROOM, "Integrations", "not connected")
    tess.press(shown, "Set up")
    refusal = tess.wait_for_message(ROOM, "Only an Admin can manage connections")
    assert "Ask <@U" in said(refusal)
    assert tess.view() is None

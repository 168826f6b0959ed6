"""The wizard and its card: what is drawn is taken by Slack whatever a source holds, says its words, and keeps its ids."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.ports import Kind, UpstreamCompany
from domain.psa import Choice, Feature, Pick
from domain.roles import Role
from domain.setup import AutoImport, People, Stage
from flows.company_filter import Passing
from flows.psa_lists import Gone, Refreshed
from flows.setup_import import Row, RowPage, Staff, Summary
from flows.setup_steps import CONFIGURE_FIELDS, PICKED, SYNC_FIELDS, Facts
from flows.sync import SyncState
from flows.sync_progress import Progress
from handlers.views import integrations, kit, setup_configure, setup_connect, setup_import, setup_sync, sync_progress
from handlers.views import setup as views
from handlers.views.setup import Look
from tests.handlers.samples import HOSTILE, NOW, SIZES, assert_drawable, buttons, plan, said
from tests.handlers.test_source_views import connection, connector

NAMES = ("Contoso GmbH", *HOSTILE)
LOOK = Look("autotask", "C0MSP", 2, "conn1")
FEATURES = frozenset({Feature.TICKETS, Feature.OPPORTUNITIES, Feature.ASSETS})


def facts(number: int = 1, name: str = "In progress", **changes: Any) -> Facts:
    choices = tuple(Choice(f"{each}", f"{each} {name}", email="a@b.example") for each in range(min(number, 1000)))
    filled = {field: tuple(choice.id for choice in choices) for field in PICKED} | {"auto": ("on",), "role": ("Admin",), "days": ("30",)}
    gone = tuple(Gone(name, name) for _ in range(number))
    made = Facts(FEATURES, True, FEATURES, filled, dict.fromkeys(PICKED, choices), NOW.isoformat(), gone, Passing(number, number), (name,) * number)
    return replace(made, **changes)


def inputs(view: kit.Block) -> dict[str, kit.Block]:
    return {each["label"]["text"]: each for each in view["blocks"] if each["type"] == "input"}


def state(number: int, name: str, enabled: bool = True) -> SyncState:
    return SyncState("conn1", Kind.COMPANIES, enabled, NOW if number else None, name, NOW + timedelta(hours=1) if number else None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", SIZES)
def test_every_step_is_drawable(name: str, number: int) -> None:
    form = setup_connect.Form(connector(name), replace(LOOK, step=1), connection(name), {"username": name, "region": "EU"}, said=kit.said(name))
    for shown in (form, replace(form, stored=None), replace(form, look=replace(LOOK, step=1, guide="guide0")),
                  replace(form, look=replace(LOOK, step=1, guide="guide99")), replace(form, takes_secrets=False, link="https://gangway.test/enter/x")):
        assert_drawable(setup_connect.draw(shown))
    assert_drawable(setup_sync.draw(LOOK, facts(number, name), kit.said(name), kit.said(name)))
    assert_drawable(setup_configure.draw(replace(LOOK, step=3), facts(number, name), kit.said(name)))
    rows = tuple(Row(UpstreamCompany(f"{each}", name, name, type_name=name), "link:c1" if each % 2 else "create", name) for each in range(min(number, 10)))
    page = RowPage(rows, 2, max(1, number), number, number, name)
    people = tuple(Staff(f"{each}", name, name, each % 2 == 0) for each in range(min(number, 1000)))
    filled = {"users-now": ("on",), "companies-now": ("on",), "staff-role": ("Technician",)}
    assert_drawable(setup_import.draw(replace(LOOK, step=4), filled, people, page, "/msp", kit.said(name), kit.said(name)))
    assert_drawable(views.waiting(LOOK, kit.said(name)))
    assert_drawable(views.which([("autotask", name)] * min(number, 30)))
    assert_drawable(views.not_opened("autotask"))
    for offered in (setup_sync.option(Choice("1", name, email=name)), setup_import.person(Staff("1", name, name, True)), *setup_import.choices([(name, "c1")] * 200)):
        kit.option(*offered)
    assert len(setup_import.choices([(name, "c1")] * 200)) <= 100


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", SIZES)
def test_the_card_the_progress_and_the_lists_are_drawable(name: str, number: int) -> None:
    summary = Summary(
        connection(name), (state(number, name), state(0, name, enabled=False)), People(AutoImport.SEND, Role.CLIENT),
        plan(name), plan(name), number, number, (name,) * min(number, 200), (name,) * min(number, 200),
    )
    assert_drawable(setup_import.card(summary))
    assert_drawable(setup_import.ended(LOOK, replace(summary, staff=None, companies=None, linked=(), refused=())))
    for ended in (False, True):
        parts = (state(number, name),) * min(number, 12)
        assert_drawable(sync_progress.build(Progress(name, NOW, parts, parts, "C1", "1.1", "U1"), ended))
    gone = tuple(Gone(name, name) for _ in range(number))
    assert_drawable(integrations.refreshed(Refreshed(name, dict.fromkeys(Pick, number), gone)))


@pytest.mark.parametrize("name", NAMES)
def test_no_field_is_lost_however_much_was_chosen(name: str) -> None:
    """A view that holds too much is shortened from its end: a field that is missing would be read as emptied."""
    shown = facts(1000, name, gone=(), on=FEATURES)
    assert len(inputs(setup_sync.draw(LOOK, shown))) == 13
    assert len(inputs(setup_configure.draw(replace(LOOK, step=3), shown))) == 11


def test_titles_and_buttons_are_those_that_people_know() -> None:
    page = RowPage((), 1, 1, 0, 0, "")
    steps = [
        setup_connect.draw(setup_connect.Form(connector(), replace(LOOK, step=1))), setup_sync.draw(LOOK, facts()),
        setup_configure.draw(replace(LOOK, step=3), facts()), setup_import.draw(replace(LOOK, step=4), {}, (), page, "/msp"),
    ]
    assert [step["title"]["text"] for step in steps] == [
        "Step 1 of 4: Connect", "Step 2 of 4: Sync", "Step 3 of 4: Configure", "Step 4 of 4: Import",
    ]
    assert [step["submit"]["text"] for step in steps] == ["Next", "Next", "Next", "Complete setup"]
    names = [[text for text, _ in buttons(step)] for step in steps]
    assert ["Back" in each for each in names] == [False, True, True, True]
    assert ["Skip" in each for each in names] == [False, False, False, True]
    assert "Test connection" in names[0]


def test_labels_are_those_that_people_know() -> None:
    assert list(inputs(setup_sync.draw(LOOK, facts()))) == [
        "Sync users", "Sync companies", "Enable ticket sync", "Enable opportunity sync", "Enable asset sync", "Auto-import", "How they come in",
        "Default role for imported contacts", "Company types", "Company statuses", "Queues to sync", "Categories", "Exclude statuses",
    ]
    assert list(inputs(setup_configure.draw(replace(LOOK, step=3), facts()))) == [
        "Closed statuses", "Client comment status", "New", "Triaged", "Working", "Waiting", "Resolved",
        "Fallback owner", "Default stage", "Default category", "Projected close days",
    ]


def test_what_is_switched_off_or_not_there_has_no_settings() -> None:
    off = setup_configure.draw(replace(LOOK, step=3), facts(on=frozenset()))
    assert inputs(off) == {}
    assert "*Enable opportunity sync* is on" in said(off)
    plain = setup_sync.draw(LOOK, facts(features=frozenset(), has_lists=False))
    assert list(inputs(plain)) == ["Sync users", "Sync companies", "Auto-import", "How they come in", "Default role for imported contacts"]


def test_the_first_screen_asks_what_somebody_has_and_shows_the_guide_only_to_those_who_need_it() -> None:
    form = setup_connect.Form(connector(), replace(LOOK, step=1))
    asked = setup_connect.draw(form)
    assert {"I have admin access", "I have the credentials"} <= {text for text, _ in buttons(asked)}
    assert "1. Open *Admin*" not in said(asked)
    assert "1. Open *Admin*" in said(setup_connect.draw(replace(form, look=replace(form.look, guide="guide0"))))
    ready = setup_connect.draw(replace(form, look=replace(form.look, guide=views.READY)))
    assert "I have admin access" not in {text for text, _ in buttons(ready)}


def test_a_kept_secret_is_only_said_to_be_set() -> None:
    form = setup_connect.Form(connector(), replace(LOOK, step=1), connection(), {"username": "api@northwind.example", "secret": "never-drawn-0815"})
    drawn = setup_connect.draw(form)
    assert "never-drawn-0815" not in str(drawn)
    secret = inputs(drawn)["API secret"]
    assert "ends in …c3f9" in secret["hint"]["text"]
    assert secret["optional"]
    assert inputs(drawn)["API username"]["element"]["initial_value"] == "api@northwind.example"


def test_no_secret_field_is_drawn_where_slack_may_see_none() -> None:
    drawn = setup_connect.draw(setup_connect.Form(connector(), replace(LOOK, step=1), link="https://gangway.test/enter/x", takes_secrets=False))
    assert inputs(drawn) == {}
    assert "Enter it on a private page" in [text for text, _ in buttons(drawn)]


@pytest.mark.parametrize(("role", "warned"), [("Client", False), ("Viewer", False), ("Technician", True), ("Admin", True), ("", False)])
def test_a_role_that_is_much_for_everybody_is_warned_of(role: str, warned: bool) -> None:
    shown = facts()
    drawn = setup_sync.draw(LOOK, replace(shown, filled={**shown.filled, "role": (role,) if role else ()}))
    assert ("is much for everybody" in said(drawn)) is warned


def test_what_stands_in_a_step_is_read_back_as_it_was_filled_in() -> None:
    values = {
        "setup:queues": {"setup_pick:queues": {"type": "multi_external_select", "selected_options": [{"value": "8"}, {"value": "9"}]}},
        "setup:users": {"setup_value": {"type": "checkboxes", "selected_options": []}},
        "setup:comment": {"setup_pick:comment": {"type": "external_select", "selected_option": {"value": "19"}}},
        "setup:days": {"setup_value": {"type": "plain_text_input", "value": "45"}},
        "setup:row-7": {"setup_row": {"type": "external_select", "selected_option": {"value": "-"}}},
        "field:secret": {"value": {"type": "plain_text_input", "value": "never-read-here"}},
    }
    assert views.filled({"values": values}) == {"queues": ("8", "9"), "users": (), "comment": ("19",), "days": ("45",), "row-7": ()}


def test_every_field_of_a_step_is_drawn_and_what_is_kept_for_us_comes_back() -> None:
    drawn = {block["block_id"] for step in (setup_sync.draw(LOOK, facts()), setup_configure.draw(LOOK, facts())) for block in step["blocks"] if block["type"] == "input"}
    assert drawn == {views.block_of(field) for field in (*SYNC_FIELDS, *CONFIGURE_FIELDS)}
    assert views.look_of(LOOK.meta) == LOOK
    assert views.look_of("autotask") == Look("autotask", "")
    assert {stage.value for stage in Stage} <= set(inputs(setup_configure.draw(LOOK, facts())))


def test_a_part_that_failed_is_not_ticked_off() -> None:
    failed = replace(state(1, "The key is wrong."), failed=True)
    shown = said(sync_progress.build(Progress("Autotask PSA", NOW, (failed,), (), "C1", "1.1", "U1"), ended=True))
    assert "⚠️ Companies: The key is wrong." in shown


def test_the_progress_tells_each_part_and_how_it_ended() -> None:
    late = SyncState("conn1", Kind.USERS, True, NOW - timedelta(hours=1), "old", None)
    made = Progress("Autotask PSA", NOW, (state(1, "3 changed."), late), (state(0, ""),), "C1", "1.1", "U1")
    running = said(sync_progress.build(made, ended=False))
    assert "✓ Companies: 3 changed." in running
    assert "… Users" in running
    assert "You may leave" in running
    assert "– Users: did not run." in said(sync_progress.build(made, ended=True))

"""Ticket settings: whole clicks in a running workspace, and forms that are drawable whatever the PSA holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.connection import Connection
from domain.display_group import DisplayGroup, TicketField, TicketTemplate
from domain.psa import Choice, HasTickets, Pick
from domain.roles import Role
from domain.setup import Tickets
from flows import connect, display_groups, setups
from flows.ticket_settings import TicketDesk
from handlers.views import ticket_settings as views
from sandbox.workspace.person import Person
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable
from tests.handlers.whole import NOW, ROOM, Whole, whole

LISTS = {
    Pick.QUEUES: (Choice("8", "Helpdesk"), Choice("9", "Projects")),
    Pick.TICKET_CATEGORIES: (Choice("3", "Standard"), Choice("4", "Alert")),
    Pick.TICKET_TYPES: (Choice("1", "Service Request"), Choice("2", "Incident")),
    Pick.PRIORITIES: (Choice("2", "Medium"),),
    Pick.TICKET_STATUSES: (Choice("1", "New"), Choice("5", "Complete"), Choice("7", "Ready for Review")),
}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Whole]:
    """A workspace with a PSA that has tickets, and its lists read."""
    with whole(tmp_path) as running:
        for name in (each for each in dir(HasTickets) if not each.startswith("_")):
            setattr(running.papers["autotask"], name, lambda *_: None)
        connection = running.connected()
        with running.context.store.write() as work:
            work.picks.put(connection.id, LISTS)
        yield running


def settings(bot: Whole, who: str = "adam") -> tuple[Person, dict[str, Any]]:
    adam = bot.person(who)
    adam.command("/msp", "settings", channel=ROOM)
    adam.press(adam.wait_for_view("Ticket settings"), "Ticket settings")
    return adam, adam.wait_for_view("Delivery Method", "PSA provider", "Autotask PSA")


def connection_id(bot: Whole) -> str:
    return connect.live(bot.context)[0].id


def test_a_group_is_created_with_the_review_preset_changed_and_removed(bot: Whole) -> None:
    """The form starts with few fields and the hand-over for review; the overview shows what was kept."""
    adam, shown = settings(bot)
    adam.press(shown, "Create Group")
    form = adam.wait_for_view("Group name", "Ready for Review", "Show only what a role needs")
    assert adam.submit(form, {"Group name": "For clients", "Roles": ["Client"], "Visible fields": ["Stage", "Comments"]})
    shown = adam.wait_for_view("For clients", "Client", "may set 1 status")
    with bot.context.store.work() as work:
        (group,) = display_groups.groups(work)
    assert group.statuses == frozenset({"7"})
    assert group.fields == frozenset({TicketField.STAGE, TicketField.COMMENTS, TicketField.NUMBER, TicketField.TITLE})
    adam.press(shown, "Edit")
    assert adam.submit(adam.wait_for_view("Group name"), {"Or": ["Any status"]})
    shown = adam.wait_for_view("may set any status")
    adam.press(shown, "Remove", near="For clients")
    adam.wait_for_view("its roles see what they see by themselves")


def test_a_role_that_has_a_group_is_refused_beside_the_field(bot: Whole) -> None:
    adam, shown = settings(bot)
    with bot.context.store.write() as work:
        rival = DisplayGroup("g", "First", "autotask", frozenset({Role.CLIENT}), frozenset(), frozenset())
        display_groups.keep(work, rival)
    adam.press(shown, "Create Group")
    refused = adam.submit(adam.wait_for_view("Group name"), {"Group name": "Second", "Roles": ["Client"]})
    assert refused.errors == {"Roles": "Client uses the group First already: a role has one group."}


def test_defaults_types_and_a_template_that_starts_from_the_defaults(bot: Whole) -> None:
    adam, shown = settings(bot)
    adam.press(shown, "Change defaults")
    assert adam.submit(adam.wait_for_view("Queue"), {"Queue": "Helpdesk", "Priority": "Medium"})
    shown = adam.wait_for_view("Queue: Helpdesk")
    adam.press(shown, "Set a type")
    assert adam.submit(adam.wait_for_view("Ticket type"), {"Category": "Alert", "Ticket type": "Incident"})
    shown = adam.wait_for_view("Alert → Incident")
    adam.press(shown, "Create template")
    assert adam.submit(adam.wait_for_view("Template name"), {"Template name": "Leaver", "Title": "Somebody leaves"})
    adam.wait_for_view("Leaver", "Somebody leaves")
    with bot.context.store.work() as work:
        kept = setups.tickets(work, connection_id(bot))
        (template,) = display_groups.templates(work, "autotask")
    assert (kept.defaults, kept.types) == ({"queue": "8", "priority": "2"}, {"4": "2"})
    assert template.values == {"queue": "8", "priority": "2"}


def test_a_technician_has_no_business_here(bot: Whole) -> None:
    """The door stands in the settings, which are for Admins; a forged click is refused by the role."""
    tess = bot.person("tess")
    tess.command("/msp", "settings", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role to change settings")


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_the_forms_are_drawable_whatever_the_psa_holds(name: str, number: int) -> None:
    some = min(number, 300)
    lists = {pick: tuple(Choice(str(each), name) for each in range(some)) for pick in Pick}
    statuses = frozenset(str(each) for each in range(some))
    group = DisplayGroup("g", name, "autotask", frozenset(Role), frozenset(TicketField), statuses)
    template = TicketTemplate("t", name, "autotask", name, name, {"queue": "404", "status": "1"})
    chosen = Tickets(types={str(each): "1" for each in range(some)}, defaults={"queue": "0"})
    psa = Connection("c", "autotask", name, {}, "", "", {}, {}, "", "", "", NOW, NOW)
    there = TicketDesk(psa, chosen, (group,) * some, (template,) * some, lists)
    for form in (
        views.overview(there, (psa,) * 9, "C0MSP", "Done."), views.group_form(there, group, "C0MSP"),
        views.template_form(there, template, "C0MSP"), views.defaults_form(there, "C0MSP"), views.type_form(there, "C0MSP"),
    ):
        assert_drawable(form)

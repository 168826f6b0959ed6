"""Opportunities in Slack: whole clicks in a running workspace, and cards that are drawable whatever the PSA holds."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.connection import Connection
from domain.isolation import Link
from domain.opportunity import Opportunity, OpportunityState
from domain.psa import Choice, Feature, Pick, UpstreamContract
from domain.setup import Opportunities
from flows import connect, setups
from flows.contracts import Contracts
from flows.opportunities import Form, OpportunityPage, Shown
from flows.todos import TodoForm
from handlers.views import opportunities as views
from sandbox.workspace.finding import buttons
from sandbox.workspace.person import Person
from sandbox.world import ManualClock
from tests.flows.deals import LISTS, Deals
from tests.handlers.samples import HOSTILE, SIZES, assert_drawable
from tests.handlers.whole import NOW, ROOM, Whole, whole

SELLS = ("picklists", "all_opportunities", "all_opportunities_changed", "opportunity", "create_opportunity", "create_todo", "contracts")


@dataclasses.dataclass
class Shop:
    bot: Whole
    deals: Deals

    def person(self, handle: str) -> Person:
        return self.bot.person(handle)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Contoso is mapped to a PSA that sells; everybody without an account there falls back to Fred."""
    with whole(tmp_path) as bot:
        deals = Deals(ManualClock(NOW))
        bot.lent(deals, SELLS)
        connection = bot.connected()
        bot.mapped(connection)
        with bot.context.store.write() as work:
            work.picks.put(connection.id, LISTS)
            setups.keep_opportunities(work, connection.id, Opportunities("41", "2", "7", 30))
            on = work.syncs.get(connection.id, Feature.OPPORTUNITIES, False)
            work.syncs.put(dataclasses.replace(on, enabled=True))
        yield Shop(bot, deals)


def test_an_opportunity_is_made_edited_and_pushed(shop: Shop) -> None:
    """Typed, filled in with the defaults, changed while it is only here, pushed once; the answer tells the PSA's id."""
    tess = shop.person("tess")
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    form = tess.wait_for_view("Expected Start Date", "Material Cost")
    assert tess.submit(form, {"Title": "New firewall", "Amount": "1,250.50", "Material Cost": "900"})
    card = tess.wait_for_message(ROOM, "New firewall", "only here", "Fallback Fred owns it")
    tess.press(card, "Edit")
    assert tess.submit(tess.wait_for_view("Labor Cost"), {"Labor Cost": "100", "Stage": "Lead"})
    card = tess.wait_for_message(ROOM, "New firewall", "Changed", "Lead")
    tess.press(card, "Push to the PSA")
    tess.wait_for_message(ROOM, "New firewall stands in the PSA now, as 900")
    card = tess.wait_for_message(ROOM, "Autotask PSA id 900", "from Autotask PSA")
    assert "on its way" not in str(card["blocks"]), "the card follows by itself"
    tess.command("/msp", "opportunities contoso", channel=ROOM)
    tess.press(tess.wait_for_message(ROOM, "1 open opportunity", "New firewall"), "Open")
    card = tess.wait_for_message(ROOM, "Autotask PSA id 900", "from Autotask PSA")
    assert "Edit" not in str(card["blocks"])
    (row,) = shop.deals.opportunities_.values()
    assert (row.amount, row.material_cost, row.owner_id, row.stage) == ("1250.5", "1000", "41", "1")


def test_a_form_makes_nothing_elsewhere_when_its_mapping_went_meanwhile(shop: Shop) -> None:
    """IT Glue's stand-in sells too and is mapped by the time of Save: the form was drawn for Autotask."""
    bot, tess = shop.bot, shop.person("tess")
    bot.lent(shop.deals, SELLS, "itglue")
    other = bot.connected("itglue")
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    form = tess.wait_for_view("Autotask PSA", "Material Cost")
    with bot.context.store.write() as work:
        company_id = work.links.live(connect.live(bot.context)[0].id)[0].company_id
        work.links.retire("link")
        work.links.add_many([Link("link2", other.id, company_id, "20", "Contoso", 1)], "by hand", "U1", NOW)
        work.picks.put(other.id, LISTS)
        setups.keep_opportunities(work, other.id, Opportunities("41", "2", "7", 30))
        work.syncs.put(dataclasses.replace(work.syncs.get(other.id, Feature.OPPORTUNITIES, False), enabled=True))
    tess.submit(form, {"Title": "New firewall"})
    tess.wait_for_view("Contoso is not mapped to Autotask PSA any more. Nothing was made.")
    tess.cancel(everything=True)
    tess.command("/msp", "opportunities", channel=ROOM)
    tess.wait_for_message(ROOM, "0 open opportunities")


def test_a_to_do_beside_an_opportunity_goes_to_the_opportunitys_own_psa(shop: Shop) -> None:
    """Its id means something there alone; where that mapping is gone, none is made."""
    bot, tess = shop.bot, shop.person("tess")
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    assert tess.submit(tess.wait_for_view("Autotask PSA", "Material Cost"), {"Title": "New firewall"})
    card = tess.wait_for_message(ROOM, "New firewall", "only here")
    with bot.context.store.work() as work:
        (connection,) = work.connections.all()
    assert f"|{connection.id}" in next(
        each["value"] for block in card["blocks"] for each in block.get("elements", ()) if each.get("action_id") == views.TODO
    )
    with bot.context.store.write() as work:
        work.links.retire("link")
    tess.press(card, "New to-do")
    tess.wait_for_message(ROOM, "Contoso is not mapped to Autotask PSA any more. Nothing was made.")


def test_what_is_no_amount_is_told_at_its_field(shop: Shop) -> None:
    tess = shop.person("tess")
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    refused = tess.submit(tess.wait_for_view("Amount"), {"Title": "X", "Amount": "a lot"})
    assert refused.errors == {"Amount": "Type an amount, such as 1250 or 1,250.50."}


def test_a_to_do_is_written_and_contracts_are_shown(shop: Shop) -> None:
    shop.deals.contracts_.append(UpstreamContract("5", "10", "Managed Services", "Recurring", "Active", "2026-01-01", "2026-12-31"))
    tess = shop.person("tess")
    tess.command("/msp", "opportunities contoso", channel=ROOM)
    page = tess.wait_for_message(ROOM, "There are none here yet")
    tess.press(page, "New to-do")
    assert tess.submit(tess.wait_for_view("What is to be done?"), {"What is to be done?": "Call them"})
    tess.wait_for_message(ROOM, "stands in the PSA now, as 701")
    (todo,) = shop.deals.todos.values()
    assert (todo.type, todo.text, todo.owner_id) == ("4", "Call them", "41")
    tess.press(page, "Contracts")
    tess.wait_for_message(ROOM, "Managed Services", "Recurring", "2026-12-31")


def test_a_list_of_all_companies_stays_of_all_whatever_one_works_in_by_then(shop: Shop) -> None:
    """Its buttons too: New opportunity asks for the company instead of taking the one of the moment."""
    tess = shop.person("tess")
    tess.command("/msp", "opportunities", channel=ROOM)
    page = tess.wait_for_message(ROOM, "0 open opportunities")
    tess.command("/msp", "company contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "You are working in")
    tess.press(page, "New opportunity")
    tess.wait_for_view("Company", "Next")
    tess.cancel(everything=True)
    tess.press(page, "Show all")
    assert "Contoso" not in str(tess.wait_for_message(ROOM, "Show open ones")["blocks"])
    tess.command("/msp", "opportunities", channel=ROOM)
    tess.wait_for_message(ROOM, "0 open opportunities of *Contoso*")


def test_to_dos_and_contracts_are_offered_only_where_the_psa_has_them(shop: Shop) -> None:
    for name in ("create_todo", "contracts"):
        delattr(shop.bot.papers["autotask"], name)
    tess = shop.person("tess")
    tess.command("/msp", "opportunities contoso", channel=ROOM)
    assert buttons(tess.wait_for_message(ROOM, "There are none here yet")["blocks"]) == ["New opportunity", "Show all"]
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    assert tess.submit(tess.wait_for_view("Material Cost"), {"Title": "New firewall"})
    assert "New to-do" not in buttons(tess.wait_for_message(ROOM, "New firewall", "only here")["blocks"])


def test_while_their_sync_is_off_the_list_says_so(shop: Shop) -> None:
    """Nobody takes it for "none there"."""
    with shop.bot.context.store.write() as work:
        (connection,) = work.connections.all()
        work.syncs.put(dataclasses.replace(work.syncs.get(connection.id, Feature.OPPORTUNITIES), enabled=False))
    tess = shop.person("tess")
    tess.command("/msp", "opportunities contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "They are not synced yet: an Admin ticks *Enable opportunity sync* in `/msp setup`.")


def test_a_viewer_looks_and_makes_nothing(shop: Shop) -> None:
    with shop.bot.context.store.write() as work:
        work.settings.put("default_role", "Viewer")
    tess = shop.person("tess")
    tess.command("/msp", "opportunities contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "There are none here yet")
    tess.command("/msp", "opportunity new contoso", channel=ROOM)
    tess.wait_for_message(ROOM, "You need another role to make and push opportunities")


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_everything_is_drawable_whatever_the_psa_holds(name: str, number: int) -> None:
    some = min(number, 300)
    psa = Connection("c", "autotask", name, {}, "", "", {}, {}, "", "", "", NOW, NOW)
    lists = {pick: tuple(Choice(str(each), name) for each in range(some)) for pick in Pick}
    here = Opportunity("o", "c", "k", "l", "10", name, "900", name, note=name, trouble=name, state=OpportunityState.HERE)
    shown = Shown(here, name, name, name, name, name, name, NOW, frozenset(Feature))
    there = dataclasses.replace(shown, opportunity=dataclasses.replace(here, state=OpportunityState.UPSTREAM, starts="2026-01-01"))
    row = UpstreamContract("1", "10", name, name, name, "2026-01-01", "2026-12-31", True)
    start = Form(psa, "k", name, "2026-01-01", Opportunities("1", "0", "0"), lists)
    for form in (
        views.listing(OpportunityPage((shown,) * min(some, 10), 1, 30, some, True, True, "k", name, frozenset(Feature)), "/msp"), views.card(shown, "Done."),
        views.card(there), views.form(start, "C0MSP", here), views.form(start, "C0MSP"), views.pick_company("C0MSP"),
        views.todo_form(TodoForm(psa, "k", name, "2026-01-01", lists[Pick.TODO_TYPES], lists[Pick.OWNERS], "0"), "", "C0MSP"),
        views.contracts(Contracts(name, name, (row,) * some)),
    ):
        assert_drawable(form)

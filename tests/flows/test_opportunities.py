"""Opportunities: each company's own, made with the defaults, pushed once, and the PSA's word afterwards."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.connection import Connection
from domain.errors import NotAllowed, TellPerson, TryLater, Unsure
from domain.opportunity import Opportunity, OpportunityState
from domain.psa import Choice, Feature, Pick
from domain.roles import Actor, Role
from domain.setup import Opportunities
from flows import opportunities as flow
from flows import pushing, setups, todos
from flows.desk import Desk
from flows.patience import LOOK_AFTER, TRIES
from storage.store import Store
from tests.flows.clients import another_psa, unmapped
from tests.flows.deals import LISTS, Deals, Market, market
from tests.flows.engine import Killed

TYPED = {"title": "New firewall", "amount": "1,250.50", "material_cost": "900", "labor_cost": "100"}


@pytest.fixture
def shop(store: Store) -> Market:
    return market(store)


def desk(shop: Market, email: str = "olivia@northwind.example", bound: bool = False) -> Desk:
    actor = Actor("U1", "Olivia", Role.TECHNICIAN, email)
    return Desk(actor, "C1", shop.contoso if bound else None, None)


def made(shop: Market, **more: str) -> Opportunity:
    return flow.make(shop.bench.context, desk(shop), shop.contoso.id, shop.connection.id, TYPED | more).opportunity


def titles(shop: Market, company_id: str = "", is_open: bool = True) -> list[str]:
    page = flow.page(shop.bench.context, shop.bench.admin, company_id, is_open)
    return [line.opportunity.title for line in page.lines]


# --- synced ---


def test_each_company_gets_its_own_and_nobody_gets_the_rest(shop: Market) -> None:
    """What belongs to a company that is not mapped is not kept at all."""
    for id_, company in (("1", "10"), ("2", "20"), ("3", "30"), ("4", "10")):
        shop.deals.opportunity_row(id_, company, f"Deal {id_}")
    shop.sync("one")
    assert sorted(titles(shop, shop.contoso.id)) == ["Deal 1", "Deal 4"]
    assert titles(shop, shop.fabrikam.id) == ["Deal 2"]
    assert len(titles(shop)) == 3
    assert sorted(line.opportunity.title for line in flow.page(shop.bench.context, desk(shop, bound=True)).lines) == ["Deal 1", "Deal 4"]


def test_a_forged_id_of_another_company_is_not_there(shop: Market) -> None:
    """The same words for another company's and for none."""
    shop.deals.opportunity_row("2", "20")
    shop.sync("one")
    (foreign,) = flow.page(shop.bench.context, shop.bench.admin).lines
    for id_ in (foreign.opportunity.id, "no-such-thing"):
        with pytest.raises(NotAllowed, match="There is no such opportunity here"):
            flow.one(shop.bench.context, desk(shop, bound=True), id_)


def test_changes_come_by_the_hour_and_losses_with_the_daily_whole_read(shop: Market) -> None:
    for number in range(6):
        shop.deals.opportunity_row(str(number), "10", f"Deal {number}")
    shop.sync("one")
    shop.bench.clock.advance(3600)
    shop.deals.edit_opportunity("1", title="Renamed", status="3", response="Accepted")
    del shop.deals.opportunities_["2"]
    shop.sync("two")
    assert "Renamed" in titles(shop, is_open=False)
    assert "Renamed" not in titles(shop)
    shop.bench.clock.advance(25 * 3600)
    shop.sync("three")
    assert "Deal 2" not in titles(shop, is_open=False)


def test_an_empty_answer_takes_nothing_away(shop: Market) -> None:
    """The guard asks instead."""
    for number in range(6):
        shop.deals.opportunity_row(str(number), "10")
    shop.sync("one")
    shop.bench.clock.advance(25 * 3600)
    shop.deals.opportunities_.clear()
    shop.sync("two")
    assert len(titles(shop)) == 6
    assert "answered with only 0 of the 6 opportunities" in shop.bench.ear.questions[-1][1]


def test_a_company_that_is_mapped_later_brings_its_own_with_the_next_sync(shop: Market) -> None:
    shop.deals.opportunity_row("3", "30", "Late")
    shop.sync("one")
    late = shop.bench.company("Nobody", "nobody.com")
    shop.bench.clock.advance(7200)
    shop.bench.mapped(shop.connection, late, "30")
    shop.sync("two")
    assert titles(shop, late.id) == ["Late"]


# --- made here ---


def test_the_defaults_apply_and_the_person_with_an_account_owns_it(shop: Market) -> None:
    """Stage, category, owner by e-mail, close = start + n days."""
    there = made(shop, starts="2026-03-28")
    assert (there.stage, there.category, there.owner_id, there.note) == ("2", "7", "40", "")
    assert (there.amount, there.cost, there.closes) == ("1250.5", "1000", "2026-04-27")
    assert there.state is OpportunityState.HERE


def test_the_fallback_owner_is_used_exactly_when_there_is_no_account(shop: Market) -> None:
    there = flow.make(shop.bench.context, desk(shop, "tess@northwind.example"), shop.contoso.id, shop.connection.id, TYPED).opportunity
    assert (there.owner_id, there.note) == ("41", "Fallback Fred owns it: Olivia has no account in the PSA.")
    shop.choose(Opportunities("", "2", "7", 30))
    with pytest.raises(TellPerson, match="no fallback owner is set"):
        flow.make(shop.bench.context, desk(shop, "tess@northwind.example"), shop.contoso.id, shop.connection.id, TYPED)


def test_the_day_is_that_of_the_msp(shop: Market) -> None:
    """An hour before midnight in UTC it is tomorrow already in Vienna."""
    now = shop.bench.clock()
    shop.bench.clock.advance((now.replace(hour=23, minute=30, second=0, microsecond=0) - now).total_seconds())
    starts = flow.form(shop.bench.context, desk(shop), shop.contoso.id).starts
    assert starts > shop.bench.clock().date().isoformat()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": " "}, "title"), ({"amount": "much"}, "amount"), ({"amount": "1.500"}, "amount"), ({"labor_cost": "-1"}, "labor_cost"),
        ({"stage": "9"}, "stage"), ({"category": "forged"}, "category"), ({"starts": "soon"}, "starts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(shop: Market, typed: dict[str, str], field: str) -> None:
    """Inactive and forged values of the PSA's lists are refused too."""
    with pytest.raises(TellPerson) as refused:
        made(shop, **typed)
    assert refused.value.field == field


# --- two PSAs ---


@pytest.fixture
def connectwise(shop: Market) -> Connection:
    """Contoso is mapped to ConnectWise alone; Autotask is there too, and what it calls 2 and 7 is something else."""
    context, desk_ = shop.bench.context, shop.bench.admin
    lists = dict(LISTS) | {
        Pick.OPPORTUNITY_STAGES: (Choice("2", "Qualification"),), Pick.OPPORTUNITY_CATEGORIES: (Choice("7", "Products"),),
    }  # fmt: skip
    connection = another_psa(shop.bench, Deals(shop.bench.clock), lists, Feature.OPPORTUNITIES)
    with shop.bench.store.write() as work:
        setups.keep_opportunities(work, connection.id, Opportunities("41", "2", "7", 30))
    unmapped(shop.bench, shop.connection, shop.contoso)
    shop.bench.mapped(connection, shop.contoso, "c10")
    assert flow.form(context, desk_, shop.contoso.id).connection.id == connection.id
    return connection


def test_a_form_makes_for_the_psa_it_was_drawn_for_whatever_is_mapped_meanwhile(shop: Market, connectwise: Connection) -> None:
    """The ids in it mean something else at the other one."""
    context, contoso = shop.bench.context, shop.contoso
    shop.bench.mapped(shop.connection, contoso, "10")
    assert flow.form(context, desk(shop), contoso.id).connection.id == shop.connection.id, "a form drawn now is for Autotask"
    there = flow.make(context, desk(shop), contoso.id, connectwise.id, TYPED)
    assert (there.psa, there.stage, there.opportunity.external_company_id) == ("ConnectWise PSA", "Qualification", "c10")
    assert flow.edit(context, desk(shop), there.opportunity.id, TYPED | {"title": "Other"}).stage == "Qualification"


def test_a_form_whose_psa_is_not_mapped_any_more_makes_nothing_anywhere(shop: Market, connectwise: Connection) -> None:
    context, contoso = shop.bench.context, shop.contoso
    shop.bench.mapped(shop.connection, contoso, "10")
    unmapped(shop.bench, connectwise, contoso)
    gone = r"^Contoso is not mapped to ConnectWise PSA any more\. Nothing was made\.$"
    with pytest.raises(TellPerson, match=gone):
        flow.make(context, desk(shop), contoso.id, connectwise.id, TYPED)
    with pytest.raises(TellPerson, match=gone):
        todos.make(context, desk(shop), contoso.id, connectwise.id, {"type": "4", "text": "Call", "owner": "41", "day": "2026-03-02"})
    assert not titles(shop)


def test_a_form_whose_psa_was_switched_off_meanwhile_says_so(shop: Market) -> None:
    there = made(shop)
    with shop.bench.store.write() as work:
        work.syncs.put(replace(work.syncs.get(shop.connection.id, Feature.OPPORTUNITIES), enabled=False))
    off = "Autotask PSA takes none for Contoso any more: it was disconnected, or switched off. Nothing was "
    with pytest.raises(TellPerson, match=f"{off}made"):
        made(shop)
    with pytest.raises(TellPerson, match=f"{off}changed"):
        flow.edit(shop.bench.context, desk(shop), there.id, TYPED)


def test_a_to_do_goes_to_the_psa_its_form_was_drawn_for(shop: Market, connectwise: Connection) -> None:
    """A to-do beside an opportunity too: the opportunity's id means something at its own PSA alone."""
    context, contoso = shop.bench.context, shop.contoso
    shop.bench.mapped(shop.connection, contoso, "10")
    assert todos.form(context, desk(shop), contoso.id).connection.id == shop.connection.id
    assert todos.form(context, desk(shop), contoso.id, connectwise.id).connection.id == connectwise.id
    typed = {"type": "4", "text": "Call", "owner": "41", "day": "2026-03-02"}
    assert "on its way to ConnectWise PSA" in todos.make(context, desk(shop), contoso.id, connectwise.id, typed)
    shop.bench.workshop.run()
    assert not shop.deals.todos


# --- pushed ---


def pushed(shop: Market, opportunity_id: str) -> Opportunity:
    pushing.push(shop.bench.context, desk(shop), opportunity_id)
    shop.bench.workshop.run()
    return flow.one(shop.bench.context, desk(shop), opportunity_id).opportunity


def test_a_push_tells_the_psas_id_and_what_the_psa_decides_is_read_only(shop: Market) -> None:
    there = pushed(shop, made(shop).id)
    assert (there.external_id, there.state) == ("900", OpportunityState.UPSTREAM)
    assert "as 900" in shop.bench.ear.private[-1][2]
    assert shop.bench.ear.opportunities == [there.id], "its card is drawn anew"
    with pytest.raises(TellPerson, match="Material Cost, Labor Cost, Expected Start Date and Customer Response are changed there"):
        flow.edit(shop.bench.context, desk(shop), there.id, TYPED | {"material_cost": "1"})
    shop.bench.clock.advance(3600)
    shop.deals.edit_opportunity("900", material_cost="777", status="3", response="Accepted")
    shop.sync("next")
    now = flow.one(shop.bench.context, desk(shop), there.id).opportunity
    assert (now.material_cost, now.response) == ("777", "Accepted")


def test_a_psa_that_is_busy_right_after_a_push_leaves_nobody_without_an_answer(shop: Market) -> None:
    """It stands there; what it says of it comes with the next sync."""
    there = made(shop)
    shop.deals.reading = [TryLater("busy", 1)]
    assert pushed(shop, there.id).state is OpportunityState.UPSTREAM
    assert "as 900" in shop.bench.ear.private[-1][2]


def test_pushed_twice_at_once_it_stands_there_once(shop: Market) -> None:
    there = made(shop)
    pushing.push(shop.bench.context, desk(shop), there.id)
    with pytest.raises(TellPerson, match="on its way"):
        pushing.push(shop.bench.context, desk(shop), there.id)
    shop.bench.workshop.run()
    assert len(shop.deals.opportunities_) == 1


def test_a_refused_push_says_why_and_can_be_tried_again(shop: Market) -> None:
    there = made(shop)
    shop.deals.trouble = [TellPerson("Autotask does not know that stage any more.")]
    again = pushed(shop, there.id)
    assert (again.state, again.trouble) == (OpportunityState.HERE, "Not pushed: Autotask does not know that stage any more.")
    shop.deals.trouble = [TryLater("busy", 1)]
    shop.bench.clock.advance(61)
    assert pushed(shop, there.id).external_id == "900"


def test_a_push_that_was_not_confirmed_is_looked_for_and_never_said_to_have_failed(shop: Market) -> None:
    there = made(shop)
    shop.deals.trouble = [Unsure("Autotask did not confirm it.")]
    assert pushed(shop, there.id).external_id == "900"
    assert LOOK_AFTER in shop.bench.workshop.waited
    shop.deals.trouble = [Unsure("Autotask did not confirm it.")] * TRIES
    shop.bench.clock.advance(61)
    lost = pushed(shop, made(shop, title="Another").id)
    assert (lost.state, lost.trouble.partition(":")[0]) == (OpportunityState.HERE, "Perhaps pushed, push it again to find out")
    assert shop.bench.ear.private[-1][2].startswith("It is not known whether Another arrived in the PSA.")


def test_a_death_at_any_moment_of_a_push_makes_one(shop: Market) -> None:
    """Before and after the call, at every step: the sweep finishes what was begun."""
    context, workshop = shop.bench.context, shop.bench.workshop
    shop.deals.moment = workshop.moment
    kill_at = 0
    while True:
        kill_at += 1
        there = made(shop, title=f"Deal {kill_at}")
        pushing.push(context, desk(shop), there.id)
        workshop.dies_at(kill_at)
        if not died(workshop.run):
            break
        workshop.kill_at = None
        shop.bench.clock.advance(61)
        pushing.sweep(context)
        workshop.run()
        assert flow.one(context, desk(shop), there.id).opportunity.state is OpportunityState.UPSTREAM
        assert sum(row.title == there.title for row in shop.deals.opportunities_.values()) == 1
    assert kill_at > 4


def died(run: Callable[[], object]) -> bool:
    try:
        run()
    except Killed:
        return True
    return False


def test_a_copy_that_a_sync_brought_first_gives_way(shop: Market) -> None:
    """The sync met the new row before the push had noted its id: one opportunity, not two."""
    there = made(shop)
    shop.deals.moment = lambda: None
    shop.deals.made[there.key] = "900"
    shop.deals.opportunity_row("900", "10", there.title)
    shop.sync("between")
    assert pushed(shop, there.id).external_id == "900"
    assert titles(shop, is_open=False) == [there.title]

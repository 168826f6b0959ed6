"""Connecting, mapping, importing, companies: what is drawn is taken by Slack whatever a source holds, and says its words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from connectors import autotask, connectwise, itglue
from domain.company import Company, CompanyState
from domain.connection import Connection
from domain.isolation import Link, LinkState
from domain.ownership import Claim
from domain.plan import ONLY_SOME, OPEN_STATES, Action, Counts, Plan, PlanItem, PlanState, Verdict
from domain.ports import Connector, Field, Finding, Guide, Kind, Source, UpstreamCompany
from flows.cards import Card
from flows.companies import CompanyLine, CompanyPage
from flows.hook_state import Standing
from flows.imports import ItemPage, Offer
from flows.mapping import Consequence, MappingLine, MappingPage, Proposal
from flows.psa_lists import Gone
from flows.sources import SideBySide, SourceSays
from flows.sync import SyncState
from handlers.views import by_hand, companies, connect, doors, imports, integrations, kit, mapping, plans
from handlers.views import sources as source_views
from tests.handlers.samples import HOSTILE, NOW, SIZES, assert_drawable, buttons, company, plan, said

SECRET = "s3cr3t-VALUE-42"
NAMES = ("Contoso GmbH", *HOSTILE)


def _open(_fields: Mapping[str, str], _opening: object) -> Source:
    return cast(Source, None)


def connector(name: str = "Autotask PSA") -> Connector:
    return Connector(
        "autotask", name, ("at",), frozenset({Kind.COMPANIES, Kind.USERS}), {Kind.PASSWORDS: f"{name} has none."},
        (
            Field("region", "Region", choices=("US", "EU", "AU"), hint=name),
            Field("username", "API username", placeholder=name),
            Field("secret", "API secret", secret=True, max_length=4000),
        ),
        (Guide(f"I have a user already {name}", ("Open *Admin*", "Save")), Guide("Create a new user", ("New",) * 300)),
        _open, lambda _fields: {}, is_psa=True, secret_field="secret",
    )


def connection(name: str = "Autotask PSA", number: int = 1) -> Connection:
    return Connection(
        f"conn{number}", "autotask", name, {"region": "EU", "username": name}, "c3f9", name,
        {"companies": 10_000, name: 3}, {"passwords": f"Tick Password Access. {name}"}, name, "U0ADAMAD02", "C0MSP", NOW, NOW,
    )


def card(name: str, number: int) -> Card:
    """A card with everything on it that may stand there."""
    states = tuple(SyncState(f"conn{number}", kind, kind is not Kind.STAFF, NOW, name, NOW) for kind in Kind)
    gone = tuple(Gone(f"Stage {name}", name) for _ in range(number))
    hooks = Standing(True, False, name, (), NOW)
    made = replace(connection(name, number), source=f"source{number}")
    return Card(made, states, number, 5000, 3600.0, True, NOW, gone, hooks)


def finding(name: str = "Northwind") -> Finding:
    return Finding(name, {"companies": 1204, name: 2}, {Kind.PASSWORDS: f"Tick it: {name}"}, (name,) * 20)


# connect


@pytest.mark.parametrize("name", NAMES)
def test_connecting_is_drawable(name: str) -> None:
    form = connect.Form(connector(name), "C0MSP")
    for shown in (form, replace(form, guide=0), replace(form, guide=1, thanked=True, result=connect.what_failed(name, name)),
                  replace(form, shown={"username": name, "region": "EU"}, result=connect.what_was_found(name, finding(name)))):
        assert_drawable(connect.modal(shown))
    assert_drawable(connect.testing(form.connector, form.meta))
    assert_drawable(connect.saved_view(connection(name), finding(name), form.meta))
    assert_drawable(connect.saved_message(connection(name), finding(name)))
    assert_drawable(connect.failed_view(form.connector, connect.what_failed(name), form.meta))
    assert_drawable(connect.failed_message(form.connector, connect.what_failed(name)))
    for number in (0, 1, 30):
        several = [replace(connector(name), name=f"source{each}") for each in range(number)]
        assert_drawable(connect.picker(several, [connection(name)]))
        cards = [card(name, each) for each in range(number)]
        assert_drawable(integrations.message(several, cards, with_counts=True, said=kit.said(name)))


@pytest.mark.parametrize(("window", "span"), [(60.0, "minute"), (301.9998, "5 minutes"), (3600.0, "hour"), (7200.0, "120 minutes")])
def test_the_span_of_a_budget_is_a_round_figure(window: float, span: str) -> None:
    drawn = said(integrations.message([connector()], [replace(card("Glue", 1), window=window)]))
    assert f"calls in the last {span}\n" in drawn


def test_a_secret_is_never_drawn_back_into_the_form() -> None:
    form = connect.Form(connector(), "C0MSP", shown={"secret": SECRET, "username": "api@northwind.example"})
    drawn = connect.modal(form)
    assert SECRET not in str(drawn)
    assert "api@northwind.example" in str(drawn)


def test_inputs_keep_their_ids_when_a_guide_or_a_result_is_shown_so_that_what_was_typed_stays() -> None:
    def inputs(form: connect.Form) -> list[tuple[str, str]]:
        blocks = connect.modal(form)["blocks"]
        return [(each["block_id"], each["element"]["action_id"]) for each in blocks if each["type"] == "input"]

    form = connect.Form(connector(), "C0MSP")
    assert inputs(form) == inputs(replace(form, guide=1, result="Not connected"))


def test_the_connect_form_has_the_sources_own_labels_a_guide_a_test_and_a_warning() -> None:
    drawn = connect.modal(connect.Form(connector(), "C0MSP", guide=0))
    labels = [each["label"]["text"] for each in drawn["blocks"] if each["type"] == "input"]
    assert labels == ["Region", "API username", "API secret"]
    assert "Test connection" in [text for text, _ in buttons(drawn)]
    assert drawn["submit"]["text"] == "Save"
    assert "only once" in said(drawn)
    assert "1. Open *Admin*" in said(drawn)


def test_a_card_says_what_is_locked_what_is_not_given_and_only_the_last_four_characters() -> None:
    text = said(integrations.message([connector()], [Card(replace(connection(), trouble=""))]))
    assert "Passwords: *locked*" in text
    assert "`c3f9`" in text
    assert "10,000 companies" in text
    hidden = said(integrations.message([connector()], [Card(connection())], with_counts=False))
    assert "10,000" not in hidden


# mapping


def link(name: str, state: LinkState = LinkState.ACTIVE) -> Link:
    return Link("link1", "conn1", "c1", "4711", name, 3, state)


def lines(name: str, number: int) -> tuple[MappingLine, ...]:
    where, found = company(name), Proposal("4711", name, name, f"same domain {name}", certain=True)
    kinds = (
        MappingLine(where, link(name), False, None), MappingLine(where, link(name, LinkState.ORPHANED), False, None),
        MappingLine(where, None, True, None), MappingLine(where, None, False, found),
        MappingLine(where, None, False, replace(found, certain=False)), MappingLine(where, None, False, None),
    )
    return tuple(kinds[each % len(kinds)] for each in range(min(number, 8)))


def table(name: str, number: int, **changes: Any) -> MappingPage:
    made = MappingPage("conn1", name, lines(name, number), 1, max(1, -(-number // 8)), number, "", True,
                       number, number, number, number, NOW.isoformat())
    return replace(made, **changes)


def test_where_one_company_alone_is_seen_no_figure_is_the_whole_msp_s() -> None:
    look = mapping.Look("conn1", "C0MSP")
    assert "companies there are mapped to nobody" in said(mapping.table(table("Glue", 9), look))
    alone = said(mapping.table(table("Glue", 9, mapped=1, open=0, certain=0, upstream_left=None), look))
    assert "1 mapped · 0 open\n" in alone
    assert "mapped to nobody" not in alone


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", SIZES)
def test_the_mapping_table_is_drawable(name: str, number: int) -> None:
    look = mapping.Look("conn1", "C0MSP", 2)
    assert_drawable(mapping.table(table(name, number), look, kit.said(name)))
    assert_drawable(mapping.table(table(name, number, search="x", only_open=False), replace(look, search="x")))
    assert_drawable(mapping.reading(look, name))
    assert_drawable(mapping.not_opened(look))
    assert_drawable(mapping.which([("conn1", name)] * min(number, 30), "c1"))
    target = mapping.Target("conn1", "c1", "link1", "V1", "C0MSP")
    old = Consequence(company(name), link(name), {"people": number, "tickets": number}, number, number, second=True)
    assert_drawable(mapping.change(target, name, name, old))
    assert_drawable(mapping.change(target, name, name, None))
    assert_drawable(mapping.remove(target, name, name, old))
    kit.option(*mapping.option(UpstreamCompany("4711", name, name, is_active=False)))


def test_a_re_map_names_all_that_came_from_the_old_company_and_only_that() -> None:
    target = mapping.Target("conn1", "c1", "link1", "V1", "C0MSP")
    old = Consequence(company("Contoso"), link("Contoso Inc"), {"passwords": 1, "tickets": 40}, 0, 0, second=True)
    for form in (mapping.change, mapping.remove):
        shown = said(form(target, "Contoso", "IT Glue", old))
        assert "1 password came from *Contoso Inc*: it stays here, with that origin noted." in shown
        assert "40 tickets came from *Contoso Inc*: they are not shown here any more." in shown
        assert "A second person must approve this" in shown
        assert "people" not in shown
        assert "invitations" not in shown


def test_a_source_says_all_that_it_gives_and_nothing_else() -> None:
    """What a PSA's desk gives is read off what its connector can do."""
    assert connect.offered(autotask.CONNECTOR).startswith(
        "Gives companies, staff, users, tickets, opportunities, assets, to-dos, contracts."
    )
    assert "users, tickets, opportunities, assets." in connect.offered(connectwise.CONNECTOR)
    assert "tickets" not in connect.offered(itglue.CONNECTOR)


def test_the_table_offers_what_fits_each_row() -> None:
    shown = [text for text, _ in buttons(mapping.table(table("Contoso", 6), mapping.Look("conn1", "C0MSP")))]
    assert shown.count("Confirm") == 2
    assert shown.count("Not to be mapped") == 3
    assert "Confirm all 6 certain" in shown
    assert "Open again" in shown
    assert "Remove mapping" in shown


def test_a_look_survives_the_trip_through_slack_and_the_search_stays_out_of_the_metadata() -> None:
    drawn = mapping.table(table("Contoso", 40, page=3, pages=5), mapping.Look("conn1", "C0MSP", 3, "conto", False))
    state = {"values": {
        mapping.SEARCH: {mapping.SEARCH: {"type": "plain_text_input", "value": "conto"}},
        mapping.FILTER: {mapping.FILTER: {"type": "static_select", "selected_option": {"value": "all"}}},
    }}
    assert mapping.look_of(drawn | {"state": state}) == mapping.Look("conn1", "C0MSP", 3, "conto", False)
    assert "conto" not in drawn["private_metadata"]


# plans


def item(name: str, action: Action, number: int = 1) -> PlanItem:
    changes = {name: (name, name), "email": ("a", "b")} if action is Action.CHANGED else {}
    return PlanItem(number, str(4000 + number), name, name, {}, Verdict(action, name, changes=changes))


def told(name: str, state: PlanState, number: int = 12) -> plans.Told:
    made = replace(
        plan(name, state), counts=Counts(number, number, number, number, number, number), note=name, read_rows=number,
        read_total=number, done_rows=number, needs_second=True, selection=("1",) * min(number, 50), finished_at=NOW,
        decided_by="U0ADAMAD02", decided_at=NOW, kind=Kind.COMPANIES, message_ts="1.1", channel="C0MSP",
    )
    some = tuple(company(name, each) for each in range(min(number, 20)))
    return plans.Told(made, {action: [item(name, action)] * min(number, 5) for action in Action}, some, number)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", PlanState)
def test_a_plans_message_is_drawable_in_every_state(name: str, state: PlanState) -> None:
    for number in SIZES:
        assert_drawable(plans.build(told(name, state, number)))
        assert_drawable(plans.build(told(name, state, number), pressed_by="U0TESSTE03"))


def test_a_preview_names_company_and_source_and_counts_in_the_five_words() -> None:
    shown = plans.build(plans.Told(replace(plan("Contoso"), source_title="IT Glue", counts=Counts(12, 3, 40, 1, 2))))
    assert shown["blocks"][0]["text"]["text"] == "Import users into Contoso from IT Glue"
    assert "*12* new · *3* changed · *40* unchanged · *1* held · *2* conflict" in said(shown)
    assert buttons(shown) == [
        ("Approve", "plan1"), ("Deny", "plan1"), ("See all changes", "plan1"), ("Only some…", "plan1"),
    ]


@pytest.mark.parametrize(("auto", "chosen", "spoken"), [(True, ("1", "2"), ""), (True, ("1",), "only 1 chosen row"), (False, ("1", "2"), "only 2 chosen rows")])
def test_rows_are_called_chosen_where_somebody_chose_them(auto: bool, chosen: tuple[str, ...], spoken: str) -> None:
    made = replace(plan("Contoso"), state=PlanState.PROPOSED, counts=Counts(new=2), auto=auto, selection=chosen, read_rows=2)
    shown = said(plans.build(plans.Told(made)))
    assert spoken in shown
    assert ("chosen" in shown) is bool(spoken)


@pytest.mark.parametrize(("pickable", "offered"), [(0, False), (1, True), (3, True)])
def test_where_there_is_nothing_to_approve_the_button_stands_that_the_reasons_name(pickable: int, offered: bool) -> None:
    shown = plans.build(plans.Told(replace(plan("Contoso"), state=PlanState.PROPOSED, counts=Counts(unchanged=4, conflict=3, pickable=pickable))))
    assert ("Only some…" in dict(buttons(shown))) is offered
    assert "Approve" not in dict(buttons(shown))
    assert "waits for a decision" not in str(shown)
    assert "nothing to approve" in shown["text"]
    assert ("if you pick with *Only some…*" in said(shown)) is offered


def test_pressed_buttons_are_gone_at_once_and_running_has_none() -> None:
    assert buttons(plans.build(told("Contoso", PlanState.PROPOSED), pressed_by="U0TESSTE03")) == []
    assert buttons(plans.build(told("Contoso", PlanState.RUNNING))) == []


def test_an_outcome_says_who_decided_and_when_and_asks_for_missing_domains() -> None:
    shown = plans.build(told("Contoso", PlanState.DONE, 7))
    text = said(shown)
    assert "7 companies need a domain" in text
    assert "Approved by <@U0ADAMAD02>, <!date^" in text
    assert [label for label, _ in buttons(shown)].count("Add domain") == 5
    assert "Add all domains" in [label for label, _ in buttons(shown)]


@pytest.mark.parametrize("state", [PlanState.VOID, PlanState.FAILED, PlanState.DENIED])
def test_an_ended_plan_says_why_and_can_be_previewed_again(state: PlanState) -> None:
    shown = plans.build(plans.Told(replace(plan("Contoso", state), note="The mapping was changed.")))
    assert "The mapping was changed." in said(shown)
    assert [label for label, _ in buttons(shown)] == ["Preview again"]


# imports


@pytest.mark.parametrize("name", NAMES)
def test_choosing_what_to_import_is_drawable(name: str) -> None:
    for number in (0, 1, 30):
        offers = {kind: [Offer(f"conn{each}", name, name if each % 2 else "") for each in range(number)] for kind in Kind}
        assert_drawable(imports.picker(offers, "c1", name, kit.said(name)))
    assert_drawable(imports.for_company(Kind.USERS, "conn1", "C0MSP"))
    assert_drawable(imports.only_some("plan1", "C0MSP", name))
    for number in SIZES:
        some = tuple(item(name, action, each) for each, action in zip(range(min(number, 20)), [*Action] * 4, strict=False))
        page = ItemPage(told(name, PlanState.PROPOSED, number).plan, some, None, "", 1, max(1, number // 20), number)
        assert_drawable(imports.changes(page, imports.Look("plan1", "C0MSP", 1, Action.NEW, "x")))
    kit.option(*imports.option(item(name, Action.NEW)))


@pytest.mark.parametrize("state", PlanState)
@pytest.mark.parametrize("reason", [
    f"Left out by the settings of Autotask PSA. Pick it with the button “{ONLY_SOME}” to import it all the same.",
    f"Line 2: eve@elsewhere.example is not an address of contoso.com. Pick it under {ONLY_SOME} if it belongs here.",
])
def test_the_list_of_all_changes_advises_the_button_of_a_plan_only_while_it_waits(state: PlanState, reason: str) -> None:
    """Afterwards rows can be picked in a new preview alone, so that is what is said."""
    row = PlanItem(1, "4001", "Eve", "", {}, Verdict(Action.HELD, reason))
    page = ItemPage(replace(plan(), state=state), (row,), None, "", 1, 1, 1)
    shown = said(imports.changes(page, imports.Look("plan1", "C0MSP")))
    assert (reason in shown) is (state in OPEN_STATES)
    assert ("of a new preview" in shown) is (state not in OPEN_STATES)


def test_the_form_for_a_csv_names_every_column_that_is_understood() -> None:
    shown = str(by_hand.form(by_hand.CSV, "c1", "Contoso", "C0MSP"))
    for column in ("email", "first name", "last name", "(or name)", "title", "company", "groups"):
        assert column in shown


def test_a_source_that_cannot_give_something_is_listed_with_its_reason_and_has_no_button() -> None:
    offers = {Kind.STAFF: [Offer("conn1", "Autotask PSA", ""), Offer("conn2", "IT Glue", "IT Glue is not connected yet.")]}
    shown = imports.picker(offers)
    assert buttons(shown) == [("From Autotask PSA", "staff||conn1")]
    assert "IT Glue is not connected yet." in said(shown)


@pytest.mark.parametrize(("words", "wish"), [
    ("users contoso", imports.Wish(Kind.USERS, "contoso", "")),
    ("users Contoso Ltd from IT Glue", imports.Wish(Kind.USERS, "Contoso Ltd", "IT Glue")),
    ("users Gifts from Afar from autotask", imports.Wish(Kind.USERS, "Gifts from Afar", "autotask")),
    ("COMPANIES from autotask", imports.Wish(Kind.COMPANIES, "", "autotask")),
    ("staff", imports.Wish(Kind.STAFF, "", "")),
    ("passwords contoso", imports.Wish(Kind.PASSWORDS, "contoso", "")),
    ("", imports.Wish(None, "", "")),
    ("everything", imports.Wish(None, "", "")),
])
def test_the_words_after_import_are_understood(words: str, wish: imports.Wish) -> None:
    assert imports.wish_of(words) == wish


# companies


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", SIZES)
def test_companies_are_drawable(name: str, number: int) -> None:
    bare = Company("c1", name, None, "", CompanyState.NEEDS_DOMAIN)
    shown = tuple(CompanyLine(each, number, number, (name,) * 3) for each in (bare, company(name)) for _ in range(5))
    page = CompanyPage(shown[: min(number, 10)], 1, max(1, number // 10), number, number, "x" if number else "")
    assert_drawable(companies.page(page, "/msp", kit.said(name)))
    assert_drawable(companies.one(shown[0], working=True))
    assert_drawable(companies.one(shown[-1], working=False))
    assert_drawable(companies.none_chosen("/msp"))
    waiting = [replace(bare, id=f"c{each}") for each in range(min(number, 20))]
    assert_drawable(companies.domains(waiting, number, "plan1", "C0MSP"))
    assert_drawable(companies.add("C0MSP"))
    assert_drawable(companies.pick("C0MSP"))
    kit.option(*companies.option(bare))


def test_a_company_without_a_domain_is_marked_and_can_be_given_one() -> None:
    bare = Company("c1", "Contoso", None, "", CompanyState.NEEDS_DOMAIN)
    shown = companies.one(CompanyLine(bare, 0, 0, ()), working=False)
    assert "needs domain" in said(shown)
    assert ("Add domain", "c1") in buttons(shown)


def test_doors_lead_from_every_remedy() -> None:
    for remedy in ("connect", "map", "import companies", "company", "source", "sync psa data"):
        assert doors.remedy(remedy, ("conn1", "c1"))
    assert buttons(doors.remedy("sync psa data", ("conn1", ""))) == [("Sync PSA data", "conn1")]
    assert buttons(doors.remedy("sync psa data")) == [("Integrations", "")], "where it is not known which source is meant"
    assert doors.remedy("unheard of") == doors.remedy(None) == []


def test_a_plans_title_is_told_with_its_state_for_those_who_hear_it() -> None:
    made: Plan = replace(plan("Contoso"), source_title="IT Glue")
    assert plans.build(plans.Told(made))["text"] == "Import users into Contoso from IT Glue: waits for a decision"


@pytest.mark.parametrize("number", SIZES)
@pytest.mark.parametrize("name", HOSTILE)
def test_the_sources_of_a_company_are_drawable_whatever_they_say(name: str, number: int) -> None:
    claim = Claim("c", name, True, NOW)
    said = SourceSays(claim, "10", LinkState.ORPHANED, name, name[:100], number, True)
    assert_drawable(source_views.message(SideBySide(company(name), (said,) * min(number, 9))))

"""Mapping companies: suggestions with reasons, nothing certain that is not, and care with what came through a mapping."""

from collections.abc import Callable

import pytest

from domain import four_eyes
from domain.approval import Choice
from domain.brought import listed
from domain.errors import AskOperator, NotAllowed, TellPerson, Trouble, TryLater
from domain.plan import PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import mapping, requests
from flows.mapping import MappingLine
from flows.performers import PERFORMERS
from storage.store import Store
from tests.flows.bench import Bench
from tests.flows.safe import vaulted
from tests.flows.ticket_paper import service


def begun(bench: Bench, *upstream: tuple[str, str, str]) -> str:
    """Autotask is connected and its list read; returns the connection's id."""
    for id_, name, web in upstream or (("10", "Contoso", "contoso.com"), ("20", "Fabrikam", "fabrikam.com")):
        bench.papers["autotask"].company(id_, name, web)
    connection = bench.connected("autotask")
    bench.listed(connection)
    return connection.id


def lines(bench: Bench, connection_id: str, only_open: bool = True) -> dict[str, MappingLine]:
    page = mapping.table(bench.context, bench.admin, connection_id, only_open=only_open, size=100)
    return {line.company.name: line for line in page.lines}


def test_the_same_web_address_is_suggested_with_its_reason_and_certain(both: Bench) -> None:
    both.company("Contoso Ltd", "www.contoso.com")
    line = lines(both, begun(both))["Contoso Ltd"]
    assert line.proposal is not None
    assert (line.proposal.external_id, line.proposal.certain) == ("10", True)
    assert "contoso.com" in line.proposal.reason


def test_a_tie_is_never_certain_and_bulk_confirm_leaves_it(both: Bench) -> None:
    both.company("Contoso", "contoso.com")
    connection_id = begun(both, ("10", "Contoso", "contoso.com"), ("11", "Contoso", "contoso.com"))
    proposal = lines(both, connection_id)["Contoso"].proposal
    assert proposal is None or not proposal.certain
    assert mapping.confirm_certain(both.context, both.admin, connection_id) == 0


def test_what_speaks_against_a_proposal_is_a_sentence_of_its_own(both: Bench) -> None:
    both.company("Contoso", "contoso.com")
    connection_id = begun(both, ("10", "Fabrikam", "contoso.com"))
    proposal = lines(both, connection_id)["Contoso"].proposal
    assert proposal is not None
    assert proposal.reason.endswith(". The names have nothing in common")


def test_all_certain_ones_are_confirmed_together_and_once(both: Bench) -> None:
    for name in ("Contoso", "Fabrikam"):
        both.company(name, f"{name.lower()}.com")
    both.company("Stranger", "stranger.example")
    connection_id = begun(both)
    assert mapping.confirm_certain(both.context, both.admin, connection_id) == 2
    assert mapping.confirm_certain(both.context, both.admin, connection_id) == 0
    assert list(lines(both, connection_id)) == ["Stranger"]


def test_an_upstream_company_is_taken_once(both: Bench) -> None:
    one, other = both.company("Contoso", "contoso.com"), both.company("Other", "other.example")
    connection_id = begun(both)
    mapping.confirm(both.context, both.admin, connection_id, one.id, "10")
    with pytest.raises(TellPerson, match="is mapped to Contoso already"):
        mapping.confirm(both.context, both.admin, connection_id, other.id, "10")
    with pytest.raises(TellPerson, match="Use Change"):
        mapping.confirm(both.context, both.admin, connection_id, one.id, "20")


def test_confirming_the_same_twice_is_the_same_mapping(both: Bench) -> None:
    company = both.company("Contoso", "contoso.com")
    connection_id = begun(both)
    first = mapping.confirm(both.context, both.admin, connection_id, company.id, "10")
    assert mapping.confirm(both.context, both.admin, connection_id, company.id, "10") == first


def test_who_holds_it_is_not_named_in_a_channel_bound_to_another(quick: Bench) -> None:
    one, other = quick.company("Contoso", "contoso.com"), quick.company("Other", "other.example")
    connection_id = begun(quick)
    mapping.confirm(quick.context, quick.admin, connection_id, one.id, "10")
    with pytest.raises(TellPerson) as refusal:
        mapping.confirm(quick.context, quick.desk(bound=other), connection_id, other.id, "10")
    assert "Contoso is mapped to another company" in refusal.value.said


def test_the_figures_of_a_bound_channel_are_its_own_company_s(both: Bench) -> None:
    """How many companies the MSP has mapped, and how many more its source knows, is not for that channel."""
    one, other = both.company("Contoso", "contoso.com"), both.company("Other", "other.example")
    connection_id = begun(both, ("10", "Contoso", "contoso.com"), ("20", "Other", "other.example"), ("30", "Third", "third.example"))
    mapping.confirm(both.context, both.admin, connection_id, one.id, "10")
    whole = mapping.table(both.context, both.admin, connection_id)
    assert (whole.mapped, whole.open, whole.upstream_left) == (1, 1, 2)
    for company, figures in ((one, (1, 0)), (other, (0, 1))):
        seen = mapping.table(both.context, both.desk(bound=company), connection_id, only_open=False)
        assert (seen.mapped, seen.open) == figures
        assert (seen.certain, seen.upstream_left) == (0, None)


def test_not_to_be_mapped_is_a_decision_that_can_be_taken_back(both: Bench) -> None:
    company = both.company("Contoso", "contoso.com")
    connection_id = begun(both)
    mapping.leave_unmapped(both.context, both.admin, connection_id, company.id)
    assert lines(both, connection_id) == {}
    assert lines(both, connection_id, only_open=False)["Contoso"].not_mapped
    assert mapping.confirm_certain(both.context, both.admin, connection_id) == 0, "bulk confirm respects it"
    mapping.leave_unmapped(both.context, both.admin, connection_id, company.id, on=False)
    assert lines(both, connection_id)["Contoso"].proposal is not None


def test_the_msps_own_company_is_mapped_by_itself_and_to_no_client(both: Bench) -> None:
    both.papers["autotask"].company("0", "Northwind IT", "northwind-it.example", is_own=True)
    company = both.company("Contoso", "contoso.com")
    connection_id = begun(both)
    with pytest.raises(TellPerson, match="your own company"):
        mapping.confirm(both.context, both.admin, connection_id, company.id, "0")
    with both.store.work() as work:
        own = work.links.of_company(connection_id, work.companies.own().id)
    assert own is not None
    assert own.external_id == "0"


def test_the_mapping_table_never_calls_the_source(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    connection_id = begun(quick)
    calls = len(quick.papers["autotask"].calls)
    for typed in ("", "con", "zzz"):
        mapping.table(quick.context, quick.admin, connection_id, search=typed, only_open=False)
        mapping.options(quick.context, quick.admin, connection_id, typed)
    assert len(quick.papers["autotask"].calls) == calls


# --- re-mapping --------------------------------------------------------------------------------------------------


def imported(bench: Bench) -> tuple[str, str]:
    """Contoso is mapped to 10 and has three people from there; returns connection and link."""
    bench.two_eyes_are_enough()
    company = bench.company("Contoso", "contoso.com")
    connection_id = begun(bench)
    link = mapping.confirm(bench.context, bench.admin, connection_id, company.id, "10")
    for number in range(3):
        bench.papers["autotask"].person(str(number), "10", f"p{number}@contoso.com")
    bench.imported(Kind.USERS, "Contoso")
    return connection_id, link.id


def test_the_consequence_of_a_remap_is_shown_before_it_is_done(both: Bench) -> None:
    _, link_id = imported(both)
    both.papers["autotask"].person("9", "10", "p9@contoso.com")
    both.preview(Kind.USERS, "Contoso")
    shown = mapping.consequence(both.context, both.admin, link_id)
    assert (shown.came, shown.pending, shown.open_plans) == ({"people": 3}, 3, 1)


def test_a_remap_voids_what_was_previewed_and_keeps_the_people(both: Bench) -> None:
    _, link_id = imported(both)
    both.papers["autotask"].person("9", "10", "p9@contoso.com")
    plan = both.preview(Kind.USERS, "Contoso")
    said = mapping.remap(both.context, both.admin, link_id, "20", False)
    assert both.plan(plan.id).state is PlanState.VOID
    assert "3 people came from Contoso: they stay" in said
    assert len(both.people()) == 3
    assert (plan.id, True, "void") in both.ear.plans, "its message is redrawn"


def test_pending_invitations_are_taken_back_with_a_remap_only_when_asked(both: Bench) -> None:
    _, link_id = imported(both)
    mapping.remap(both.context, both.admin, link_id, None, True)
    assert {line.badge for line in both.people().values()} == {"Un-invited"}


def test_a_remap_that_people_came_through_waits_for_a_second_person_by_default(both: Bench) -> None:
    _, link_id = imported(both)
    with both.store.write() as work:
        work.settings.put(four_eyes.SETTING, None)
    said = mapping.remap(both.context, both.admin, link_id, "20", False)
    assert "Nothing was changed yet: 3 people came through this mapping" in said
    with both.store.work() as work:
        assert work.links.get(link_id).external_id == "10"  # type: ignore[union-attr]
        assert work.links.get(link_id).version == 1  # type: ignore[union-attr]
    (request_id,) = both.ear.requests
    requests.decide(both.context, both.desk(user="U2"), request_id, Choice.APPROVE, PERFORMERS)
    with both.store.work() as work:
        assert [link.external_id for link in work.links.every_live()] == ["20"]


def test_where_nothing_came_through_a_mapping_nobody_is_asked(both: Bench) -> None:
    _, link_id = imported(both)
    with both.store.write() as work:
        work.settings.put(four_eyes.SETTING, None)
        work.undoing.remove_people([line.person.id for line in both.people().values()])
    assert mapping.consequence(both.context, both.admin, link_id).came == {}
    said = mapping.remap(both.context, both.admin, link_id, None, False)
    assert said.startswith("Contoso is no longer mapped to Contoso. Nothing had come from Contoso.")
    assert both.ear.requests == []


def with_a_password(store: Store) -> tuple[Bench, str, str]:
    town = vaulted(store)
    town.safe.password("1", "7", "Router")
    town.bench.imported(Kind.PASSWORDS, "Contoso")
    return town.bench, town.link.id, "1 password"


def with_tickets(store: Store) -> tuple[Bench, str, str]:
    desk = service(store)
    desk.paper.ticket_("1", "1")
    desk.paper.ticket_("2", "1")
    desk.synced()
    with store.work() as work:
        return desk.bench, next(link.id for link in work.links.every_live() if link.external_id == "1"), "2 tickets"


@pytest.mark.parametrize("filled", [with_a_password, with_tickets])
def test_whatever_came_through_a_mapping_is_named_and_a_second_person_asked(store: Store, filled: Callable[[Store], tuple[Bench, str, str]]) -> None:
    """Before it is done, in what the second person reads, in the answer and in the journal: what it is, and no people."""
    bench, link_id, came = filled(store)
    with store.write() as work:
        work.settings.put(four_eyes.SETTING, None)
    shown = mapping.consequence(bench.context, bench.admin, link_id)
    assert (listed(shown.came), shown.second) == (came, True)
    said = mapping.remap(bench.context, bench.admin, link_id, None, False)
    assert said.startswith(f"Nothing was changed yet: {came} came through this mapping, so a second person must approve.")
    (request_id,) = bench.ear.requests[-1:]
    plea = requests.one(bench.context, bench.admin, request_id).summary
    assert f"{came} came from there" in plea
    assert "people" not in plea + said
    requests.decide(bench.context, bench.desk(user="U2"), request_id, Choice.APPROVE, PERFORMERS)
    (done,) = bench.journal("re-mapping")
    assert f"{came} came from Contoso" in done, "the journal keeps it"


def test_a_stale_remap_button_changes_nothing(both: Bench) -> None:
    _, link_id = imported(both)
    mapping.remap(both.context, both.admin, link_id, "20", False)
    with pytest.raises(TellPerson, match="Open the mapping table again"):
        mapping.remap(both.context, both.admin, link_id, None, False)


def test_after_a_remap_only_the_new_companys_people_come(both: Bench) -> None:
    _, link_id = imported(both)
    both.papers["autotask"].person("50", "20", "fay@fabrikam.com", "Fay")
    mapping.remap(both.context, both.admin, link_id, "20", False)
    plan = both.preview(Kind.USERS, "Contoso")
    assert [item for item in both.reasons(plan) if item.startswith("p")] == []
    assert plan.counts.new == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLIENT, None])
def test_who_may_only_look_maps_nothing(quick: Bench, role: Role | None) -> None:
    company = quick.company("Contoso", "contoso.com")
    connection_id = begun(quick)
    with pytest.raises(NotAllowed):
        mapping.confirm(quick.context, quick.desk(role), connection_id, company.id, "10")


def test_a_source_that_is_busy_is_waited_for_and_one_that_is_broken_is_told(quick: Bench) -> None:
    quick.papers["autotask"].company("10", "Contoso", "contoso.com")
    connection = quick.connected("autotask")
    quick.papers["autotask"].trouble = [TryLater("Busy.", 30.0), TryLater("Busy.")]
    quick.listed(connection)
    assert quick.workshop.waited == [30.0, 10.0]
    quick.clock.advance(100_000)
    quick.papers["autotask"].trouble = [AskOperator("The key was revoked.", Trouble.WRONG_KEY)]
    quick.listed(connection)
    assert quick.ear.notices == ["The key was revoked."]

"""Four eyes: the asker never approves, two clicks make one effect, time runs out, stand-ins and broken glass."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.approval import Choice
from domain.errors import NotAllowed, TellPerson
from domain.four_eyes import Request, RequestState
from domain.isolation import Link, LinkState
from domain.plan import Plan, PlanState
from domain.ports import Kind
from domain.roles import Role
from flows import imports, mapping, requests, second, settings, undo
from flows.performers import PERFORMERS
from tests.flows.bench import Bench


def mapped(bench: Bench) -> Link:
    """Contoso is mapped and one person came through."""
    paper = bench.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "Contoso North", "north.example")
    paper.person("1", "10", "ann@contoso.com")
    connection = bench.connected("autotask")
    bench.listed(connection)
    link = bench.mapped(connection, bench.company("Contoso", "contoso.com"), "10")
    bench.imported(Kind.USERS, "Contoso")
    return link


def asked(bench: Bench, link: Link) -> Request:
    said = mapping.remap(bench.context, bench.admin, link.id, "20", False)
    assert "second person" in said
    return requests.drawn(bench.context, bench.ear.requests[-1])


def state(bench: Bench, link: Link) -> LinkState:
    with bench.store.work() as work:
        found = work.links.get(link.id)
    assert found is not None
    return found.state


def decide(bench: Bench, request: Request, user: str = "U2", choice: Choice = Choice.APPROVE, role: Role | None = Role.TECHNICIAN) -> RequestState | None:
    return requests.decide(bench.context, bench.desk(role, user), request.id, choice, PERFORMERS)[1].moves_to


def test_a_remap_waits_for_a_second_person_and_happens_once(both: Bench) -> None:
    link = mapped(both)
    request = asked(both, link)
    assert state(both, link) is LinkState.ACTIVE
    assert decide(both, request, "U1", role=Role.ADMIN) is None
    assert decide(both, request) is RequestState.DONE
    assert decide(both, request, "U3") is None
    assert state(both, link) is LinkState.RETIRED
    assert len(both.journal("re-mapping")) == 1
    assert "Contoso North" in requests.drawn(both.context, request.id).note


def test_nobody_is_needed_where_nobody_came_or_the_setting_is_off(quick: Bench) -> None:
    link = mapped(quick)
    second.choose(quick.context, quick.admin, frozenset())
    assert "Contoso North" in mapping.remap(quick.context, quick.admin, link.id, "20", False)
    assert state(quick, link) is LinkState.RETIRED
    assert quick.ear.requests == []


def test_asking_twice_is_one_request(quick: Bench) -> None:
    link = mapped(quick)
    assert asked(quick, link).id == asked(quick, link).id


def test_all_is_checked_again_when_it_is_performed(quick: Bench) -> None:
    link = mapped(quick)
    request = asked(quick, link)
    with quick.store.write() as work:
        work.links.retire(link.id)
    assert decide(quick, request) is RequestState.FAILED
    assert "not be done any more" in requests.drawn(quick.context, request.id).note
    assert quick.journal("re-mapping") == []


def test_an_asker_who_lost_the_right_meanwhile_does_not_get_it(quick: Bench) -> None:
    link = mapped(quick)
    settings.assign(quick.context, quick.desk(user="U9"), "U9", Role.ADMIN)
    request = asked(quick, link)
    settings.assign(quick.context, quick.desk(user="U9"), "U1", Role.VIEWER)
    assert decide(quick, request) is RequestState.FAILED
    assert state(quick, link) is LinkState.ACTIVE


@pytest.mark.parametrize(("seconds", "end"), [(0, RequestState.DONE), (1, RequestState.EXPIRED)])
def test_time_runs_out_after_24_hours(quick: Bench, seconds: int, end: RequestState) -> None:
    link = mapped(quick)
    request = asked(quick, link)
    quick.clock.advance(timedelta(hours=24, seconds=seconds).total_seconds())
    assert decide(quick, request) is end


def test_the_clock_ends_what_nobody_decided_on_and_says_so(quick: Bench) -> None:
    link = mapped(quick)
    request = asked(quick, link)
    quick.clock.advance(24 * 3600)
    requests.sweep(quick.context)
    assert requests.drawn(quick.context, request.id).state is RequestState.OPEN
    quick.clock.advance(1)
    told = len(quick.ear.requests)
    requests.sweep(quick.context)
    assert requests.drawn(quick.context, request.id).state is RequestState.EXPIRED
    assert len(quick.ear.requests) == told + 1


def test_viewers_guests_and_other_companies_channels_cannot_decide(quick: Bench) -> None:
    link = mapped(quick)
    request = asked(quick, link)
    assert decide(quick, request, role=Role.VIEWER) is None
    other = quick.company("Fabrikam", "fabrikam.com")
    for desk in (quick.desk(None, "U5"), quick.desk(Role.ADMIN, "U5", bound=other)):
        with pytest.raises(NotAllowed):
            requests.decide(quick.context, desk, request.id, Choice.APPROVE, PERFORMERS)
    assert state(quick, link) is LinkState.ACTIVE


def test_a_stand_in_decides_but_not_on_what_the_absent_asked(quick: Bench) -> None:
    link = mapped(quick)
    request = asked(quick, link)  # by U1
    second.stand_in(quick.context, quick.admin, "U1", "U7")
    assert decide(quick, request, "U7", role=Role.VIEWER) is None
    second.stand_in(quick.context, quick.admin, "U4", "U7")
    assert decide(quick, request, "U7", role=Role.VIEWER) is RequestState.DONE
    with pytest.raises(TellPerson):
        second.stand_in(quick.context, quick.admin, "U4", "U4")


def test_only_an_admin_who_asked_breaks_the_glass_and_says_why(quick: Bench) -> None:
    link = mapped(quick)
    request = asked(quick, link)
    why = "Nobody else is on call tonight."
    for desk, note in ((quick.desk(Role.TECHNICIAN), why), (quick.desk(Role.ADMIN, "U2"), why), (quick.admin, "urgent")):
        with pytest.raises(TellPerson):
            requests.break_glass(quick.context, desk, request.id, note, PERFORMERS)
    _, ruling = requests.break_glass(quick.context, quick.admin, request.id, why, PERFORMERS)
    assert ruling.moves_to is RequestState.DONE
    assert state(quick, link) is LinkState.RETIRED
    assert any(why in said for said in quick.journal("decision"))


def waiting(bench: Bench) -> Plan:
    mapped(bench)
    settings.change(bench.context, bench.admin, second_person=True)
    bench.papers["autotask"].person("2", "10", "bob@contoso.com")
    return bench.preview(Kind.USERS, "Contoso")


def test_a_plan_too_can_be_approved_alone_by_breaking_the_glass(quick: Bench) -> None:
    plan = waiting(quick)
    assert imports.decide(quick.context, quick.admin, plan.id, Choice.APPROVE)[1].moves_to is None
    why = "Nobody else is on call tonight."
    with pytest.raises(NotAllowed):
        imports.break_glass(quick.context, quick.desk(Role.TECHNICIAN), plan.id, why)
    imports.break_glass(quick.context, quick.admin, plan.id, why)
    quick.workshop.run()
    done = quick.plan(plan.id)
    assert (done.state, done.alone) == (PlanState.DONE, why)
    assert any(why in said for said in quick.journal("decision"))


def test_a_stand_in_may_approve_a_plan(quick: Bench) -> None:
    plan = waiting(quick)
    second.stand_in(quick.context, quick.admin, "U4", "U7")
    assert quick.approve(plan, quick.desk(Role.VIEWER, "U7")).state is PlanState.DONE


def test_of_many_clicks_at_once_one_acts(both: Bench) -> None:
    link = mapped(both)
    request = asked(both, link)
    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(lambda number: decide(both, request, f"U{number}"), range(2, 8)))
    assert sorted(str(end) for end in ends) == ["None"] * 5 + ["done"]
    assert len(both.journal("re-mapping")) == 1


def test_of_many_who_press_undo_at_once_one_begins(both: Bench) -> None:
    mapped(both)
    with both.store.work() as work:
        run = work.plans.newest(None, 1)[0]

    def press(number: int) -> str:
        try:
            return undo.propose(both.context, both.desk(user=f"U{number}"), run.id).state.value
        except TellPerson as refused:
            return "told" if "being undone" in refused.said else refused.said

    with ThreadPoolExecutor(6) as pool:
        ends = sorted(pool.map(press, range(2, 8)))
    assert ends == ["proposed", *["told"] * 5]

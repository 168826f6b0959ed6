"""Two previews of the same open at once: what is approved is what runs, what is counted is what was done, and undo fits it."""

import pytest

from domain.approval import Choice
from domain.company import Company
from domain.person import Person, PersonKind
from domain.plan import Action, Plan, PlanState
from domain.ports import Kind
from domain.roles import SYSTEM, Role
from flows import imports, undo, why
from flows.starting import CHANGED
from storage.store import Store
from tests.flows.bench import Bench, bench
from tests.flows.engine import Killed

SOURCES = ("autotask", "itglue")
BOTH_ORDERS = pytest.mark.parametrize("order", [SOURCES, SOURCES[::-1]], ids="-".join)


def contoso(made: Bench) -> Company:
    """Three people whom both sources know, and at IT Glue two more."""
    for name in SOURCES:
        made.papers[name].company("10", "Contoso", "contoso.com")
        connection = made.connected(name)
        made.listed(connection)
        company = made.companies().get("Contoso") or made.company("Contoso", "contoso.com")
        made.mapped(connection, company, "10")
    for number in range(3):
        made.papers["autotask"].person(f"a{number}", "10", f"p{number}@contoso.com", f"P{number}", last="Kim")
        made.papers["itglue"].person(f"g{number}", "10", f"P{number}@contoso.com", f"P{number}", last="Kim")
    for number in (3, 4):
        made.papers["itglue"].person(f"g{number}", "10", f"p{number}@contoso.com", f"P{number}", last="Kim")
    return company


def approved(made: Bench, *plans: Plan) -> list[Plan]:
    """Approve all of them, then let them run in that order."""
    for plan in plans:
        imports.decide(made.context, made.admin, plan.id, Choice.APPROVE)
    made.workshop.run()
    return [made.plan(plan.id) for plan in plans]


def undone(made: Bench, run: Plan) -> Plan:
    plan = undo.propose(made.context, made.admin, run.id)
    return made.approve(plan) if plan.state is PlanState.PROPOSED else plan


@BOTH_ORDERS
def test_of_two_sources_previewed_together_the_second_is_void_and_undo_takes_back_the_first(both: Bench, order: tuple[str, str]) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    plans = [both.preview(Kind.USERS, "Contoso", name) for name in order]
    first, second = approved(both, *plans)
    assert (first.state, second.state) == (PlanState.DONE, PlanState.VOID)
    assert len(both.people()) == first.counts.new == (3 if order[0] == "autotask" else 5)
    assert second.note.startswith("Another run changed what is known here after this preview was made: P0 Kim")
    assert "and 2 more" in second.note
    assert len(both.post.sent) == first.counts.new
    told = "".join(why.why(both.context, both.admin, "p1@contoso.com"))
    assert told.count("approved by") == 1, "only the run that did it"
    done = undone(both, first)
    assert done.note == f"{first.counts.new} removed, 0 restored, 0 kept."
    assert both.people() == {}


@BOTH_ORDERS
def test_previewed_again_the_second_source_joins_and_each_undo_takes_back_its_own(both: Bench, order: tuple[str, str]) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    first, void = approved(both, *[both.preview(Kind.USERS, "Contoso", name) for name in order])
    again = imports.again(both.context, both.admin, void.id)
    both.workshop.run()
    second = both.approve(both.plan(again.id))
    assert (second.state, second.counts.changed, second.counts.new) == (PlanState.DONE, 3, 5 - first.counts.new)
    assert len(both.people()) == 5 == len(both.post.sent), "nobody is mailed twice"
    assert undone(both, second).note == f"{second.counts.new} removed, 3 restored, 0 kept."
    assert len(both.people()) == first.counts.new
    assert undone(both, first).note == f"{first.counts.new} removed, 0 restored, 0 kept."


@pytest.mark.parametrize("source", SOURCES)
def test_of_two_previews_of_one_source_the_second_is_void(both: Bench, source: str) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    plans = [both.preview(Kind.USERS, "Contoso", source) for _ in range(2)]
    first, second = approved(both, *plans)
    assert (first.state, second.state) == (PlanState.DONE, PlanState.VOID)
    assert len(both.people()) == first.counts.new
    assert undone(both, first).counts.new == first.counts.new
    assert both.people() == {}


def test_previews_of_different_rows_both_run(both: Bench) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    chosen = []
    for numbers in (("g0", "g1"), ("g3",)):
        plan = imports.choose(both.context, both.admin, both.preview(Kind.USERS, "Contoso", "itglue").id, numbers)
        both.workshop.run()
        chosen.append(both.plan(plan.id))
    done = approved(both, *chosen)
    assert [(plan.state, plan.counts.new) for plan in done] == [(PlanState.DONE, 2), (PlanState.DONE, 1)]
    assert len(both.people()) == 3


def test_an_undo_between_preview_and_run_voids_what_was_judged_by_it(both: Bench) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    first = both.imported(Kind.USERS, "Contoso", "autotask")
    joins = both.preview(Kind.USERS, "Contoso", "itglue")
    assert joins.counts.changed == 3
    undone(both, first)
    assert both.approve(joins).state is PlanState.VOID
    assert both.people() == {}


def test_a_run_waits_for_one_of_the_same_that_is_under_way_elsewhere(both: Bench) -> None:
    contoso(both)
    both.two_eyes_are_enough()
    first, second = (both.preview(Kind.USERS, "Contoso", name) for name in SOURCES)
    for plan in (first, second):
        imports.decide(both.context, both.admin, plan.id, Choice.APPROVE)
    with both.store.write() as work:  # another replica has begun the first
        assert work.plans.move(first.id, PlanState.APPROVED, PlanState.RUNNING)
    both.workshop.queue.remove(f"apply-{first.id}")
    both.workshop.queue.append(f"apply-{first.id}")
    seen: list[str] = []

    def told(plan_id: str) -> str:
        plan = both.plan(plan_id)
        if plan_id == second.id and plan.state is PlanState.APPROVED and not seen:
            seen.append(plan.note)
            assert both.people() == {}
            both.workshop.repeat(f"apply-{first.id}", 0)
        return plan.state.value

    both.ear.state_of = told
    both.workshop.run()
    assert seen == ["Another run of the same is under way. Going on by itself."]
    assert (both.plan(first.id).state, both.plan(second.id).state) == (PlanState.DONE, PlanState.VOID)
    assert len(both.people()) == 3


@pytest.mark.parametrize("moment", range(1, 40))
def test_killed_anywhere_a_run_does_not_take_its_own_doing_for_another_s(quick_store: Store, moment: int) -> None:
    made = bench(quick_store)
    contoso(made)
    made.two_eyes_are_enough()
    made.papers["itglue"].page_size = 2
    earlier = made.preview(Kind.USERS, "Contoso", "autotask")
    chosen = imports.choose(made.context, made.admin, made.preview(Kind.USERS, "Contoso", "itglue").id, ("g3", "g4"))
    made.workshop.run()
    for plan in (earlier, chosen):
        imports.decide(made.context, made.admin, plan.id, Choice.APPROVE)
    made.workshop.dies_at(moment)
    try:
        made.workshop.run()
    except Killed:
        made.workshop.run()
    made.workshop.kill_at = None
    for plan in (earlier, chosen):  # and once more, as after a lost memory
        made.workshop.repeat(f"apply-{plan.id}", 0)
    assert [made.plan(plan.id).state for plan in (earlier, chosen)] == [PlanState.DONE, PlanState.DONE]
    assert (made.plan(earlier.id).counts.new, made.plan(chosen.id).counts.new) == (3, 2)
    assert len(made.people()) == 5 == len(made.post.sent)


def test_a_run_begun_again_with_no_memory_in_the_middle_goes_on(both: Bench) -> None:
    """Its first batch is written and forgotten: neither its own people nor the other run's make it void."""
    contoso(both)
    both.two_eyes_are_enough()
    made_before = both.preview(Kind.USERS, "Contoso", "autotask")
    chosen = imports.choose(both.context, both.admin, both.preview(Kind.USERS, "Contoso", "itglue").id, ("g3", "g4"))
    both.workshop.run()
    approved(both, made_before, both.plan(chosen.id))
    with both.store.write() as work:
        assert work.plans.move(chosen.id, PlanState.DONE, PlanState.RUNNING)
    both.workshop.repeat(f"apply-{chosen.id}", 0)
    done = both.plan(chosen.id)
    assert (done.state, done.note, done.counts.new) == (PlanState.DONE, "2 people imported.", 2)


def test_somebody_who_came_without_a_run_is_left_out_and_counted(both: Bench) -> None:
    """Whatever else may write people: the outcome counts what was done, and undo leaves them."""
    company = contoso(both)
    both.two_eyes_are_enough()
    plan = both.preview(Kind.USERS, "Contoso", "autotask")
    with both.store.write() as work:
        from_item = work.plans.batch(plan.id, -1, 1)[0]
    email = str(from_item.row["email"])
    person = Person("by-hand", company.id, PersonKind.END_USER, email, email, "Ada", "Kim", "", Role.CLIENT)
    with both.store.write() as work:
        work.people.add_many([person], both.clock(), "")
    done = both.approve(plan)
    assert (done.state, done.counts.new, done.counts.held) == (PlanState.DONE, 2, 1)
    assert done.note == "2 people imported, 1 left out, with the reasons under See all changes."
    assert "came here with this address after the preview" in both.reasons(done)[from_item.label][1]
    assert len(both.post.sent) == 2
    assert undone(both, done).note == "2 removed, 0 restored, 0 kept."
    assert [line.person.id for line in both.people().values()] == [person.id]


def test_unasked_runs_of_two_sources_make_one_person_known_from_both(both: Bench) -> None:
    """Nobody approved their rows one by one, so who came meanwhile gets the second source and no second mail."""
    contoso(both)
    plans = [both.preview(Kind.USERS, "Contoso", name) for name in SOURCES]
    for plan in plans:
        decided = {"decided_by": SYSTEM.user_id, "decided_by_name": "auto-import", "decided_at": both.clock()}
        with both.store.write() as work:
            assert work.plans.move(plan.id, PlanState.PROPOSED, PlanState.APPROVED, **decided)
    imports.sweep(both.context)
    both.workshop.run()
    first, second = (both.plan(plan.id) for plan in plans)
    assert (first.note, second.note) == ("3 people imported.", "2 people imported, 3 changed.")
    assert len(both.people()) == 5 == len(both.post.sent)
    assert undone(both, second).note == "2 removed, 3 restored, 0 kept."
    assert undone(both, first).note == "3 removed, 0 restored, 0 kept."


def test_what_nobody_looked_at_never_becomes_more_than_it_was_planned_to_be(both: Bench) -> None:
    contoso(both)
    first = both.imported(Kind.USERS, "Contoso", "autotask")
    both.two_eyes_are_enough()
    joins = both.preview(Kind.USERS, "Contoso", "itglue")
    undone(both, first)
    decided = {"decided_by": SYSTEM.user_id, "decided_by_name": "the sync", "decided_at": both.clock()}
    with both.store.write() as work:
        assert work.plans.move(joins.id, PlanState.PROPOSED, PlanState.APPROVED, **decided)
    imports.sweep(both.context)
    both.workshop.run()
    done = both.plan(joins.id)
    assert (done.state, done.counts.new, done.counts.held) == (PlanState.DONE, 2, 3)
    assert {reason for action, reason in both.reasons(done).values() if action == Action.HELD} == {CHANGED}
    assert len(both.people()) == 2


# --- companies, groups -------------------------------------------------------------------------------------------


def test_companies_of_two_sources_previewed_together_come_once(both: Bench) -> None:
    both.two_eyes_are_enough()
    for name in SOURCES:
        both.papers[name].company("10", "Contoso", "contoso.com")
        both.connected(name)
    first, second = approved(both, *[both.preview(Kind.COMPANIES, "", name) for name in SOURCES])
    assert (first.state, first.counts.new, second.state) == (PlanState.DONE, 1, PlanState.VOID)
    assert undone(both, first).counts.new == 1
    assert both.companies() == {}


@pytest.mark.parametrize("meanwhile", ["added by hand", "mapped by hand"])
def test_a_company_that_came_by_hand_after_the_preview_is_left_out_and_counted(both: Bench, meanwhile: str) -> None:
    both.two_eyes_are_enough()
    paper = both.papers["autotask"]
    paper.company("10", "Contoso", "contoso.com")
    paper.company("20", "Fabrikam", "fabrikam.com")
    connection = both.connected("autotask")
    plan = both.preview(Kind.COMPANIES)
    mine = both.company("Ours", "contoso.com" if meanwhile == "added by hand" else "ours.example")
    if meanwhile == "mapped by hand":
        both.mapped(connection, mine, "10")
    done = both.approve(plan)
    assert (done.state, done.counts.new, done.counts.held) == (PlanState.DONE, 1, 1)
    assert done.note.startswith("1 company imported, 1 left out")
    assert both.reasons(done)["Contoso"][1].endswith("Preview again.")
    assert set(both.companies()) == {"Ours", "Fabrikam"}
    assert undone(both, done).note == "1 removed, 0 restored, 0 kept."
    assert set(both.companies()) == {"Ours"}

"""What an undo does with each row: never more than was approved, and nothing that was touched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import undo
from domain.company import Company, CompanyState
from domain.errors import TellPerson
from domain.invitation import Invitation, InvitationState
from domain.person import Person, PersonKind
from domain.plan import Action, Counts, Plan, PlanState, Verdict
from domain.ports import Kind
from domain.roles import Role

DONE = datetime(2026, 3, 2, 9, tzinfo=UTC)
RUN = Plan(
    "run", Kind.USERS, "c1", "IT Glue", "contoso", "Contoso", "l1", 1, PlanState.DONE, "U1", "Ann", DONE, False,
    Counts(new=1), decided_at=DONE, finished_at=DONE,
)  # fmt: skip
MIA = Person("p1", "contoso", PersonKind.END_USER, "mia@contoso.com", "mia@contoso.com", "Mia", "Huber", "", Role.CLIENT)
CONTOSO = Company("contoso", "Contoso", "contoso.com", "www.contoso.com", CompanyState.ACTIVE)
texts = st.text(max_size=5)


def invitation(state: InvitationState) -> Invitation:
    return Invitation("i1", "p1", "contoso", state, 1, "Ann", DONE, accepted_at=DONE if state is InvitationState.ACCEPTED else None)


@given(
    person=st.builds(
        replace, st.just(MIA), first_name=st.sampled_from(("Mia", "Maria")), title=st.sampled_from(("", "CEO")),
        role=st.sampled_from((Role.CLIENT, Role.ADMIN)), suspended=st.booleans(),
    ),
    made_by=st.sampled_from(("run", "other", "")),
    state=st.sampled_from((None, *InvitationState)),
    sources=st.sampled_from(((), ("Autotask PSA",))),
    things=st.sampled_from(((), ("groups",))),
)  # fmt: skip
def test_a_new_person_goes_only_if_nothing_at_all_happened_to_them(
    person: Person, made_by: str, state: InvitationState | None, sources: tuple[str, ...], things: tuple[str, ...]
) -> None:
    there = undo.PersonNow(person, made_by, invitation(state) if state else None, sources, things)
    verdict = undo.judge_made_person(RUN, MIA, there)
    untouched = person == MIA and made_by == "run" and state is not InvitationState.ACCEPTED and not sources and not things
    assert verdict.action is (Action.NEW if untouched else Action.HELD)
    assert verdict.reason


@given(old=texts, new=texts, now=texts, source=st.booleans(), since=st.booleans())
def test_a_changed_field_is_restored_only_while_it_stands_as_the_run_left_it(
    old: str, new: str, now: str, source: bool, since: bool
) -> None:
    there = undo.PersonNow(replace(MIA, title=now), "", None, ("IT Glue",) if since else ())
    verdict = undo.judge_changed_person(RUN, {"title": (old, new)}, source, there)
    if now == new and not (source and since):
        assert (verdict.action, verdict.changes) == (Action.CHANGED, {"title": (new, old)})
    else:
        assert (verdict.action, verdict.changes) == (Action.HELD, {})


def test_who_is_gone_needs_nothing() -> None:
    assert undo.judge_made_person(RUN, MIA, None).action is Action.UNCHANGED
    assert undo.judge_changed_person(RUN, {}, False, None).action is Action.UNCHANGED
    assert undo.judge_made_company(RUN, CONTOSO, None).action is Action.UNCHANGED
    assert undo.judge_made_entry(RUN, None).action is Action.UNCHANGED


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (undo.CompanyNow(CONTOSO, "run"), ""),
        (undo.CompanyNow(CONTOSO, "other"), "before"),
        (undo.CompanyNow(replace(CONTOSO, name="Contoso Group"), "run"), "renamed"),
        (undo.CompanyNow(replace(CONTOSO, domain="other.com"), "run"), "other.com"),
        (undo.CompanyNow(CONTOSO, "run", things=("passwords", "people")), "passwords and people"),
        (undo.CompanyNow(CONTOSO, "run", (undo.LinkNow("l1", "Contoso", True, True, True),)), "used"),
        (undo.CompanyNow(CONTOSO, "run", (undo.LinkNow("l2", "Contoso", False, False, False),)), "mapped otherwise"),
    ],
)
def test_a_new_company_goes_with_its_mapping_unless_it_is_in_use(now: undo.CompanyNow, why: str) -> None:
    verdict = undo.judge_made_company(RUN, CONTOSO, now)
    assert verdict.action is (Action.HELD if why else Action.NEW)
    assert why in verdict.reason


verdicts = st.builds(
    Verdict, st.sampled_from((Action.NEW, Action.CHANGED, Action.HELD, Action.UNCHANGED)), st.just("why"), st.just("p1"),
    st.sampled_from(({}, {"title": ("b", "a")}, {"title": ("c", "a")})),
)  # fmt: skip


@given(planned=verdicts, now=verdicts)
def test_never_more_is_done_than_was_approved(planned: Verdict, now: Verdict) -> None:
    done = undo.bolder(planned, now)
    if done.action in (Action.NEW, Action.CHANGED):
        assert done == planned
        assert (now.action, now.changes) == (planned.action, planned.changes)


@pytest.mark.parametrize(("seconds", "able"), [(0, True), (1, False)])
def test_the_window_is_72_hours_to_the_second(seconds: int, able: bool) -> None:
    assert undo.possible(RUN, DONE + timedelta(hours=72, seconds=seconds)) is able


@pytest.mark.parametrize(
    "plan",
    [
        replace(RUN, undo_of="other"),
        replace(RUN, state=PlanState.FAILED),
        replace(RUN, state=PlanState.RUNNING, finished_at=None),
        replace(RUN, counts=Counts(unchanged=5, held=2)),
    ],
)
def test_what_did_nothing_or_is_an_undo_cannot_be_undone(plan: Plan) -> None:
    assert not undo.possible(plan, DONE)
    with pytest.raises(TellPerson):
        undo.may_begin(plan, None, DONE)


def test_passwords_that_were_changed_are_kept_since_no_old_value_is() -> None:
    assert undo.outcome(Counts(new=1, held=2)) == "1 removed, 0 restored, 2 kept, with the reasons under See all changes."

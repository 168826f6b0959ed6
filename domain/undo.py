"""Taking a run back: a pure judgement on each of its items, from what the run left and what stands there now.

What the run made and nobody touched is removed, what it changed and nobody changed again is restored, and everything
touched since is kept, with the reason. The verdicts use the five actions of a plan: new = is removed (it was new),
changed = is restored, held = is kept, unchanged = nothing is left to take back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.company import Company
from domain.errors import TellPerson
from domain.invitation import Invitation, InvitationState
from domain.person import Person
from domain.plan import Action, Counts, Plan, PlanState, Verdict
from domain.secret import Entry

WINDOW = timedelta(hours=72)
GONE = Verdict(Action.UNCHANGED, "Is not here any more.")


def possible(plan: Plan, now: datetime) -> bool:
    """Whether an Undo button is worth showing, as far as the run itself says."""
    return not _refusal(plan, now)


def may_begin(plan: Plan, undone: Plan | None, now: datetime) -> None:
    """Raises TellPerson where a run cannot be taken back; `undone` is an undo of it that waits, runs or is done."""
    refusal = _refusal(plan, now)
    if refusal:
        raise TellPerson(refusal)
    if undone is not None:
        who = f", asked for by {undone.requested_by_name}" if undone.requested_by_name else ""
        word = "was undone already" if undone.state is PlanState.DONE else "is being undone already"
        raise TellPerson(f"This run {word}{who}. A run is undone once.")


def _refusal(plan: Plan, now: datetime) -> str:
    if plan.undo_of:
        return "An undo is not undone. Import again for what you want back."
    if plan.state is not PlanState.DONE or plan.finished_at is None:
        return "Only a run that is done can be undone."
    if plan.counts.to_do == 0:
        return "This run changed nothing, so there is nothing to undo."
    if now - plan.finished_at > WINDOW:
        return f"This run is more than {WINDOW.total_seconds() / 3600:.0f} hours old, so it cannot be undone any more. Nothing was done."
    return ""


def outcome(counts: Counts) -> str:
    """What an undo did (or would do), in a sentence."""
    parts = [f"{counts.new} removed", f"{counts.changed} restored", f"{counts.held} kept"]
    gone = [f"{counts.unchanged} gone before"] if counts.unchanged else []
    reasons = ", with the reasons under See all changes" if counts.held else ""
    return f"{', '.join(parts + gone)}{reasons}."


def bolder(planned: Verdict, now: Verdict) -> Verdict:
    """What may be done with a row: never more than was approved, and never what no longer fits."""
    if planned.action in (Action.NEW, Action.CHANGED) and now.action is planned.action:
        return planned if planned.changes == now.changes else Verdict(Action.HELD, "Was changed again after this undo was previewed.", planned.target)
    if planned.action in (Action.NEW, Action.CHANGED):
        return now if now.action in (Action.HELD, Action.UNCHANGED) else Verdict(Action.HELD, "Was changed after this undo was previewed.", planned.target)
    return planned


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonNow:
    """A person as they stand, with what came to them since. `made_by` is the plan that made them."""

    person: Person
    made_by: str
    invitation: Invitation | None = None
    sources_since: tuple[str, ...] = ()  # titles of sources that came to know them by other runs than the one to be undone
    things: tuple[str, ...] = ()  # whatever else points at them: it would lose its person
    old_address_of: str = ""  # who has the address they had before


def judge_made_person(plan: Plan, left: Person, now: PersonNow | None) -> Verdict:
    """`left` is the person as the run made them."""
    if now is None:
        return GONE
    why = _touched(plan, left, now)
    return _kept(why, now.person.id) if why else Verdict(Action.NEW, "Came with this run and nobody touched them since.", now.person.id)


def _touched(plan: Plan, left: Person, now: PersonNow) -> str:
    person = now.person
    if now.made_by != plan.id:
        return "Was here before this run."
    if now.invitation is not None and now.invitation.state is InvitationState.ACCEPTED:
        return "Has accepted the invitation."
    if person.role is not left.role:
        return f"Has the role {person.role.value} since."
    if person.suspended != left.suspended:
        return "Was suspended since."
    if person != left:
        return "Was changed since."
    if now.sources_since:
        return f"Is known from {' and '.join(now.sources_since)} since."
    return f"Has {', '.join(now.things)}." if now.things else ""


def judge_changed_person(plan: Plan, changes: Mapping[str, tuple[str, str]], added_source: bool, now: PersonNow | None) -> Verdict:
    """`changes` are the run's (field → old, new); `added_source`: the run made the source a second one of theirs."""
    if now is None:
        return GONE
    for name, (_old, new) in changes.items():
        if said(now.person)[name] != new:
            return _kept(f"Their {name} was changed since.", now.person.id)
    if "e-mail" in changes and _accepted_since(now.invitation, plan):
        return _kept("Has accepted the invitation at the new address.", now.person.id)
    if "e-mail" in changes and now.old_address_of:
        return _kept(f"Their old address belongs to {now.old_address_of} now.", now.person.id)
    if added_source and now.sources_since:
        return _kept(f"{plan.source_title} told more of them since.", now.person.id)
    reason = f"Is no longer known from {plan.source_title}." if added_source else ""
    return Verdict(Action.CHANGED, reason, now.person.id, back(changes))


def said(person: Person) -> Mapping[str, str]:
    """A person's fields under the names that verdicts call them by."""
    return {"first name": person.first_name, "last name": person.last_name, "title": person.title, "e-mail": person.email}


def back(changes: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    return {name: (new, old) for name, (old, new) in changes.items()}


def _accepted_since(invitation: Invitation | None, plan: Plan) -> bool:
    if invitation is None or invitation.accepted_at is None or invitation.state is not InvitationState.ACCEPTED:
        return False
    return plan.decided_at is None or invitation.accepted_at >= plan.decided_at


# --- companies ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkNow:
    """A mapping as it stands. `by_run`: this very run made it; `used`: somebody or something came through it."""

    id: str
    external_name: str
    by_run: bool
    used: bool
    here: bool  # to the upstream company of the row


@dataclass(frozen=True)
class CompanyNow:
    company: Company
    made_by: str
    links: tuple[LinkNow, ...] = ()
    things: tuple[str, ...] = ()  # what belongs to it: people, passwords, bound channels …


def judge_made_company(plan: Plan, left: Company, now: CompanyNow | None) -> Verdict:
    if now is None:
        return GONE
    company, why = now.company, ""
    if now.made_by != plan.id:
        why = "Was here before this run."
    elif company.domain != left.domain or company.web != left.web:
        why = f"Was given the web address {company.domain or company.web or 'none'} since."
    elif company.name != left.name:
        why = "Was renamed since."
    elif now.things:
        why = f"Has {' and '.join(now.things)} since."
    elif any(not link.here or link.used for link in now.links):
        why = "Was mapped otherwise or used since."
    return _kept(why, company.id) if why else Verdict(Action.NEW, "Came with this run and nobody touched it since; its mapping goes too.", company.id)


def judge_changed_company(plan: Plan, changes: Mapping[str, tuple[str, str]], now: CompanyNow | None) -> Verdict:
    if now is None:
        return GONE
    if not changes:
        return _judge_mapped(plan, now)
    present = {"name": now.company.name, "web address": now.company.domain or ""}
    for name, (_old, new) in changes.items():
        if present[name] != new.strip():
            return _kept(f"Its {name} was changed since.", now.company.id)
    if "web address" in changes and now.things:
        return _kept(f"Has {' and '.join(now.things)}, which need its web address.", now.company.id)
    return Verdict(Action.CHANGED, "", now.company.id, back(changes))


def _judge_mapped(plan: Plan, now: CompanyNow) -> Verdict:
    """The run only mapped a company of ours to one of the source."""
    here = next((link for link in now.links if link.here), None)
    if here is None:
        return Verdict(Action.UNCHANGED, f"Is not mapped at {plan.source_title} any more.", now.company.id)
    if not here.by_run:
        return _kept("Was mapped by somebody, not by this run.", now.company.id)
    if here.used:
        return _kept("People or passwords came through the mapping since.", now.company.id)
    return Verdict(Action.CHANGED, f"Is no longer mapped at {plan.source_title}.", now.company.id)


# --- passwords ---------------------------------------------------------------------------------------------------


def judge_made_entry(plan: Plan, now: Entry | None) -> Verdict:
    if now is None:
        return GONE
    if now.plan_id != plan.id:
        return _kept("Was here before this run, or was changed by a later one.", now.id)
    if now.touched:
        return _kept("Was changed here since.", now.id)
    return Verdict(Action.NEW, "Came with this run and nobody touched it since.", now.id)


def judge_changed_entry(plan: Plan, now: Entry | None, kept: bool) -> Verdict:
    """`kept`: what the run replaced is still there to be put back, sealed."""
    if now is None:
        return GONE
    if now.plan_id != plan.id:
        return _kept("Was not changed by this run, or was changed again by a later one.", now.id)
    if now.touched:
        return _kept("Was changed here since.", now.id)
    if not kept:
        return _kept("Cannot be restored: what it held before is not here any more.", now.id)
    return Verdict(Action.CHANGED, "Gets back what it held before this run.", now.id)


def _kept(why: str, target: str) -> Verdict:
    return Verdict(Action.HELD, why, target)

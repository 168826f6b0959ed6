"""Writing people in a run: who is new, who changed, where each came from, and the invitations of the new ones."""

import dataclasses
from collections.abc import Mapping, Sequence

from domain import judge_people
from domain.invitation import Invitation, InvitationState
from domain.person import Person
from domain.plan import BY_HAND, Action, Plan, PlanItem, Verdict, fingerprint
from domain.ports import UpstreamPerson
from flows import judging, made
from flows.context import Context
from flows.judging_by_hand import named_groups
from flows.reading import plan_scope
from storage.people import Origin
from storage.store import Work

NOT_HERE = "Is not here any more."
NO_MAIL = "No mail server is set up (SMTP_URL): the invitation waits."
_TOUCHED = (Action.NEW, Action.CHANGED, Action.UNCHANGED)


def write(context: Context, work: Work, plan: Plan, items: Sequence[PlanItem]) -> dict[int, Verdict]:
    """Returns what could not be written as approved, by the rows' numbers."""
    company_id = plan.company_id or work.companies.own().id
    touched = [item for item in items if item.verdict.action in _TOUCHED]
    rows = {item.seq: judging.upstream_person(item.row) for item in touched}
    if plan.link_id is not None:
        plan_scope(context, plan).keep(rows.values())
    left = _add_people(context, work, plan, company_id, {item.seq: (item, rows[item.seq]) for item in touched})
    left |= _change_people(context, work, [item for item in touched if item.verdict.changes])
    written = [item for item in touched if item.seq not in left]
    if plan.connection_id == BY_HAND:  # a typed row comes from nowhere that could be asked again
        wanted = {item.verdict.target: named_groups(item.row) for item in written if item.verdict.target}
        work.groups.join(company_id, wanted, context.new_id, plan.id)
    else:
        work.people.put_origins([_origin(plan, company_id, item, rows[item.seq]) for item in written])
    _invite(context, work, plan, company_id, [item for item in written if item.verdict.action is Action.NEW])
    return left


def _add_people(
    context: Context, work: Work, plan: Plan, company_id: str, touched: Mapping[int, tuple[PlanItem, UpstreamPerson]]
) -> dict[int, Verdict]:
    kind = judging.person_kind(plan)
    new = {
        seq: made.person(item.verdict.target, row, company_id, kind, plan.role)
        for seq, (item, row) in touched.items()
        if item.verdict.action is Action.NEW
    }
    if work.people.add_many(list(new.values()), context.clock(), plan.id) < len(new):
        return _not_new(work, company_id, new)
    return {}


def _origin(plan: Plan, company_id: str, item: PlanItem, row: UpstreamPerson) -> Origin:
    external_company = row.company_id if plan.link_id else None
    return Origin(
        plan.connection_id, judging.person_kind(plan), row.id, company_id, item.verdict.target, plan.link_id, external_company,
        fingerprint(item.row), plan.id,
    )  # fmt: skip


def _invite(context: Context, work: Work, plan: Plan, company_id: str, new: Sequence[PlanItem]) -> None:
    state, trouble = (InvitationState.QUEUED, "") if context.mailer else (InvitationState.HELD, NO_MAIL)
    inviter, now = plan.decided_by_name or plan.requested_by_name, context.clock()
    work.invitations.queue_many(
        [
            Invitation(context.new_id(), item.verdict.target, company_id, state, 1, inviter, now, trouble=trouble)
            for item in new
        ]
    )


def _not_new(work: Work, company_id: str, new: Mapping[int, Person]) -> dict[int, Verdict]:
    """Those whose address somebody has who came here since: two are never made one without a look."""
    holders = work.people.by_email(company_id, [person.email_fold for person in new.values()])
    found = {seq: holders[person.email_fold] for seq, person in new.items() if holders[person.email_fold].id != person.id}
    return {
        seq: Verdict(Action.HELD, f"{holder.name} came here with this address after the preview. Preview again.", holder.id)
        for seq, holder in found.items()
    }


def _change_people(context: Context, work: Work, items: list[PlanItem]) -> dict[int, Verdict]:
    changed, left = [], {}
    for item in items:
        person = work.people.get(item.verdict.target)
        if person is None:
            left[item.seq] = Verdict(Action.HELD, NOT_HERE)
            continue
        told = {name: new for name, (_old, new) in item.verdict.changes.items()}
        email = told.get("e-mail", person.email)
        row = judging.upstream_person(item.row)
        fold = judge_people.match_key(row) if "e-mail" in told else person.email_fold
        first, last = told.get("first name", person.first_name), told.get("last name", person.last_name)
        changed.append(
            dataclasses.replace(
                person,
                email=email,
                email_fold=fold,
                first_name=first,
                last_name=last,
                title=told.get("title", person.title),
            )
        )
        if "e-mail" in told:
            _move_invitation(context, work, person.id)
    work.people.change_many(changed)
    return left


def _move_invitation(context: Context, work: Work, person_id: str) -> None:
    """A new address before acceptance gets a new link; the one at the old address is dead."""
    invitation = work.invitations.of_person(person_id)
    if invitation is not None and invitation.state not in (InvitationState.ACCEPTED, InvitationState.UNINVITED):
        work.invitations.renew(invitation, InvitationState.QUEUED if context.mailer else InvitationState.HELD)

"""Imports: propose → preview → decide. What is approved is what runs; the running is flows/runs.py."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from domain import four_eyes
from domain.approval import Choice, Decision, already
from domain.approval import decide as judge_click
from domain.connection import Connection
from domain.errors import NotAllowed, TellPerson
from domain.isolation import Link, scope_of, still_holds
from domain.paging import turned
from domain.plan import BY_HAND, ENDED, Action, Counts, Plan, PlanItem, PlanState
from domain.ports import Kind
from domain.roles import Act, Actor, Role
from flows import companies, connect, givers
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

NOT_THERE = "There is no such preview here."


@dataclass(frozen=True)
class Offer:
    """A source in the picker of sources. `problem` says why it cannot give this kind; "" where it can."""

    connection_id: str
    title: str
    problem: str


@dataclass(frozen=True)
class ItemPage:
    plan: Plan
    items: tuple[PlanItem, ...]
    action: Action | None
    search: str
    page: int
    pages: int
    total: int


def offers(context: Context, kind: Kind) -> tuple[Offer, ...]:
    """Every connector with whether it can give this kind now."""
    there = {connection.source: connection for connection in connect.live(context)}
    found = []
    for connector in context.connectors.values():
        connection = there.get(connector.name)
        problem = connector.declines.get(kind, "")
        if not problem and kind not in connector.offers:
            problem = f"{connector.title} has no {kind.value} to give."
        if not problem and connection is None:
            problem = f"{connector.title} is not connected yet."
        if not problem and connection is not None:
            problem = connection.locked.get(kind.value, "")
        found.append(Offer(connection.id if connection else "", connector.title, problem))
    return tuple(found)


def propose(
    context: Context,
    desk: Desk,
    kind: Kind,
    company_words: str = "",
    source_words: str = "",
    selection: Sequence[str] | None = None,
    role: Role | None = None,
) -> Plan:
    """Begin a preview: the plan is stored as PREPARING; `posted` starts the reading. `role` is of those who are new.

    Raises TellPerson with remedy "connect", "map" (the company is not mapped at the source), "import companies" (no such
    company), "company" (which one?), "source" (several could give it).
    """
    desk.require(Act.IMPORT)
    if kind not in givers.OF_COMPANY:
        desk.whole_msp()
        connection = givers.giver(context, kind, source_words)
        return begin(context, desk.actor, kind, connection, None, "", selection, role or "")
    givers.refuse_early(context, kind, source_words)
    company = companies.meant(context, desk, company_words)
    if desk.working is not None and desk.bound is None and company.id != desk.working.id:
        raise TellPerson(
            f"You are working in {desk.working.name} here, so nothing of another company can be imported. Type "
            f"`{context.words.command} company {company.name}` first, or `{context.words.command} company none`.",
            remedy="company",
        )
    if company.is_own and kind is Kind.USERS:
        raise TellPerson(f"Your own people are staff: use `{context.words.command} import staff`.")
    connection, link = givers.mapped_giver(context, company, kind, source_words)
    scope_of(link)  # a frozen mapping refuses here, before anything is stored
    return begin(context, desk.actor, kind, connection, link, company.name, selection, role or "")


def begin(
    context: Context,
    actor: Actor,
    kind: Kind,
    connection: Connection,
    link: Link | None,
    company_name: str,
    selection: Sequence[str] | None = None,
    role: str = "",
) -> Plan:
    """Store a plan that is about to be read."""
    with context.store.write() as work:
        plan = Plan(
            id=context.new_id(),
            kind=kind,
            connection_id=connection.id,
            source_title=connection.title,
            company_id=link.company_id if link else None,
            company_name=company_name,
            link_id=link.id if link else None,
            link_version=link.version if link else 0,
            state=PlanState.PREPARING,
            requested_by=actor.user_id,
            requested_by_name=actor.name,
            requested_at=context.clock(),
            needs_second=_needs_second(work, kind),
            counts=Counts(),
            selection=tuple(selection) if selection is not None else None,
            role=role,
        )
        work.plans.add(plan)
    return plan


def _needs_second(work: Work, kind: Kind) -> bool:
    """By the setting for all imports, or since passwords are more than people."""
    risky = kind is Kind.PASSWORDS and four_eyes.needs_second(four_eyes.Risky.PASSWORDS, work.settings.four_eyes())
    return work.settings.second_person() or risky


def posted(context: Context, plan_id: str, channel: str, ts: str) -> None:
    """Remember which message shows the plan, then begin reading. (Message first, so that no outcome is lost.)"""
    with context.store.write() as work:
        work.plans.note(plan_id, channel=channel, message_ts=ts)
        plan = work.plans.get(plan_id)
    if plan is not None and plan.state is PlanState.PREPARING:
        context.jobs.enqueue("prepare", f"prepare-{plan_id}", plan_id, plan.connection_id)


def reposted(context: Context, plan_id: str, channel: str, ts: str) -> None:
    """The plan is shown by another message now: the first one was deleted or its channel closed."""
    with context.store.write() as work:
        work.plans.note(plan_id, channel=channel, message_ts=ts)


def decide(context: Context, desk: Desk, plan_id: str, choice: Choice) -> tuple[Plan, Decision]:
    """A click on Approve or Deny. Acts once, whoever clicks how often; Decision.moves_to None says why nothing happened."""
    return _decide(context, desk, plan_id, choice)


def break_glass(context: Context, desk: Desk, plan_id: str, note: str) -> tuple[Plan, Decision]:
    """The requester, an Admin, goes on without a second person, with a reason that is kept and shown. Raises TellPerson."""
    plan = one(context, desk, plan_id)
    four_eyes.may_break_glass(desk.actor, plan.requested_by, note)
    if not plan.needs_second:
        raise TellPerson("This needs no second person: you can simply approve it.")
    return _decide(context, desk, plan_id, Choice.APPROVE, note.strip())


def _decide(context: Context, desk: Desk, plan_id: str, choice: Choice, alone: str = "") -> tuple[Plan, Decision]:
    plan = one(context, desk, plan_id)
    now = context.clock()
    with context.store.write() as work:
        plan = work.plans.get(plan_id) or plan
        link = work.links.get(plan.link_id) if plan.link_id else None
        holds = plan.link_id is None or still_holds(plan.link_version, link)
        deputy_for = work.settings.deputy_for(desk.actor.user_id, work.roles)
        decision = judge_click(plan, desk.actor, choice, holds, now, deputy_for, bool(alone))
        if decision.moves_to is not None:
            ended = {"finished_at": now} if decision.moves_to in ENDED else {}
            said = {"note": decision.reason} if decision.moves_to in ENDED else {}
            who = {"decided_by": desk.actor.user_id, "decided_by_name": desk.actor.name, "decided_at": now, "alone": alone}
            if not work.plans.move(plan_id, PlanState.PROPOSED, decision.moves_to, **who, **ended, **said):
                decision = Decision(None, already(work.plans.get(plan_id) or plan))
        what = "decision" if decision.moves_to else "refused decision"
        said_ = f"{decision.reason} Reason given: {alone}" if alone and decision.moves_to else decision.reason
        data = {"choice": choice.value, "channel": desk.channel} | ({"break glass": alone} if alone else {})
        work.journal.write(now, desk.actor, what, said_, plan.company_id, plan_id, data)
        plan = work.plans.get(plan_id) or plan
    if decision.moves_to is PlanState.APPROVED:
        context.jobs.enqueue("apply", f"apply-{plan_id}", plan_id, plan.connection_id)
    return plan, decision


def one(context: Context, desk: Desk, plan_id: str) -> Plan:
    """Raises NotAllowed for a plan of a company this desk does not see, in the same words as for none."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        plan = work.plans.get(plan_id)
    if plan is None or not _sees(desk, plan):
        if plan is not None:
            _note_stranger(context, desk, plan)
        raise NotAllowed(NOT_THERE)
    return plan


def _note_stranger(context: Context, desk: Desk, plan: Plan) -> None:
    """A forged or misplaced button for another company's preview: refused without a word, and written down."""
    said = f"This company's preview was asked for in another company's channel ({desk.bound.name if desk.bound else ''}) and refused."
    with context.store.write() as work:
        work.journal.write(
            context.clock(), desk.actor, "refused", said, plan.company_id, plan.id, {"channel": desk.channel}
        )


def _sees(desk: Desk, plan: Plan) -> bool:
    return desk.bound is None or plan.company_id == desk.bound.id


def drawn(context: Context, plan_id: str) -> Plan:
    """For redrawing a message that is already where its readers are."""
    with context.store.work() as work:
        plan = work.plans.get(plan_id)
    if plan is None:
        raise TellPerson(NOT_THERE)
    return plan


def items(
    context: Context,
    desk: Desk,
    plan_id: str,
    action: Action | None = None,
    search: str = "",
    page: int = 1,
    size: int = 20,
) -> ItemPage:
    plan = one(context, desk, plan_id)
    with context.store.work() as work:
        _, total = work.plans.page(plan_id, action, search, 0, 0)
        page, pages = turned(page, total, size)
        found, _ = work.plans.page(plan_id, action, search, size, (page - 1) * size)
    return ItemPage(plan, found, action, search, page, pages, total)


def sample(context: Context, plan_id: str, action: Action, limit: int = 5) -> tuple[PlanItem, ...]:
    """A few items of one kind, for the preview message."""
    with context.store.work() as work:
        return work.plans.page(plan_id, action, "", limit, 0)[0]


def choices(context: Context, desk: Desk, plan_id: str, typed: str, limit: int = 100) -> tuple[PlanItem, ...]:
    """For the picker of 'only some': rows whose label or detail holds what was typed."""
    one(context, desk, plan_id)
    with context.store.work() as work:
        return work.plans.page(plan_id, None, typed, limit, 0)[0]


def choose(context: Context, desk: Desk, plan_id: str, external_ids: Sequence[str]) -> Plan:
    """Narrow a proposed plan to some rows: the old preview is void, a new one takes its message. No call to the source."""
    desk.require(Act.IMPORT)
    old = one(context, desk, plan_id)
    if old.undo_of:
        raise TellPerson("An undo takes the whole run back: what was touched since is kept by itself.")
    if not external_ids:
        raise TellPerson("Pick at least one.", field="choice")
    now = context.clock()
    new = dataclasses.replace(
        old,
        id=context.new_id(),
        state=PlanState.PREPARING,
        requested_by=desk.actor.user_id,
        requested_by_name=desk.actor.name,
        requested_at=now,
        counts=Counts(),
        digest="",
        selection=tuple(external_ids),
        auto=False,
    )
    with context.store.write() as work:
        if not work.plans.move(
            plan_id, PlanState.PROPOSED, PlanState.VOID, note="Narrowed to some rows.", finished_at=now, message_ts=""
        ):
            raise TellPerson(already(work.plans.get(plan_id) or old))
        work.plans.add(dataclasses.replace(new, needs_second=_needs_second(work, old.kind)))
        work.plans.copy_items(plan_id, new.id, external_ids)
    context.jobs.enqueue("prepare", f"prepare-{new.id}", new.id, new.connection_id)
    return new


def again(context: Context, desk: Desk, plan_id: str) -> Plan:
    """A new preview of the same thing, in the place of an ended one."""
    desk.require(Act.IMPORT)
    old = one(context, desk, plan_id)
    if old.undo_of:
        raise TellPerson("Press Undo on the run itself once more.")
    if old.connection_id == BY_HAND:
        raise TellPerson(f"Type or paste them once more: `{context.words.command} import users`.")
    if old.state not in ENDED:
        raise TellPerson("This preview is still open: there is no need for another.")
    connection = connect.one(context, old.connection_id)
    link: Link | None = None
    if old.kind in givers.OF_COMPANY:
        with context.store.work() as work:
            link = work.links.of_company(connection.id, old.company_id or "")
        if link is None:
            raise TellPerson(
                f"{old.company_name} is not mapped at {connection.title} any more. Map it first.", remedy="map"
            )
        scope_of(link)
        givers.refuse_unable(context, connection, old.kind)
    plan = begin(context, desk.actor, old.kind, connection, link, old.company_name, old.selection, old.role)
    if old.message_ts:
        with context.store.write() as work:
            work.plans.note(plan_id, message_ts="")
    posted(context, plan.id, old.channel, old.message_ts)
    return drawn(context, plan.id)


def history(context: Context, desk: Desk, limit: int = 20) -> tuple[Plan, ...]:
    """The newest plans and runs this desk may see, newest first."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        return work.plans.newest(desk.bound.id if desk.bound else None, limit)


def waiting(context: Context, desk: Desk) -> tuple[Plan, ...]:
    """Plans that wait for a decision."""
    desk.require(Act.LOOK)
    with context.store.work() as work:
        found = work.plans.in_state(PlanState.PROPOSED, company_id=desk.bound.id if desk.bound else None)
    return tuple(plan for plan in found if plan.is_to_decide)


def sweep(context: Context) -> None:
    """What the clock calls: plans that were decided or asked for, whose work was never put off because of a crash."""
    with context.store.work() as work:
        plans = work.plans.in_state(PlanState.PREPARING, PlanState.APPROVED, PlanState.RUNNING, limit=1000)
    for plan in plans:
        if plan.auto and plan.state is PlanState.PREPARING:
            continue  # its sync is making it, and is itself resumed
        job = "prepare" if plan.state is PlanState.PREPARING else "apply"
        context.jobs.enqueue(job, f"{job}-{plan.id}", plan.id, plan.connection_id)

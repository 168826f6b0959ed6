"""The one message of a plan: while it is read, as a preview with buttons, while it runs, and with its outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.company import Company
from domain.plan import ONLY_SOME, Action, Plan, PlanItem, PlanState
from domain.ports import Kind
from handlers.views import doors, kit, people, undo

APPROVE, DENY = "plan_approve", "plan_deny"  # value: plan id, as of all buttons here
ALL, SOME = "plan_all", "plan_some"
AGAIN = "plan_again"
UNDO = "plan_undo"
BREAK = "plan_break"
ADD_DOMAINS = "plan_domains"

_WHAT = {
    Kind.COMPANIES: "companies", Kind.STAFF: "staff", Kind.USERS: "users", Kind.PASSWORDS: "passwords",
    Kind.GROUPS: "groups",
}
_EXAMPLES = (Action.CONFLICT, Action.HELD, Action.CHANGED, Action.NEW)


@dataclass(frozen=True)
class Told:
    """A plan with what its message tells beside it."""

    plan: Plan
    samples: Mapping[Action, Sequence[PlanItem]] = field(default_factory=dict)
    needing: Sequence[Company] = ()  # some of the companies that need a domain
    needing_total: int = 0
    undoable: bool = False


def build(told: Told, pressed_by: str = "") -> kit.Block:
    """The message as things stand. `pressed_by`: somebody has just pressed, so the buttons are gone."""
    plan = told.plan
    blocks = [kit.header(title(plan)), *_body(told)]
    blocks.append(kit.context_line(*_who(plan)))
    if pressed_by:
        blocks.append(kit.context_line(f"<@{pressed_by}> has pressed a button: one moment …"))
    else:
        blocks += _buttons(told)
    return kit.message(summary(plan), blocks)


def elsewhere() -> kit.Block:
    text = "What stood here is not shown any more: this channel is bound to a company now that it does not concern."
    return kit.message(text, [kit.section(text)])


def title(plan: Plan) -> str:
    """Names what is imported, the company and the source."""
    what = f"{'Undo: import' if plan.undo_of else 'Import'} {_WHAT[plan.kind]}"
    into = f" into {kit.cut(' '.join(plan.company_name.split()), 60)}" if plan.company_name else ""
    return f"{what}{into} from {kit.cut(plan.source_title, 50)}"


def summary(plan: Plan) -> str:
    words = {
        PlanState.PREPARING: "reading", PlanState.PROPOSED: "waits for a decision", PlanState.APPROVED: "approved",
        PlanState.RUNNING: "running", PlanState.DONE: "done", PlanState.DENIED: "denied", PlanState.VOID: "void",
        PlanState.FAILED: "failed",
    }
    word = words[plan.state] if plan.state is not PlanState.PROPOSED or plan.is_to_decide else "nothing to approve"
    return f"{kit.escape(title(plan))}: {word}"


def counts_line(plan: Plan) -> str:
    if plan.undo_of:
        return undo.counts_line(plan)
    counts = plan.counts
    return (
        f"*{counts.new:,}* new · *{counts.changed:,}* changed · *{counts.unchanged:,}* unchanged · "
        f"*{counts.held:,}* held · *{counts.conflict:,}* conflict"
    )


def _body(told: Told) -> list[kit.Block]:
    plan = told.plan
    match plan.state:
        case PlanState.PREPARING:
            bar = kit.progress_bar(plan.read_rows, plan.read_total) if plan.read_total else f"{plan.read_rows:,}"
            note = f"\n{kit.remark(plan.note, 500)}" if plan.note else ""
            return [kit.section(f"Reading {kit.said(plan.source_title)} …\n{bar} rows read{note}")]
        case PlanState.PROPOSED:
            return _preview(told)
        case PlanState.APPROVED | PlanState.RUNNING:
            bar = kit.progress_bar(plan.done_rows, plan.counts.total)
            note = f"\n{kit.remark(plan.note, 500)}" if plan.note else ""
            return [kit.section(f"*Running*\n{bar}{note}"), kit.section(counts_line(plan))]
        case PlanState.DONE:
            return _outcome(told)
        case _:
            word = {PlanState.DENIED: "Denied", PlanState.VOID: "Void", PlanState.FAILED: "Failed"}[plan.state]
            return [kit.section(f"*{word}.* {kit.remark(plan.note or 'Nothing was changed.', 1500)}")]


def _taking_back(told: Told) -> list[kit.Block]:
    """The rows of an undo: what is kept is named with the reason, before the run and after it."""
    return undo.samples(told.plan, {action: [item_line(told.plan, item) for item in items] for action, items in told.samples.items()})


def _preview(told: Told) -> list[kit.Block]:
    plan = told.plan
    blocks = [kit.section(counts_line(plan))]
    if plan.undo_of:
        return [*blocks, *_taking_back(told), kit.section(undo.warning(plan))]
    for action in _EXAMPLES:
        items = told.samples.get(action, ())
        if items:
            total = getattr(plan.counts, action.value)
            lines = [item_line(plan, item) for item in items]
            more = f"\n… and {total - len(items):,} more" if total > len(items) else ""
            blocks.append(kit.section(f"*{action.value.capitalize()}* ({total:,})\n{kit.mrkdwn_list(lines)}{more}"))
    if plan.kind in (Kind.STAFF, Kind.USERS) and plan.counts.new:
        who = "the new person gets" if plan.counts.new == 1 else f"each of the {plan.counts.new:,} new people gets"
        role = f" and the role *{kit.said(plan.role)}*" if plan.role else ""
        blocks.append(kit.section(f"✉️ After *Approve*, {who} an invitation by mail{role}."))
    if plan.kind is Kind.PASSWORDS and plan.counts.to_do and not plan.undo_of:
        source = kit.said(plan.source_title)
        blocks.append(kit.section(f"🔒 No value has been read yet. After *Approve* each is read from {source} by itself and goes straight into the vault, encrypted."))
    if plan.counts.to_do == 0:
        blocks.append(kit.section(_nothing(plan)))
    if plan.note:
        blocks.append(kit.section(kit.remark(plan.note, 800)))
    return blocks


def _nothing(plan: Plan) -> str:
    said = "There is nothing to approve: all of it is here already, or held."
    if not plan.counts.pickable:
        return said
    which = "1 row comes" if plan.counts.pickable == 1 else f"{plan.counts.pickable:,} rows come"
    return f"{said} {which} in if you pick with *{ONLY_SOME}*; *Deny* leaves it as it is."


def item_line(plan: Plan, item: PlanItem) -> str:
    """One row: what it is, what changes, why."""
    detail = f" ({kit.said(item.detail, 60)})" if item.detail else ""
    changes = [
        f"{kit.said(name, 30)}: {kit.said(old, 40)} → {kit.said(new, 40)}"
        for name, (old, new) in list(item.verdict.changes.items())[:3]
    ]
    why = kit.remark(plan.advised(item.verdict.reason), 160) if item.verdict.reason else ""
    told = "; ".join([*changes, *([why] if why else [])])
    return f"{kit.said(item.label, 60)}{detail}{f': {told}' if told else ''}"


def _outcome(told: Told) -> list[kit.Block]:
    plan = told.plan
    blocks = [kit.section(f"*Done.* {kit.remark(plan.note, 1500)}"), kit.section(counts_line(plan))]
    if plan.undo_of:
        return [*blocks, *_taking_back(told)]
    if plan.kind in (Kind.STAFF, Kind.USERS) and plan.counts.new:
        blocks.append(kit.section("✉️ The new people are invited by mail; *Users* shows who has accepted."))
    if told.needing_total:
        word = "company needs" if told.needing_total == 1 else "companies need"
        blocks.append(kit.section(f"*{told.needing_total:,} {word} a domain* before they are active."))
        for company in told.needing[:5]:
            blocks.append(kit.section(kit.said(company.name), doors.add_domain(company.id, plan.id)))
    return blocks


def _who(plan: Plan) -> list[str]:
    asked = "Proposed by a sync" if plan.auto else f"Asked for by <@{plan.requested_by}>"
    lines = [f"{asked}, {kit.when(plan.requested_at)}"]
    if plan.state in (PlanState.PREPARING, PlanState.PROPOSED):
        if plan.read_rows and plan.state is PlanState.PROPOSED:
            lines.append(f"{plan.read_rows:,} rows read")
        chosen = len(plan.selection or ())
        if plan.selection is not None and not (plan.auto and chosen == plan.read_rows):  # a sync proposes all it read
            lines.append(f"only {chosen:,} chosen row{'s' if chosen != 1 else ''}")
        if plan.needs_second:
            lines.append("a second person must approve it")
    if plan.decided_by and plan.decided_at:
        word = "Denied" if plan.state is PlanState.DENIED else "Decided" if plan.state is PlanState.VOID else "Approved"
        lines.append(f"{word} by <@{plan.decided_by}>, {kit.when(plan.decided_at)}")
    if plan.alone:
        lines.append(f"🔨 Break glass: “{kit.said(plan.alone, 300)}”")
    if plan.finished_at and plan.state in (PlanState.DONE, PlanState.FAILED):
        lines.append(f"finished {kit.when(plan.finished_at)}")
    return lines


def _buttons(told: Told) -> list[kit.Block]:
    plan = told.plan
    match plan.state:
        case PlanState.PROPOSED:
            return _decision(plan)
        case PlanState.VOID | PlanState.FAILED | PlanState.DENIED if plan.undo_of:
            return kit.actions(kit.button("See all changes", ALL, plan.id), kit.button("Undo", UNDO, plan.undo_of))
        case PlanState.VOID | PlanState.FAILED | PlanState.DENIED:
            return kit.actions(kit.button("Preview again", AGAIN, plan.id), *_report(plan))
        case PlanState.DONE:
            return kit.actions(*_next(told))
        case _:
            return []


def _decision(plan: Plan) -> list[kit.Block]:
    elements = []
    if plan.counts.to_do:
        elements.append(kit.button("Approve", APPROVE, plan.id, "primary"))
    elements += [kit.button("Deny", DENY, plan.id), kit.button("See all changes", ALL, plan.id)]
    if (plan.counts.to_do or plan.counts.pickable) and not plan.undo_of:
        elements.append(kit.button(ONLY_SOME, SOME, plan.id))
    if plan.counts.to_do and plan.needs_second:
        elements.append(kit.button("Break glass", BREAK, plan.id))
    return kit.actions(*elements, *_report(plan))


def _report(plan: Plan) -> list[kit.Block]:
    """What cannot come along is worth knowing before the approval, and after a run that stopped half-way too."""
    return [doors.report(plan.id)] if plan.kind is Kind.PASSWORDS and plan.read_rows and not plan.undo_of else []


def _next(told: Told) -> list[kit.Block]:
    plan = told.plan
    elements = []
    if told.needing_total:
        elements.append(kit.button("Add all domains", ADD_DOMAINS, plan.id, "primary"))
    elements.append(kit.button("See all changes", ALL, plan.id))
    if told.undoable:
        elements.append(kit.button("Undo", UNDO, plan.id))
    if plan.kind is Kind.COMPANIES:
        elements += [doors.map_companies(plan.connection_id), doors.companies()]
    elif plan.kind in (Kind.STAFF, Kind.GROUPS):
        elements.append(kit.button("Users", people.STAFF, style="primary"))
    elif plan.kind is Kind.PASSWORDS:
        elements += [*_report(plan), *([doors.manage(plan.company_id)] if plan.company_id else [])]
    elif plan.company_id:
        elements += [kit.button("Users", people.COMPANY, plan.company_id, "primary"), doors.manage(plan.company_id)]
    return elements

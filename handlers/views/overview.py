"""How the facts look: status, history, and where a thing came from. The Home tab shows the same pieces."""

from collections.abc import Sequence

from domain.plan import Counts, Plan, PlanState
from flows.overview import Facts, SourceFacts
from flows.sync import SyncState
from handlers.views import digest, doors, kit, people, plans, requests

LISTED = 10

_STATES = {
    PlanState.PREPARING: "🔎 Being prepared",
    PlanState.PROPOSED: "✋ Waiting for approval",
    PlanState.APPROVED: "⏳ Approved",
    PlanState.RUNNING: "⏳ Running",
    PlanState.DONE: "✅ Done",
    PlanState.DENIED: "🚫 Denied",
    PlanState.VOID: "▫️ Void",
    PlanState.FAILED: "⚠️ Failed",
}


# status


def status(facts: Facts, company: str, command: str) -> kit.Block:
    """`company` is the name of the one company the channel is bound to, "" otherwise."""
    text = "Status" + (f" of {kit.said(company, 100)}" if company else "")
    blocks = [kit.header(f"Status of {company}" if company else "Status"), kit.section(mail(facts))]
    connected = [] if company else sources(facts)  # connections are the whole MSP's, not one company's
    blocks += [kit.section(figures(facts)), *connected, *_plans(facts), *digests(facts)]
    hint = f"As of {kit.when(facts.at)}. `{kit.escape(command)} history` lists what was run."
    return kit.message(text, [*blocks, kit.context_line(hint)])


def mail(facts: Facts) -> str:
    held = f"{facts.held_mail:,} invitation{' is' if facts.held_mail == 1 else 's are'}"
    if not facts.mail_works:
        waiting = f"{held} held until then" if facts.held_mail else "invitations are held until then"
        return (
            "⚠️ *Mail is not set up*: no mail server is configured, and "
            f"{waiting}. An operator sets `SMTP_URL` and `MAIL_FROM`; what is held goes out by itself."
        )
    if facts.held_mail:
        return f"⚠️ *Mail is set up*, but {held} held: the mail server refused us. They are tried again."
    return "✅ *Mail works*: invitations go out."


def figures(facts: Facts) -> str:
    needing = f" ({facts.needing_domain:,} without domain)" if facts.needing_domain else ""
    return (
        f"*Companies* {facts.companies:,}{needing} · *People* {facts.people:,}\n"
        f"*Invitation pending* {facts.pending:,} · *Expired* {facts.expired:,} · *Bounced* {facts.bounced:,}"
    )


def sources(facts: Facts) -> list[kit.Block]:
    if not facts.sources:
        return [kit.section("*Connections*\nNothing is connected yet.", doors.connect(style="primary"))]
    return [kit.section(source(each)) for each in facts.sources[:LISTED]]


def source(facts: SourceFacts) -> str:
    connection = facts.connection
    health = f"⚠️ {kit.said(connection.trouble, 500)}" if connection.trouble else "✅ Connected"
    account = f" · {kit.said(connection.account, 80)}" if connection.account and not connection.trouble else ""
    calls = f"{facts.calls_last_hour:,} recent call{'s' if facts.calls_last_hour != 1 else ''}"
    lines = [
        f"*{kit.said(connection.title, 60)}* · {health}{account}",
        f"{facts.mapped:,} mapped · {facts.unmapped:,} not mapped · {calls}",
        *_syncs(facts.syncs),
    ]
    return "\n".join(lines)


def _syncs(states: Sequence[SyncState]) -> list[str]:
    """A line for each kind; those of which there is nothing to tell yet share one."""
    quiet = [state.kind.value for state in states if state.enabled and not state.last_at and not state.next_at]
    lines = [sync(state) for state in states if state.kind.value not in quiet]
    return [*lines, f"Not synced yet: {', '.join(quiet)}"] if quiet else lines


def sync(state: SyncState) -> str:
    what = state.kind.value.capitalize()
    if not state.enabled:
        return f"{what}: sync is off"
    last = f"last {kit.when(state.last_at)}" if state.last_at else "not synced yet"
    if state.failed and state.last_at:
        good = f"last good one {kit.when(state.good_at)}" if state.good_at else "no good one yet"
        last = f"{good} · ⚠️ failed {kit.when(state.last_at)}"
    following = f" · next {kit.when(state.next_at)}" if state.next_at else ""
    note = f" · {kit.said(state.last_note.removesuffix('.'), 200)}" if state.last_note else ""
    return f"{what}: {last}{note}{following}"


def _plans(facts: Facts) -> list[kit.Block]:
    blocks = requests.listed(facts.requests, requests.LISTED_APPROVE, requests.LISTED_DENY)
    if blocks:
        blocks.insert(0, kit.section(f"*Waiting for a second person* · {len(facts.requests):,}"))
    for title, listed in (("Waiting for approval", facts.waiting), ("Running", facts.running)):
        if listed:
            lines = kit.mrkdwn_list([f"{plan_name(each)} · {counts(each.counts)}" for each in listed], LISTED)
            blocks.append(kit.section(f"*{title}* · {len(listed):,}\n{lines}"))
    return blocks


def digests(facts: Facts) -> list[kit.Block]:
    if not facts.digests:
        return []
    lines = [f"<#{each.channel}> {digest.schedule_said(each)}" for each in facts.digests]
    return [kit.section(f"*Digests*\n{kit.mrkdwn_list(lines, LISTED)}")]


# plans


def plan_name(plan: Plan) -> str:
    """What a plan is, in a line: what is imported, for whom, from where."""
    undo = "Undo: " if plan.undo_of else ""
    company = f" · {kit.said(plan.company_name, 80)}" if plan.company_name else ""
    return f"*{undo}{doors.IMPORT_WORDS[plan.kind]}*{company} · {kit.said(plan.source_title, 60)}"


def counts(figures: Counts) -> str:
    return (
        f"{figures.new:,} new, {figures.changed:,} changed, {figures.unchanged:,} unchanged, "
        f"{figures.held:,} held, {figures.conflict:,} conflict"
    )


def plan(plan: Plan) -> str:
    """A plan or run with who and when, as history and Home show it."""
    by = "proposed by a sync" if plan.auto else f"asked for by {people.who(plan.requested_by)}"
    figures = plans.counts_line(plan) if plan.undo_of else counts(plan.counts)
    is_idle = plan.state is PlanState.PROPOSED and not plan.is_to_decide
    lines = [plan_name(plan), f"{'▫️ Nothing to approve' if is_idle else _STATES[plan.state]} · {figures}"]
    lines.append(f"{by[0].upper()}{by[1:]} {kit.when(plan.requested_at)}{_decided(plan)}")
    if plan.note:
        lines.append(kit.said(plan.note, 300))
    return "\n".join(lines)


def _decided(plan: Plan) -> str:
    if not plan.decided_by or plan.decided_at is None:
        return ""
    did = "denied" if plan.state is PlanState.DENIED else "approved"
    return f", {did} by {people.who(plan.decided_by)} {kit.when(plan.decided_at)}"


def details_button(plan: Plan) -> kit.Block:
    return kit.button("See all changes", plans.ALL, plan.id)


def history(ran: Sequence[Plan], command: str, undoable: frozenset[str] = frozenset()) -> kit.Block:
    if not ran:
        text = f"Nothing was imported yet. `{kit.escape(command)} import companies` begins."
        return kit.message(text, [kit.section(text)])
    blocks = [kit.header("History")]
    for each in ran:
        blocks.append(kit.section(plan(each), details_button(each)))
        if each.id in undoable:
            blocks += kit.actions(kit.button("Undo", plans.UNDO, each.id))
    text = f"The last {len(ran):,} imports, newest first" if len(ran) > 1 else "One import so far"
    return kit.message(text, [*blocks, kit.context_line(text)])


# why


def why(thing: str, sentences: Sequence[str]) -> kit.Block:
    title = f"Why: {kit.said(thing, 80)}"
    said = kit.mrkdwn_list([kit.said(sentence, 500) for sentence in sentences], 20)
    return kit.message(title, [kit.section(f"*{title}*\n{said}")])

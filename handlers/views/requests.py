"""The message of a request for a second person, the modal that breaks the glass, and the form of who must approve what."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.four_eyes import NOTE_AT_LEAST, Request, RequestState, Risky
from handlers.views import kit

APPROVE, DENY, BREAK = "request_approve", "request_deny", "request_break"  # value: request id
# in a list of what waits, which is no message of the request's own
LISTED_APPROVE, LISTED_DENY, LISTED_BREAK = "listed_request_approve", "listed_request_deny", "listed_request_break"
BROKEN = "glass_broken"  # callback; meta: what | id | channel
NOTE = "glass:note"
PLAN, REQUEST = "plan", "request"
SETTINGS, SAVED = "four_eyes_open", "four_eyes_saved"
ACTS = "four_eyes:acts"
AWAY, DEPUTY = "four_eyes:away", "four_eyes:deputy"
BACK = "four_eyes_back"  # value: Slack id of who is back

_STATES = {
    RequestState.DONE: "✅ *Approved.*",
    RequestState.DENIED: "🚫 *Denied.*",
    RequestState.EXPIRED: "▫️ *Void.*",
    RequestState.FAILED: "⚠️ *Approved, but not done.*",
}
_LABELS = {
    Risky.PASSWORDS: "Importing passwords",
    Risky.REMAP: "Re-mapping a company whose people or records are here",
    Risky.MERGE: "Merging companies",
    Risky.MASS_REMOVAL: "Removing a company",
    Risky.EXPORT: "Exporting a vault",
    Risky.CLEAR: "Clearing and re-reading all synced tickets",
    Risky.UNDO: "Undoing a run of more than 20 rows",
}


def build(request: Request, stand_ins: Mapping[str, str], pressed_by: str = "") -> kit.Block:
    """The message as things stand. `pressed_by`: somebody has just pressed, so the buttons are gone."""
    title = f"A second person must approve: {request.act.value}"
    blocks = [kit.header("A second person must approve"), kit.section(kit.sentence(request.summary))]
    if request.state is not RequestState.OPEN:
        blocks.append(kit.section(f"{_STATES[request.state]} {kit.sentence(request.note)}"))
    blocks.append(kit.context_line(*_who(request, stand_ins)))
    if pressed_by:
        blocks.append(kit.context_line(f"<@{pressed_by}> has pressed a button: one moment …"))
    elif request.state is RequestState.OPEN:
        blocks += kit.actions(
            kit.button("Approve", APPROVE, request.id, "primary"),
            kit.button("Deny", DENY, request.id),
            kit.button("Break glass", BREAK, request.id),
        )
    return kit.message(kit.escape(title), blocks)


def _who(request: Request, stand_ins: Mapping[str, str]) -> list[str]:
    lines = [f"Asked for by <@{request.requested_by}>, {kit.when(request.requested_at)}"]
    if request.state is RequestState.OPEN:
        lines.append("open for 24 hours; any other Technician or Admin may approve")
        away = [f"while <@{who}> is away <@{deputy}> may" for who, deputy in list(stand_ins.items())[:3]]
        lines += [line for line in away if f"<@{request.requested_by}> is away" not in line]
    if request.decided_by and request.decided_at:
        lines.append(f"Decided by <@{request.decided_by}>, {kit.when(request.decided_at)}")
    if request.alone:
        lines.append(f"🔨 Break glass: “{kit.said(request.alone, 300)}”")
    return lines


def listed(waiting: Sequence[Request], approve: str, deny: str, may_decide: bool = True, most: int = 5) -> list[kit.Block]:
    """Requests in a list, with the buttons of that list."""
    blocks = []
    for request in waiting[:most]:
        who = f"asked for by <@{request.requested_by}>, {kit.when(request.requested_at)}"
        blocks.append(kit.section(f"*To {request.act.value}* · {who}\n{kit.said(request.summary, 500)}"))
        if may_decide:
            blocks += kit.actions(
                kit.button("Approve", approve, request.id, "primary"),
                kit.button("Deny", deny, request.id),
                kit.button("Break glass", LISTED_BREAK, request.id),
            )
    left = len(waiting) - most
    return [*blocks, kit.context_line(f"… and {left:,} more")] if left > 0 else blocks


def glass(what: str, id_: str, channel: str) -> kit.Block:
    """The modal for the reason; `what` is PLAN or REQUEST."""
    text = (
        "*This goes on without a second person.*\nYour reason is written into the journal and shown in the channel. Only "
        "an Admin who asked for this themselves may do so."
    )
    note = kit.input_text(
        "Reason", NOTE, NOTE, multiline=True, max_length=1000, hint=f"A sentence; at least {NOTE_AT_LEAST} characters."
    )
    meta = f"{what}|{id_}|{channel}"
    return kit.modal("Break glass", [kit.section(text), note], BROKEN, submit="Go on alone", private_metadata=meta)


def glass_said(user: str, what: str, note: str) -> kit.Block:
    """What the channel is told."""
    text = f"🔨 <@{user}> broke the glass and went on without a second person: {kit.said(what, 300)}"
    return kit.message(text, [kit.section(f"{text}\n> {kit.said(note, 1000)}")])


def form(wanted: frozenset[Risky], stand_ins: Mapping[str, str], channel: str, done: str = "") -> kit.Block:
    """Which acts need a second person, and who stands in for whom."""
    blocks = [kit.section(done)] if done else []
    choices = [(_LABELS[act], act.name) for act in Risky]
    ticked = [act.name for act in wanted]
    blocks.append(kit.checkboxes("A second person must approve", ACTS, ACTS, choices, checked=ticked))
    for who, deputy in list(stand_ins.items())[:15]:
        line = f"While <@{who}> is away <@{deputy}> approves"
        blocks.append(kit.section(line, kit.button("Is back", BACK, who)))
    blocks += [
        kit.users("While this person is away", AWAY, AWAY, optional=True),
        kit.users("this person approves", DEPUTY, DEPUTY, optional=True),
    ]
    return kit.modal("Four eyes", blocks, SAVED, submit="Save", private_metadata=channel)


def chosen(state: Mapping[str, Any]) -> tuple[frozenset[Risky], str, str]:
    """The acts ticked, who is away, and who stands in for them."""
    acts = frozenset(Risky[name] for name in kit.values(state, ACTS, ACTS))
    return acts, kit.value(state, AWAY, AWAY), kit.value(state, DEPUTY, DEPUTY)

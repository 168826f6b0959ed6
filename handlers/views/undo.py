"""The words of an undo in a plan's message: what is removed, restored and kept."""

from collections.abc import Mapping, Sequence

from domain.plan import Action, Plan
from handlers.views import kit

WORDS = {Action.NEW: "removed", Action.CHANGED: "restored", Action.HELD: "kept", Action.UNCHANGED: "gone before"}
_ORDER = (Action.HELD, Action.NEW, Action.CHANGED)


def word(plan: Plan, action: Action) -> str:
    """What a row's action is called: an undo takes back, so "new" would mislead."""
    return WORDS.get(action, action.value) if plan.undo_of else action.value


def counts_line(plan: Plan) -> str:
    counts = plan.counts
    gone = f" · *{counts.unchanged:,}* gone before" if counts.unchanged else ""
    return f"*{counts.new:,}* removed · *{counts.changed:,}* restored · *{counts.held:,}* kept{gone}"


def samples(plan: Plan, shown: Mapping[Action, Sequence[str]]) -> list[kit.Block]:
    """A few rows of each fate, the kept ones first: those are named with the reason."""
    blocks = []
    for action in _ORDER:
        lines, total = shown.get(action, ()), getattr(plan.counts, action.value)
        if lines:
            more = f"\n… and {total - len(lines):,} more" if total > len(lines) else ""
            blocks.append(kit.section(f"*{WORDS[action].capitalize()}* ({total:,})\n{kit.mrkdwn_list(lines)}{more}"))
    return blocks


def warning(plan: Plan) -> str:
    return (
        "↩️ Invitations of those who are removed are taken back, so their links are dead. What is touched until the "
        "approval is kept too."
        if plan.counts.new
        else "↩️ What is touched until the approval is kept too."
    )

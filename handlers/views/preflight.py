"""How the permission preflight looks: what is missing first, with the exact path to set it, then what is more than needed."""

from collections.abc import Sequence

from domain.psa import Held, Right
from flows.preflight import Preflight
from handlers.views import kit

_SIGNS = {Held.MISSING: "❌", Held.CUT: "⚠️", Held.UNSEEN: "▫️", Held.FOUND: "✅", Held.EXCESS: "➕"}
_A_SECTION = 8  # lines: a section holds 3,000 characters
_MOST = 40  # lines in all


def blocks(found: Preflight) -> list[kit.Block]:
    """Below the result of a connection test."""
    if not found.can_tell:
        return [kit.context_line(f"{kit.said(found.title)} does not say which rights its key has; what is locked stands above.")]
    needed = [right for right in found.rights if right.held is not Held.EXCESS]
    lines = [line(right) for held in (Held.MISSING, Held.CUT, Held.UNSEEN, Held.FOUND) for right in found.of(held)]
    shown = [kit.section(f"*Rights*: {summary(needed)}"), *_sections(lines)]
    excess = found.of(Held.EXCESS)
    if excess:
        shown.append(kit.section("*More than what is switched on needs*. It works; whoever steals the key gets it too."))
        shown += _sections([line(right) for right in excess])
    features = ", ".join(sorted(feature.value for feature in found.features)) or "nothing"
    return [*shown, kit.context_line(f"Needed by what is switched on: {kit.said(features, 400)}. Switching something on asks again.")]


def summary(rights: Sequence[Right]) -> str:
    """"2 missing, 1 cut, 9 found"."""
    counts = [(held, sum(right.held is held for right in rights)) for held in (Held.MISSING, Held.CUT, Held.UNSEEN, Held.FOUND)]
    return ", ".join(f"{number} {held.value}" for held, number in counts if number) or "none needed"


def line(right: Right) -> str:
    """A right in a line: how it is held, what for, and (unless all is well) where it is set."""
    needed = ", ".join(feature.value for feature in right.needed_for)
    parts = [f"{_SIGNS[right.held]} *{kit.said(right.name)}* {right.held.value}"]
    parts += [f"needed for {kit.said(needed, 200)}"] if needed and right.held is not Held.EXCESS else []
    said = kit.remark(right.said, 300)
    if right.held is Held.FOUND:
        return " · ".join(parts)
    below = [f"`{kit.said(right.path, 300).replace('`', '')}`"] if right.path else []
    return "\n".join([" · ".join(parts), *([said] if said else []), *below])


def _sections(lines: Sequence[str]) -> list[kit.Block]:
    shown = list(lines[:_MOST])
    if len(lines) > _MOST:
        shown.append(f"… and {len(lines) - _MOST:,} more")
    return [kit.section("\n".join(shown[start : start + _A_SECTION])) for start in range(0, len(shown), _A_SECTION)]

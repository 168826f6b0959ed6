"""What the vocabulary over Block Kit is made of: texts, ids that are never cut, blocks that fit."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import mention
from handlers.views.wording import cut, stopped_once, straight, units

Block = dict[str, Any]
Pair = tuple[str, str]  # what people read, what comes back
Offered = Pair | tuple[str, str, str]  # with a remark below what people read

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
# msg_blocks_too_long comes at an undocumented 12,000 to 13,200 characters over all blocks; views hold 250 kB.
MESSAGE_BUDGET, VIEW_BUDGET = 11_000, 60_000
TITLE, BUTTON, OPTION, ID = 24, 75, 75, 255


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": cut(straight(mention.drawn(text)), limit).strip() or "–", "emoji": True}


def mrkdwn(text: str, limit: int = 3000) -> Block:
    """Ready mrkdwn; a long one is cut at the end of a line, so that no mention is cut in two."""
    if units(text) > limit:
        kept, lines = "", text.split("\n")
        for number, line in enumerate(lines):
            if units(kept) + units(line) + 30 > limit:
                kept = kept or cut(line, limit - 30) + "\n"
                text = f"{kept}… and {len(lines) - number:,} more"
                break
            kept += line + "\n"
    return {"type": "mrkdwn", "text": stopped_once(text) or "–"}


def given(**parts: Any) -> Block:
    return {name: part for name, part in parts.items() if part}


def block(kind: str, block_id: str | None, **parts: Any) -> Block:
    return {"type": kind} | given(block_id=checked_id(block_id) if block_id else None, **parts)


def checked_id(text: str) -> str:
    return checked(text, ID)


def checked(text: str, limit: int) -> str:
    """Ids are never cut: a cut one would mean something else."""
    if units(text) > limit:
        raise ValueError(f"An identifier of {units(text)} characters does not fit into {limit}.")
    return text


def weight(part: Any) -> int:
    if isinstance(part, str):
        return units(part)
    if isinstance(part, Mapping):
        named = ("type", "action_id", "block_id")
        return sum(weight(each) for name, each in part.items() if name not in named)
    return sum(weight(each) for each in part) if isinstance(part, list) else 0


def fitting(blocks: Sequence[Block], most: int, budget: int) -> list[Block]:
    """The blocks, or as many from the top as fit; the buttons and remarks at the very end always stay."""
    weights = [weight(each) for each in blocks]
    if len(blocks) <= most and sum(weights) <= budget:
        return list(blocks)
    tail = len(blocks)
    while tail > max(0, len(blocks) - 6) and blocks[tail - 1]["type"] in ("actions", "context"):
        tail -= 1
    room, left = most - (len(blocks) - tail) - 1, budget - sum(weights[tail:]) - 100
    kept = 0
    while kept < min(tail, room) and weights[kept] <= left:
        left -= weights[kept]
        kept += 1
    lost = sum(each["type"] == "section" for each in blocks[kept:tail]) or tail - kept
    line = block("context", None, elements=[mrkdwn(f"… and {lost:,} more that do not fit here")])
    return [*blocks[:kept], line, *blocks[tail:]]

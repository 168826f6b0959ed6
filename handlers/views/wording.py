"""How texts are made fit to be shown: escaped, cut, dated, counted."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from domain import mention
from domain.naming import short

BAR = 20  # characters of a full one
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
# Signs that begin or end bold, italics, strikes and code; an underscore inside a word does neither.
_FORMATS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_JOINER = "\u2060"  # is not seen, and is neither a space nor a sign
_DOUBLED = re.compile(r"(?<=\w\.)(\*?)\.(?=\s|$)")  # "bound to Contoso Ltd..", in bold too
_ENDED = re.compile(r"(?<=[a-z]{3})\.(?=;\s)")  # a sentence in a list of them, not the end of "Ltd."


def straight(text: str) -> str:
    """Without the signs that turn the direction of writing: a name could make the words behind it read otherwise."""
    return text.translate(_TURNS)


def escape(text: str) -> str:
    """Text made harmless for mrkdwn: no link and no channel call comes out of it, and no mention but our flows' own."""
    return mention.drawn(straight(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def unformatted(text: str) -> str:
    """Text whose signs stand for themselves in mrkdwn: each hangs between two joiners, so no bold begins or ends at it.

    Slack has no escape for them; a formatting sign counts only at the edge of a word.
    """
    return _FORMATS.sub(rf"{_JOINER}\g<0>{_JOINER}", text)


def units(text: str) -> int:
    """Length as Slack's clients count it (UTF-16): never less than Python's."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, with "…" where something was left out."""
    made = short(text, limit)
    while (over := units(made) - limit) > 0:
        fewer = len(made) - (over + 1) // 2
        made = short(made, fewer) if fewer > 0 else "…"  # one sign of two units has no shorter form
    return made


def said(text: str, limit: int = 120) -> str:
    """A name or remark of others for use inside mrkdwn, in bold too: on one line, cut, escaped."""
    return escape(unformatted(cut(" ".join(text.split()) or "–", limit)))


def remark(text: str, limit: int = 2800) -> str:
    """Sentences that may hold words of others, for mrkdwn: lines stay lines, and nothing in them means anything."""
    return escape(cut(_punctuated(text), limit))


def sentence(text: str, limit: int = 2800) -> str:
    """What our flows say, for mrkdwn: people and channels that they name (domain.mention) can be pressed."""
    return escape(cut(_punctuated(text), limit))


def _punctuated(text: str) -> str:
    """A name or a reason that ends with a full stop of its own brings no second mark into our sentence."""
    return _ENDED.sub("", stopped_once(text))


def stopped_once(text: str) -> str:
    """Without the full stop of a sentence behind a name that ends with its own."""
    return _DOUBLED.sub(r"\1", text)


def when(moment: datetime) -> str:
    """A moment in the reader's own time zone, with a fallback in UTC."""
    fallback = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def mrkdwn_list(lines: Iterable[str], limit: int = 10) -> str:
    """Lines with a bullet each; those past the limit are counted."""
    every = list(lines)
    shown = [f"• {line}" for line in every[:limit]]
    if len(every) > limit:
        shown.append(f"… and {len(every) - limit:,} more")
    return "\n".join(shown)


def progress_bar(done: int, total: int | None) -> str:
    """A bar in characters with the figures beside it; without a total only the figure."""
    if not total or total < 0:
        return f"{done:,} so far"
    share = min(max(done, 0) / total, 1.0)
    full = int(share * BAR)
    return f"{'█' * full}{'░' * (BAR - full)} {done:,} of {total:,}"

"""How a sentence of ours names a person or a channel, so that nobody else's words can.

Sentences mix our words with names from a source, and a client may well be called `<!channel>` or `<@U0ADMIN>`. So a
mention is not written in Slack's signs but between marks made anew for each process, which no name can hold; whoever
draws a sentence escapes all of it first and then gives the marked ids their meaning.
"""

import re
import secrets
from functools import cache


def person(user_id: str) -> str:
    """Names a Slack user inside a sentence."""
    return f"{_mark()}@{user_id}{_mark()}"


def channel(channel_id: str) -> str:
    """Names a Slack channel inside a sentence."""
    return f"{_mark()}#{channel_id}{_mark()}"


def drawn(text: str) -> str:
    """The sentence with Slack's signs where our marks are. Escape it before, never after."""
    mark = _mark()
    return _marked().sub(r"<\1>", text).replace(mark, "") if mark in text else text


@cache
def _mark() -> str:
    return f"\ue000{secrets.token_hex(8)}\ue001"


@cache
def _marked() -> re.Pattern[str]:
    return re.compile(f"{_mark()}([@#][A-Z0-9]{{2,40}}){_mark()}")

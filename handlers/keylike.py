"""Whether a text holds something that looks like a key or a password.

Command text passes through Slack in clear and may stand in logs, so such a text is refused and never repeated. The
rules would rather refuse an odd company name than let a key pass.
"""

import itertools
import re

_NAMED = re.compile(
    r"\b(?:api[ _-]?)?(?:secret|key|password|passwd|pwd|token|credential|private[ _-]?key)s?\s*(?:=|:|\bis\b)\s*\S",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"ITG\.[A-Za-z0-9]|\bxox[a-z]-|\bxapp-|\beyJ[A-Za-z0-9_-]{8}|-----BEGIN|\b(?:sk|pk|ghp|gho)[_-]\w{8}", re.IGNORECASE
)
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_SLACK_NAMES = re.compile(r"<[@#!][^>]*>")  # people and channels, as Slack writes them
_ADDRESS = re.compile(r"(?:https?://|[\w.+'-]+@)?[\w-]{1,63}(?:\.[\w-]{1,63})*\.[A-Za-z]{2,24}(?:[/|].*)?", re.ASCII)


def looks_like_key(text: str) -> bool:
    plain = _SLACK_NAMES.sub(" ", text)
    if _NAMED.search(plain) or _MARKED.search(plain) or _UUID.search(plain):
        return True
    return any(_random(word.strip("<>()[]{}\"'`,;")) for word in plain.split())


def _random(word: str) -> bool:
    """Long and mixed as no name is: a key, or a password that a generator made."""
    if len(word) < 10 or _ADDRESS.fullmatch(word):
        return False
    lower, upper = any(c.islower() for c in word), any(c.isupper() for c in word)
    digit, sign = any(c.isdigit() for c in word), any(not c.isalnum() and c not in "-_.'’&+/" for c in word)
    if sign and digit and (lower or upper):
        return True
    turns = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(word))  # names have few, random text many
    mixed = (lower and upper) or (len(word) >= 20 and (lower or upper))
    return len(word) >= 16 and mixed and turns >= 3 and re.fullmatch(r"[A-Za-z0-9+/=_-]+", word) is not None

"""The database does not answer: what whoever asks for something meanwhile is told. Jobs go on by themselves (bot/engine)."""

from storage.store import is_away

SAID = "Gangway's database does not answer at the moment, so what you asked for could not be done. Try again in a minute."


def is_outage(error: BaseException) -> bool:
    """Whether an error means that: nothing of ours is wrong, and what was under way is undone as a whole."""
    return is_away(error)

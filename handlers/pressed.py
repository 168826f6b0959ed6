"""A message whose buttons are gone for the moment of a press gets them back where no database says what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flows import outages
from handlers import slack
from handlers.actor import Ask


@contextmanager
def drawing(ask: Ask, may_stand: bool) -> Iterator[None]:
    """Around each drawing of a press: when the database goes away under it, the message is again as it stood before.

    Whoever presses once more is told what came of the first press, if it was kept after all. `may_stand`: whether it may
    still be shown where it was pressed.
    """
    try:
        yield
    except Exception as error:
        if may_stand and outages.is_outage(error):
            _put_back(ask)
        raise


def _put_back(ask: Ask) -> None:
    shown = ask.body.get("message") or {}
    if ask.message is not None and shown.get("blocks"):
        slack.update(ask.client, ask.message, {"text": str(shown.get("text", "")), "blocks": shown["blocks"]}, ask.user)

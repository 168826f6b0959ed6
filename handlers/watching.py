"""Cards for one pair of eyes that somebody has just pressed in: they follow what comes of it."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from handlers.actor import Ask
from handlers.views import kit

_KEPT = 500


class Watchers:
    """What is drawn again when an item changes, for as long as we run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._redraw: OrderedDict[tuple[str, str], Callable[[], object]] = OrderedDict()

    def watch(self, item_id: str, user: str, redraw: Callable[[], object]) -> None:
        """The person's latest card of an item takes the place of an earlier one."""
        with self._lock:
            self._redraw[item_id, user] = redraw
            self._redraw.move_to_end((item_id, user))
            while len(self._redraw) > _KEPT:
                self._redraw.popitem(last=False)

    def of(self, item_id: str) -> list[Callable[[], object]]:
        with self._lock:
            return [redraw for (watched, _), redraw in self._redraw.items() if watched == item_id]


@runtime_checkable
class Announces(Protocol):
    """An announcer that brings watched cards up to date."""

    watchers: Watchers


def watch(ask: Ask, item_id: str, draw: Callable[[], kit.Block]) -> None:
    """The card that the button stands in is drawn anew when the item changes, as long as Slack lets us redraw it."""
    if ask.body.get("response_url"):
        follow(ask, item_id, lambda: ask.respond(replace_original=True, response_type="ephemeral", **draw()))


def follow(ask: Ask, item_id: str, redraw: Callable[[], object]) -> None:
    """The same for a message that knows how to redraw itself."""
    if ask.message is None and isinstance(ask.context.tell, Announces):
        ask.context.tell.watchers.watch(item_id, ask.user, redraw)


def redraw(ask: Ask, item_id: str) -> None:
    """Draw again now what follows an item."""
    if isinstance(ask.context.tell, Announces):
        for follower in ask.context.tell.watchers.of(item_id):
            follower()

"""Who does what people asked for once Slack has its answer: threads of their own, so that nobody's answer waits behind another's work."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from slack_bolt import App

_NAME = "hands"


def bind(app: App, hands: Executor) -> None:
    """Lend them to every listener. Where none are lent, as in tests, the listener's own thread does the work."""

    def lend(context: Any, next: Callable[[], Any]) -> Any:
        context[_NAME] = hands
        return next()

    app.middleware(lend)


def do(context: Any, work: Callable[[], None]) -> None:
    """Have it done; `context` is Bolt's, of one request."""
    hands = context.get(_NAME)
    if hands is None:
        work()
    else:
        hands.submit(work)

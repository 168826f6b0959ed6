"""Slack has its answer at once, however much work lies before the one who asked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from handlers import hands
from tests.handlers.whole import ROOM, whole


def test_nobodys_answer_waits_behind_anothers_work(tmp_path: Path) -> None:
    """With the only hand busy ten commands are heard, and all of them are done once it is free."""
    with whole(tmp_path) as bot, ThreadPoolExecutor(1) as pool:
        hands.bind(bot.app, pool)
        busy = threading.Event()
        pool.submit(busy.wait)
        tess = bot.person("tess")
        assert all(tess.command("/msp", f"why somebody-{number}", channel=ROOM) for number in range(10))
        assert tess.messages(ROOM, "somebody-") == []
        busy.set()
        for number in range(10):
            tess.wait_for_message(ROOM, f"somebody-{number}")

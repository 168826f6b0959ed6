"""Slack has its answer at once, however much work lies before the one who asked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from domain.ports import UpstreamCompany
from domain.roles import Actor, Role
from flows import imports
from flows.desk import Desk
from handlers import hands
from tests.handlers.test_whole_way import connect
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


def test_an_approval_is_answered_once_it_is_kept(tmp_path: Path) -> None:
    """A press is heard when it counts: one that a dying process swallowed is shown as failed, and pressed again."""
    with whole(tmp_path) as bot, ThreadPoolExecutor(1) as pool:
        bot.papers["autotask"].companies_ = [UpstreamCompany("11", "Contoso Ltd", "https://www.contoso.com")]
        adam = bot.person("adam")
        connect(adam)
        adam.command("/msp", "import companies from autotask", channel=ROOM)
        shown = adam.wait_for_message(ROOM, "Import companies from Autotask PSA", "Approve")
        hands.bind(bot.app, pool)
        busy = threading.Event()
        pool.submit(busy.wait)
        try:
            assert adam.press(shown, "Approve")
            (plan,) = imports.history(bot.context, Desk(Actor(adam.id, "Adam", Role.ADMIN), "", None, None), 1)
            assert plan.decided_by == adam.id
        finally:
            busy.set()

"""The faults that change the workspace itself, run where its state lives: on its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from sandbox.workspace import cast, posting
from sandbox.workspace.background import Background
from sandbox.workspace.core import Core
from sandbox.workspace.faults import Effects
from sandbox.workspace.state import Channel

_PATIENCE_SECONDS = 5.0


class LoopRunner:
    """Runs work on the workspace's event loop, whichever thread asks."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._background = Background()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work: from another thread wait for its end, on the loop itself let it follow at once."""
        if self.loop is None:
            asyncio.run(work)
        elif _running() is self.loop:
            self._background.spawn(work)
        else:
            asyncio.run_coroutine_threadsafe(work, self.loop).result(_PATIENCE_SECONDS)


def effects(core: Core, runner: LoopRunner) -> Effects:
    """The hands of this workspace's faults."""
    return Effects(
        drop_sockets=lambda: runner.run(_drop(core)),
        disconnect=lambda reason: runner.run(_disconnect(core, reason)),
        archive=lambda channel, archived: runner.run(_archive(core, _channel(core, channel), archived)),
        set_bot_member=lambda channel, member: runner.run(_set_member(core, _channel(core, channel), member)),
        delete_message=lambda channel, ts: runner.run(_delete(core, _channel(core, channel), ts)),
        expire_triggers=lambda: runner.run(_expire(core)),
    )


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _channel(core: Core, reference: str) -> Channel:
    found = core.state.find_channel(reference)
    if found is None:
        raise KeyError(f"no channel {reference}")
    return found


async def _drop(core: Core) -> None:
    core.sockets.drop_all()


async def _disconnect(core: Core, reason: str) -> None:
    core.sockets.disconnect_all(reason)


async def _expire(core: Core) -> None:
    core.tickets.expire_triggers()


async def _archive(core: Core, channel: Channel, archived: bool) -> None:
    channel.archived = archived
    await posting.channel_changed(core, channel)


async def _set_member(core: Core, channel: Channel, member: bool) -> None:
    if member and cast.BOT_USER_ID not in channel.members:
        channel.members.append(cast.BOT_USER_ID)
    if not member and cast.BOT_USER_ID in channel.members:
        channel.members.remove(cast.BOT_USER_ID)
    await posting.channel_changed(core, channel)


async def _delete(core: Core, channel: Channel, ts: str) -> None:
    message = channel.messages.get(ts)
    if message is None:
        raise KeyError(f"no message {ts}")
    await posting.remove(core, channel, message)

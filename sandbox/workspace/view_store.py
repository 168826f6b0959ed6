"""Opening, pushing, changing and closing what a person has open, and telling their client."""

from __future__ import annotations

import secrets
from copy import deepcopy

from sandbox.workspace.client_objects import client_stack
from sandbox.workspace.core import Core
from sandbox.workspace.slack_objects import view_object
from sandbox.workspace.state import Json, View
from sandbox.workspace.view_state import elements_of, merged

MOST_VIEWS = 3


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy of blocks in which every block and interactive element has an id, as Slack fills them in."""
    copied = deepcopy(blocks)
    for block in copied:
        block.setdefault("block_id", _random_id())
        for element in elements_of(block):
            element.setdefault("action_id", _random_id())
    return copied


async def open_view(core: Core, user: str, body: Json) -> View:
    """Open a modal as the only one of a person."""
    _forget_stack(core, user)
    view = _made(core, user, body)
    core.state.stacks[user] = [view.id]
    await _tell(core, view, "view_opened")
    return view


async def push_view(core: Core, user: str, body: Json) -> View:
    """Put a modal on top of those a person has open."""
    below = core.state.stack(user)[-1]
    view = _made(core, user, body)
    view.root, view.previous = below.root, below.id
    core.state.stacks[user].append(view.id)
    await _tell(core, view, "view_pushed")
    return view


async def update_view(core: Core, view: View, body: Json) -> View:
    """Change an open view; what was typed stays where block_id and action_id persist."""
    view.body = _kept(body)
    view.values = merged(view.body["blocks"], view.values)
    view.hash = _new_hash(core)
    if view.body["type"] == "home":
        await core.feed.publish([view.user], "home", view=view_object(view))
    else:
        await _tell(core, view, "view_updated")
    return view


async def publish_home(core: Core, user: str, body: Json) -> View:
    """Show a person's Home tab."""
    view = core.state.home(user)
    if view is None:
        view = _made(core, user, body)
        core.state.homes[user] = view.id
    else:
        view.body, view.hash = _kept(body), _new_hash(core)
        view.values = merged(view.body["blocks"], view.values)
    await core.feed.publish([user], "home", view=view_object(view))
    return view


async def close_view(core: Core, view: View) -> None:
    """Take a modal away, those above it too."""
    stack = core.state.stacks.get(view.user, [])
    if view.id not in stack:
        return
    for view_id in stack[stack.index(view.id):]:
        core.state.views.pop(view_id, None)
    del stack[stack.index(view.id):]
    await _tell(core, view, "view_closed")


async def clear_stack(core: Core, view: View) -> None:
    """Take every modal of a person away."""
    _forget_stack(core, view.user)
    await _tell(core, view, "view_closed")


def _forget_stack(core: Core, user: str) -> None:
    for view_id in core.state.stacks.pop(user, []):
        core.state.views.pop(view_id, None)


def _made(core: Core, user: str, body: Json) -> View:
    kept = _kept(body)
    view_id = core.state.new_id("V")
    view = View(view_id, user, kept, merged(kept["blocks"]), _new_hash(core), root=view_id)
    core.state.views[view_id] = view
    return view


def _kept(body: Json) -> Json:
    return body | {"blocks": with_ids(body["blocks"])}


async def _tell(core: Core, view: View, kind: str) -> None:
    await core.feed.publish([view.user], kind, view=view_object(view), stack=client_stack(core.state, view.user))


def _new_hash(core: Core) -> str:
    return f"{int(core.time.now())}.{secrets.token_hex(4)}"


def _random_id() -> str:
    return secrets.token_urlsafe(4)

"""Whether a body has the shape that Slack's have, so that nobody behind the door meets another one."""

from typing import Annotated, Any

import msgspec
from slack_bolt.request.internals import parse_body

_Object = dict[str, Any]
_Named = _Object | str | None  # by its id alone, or with what belongs to it


class _Around(msgspec.Struct):
    """Who, and where: what is read of a body before anybody knows which kind it is."""

    user: _Named = None
    team: _Named = None
    channel: _Named = None
    enterprise: _Named = None


class _Event(_Around, kw_only=True):
    type: str
    message: _Around | str | None = None
    previous_message: _Around | str | None = None
    item: _Around | str | None = None
    assistant_thread: _Around | str | None = None


class _Action(msgspec.Struct):
    action_id: str
    block_id: str = ""
    type: str = ""


class _State(msgspec.Struct):
    values: dict[str, dict[str, _Object]] = {}


class _View(msgspec.Struct):
    id: str = ""
    type: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None
    blocks: list[_Object] = []


class _Sent(_Around):
    """Everything may be missing; each kind of body has its own part, which is not nothing where it is there."""

    type: str = ""
    command: str = ""
    text: str = ""
    callback_id: str = ""
    action_id: str = ""
    trigger_id: str = ""
    value: str | None = None
    response_url: str | None = None
    ssl_check: str = ""
    event: _Event | msgspec.UnsetType = msgspec.UNSET
    actions: Annotated[list[_Action], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET
    view: _View | None = None
    state: _State | None = None
    container: _Object | None = None
    message: _Around | None = None
    authorizations: list[_Around] | None = None
    response_urls: list[_Object] | msgspec.UnsetType = msgspec.UNSET


def is_slacks(sent: str, content_type: str) -> bool:
    """Whether it is JSON or a form as Slack sends them."""
    try:
        read = msgspec.convert(parse_body(sent, content_type), _Sent)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return False
    if read.type in ("view_submission", "view_closed") and read.view is None:
        return False
    return bool(read.type or read.command or read.ssl_check)

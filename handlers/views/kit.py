"""Our small vocabulary over Block Kit: plain functions that return dicts and cannot exceed Slack's limits.

Texts are cut, lists are shortened with a line that says so, and what would be a mistake of ours (an id that
is too long) raises ValueError. Data of others goes through `escape` (or `said`, which also cuts) before it stands
in mrkdwn; plain_text needs none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.views import parts
from handlers.views.parts import Block as Block
from handlers.views.parts import Offered as Offered
from handlers.views.parts import Pair as Pair
from handlers.views.parts import block, checked, checked_id, given, mrkdwn, plain
from handlers.views.wording import cut as cut
from handlers.views.wording import escape as escape
from handlers.views.wording import mrkdwn_list as mrkdwn_list
from handlers.views.wording import progress_bar as progress_bar
from handlers.views.wording import remark as remark
from handlers.views.wording import said as said
from handlers.views.wording import sentence as sentence
from handlers.views.wording import units as units
from handlers.views.wording import when as when

# what is read


def section(text: str, accessory: Block | None = None, block_id: str | None = None) -> Block:
    return block("section", block_id, text=mrkdwn(text), accessory=accessory)


def fields(pairs: Sequence[Pair], block_id: str | None = None) -> Block:
    """Up to ten titles with their text (ready mrkdwn) in two columns."""
    shown = [mrkdwn(f"*{said(name)}*\n{text}", 2000) for name, text in pairs[:10]]
    return block("section", block_id, fields=shown or [mrkdwn("–")])


def context_line(*texts: str) -> Block:
    return block("context", None, elements=[mrkdwn(text, 1000) for text in texts[:10] or ("–",)])


def header(text: str) -> Block:
    return block("header", None, text=plain(" ".join(text.split()), 150))


def divider() -> Block:
    return {"type": "divider"}


# what is pressed


def confirmation(title: str, text: str, yes: str, danger: bool = False) -> Block:
    made = {"title": plain(title, 100), "text": plain(text, 300)}
    made |= {"confirm": plain(yes, 30), "deny": plain("Cancel", 30)}
    return made | {"style": "danger"} if danger else made


def button(
    text: str, action_id: str, value: str = "", style: str | None = None, confirm: Block | None = None,
    url: str | None = None,
) -> Block:
    """`value` holds an opaque id and nothing else; `style` is "primary" or "danger"."""
    made = {"type": "button", "text": plain(text, parts.BUTTON), "action_id": checked_id(action_id)}
    if value:
        made["value"] = checked(value, 2000)
    return made | given(style=style, confirm=confirm, url=checked(url, 3000) if url else None)


def actions(*elements: Block, block_id: str | None = None) -> list[Block]:
    """Rows of 25; the first bears the block id, the next ones bear it with a number."""
    rows = [list(elements[start : start + 25]) for start in range(0, len(elements), 25)]
    return [
        block("actions", f"{block_id}-{number}" if block_id and number else block_id, elements=row)
        for number, row in enumerate(rows)
    ]


def paging(page: int, pages: int, action_id: str, ref: str = "") -> list[Block]:
    """Previous and Next where there are such pages; nothing for a single page.

    The buttons' ids are `<action_id>_prev` and `<action_id>_next` (bind `paging_ids`); `paged` reads the value.
    """
    steps = (("Previous", page - 1, "prev"), ("Next", page + 1, "next"))
    shown = [
        button(text, f"{action_id}_{way}", f"{ref}|{target}")
        for text, target, way in steps
        if 1 <= target <= pages
    ]
    line = context_line(f"Page {page:,} of {pages:,}")
    return [line, *actions(*shown)] if shown else []


def any_of(prefix: str) -> re.Pattern[str]:
    """The ids that begin so, for binding a family of buttons at once."""
    return re.compile(f"^{re.escape(prefix)}")


def paging_ids(action_id: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(action_id)}_(prev|next)$")


def paged(value: str) -> tuple[str, int]:
    """The ref and the page a paging button asks for."""
    ref, _, page = value.rpartition("|")
    return ref, int(page) if page.isdecimal() else 1


# what is filled in


def option(text: str, value: str, description: str = "") -> Block:
    made = {"text": plain(" ".join(text.split()), parts.OPTION), "value": checked(value, parts.OPTION)}
    return made | {"description": plain(description, parts.OPTION)} if description else made


def input_text(
    label: str, block_id: str, action_id: str, *, hint: str = "", placeholder: str = "", initial: str = "",
    multiline: bool = False, optional: bool = False, max_length: int | None = None, dispatch: bool = False,
) -> Block:
    """Never an `initial` for a secret. `dispatch` tells us of Enter without a submit."""
    element = {"type": "plain_text_input", "action_id": checked_id(action_id), "multiline": multiline}
    most = min(max_length or 3000, 3000)
    element |= _hinted(placeholder) | given(initial_value=cut(initial, most), max_length=most)
    if dispatch:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    return _input(label, block_id, element, hint, optional, dispatch)


def select(
    label: str, block_id: str, action_id: str, options: Sequence[Pair], *, initial: str = "", hint: str = "",
    placeholder: str = "", optional: bool = False, dispatch: bool = False,
) -> Block:
    """Up to 100 choices; for more use `external`."""
    made = [option(*pair) for pair in options[:100]] or [option("–", "-")]
    element = {"type": "static_select", "action_id": checked_id(action_id), "options": made}
    chosen = next((each for each in made if each["value"] == initial), None) if initial else None
    element |= _hinted(placeholder) | given(initial_option=chosen)
    return _input(label, block_id, element, hint, optional, dispatch)


def multi(
    label: str, block_id: str, action_id: str, options: Sequence[Pair], *, initial: Sequence[str] = (),
    hint: str = "", optional: bool = False,
) -> Block:
    made = [option(*pair) for pair in options[:100]] or [option("–", "-")]
    chosen = [each for each in made if each["value"] in initial]
    element = {"type": "multi_static_select", "action_id": checked_id(action_id), "options": made}
    return _input(label, block_id, element | given(initial_options=chosen), hint, optional)


def external(
    label: str, block_id: str, action_id: str, *, initial: Pair | None = None, hint: str = "",
    placeholder: str = "Type to search", optional: bool = False, dispatch: bool = False, min_query: int = 0,
) -> Block:
    """A picker whose choices we are asked for while the person types (0: before the first letter too)."""
    element = {"type": "external_select", "action_id": checked_id(action_id), "min_query_length": min_query}
    element |= _hinted(placeholder) | given(initial_option=option(*initial) if initial else None)
    return _input(label, block_id, element, hint, optional, dispatch)


def multi_external(
    label: str, block_id: str, action_id: str, *, initial: Sequence[Pair] = (), hint: str = "",
    placeholder: str = "Type to search", optional: bool = False, min_query: int = 0,
) -> Block:
    element: Block = {"type": "multi_external_select", "action_id": checked_id(action_id)}
    element |= {"min_query_length": min_query} | _hinted(placeholder)
    element |= given(initial_options=[option(*pair) for pair in initial[:100]])
    return _input(label, block_id, element, hint, optional)


def checkboxes(
    label: str, block_id: str, action_id: str, options: Sequence[Pair], *, checked: Sequence[str] = (),
    hint: str = "", optional: bool = True, dispatch: bool = False,
) -> Block:
    made = [option(*pair) for pair in options[:10]]
    chosen = [each for each in made if each["value"] in checked]
    element = {"type": "checkboxes", "action_id": checked_id(action_id), "options": made}
    element |= given(initial_options=chosen)
    return _input(label, block_id, element, hint, optional, dispatch)


def timepicker(label: str, block_id: str, action_id: str, *, initial: str = "", hint: str = "") -> Block:
    element = {"type": "timepicker", "action_id": checked_id(action_id)} | given(initial_time=initial)
    return _input(label, block_id, element, hint, optional=False)


def datepicker(label: str, block_id: str, action_id: str, *, initial: str = "", hint: str = "") -> Block:
    """`initial` and what comes back are ISO dates."""
    element = {"type": "datepicker", "action_id": checked_id(action_id)} | given(initial_date=initial)
    return _input(label, block_id, element, hint, optional=False)


def users(label: str, block_id: str, action_id: str, *, initial: str = "", optional: bool = False) -> Block:
    element = {"type": "users_select", "action_id": checked_id(action_id)} | given(initial_user=initial)
    return _input(label, block_id, element, "", optional)


def conversations(
    label: str, block_id: str, action_id: str, *, initial: str = "", optional: bool = False
) -> Block:
    element: Block = {"type": "conversations_select", "action_id": checked_id(action_id)}
    element |= given(initial_conversation=initial)
    element["filter"] = {"include": ["public", "private"], "exclude_bot_users": True}
    return _input(label, block_id, element, "", optional)


def _input(
    label: str, block_id: str, element: Block, hint: str, optional: bool, dispatch: bool = False
) -> Block:
    made = block("input", block_id, label=plain(label, 2000), element=element)
    made |= given(hint=plain(hint, 2000) if hint else None)
    return made | {"optional": optional, "dispatch_action": dispatch}


def _hinted(placeholder: str) -> Block:
    return {"placeholder": plain(placeholder, 150)} if placeholder else {}


# wholes


def modal(
    title: str, blocks: Sequence[Block], callback_id: str, submit: str | None = None, close: str = "Close",
    private_metadata: str = "",
) -> Block:
    """A modal; where it holds an input Slack demands a submit, so there is one."""
    shown = parts.fitting(blocks, parts.VIEW_BLOCKS, parts.VIEW_BUDGET)
    if submit is None and any(block["type"] == "input" for block in shown):
        submit = "Done"
    made: Block = {"type": "modal", "title": plain(title, parts.TITLE), "close": plain(close, parts.TITLE)}
    made["blocks"] = shown
    made |= {"callback_id": checked_id(callback_id), "private_metadata": checked(private_metadata, 3000)}
    return made | given(submit=plain(submit, parts.TITLE) if submit else None)


def home(blocks: Sequence[Block], private_metadata: str = "") -> Block:
    shown = parts.fitting(blocks, parts.VIEW_BLOCKS, parts.VIEW_BUDGET)
    return {"type": "home", "blocks": shown, "private_metadata": checked(private_metadata, 3000)}


def message(text: str, blocks: Sequence[Block]) -> Block:
    """`text` is what notifications and screen readers get (ready mrkdwn)."""
    shown = parts.fitting(blocks, parts.MESSAGE_BLOCKS, parts.MESSAGE_BUDGET)
    return {"text": cut(text, 3000) or "–", "blocks": shown}


# what comes back


def value(state: Mapping[str, Any], block_id: str, action_id: str) -> str:
    """What was typed or chosen, "" for nothing. `state` is a view's or a message's, as in the payload."""
    found = _answer(state, block_id, action_id)
    for key in ("value", "selected_user", "selected_conversation", "selected_channel", "selected_time", "selected_date"):
        if found.get(key):
            return str(found[key])
    chosen = found.get("selected_option")
    return str(chosen["value"]) if chosen else ""


def values(state: Mapping[str, Any], block_id: str, action_id: str) -> tuple[str, ...]:
    """What was ticked or chosen of several."""
    chosen = _answer(state, block_id, action_id).get("selected_options") or ()
    return tuple(str(each["value"]) for each in chosen)


def _answer(state: Mapping[str, Any], block_id: str, action_id: str) -> Mapping[str, Any]:
    found = state.get("values", {}).get(block_id, {}).get(action_id) or {}
    return found if isinstance(found, Mapping) else {}

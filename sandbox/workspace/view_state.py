"""What stands in the inputs of a view or message: Slack's `state.values`."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.workspace.state import Json

# Element type -> the key its answer has in state and actions, and the key its initial answer has in the block.
ANSWER_KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}


def is_list_answer(element_type: str) -> bool:
    """Whether the answer is a list, empty when nothing is chosen."""
    return element_type.startswith("multi_") or element_type in ("checkboxes", "file_input")


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of one block: an input's, an accessory, a row of actions."""
    if block.get("type") == "input":
        return [block["element"]]
    if block.get("type") == "section" and block.get("accessory"):
        return [block["accessory"]]
    if block.get("type") in ("actions", "context_actions"):
        return list(block["elements"])
    return []


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its elements that has an answer."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in ANSWER_KEYS:
                yield block, element


def initial_values(blocks: list[Json]) -> Json:
    """The state of blocks nobody has touched yet."""
    values: Json = {}
    for block, element in stateful(blocks):
        key, initial = ANSWER_KEYS[element["type"]]
        empty: list[Json] | None = [] if is_list_answer(element["type"]) else None
        answer = element.get(initial)
        values.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": element["type"], key: empty if answer is None else _as_answered(answer),
        }
    return values


def merged(blocks: list[Json], *sources: Json) -> Json:
    """The state of blocks, with what earlier or newer states say about ids (and types) that still exist."""
    values = initial_values(blocks)
    for source in sources:
        for block, element in stateful(blocks):
            typed = (source.get(block["block_id"]) or {}).get(element["action_id"])
            if isinstance(typed, dict) and typed.get("type", element["type"]) == element["type"]:
                values[block["block_id"]][element["action_id"]] = answer_of(element, typed)
    return values


def answer_of(element: Json, typed: Json) -> Json:
    """One element's entry in state, from what a client sent: options made whole, emptiness made null."""
    key, _ = ANSWER_KEYS[element["type"]]
    answer = typed.get(key)
    if is_list_answer(element["type"]):
        answer = [_whole(element, item) for item in answer or []]
    elif answer == "":
        answer = None
    elif isinstance(answer, dict):
        answer = _whole(element, answer)
    return {"type": element["type"], key: answer}


def all_options(element: Json) -> list[Json]:
    """Every option of an element, those in groups included."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def _whole(element: Json, item: object) -> object:
    if not isinstance(item, dict) or "value" not in item:
        return item
    known = [option for option in all_options(element) if option.get("value") == item["value"]]
    return _as_answered(known[0] if known else item)


def _as_answered(answer: object) -> object:
    if isinstance(answer, list):
        return [_as_answered(item) for item in answer]
    if isinstance(answer, dict) and isinstance(answer.get("text"), dict):
        text = answer["text"]
        emoji = {"emoji": True} if text.get("type") == "plain_text" else {"verbatim": False}
        return answer | {"text": {**emoji, **text}}
    return answer

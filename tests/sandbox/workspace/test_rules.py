"""Slack's Block Kit rules: what is taken, what is refused, and where the pointer points."""

from __future__ import annotations

from typing import Any

import pytest
from slackblocks import _limits as registry
from slackblocks import _surfaces as surface_table

from sandbox.workspace.rules import check_blocks, check_message, check_options, check_view, limits, total_text
from sandbox.workspace.rules.blocks import SURFACES

from .samples import actions, button, field, home, modal, option, plain, section, select

Json = dict[str, Any]

# Where this workspace is stricter than the public registry, and why.
DELIBERATE = {
    "OPTION_VALUE_MAX_LENGTH": "Slack's own type definitions say 75, the registry 150: 75 passes under both",
    "DATA_TABLE_ROWS_MAX_ITEMS": "sources disagree between 101 and 201 rows: 101 passes under both",
}


def _input(kind: str, **extra: Any) -> Json:
    return field(element={"type": kind, "action_id": "a", **extra})


GOOD: dict[str, Json] = {
    "section with fields": {"type": "section", "fields": [plain("x" * 2000)] * 10},
    "section of 3000 characters": section("x" * 3000),
    "25 buttons": actions(*(button(str(n), f"b{n}") for n in range(25))),
    "button at its limits": actions(button("x" * 75, "a" * 255, value="v" * 2000, url="https://x.example/")),
    "select of 100": actions(select(*(str(n) for n in range(100)))),
    "select of groups": actions({"type": "static_select", "action_id": "a", "option_groups": [
        {"label": plain("G"), "options": [option("One")]}]}),
    "external select without options": actions({"type": "external_select", "action_id": "a", "min_query_length": 0}),
    "initial option among the options": actions(select("A", "B", initial_option=option("A"))),
    "checkboxes with mrkdwn": actions({"type": "checkboxes", "action_id": "a", "options": [
        {"text": {"type": "mrkdwn", "text": "*x*"}, "value": "1"}]}),
    "overflow of five": section(accessory={"type": "overflow", "action_id": "o",
                                           "options": [option(str(n)) for n in range(5)]}),
    "confirm dialog": actions(button(confirm={"title": plain("Sure?"), "text": plain("Really"),
                                              "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"})),
    "image": {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A"},
    "context": {"type": "context", "elements": [plain("x")] * 10},
    "header of 150": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider"},
    "markdown": {"type": "markdown", "text": "x" * 12_000},
    "table": {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
    "rich text": {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    "input": field(),
}

BAD: dict[str, tuple[Json, str]] = {
    "no type": ({}, ""),
    "unknown type": ({"type": "sectoin"}, "/type"),
    "section without text or fields": ({"type": "section"}, ""),
    "section of 3001 characters": (section("x" * 3001), "/text/text"),
    "empty text": (section(""), "/text/text"),
    "eleven fields": ({"type": "section", "fields": [plain("x")] * 11}, "/fields"),
    "field of 2001 characters": ({"type": "section", "fields": [plain("x" * 2001)]}, "/fields/0/text"),
    "unsupported text type": (section() | {"text": {"type": "invalid", "text": "x"}}, "/text/type"),
    "header of 151": ({"type": "header", "text": plain("x" * 151)}, "/text/text"),
    "header in mrkdwn": ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/text/type"),
    "eleven context elements": ({"type": "context", "elements": [plain("x")] * 11}, "/elements"),
    "26 buttons": (actions(*(button(str(n), f"b{n}") for n in range(26))), "/elements"),
    "no buttons": (actions(), "/elements"),
    "button text of 76": (actions(button("x" * 76)), "/elements/0/text/text"),
    "button text in mrkdwn": (actions(button() | {"text": {"type": "mrkdwn", "text": "x"}}), "/elements/0/text/type"),
    "button value of 2001": (actions(button(value="x" * 2001)), "/elements/0/value"),
    "button url of 3001": (actions(button(url="https://x.example/" + "x" * 3000)), "/elements/0/url"),
    "button url of another kind": (actions(button(url="javascript:alert(1)")), "/elements/0/url"),
    "button style": (actions(button(style="loud")), "/elements/0/style"),
    "action_id of 256": (actions(button(action_id="x" * 256)), "/elements/0/action_id"),
    "block_id of 256": (section(block_id="x" * 256), "/block_id"),
    "no options": (actions(select()), "/elements/0/options"),
    "101 options": (actions(select(*(str(n) for n in range(101)))), "/elements/0/options"),
    "options and groups": (actions(select("A", option_groups=[{"label": plain("G"), "options": [option("B")]}])),
                           "/elements/0"),
    "group of 101": (actions({"type": "static_select", "action_id": "a", "option_groups": [
        {"label": plain("G"), "options": [option(str(n)) for n in range(101)]}]}),
        "/elements/0/option_groups/0/options"),
    "option text of 76": (actions(select("x" * 76)), "/elements/0/options/0/text/text"),
    "option value of 76": (actions(select() | {"options": [option("A", "v" * 76)]}), "/elements/0/options/0/value"),
    "option description of 76": (actions(select() | {"options": [option("A", description=plain("x" * 76))]}),
                                 "/elements/0/options/0/description/text"),
    "two options of one value": (actions(select() | {"options": [option("A", "1"), option("B", "1")]}),
                                 "/elements/0/options/1/value"),
    "initial option not among them": (actions(select("A", initial_option=option("Z"))),
                                      "/elements/0/initial_option"),
    "options in an external select": (actions({"type": "external_select", "action_id": "a",
                                               "options": [option("A")]}), "/elements/0"),
    "placeholder of 151": (actions(select("A", placeholder=plain("x" * 151))), "/elements/0/placeholder/text"),
    "max_selected_items of 0": (section(accessory={"type": "multi_static_select", "action_id": "a",
                                                   "options": [option("A")], "max_selected_items": 0}),
                                "/accessory/max_selected_items"),
    "overflow of six": (section(accessory={"type": "overflow", "action_id": "o",
                                           "options": [option(str(n)) for n in range(6)]}), "/accessory/options"),
    "eleven checkboxes": (actions({"type": "checkboxes", "action_id": "a",
                                   "options": [option(str(n)) for n in range(11)]}), "/elements/0/options"),
    "eleven radio buttons": (_input("radio_buttons", options=[option(str(n)) for n in range(11)]),
                             "/element/options"),
    "confirm title of 101": (actions(button(confirm={"title": plain("x" * 101), "text": plain("x"),
                                                     "confirm": plain("Y"), "deny": plain("N")})),
                             "/elements/0/confirm/title/text"),
    "confirm without deny": (actions(button(confirm={"title": plain("x"), "text": plain("x"),
                                                     "confirm": plain("Y")})), "/elements/0/confirm"),
    "text input in actions": (actions({"type": "plain_text_input", "action_id": "a"}), "/elements/0/type"),
    "button in an input": (field(element=button()), "/element/type"),
    "input without label": ({"type": "input", "element": {"type": "plain_text_input", "action_id": "a"}}, ""),
    "label of 2001": (field("x" * 2001), "/label/text"),
    "hint of 2001": (field(hint=plain("x" * 2001)), "/hint/text"),
    "min_length of 3001": (_input("plain_text_input", min_length=3001), "/element/min_length"),
    "max_length of 0": (_input("plain_text_input", max_length=0), "/element/max_length"),
    "initial value longer than allowed": (_input("plain_text_input", max_length=3, initial_value="four"),
                                          "/element/initial_value"),
    "number input without is_decimal_allowed": (_input("number_input"), "/element"),
    "eleven files": (_input("file_input", max_files=11), "/element/max_files"),
    "dispatch on an unknown event": (_input("plain_text_input", dispatch_action_config={
        "trigger_actions_on": ["on_blur"]}), "/element/dispatch_action_config/trigger_actions_on/0"),
    "image without alt text": ({"type": "image", "image_url": "https://x.example/a.png"}, ""),
    "image without source": ({"type": "image", "alt_text": "x"}, ""),
    "markdown of 12001": ({"type": "markdown", "text": "x" * 12_001}, "/text"),
    "table of 101 rows": ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}, "/rows"),
    "table of 21 columns": ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "/rows/0"),
    "data table without caption": ({"type": "data_table", "rows": [[{"type": "raw_text", "text": "x"}]] * 2}, ""),
    "data table with ragged rows": ({"type": "data_table", "caption": "C", "rows": [
        [{"type": "raw_text", "text": "x"}], [{"type": "raw_text", "text": "x"}] * 2]}, "/rows"),
    "list indented nine deep": ({"type": "rich_text", "elements": [
        {"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": []}]}, "/elements/0/indent"),
    "alert in a message": ({"type": "alert", "text": plain("x")}, "/type"),
}


@pytest.mark.parametrize("name", GOOD)
def test_takes_what_slack_takes(name: str) -> None:
    assert check_blocks([GOOD[name]]) == []


@pytest.mark.parametrize("name", BAD)
def test_refuses_what_slack_refuses_and_points_at_it(name: str) -> None:
    block, pointer = BAD[name]
    found = check_blocks([block])
    assert [p.pointer for p in found if p.pointer.endswith(pointer)], found
    assert f"/0{pointer}" in [p.pointer for p in found]


def test_a_message_takes_50_blocks_and_a_view_100() -> None:
    divider: Json = {"type": "divider"}
    assert check_message({"blocks": [divider] * 50}) == []
    assert [p.pointer for p in check_message({"blocks": [divider] * 51})] == ["/blocks"]
    assert check_view(home(*[divider] * 100)) == []
    assert [p.pointer for p in check_view(home(*[divider] * 101))] == ["/blocks"]


def test_ids_are_unique_within_their_reach() -> None:
    twice = [section(block_id="same"), section(block_id="same")]
    assert [p.pointer for p in check_blocks(twice)] == ["/1/block_id"]
    assert [p.pointer for p in check_blocks([actions(button("A"), button("B"))])] == ["/0/elements/1/action_id"]
    assert check_blocks([actions(button("A")), actions(button("B"))]) == []


def test_only_one_element_takes_the_focus() -> None:
    focused = {"type": "plain_text_input", "action_id": "a", "focus_on_load": True}
    found = check_view(modal(field(block_id="x", element=focused), field(block_id="y", element=focused)))
    assert [p.pointer for p in found] == ["/blocks/1/element/focus_on_load"]


def test_a_modal_keeps_its_frame() -> None:
    assert check_view(modal()) == []
    assert [p.pointer for p in check_view(modal(title="x" * 25))] == ["/title/text"]
    assert [p.pointer for p in check_view(modal(close=plain("x" * 25)))] == ["/close/text"]
    assert [p.field for p in check_view(modal() | {"submit": None})] == ["submit"]
    assert check_view(modal(section()) | {"submit": None}) == []
    assert [p.pointer for p in check_view(modal(private_metadata="x" * 3001))] == ["/private_metadata"]
    assert [p.pointer for p in check_view(modal(callback_id="x" * 256))] == ["/callback_id"]
    assert [p.pointer for p in check_view(modal(external_id="x" * 256))] == ["/external_id"]


def test_a_home_view_has_neither_submit_nor_close() -> None:
    assert check_view(home()) == []
    found = check_view(home() | {"submit": plain("Save"), "close": plain("Close")})
    assert [p.pointer for p in found] == ["/submit", "/close"]


@pytest.mark.parametrize(("kind", "surface"), [("alert", "home"), ("table", "modal"), ("markdown", "home"),
                                               ("context_actions", "modal"), ("carousel", "modal")])
def test_some_blocks_stay_on_their_surface(kind: str, surface: str) -> None:
    assert [p.pointer for p in check_blocks([{"type": kind}], surface)][:1] == ["/0/type"]


def test_markdown_and_tables_count_over_the_whole_message() -> None:
    assert check_blocks([{"type": "markdown", "text": "x" * 6001}] * 2)
    table: Json = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert [p.pointer for p in check_blocks([table, table])] == ["/1"]


def test_a_message_has_a_budget_of_about_13200_characters() -> None:
    assert check_message({"blocks": [section("x" * 2640)] * 5}) == []
    found = check_message({"blocks": [section("x" * 2641)] * 5})
    assert [p.code for p in found] == ["msg_blocks_too_long"]
    assert total_text([section("abc"), actions(button("de"))]) == 5


def test_blocks_in_attachments_are_checked_too() -> None:
    found = check_message({"attachments": [{"blocks": [{"type": "section"}]}]})
    assert [p.pointer for p in found] == ["/attachments/0/blocks/0"]


def test_an_answer_to_an_external_select_has_at_most_100_options() -> None:
    assert check_options({"options": []}) == []
    assert check_options({"options": [option(str(n)) for n in range(100)]}) == []
    assert [p.pointer for p in check_options({"options": [option(str(n)) for n in range(101)]})] == ["/options"]


@pytest.mark.parametrize("nonsense", [None, 3, "text", [], {"blocks": 3}, {"blocks": ["x", None]}])
def test_nonsense_is_refused_without_an_exception(nonsense: Any) -> None:
    check_message(nonsense)
    assert check_view(nonsense)
    check_blocks(nonsense)


def test_a_problem_tells_code_message_pointer_and_constraint() -> None:
    problem = check_blocks([section() | {"text": {"type": "invalid", "text": "x"}}])[0]
    assert problem.as_json() == {
        "code": "failed_constraint", "message": "unsupported type: invalid", "pointer": "/0/text/type",
        "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"], "got": "invalid"},
    }


def test_our_limits_are_the_public_registry_s_but_for_the_deliberate_differences() -> None:
    ours = {name: value for name, value in vars(limits).items() if name.isupper()}
    different = {name for name, value in ours.items() if hasattr(registry, name) and getattr(registry, name) != value}
    assert different == set(DELIBERATE)
    for name in DELIBERATE:
        assert ours[name] < getattr(registry, name)


def test_limits_the_registry_does_not_know_are_few_and_known() -> None:
    ours = {name for name in vars(limits) if name.isupper()}
    assert {name for name in ours if not hasattr(registry, name)} == {"MESSAGE_TOTAL_TEXT_MAX_LENGTH"}


def test_our_surfaces_are_the_public_table_s() -> None:
    for surface, kinds in surface_table._BLOCK_TYPES_BY_SURFACE.items():
        assert {kind for kind, surfaces in SURFACES.items() if surface in surfaces} == set(kinds)

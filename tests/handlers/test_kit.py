"""The vocabulary: whatever it is given, what comes out is within Slack's limits, and nobody is mentioned by accident."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain import mention
from handlers.views import kit
from sandbox.workspace.rules import check_message, check_options, check_view

_TEXT = st.text(max_size=400) | st.sampled_from(["<!channel>", "&lt;", "😀" * 500, "\u202eabc", "a\n" * 3000, " "])


@given(_TEXT, st.integers(1, 300))
@example("😀", 1)
def test_a_cut_text_is_never_longer_than_asked_in_either_way_of_counting(text: str, limit: int) -> None:
    assert kit.units(kit.cut(text, limit)) <= limit


@given(_TEXT)
def test_text_of_others_cannot_mention_link_or_call(text: str) -> None:
    assert "<" not in kit.said(text)
    assert ">" not in kit.escape(text)


def test_a_sentence_of_ours_may_name_people_and_channels_and_nothing_else() -> None:
    ours = f"Ask {mention.person('U0ADAM')} in {mention.channel('C0ONE')}"
    said = kit.sentence(f"{ours}, not <!channel> or <https://evil.test|here> & co")
    assert said == "Ask <@U0ADAM> in <#C0ONE>, not &lt;!channel&gt; or &lt;https://evil.test|here&gt; &amp; co"


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_name_turns_the_direction_of_the_words_around_it(sign: str) -> None:
    name = f"Contoso {sign}moc.osotnoc"
    blocks = [kit.header(name), kit.section(kit.said(name)), *kit.actions(kit.button(name, "a", "id")), kit.fields([(name, kit.escape(name))])]
    drawn = (kit.modal(name, blocks, "callback"), kit.option(name, "id", name), kit.remark(name), kit.sentence(name))
    assert sign not in json.dumps(drawn, ensure_ascii=False)


@pytest.mark.parametrize("name", ["5 * 3", "*urgent*", "half *", "~old~", "`code`", "_note_", "*_~`", "DC_01 *new*"])
def test_no_sign_in_a_name_begins_or_ends_the_bold_around_it(name: str) -> None:
    """Nothing else is seen than the name: only joiners stand beside its signs."""
    said = kit.said(name)
    assert said.replace("\u2060", "") == name
    assert not re.search(r"(?<!\u2060)[*~`]|[*~`](?!\u2060)", said)
    assert not re.search(r"(?:^|\s)_|_(?:$|\s)", said)
    assert kit.fields([(name, "text")])["fields"][0]["text"] == f"*{said}*\ntext"


def test_a_name_without_such_signs_stays_as_it_is() -> None:
    assert kit.said("SRV_DC_01 (o'Neil & Söhne)") == "SRV_DC_01 (o'Neil &amp; Söhne)"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("This channel is bound to Contoso Ltd..", "This channel is bound to Contoso Ltd."),
        ("Bound to Contoso Ltd.. Use another.", "Bound to Contoso Ltd. Use another."),
        ("Mia: Is known from IT Glue since.; Ann: Was changed since.", "Mia: Is known from IT Glue since; Ann: Was changed since."),
        ("Contoso Ltd.; Acme Inc.", "Contoso Ltd.; Acme Inc."),
        ("Wait... then go on.", "Wait... then go on."),
        ("../etc and 1..2", "../etc and 1..2"),
    ],
)
def test_a_name_that_ends_with_a_full_stop_doubles_no_mark(told: str, said: str) -> None:
    assert kit.sentence(told) == kit.remark(told) == said


def test_nor_does_a_name_in_bold_at_the_end_of_our_sentence() -> None:
    shown = kit.section(f"It goes to *{kit.said('Contoso Ltd.')}*. So does *{kit.said('Contoso')}*.")
    assert shown["text"]["text"] == "It goes to *Contoso Ltd.* So does *Contoso*."
    assert kit.context_line("Of Contoso Ltd..")["elements"][0]["text"] == "Of Contoso Ltd."


@given(st.lists(_TEXT, max_size=130), _TEXT)
def test_any_message_and_any_modal_made_of_any_texts_is_taken_by_slack(texts: list[str], title: str) -> None:
    blocks = [kit.header(title), kit.fields([(text, kit.escape(text)) for text in texts])]
    blocks += [kit.section(kit.escape(text)) for text in texts]
    blocks += kit.actions(*[kit.button(text, f"a{number}", "id") for number, text in enumerate(texts)])
    assert not check_message(kit.message(kit.escape(title), blocks))
    assert not check_view(kit.modal(title, blocks, "callback"))
    assert not check_view(kit.home(blocks))


@given(_TEXT, st.lists(st.tuples(_TEXT, st.uuids().map(str)), max_size=120, unique_by=lambda pair: pair[1]))
def test_every_input_is_taken_by_slack(text: str, pairs: list[tuple[str, str]]) -> None:
    chosen = pairs[0][1] if pairs else ""
    blocks = [
        kit.input_text(text, "a", "a", hint=text, placeholder=text, initial=text, multiline=True, dispatch=True),
        kit.select(text, "b", "b", pairs, initial=chosen, hint=text, placeholder=text),
        kit.multi(text, "c", "c", pairs, initial=[chosen]),
        kit.external(text, "d", "d", initial=pairs[0] if pairs else None),
        kit.multi_external(text, "e", "e", initial=pairs),
        kit.checkboxes(text, "f", "f", pairs or [("One", "1")], checked=[chosen]),
        kit.timepicker(text, "g", "g", initial="09:00"),
        kit.users(text, "h", "h"),
        kit.conversations(text, "i", "i"),
    ]
    assert not check_view(kit.modal(text, blocks, "callback"))
    assert not check_options({"options": [kit.option(*pair) for pair in pairs[:100]]})


def test_a_message_that_is_too_long_keeps_its_buttons_and_says_how_much_is_missing() -> None:
    blocks = [*[kit.section("x" * 2000) for _ in range(30)], *kit.actions(kit.button("Approve", "a", "1"))]
    made = kit.message("Long", blocks)
    assert made["blocks"][-1]["elements"][0]["text"]["text"] == "Approve"
    assert "… and 25 more" in made["blocks"][-2]["elements"][0]["text"]


def test_a_long_text_is_cut_between_lines_so_that_no_mention_breaks() -> None:
    made = kit.section("\n".join(f"<@U{number:010}> waits" for number in range(400)))["text"]["text"]
    assert len(made) <= 3000
    assert made.count("<@") == made.count(">")
    assert "more" in made.split("\n")[-1]


def test_an_id_is_never_cut() -> None:
    with pytest.raises(ValueError):
        kit.button("Go", "a", "x" * 2001)
    with pytest.raises(ValueError):
        kit.modal("T", [], "c", private_metadata="x" * 3001)


def test_paging_leads_only_to_pages_there_are() -> None:
    first, middle = kit.paging(1, 3, "list", "ref"), kit.paging(2, 3, "list", "ref")
    assert [each["action_id"] for each in first[1]["elements"]] == ["list_next"]
    assert [kit.paged(each["value"]) for each in middle[1]["elements"]] == [("ref", 1), ("ref", 3)]
    assert kit.paging(1, 1, "list") == []


def test_reading_gives_what_was_chosen_and_nothing_for_an_empty_input() -> None:
    state = {"values": {
        "a": {"a": {"type": "plain_text_input", "value": None}},
        "b": {"b": {"type": "static_select", "selected_option": {"value": "eu"}}},
        "c": {"c": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}},
    }}
    assert kit.value(state, "a", "a") == ""
    assert kit.value(state, "b", "b") == "eu"
    assert kit.values(state, "c", "c") == ("1", "2")
    assert kit.value({}, "x", "x") == ""


def test_a_date_reads_in_the_readers_zone_and_has_a_fallback() -> None:
    assert kit.when(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)).endswith("|2026-03-02 09:05 UTC>")


def test_a_bar_says_the_figures_in_words_too() -> None:
    assert kit.progress_bar(5, 10).endswith("5 of 10")
    assert kit.progress_bar(7, None) == "7 so far"
    assert kit.progress_bar(20, 10).startswith("█" * 20)

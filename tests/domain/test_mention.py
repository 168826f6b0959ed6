"""Mentions: only our own sentences can make one, whatever a source calls its companies."""

from hypothesis import given
from hypothesis import strategies as st

from domain import mention
from handlers.views import kit


def test_a_sentence_of_ours_names_people_and_channels() -> None:
    said = f"Ask {mention.person('U0ADAM')}; feedback goes to {mention.channel('C0MSP')} now."
    assert kit.sentence(said) == "Ask <@U0ADAM>; feedback goes to <#C0MSP> now."


@given(st.text() | st.sampled_from(["<@U0ADMIN>", "<!channel>", "<#C0MSP|x>", "&lt;@U0ADMIN&gt;", "\ue000@U0ADMIN\ue001"]))
def test_no_name_becomes_a_mention(name: str) -> None:
    shown = kit.sentence(f"{mention.channel('C0MSP')} is bound to {name}: done.")
    assert shown.startswith("<#C0MSP> is bound to ")
    assert "<" not in shown[1:]


def test_what_is_no_id_of_slack_is_not_drawn_as_one() -> None:
    assert "<" not in kit.sentence(mention.person("U1> <!channel"))

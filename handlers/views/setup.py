"""The frame of the set-up wizard: one modal in four steps, what it keeps for us, and reading its fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.setup import STEPS, Filled
from handlers.views import doors, kit

NEXT = "setup_next"  # callback of every step
SHOWN = "setup_shown"  # callback of views without a step
BACK, SKIP, TEST = "setup_back", "setup_skip", "setup_test"
PICK = "setup_pick:"  # action id of a picker from the source's lists, + field
VALUE = "setup_value"  # action id of every other input
LIVE = "setup_live"  # action id of inputs that tell us at once
_BLOCK = "setup:"
NOTHING = "-"  # the choice that chooses nothing
READY, GUIDED, ASKED = "ready", "guide", ""


@dataclass(frozen=True)
class Look:
    """Which step of which source is shown. `guide` belongs to the first: its number, "ready", or "" while nobody has said.

    `seen` marks the settings that were kept when the step was first drawn; they may be another's since.
    """

    source: str
    channel: str
    step: int = 1
    connection_id: str = ""
    guide: str = ASKED
    seen: str = ""

    @property
    def meta(self) -> str:
        return f"{self.source}|{self.step}|{self.connection_id}|{self.guide}|{self.seen}|{self.channel}"


def look_of(meta: str) -> Look:
    source, step, connection_id, guide, seen, channel = [*meta.split("|"), "", "", "", "", ""][:6]
    return Look(source, channel, int(step) if step.isdecimal() else 1, connection_id, guide, seen)


def title(step: int) -> str:
    return f"Step {step} of {len(STEPS)}: {STEPS[step - 1]}"


def frame(look: Look, blocks: Sequence[kit.Block], said: str = "", ways: Sequence[kit.Block] = ()) -> kit.Block:
    """A step: `said` (ready mrkdwn) on top, `ways` are its buttons besides Back."""
    top = [kit.section(said)] if said else []
    back = [kit.button("Back", BACK)] if look.step > 1 else []
    foot = kit.actions(*back, *ways, block_id="setup_ways") if back or ways else []
    submit = "Complete setup" if look.step == len(STEPS) else "Next"
    return kit.modal(title(look.step), [*top, *blocks, *foot], NEXT, submit=submit, close="Close", private_metadata=look.meta)


def waiting(look: Look, text: str) -> kit.Block:
    """Instead of a step while something lasts."""
    return kit.modal(title(look.step), [kit.section(text)], SHOWN, private_metadata=look.meta)


def block_of(field: str) -> str:
    return _BLOCK + field


def filled(state: Mapping[str, Any]) -> Filled:
    """Field → what stands in it, an empty tuple for nothing. Credentials have blocks of another name and are not here."""
    found = {}
    for block_id, answers in state.get("values", {}).items():
        if block_id.startswith(_BLOCK):
            values = (value for answer in answers.values() for value in _values(answer))
            found[block_id.removeprefix(_BLOCK)] = tuple(value for value in values if value != NOTHING)
    return found


def _values(answer: Mapping[str, Any]) -> list[str]:
    chosen = answer.get("selected_options")
    if chosen is not None:
        return [str(each["value"]) for each in chosen]
    option = answer.get("selected_option")
    value = option["value"] if option else answer.get("value")
    return [str(value)] if value else []


def switch(label: str, field: str, text: str, on: bool, hint: str = "", live: bool = False) -> kit.Block:
    """A toggle with a label of its own."""
    ticked = ["on"] if on else []
    return kit.checkboxes(label, block_of(field), LIVE if live else VALUE, [(text, "on")], checked=ticked, hint=hint, dispatch=live)


def which(sources: Sequence[tuple[str, str]]) -> kit.Block:
    """A button for each source that can be set up, given as name and title."""
    blocks = [kit.section("Which source would you like to set up?")]
    for name, title in sources[:20]:
        blocks += kit.actions(doors.set_up(name, f"Set up {title}"))
    return kit.message("Which source would you like to set up?", blocks)


def not_opened(source: str) -> kit.Block:
    text = "Slack did not open the wizard in time."
    return kit.message(text, [kit.section(text), *kit.actions(doors.set_up(source))])

"""The guides: their index, and each as a list of steps to tick."""

from collections.abc import Collection, Sequence

from domain.ports import Connector, Guide
from handlers.views import doors, kit

OPEN = "guides_open"
SHOW = "guide_show_"  # + a number, to tell buttons apart; value: source | number of the guide
TICK = "guide_tick"
_STEP = "guide:"  # block ids: source : number : step
_DONE = "done"


def index(shelf: Sequence[Connector], joining: str, channel: str) -> kit.Block:
    """`joining` is the address of the guide for people who were invited."""
    blocks = [kit.section("Step by step, with boxes to tick. What you ticked is still ticked when you come back.")]
    for connector in shelf:
        buttons = [
            kit.button(guide.title, f"{SHOW}{number}", f"{connector.name}|{number}") for number, guide in enumerate(connector.guides)
        ]
        blocks += [kit.section(f"*{kit.said(connector.title)}*"), *kit.actions(*buttons)]
    blocks.append(kit.context_line(f"For people you invited: <{kit.escape(joining)}|how joining works>."))
    return kit.modal("Guides", blocks, "guides_shown", close="Done", private_metadata=channel)


def page(connector: Connector, guide: Guide, number: int, ticked: Collection[int], channel: str) -> kit.Block:
    done = sum(step in ticked for step in range(len(guide.steps)))
    blocks = [kit.section(f"*{kit.said(connector.title)}* · {kit.said(guide.title)} · {done} of {len(guide.steps)} done")]
    blocks += [_step(connector, number, step, text, step in ticked) for step, text in enumerate(guide.steps)]
    blocks += kit.actions(doors.connect(f"Connect {connector.title}", connector.name, "primary"))
    return kit.modal("Guide", blocks, "guides_shown", close="Done", private_metadata=f"{connector.name}|{number}|{channel}")


def _step(connector: Connector, number: int, step: int, text: str, is_done: bool) -> kit.Block:
    option = kit.option("Done", _DONE)
    box: kit.Block = {"type": "checkboxes", "action_id": TICK, "options": [option]}
    if is_done:
        box["initial_options"] = [option]
    return kit.section(f"*{step + 1}.* {text}", box, block_id=f"{_STEP}{connector.name}:{number}:{step}")


def place(block_id: str) -> tuple[str, int, int]:
    """Source, guide and step that a box belongs to."""
    source, number, step = block_id.removeprefix(_STEP).rsplit(":", 2)
    return source, int(number), int(step)

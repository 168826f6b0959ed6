"""The wizard's first step: what is there already, the guide for those who need one, the fields, the test."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.connection import Connection
from domain.ports import Connector, Field
from handlers.views import connect, kit
from handlers.views import guides as tick_lists
from handlers.views.setup import GUIDED, READY, TEST, Look, frame

GUIDE = "setup_guide_"  # + number of the guide, or "ready"
_SET = "Set, ends in …{last}. Leave it empty to keep it."


@dataclass(frozen=True)
class Form:
    """What the step shows. `values` are prefilled: what is kept or was typed, and is no secret.

    `link` leads to the private page.
    """

    connector: Connector
    look: Look
    stored: Connection | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    preset: frozenset[str] = frozenset()
    link: str = ""
    takes_secrets: bool = True
    said: str = ""  # ready mrkdwn


def draw(form: Form) -> kit.Block:
    connector = form.connector
    blocks = [kit.section(_head(form)), *_prerequisite(form), *_guide(form)]
    link = [kit.button("Enter it on a private page", connect.PRIVATE, url=form.link)] if form.link else []
    if form.takes_secrets:
        blocks += [_input(form, each) for each in connector.fields]
        blocks += kit.actions(kit.button("Test connection", TEST), *link, block_id="setup_try")
        blocks.append(kit.context_line(connect.ONCE))
    else:
        check = kit.button("Check again", TEST)
        blocks += [*kit.actions(*link, check, block_id="setup_try"), kit.context_line(connect.ELSEWHERE)]
    return frame(form.look, blocks, form.said)


def _head(form: Form) -> str:
    name = kit.said(form.connector.title)
    if form.stored is None:
        return f"*{name}* is not connected yet. Nothing is kept before a test has passed."
    state = f"Trouble: {kit.remark(form.stored.trouble, 400)}" if form.stored.trouble else "🟢 Connected"
    account = f" to {kit.said(form.stored.account)}" if form.stored.account else ""
    return f"*{name}*: {state}{account}. Go on with *Next*, or change the values and test them."


def _prerequisite(form: Form) -> list[kit.Block]:
    """Which of the two somebody has decides whether a guide is worth reading."""
    name, guides = kit.said(form.connector.title), form.connector.guides
    if form.look.guide == READY or not guides:
        return kit.actions(kit.button("Show me how", f"{GUIDE}0"), block_id="setup_has") if guides else []
    if form.look.guide:
        return []
    admin = kit.button("I have admin access", f"{GUIDE}0")
    ready = kit.button("I have the credentials", f"{GUIDE}{READY}")
    question = f"*What do you have?* Admin access to {name}, to make an API user now (a guide helps), or its credentials already."
    return [kit.section(question), *kit.actions(admin, ready, block_id="setup_has")]


def _guide(form: Form) -> list[kit.Block]:
    number = form.look.guide.removeprefix(GUIDED)
    guides = form.connector.guides
    if not number.isdecimal() or int(number) >= len(guides):
        return []
    guide = guides[int(number)]
    steps = "\n".join(f"{count}. {step}" for count, step in enumerate(guide.steps, 1))
    others = [kit.button(each.title, f"{GUIDE}{at}") for at, each in enumerate(guides) if at != int(number)]
    hide = kit.button("Hide the guide", f"{GUIDE}{READY}")
    ticks = kit.button("As a tick-list", f"{tick_lists.SHOW}{number}", f"{form.connector.name}|{number}")
    return [kit.section(f"*{kit.said(guide.title)}*\n{steps}"), *kit.actions(*others, hide, ticks, block_id="setup_guides")]


def _input(form: Form, each: Field) -> kit.Block:
    block, kept = connect.block_of(each.name), each.secret and form.stored is not None
    optional = kept or not each.required or each.name in form.preset
    initial = "" if each.secret else form.values.get(each.name, "")
    if each.choices:
        pairs = [(choice, choice) for choice in each.choices]
        return kit.select(each.label, block, connect.VALUE, pairs, initial=initial, hint=each.hint, optional=optional)
    last = form.stored.last_four if form.stored else ""
    hint = _SET.format(last=last) if kept and last else f"Set. Leave it empty to keep it. {each.hint}" if kept else each.hint
    return kit.input_text(
        each.label, block, connect.VALUE, hint=hint, placeholder=each.placeholder, optional=optional, initial=initial,
        max_length=each.max_length,
    )

"""The connect modal: credential fields, guides, the result of a test; and what is said when it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.connection import Connection
from domain.errors import GangwayError
from domain.ports import Connector, Field, Finding, Kind
from domain.psa import Feature, HasAssets, HasContracts, HasOpportunities, HasTickets, HasTodos
from handlers.views import doors, kit
from handlers.views import guides as tick_lists

SAVE = "connect_save"  # callback
SHOWN = "connect_shown"  # callback of views without inputs
TEST = "connect_test"
GUIDE = "connect_guide_"  # + number of the guide, or "hide"
HELPED = "connect_helped_"  # + yes or no
VALUE = "value"  # every credential input's action id
_BLOCK = "field:"
_PORTS: Mapping[Feature, type] = {
    Feature.TICKETS: HasTickets, Feature.OPPORTUNITIES: HasOpportunities, Feature.ASSETS: HasAssets,
    Feature.TODOS: HasTodos, Feature.CONTRACTS: HasContracts,
}  # fmt: skip

PRIVATE = doors.LINK + "_private"  # a button with an address
ONCE = (
    "The source shows a key *only once*: copy it when it is made. What you type here passes through Slack, is tried, "
    "and is kept encrypted. Gangway never shows it again, only its last four characters."
)
ELSEWHERE = (
    "The source shows a key *only once*: copy it when it is made. Credentials are not taken in Slack here: the button "
    "opens a page for you alone. It works once, for 15 minutes."
)


@dataclass(frozen=True)
class Form:
    """What the modal shows beside its fields. `guide` is the number of the open guide, None while none is."""

    connector: Connector
    channel: str
    guide: int | None = None
    result: str = ""  # ready mrkdwn
    thanked: bool = False
    preset: frozenset[str] = frozenset()  # fields that an operator has filled for everybody
    shown: Mapping[str, str] | None = None  # what is kept already, of the fields that are no secret
    link: str = ""  # the address of the private page that takes the same fields
    takes_secrets: bool = True  # False: the operator wants no secret to pass through Slack

    @property
    def meta(self) -> str:
        return f"{self.connector.name}|{'' if self.guide is None else self.guide}|{self.channel}"


def block_of(field_name: str) -> str:
    return _BLOCK + field_name


def read_meta(meta: str) -> tuple[str, int | None, str]:
    """The connector's name, the open guide, the channel."""
    name, guide, channel = [*meta.split("|"), "", "", ""][:3]
    return name, int(guide) if guide.isdecimal() else None, channel


def link_of(view: Mapping[str, Any]) -> str:
    """The private page's address, as the modal shows it already: its token is known nowhere else any more."""
    elements = [each for block in view.get("blocks", ()) for each in block.get("elements", ())]
    return next((str(each.get("url", "")) for each in elements if each.get("action_id") == PRIVATE), "")


def typed(state: Mapping[str, object], connector: Connector) -> dict[str, str]:
    return {field.name: kit.value(state, block_of(field.name), VALUE).strip() for field in connector.fields}


def modal(form: Form) -> kit.Block:
    connector = form.connector
    blocks = [kit.section(f"Connect *{kit.said(connector.title)}*. The connection is tried before anything is kept.")]
    blocks += [kit.section(form.result)] if form.result else []
    link = [kit.button("Enter it on a private page", PRIVATE, url=form.link)] if form.link else []
    title = f"Connect {connector.title}"
    if not form.takes_secrets:
        blocks += [*kit.actions(*link, block_id="connect_try"), *_guides(form), kit.context_line(ELSEWHERE)]
        return kit.modal(title, blocks, SHOWN, close="Done", private_metadata=form.meta)
    blocks += [_input(field, (form.shown or {}).get(field.name, ""), form.preset) for field in connector.fields]
    blocks += kit.actions(kit.button("Test connection", TEST), *link, block_id="connect_try")
    blocks += _guides(form)
    blocks.append(kit.context_line(ONCE))
    return kit.modal(title, blocks, SAVE, submit="Save", close="Cancel", private_metadata=form.meta)


def _input(field: Field, initial: str, preset: frozenset[str]) -> kit.Block:
    block, optional = block_of(field.name), not field.required or field.name in preset
    if field.choices:
        pairs = [(choice, choice) for choice in field.choices]
        return kit.select(field.label, block, VALUE, pairs, initial=initial, hint=field.hint, optional=optional)
    return kit.input_text(
        field.label, block, VALUE, hint=field.hint, placeholder=field.placeholder, optional=optional,
        initial="" if field.secret else initial, max_length=field.max_length,
    )


def _guides(form: Form) -> list[kit.Block]:
    guides = form.connector.guides
    if not guides:
        return []
    blocks = [kit.divider(), kit.section("*Show me how*")]
    buttons = [kit.button(guide.title, f"{GUIDE}{number}") for number, guide in enumerate(guides)]
    if form.guide is not None and form.guide < len(guides):
        guide = guides[form.guide]
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(guide.steps, 1))
        buttons = [each for number, each in enumerate(buttons) if number != form.guide]
        buttons.append(kit.button("Hide the guide", f"{GUIDE}hide"))
        buttons.append(kit.button("As a tick-list", f"{tick_lists.SHOW}{form.guide}", f"{form.connector.name}|{form.guide}"))
        blocks.append(kit.section(f"*{kit.said(guide.title)}*\n{steps}"))
        blocks += _helped(form)
    return [*blocks, *kit.actions(*buttons, block_id="connect_guides")]


def _helped(form: Form) -> list[kit.Block]:
    if form.thanked:
        return [kit.context_line("Thank you: your answer was noted.")]
    yes, no = kit.button("👍 It helped", f"{HELPED}yes"), kit.button("👎 It did not", f"{HELPED}no")
    return kit.actions(yes, no, block_id="connect_helped")


def problems(connector: Connector, found: Mapping[str, str]) -> str:
    labels = {field.name: field.label for field in connector.fields}
    return "*Not tried yet:*\n" + kit.mrkdwn_list(
        f"*{kit.said(labels.get(name, name))}*: {kit.remark(text)}" for name, text in found.items()
    )


def testing(connector: Connector, meta: str) -> kit.Block:
    text = f"*Testing {kit.said(connector.title)} …*\nThis takes long. You may close this: the result reaches you."
    return kit.modal("Testing", [kit.section(text)], SHOWN, private_metadata=meta)


def what_was_found(title: str, finding: Finding) -> str:
    """`Connected` and what there is, ready mrkdwn."""
    account = f", {kit.said(finding.account)}" if finding.account else ""
    lines = [f"*Connected* to {kit.said(title)}{account}."]
    if finding.counts:
        lines.append("Found: " + counted(finding.counts) + ".")
    lines += [f"{_word(kind)}: *locked*. {kit.remark(why)}" for kind, why in finding.locked.items()]
    lines += [kit.remark(text) for text in finding.notes]
    return "\n".join(lines)


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {kit.said(_one(name) if number == 1 else name, 40)}" for name, number in counts.items())


def _one(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def what_failed(text: str, label: str = "") -> str:
    """A failed test: what is wrong and what to do, with the field to look at."""
    field = f"\nLook at the field *{kit.said(label)}*." if label else ""
    return f"*Not connected.* {kit.remark(text)}{field}"


def why_not(connector: Connector, error: GangwayError) -> str:
    """The same of what a source answered; the field is the one that the error blames, if it blames one."""
    blamed = getattr(error, "field", None)
    return what_failed(error.said, next((field.label for field in connector.fields if field.name == blamed), ""))


def saved_view(connection: Connection, finding: Finding, meta: str) -> kit.Block:
    return kit.modal("Connected", _saved(connection, finding), SHOWN, private_metadata=meta)


def saved_message(connection: Connection, finding: Finding) -> kit.Block:
    return kit.message(f"Connected to {kit.said(connection.title)}", _saved(connection, finding))


def _saved(connection: Connection, finding: Finding) -> list[kit.Block]:
    tail = f"The key ending in `{kit.said(connection.last_four, 8)}` is kept encrypted." if connection.last_four else ""
    companies = [] if Kind.COMPANIES in finding.locked else [
        doors.map_companies(connection.id),
        doors.start_import(Kind.COMPANIES, "", connection.id),
    ]
    blocks = [kit.section(what_was_found(connection.title, finding))]
    blocks += [kit.context_line(tail)] if tail else []
    blocks.append(kit.section("*Next*: map your companies, or import them."))
    return [*blocks, *kit.actions(*companies, doors.integrations())]


def overtaken_view(text: str, meta: str) -> kit.Block:
    return kit.modal("Not saved", [kit.section(kit.remark(text)), *kit.actions(doors.integrations())], SHOWN, private_metadata=meta)


def overtaken_message(connector: Connector, text: str) -> kit.Block:
    return kit.message(f"{kit.said(connector.title)}: not saved", [kit.section(kit.remark(text)), *kit.actions(doors.integrations())])


def failed_view(connector: Connector, text: str, meta: str) -> kit.Block:
    again = kit.actions(doors.connect("Try again", connector.name, "primary"))
    return kit.modal("Not connected", [kit.section(text), *again], SHOWN, private_metadata=meta)


def failed_message(connector: Connector, text: str) -> kit.Block:
    again = kit.actions(doors.connect("Try again", connector.name))
    return kit.message(f"Not connected to {kit.said(connector.title)}", [kit.section(text), *again])


def picker(connectors: Sequence[Connector], connected: Sequence[Connection]) -> kit.Block:
    there = {connection.source for connection in connected}
    blocks = [kit.header("Which source?")]
    for connector in connectors:
        state = " · connected" if connector.name in there else ""
        text = f"*{kit.said(connector.title)}*{state}\n{offered(connector)}"
        word = "Configure" if connector.name in there else "Connect"
        blocks.append(kit.section(text, doors.connect(word, connector.name)))
    return kit.message("Which source would you like to connect?", blocks)


def offered(connector: Connector) -> str:
    """What a source gives, and what it does not, with the reason."""
    gives = [kind.value for kind in Kind if kind in connector.offers]
    gives += [feature.value for feature, port in _PORTS.items() if isinstance(connector.open, type) and issubclass(connector.open, port)]
    lines = [f"Gives {', '.join(gives)}." if gives else "Gives nothing yet."]
    lines += [f"{_word(kind)}: {kit.remark(why)}" for kind, why in connector.declines.items()]
    return "\n".join(lines)


def _word(kind: Kind) -> str:
    return str(kind.value).capitalize()

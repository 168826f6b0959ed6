"""How opportunities look: the list, a card, the forms of an opportunity and a to-do, and a company's contracts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.opportunity import Opportunity, OpportunityState
from domain.psa import Choice, Feature, Pick
from flows.contracts import Contracts
from flows.opportunities import Form, OpportunityPage, Shown
from flows.todos import TodoForm
from handlers.views import kit

LIST, PAGE = "opportunities_list", "opportunities_page"  # value: company id | open or all
CARD, NEW, EDIT, PUSH = "opportunity_card", "opportunity_new", "opportunity_edit", "opportunity_push"
SAVED, PICKED, PICK_COMPANY = "opportunity_saved", "opportunity_company", "opportunity_company_pick"
TODO, TODO_SAVED = "todo_new", "todo_saved"  # value: company id | opportunity's id at the PSA | that PSA's connection
CONTRACTS = "contracts_show"  # value: company id
PICK = "opportunity_pick_"  # + the list's name
_FIELD = "opportunity:"
_STATES = {OpportunityState.HERE: "only here", OpportunityState.PUSHING: "on its way to the PSA …"}
_LABELS = {"amount": "Amount", "material_cost": "Material Cost", "labor_cost": "Labor Cost"}


def listing(page: OpportunityPage, command: str) -> kit.Block:
    noun = "opportunity" if page.total == 1 else "opportunities"
    what = f"{page.total:,} open {noun}" if page.is_open else f"{page.total:,} {noun}"
    where = f" of *{kit.said(page.company, 100)}*" if page.company else ""
    blocks = [kit.header("Opportunities"), kit.section(f"{what}{where}")]
    for line in page.lines:
        blocks.append(kit.section(_line(line, not page.company_id), kit.button("Open", CARD, line.opportunity.id)))
    if not page.lines:
        blocks.append(kit.section(_why_none(page, command)))
    ref = f"{page.company_id}|{'open' if page.is_open else 'all'}"
    blocks += kit.paging(page.page, page.pages, PAGE, ref)
    other = ("Show all", f"{page.company_id}|all") if page.is_open else ("Show open ones", f"{page.company_id}|open")
    more = [kit.button("Contracts", CONTRACTS, page.company_id)] if Feature.CONTRACTS in page.beside else []
    more += [kit.button("New to-do", TODO, f"{page.company_id}|")] if Feature.TODOS in page.beside else []
    new = kit.button("New opportunity", NEW, page.company_id, "primary")
    blocks += kit.actions(new, kit.button(*_two(other)), *more)
    blocks.append(kit.context_line(f"`{kit.escape(command)} opportunity new` makes one."))
    return kit.message(what, blocks)


def _why_none(page: OpportunityPage, command: str) -> str:
    if not page.is_synced:
        return f"They are not synced yet: an Admin ticks *Enable opportunity sync* in `{kit.escape(command)} setup`."
    return "There are none here yet."


def _two(other: tuple[str, str]) -> tuple[str, str, str]:
    return other[0], LIST, other[1]


def _line(line: Shown, with_company: bool) -> str:
    there = line.opportunity
    company = f" · {kit.said(line.company, 60)}" if with_company else ""
    where = _STATES.get(there.state) or there.response or kit.said(line.stage, 40)
    return f"*{kit.said(there.title, 120)}*{company}\n{kit.said(there.amount)} · closes {there.closes or '–'} · {where}"


def card(shown: Shown, said: str = "") -> kit.Block:
    """`said` is what the last click led to, ready mrkdwn."""
    there = shown.opportunity
    blocks = [kit.section(said)] if said else []
    blocks += [kit.header(kit.cut(there.title, 140)), kit.fields(_facts(shown))]
    if there.description:
        blocks.append(kit.section(kit.said(there.description, 1500)))
    blocks += [kit.context_line(line) for line in _remarks(shown)]
    buttons = []
    if there.state is OpportunityState.HERE:
        sure = kit.confirmation("Push it to the PSA?", _sure(shown), "Push")
        buttons = [kit.button("Push to the PSA", PUSH, there.id, "primary", sure), kit.button("Edit", EDIT, there.id)]
    if Feature.TODOS in shown.beside:
        buttons.append(kit.button("New to-do", TODO, f"{there.company_id}|{there.external_id or ''}|{there.connection_id}"))
    buttons.append(kit.button("Refresh", CARD, there.id))
    buttons.append(kit.button("All of this company", LIST, f"{there.company_id}|open"))
    return kit.message(f"Opportunity {kit.said(there.title, 140)}", [*blocks, *kit.actions(*buttons)])


def _sure(shown: Shown) -> str:
    read_only = "Material Cost, Labor Cost, Expected Start Date and Customer Response are then changed there and read-only here."
    return f"It is written to {kit.cut(shown.psa, 40)} once. {read_only}"


def _facts(shown: Shown) -> list[kit.Pair]:
    there = shown.opportunity
    stamp = _stamp(shown.psa, shown.as_of) if there.state is OpportunityState.UPSTREAM else ""
    return [
        ("Company", kit.said(shown.company, 100)),
        ("Stage", kit.said(shown.stage, 100)),
        ("Owner", kit.said(shown.owner, 100)),
        ("Amount", kit.said(there.amount)),
        ("Projected close", there.closes or "–"),
        ("Category", kit.said(shown.category, 100)),
        ("Material Cost", kit.said(there.material_cost) + stamp),
        ("Labor Cost", kit.said(there.labor_cost) + stamp),
        ("Expected Start Date", (there.starts[:10] or "–") + stamp),
        ("Customer Response", (there.response or "none yet") + stamp),
    ]


def _stamp(psa: str, as_of: datetime | None) -> str:
    return f"\n_from {kit.said(psa, 40)}, {kit.when(as_of)}_" if as_of else f"\n_from {kit.said(psa, 40)}_"


def _remarks(shown: Shown) -> list[str]:
    there = shown.opportunity
    lines = [f"{kit.said(shown.psa, 60)} id {kit.said(there.external_id)}"] if there.external_id else []
    lines += [f"⏳ {_STATES[there.state]}"] if there.state in _STATES else []
    lines += [f"⚠️ {kit.said(there.trouble, 560)}"] if there.trouble else []
    return lines + ([kit.said(there.note, 300)] if there.note else [])


# forms


def pick_company(channel: str) -> kit.Block:
    blocks = [kit.external("Company", "company", PICK_COMPANY)]
    return kit.modal("New opportunity", blocks, PICKED, submit="Next", close="Cancel", private_metadata=channel)


def form(start: Form, channel: str, there: Opportunity | None = None) -> kit.Block:
    """For a new one, or (`there`) for one that is only here."""
    stage = there.stage if there else start.defaults.stage
    category = there.category if there else start.defaults.category
    company = f"For *{kit.said(start.company)}* · {kit.said(start.connection.title)}"
    blocks = [kit.section(company), kit.input_text("Title", _FIELD + "title", "title", initial=there.title if there else "", max_length=128)]
    for name, label in _LABELS.items():
        kept = getattr(there, name) if there else "0"
        blocks.append(kit.input_text(label, _FIELD + name, name, initial=kept, optional=True, max_length=20))
    starts = (there.starts if there else start.starts)[:10]
    close = f"The projected close follows {start.defaults.close_days} days later."
    blocks.append(kit.datepicker("Expected Start Date", _FIELD + "starts", "starts", initial=starts, hint=close))
    blocks += _picker(start, "Stage", "stage", Pick.OPPORTUNITY_STAGES, stage)
    blocks += _picker(start, "Category", "category", Pick.OPPORTUNITY_CATEGORIES, category)
    text = there.description if there else ""
    blocks.append(kit.input_text("Description", _FIELD + "description", "description", initial=text, multiline=True, optional=True))
    meta = f"{start.company_id}|{there.id if there else ''}|{start.connection.id}|{channel}"
    return kit.modal("Opportunity", blocks, SAVED, submit="Save", close="Cancel", private_metadata=meta)


def _picker(start: Form, label: str, name: str, pick: Pick, chosen: str) -> list[kit.Block]:
    if pick not in start.lists:
        return []
    found = next((each for each in start.lists[pick] if each.id == chosen), None)
    initial = (found.label, found.id) if found else None
    return [kit.external(label, _FIELD + name, PICK + pick.name, initial=initial)]


def typed(state: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the form, by flows.opportunities.make's names."""
    found = {name: kit.value(state, _FIELD + name, name) for name in ("title", *_LABELS, "starts", "description")}
    stage = kit.value(state, _FIELD + "stage", PICK + Pick.OPPORTUNITY_STAGES.name)
    category = kit.value(state, _FIELD + "category", PICK + Pick.OPPORTUNITY_CATEGORIES.name)
    return found | {"stage": stage, "category": category}


def todo_form(start: TodoForm, opportunity_id: str, channel: str) -> kit.Block:
    owner = next((each for each in start.owners if each.id == start.owner), None)
    blocks = [
        kit.section(f"For *{kit.said(start.company)}* · {kit.said(start.connection.title)}"),
        kit.input_text("What is to be done?", _FIELD + "text", "text", multiline=True, max_length=3000),
        kit.external("Kind", _FIELD + "type", PICK + Pick.TODO_TYPES.name, initial=_first(start.types)),
        kit.external("Who", _FIELD + "owner", PICK + Pick.OWNERS.name, initial=(owner.label, owner.id) if owner else None),
        kit.datepicker("Day", _FIELD + "day", "day", initial=start.day, hint="It begins at 9 o'clock and takes half an hour."),
    ]
    meta = f"{start.company_id}|{opportunity_id}|{start.connection.id}|{channel}"
    return kit.modal("New to-do", blocks, TODO_SAVED, submit="Save", close="Cancel", private_metadata=meta)


def _first(choices: tuple[Choice, ...]) -> kit.Pair | None:
    return next(((each.label, each.id) for each in choices if each.is_active), None)


def typed_todo(state: Mapping[str, Any]) -> dict[str, str]:
    found = {name: kit.value(state, _FIELD + name, name) for name in ("text", "day")}
    kind = kit.value(state, _FIELD + "type", PICK + Pick.TODO_TYPES.name)
    return found | {"type": kind, "owner": kit.value(state, _FIELD + "owner", PICK + Pick.OWNERS.name)}


def contracts(there: Contracts) -> kit.Block:
    blocks = [kit.header("Contracts"), kit.section(f"*{kit.said(there.company)}* · {len(there.rows):,} in {kit.said(there.psa)}")]
    for row in there.rows:
        marks = " · default" if row.is_default else ""
        span = f"{row.starts[:10] or '–'} to {row.ends[:10] or '–'}"
        blocks.append(kit.section(f"*{kit.said(row.name, 120)}*{marks}\n{kit.said(row.type, 60)} · {kit.said(row.status, 60)} · {span}"))
    return kit.message(f"Contracts of {kit.said(there.company)}", blocks)

"""Choosing what to import from where, looking through all changes of a plan, and picking only some of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.plan import Action, PlanItem
from domain.ports import Kind
from flows.imports import ItemPage, Offer
from handlers.views import doors, kit
from handlers.views.plans import item_line, title
from handlers.views.undo import word

FOR_COMPANY = "imports_for_company"  # callback
COMPANY, COMPANY_PICK = "company", "imports_company_pick"
CHANGES, CHOSEN = "plan_changes", "plan_chosen"  # callbacks
SEARCH, FILTER, PAGE = "plan_search", "plan_filter", "plan_page"
CHOICE, CHOICE_PICK = "choice", "plan_choice"

_WORDS = {
    Kind.COMPANIES: ("companies", "company", "clients"),
    Kind.STAFF: ("staff", "msp", "own", "technicians", "resources"),
    Kind.USERS: ("users", "user", "people", "contacts", "end-users"),
    Kind.PASSWORDS: ("passwords", "password"),
    Kind.GROUPS: ("groups", "group"),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to import; `kind` None: not said, or not understood."""

    kind: Kind | None
    company: str
    source: str


def wish_of(words: str) -> Wish:
    """`users contoso from autotask` and its shorter forms. The last "from" counts: names may hold the word too."""
    rest, source = words.strip(), ""
    found = re.search(r"(?:^|\s)from\s+(\S[^\n]*)$", rest, re.IGNORECASE)
    if found:
        last = list(re.finditer(r"(?:^|\s)from\s+", rest, re.IGNORECASE))[-1]
        rest, source = rest[: last.start()].strip(), rest[last.end() :].strip()
    word, _, company = rest.partition(" ")
    kind = next((kind for kind, words_ in _WORDS.items() if word.casefold() in words_), None)
    return Wish(kind, company.strip(), source)


# Which source


def picker(
    offers: Mapping[Kind, Sequence[Offer]], company_id: str = "", company: str = "", said: str = ""
) -> kit.Block:
    """A kind a line with the sources that can give it; the others stand below with the reason."""
    head = f"Import into *{kit.said(company)}*" if company else "What would you like to import?"
    blocks = [kit.section(said)] if said else []
    blocks.append(kit.section(head))
    for kind, found in offers.items():
        able = [offer for offer in found if not offer.problem]
        unable = [f"{kit.said(offer.title)}: {kit.remark(offer.problem, 300)}" for offer in found if offer.problem]
        lines = [f"*{kind.value.capitalize()}*"] + (["Not from"] if unable else []) + [f"• {line}" for line in unable]
        blocks.append(kit.section("\n".join(lines)))
        buttons = [
            kit.button(f"From {offer.title}", f"{doors.IMPORT}_{number}", f"{kind.value}|{company_id}|{offer.connection_id}")
            for number, offer in enumerate(able)
        ]
        blocks += kit.actions(*buttons)
    return kit.message("What would you like to import, and from where?", blocks)


def start_of(value: str) -> tuple[Kind, str, str]:
    """The kind, company id and connection id of a button that begins an import."""
    kind, company_id, connection_id = [*value.split("|"), "", "", ""][:3]
    return Kind(kind), company_id, connection_id


def for_company(kind: Kind, connection_id: str, channel: str) -> kit.Block:
    hint = f"Its {kind.value} come from where it is mapped."
    blocks = [kit.external("Company", COMPANY, COMPANY_PICK, hint=hint)]
    meta = f"{kind.value}|{connection_id}|{channel}"
    return kit.modal(doors.IMPORT_WORDS[kind], blocks, FOR_COMPANY, submit="Preview", private_metadata=meta)


# All changes


@dataclass(frozen=True)
class Look:
    """How somebody looks through a plan's changes."""

    plan_id: str
    channel: str
    page: int = 1
    action: Action | None = None
    search: str = ""

    @property
    def meta(self) -> str:
        return f"{self.plan_id}|{self.page}|{self.channel}"


def look_of(view: Mapping[str, Any]) -> Look:
    plan_id, page, channel = [*str(view.get("private_metadata", "")).split("|"), "", ""][:3]
    state = view.get("state") or {}
    action = kit.value(state, FILTER, FILTER)
    return Look(
        plan_id, channel, int(page) if page.isdecimal() else 1,
        Action(action) if action and action != "all" else None, kit.value(state, SEARCH, SEARCH).strip(),
    )


def changes(shown: ItemPage, look: Look) -> kit.Block:
    counts = shown.plan.counts
    filters, fit = [("All", "all")], " fit" if look.action or look.search else ""
    words = {action: word(shown.plan, action) for action in Action}
    filters += [(f"{words[each].capitalize()} ({getattr(counts, each.value):,})", each.value) for each in Action]
    blocks = [
        kit.section(f"*{kit.said(title(shown.plan), 200)}*\n{shown.total:,} rows{fit}."),
        kit.input_text("Search", SEARCH, SEARCH, placeholder="Part of a name or address, then Enter",
                       initial=look.search, optional=True, dispatch=True, max_length=100),
        kit.select("Show", FILTER, FILTER, filters, initial=look.action.value if look.action else "all", dispatch=True),
    ]
    lines = [f"*{words[item.verdict.action]}* · {item_line(shown.plan, item)}" for item in shown.items]
    blocks += [kit.section("\n".join(lines[start : start + 5])) for start in range(0, len(lines), 5)]
    blocks += [] if lines else [kit.section("Nothing fits.")]
    blocks += kit.paging(shown.page, shown.pages, PAGE)
    meta = Look(look.plan_id, look.channel, shown.page).meta
    return kit.modal("All changes", blocks, CHANGES, submit="Done", private_metadata=meta)


# Only some


def only_some(plan_id: str, channel: str, what: str) -> kit.Block:
    blocks = [
        kit.section(f"*{kit.said(what, 200)}*\nPick the rows to import. The preview is made anew with only these."),
        kit.multi_external("Rows", CHOICE, CHOICE_PICK, hint="Type part of a name or address; pick as many as you like."),
    ]
    return kit.modal("Only some", blocks, CHOSEN, submit="Preview these", private_metadata=f"{plan_id}|{channel}")


def option(item: PlanItem) -> kit.Offered:
    detail = f" · {item.detail}" if item.detail else ""
    return item.label, item.external_id, f"{item.verdict.action.value}{detail}"

"""The wizard's second step: what is synced, whom auto-import brings, which companies and tickets."""

from collections.abc import Sequence

from domain.psa import Choice, Feature
from domain.roles import Role
from domain.setup import AutoImport
from flows.psa_lists import Gone
from flows.setup_steps import ADMIN_LIKE, Facts, first
from handlers.views import kit
from handlers.views.setup import LIVE, PICK, VALUE, Look, block_of, frame, switch

MOST_CHOSEN = 100  # Slack draws no more than that again
_ROLES = (Role.CLIENT, Role.VIEWER, Role.TECHNICIAN, Role.ADMIN)  # the least first
_MEANING = {
    Role.CLIENT: "Sees their own company only", Role.VIEWER: "Looks at companies and people",
    Role.TECHNICIAN: "Imports, maps, approves, reveals passwords", Role.ADMIN: "May do everything",
}
_HOW = (
    ("Propose them: a preview waits for Approve", AutoImport.PROPOSE.value),
    ("Invite them unasked", AutoImport.SEND.value),
)


def draw(look: Look, facts: Facts, said: str = "", note: str = "") -> kit.Block:
    """`note` says how the reading of the lists goes (ready mrkdwn)."""
    blocks = [*_toggles(facts), kit.divider(), *_people(facts)]
    if facts.has_lists:
        blocks += [kit.divider(), *_companies(facts)]
    if facts.has_lists and Feature.TICKETS in facts.features:
        blocks += [kit.divider(), *_tickets(facts)]
    blocks += [kit.context_line(note)] if note else []
    return frame(look, [*lost(facts.gone), *blocks], said)


def _toggles(facts: Facts) -> list[kit.Block]:
    def toggle(label: str, field: str, text: str) -> kit.Block:
        return switch(label, field, text, bool(facts.filled.get(field)))

    blocks = [
        toggle("Sync users", "users", "Follow changes of staff and of imported companies' contacts"),
        toggle("Sync companies", "companies", "Follow changes of companies, and propose new ones"),
    ]
    if Feature.TICKETS in facts.features:
        blocks.append(toggle("Enable ticket sync", "tickets", "Bring the tickets of mapped companies"))
    if Feature.OPPORTUNITIES in facts.features:
        blocks.append(toggle("Enable opportunity sync", "opportunities", "Bring the opportunities of mapped companies"))
    if Feature.ASSETS in facts.features:
        blocks.append(toggle("Enable asset sync", "assets", "Bring the configuration items of mapped companies"))
    return blocks


def _people(facts: Facts) -> list[kit.Block]:
    how = first(facts.filled, "how")
    blocks = [
        switch(
            "Auto-import", "auto", "Bring a company's active contacts when it is added", bool(facts.filled.get("auto")),
            "Inactive contacts never come in. Companies that are here already are left to you.",
        ),
        kit.select("How they come in", block_of("how"), VALUE, _HOW, initial=how, optional=True),
        roles("Default role for imported contacts", "role", facts, "Needed while auto-import is on."),
    ]
    warned = warning(first(facts.filled, "role"))
    return [*blocks, *([kit.section(warned)] if warned else [])]


def roles(label: str, field: str, facts_or_role: Facts | str, more: str) -> kit.Block:
    chosen = facts_or_role if isinstance(facts_or_role, str) else first(facts_or_role.filled, field)
    pairs = [(f"{role.value}: {_MEANING[role]}", role.value) for role in _ROLES]
    hint = f"Everybody gets it: choose the least that will do. {more}"
    return kit.select(label, block_of(field), LIVE, pairs, initial=chosen, hint=hint, optional=True, dispatch=True)


def warning(role: str) -> str:
    """What is said of a role that is more than most people need."""
    if role not in {each.value for each in ADMIN_LIKE}:
        return ""
    return f"⚠️ *{kit.said(role)}* is much for everybody who is imported: each of them could {'do everything' if role == Role.ADMIN else 'import, approve and reveal passwords'} here. Client is the least."


def _companies(facts: Facts) -> list[kit.Block]:
    labels = facts.labels
    blocks = [
        picker("Company types", "types", labels["types"], "Only these are imported. Empty: all.", live=True),
        picker("Company statuses", "statuses", labels["statuses"], "Only these are imported. Empty: all.", live=True),
    ]
    passing = facts.passing
    if passing is not None and passing.total:
        text = f"*{passing.passing:,}* of {passing.total:,} active companies pass. What is imported already stays."
    else:
        text = "How many companies pass is shown once their list has been read."
    return [*blocks, kit.context_line(text)]


def _tickets(facts: Facts) -> list[kit.Block]:
    labels = facts.labels
    return [
        picker("Queues to sync", "queues", labels["queues"], "Empty: all queues."),
        picker("Categories", "categories", labels["categories"], "Empty: all categories."),
        picker("Exclude statuses", "without", labels["without"], "Tickets in these never appear here."),
    ]


def picker(label: str, field: str, chosen: Sequence[Choice], hint: str = "", live: bool = False) -> kit.Block:
    """Several values of one of the source's lists, found by typing: a list may have thousands."""
    initial = [(each.label, each.id) for each in chosen]
    made = kit.multi_external(label, block_of(field), PICK + field, initial=initial, hint=hint, optional=True)
    made["element"]["max_selected_items"] = MOST_CHOSEN
    return made | {"dispatch_action": live}


def option(choice: Choice) -> kit.Offered:
    return (choice.label, choice.id, choice.email) if choice.email else (choice.label, choice.id)


def lost(gone: Sequence[Gone]) -> list[kit.Block]:
    """Settings that say what the source no longer has."""
    if not gone:
        return []
    lines = kit.mrkdwn_list(f"{kit.said(one.setting)}: *{kit.said(one.label)}*" for one in gone)
    return [kit.section(f"⚠️ *No longer at the source, but still chosen:*\n{lines}\nChoose others in their place.")]

"""The mapping table in a modal, and the modal that changes or removes one mapping.

The search and the filter stand in inputs of the table, so Slack hands them to us with every click.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import brought
from domain.isolation import LinkState
from domain.ports import Kind, UpstreamCompany
from flows.mapping import Consequence, MappingLine, MappingPage
from handlers.views import doors, kit

TABLE, CHANGED, REMOVED = "mapping_table", "mapping_changed", "mapping_removed"  # callbacks
CONFIRM = "mapping_confirm"  # value: company id | upstream id, the one that was shown
CONFIRM_ALL = "mapping_confirm_all"
LEAVE, REOPEN = "mapping_leave", "mapping_reopen"  # value: company id
CHANGE, REMOVE = "mapping_change", "mapping_remove"  # value: company id | link id
PAGE = "mapping_page"
REFRESH = "mapping_refresh"
SEARCH, FILTER = "mapping_search", "mapping_filter"  # block and action ids of the inputs
OPTIONS = "mapping_options"  # action id of the picker
CHOICE, TICKS, UNINVITE = "choice", "ticks", "uninvite"


@dataclass(frozen=True)
class Look:
    """How somebody looks at the table."""

    connection_id: str
    channel: str
    page: int = 1
    search: str = ""
    only_open: bool = True

    @property
    def meta(self) -> str:
        return f"{self.connection_id}|{self.page}|{self.channel}"


@dataclass(frozen=True)
class Target:
    """What a change is about; `table` is the id of the table's view, to be redrawn after it."""

    connection_id: str
    company_id: str
    link_id: str
    table: str
    channel: str

    @property
    def meta(self) -> str:
        return "|".join((self.connection_id, self.company_id, self.link_id, self.table, self.channel))


def look_of(view: Mapping[str, Any]) -> Look:
    connection_id, page, channel = [*str(view.get("private_metadata", "")).split("|"), "", ""][:3]
    state = view.get("state") or {}
    return Look(
        connection_id, channel, int(page) if page.isdecimal() else 1,
        kit.value(state, SEARCH, SEARCH).strip(), kit.value(state, FILTER, FILTER) != "all",
    )


def has_tools(view: Mapping[str, Any]) -> bool:
    """Whether the view is the table itself, with its search and filter, not what stands there while it is read."""
    return any(block.get("block_id") == SEARCH for block in view.get("blocks", ()))


def target_of(view: Mapping[str, Any]) -> Target:
    return Target(*[*str(view.get("private_metadata", "")).split("|"), "", "", "", ""][:5])


def reading(look: Look, title: str, trouble: str = "") -> kit.Block:
    """`trouble` is why the last try to read the list failed."""
    text = f"*The companies of {kit.said(title)} could not be read.*\n{kit.said(trouble)}" if trouble else (
        f"*Reading the companies of {kit.said(title)} …*\nThis can take a minute. The table comes here when they are "
        "read; you may also close this and come back."
    )
    blocks = [kit.section(text), *kit.actions(kit.button("Look again", REFRESH))]
    return kit.modal("Map companies", blocks, TABLE, private_metadata=look.meta)


def opening(look: Look) -> kit.Block:
    return kit.modal("Map companies", [kit.section("Opening the table …")], TABLE, private_metadata=look.meta)


def table(shown: MappingPage, look: Look, said: str = "") -> kit.Block:
    """`said` is what the last click led to, ready mrkdwn."""
    blocks = [kit.section(said), kit.divider()] if said else []
    blocks += [kit.section(_counts(shown)), *_tools(shown, look)]
    for line in shown.lines:
        blocks += _line(line)
    if not shown.lines:
        blocks.append(kit.section(_nothing(shown)))
        if not (shown.search or shown.only_open):
            blocks += kit.actions(doors.start_import(Kind.COMPANIES, "", shown.connection_id))
    blocks += kit.paging(shown.page, shown.pages, PAGE)
    meta = Look(look.connection_id, look.channel, shown.page).meta
    return kit.modal("Map companies", blocks, TABLE, submit="Done", private_metadata=meta)


def _counts(shown: MappingPage) -> str:
    whole = ""
    if shown.upstream_left is not None:
        whole = f" · {shown.certain:,} certain suggestions · {shown.upstream_left:,} companies there are mapped to nobody"
    return (
        f"*{kit.said(shown.source_title)}*: {shown.mapped:,} mapped · {shown.open:,} open{whole}\n"
        "One mapping serves users and passwords alike: changing it changes both."
    )


def _nothing(shown: MappingPage) -> str:
    if shown.search:
        return "Nothing fits what you are looking for."
    return "Nothing is open: every company is mapped or marked." if shown.only_open else "There are no companies yet."


def _tools(shown: MappingPage, look: Look) -> list[kit.Block]:
    filters = [("Only open ones", "open"), ("All companies", "all")]
    blocks = [
        kit.input_text("Search", SEARCH, SEARCH, placeholder="Part of a name, then Enter", initial=look.search,
                       optional=True, dispatch=True, max_length=100),
        kit.select("Show", FILTER, FILTER, filters, initial="open" if look.only_open else "all", dispatch=True),
    ]
    sure = kit.confirmation(
        f"Confirm {shown.certain:,} mappings?",
        "These are one-to-one matches without a contradiction. Each can be changed later.", "Confirm all",
    )
    bulk = kit.button(f"Confirm all {shown.certain:,} certain", CONFIRM_ALL, style="primary", confirm=sure)
    return [*blocks, *kit.actions(*([bulk] if shown.certain else []), kit.button("Refresh", REFRESH))]


def _line(line: MappingLine) -> list[kit.Block]:
    company = line.company
    address = f" ({kit.said(company.domain)})" if company.domain else ""
    name = f"*{kit.said(company.name)}*{address}"
    ref = f"{company.id}|{line.link.id if line.link else ''}"
    if line.link is not None:
        frozen = line.link.state is LinkState.ORPHANED
        state = "Frozen: gone or inactive at the source. It was mapped to" if frozen else "Mapped to"
        text = f"{state} *{kit.said(line.link.external_name)}*"
        buttons = [kit.button("Change", CHANGE, ref), kit.button("Remove mapping", REMOVE, ref)]
    elif line.not_mapped:
        text = "Not to be mapped"
        buttons = [kit.button("Change", CHANGE, ref), kit.button("Open again", REOPEN, company.id)]
    else:
        text, buttons = _open_line(line, ref)
    return [kit.section(f"{name}\n{text}"), *kit.actions(*buttons)]


def _open_line(line: MappingLine, ref: str) -> tuple[str, list[kit.Block]]:
    company, found = line.company, line.proposal
    buttons = [kit.button("Change", CHANGE, ref), kit.button("Not to be mapped", LEAVE, company.id)]
    if found is None:
        return "No suggestion: choose with *Change*", buttons
    sure = "" if found.certain else " (look twice)"
    address = f" ({kit.said(found.external_domain)})" if found.external_domain else ""
    text = f"Suggested{sure}: *{kit.said(found.external_name)}*{address}\nWhy: {kit.remark(found.reason, 300)}"
    style = "primary" if found.certain else None
    return text, [kit.button("Confirm", CONFIRM, f"{company.id}|{found.external_id}", style), *buttons]


def change(target: Target, company: str, title: str, old: Consequence | None) -> kit.Block:
    """The picker of another company; for an existing mapping with what a change would do."""
    hint = "Companies that are mapped to another are not offered."
    blocks = [
        kit.section(f"Map *{kit.said(company)}* to a company of {kit.said(title)}."),
        kit.external("Company at the source", CHOICE, OPTIONS, hint=hint),
    ]
    blocks += _consequence(old) if old else []
    return kit.modal("Change mapping", blocks, CHANGED, submit="Map", close="Back", private_metadata=target.meta)


def remove(target: Target, company: str, title: str, old: Consequence | None) -> kit.Block:
    blocks = [kit.section(f"Remove the mapping of *{kit.said(company)}* at {kit.said(title)}.")]
    blocks += _consequence(old) if old else []
    return kit.modal("Remove mapping", blocks, REMOVED, submit="Remove", close="Back", private_metadata=target.meta)


def _consequence(old: Consequence) -> list[kit.Block]:
    lines = [
        *brought.fates(old.came, f"*{kit.said(old.old.external_name)}*"),
        *([f"{old.pending:,} of their invitations are still pending."] if old.pending else []),
        f"{old.open_plans:,} open previews become void.",
        "The mapping serves all that comes from there: users, passwords, tickets, opportunities and assets.",
    ]
    if old.second:
        lines.append("*A second person must approve this*: I ask for it in the channel, and nothing changes before.")
    blocks = [kit.section("*What this does*\n" + kit.mrkdwn_list(lines))]
    if old.pending:
        tick = [(f"Un-invite those still pending ({old.pending:,})", UNINVITE)]
        blocks.append(kit.checkboxes("Invitations", TICKS, TICKS, tick))
    return blocks


def option(company: UpstreamCompany) -> kit.Offered:
    remarks = [company.web, company.status_name, "" if company.is_active else "inactive"]
    return company.name, company.id, " · ".join(each for each in remarks if each)


def which(sources: Sequence[tuple[str, str]], company_id: str) -> kit.Block:
    """A button a source, given as id and title."""
    blocks = [kit.section("At which source? Each has its own mapping.")]
    for connection_id, title in sources[:20]:
        blocks += kit.actions(doors.map_companies(connection_id, company_id, f"Map at {title}"))
    return kit.message("At which source would you like to map?", blocks)


def not_opened(look: Look) -> kit.Block:
    text = "Slack did not open the table in time."
    button = doors.map_companies(look.connection_id, text="Open the table")
    return kit.message(text, [kit.section(text), *kit.actions(button)])

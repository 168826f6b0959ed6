"""The wizard's last step, what to import now, and the card that ends it."""

from collections.abc import Sequence

from domain.setup import AutoImport
from flows.setup import Filled
from flows.setup_import import CREATE, LINK, ROW, Row, RowPage, Staff, Summary
from flows.setup_steps import ON, first
from flows.sync import SyncState
from handlers.views import doors, kit
from handlers.views.setup import LIVE, NOTHING, SHOWN, SKIP, Look, block_of, frame, switch
from handlers.views.setup_sync import MOST_CHOSEN, roles, warning

STAFF = "setup_staff"  # action id of the picker of people
CHOICE = "setup_row"  # action id of a company's picker
PAGE = "setup_page"
_CREATE = ("Create it", CREATE)
_SKIP = ("Skip it", NOTHING)


def draw(
    look: Look, filled: Filled, people: Sequence[Staff], page: RowPage, command: str, said: str = "", note: str = ""
) -> kit.Block:
    """`people` are those picked so far. The companies' rows are there once their switch is on."""
    blocks = [kit.section("*Optional.* Skip this and import later whenever you like: the commands are the same.")]
    blocks += [*_staff(filled, people, command), kit.divider(), *_companies(filled, page, command)]
    blocks += [kit.context_line(note)] if note else []
    return frame(look, blocks, said, [kit.button("Skip", SKIP)])


def _staff(filled: Filled, people: Sequence[Staff], command: str) -> list[kit.Block]:
    picked = [(one.name, one.id) for one in people]
    chooser = kit.multi_external("People", block_of("staff"), STAFF, initial=picked, optional=True, hint=(
        f"Your own people. Clients' contacts are imported per company: {command} import users <company>."
    ))
    chooser["element"]["max_selected_items"] = MOST_CHOSEN
    role = first(filled, "staff-role")
    warned = warning(role)
    return [
        switch("Import Users Now", "users-now", "Import the people chosen below", bool(filled.get("users-now"))),
        chooser,
        roles("Default role for imported users", "staff-role", role, "Needed when you import users now."),
        *([kit.section(warned)] if warned else []),
    ]


def _companies(filled: Filled, page: RowPage, command: str) -> list[kit.Block]:
    on = filled.get("companies-now") == (ON,)
    blocks = [switch(
        "Import Companies Now", "companies-now", "Choose companies to create or to link", on, live=True,
        hint="Companies also arrive by themselves while Sync companies is on.",
    )]
    if not on:
        return blocks
    search = kit.input_text(
        "Find companies", block_of("search"), LIVE, initial=page.search, placeholder="Part of the name, then Enter",
        optional=True, max_length=100, dispatch=True,
    )
    blocks.append(search)
    if not page.total:
        return [*blocks, kit.section("No company is left to import or link, or their list is still being read.")]
    blocks += [_row(row) for row in page.rows]
    blocks += kit.paging(page.page, page.pages, PAGE, "rows")
    return [*blocks, kit.context_line(f"{page.total:,} companies · {page.chosen:,} chosen. To import all of them: `{command} import companies`.")]


def _row(row: Row) -> kit.Block:
    remarks = [row.company.web, row.company.type_name, row.company.status_name]
    chosen = None
    if row.choice:
        chosen = _CREATE if row.choice == CREATE else (f"Link to {row.linked_name}", row.choice)
    return kit.external(
        kit.cut(row.company.name, 150), block_of(ROW + row.company.id), CHOICE, initial=chosen, optional=True,
        hint=" · ".join(kit.cut(each, 100) for each in remarks if each), placeholder="Skip, create, or link to …",
    )


def choices(companies: Sequence[tuple[str, str]]) -> list[kit.Offered]:
    """For a company's row: create, skip, or one of ours, given as name and id."""
    return [_CREATE, _SKIP, *((f"Link to {name}", LINK + company_id) for name, company_id in companies[:90])]


def person(one: Staff) -> kit.Offered:
    remark = " · ".join(each for each in (one.email, "here already" if one.is_here else "") if each)
    return (one.name, one.id, remark) if remark else (one.name, one.id)


# the end


def card(summary: Summary) -> kit.Block:
    return kit.message(f"{kit.said(summary.connection.title)} is set up", _card(summary))


def ended(look: Look, summary: Summary) -> kit.Block:
    return kit.modal("Setup complete", _card(summary), SHOWN, private_metadata=look.meta)


def _card(summary: Summary) -> list[kit.Block]:
    on = [state for state in summary.syncs if state.enabled]
    off = [_word(state) for state in summary.syncs if not state.enabled]
    lines = [f"• {_word(state)}: on{_next(state)}" for state in on] + ([f"• Off: {', '.join(off)}"] if off else [])
    blocks = [
        kit.header(f"{kit.cut(summary.connection.title, 100)} is set up"),
        kit.section("*What is on*\n" + ("\n".join(lines) or "Nothing is synced.") + f"\n• Auto-import: {_auto(summary)}"),
        kit.section("*Imported now*\n" + "\n".join(_imported(summary))),
    ]
    if summary.refused:
        blocks.append(kit.section("*Could not be done*\n" + kit.mrkdwn_list(kit.remark(each, 400) for each in summary.refused)))
    buttons = [doors.set_up(summary.connection.source, "Configure"), doors.map_companies(summary.connection.id), doors.integrations()]
    return [*blocks, *kit.actions(*buttons)]


def _word(state: SyncState) -> str:
    return str(state.kind.value).capitalize()


def _next(state: SyncState) -> str:
    return f", next {kit.when(state.next_at)}" if state.next_at else ", not synced yet"


def _auto(summary: Summary) -> str:
    people = summary.people
    if people.auto_import is AutoImport.OFF:
        return "off"
    how = "invited unasked" if people.auto_import is AutoImport.SEND else "proposed"
    return f"contacts of new companies are {how} as {kit.said(people.role.value if people.role else 'Client')}"


def _imported(summary: Summary) -> list[str]:
    lines = []
    if summary.staff is not None:
        lines.append(f"• {_of(summary.staff_chosen, 'person', 'people')}: the preview waits for *Approve*.")
    if summary.companies is not None:
        lines.append(f"• {_of(summary.companies_chosen, 'company', 'companies')}: the preview waits for *Approve*.")
    lines += [f"• {kit.remark(each, 300)}" for each in summary.linked[:15]]
    lines += [f"… and {len(summary.linked) - 15:,} more links"] if len(summary.linked) > 15 else []
    return lines or ["Nothing. Import whenever you like."]


def _of(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"

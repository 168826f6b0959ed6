"""The wizard's last step: whom and which companies to import now, and what is told at the end.

Nothing here imports by itself: chosen people and companies become the usual plans, links go through the mapping.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.connection import Connection
from domain.errors import GangwayError, TellPerson
from domain.paging import turned
from domain.person import PersonKind, full_name
from domain.plan import Plan
from domain.ports import HasStaff, Kind, UpstreamCompany
from domain.roles import Act, Role
from domain.setup import People
from flows import companies, company_filter, connect, imports, mapping, psa_lists, setup, setups, sync
from flows.context import Context
from flows.desk import Desk
from flows.setup import Filled
from flows.setup_steps import ON, first
from flows.sync import SyncState

CREATE, LINK = "create", "link:"  # what a row of the companies' list may say; nothing: skipped
ROW = "row-"  # + upstream id: the field of a company's row
ROWS = 10  # companies a page
MOST = 5000  # companies that are looked at
PAGES = 50  # of staff that are read


@dataclass(frozen=True)
class Staff:
    """One of the MSP's own people at the source."""

    id: str
    name: str
    email: str
    is_here: bool  # imported already


@dataclass(frozen=True)
class Row:
    """A company that could come in: what was chosen for it, with the name of ours it is to be linked to."""

    company: UpstreamCompany
    choice: str
    linked_name: str = ""


@dataclass(frozen=True)
class RowPage:
    rows: tuple[Row, ...]
    page: int
    pages: int
    total: int
    chosen: int  # on all pages
    search: str


@dataclass(frozen=True)
class Summary:
    """What the set-up came to."""

    connection: Connection
    syncs: tuple[SyncState, ...]
    people: People
    staff: Plan | None
    companies: Plan | None
    staff_chosen: int
    companies_chosen: int
    linked: tuple[str, ...]  # sentences
    refused: tuple[str, ...]  # sentences: what could not be done, and why


# --- staff -------------------------------------------------------------------------------------------------------


def read_staff(context: Context, desk: Desk, connection_id: str) -> int:
    """Read the MSP's own people for the picker; returns how many there are. Contacts of clients are never among them."""
    setup.may(desk)
    source = context.sources.of(connection_id)
    found: list[list[str]] = []
    cursor: str | None = None
    for _ in range(PAGES if isinstance(source, HasStaff) else 0):
        assert isinstance(source, HasStaff)
        page = source.staff(cursor)
        found += [[row.id, full_name(row.first_name, row.last_name) or row.email or row.id, row.email] for row in page.rows if row.is_active]
        cursor = page.next
        if cursor is None:
            break
    with context.store.write() as work:
        work.settings.put(f"staff:{connection_id}", sorted(found, key=lambda each: each[1].casefold()))
    return len(found)


def staff(context: Context, desk: Desk, connection_id: str, typed: str) -> tuple[Staff, ...]:
    """For the picker: people whose name or address holds what was typed."""
    desk.require(Act.IMPORT)
    desk.whole_msp()
    words = typed.strip().casefold()
    found = [each for each in _kept_staff(context, connection_id) if words in f"{each[1]} {each[2]}".casefold()]
    return _staff(context, connection_id, found[:psa_lists.OFFERED])


def staff_of(context: Context, connection_id: str, ids: tuple[str, ...]) -> tuple[Staff, ...]:
    return _staff(context, connection_id, [each for each in _kept_staff(context, connection_id) if each[0] in ids])


def _kept_staff(context: Context, connection_id: str) -> list[list[str]]:
    with context.store.work() as work:
        return list(work.settings.get(f"staff:{connection_id}", ()))


def _staff(context: Context, connection_id: str, rows: list[list[str]]) -> tuple[Staff, ...]:
    with context.store.work() as work:
        here = work.people.by_external(connection_id, PersonKind.STAFF, [each[0] for each in rows])
    return tuple(Staff(each[0], each[1], each[2], each[0] in here) for each in rows)


# --- companies ---------------------------------------------------------------------------------------------------


def rows(context: Context, desk: Desk, connection_id: str, filled: Filled) -> RowPage:
    """A page of the source's companies that are mapped to nobody and pass the filter, each with what was chosen."""
    setup.may(desk)
    search = first(filled, "search")
    with context.store.work() as work:
        filter_ = company_filter.wanted(work, connection_id)
        found = [
            row
            for row in work.upstream.search_unmapped(connection_id, search, MOST)
            if row.is_active and not row.is_own and row.name.strip() and not filter_.unwanted(row)
        ]
    page, pages = turned(int(first(filled, "page") or 1), len(found), ROWS)
    shown = found[(page - 1) * ROWS : page * ROWS]
    chosen = sum(bool(values and values[0]) for name, values in filled.items() if name.startswith(ROW))
    return RowPage(tuple(_row(context, desk, row, filled) for row in shown), page, pages, len(found), chosen, search)


def _row(context: Context, desk: Desk, row: UpstreamCompany, filled: Filled) -> Row:
    choice = first(filled, ROW + row.id)
    name = _ours(context, desk, choice.removeprefix(LINK)) if choice.startswith(LINK) else ""
    return Row(row, choice if name or choice == CREATE else "", name)


def _ours(context: Context, desk: Desk, company_id: str) -> str:
    try:
        return companies.one(context, desk, company_id).company.name
    except TellPerson:
        return ""  # removed meanwhile


# --- the end -----------------------------------------------------------------------------------------------------


def check(filled: Filled) -> None:
    """Raises TellPerson with the field to blame, before anything is done."""
    if filled.get("staff") and not filled.get("users-now"):
        raise TellPerson("You picked people: tick this too, or clear the list below.", field="users-now")
    if filled.get("users-now") and not filled.get("staff"):
        raise TellPerson("Pick at least one person, or untick Import Users Now.", field="staff")
    if filled.get("users-now") and not first(filled, "staff-role"):
        raise TellPerson("Choose the role of those who come in: the least that will do.", field="staff-role")


def complete(context: Context, desk: Desk, connection_id: str, filled: Filled) -> Summary:
    """Finish: plans are begun for what was chosen, links are made. What cannot be done is told, and stops nothing else."""
    setup.may(desk)
    check(filled)
    connection = connect.one(context, connection_id)
    people, choices = filled.get("staff", ()), _choices(filled)
    wanted = [external for external, choice in choices.items() if choice == CREATE]
    linked, refused = _link(context, desk, connection_id, choices)
    staff_plan = _propose(context, desk, connection, Kind.STAFF, people, Role(first(filled, "staff-role"))) if people else None
    company_plan = _propose(context, desk, connection, Kind.COMPANIES, wanted, None) if wanted else None
    plans = [each for each in (staff_plan, company_plan) if isinstance(each, Plan)]
    refused += [each for each in (staff_plan, company_plan) if isinstance(each, str)]
    setup.done(context, desk, connection.source)
    with context.store.write() as work:
        said = f"The set-up of {connection.title} was completed."
        work.journal.write(context.clock(), desk.actor, "set-up", said, subject=connection_id)
        auto = setups.people(work, connection_id)
    return Summary(
        connection,
        tuple(state for state in sync.states(context) if state.connection_id == connection_id),
        auto,
        next((plan for plan in plans if plan.kind is Kind.STAFF), None),
        next((plan for plan in plans if plan.kind is Kind.COMPANIES), None),
        len(people),
        len(wanted),
        tuple(linked),
        tuple(refused),
    )


def _choices(filled: Filled) -> Mapping[str, str]:
    """Upstream id → what is to become of it; nothing while the switch is off."""
    if filled.get("companies-now") != (ON,):
        return {}
    return {name.removeprefix(ROW): values[0] for name, values in filled.items() if name.startswith(ROW) and values}


def _link(context: Context, desk: Desk, connection_id: str, choices: Mapping[str, str]) -> tuple[list[str], list[str]]:
    linked, refused = [], []
    for external, choice in choices.items():
        if choice.startswith(LINK):
            company_id = choice.removeprefix(LINK)
            try:
                link = mapping.confirm(context, desk, connection_id, company_id, external)
            except GangwayError as error:
                refused.append(error.said)
            else:
                linked.append(f"{_ours(context, desk, company_id)} is mapped to {link.external_name}.")
    return linked, refused


def _propose(
    context: Context, desk: Desk, connection: Connection, kind: Kind, ids: tuple[str, ...] | list[str], role: Role | None
) -> Plan | str:
    try:
        return imports.propose(context, desk, kind, "", connection.source, ids, role)
    except GangwayError as error:
        return error.said

"""ConnectWise's own lists, from which settings and forms choose. Statuses and types belong to a board."""

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

import msgspec

from connectors.connectwise import rows
from connectors.connectwise.queries import Walk
from connectors.connectwise.refusals import NotThere
from connectors.connectwise.walking import Walker
from domain.errors import AskOperator, Trouble
from domain.psa import Choice, Pick

Read = TypeVar("Read")

LISTS = {
    Pick.PRIORITIES: "service/priorities",
    Pick.OPPORTUNITY_STAGES: "sales/stages",
    Pick.OPPORTUNITY_STATUSES: "sales/opportunities/statuses",
    Pick.OPPORTUNITY_CATEGORIES: "sales/opportunities/types",
    Pick.COMPANY_TYPES: "company/companies/types",
    Pick.COMPANY_STATUSES: "company/companies/statuses",
    Pick.ASSET_TYPES: "company/configurations/types",
}
OF_BOARD = {Pick.TICKET_STATUSES: "statuses", Pick.TICKET_TYPES: "types"}


class ListRow(msgspec.Struct):
    """Every list's row; what marks an inactive one differs by list, and some are called by their description."""

    is_asked_whole: ClassVar[bool] = True  # no list knows all of these fields

    id: int
    name: str | None = None
    description: str | None = None
    is_inactive: bool | None = msgspec.field(name="inactiveFlag", default=None)
    is_inactive_too: bool | None = msgspec.field(name="inactive", default=None)
    is_default: bool | None = msgspec.field(name="defaultFlag", default=None)
    is_closing: bool | None = msgspec.field(name="closedStatus", default=None)
    is_for_projects: bool | None = msgspec.field(name="projectFlag", default=None)
    place: int | float | None = msgspec.field(name="sortOrder", default=None)
    sequence: int | float | None = msgspec.field(name="sequenceNumber", default=None)


class OwnerRow(rows.MemberRow):
    """A member, as the full list or the lighter one has it."""

    is_asked_whole: ClassVar[bool] = True


class Lists(Walker):
    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        """Every list, read anew: one call each, and two a board.

        GET service/boards/2/statuses → [{"id":21,"name":"New","sortOrder":0,"inactive":false,"closedStatus":false}]

            source.picklists()[Pick.TICKET_STATUSES]   # (Choice("21", "New", parent_id="2"), …)
        """
        found: dict[Pick, tuple[Choice, ...]] = {}
        boards = self._where_open(lambda: self._choices("service/boards"))
        if boards is not None:
            found[Pick.QUEUES] = boards
            for pick, name in OF_BOARD.items():
                choices = self._where_open(lambda name=name: self._of_boards(boards, name))  # type: ignore[misc]
                if choices is not None:
                    found[pick] = choices
        for pick, path in LISTS.items():
            choices = self._where_open(lambda path=path: self._choices(path))  # type: ignore[misc]
            if choices is not None:
                found[pick] = choices
        owners = self._where_open(self._owners)
        return found if owners is None else found | {Pick.OWNERS: owners}

    def _where_open(self, read: Callable[[], Read]) -> Read | None:
        """What was read; None where the credentials do not open it. Any other refusal is the caller's."""
        try:
            return read()
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            return None

    def _choices(self, path: str, parent_id: str = "") -> tuple[Choice, ...]:
        """A list in the order ConnectWise shows it."""
        walk = Walk(path, "lists", is_nested=bool(parent_id))
        found = self._all(walk, ListRow, lambda row: row)
        found.sort(key=lambda row: (row.place or row.sequence or 0, row.id))
        return tuple(_choice(row, parent_id) for row in found if not row.is_for_projects)

    def _of_boards(self, boards: tuple[Choice, ...], name: str) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for board in boards:
            if board.is_active:
                try:
                    found += self._choices(f"service/boards/{board.id}/{name}", board.id)
                except NotThere:
                    continue  # deleted between the two calls
        return tuple(found)

    def _owners(self) -> tuple[Choice, ...]:
        """Active members who can own something. The lighter list needs fewer rights and tells an address too."""
        try:
            people = self._all(Walk("system/members", "members"), OwnerRow, lambda row: row)
        except AskOperator as refused:
            if refused.trouble is not Trouble.MISSING_RIGHT:
                raise
            people = self._all(Walk("system/info/members", "members"), OwnerRow, lambda row: row)
        owners = [_owner(row) for row in people if not row.is_inactive and row.licence != rows.API_MEMBER]
        return tuple(sorted(owners, key=lambda choice: choice.label.casefold()))


def _choice(row: ListRow, parent_id: str) -> Choice:
    label = (row.name or row.description or "").strip() or str(row.id)
    active = not (row.is_inactive or row.is_inactive_too)
    return Choice(str(row.id), label, active, parent_id, bool(row.is_default), is_closing=bool(row.is_closing))


def _owner(row: OwnerRow) -> Choice:
    # In the lighter list the field that names the chosen address holds the address itself.
    mail = rows.member_mail(row) or ((row.which or "") if "@" in (row.which or "") else "")
    name = f"{(row.first_name or '').strip()} {(row.last_name or '').strip()}".strip()
    return Choice(str(row.id), name or mail or row.identifier or str(row.id), email=mail)

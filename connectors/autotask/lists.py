"""The tenant's own lists, from which settings and forms choose."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import msgspec

from connectors.autotask import queries, rows
from connectors.autotask.describing import Describer, Value
from connectors.autotask.queries import Walk
from domain.errors import AskOperator, Trouble
from domain.psa import Choice, Pick

Read = TypeVar("Read")

# Object by object: its metadata is asked for once and holds all of its lists.
FIELDS: dict[str, dict[Pick, str]] = {
    "Tickets": {
        Pick.QUEUES: "queueID",
        Pick.TICKET_STATUSES: "status",
        Pick.PRIORITIES: "priority",
        Pick.TICKET_TYPES: "ticketType",
        Pick.TICKET_CATEGORIES: "ticketCategory",
    },
    "TicketNotes": {Pick.NOTE_TYPES: "noteType"},
    "Opportunities": {
        Pick.OPPORTUNITY_STAGES: "stage",
        Pick.OPPORTUNITY_STATUSES: "status",
        Pick.OPPORTUNITY_CATEGORIES: "opportunityCategoryID",
    },
    "Companies": {Pick.COMPANY_TYPES: "companyType"},
    "ConfigurationItems": {Pick.ASSET_TYPES: "configurationItemType"},
    "CompanyToDos": {Pick.TODO_TYPES: "actionType"},
}
# Lists that are objects of their own where the field does not carry them.
OBJECTS = {
    Pick.TICKET_CATEGORIES: "TicketCategories",
    Pick.OPPORTUNITY_CATEGORIES: "OpportunityCategories",
    Pick.ASSET_TYPES: "ConfigurationItemTypes",
}
COMPLETE = "5"  # every tenant's, whatever it is called there; the status of a ticket that is done
COMPANY_STATUSES = (Choice("1", rows.ACTIVE), Choice("0", rows.INACTIVE))
CLOSED = (Trouble.MISSING_RIGHT, Trouble.NOT_FOUND)


class NamedRow(msgspec.Struct):
    id: int
    name: str | None = None
    is_active: bool | int | None = msgspec.field(name="isActive", default=None)


class Lists(Describer):
    def picklists(self) -> Mapping[Pick, tuple[Choice, ...]]:
        """Every list, read anew, one call after the other: six descriptions, the owners, and lists that are objects.

        GET Tickets/entityInformation/fields → {"fields":[{"name":"queueID","isPickList":true,"picklistValues":
        [{"value":"29682833","label":"Level I Support","isDefaultValue":false,"sortOrder":1,"isActive":true}]}]}

            source.picklists()[Pick.QUEUES]   # (Choice("29682833", "Level I Support"), …)
        """
        found: dict[Pick, tuple[Choice, ...]] = {}
        for name, fields in FIELDS.items():
            described = self._where_open(partial(self._fields, name, anew=True))
            if described is None:
                continue
            if name == "Companies":
                found[Pick.COMPANY_STATUSES] = COMPANY_STATUSES
            for pick, field in fields.items():
                found[pick] = tuple(_choice(value, pick) for value in described.values(field))
        for pick, name in OBJECTS.items():
            if not found.get(pick):
                self._add(found, pick, partial(self._named, name))
        self._add(found, Pick.OWNERS, self._owners)
        return found

    def _add(self, found: dict[Pick, tuple[Choice, ...]], pick: Pick, read: Callable[[], tuple[Choice, ...]]) -> None:
        choices = self._where_open(read)
        if choices is not None:
            found[pick] = choices

    def _where_open(self, read: Callable[[], Read]) -> Read | None:
        """What was read; None where the credentials do not open it. Any other refusal is the caller's."""
        try:
            return read()
        except AskOperator as refused:
            if refused.trouble not in CLOSED:
                raise
            return None

    def _named(self, name: str) -> tuple[Choice, ...]:
        def choice(row: NamedRow) -> Choice:
            return Choice(str(row.id), (row.name or "").strip() or str(row.id), rows.is_active(row.is_active))

        return tuple(self._all(Walk(name, "lists"), NamedRow, choice))

    def _owners(self) -> tuple[Choice, ...]:
        """Active people who can own something; users that exist for the API only cannot."""

        def owner(row: rows.ResourceRow) -> Choice | None:
            person = rows.staff_member(row)
            if person is None or not person.is_active:
                return None
            name = f"{person.first_name} {person.last_name}".strip() or person.email or person.id
            return Choice(person.id, name, email=person.email)

        walk = Walk("Resources", "resources", (queries.NO_API_USERS,))
        people = self._all(walk, rows.ResourceRow, owner)
        return tuple(sorted(people, key=lambda choice: choice.label.casefold()))


def _choice(value: Value, pick: Pick) -> Choice:
    parent = "" if value.parent is None else str(value.parent)
    is_closing = pick is Pick.TICKET_STATUSES and value.id == COMPLETE
    return Choice(value.id, value.name, value.is_offered, parent, value.is_default is True, is_closing=is_closing)

"""The tenant's picklists, as data and as edited. Values are strings in the metadata and numbers in the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a picklist; `parent` is the value of the list it depends on."""

    value: str
    label: str
    parent: str = ""
    is_default: bool = False
    is_system: bool = False
    is_active: bool = True


def _list(text: str, *, system: bool = False) -> tuple[Choice, ...]:
    """`1 New; 5 Complete; 10 Hardware; 101 Printer <10; 9 Old -` : `<` names a parent, `-` means inactive."""
    choices = []
    for number, entry in enumerate(text.split(";")):
        value, _, label = entry.strip().partition(" ")
        label, _, parent = label.partition(" <")
        active = not label.endswith(" -")
        choices.append(Choice(value, label.removesuffix(" -"), parent, number == 0, system, active))
    return tuple(choices)


_FLAGS = _list("1 Red; 2 Blue; 3 Green; 4 Orange")
_RATING = _list("1 Low; 2 Medium; 3 High")

PICKLISTS: dict[tuple[str, str], tuple[Choice, ...]] = {
    ("Companies", "companyType"): _list(
        "1 Customer; 2 Lead; 3 Prospect; 4 Dead; 6 Cancelation; 7 Vendor; 8 Partner", system=True
    ),
    ("Companies", "classification"): _list("1 Platinum; 2 Gold; 3 Silver; 4 Delinquent"),
    ("Companies", "marketSegmentID"): _list("29682778 Healthcare; 29682779 Legal; 29682780 Public"),
    ("Companies", "territoryID"): _list("29682778 North; 29682779 South"),
    ("Contacts", "namePrefix"): _list("1 Mr.; 2 Mrs.; 3 Ms.; 4 Dr."),
    ("Contacts", "nameSuffix"): _list("1 Jr.; 2 Sr."),
    ("Resources", "licenseType"): _list("1 Administrator; 2 Professional; 4 Time & Expense; 7 API Only"),
    ("Resources", "resourceType"): _list("Employee Employee; Contractor Contractor"),
    ("Resources", "userType"): _list("10 Full access; 17 API User (system); 12 Manager"),
    # No priority 3 on this tenant: picklist ids never run through.
    ("Tickets", "priority"): _list("2 Medium; 1 High; 4 Critical; 5 Low"),
    ("Tickets", "status"): _list(
        "1 New; 5 Complete; 7 Waiting Customer; 8 In Progress; 11 Escalate; 13 Waiting Approval; 9 Old -",
        system=True,
    ),
    # Queues are a picklist, not an entity.
    ("Tickets", "queueID"): _list(
        "29682833 Level I Support; 29682834 Level II Support; 5 Client Portal; 6 Post Sale; 8 Monitoring"
    ),
    ("Tickets", "ticketType"): _list("1 Service Request; 2 Incident; 3 Problem; 4 Change Request; 5 Alert"),
    ("Tickets", "source"): _list("2 Phone; 4 Email; 6 Client Portal; 8 Monitoring Alert; -1 Insourced"),
    ("Tickets", "issueType"): _list("10 Computer; 11 Email; 12 Network; 13 Printer"),
    ("Tickets", "subIssueType"): _list(
        "101 Slow <10; 102 Does not start <10; 111 Cannot send <11; 121 VPN <12; 131 Jammed <13"
    ),
    ("Tickets", "serviceLevelAgreementID"): _list("1 Standard SLA; 2 24x7"),
    ("TicketNotes", "noteType"): _list("1 Task Summary; 2 Task Detail; 3 Task Notes; 13 Workflow Note -"),
    ("TicketNotes", "publish"): _list("1 All Autotask Users; 2 Internal Project Team; 4 Internal & Co-Managed"),
    ("Opportunities", "stage"): _list("1 Qualified; 2 Proposal; 3 Negotiation; 4 Won"),
    ("Opportunities", "status"): _list("1 Active; 0 Not Ready; 2 Lost; 3 Closed; 4 Implemented"),
    ("Opportunities", "leadSource"): _list("1 Referral; 2 Website"),
    ("Opportunities", "rating"): _RATING,
    ("ConfigurationItemCategories", "displayColorRGB"): _FLAGS,
    ("TicketCategories", "displayColorRGB"): _FLAGS,
    ("CompanyToDos", "actionType"): _list("1 General; 2 Phone Call; 3 Meeting"),
    ("Contracts", "contractType"): _list(
        "1 Time & Materials; 3 Fixed Price; 4 Block Hours; 6 Retainer; 7 Recurring Service; 8 Per Ticket",
        system=True,
    ),
    ("Contracts", "status"): _list("1 Active; 0 Inactive"),
    ("Contracts", "timeReportingRequiresStartAndStopTimes"): _list("0 No; 1 Yes"),
}
# Lists whose entries are the rows of an entity.
_TABLES = {
    ("Tickets", "ticketCategory"): "TicketCategories",
    ("Opportunities", "opportunityCategoryID"): "OpportunityCategories",
    ("ConfigurationItems", "configurationItemType"): "ConfigurationItemTypes",
}
_SAME_AS = {
    ("TicketCategoryFieldDefaults", name): ("Tickets", of_ticket)
    for name, of_ticket in (
        ("issueTypeID", "issueType"), ("subIssueTypeID", "subIssueType"), ("sourceID", "source"), ("status", "status"),
        ("ticketTypeID", "ticketType"), ("priority", "priority"), ("queueID", "queueID"),
        ("serviceLevelAgreementID", "serviceLevelAgreementID"),
    )
} | {(entity, "serviceLevelAgreementID"): ("Tickets", "serviceLevelAgreementID") for entity in ("ConfigurationItems", "Contracts")}  # fmt: skip


class Picklists:
    """One tenant's own lists, as its administrator edits them while it runs.

    Some lists are entities of their own: they follow their tables, and editing them edits the tables.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._lists = dict(PICKLISTS)

    def of(self, entity: str, name: str) -> tuple[Choice, ...] | None:
        """The entries of a field's list; None when this tenant keeps none and any value passes."""
        entity, name = _SAME_AS.get((entity, name), (entity, name))
        table = _TABLES.get((entity, name))
        return self._lists.get((entity, name)) if table is None else self._rows(table)

    def add(self, entity: str, name: str, label: str, *, parent: str = "", active: bool = True) -> int:
        """Add an entry and return its value, the next free one."""
        table = _TABLES.get((entity, name))
        if table is not None:
            row = {"name": label, "isActive": active, "displayColorRGB": 1}
            return self._world.desk.insert(table, row)
        with self._world.lock:
            known = self._kept(entity, name)
            value = 1 + max((int(one.value) for one in known if one.value.lstrip("-").isdigit()), default=0)
            self._lists[(entity, name)] = (*known, Choice(str(value), label, parent, is_active=active))
            return value

    def remove(self, entity: str, name: str, value: int | str) -> None:
        """Take an entry away; rows that have it keep a value nobody can explain."""
        self._replace(entity, name, value, None)

    def rename(self, entity: str, name: str, value: int | str, label: str) -> None:
        """Give an entry another label."""
        self._replace(entity, name, value, {"label": label})

    def deactivate(self, entity: str, name: str, value: int | str) -> None:
        """Make an entry inactive: it stays in the metadata and says so."""
        self._replace(entity, name, value, {"is_active": False})

    def fill(self, entity: str, name: str, count: int) -> None:
        """Cut or lengthen a list to so many entries; 0 leaves an empty list, in which no value exists."""
        for one in (self.of(entity, name) or ())[count:]:
            self.remove(entity, name, one.value)
        for number in range(len(self.of(entity, name) or ()), count):
            self.add(entity, name, f"{name[0].upper()}{name[1:].removesuffix('ID')} {number + 1}")
        if (entity, name) not in _TABLES:
            self._lists.setdefault((entity, name), ())

    def _kept(self, entity: str, name: str) -> tuple[Choice, ...]:
        return self._lists.get((entity, name), ())

    def _replace(self, entity: str, name: str, value: int | str, changes: dict[str, Any] | None) -> None:
        if not any(one.value == str(value) for one in self.of(entity, name) or ()):
            raise ValueError(f"{entity}.{name} has no entry {value}")
        table = _TABLES.get((entity, name))
        if table is not None:
            self._change_row(table, int(value), changes)
            return
        with self._world.lock:
            kept = []
            for one in self._kept(entity, name):
                if one.value != str(value):
                    kept.append(one)
                elif changes is not None:
                    kept.append(replace(one, **changes))
            self._lists[(entity, name)] = tuple(kept)

    def _change_row(self, table: str, row_id: int, changes: dict[str, Any] | None) -> None:
        if changes is None:
            self._world.desk.delete(table, row_id)
            return
        columns = {"label": "name", "is_active": "isActive"}
        self._world.desk.change(table, row_id, **{columns[key]: value for key, value in changes.items()})

    def _rows(self, table: str) -> tuple[Choice, ...]:
        with self._world.lock:
            rows = list(self._world.autotask[table].rows.items())
        return tuple(
            Choice(
                str(one), row.get("name") or "", "", bool(row.get("isGlobalDefault")), False, bool(row.get("isActive"))
            )
            for one, row in rows
        )

"""ConnectWise's tables, and the small lists every ConnectWise has: types, statuses, boards, priorities, stages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.world.tables import Layout, Row, Table

_DATES = (("dateEntered",), ("lastUpdated",))


def _dated(first_id: int, step: int = 1, *indexed: str) -> Layout:
    return Layout(first_id, step, *_DATES, indexed)


LAYOUTS: dict[str, Layout] = {
    "companies": _dated(19_297, 3),
    "companyTypes": _dated(1),
    "companyStatuses": _dated(1),
    "contacts": _dated(31_004, 3, "company"),
    "members": _dated(141),
    "apiMembers": _dated(201),
    "boards": _dated(1),
    "boardStatuses": _dated(17, 1, "board"),
    "boardTypes": _dated(8, 1, "board"),
    "priorities": _dated(1),
    "tickets": _dated(60_481, 1, "company"),
    "ticketNotes": _dated(7_001, 1, "ticketId"),
    "opportunities": _dated(902, 1, "company"),
    "forecastItems": _dated(3_001, 1, "opportunity"),
    "opportunityStatuses": _dated(1),
    "opportunityTypes": _dated(1),
    "stages": _dated(1),
    "configurations": _dated(5_011, 1, "company"),
    "configurationTypes": _dated(1),
    "configurationStatuses": _dated(1),
    "callbacks": _dated(1),
}

# What a kind of client in the world is called here.
TYPE_OF_KIND = {
    "Customer": "Client", "Lead": "Prospect", "Prospect": "Prospect", "Dead": "Prospect",
    "Cancelation": "Client", "Vendor": "Vendor", "Partner": "Vendor",
}  # fmt: skip

BOARDS = ("Professional Services", "Help Desk", "Alerts")
DEVICES = ("Managed Workstation", "Managed Server", "Printer", "Firewall")
_STATUSES = ("New", "In Progress", "Waiting on Client", ">Closed")
_TYPES = ("Request", "Incident", "Maintenance")
_PRIORITIES = ("Priority 1 - Emergency", "Priority 2 - Quick", "Priority 3 - Normal", "Priority 4 - Scheduled")
_STAGES = ("1.Prospect", "2.Qualification", "3.Quote", "4.Close")


def fill_lists(tables: dict[str, Table], now: datetime) -> None:
    """Enter them all, long ago."""
    at = now - timedelta(days=900)
    for name in ("Client", "Prospect", "Vendor", "Owner"):
        row: Row = {"name": name, "defaultFlag": name == "Client", "vendorFlag": name == "Vendor"}
        tables["companyTypes"].insert(row, at)
    for name in ("Active", "Inactive", "Not-Approved"):
        row = {"name": name, "defaultFlag": name == "Active", "inactiveFlag": name == "Inactive"}
        tables["companyStatuses"].insert(row, at)
    for place, name in enumerate(_PRIORITIES, 1):
        tables["priorities"].insert({"name": name, "sortOrder": place, "defaultFlag": place == 3, "color": "#fff"}, at)
    for name in BOARDS:
        _board(tables, name, at)
    _sales(tables, at)
    for name in DEVICES:
        tables["configurationTypes"].insert({"name": name, "inactiveFlag": False, "systemFlag": False}, at)
    for name in ("Active", "Retired"):
        row = {"description": name, "closedFlag": name == "Retired", "defaultFlag": name == "Active"}
        tables["configurationStatuses"].insert(row, at)


def _board(tables: dict[str, Table], name: str, at: datetime) -> None:
    inactive = name == "Alerts"
    board = tables["boards"].insert({"name": name, "inactiveFlag": inactive, "projectFlag": False}, at)
    for place, status in enumerate(_STATUSES):
        row: Row = {"name": status, "board": board, "sortOrder": place, "displayOnBoard": True, "inactive": False}
        row |= {"closedStatus": status.startswith(">"), "defaultFlag": place == 0, "timeEntryNotAllowed": False}
        tables["boardStatuses"].insert(row, at)
    for place, kind in enumerate(_TYPES):
        row = {"name": kind, "board": board, "category": "Reactive", "defaultFlag": place == 0, "inactiveFlag": False}
        tables["boardTypes"].insert(row, at)


def _sales(tables: dict[str, Table], at: datetime) -> None:
    for name in ("Open", "Won", "Lost", "No decision"):
        row: Row = {"name": name, "wonFlag": name == "Won", "lostFlag": name == "Lost", "closedFlag": name != "Open"}
        tables["opportunityStatuses"].insert(row | {"inactiveFlag": False, "defaultFlag": name == "Open"}, at)
    for name in ("Products", "Managed Services"):
        tables["opportunityTypes"].insert({"description": name, "inactiveFlag": False}, at)
    for place, name in enumerate(_STAGES, 1):
        tables["stages"].insert({"name": name, "sequenceNumber": place}, at)

"""Which right of a ConnectWise security role opens what. The refusal is the same sentence for all of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A part of a security role: `what` it opens, as people say it, and where it is set."""

    what: str
    path: str


COMPANIES = Area("companies", "Companies → Company Maintenance")
CONTACTS = Area("contacts", "Companies → Contacts")
CONFIGURATIONS = Area("configurations", "Companies → Configurations")
MEMBERS = Area("members (staff)", "System → Member Maintenance")
TABLES = Area("types, statuses and boards", "System → Table Setup")
TICKETS = Area("tickets", "Service Desk → Service Tickets")
OPPORTUNITIES = Area("opportunities", "Sales → Opportunity")
# Which right callbacks want is nowhere said; they are set up like tables, by whoever may set those up.
CALLBACKS = Area("callbacks", "System → Table Setup")

# By the start of the path, longest first: lists of types stand below what they are types of.
_AREAS = (
    ("company/companies/types", TABLES),
    ("company/companies/statuses", TABLES),
    ("company/configurations/types", TABLES),
    ("company/configurations/statuses", TABLES),
    ("sales/opportunities/statuses", TABLES),
    ("sales/opportunities/types", TABLES),
    ("sales/stages", TABLES),
    ("service/boards", TABLES),
    ("service/priorities", TABLES),
    ("company/companies", COMPANIES),
    ("company/contacts", CONTACTS),
    ("company/configurations", CONFIGURATIONS),
    ("system/members", MEMBERS),
    ("service/tickets", TICKETS),
    ("sales/opportunities", OPPORTUNITIES),
    ("system/callbacks", CALLBACKS),
)
VERBS = {"GET": "Inquire", "POST": "Add", "PATCH": "Edit", "PUT": "Edit", "DELETE": "Delete"}
_DOING = {"Inquire": "read", "Add": "create", "Edit": "change", "Delete": "delete"}


def area_of(path: str) -> Area:
    return next((area for start, area in _AREAS if path.startswith(start)), Area(path, "the area of this record"))


def missing(path: str, method: str) -> str:
    """The sentence that names the right to add, from the path that was refused."""
    area, verb = area_of(path), VERBS.get(method, "Inquire")
    return (
        f"The API member may not {_DOING[verb]} {area.what}. In ConnectWise open System → Security Roles → its role, and set "
        f"{area.path} to {verb}: All. The change counts at once."
    )

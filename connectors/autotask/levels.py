"""The lines of Autotask's security level page that Gangway needs: name, place on the page, what needs it, what opens it.

The names are those of the vendor's page (Admin → Resources/Users (HR) → Security Levels → the level).
"""

from collections.abc import Collection
from dataclasses import dataclass

from domain.ports import Guide
from domain.psa import Feature

PAGE = "Security level → "  # how a place on it is told to people who are not there
CRM = "CRM → Account & Contact Access → Customer & Cancelation: All"
TICKETS_VIEW = "Service Desk → Object permissions → Tickets → View: All"
VISIBILITY = "Contracts → Dropdowns → Contract Visibility: Full"  # without it contracts are refused like without View
HOOK_OBJECTS = (
    "CompanyWebhooks",
    "ContactWebhooks",
    "TicketWebhooks",
    "TicketNoteWebhooks",
    "ConfigurationItemWebhooks",
)


@dataclass(frozen=True)
class Line:
    """One right: `verb` (query, create, update, delete) on each of `objects`. Not `whole`, a part of the rows is enough."""

    name: str
    path: str
    needed_for: tuple[Feature, ...]
    objects: tuple[str, ...]
    verb: str
    whole: bool = True


LINES = (
    Line("Companies: View", CRM, (Feature.COMPANIES, Feature.USERS), ("Companies",), "query"),
    Line("Contacts: View", CRM, (Feature.USERS,), ("Contacts",), "query"),
    Line(
        "Resources/Users (HR)",
        "Admin → Feature Access → Resources/Users (HR): ticked",
        (Feature.STAFF, Feature.TICKETS, Feature.OPPORTUNITIES, Feature.TODOS),
        ("Resources",),
        "query",
    ),
    Line("Tickets: View", TICKETS_VIEW, (Feature.TICKETS,), ("Tickets",), "query"),
    Line(
        "Tickets: Add",
        "Service Desk → Object permissions → Tickets → Add: Yes",
        (Feature.TICKETS,),
        ("Tickets",),
        "create",
    ),
    Line(
        "Tickets: Edit",
        "Service Desk → Object permissions → Tickets → Edit: All",
        (Feature.TICKETS,),
        ("Tickets",),
        "update",
    ),
    Line("Ticket notes: View", TICKETS_VIEW, (Feature.TICKETS,), ("TicketNotes",), "query"),
    Line(
        "Ticket notes: Add",
        "Service Desk → Object permissions → Ticket Notes → Add: Yes",
        (Feature.TICKETS,),
        ("TicketNotes",),
        "create",
    ),
    Line(
        "Opportunities: View",
        "CRM → Object permissions → Opportunities & Quotes → View: All",
        (Feature.OPPORTUNITIES,),
        ("Opportunities",),
        "query",
    ),
    Line(
        "Opportunities: Add",
        "CRM → Object permissions → Opportunities & Quotes → Add: Yes",
        (Feature.OPPORTUNITIES,),
        ("Opportunities",),
        "create",
    ),
    # What the user itself made is enough: a to-do is only looked for before it is made again.
    Line(
        "To-dos: View",
        "CRM → Object permissions → To-Dos → View: Mine",
        (Feature.TODOS,),
        ("CompanyToDos",),
        "query",
        whole=False,
    ),
    Line("To-dos: Add", "CRM → Object permissions → To-Dos → Add: Yes", (Feature.TODOS,), ("CompanyToDos",), "create"),
    Line(
        "Contracts: View",
        "Contracts → Object permissions → Contracts → View: All",
        (Feature.CONTRACTS,),
        ("Contracts",),
        "query",
    ),
    Line(
        "Configuration items: View",
        "CRM → Object permissions → Configuration Items & Subscriptions → View: All",
        (Feature.ASSETS,),
        ("ConfigurationItems",),
        "query",
    ),
    Line(
        "Configuration items: Edit",
        "CRM → Object permissions → Configuration Items & Subscriptions → Edit: All",
        (Feature.ASSETS,),
        ("ConfigurationItems",),
        "update",
    ),
    Line(
        "Configuration Items",
        "Admin → Feature Access → Configuration Items: ticked",
        (Feature.ASSETS,),
        ("ConfigurationItemTypes",),
        "query",
    ),
    Line(
        "Can create webhooks", "Other → Webhooks → Can create webhooks: Yes", (Feature.HOOKS,), HOOK_OBJECTS, "create"
    ),
)

# Set up by administrators alone: writing them is more than any integration needs.
SET_UP = ("Departments", "Roles", "TicketCategories")
# Where an object's further rights stand, if not beside those above.
_AREAS = {
    "Companies": "CRM → Object permissions → Companies",
    "Contacts": "CRM → Object permissions → Contacts",
    "TicketNotes": "Service Desk → Object permissions → Ticket Notes",
    "Departments": "Admin → Feature Access → Your Organization",
    "Roles": "Admin → Feature Access → Your Organization",
    "TicketCategories": "Admin → Feature Access → Service Desk",
}
WORDS = {"query": "View", "create": "Add", "update": "Edit", "delete": "Delete"}  # as the page has them
_OBJECTS = {
    "TicketCategories": "ticket categories",
    "Resources": "resources (staff)",
    "TicketNotes": "ticket notes",
    "CompanyToDos": "to-dos",
    "ConfigurationItems": "configuration items",
    "ConfigurationItemTypes": "types of configuration items",
    "ResourceServiceDeskRoles": "the service desk roles of people",
    "ResourceRoles": "the roles of people",
    "OpportunityCategories": "opportunity categories",
}
DOES = {"query": "read", "create": "add", "update": "change", "delete": "delete"}


def called(object_name: str) -> str:
    """An object as people read it: "CompanyToDos" → "to-dos"."""
    if object_name.endswith(("Webhooks", "WebhookFields", "WebhookExcludedResources")):
        return "webhooks"
    return _OBJECTS.get(object_name, object_name.lower())


def path_to(object_name: str, verb: str) -> str:
    """Where on the level's page a verb of an object is opened."""
    for line in LINES:
        if object_name in line.objects and verb == line.verb:
            return line.path
    if object_name.startswith("Resource"):
        return "Admin → Feature Access → Resources/Users (HR): ticked"
    if called(object_name) == "webhooks":
        return "Other → Webhooks → Can create webhooks: Yes"
    return f"the area of {called(object_name)}: {DOES[verb].capitalize() if verb != 'query' else 'View'} All"


def missing(object_name: str, verb: str) -> str:
    """The sentence for a right that a call turned out to lack."""
    also = f" and {VISIBILITY}" if (object_name, verb) == ("Contracts", "query") else ""
    return (
        f"The API user may not {DOES[verb]} {called(object_name)}. In Autotask open Admin → Resources/Users (HR) → "
        f"Security Levels → the user's level and set {path_to(object_name, verb)}{also}."
    )


def area(object_name: str) -> str:
    """Where on the page the rights of an object stand together."""
    paths = [line.path for line in LINES if object_name in line.objects]
    return _AREAS.get(object_name) or paths[0].rpartition(" → ")[0]


def beyond(object_name: str, needed_pairs: Collection[tuple[str, str]]) -> list[str]:
    """The verbs of an object that nothing needs and that can be taken back on their own."""
    if object_name in SET_UP:
        return [verb for verb in WORDS if verb != "query"]  # seeing them does no harm, and lists need some
    used = {verb for each, verb in needed_pairs if each == object_name}
    if used and (object_name in HOOK_OBJECTS or path_to(object_name, "query").startswith("Admin → Feature Access")):
        return []  # one tick opens everything of it at once
    # Some lines of the page open two objects: what the other one needs cannot be taken back.
    kept = {path_to(name, verb) for name, verb in needed_pairs}
    return [verb for verb in WORDS if verb not in used and path_to(object_name, verb) not in kept]


def needed(features: Collection[Feature]) -> frozenset[tuple[str, str]]:
    """What the features need, as pairs of object and verb."""
    return frozenset(
        (name, line.verb) for line in LINES if set(line.needed_for) & set(features) for name in line.objects
    )


def _steps() -> tuple[str, ...]:
    """A step for each place on the page, with what it is for; a place that serves several rights is one step."""
    needed: dict[str, set[str]] = {}
    for line in LINES:
        needed.setdefault(line.path, set()).update(feature.value for feature in line.needed_for)
    return tuple(f"*{path}* · for {', '.join(sorted(features))}" for path, features in needed.items())


GUIDE = Guide(
    "The security level, right by right",
    (
        "Set only what you use. Then run the slash command's `test` here: it says which rights are missing for what you switched on, and which are too many.",
        *_steps(),
        f"*{VISIBILITY}* · for {Feature.CONTRACTS.value}",
        "*Other → Miscellaneous → Not required to change password*: ticked, or the key stops working when the password expires.",
    ),
)

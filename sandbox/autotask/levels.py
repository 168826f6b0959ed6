"""The security level of an API user: the rights of the vendor's page, what each opens, and who sees which rows.

What a caller meets when a right is gone, as far as it is known:

- an object permission (View, Add, Edit, Delete) or a ticked feature: the 500 permission text of that verb, and `None` in
  `entityInformation`. "Mine" is `Restricted`, and the rows of others are missing without a word;
- the classes of companies (Customer & Cancelation and so on): their companies and what CRM keeps under them are missing
  without a word. No call ever says so; only `userAccessForQuery: Restricted` hints at it;
- Contract Visibility: Limited empties the columns about money, None refuses contracts (inferred, nobody wrote it down);
- lines of business belong to the user, not to the level (`ApiUser.lines_of_business`), and hide rows in silence;
- Webhooks: without the tick creating one is the 500 permission text. The maximum cannot be read by any call: it shows only
  when a create beyond it is refused;
- "Not required to change password" cannot be read by any call either. Without it the secret runs out after
  `password_days`, and the user gets the same empty 401 as for a wrong secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Access = Literal["All", "Restricted", "None"]

_ALL = ("All", "Mine", "None")
_YES = ("Yes", "No")
_TICK = ("Ticked", "Not ticked")
_VERBS = {"View": "query", "Add": "create", "Edit": "update", "Delete": "delete"}
_SUBJECTS = ("Company", "Contact", "ConfigurationItem", "Ticket", "TicketNote")


@dataclass(frozen=True, slots=True)
class Right:
    """One line of the page. `values` run from everything to nothing; `opens` are (entity, verb) pairs.

    A right that `hides` never refuses: its rows are missing instead.
    """

    tab: str
    section: str
    thing: str
    name: str
    values: tuple[str, ...]
    opens: tuple[tuple[str, str], ...] = ()
    hides: bool = False


def _object(tab: str, thing: str, entities: str, names: str) -> Iterator[Right]:
    for name in names.split():
        values = _ALL if name in ("View", "Edit") else _YES
        opens = tuple((entity, _VERBS[name]) for entity in entities.split())
        yield Right(tab, "Object permissions", thing, name, values, opens)


def _feature(thing: str, *opens: tuple[str, str]) -> Right:
    return Right("Admin", "Feature Access", thing, "Access", _TICK, opens)


def _queries(entities: str) -> tuple[tuple[str, str], ...]:
    return tuple((entity, "query") for entity in entities.split())


# Creates of these can be made in somebody's name, where the level allows it; others ignore the header.
IMPERSONATED = (
    "Companies", "Contacts", "Tickets", "TicketNotes", "Opportunities", "ConfigurationItems", "CompanyToDos", "Contracts",
)  # fmt: skip
_CRM = "Companies Contacts Opportunities CompanyToDos"

RIGHTS: tuple[Right, ...] = (
    *_object("Contracts", "Contracts", "Contracts", "View Add Edit"),
    Right("Contracts", "Dropdowns", "Contract Visibility", "View", ("Full", "Limited", "None"), _queries("Contracts")),
    *(
        Right("CRM", "Account & Contact Access", thing, "View", _ALL, _queries(_CRM), hides=True)
        for thing in ("Customer & Cancelation", "Vendor", "Partner", "Prospect, Lead & Dead")
    ),
    *_object("CRM", "Companies", "Companies", "Add Edit"),
    *_object("CRM", "Contacts", "Contacts", "Add Edit Delete"),
    *_object("CRM", "Opportunities & Quotes", "Opportunities", "View Add Edit"),
    *_object("CRM", "Configuration Items & Subscriptions", "ConfigurationItems", "View Add Edit"),
    *_object("CRM", "To-Dos", "CompanyToDos", "View Add Edit Delete"),
    Right("Service Desk", "Object permissions", "Tickets", "View", _ALL, _queries("Tickets TicketNotes")),
    *_object("Service Desk", "Tickets", "Tickets", "Add Edit"),
    *_object("Service Desk", "Ticket Notes", "TicketNotes", "Add Edit"),
    _feature(
        "Resources/Users (HR)",
        *_queries("Resources ResourceRoles ResourceServiceDeskRoles ResourceRoleDepartments"),
        ("Resources", "update"),
    ),
    _feature(
        "Configuration Items",
        *_queries("ConfigurationItems ConfigurationItemTypes ConfigurationItemCategories"),
        *((f"ConfigurationItem{part}", verb) for part in ("Types", "Categories") for verb in ("create", "update")),
        ("ConfigurationItems", "create"),
        ("ConfigurationItems", "update"),
        ("ConfigurationItemTypes", "delete"),
    ),
    _feature(
        "Your Organization",
        *_queries("Departments Roles InternalLocations"),
        *((entity, verb) for entity in ("Departments", "Roles") for verb in ("create", "update")),
    ),
    _feature("Service Desk", ("DeletedTicketLogs", "query"), ("TicketCategories", "update")),
    Right("Other", "Webhooks", "Webhooks", "Create", _TICK, tuple((f"{one}Webhooks", "create") for one in _SUBJECTS)),
    Right("Other", "Miscellaneous", "Password", "Not required to change password", _TICK),
    *(Right("Web Services API", "Impersonation", f"Impersonation: {entity}", "Add", _YES) for entity in IMPERSONATED),
    Right("Web Services API", "General", "Web Services API", "Can login", _TICK),
)
_CLASSES = {
    1: "Customer & Cancelation", 6: "Customer & Cancelation", 7: "Vendor", 8: "Partner",
    2: "Prospect, Lead & Dead", 3: "Prospect, Lead & Dead", 4: "Prospect, Lead & Dead",
}  # fmt: skip


def _opening() -> dict[tuple[str, str], list[Right]]:
    found: dict[tuple[str, str], list[Right]] = {}
    for one in RIGHTS:
        for entity, verb in one.opens:
            found.setdefault((entity.lower(), verb), []).append(one)
    return found


_OPENING = _opening()


def right(thing: str, name: str = "") -> Right:
    """A right by the words of the page, in any case; the name may be left out where a thing has one right only."""
    of_thing = [one for one in RIGHTS if one.thing.lower() == thing.lower()]
    found = [one for one in of_thing if name.lower() in ("", one.name.lower())]
    if len(found) != 1:
        known = ", ".join(f"{one.thing} / {one.name}" for one in of_thing or RIGHTS)
        raise ValueError(f"there is no one right {thing!r} {name!r}; there are {known}")
    return found[0]


@dataclass(slots=True)
class SecurityLevel:
    """One level, with everything allowed to begin with. `webhooks_most` and `password_days` are its two numbers."""

    name: str = "API User (system)"
    webhooks_most: int = 25
    password_days: int = 90
    _set: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, thing: str, name: str = "") -> None:
        """Take one right away altogether: `take("Tickets", "view")`."""
        self.set(thing, name, right(thing, name).values[-1])

    def give(self, thing: str, name: str = "") -> None:
        """Give one right back in full."""
        self.set(thing, name, right(thing, name).values[0])

    def give_all(self) -> None:
        """Give back everything that was taken."""
        self._set.clear()

    def set(self, thing: str, name: str, value: str) -> None:
        """Choose one of the values the page offers: `set("Tickets", "view", "Mine")`."""
        meant = right(thing, name)
        chosen = next((one for one in meant.values if one.lower() == value.lower()), None)
        if chosen is None:
            raise ValueError(f"{meant.thing} / {meant.name} can be {', '.join(meant.values)}, not {value!r}")
        self._set[(meant.thing, meant.name)] = chosen

    def value(self, thing: str, name: str = "") -> str:
        """What is chosen for a right now."""
        return self._value(right(thing, name))

    def has(self, thing: str, name: str = "") -> bool:
        """Whether anything at all is left of a right."""
        meant = right(thing, name)
        return self._value(meant) != meant.values[-1]

    def access(self, entity: str, verb: str) -> Access:
        """What the level allows for a verb of an entity, as `entityInformation` words it."""
        found: Access = "All"
        for one in _OPENING.get((entity.lower(), verb), ()):
            value = self._value(one)
            if value == one.values[-1] and not one.hides:
                return "None"
            if value != one.values[0]:
                found = "Restricted"
        return found

    def of_company_type(self, company_type: int) -> str:
        """All, Mine or None for companies of a type."""
        thing = _CLASSES.get(company_type)
        return self.value(thing) if thing else "All"

    @property
    def sees_all_companies(self) -> bool:
        """Whether no class of companies is cut."""
        return all(self.value(thing) == "All" for thing in _CLASSES.values())

    def _value(self, one: Right) -> str:
        return self._set.get((one.thing, one.name), one.values[0])

"""What a role sees of a ticket, and which statuses it may set: display groups, and templates of new tickets.

A field that a group does not name never leaves the server, and a status it does not allow is refused, however it was asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import NotAllowed, TellPerson
from domain.psa import Choice
from domain.roles import Role

READY_FOR_REVIEW = "Ready for Review"


class TicketField(StrEnum):
    """What can be shown of a ticket. The values are what people read."""

    NUMBER = "Number"
    TITLE = "Title"
    STATUS = "Status"
    STAGE = "Stage"
    PRIORITY = "Priority"
    QUEUE = "Queue"
    CATEGORY = "Category"
    TYPE = "Type"
    ASSIGNEE = "Assigned to"
    CONTACT = "Contact"
    CREATED = "Created"
    DUE = "Due"
    ACTIVITY = "Last activity"
    DESCRIPTION = "Description"
    RESOLUTION = "Resolution"
    COMMENTS = "Comments"
    INTERNAL = "Internal comments"
    LINK = "Link to the PSA"


ALWAYS = frozenset({TicketField.NUMBER, TicketField.TITLE})  # without them a ticket cannot be told from another
EVERYTHING = frozenset(TicketField)
LEAST = frozenset(
    {
        TicketField.NUMBER,
        TicketField.TITLE,
        TicketField.STAGE,
        TicketField.CREATED,
        TicketField.DESCRIPTION,
        TicketField.RESOLUTION,
        TicketField.COMMENTS,
    }
)
NEVER_FOR_CLIENTS = frozenset({TicketField.INTERNAL, TicketField.LINK})


@dataclass(frozen=True)
class DisplayGroup:
    """`source` is the connector's name of the PSA; `statuses` are ids of what the group's roles may set, None: any."""

    id: str
    name: str
    source: str
    roles: frozenset[Role]
    fields: frozenset[TicketField]
    statuses: frozenset[str] | None = frozenset()

    def sees(self, wanted: TicketField) -> bool:
        return wanted in self.fields


@dataclass(frozen=True)
class TicketTemplate:
    """A starting point of a new ticket. `values`: NewTicket's field → id or text; it starts from the defaults."""

    id: str
    name: str
    source: str
    title: str = ""
    description: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def group_of(role: Role, source: str, groups: Sequence[DisplayGroup]) -> DisplayGroup:
    """The group that rules for a role: the one that names it, else what the role has by itself.

    Nobody sees internal comments or the PSA's address as a client, whatever a group says.
    """
    found = next((group for group in groups if group.source == source and role in group.roles), _own(role, source))
    fields = found.fields | ALWAYS
    if role is Role.CLIENT:
        fields -= NEVER_FOR_CLIENTS
    return DisplayGroup(found.id, found.name, found.source, found.roles, fields, found.statuses)


def _own(role: Role, source: str) -> DisplayGroup:
    fields = LEAST if role is Role.CLIENT else EVERYTHING
    may_set_any = role in (Role.ADMIN, Role.TECHNICIAN)
    return DisplayGroup("", role.value, source, frozenset({role}), fields, None if may_set_any else frozenset())


def settable(group: DisplayGroup, statuses: Sequence[Choice]) -> tuple[Choice, ...]:
    """The statuses that the group's roles may choose, in the PSA's order; inactive ones are nobody's choice."""
    return tuple(
        status for status in statuses if status.is_active and (group.statuses is None or status.id in group.statuses)
    )


def must_set(group: DisplayGroup, status: str, statuses: Sequence[Choice]) -> Choice:
    """The status, if it may be set. Raises NotAllowed, in the same words for a forbidden, a forged and an unknown one."""
    for choice in settable(group, statuses):
        if choice.id == status:
            return choice
    allowed = ", ".join(choice.label for choice in settable(group, statuses)[:10]) or "none"
    raise NotAllowed(f"You cannot set that status. You may set: {allowed}. Nothing was changed.")


def checked(group: DisplayGroup, others: Sequence[DisplayGroup], statuses: Sequence[Choice]) -> DisplayGroup:
    """The group, if it can be kept beside the others. Raises TellPerson with the field to blame."""
    if not group.name.strip():
        raise TellPerson("Give the group a name.", field="name")
    rivals = [each for each in others if each.id != group.id]
    if any(each.name.casefold() == group.name.strip().casefold() for each in rivals):
        raise TellPerson(f"There is a group called {group.name.strip()} already.", field="name")
    if not group.roles:
        raise TellPerson("Choose at least one role that uses the group.", field="roles")
    for each in rivals:
        both = group.roles & each.roles if each.source == group.source else frozenset()
        if both:
            role = min(both).value
            raise TellPerson(f"{role} uses the group {each.name} already: a role has one group.", field="roles")
    known = {status.id for status in statuses}
    if group.statuses is not None and not group.statuses <= known:
        raise TellPerson("One of the statuses is not there any more. Choose again.", field="statuses")
    return DisplayGroup(group.id, group.name.strip()[:75], group.source, group.roles, group.fields | ALWAYS, group.statuses)


def preset(statuses: Collection[Choice]) -> frozenset[str]:
    """What a new group may set: nobody outside closes a ticket, they hand it over for review."""
    return frozenset(status.id for status in statuses if READY_FOR_REVIEW.casefold() in status.label.casefold())

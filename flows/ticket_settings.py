"""Ticket settings: where tickets go, the defaults of new ones, types by category, display groups and templates."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from domain.connection import Connection
from domain.display_group import DisplayGroup, TicketField, TicketTemplate, checked, preset
from domain.errors import NotAllowed, TellPerson
from domain.psa import Choice, HasTickets, Pick
from domain.roles import Act, Role
from domain.setup import Tickets
from flows import connect, display_groups, psa_lists, setups
from flows.context import Context
from flows.desk import Desk
from storage.store import Work

# NewTicket's fields that a default or a template may fill, and the list each is chosen from.
FILLABLE: Mapping[str, Pick] = {
    "queue": Pick.QUEUES,
    "category": Pick.TICKET_CATEGORIES,
    "type": Pick.TICKET_TYPES,
    "priority": Pick.PRIORITIES,
    "status": Pick.TICKET_STATUSES,
}


@dataclass(frozen=True)
class TicketDesk:
    """All that is decided about the tickets of one PSA, with the PSA's lists as last read."""

    connection: Connection
    settings: Tickets
    groups: tuple[DisplayGroup, ...]
    templates: tuple[TicketTemplate, ...]
    lists: Mapping[Pick, tuple[Choice, ...]]

    def label(self, pick: Pick, id_: str) -> str:
        """How the PSA calls it; what is gone there keeps its id, so that it can be seen and changed."""
        found = next((choice.label for choice in self.lists.get(pick, ()) if choice.id == id_), "")
        return found or (f"{id_} (gone in {self.connection.title})" if id_ else "")


def psas(context: Context, desk: Desk) -> tuple[Connection, ...]:
    """The connections that have tickets."""
    desk.require(Act.SETTINGS)
    desk.whole_msp()
    return connect.able(context, HasTickets)


def read(context: Context, desk: Desk, connection_id: str = "") -> TicketDesk:
    """The ticket settings of a PSA; of the first there is when none is named. Raises TellPerson where there is none."""
    there = psas(context, desk)
    connection = next((each for each in there if connection_id in ("", each.id)), None)
    if connection is None:
        raise TellPerson("No PSA with tickets is connected yet. Connect one first.", remedy="connect")
    with context.store.work() as work:
        return TicketDesk(
            connection,
            setups.tickets(work, connection.id),
            tuple(each for each in display_groups.groups(work) if each.source == connection.source),
            display_groups.templates(work, connection.source),
            work.picks.all(connection.id),
        )


def options(context: Context, desk: Desk, connection_id: str, pick: Pick, typed: str) -> tuple[Choice, ...]:
    """For a picker of these forms: what a list offers."""
    desk.require(Act.SETTINGS)
    desk.whole_msp()
    return psa_lists.offered(context, connection_id, pick, typed)


def keep_defaults(context: Context, desk: Desk, connection_id: str, values: Mapping[str, str]) -> str:
    """What tickets made here start with; returns the sentence."""
    there = read(context, desk, connection_id)
    kept = _filled(there, values)
    return _keep(context, desk, there, dataclasses.replace(there.settings, defaults=kept), "The ticket defaults are kept.")


def set_type(context: Context, desk: Desk, connection_id: str, category: str, type_: str) -> str:
    """Tickets of a category get this type; "" leaves the type to whoever makes the ticket."""
    there = read(context, desk, connection_id)
    _known(there, Pick.TICKET_CATEGORIES, category, "category")
    types = {key: value for key, value in there.settings.types.items() if key != category}
    name = there.label(Pick.TICKET_CATEGORIES, category)
    said = f"Tickets of the category {name} have no type of their own any more."
    if type_:
        _known(there, Pick.TICKET_TYPES, type_, "type")
        types[category] = type_
        said = f"Tickets of the category {name} get the type {there.label(Pick.TICKET_TYPES, type_)}."
    return _keep(context, desk, there, dataclasses.replace(there.settings, types=types), said)


def new_group(there: TicketDesk) -> DisplayGroup:
    """A group to begin with: few fields, and a hand-over for review in place of closing."""
    statuses = preset(there.lists.get(Pick.TICKET_STATUSES, ()))
    return DisplayGroup("", "", there.connection.source, frozenset(), frozenset(), statuses)


def save_group(
    context: Context,
    desk: Desk,
    connection_id: str,
    group_id: str,
    name: str,
    roles: frozenset[Role],
    fields: frozenset[TicketField],
    statuses: frozenset[str] | None,
) -> str:
    """Make a group, or change the one with this id; statuses None: any. Raises TellPerson with the field to blame."""
    there = read(context, desk, connection_id)
    _mine(group_id, [group.id for group in there.groups])
    group = DisplayGroup(group_id or context.new_id(), name, there.connection.source, roles, fields, statuses)
    known = [*there.lists.get(Pick.TICKET_STATUSES, ())]
    with context.store.write() as work:
        group = checked(group, display_groups.groups(work), known)
        display_groups.keep(work, group)
        said = f"The display group {group.name} is kept for {', '.join(sorted(role.value for role in roles))}."
        _note(context, work, desk, there, said)
    return said


def drop_group(context: Context, desk: Desk, connection_id: str, group_id: str) -> str:
    there = read(context, desk, connection_id)
    group = next((each for each in there.groups if each.id == group_id), None)
    if group is None:
        return "That group is not there any more."
    said = f"The display group {group.name} is gone: its roles see what they see by themselves."
    with context.store.write() as work:
        display_groups.drop(work, group_id)
        _note(context, work, desk, there, said)
    return said


def new_template(there: TicketDesk) -> TicketTemplate:
    """A template to begin with: it starts from the defaults."""
    return TicketTemplate("", "", there.connection.source, values=dict(there.settings.defaults))


def save_template(context: Context, desk: Desk, connection_id: str, template: TicketTemplate) -> str:
    there = read(context, desk, connection_id)
    _mine(template.id, [each.id for each in there.templates])
    name = template.name.strip()
    if not name:
        raise TellPerson("Give the template a name.", field="name")
    if any(each.name.casefold() == name.casefold() and each.id != template.id for each in there.templates):
        raise TellPerson(f"There is a template called {name} already.", field="name")
    kept = dataclasses.replace(
        template, id=template.id or context.new_id(), name=name[:75], values=_filled(there, template.values)
    )
    with context.store.write() as work:
        display_groups.keep_template(work, kept)
        _note(context, work, desk, there, f"The ticket template {name} is kept.")
    return f"The ticket template {name} is kept."


def drop_template(context: Context, desk: Desk, connection_id: str, template_id: str) -> str:
    there = read(context, desk, connection_id)
    found = next((each for each in there.templates if each.id == template_id), None)
    if found is None:
        return "That template is not there any more."
    with context.store.write() as work:
        display_groups.drop_template(work, template_id)
        _note(context, work, desk, there, f"The ticket template {found.name} is gone.")
    return f"The ticket template {found.name} is gone."


def _filled(there: TicketDesk, values: Mapping[str, str]) -> dict[str, str]:
    for name, value in values.items():
        if value:
            _known(there, FILLABLE[name], value, name)
    return {name: value for name, value in values.items() if value}


def _known(there: TicketDesk, pick: Pick, id_: str, field: str) -> None:
    if all(choice.id != id_ for choice in there.lists.get(pick, ())):
        raise TellPerson(f"{there.connection.title} does not have that value any more. Choose again.", field=field)


def _mine(id_: str, there: list[str]) -> None:
    if id_ and id_ not in there:
        raise NotAllowed("There is no such entry here any more. Nothing was changed.")


def _keep(context: Context, desk: Desk, there: TicketDesk, settings: Tickets, said: str) -> str:
    with context.store.write() as work:
        setups.keep_tickets(work, there.connection.id, settings)
        _note(context, work, desk, there, said)
    return said


def _note(context: Context, work: Work, desk: Desk, there: TicketDesk, said: str) -> None:
    work.journal.write(context.clock(), desk.actor, "setting", said, subject=there.connection.id)
